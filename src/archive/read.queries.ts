/**
 * SQL of reading: which instances are in scope, where their bytes lie, what is kept beside the rows. Reads `instances`,
 * `instance_headers`, `series` and `studies`; writes nothing.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../storage/sql/database.ts'
import type { Schema } from '../storage/sql/schema.ts'
import type { Scope } from './archive.ts'
import { RECORD_COLUMNS, type RecordRow } from './instance-record.ts'

const inScope = (db: Kysely<Schema>, { study, series, instance }: Scope) => {
  let query = db
    .selectFrom('instances as i')
    .leftJoin('series as e', (join) =>
      join.onRef('e.study_uid', '=', 'i.study_uid').onRef('e.series_uid', '=', 'i.series_uid'),
    )
    .where('i.study_uid', '=', study)
    .where('i.current', '=', 1)
    .orderBy(sql`e.series_number is null`)
    .orderBy('e.series_number')
    .orderBy('i.series_uid')
    .orderBy(sql`i.instance_number is null`)
    .orderBy('i.instance_number')
    .orderBy('i.id')
  if (series !== undefined) query = query.where('i.series_uid', '=', series)
  if (instance !== undefined) query = query.where('i.sop_uid', '=', instance)
  return query
}

/** Current instances, series by series in order of number. Uses instances_by_series or instances_by_sop. */
export async function currentInstances(db: Database, scope: Scope): Promise<readonly RecordRow[]> {
  return inScope(db.read, scope)
    .select(RECORD_COLUMNS.map((column) => `i.${column}` as const))
    .execute()
}

export interface ScopedInstance {
  readonly id: number
  readonly study_uid: string
  readonly series_uid: string
  readonly sop_uid: string
}

/** The same, names only. */
export async function currentKeys(db: Database, scope: Scope): Promise<readonly ScopedInstance[]> {
  return inScope(db.read, scope).select(['i.id', 'i.study_uid', 'i.series_uid', 'i.sop_uid']).execute()
}

/** Every version received under a SOP Instance UID, wherever in the archive, oldest first. Uses instances_by_sop. */
export async function receivedVersions(db: Database, instance: string): Promise<readonly RecordRow[]> {
  return db.read
    .selectFrom('instances')
    .select(RECORD_COLUMNS)
    .where('sop_uid', '=', instance)
    .orderBy('version')
    .orderBy('id')
    .execute()
}

export interface PlaceRow {
  readonly segment: number
  readonly spool: string
  readonly start: number
  readonly length: number
  readonly ds_start: number
  readonly transfer_syntax: string
  /** Null for a version whose study has no current instance. */
  readonly patient_key: string | null
}

/** Where an instance's payload lies, and whose it is. Uses the primary keys. */
export async function placeOf(db: Database, id: number): Promise<PlaceRow | undefined> {
  return db.read
    .selectFrom('instances as i')
    .leftJoin('studies as s', 's.study_uid', 'i.study_uid')
    .select(['i.segment', 'i.spool', 'i.start', 'i.length', 'i.ds_start', 'i.transfer_syntax', 's.patient_key'])
    .where('i.id', '=', id)
    .executeTakeFirst()
}

export async function patientOf(db: Database, study: string): Promise<string> {
  const row = await db.read
    .selectFrom('studies')
    .select('patient_key')
    .where('study_uid', '=', study)
    .executeTakeFirst()
  return row?.patient_key ?? ''
}

/** The packed frame table. Uses the primary key. */
export async function framesOf(db: Database, id: number): Promise<Uint8Array> {
  const row = await db.read.selectFrom('instance_headers').select('frames').where('id', '=', id).executeTakeFirst()
  return row?.frames ?? new Uint8Array(0)
}
