/**
 * The keys finding knows (PS3.18 Tables 10.6.1-5 and 10.6.3-3 to -5, PS3.4 Tables C.6-1 to -4): which column answers a
 * matching key, and which attributes come back unasked. QIDO-RS and C-FIND share them.
 *
 * An attribute that is not here is matched on the attributes kept with its study, series or instance. To search by one
 * more attribute fast: a migration, a row here.
 */
import type { Tag } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { Level } from './archive.ts'
import type { ColumnName, Driver } from './find.queries.ts'

export interface ColumnKey {
  readonly level: Level
  readonly column: ColumnName
  /**
   * Of studies: may an index on the column lead to them? `always` when equality leaves few, `count` when it must be looked
   * at. Keys of series and instances: see `PARTS_LEADERS`.
   */
  readonly leads: Driver['leads']
}

const key = (level: Level, column: ColumnName, leads: Driver['leads'] = 'never'): ColumnKey => ({
  level,
  column,
  leads,
})

export const COLUMN_KEYS: ReadonlyMap<Tag, ColumnKey> = new Map([
  [T.StudyInstanceUID, key('study', 's.study_uid', 'always')],
  [T.PatientID, key('study', 's.patient_id', 'count')],
  [T.IssuerOfPatientID, key('study', 's.issuer')],
  [T.PatientBirthDate, key('study', 's.birth_date', 'count')],
  [T.PatientSex, key('study', 's.sex')],
  [T.StudyDate, key('study', 's.study_date')], // the order of the walk: its index serves the range already
  [T.StudyTime, key('study', 's.study_time')],
  [T.AccessionNumber, key('study', 's.accession', 'count')],
  [T.StudyID, key('study', 's.study_id', 'count')],
  [T.StudyDescription, key('study', 's.description', 'count')],
  [T.NumberOfStudyRelatedSeries, key('study', 's.series_count')],
  [T.NumberOfStudyRelatedInstances, key('study', 's.instance_count')],
  [T.SeriesInstanceUID, key('series', 'e.series_uid')],
  [T.Modality, key('series', 'e.modality')],
  [T.SeriesNumber, key('series', 'e.series_number')],
  [T.SeriesDescription, key('series', 'e.description')],
  [T.BodyPartExamined, key('series', 'e.body_part')],
  [T.Laterality, key('series', 'e.laterality')],
  [T.PerformedProcedureStepStartDate, key('series', 'e.performed_date')],
  [T.PerformedProcedureStepStartTime, key('series', 'e.performed_time')],
  [T.NumberOfSeriesRelatedInstances, key('series', 'e.instance_count')],
  [T.SOPInstanceUID, key('instance', 'i.sop_uid')],
  [T.SOPClassUID, key('instance', 'i.sop_class_uid')],
  [T.InstanceNumber, key('instance', 'i.instance_number')],
  [T.Rows, key('instance', 'i.rows')],
  [T.Columns, key('instance', 'i.columns')],
  [T.NumberOfFrames, key('instance', 'i.frames')],
  [T.AvailableTransferSyntaxUID, key('instance', 'i.transfer_syntax')],
] as const)

/** Keys of series and instances that an index serves, those that leave fewest first: one of them leads to the studies. */
export const PARTS_LEADERS: readonly Tag[] = [T.SOPInstanceUID, T.SeriesInstanceUID, T.Modality, T.SOPClassUID]

export const NUMERIC: ReadonlySet<ColumnName> = new Set<ColumnName>([
  's.series_count',
  's.instance_count',
  'e.series_number',
  'e.instance_count',
  'i.instance_number',
  'i.rows',
  'i.columns',
  'i.frames',
])

/** Person names with rows of their own, by the attribute they stand under there. */
export const NAME_KEYS: ReadonlyMap<Tag, string> = new Map([
  [T.PatientName, 'PatientName'],
  [T.ReferringPhysicianName, 'ReferringPhysicianName'],
])

/** A date and the time that belongs to it: ranges of both are one range of moments (PS3.4 C.2.2.2.5). */
export const MOMENTS: readonly (readonly [date: Tag, time: Tag])[] = [
  [T.StudyDate, T.StudyTime],
  [T.SeriesDate, T.SeriesTime],
  [T.PerformedProcedureStepStartDate, T.PerformedProcedureStepStartTime],
  [T.AcquisitionDate, T.AcquisitionTime],
  [T.ContentDate, T.ContentTime],
  [T.InstanceCreationDate, T.InstanceCreationTime],
  [T.PatientBirthDate, T.PatientBirthTime],
]

/** Never matched, whatever is asked: they say how the query itself is written (PS3.4 C.2.2.2, PS3.18 8.3.4). */
export const NOT_MATCHED: ReadonlySet<Tag> = new Set([
  T.SpecificCharacterSet,
  T.TimezoneOffsetFromUTC,
  T.QueryRetrieveLevel,
  T.InstanceAvailability,
  T.RetrieveAETitle,
  T.RetrieveURL,
])

/** PS3.18 Table 10.6.3-3, in the order of tags. What an instance lacks comes back empty. */
export const STUDY_RETURNS: readonly Tag[] = [
  T.StudyDate,
  T.StudyTime,
  T.AccessionNumber,
  T.ReferringPhysicianName,
  T.PatientName,
  T.PatientID,
  T.PatientBirthDate,
  T.PatientSex,
  T.StudyInstanceUID,
  T.StudyID,
]
/** PS3.18 Table 10.6.3-4. */
export const SERIES_RETURNS: readonly Tag[] = [T.Modality, T.SeriesInstanceUID, T.SeriesNumber]
/** Returned when the object has them: type 3 of the study and series tables, and IssuerOfPatientID beside its ID. */
export const STUDY_RETURNS_IF_PRESENT: readonly Tag[] = [
  T.TimezoneOffsetFromUTC,
  T.StudyDescription,
  T.IssuerOfPatientID,
]
export const SERIES_RETURNS_IF_PRESENT: readonly Tag[] = [
  T.TimezoneOffsetFromUTC,
  T.SeriesDescription,
  T.BodyPartExamined,
  T.Laterality,
  T.PerformedProcedureStepStartDate,
  T.PerformedProcedureStepStartTime,
  T.RequestAttributesSequence,
]
