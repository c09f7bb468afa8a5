/** SQL of what people look after: conflicts and totals. Reads `conflicts`, `instances`, `studies`; writes nothing. */
import type { Database } from '../storage/sql/database.ts'
import type { ConflictsTable, InstancesTable } from '../storage/sql/schema.ts'

/** Newest first. */
export function conflicts(db: Database, limit: number): Promise<ConflictsTable[]> {
  return db.read.selectFrom('conflicts').selectAll().orderBy('id', 'desc').limit(limit).execute()
}

export async function instancesById(db: Database, ids: readonly number[]): Promise<InstancesTable[]> {
  return ids.length === 0 ? [] : db.read.selectFrom('instances').selectAll().where('id', 'in', ids).execute()
}

/** When the first instance there is was received; '' when there is none. Uses the primary key. */
export async function oldestReceived(db: Database): Promise<string> {
  const row = await db.read.selectFrom('instances').select('received_at').orderBy('id').limit(1).executeTakeFirst()
  return row?.received_at ?? ''
}

/** Sums over studies: they are a hundredth of the instances. */
export async function totals(db: Database): Promise<{ studies: number; instances: number; bytes: number }> {
  const row = await db.read
    .selectFrom('studies')
    .select((be) => [
      be.fn.countAll().as('studies'),
      be.fn.sum('instance_count').as('instances'),
      be.fn.sum('bytes').as('bytes'),
    ])
    .executeTakeFirst()
  return {
    studies: Number(row?.studies ?? 0),
    instances: Number(row?.instances ?? 0),
    bytes: Number(row?.bytes ?? 0),
  }
}
