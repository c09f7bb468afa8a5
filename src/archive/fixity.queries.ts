/**
 * SQL of fixity: which studies the vault has, what the log says of their inventories, and which instances lie in a file.
 * Reads `instances`, `sealed`, `events`; writes nothing.
 */
import { sql } from 'kysely'
import type { Database } from '../storage/sql/database.ts'

/** Studies with something in the vault, in order of UID. Uses instances_by_series. */
export async function sealedStudies(db: Database, after: string, limit: number): Promise<readonly string[]> {
  const rows = await db.read
    .selectFrom('instances')
    .select('study_uid')
    .distinct()
    .where('study_uid', '>', after)
    .where('sealed', '=', 1)
    .orderBy('study_uid')
    .limit(limit)
    .execute()
  return rows.map(({ study_uid }) => study_uid)
}

/**
 * SHA-512 of the inventory of each version that was sealed, as its event has it; of a study that was destroyed and came
 * again, since then. Uses events_by_study, tombstones_by_study.
 */
export async function sealedInventories(db: Database, study: string): Promise<ReadonlyMap<number, string>> {
  const rows = await db.read
    .selectFrom('events')
    .select('body')
    .where('study_uid', '=', study)
    // Else SQLite, which has no statistics, may take events_by_type.
    .where(sql<string>`${sql.raw(db.dialect === 'sqlite' ? '+' : '')}type`, '=', 'study.seal')
    .where('n', '>', (be) =>
      be.selectFrom('tombstones').select(sql<number>`coalesce(max(id), -1)`.as('last')).where('study_uid', '=', study),
    )
    .orderBy('n')
    .execute()
  const found = new Map<number, string>()
  for (const { body } of rows) {
    const { version, inventory } = JSON.parse(body) as { version?: unknown; inventory?: unknown }
    if (typeof version === 'number' && typeof inventory === 'string') found.set(version, inventory)
  }
  return found
}

export interface PackedRow {
  readonly id: number
  readonly series_uid: string
  readonly sop_uid: string
  readonly version: number
  readonly ds: string
  readonly ds_start: number
  readonly start: number
  readonly length: number
}

/** What lies in a pack, in order of place. Uses sealed_by_pack. */
export async function packedIn(db: Database, pack: string): Promise<readonly PackedRow[]> {
  const rows = await db.read
    .selectFrom('sealed as v')
    .innerJoin('instances as i', 'i.id', 'v.id')
    .select(['i.id', 'i.series_uid', 'i.sop_uid', 'i.version', 'i.ds', 'i.ds_start', 'v.start', 'v.length'])
    .where('v.pack', '=', pack)
    .orderBy('v.start')
    .execute()
  return rows.map((row) => ({
    ...row,
    id: Number(row.id),
    version: Number(row.version),
    ds_start: Number(row.ds_start),
    start: Number(row.start),
    length: Number(row.length),
  }))
}

/** Is this instance in the vault? */
export async function isSealed(db: Database, id: number): Promise<boolean> {
  const row = await db.read.selectFrom('sealed').select('id').where('id', '=', id).executeTakeFirst()
  return row !== undefined
}

/** Whose file this is; undefined for one that no instance lies in. Uses sealed_by_pack. */
export async function studyOfPack(db: Database, pack: string): Promise<string | undefined> {
  const row = await db.read
    .selectFrom('sealed as v')
    .innerJoin('instances as i', 'i.id', 'v.id')
    .select('i.study_uid')
    .where('v.pack', '=', pack)
    .limit(1)
    .executeTakeFirst()
  return row?.study_uid
}
