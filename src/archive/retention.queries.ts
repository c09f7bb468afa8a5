/** SQL of retention: what the index knows of a study and of its patient. Reads `studies`; writes nothing. */
import type { Database } from '../storage/sql/database.ts'

export interface RetentionRow {
  readonly study_date: string
  readonly birth_date: string
  /** Sorted, joined by backslash. */
  readonly modalities: string
  readonly received_first: string
  /** The patient's latest study here, YYYYMMDD or ''. */
  readonly last_imaging: string
  /** Dates of the patient's studies with mammograms. */
  readonly mammograms: readonly string[]
}

/** Uses the primary key and studies_by_patient. */
export async function retentionFacts(db: Database, study: string): Promise<RetentionRow | undefined> {
  const row = await db.read
    .selectFrom('studies')
    .select(['study_date', 'birth_date', 'modalities', 'received_first', 'patient_key'])
    .where('study_uid', '=', study)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { patient_key: patient, ...own } = row
  const others =
    patient === ''
      ? []
      : await db.read
          .selectFrom('studies')
          .select(['study_date', 'modalities'])
          .where('patient_key', '=', patient)
          .execute()
  const dates = others.map(({ study_date }) => study_date).filter((date) => date !== '')
  return {
    ...own,
    last_imaging: dates.sort().at(-1) ?? own.study_date,
    mammograms: others
      .filter(({ modalities }) => modalities.split('\\').includes('MG'))
      .map(({ study_date }) => study_date),
  }
}
