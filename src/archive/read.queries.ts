/**
 * SQL of reading: which instances are in scope, where their bytes lie, what is kept beside the rows. Reads `instances`,
 * `instance_headers`, `sealed`, `series`, `studies` and `tiers`; writes nothing.
 */
import { sql } from 'kysely'
import type { Database } from '../storage/sql/database.ts'
import type { Scope } from './archive.ts'
import { RECORD_COLUMNS, type RecordRow } from './instance-record.ts'

/** Current instances in scope, in the order they are given out. */
export const inScope = ({ dialect, read }: Database, { study, series, instance }: Scope) => {
  let query = read
    .selectFrom('instances as i')
    .leftJoin('series as e', (join) =>
      join.onRef('e.study_uid', '=', 'i.study_uid').onRef('e.series_uid', '=', 'i.series_uid'),
    )
    .where('i.current', '=', 1)
    .orderBy(sql`e.series_number is null`)
    .orderBy('e.series_number')
    .orderBy('i.series_uid')
    .orderBy(sql`i.instance_number is null`)
    .orderBy('i.instance_number')
    .orderBy('i.id')
  if (instance !== undefined) query = query.where('i.sop_uid', '=', instance)
  // A SOP Instance UID is one row; SQLite would rather look through the series, so its columns are hidden by `+` then.
  const plus = sql.raw(instance !== undefined && dialect === 'sqlite' ? '+' : '')
  query = query.where(sql`${plus}i.study_uid`, '=', study)
  if (series !== undefined) query = query.where(sql`${plus}i.series_uid`, '=', series)
  return query
}

/** Current instances, series by series in order of number. Uses instances_by_series or instances_by_sop. */
export async function currentInstances(db: Database, scope: Scope): Promise<readonly RecordRow[]> {
  return inScope(db, scope)
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
  return inScope(db, scope).select(['i.id', 'i.study_uid', 'i.series_uid', 'i.sop_uid']).execute()
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

export interface CommittedRow {
  readonly id: number
  readonly study_uid: string
  readonly sop_class_uid: string
  readonly ds: string
  readonly ds_start: number
  readonly patient_key: string | null
}

/** What came under a SOP Instance UID, wherever in the archive, the current one first. Uses instances_by_sop. */
export async function committedVersions(db: Database, instance: string): Promise<readonly CommittedRow[]> {
  return db.read
    .selectFrom('instances as i')
    .leftJoin('studies as s', 's.study_uid', 'i.study_uid')
    .select(['i.id', 'i.study_uid', 'i.sop_class_uid', 'i.ds', 'i.ds_start', 's.patient_key'])
    .where('i.sop_uid', '=', instance)
    .orderBy('i.current', 'desc')
    .orderBy('i.id')
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
  /** How many restrictions cover the study. */
  readonly restrictions: number
  readonly study_uid: string
  /** `cold`: its images are in the cold store. Null: they never were. */
  readonly tier: string | null
  /** The packed frame table; null when it is large. */
  readonly frames: Uint8Array | null
  /** Where it lies in the vault; null while only the inbox has it. */
  readonly pack: string | null
  readonly pack_start: number | null
  readonly pack_length: number | null
  readonly pack_ds_start: number | null
  readonly recipe_start: number | null
  readonly recipe_length: number | null
}

/** Frame tables larger than this, in bytes, are not fetched with the place: those of images with thousands of frames. */
export const LARGE_TABLE = 16 * 1024

/** The frame table of the form it lies in. */
const FRAMES = sql.raw('case when v.recipe_length > 0 then v.frames else h.frames end')

/** Where an instance lies, whose it is, and where its frames are. Uses the primary keys. */
export async function placeOf(db: Database, id: number): Promise<PlaceRow | undefined> {
  return db.read
    .selectFrom('instances as i')
    .innerJoin('instance_headers as h', 'h.id', 'i.id')
    .leftJoin('studies as s', 's.study_uid', 'i.study_uid')
    .leftJoin('sealed as v', 'v.id', 'i.id')
    .leftJoin('tiers as t', 't.study_uid', 'i.study_uid')
    .select([
      'i.study_uid',
      't.tier',
      'v.pack',
      'v.start as pack_start',
      'v.length as pack_length',
      'v.ds_start as pack_ds_start',
      'v.recipe_start',
      'v.recipe_length',
    ])
    .select(['i.segment', 'i.spool', 'i.start', 'i.length', 'i.ds_start', 'i.transfer_syntax', 's.patient_key'])
    .select(sql<number>`(select count(*) from study_restrictions r where r.study_uid = i.study_uid)`.as('restrictions'))
    .select(sql<Uint8Array | null>`case when length(${FRAMES}) <= ${LARGE_TABLE} then ${FRAMES} end`.as('frames'))
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
  const row = await db.read
    .selectFrom('instance_headers as h')
    .leftJoin('sealed as v', 'v.id', 'h.id')
    .select(sql<Uint8Array>`${FRAMES}`.as('frames'))
    .where('h.id', '=', id)
    .executeTakeFirst()
  return row?.frames ?? new Uint8Array(0)
}
