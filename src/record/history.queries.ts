/**
 * SQL of one patient's studies. Reads `studies`, `series`, `instances`, `instance_headers` and `rejected_instances`;
 * writes nothing.
 */
import type { Database } from '../storage/sql/database.ts'
import type { SeriesTable, StudiesTable } from '../storage/sql/schema.ts'

const STUDY_COLUMNS = [
  'study_uid',
  'person_key',
  'patient_name',
  'patient_id',
  'issuer',
  'birth_date',
  'sex',
  'study_date',
  'study_time',
  'accession',
  'description',
  'modalities',
  'series_count',
  'instance_count',
  'bytes',
  'received_last',
  'attributes',
] as const satisfies readonly (keyof StudiesTable)[]
export type HistoryRow = Pick<StudiesTable, (typeof STUDY_COLUMNS)[number]>

const SERIES_COLUMNS = [
  'study_uid',
  'series_uid',
  'modality',
  'description',
  'body_part',
  'laterality',
  'attributes',
] as const satisfies readonly (keyof SeriesTable)[]
export type HistorySeriesRow = Pick<SeriesTable, (typeof SERIES_COLUMNS)[number]>

/** All studies of one person, but for those all of which is rejected, oldest first, those without a date last. Uses studies_by_person. */
export async function studiesOfPatient(db: Database, person: string): Promise<readonly HistoryRow[]> {
  const rows = await db.read
    .selectFrom('studies')
    .select(STUDY_COLUMNS)
    .where('person_key', '=', person)
    .where('instance_count', '>', 0)
    .orderBy('study_date')
    .orderBy('study_time')
    .orderBy('study_uid')
    .execute()
  return [...rows.filter((row) => row.study_date !== ''), ...rows.filter((row) => row.study_date === '')]
}

export async function studyOf(db: Database, study: string): Promise<HistoryRow | undefined> {
  return db.read.selectFrom('studies').select(STUDY_COLUMNS).where('study_uid', '=', study).executeTakeFirst()
}

/** Series of one person's studies. Uses studies_by_person, then the primary key. */
export async function seriesOfPatient(db: Database, person: string): Promise<readonly HistorySeriesRow[]> {
  return db.read
    .selectFrom('studies as s')
    .innerJoin('series as e', 'e.study_uid', 's.study_uid')
    .select(SERIES_COLUMNS.map((column) => `e.${column}` as const))
    .where('s.person_key', '=', person)
    .where('e.instance_count', '>', 0)
    .orderBy('e.study_uid')
    .orderBy('e.series_number')
    .orderBy('e.series_uid')
    .execute()
}

export async function seriesOfOne(db: Database, study: string): Promise<readonly HistorySeriesRow[]> {
  return db.read
    .selectFrom('series')
    .select(SERIES_COLUMNS)
    .where('study_uid', '=', study)
    .where('instance_count', '>', 0)
    .orderBy('series_number')
    .orderBy('series_uid')
    .execute()
}

export interface FirstImageRow {
  readonly series_uid: string
  readonly metadata: Uint8Array
}

/** Metadata of the first current instance of each series of a study. Uses instances_by_series and primary keys. */
export async function firstImages(db: Database, study: string): Promise<readonly FirstImageRow[]> {
  return db.read
    .selectFrom('instance_headers as h')
    .innerJoin(
      db.read
        .selectFrom('instances')
        .select(({ fn }) => ['series_uid', fn.min('id').as('first')])
        .where('study_uid', '=', study)
        .where('current', '=', 1)
        .groupBy('series_uid')
        .as('i'),
      'i.first',
      'h.id',
    )
    .select(['i.series_uid', 'h.metadata'])
    .execute()
}

export interface RejectedRow {
  readonly study_uid: string
  readonly rejected: number
  /** What of the study is shown. */
  readonly instance_count: number
}

/** Objects of a person's studies that were rejected, by study. Uses studies_by_person and primary keys. */
export async function rejectedOfPatient(db: Database, person: string): Promise<readonly RejectedRow[]> {
  const rows = await db.read
    .selectFrom('rejections as r')
    .innerJoin('studies as s', 's.study_uid', 'r.study_uid')
    .innerJoin('rejected_instances as i', 'i.rejection_id', 'r.id')
    .where('s.person_key', '=', person)
    .where('i.restored_at', '=', '')
    .groupBy(['s.study_uid', 's.instance_count'])
    .select(({ fn }) => [
      's.study_uid',
      's.instance_count',
      fn.count<number>('i.instance_id').distinct().as('rejected'),
    ])
    .execute()
  return rows.map((row) => ({ ...row, rejected: Number(row.rejected), instance_count: Number(row.instance_count) }))
}
