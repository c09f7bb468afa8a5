/** What was measured in a patient over time: the reports that stand, in all studies that are held to be of the same person. */
import { measurementReportsOf } from '../archive/measurements.ts'
import type { MeasurementReport } from '../findings/report.ts'
import type { Database } from '../storage/sql/database.ts'
import { contradictionOf } from './identity.ts'
import type { RecordStudy } from './record.ts'

export interface MeasuredStudy {
  readonly of: RecordStudy
  readonly reports: readonly MeasurementReport[]
}

export interface MeasurementsAnswer {
  readonly current: RecordStudy
  /** Those with measurements, oldest first, those without a date last. */
  readonly studies: readonly MeasuredStudy[]
  /** Studies under the same ID whose birth date or sex is another: left out. */
  readonly contradicted: number
}

/** @param history  of the patient, `current` among it, oldest first */
export async function measuredStudies(
  db: Database,
  current: RecordStudy,
  history: readonly RecordStudy[],
): Promise<MeasurementsAnswer> {
  const same = history.filter((one) => one.study === current.study || contradictionOf(current, one) === undefined)
  const studies: MeasuredStudy[] = []
  for (const of of same) {
    if (!of.modalities.includes('SR')) continue
    const reports = await measurementReportsOf(db, of.study)
    if (reports.length > 0) studies.push({ of, reports })
  }
  return { current, studies, contradicted: history.length - same.length }
}
