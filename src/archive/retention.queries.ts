/** SQL of retention: what the index knows of a study and of its patient. Reads `studies`; writes nothing. */
import { sql } from 'kysely'
import type { Told } from '../compliance/retention/told.ts'
import type { Database } from '../storage/sql/database.ts'
import type { StudiesTable } from '../storage/sql/schema.ts'
import { type Saying, toldOf } from './known/sayings.ts'

export interface RetentionRow {
  readonly study_date: string
  readonly birth_date: string
  /** Sorted, joined by backslash. */
  readonly modalities: string
  readonly received_first: string
  readonly person_key: string
  /** The patient's latest study here, YYYYMMDD or ''. */
  readonly last_imaging: string
  /** Dates of the patient's studies with mammograms. */
  readonly mammograms: readonly string[]
  /** What people said of it. */
  readonly told: Told
}

/**
 * Uses the primary key and studies_by_person.
 *
 * @param saying  as if that were said too
 */
export async function retentionFacts(db: Database, study: string, saying?: Saying): Promise<RetentionRow | undefined> {
  const row = await db.read
    .selectFrom('studies')
    .select(['study_date', 'birth_date', 'modalities', 'received_first', 'person_key'])
    .where('study_uid', '=', study)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { person_key: person } = row
  const others =
    person === ''
      ? []
      : await db.read
          .selectFrom('studies')
          .select(['study_date', 'modalities', 'birth_date'])
          .where('person_key', '=', person)
          .execute()
  const dates = others.map(({ study_date }) => study_date).filter((date) => date !== '')
  return {
    ...row,
    birth_date: row.birth_date || latest(others.map(({ birth_date }) => birth_date)),
    last_imaging: dates.sort().at(-1) ?? row.study_date,
    mammograms: others
      .filter(({ modalities }) => modalities.split('\\').includes('MG'))
      .map(({ study_date }) => study_date),
    told: await toldOf(db, study, person, saying),
  }
}

/** Of a person whose studies do not all say it: the latest, for then they are kept longest. */
export const latest = (dates: readonly string[]): string => dates.reduce((one, date) => (date > one ? date : one), '')

const CALENDAR_COLUMNS = [
  'study_uid',
  'person_key',
  'study_date',
  'birth_date',
  'modalities',
  'received_first',
  'description',
  'bytes',
] as const satisfies readonly (keyof StudiesTable)[]
export type CalendarRow = Pick<StudiesTable, (typeof CALENDAR_COLUMNS)[number]>

/** The studies that come after this one, person by person. Walks studies_by_person. */
export async function studiesByPatient(
  db: Database,
  after: CalendarRow | undefined,
  limit: number,
): Promise<readonly CalendarRow[]> {
  let query = db.read
    .selectFrom('studies')
    .select(CALENDAR_COLUMNS)
    .orderBy('person_key')
    .orderBy('study_date')
    .orderBy('study_uid')
    .limit(limit)
  if (after !== undefined)
    query = query.where(
      sql<boolean>`(person_key, study_date, study_uid) > (${after.person_key}, ${after.study_date}, ${after.study_uid})`,
    )
  return query.execute()
}
