/** Structured reports among the instances, with their metadata. */
import type { Database } from '../storage/sql/database.ts'

export interface ReportRow {
  readonly study_uid: string
  readonly series_uid: string
  readonly sop_uid: string
  /** DICOM JSON, zstd. */
  readonly metadata: Uint8Array
}

/** More in one study is no study. */
const MOST = 500

/** Current instances of these SOP classes in a study. Uses instances_by_series. */
export async function reportsOfStudy(
  db: Database,
  study: string,
  sopClasses: readonly string[],
): Promise<readonly ReportRow[]> {
  return db.read
    .selectFrom('instances as i')
    .innerJoin('instance_headers as h', 'h.id', 'i.id')
    .select(['i.study_uid', 'i.series_uid', 'i.sop_uid', 'h.metadata'])
    .where('i.study_uid', '=', study)
    .where('i.current', '=', 1)
    .where('i.sop_class_uid', 'in', [...sopClasses])
    .orderBy('i.id')
    .limit(MOST)
    .execute()
}
