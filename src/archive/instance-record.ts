/** An index row as the doors see it. */
import type { Uid } from '../dicom/uid.ts'
import type { InstancesTable } from '../storage/sql/schema.ts'
import type { InstanceRecord } from './archive.ts'

/** The columns a record is made of: all but where its bytes lie. */
export const RECORD_COLUMNS = [
  'id',
  'study_uid',
  'series_uid',
  'sop_uid',
  'version',
  'current',
  'sop_class_uid',
  'instance_number',
  'transfer_syntax',
  'rows',
  'columns',
  'frames',
  'ds',
  'origin',
  'source',
  'received_at',
  'leniencies',
  'length',
  'ds_start',
] as const satisfies readonly (keyof InstancesTable)[]
export type RecordRow = Pick<InstancesTable, (typeof RECORD_COLUMNS)[number]>

export function instanceRecord(row: RecordRow): InstanceRecord {
  // PostgreSQL gives 64-bit integers as text.
  return {
    id: Number(row.id),
    key: { study: row.study_uid as Uid, series: row.series_uid as Uid, instance: row.sop_uid as Uid },
    version: Number(row.version),
    current: Number(row.current) === 1,
    sopClass: row.sop_class_uid,
    instanceNumber: row.instance_number === null ? undefined : Number(row.instance_number),
    transferSyntax: row.transfer_syntax as Uid,
    rows: Number(row.rows),
    columns: Number(row.columns),
    frames: Number(row.frames),
    ds: row.ds,
    origin: row.origin,
    source: row.source,
    receivedAt: row.received_at,
    leniencies: JSON.parse(row.leniencies) as string[],
    length: Number(row.length),
    dsStart: Number(row.ds_start),
  }
}
