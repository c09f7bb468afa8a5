/** SQL of the redaction of events. Writes `redactions`; reads `events`. */
import { type Kysely, sql } from 'kysely'
import type { EventType } from '../../ledger/event.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { EventsTable, RedactionsTable, Schema } from '../../storage/sql/schema.ts'

type Given = 'id' | 'until' | 'reason' | 'proposed_by' | 'proposed_at'

export interface RedactionStatements {
  insertRedaction(row: Pick<RedactionsTable, Given>): CompiledQuery
  setRedaction(id: number, changes: Partial<Omit<RedactionsTable, Given | 'events'>>): CompiledQuery
  addErased(id: number, events: number): CompiledQuery
}

export const redactionStatements = (db: Kysely<Schema>): RedactionStatements => ({
  insertRedaction: (row) =>
    db
      .insertInto('redactions')
      .values({
        ...row,
        approved_by: '',
        approved_at: '',
        ended_by: '',
        ended_at: '',
        ended_reason: '',
        events: 0,
        done_at: '',
      })
      .compile(),
  setRedaction: (id, changes) => db.updateTable('redactions').set(changes).where('id', '=', id).compile(),
  addErased: (id, events) =>
    db
      .updateTable('redactions')
      .set((be) => ({ events: be('events', '+', events) }))
      .where('id', '=', id)
      .compile(),
})

export async function redactionRow(db: Database, id: number): Promise<RedactionsTable | undefined> {
  return db.read.selectFrom('redactions').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Newest first. */
export async function newestRedactions(db: Database, limit: number): Promise<readonly RedactionsTable[]> {
  return db.read.selectFrom('redactions').selectAll().orderBy('id', 'desc').limit(limit).execute()
}

/** Approved by two, not ended, and not done. */
export async function unfinishedRedactions(db: Database): Promise<readonly RedactionsTable[]> {
  return db.read
    .selectFrom('redactions')
    .selectAll()
    .where('approved_at', '<>', '')
    .where('ended_at', '=', '')
    .where('done_at', '=', '')
    .orderBy('id')
    .execute()
}

export type ErasableRow = Pick<EventsTable, 'n' | 'study_uid' | 'patient_key'>

/** Events of these types before a moment whose bodies are there, oldest first. Uses events_by_time. */
export async function eventsBefore(
  db: Database,
  types: readonly EventType[],
  until: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly ErasableRow[]> {
  return db.read
    .selectFrom('events')
    .select(['n', 'study_uid', 'patient_key'])
    .where('n', '>', after)
    .where('ts', '<', until)
    .where('type', 'in', types)
    .where('body', '<>', '')
    .orderBy('n')
    .limit(limit)
    .execute()
}

/** What an update leaves readable in the files is taken out of them. */
export async function purgeEvents(db: Database): Promise<void> {
  if (db.dialect === 'sqlite') await db.settle()
  else for (const table of ['events', 'salts'] as const) await sql`vacuum ${sql.table(table)}`.execute(db.read)
}
