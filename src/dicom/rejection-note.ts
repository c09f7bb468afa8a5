/**
 * Rejection notes (IHE Radiology Technical Framework, Imaging Object Change Management, RAD-66): a Key Object Selection
 * Document (PS3.3 A.35.4) whose title says why what it names is not to be used any more.
 */
import { type Attributes, code, dataSetOf } from './attributes.ts'
import { withElements } from './build.ts'
import type { DataSet } from './data-set.ts'
import { T, UIDS } from './dictionary.ts'
import type { Uid } from './uid.ts'
import { item, items, text, uidOf } from './values.ts'

/** Titles that reject (PS3.16 CID 7011 and CID 7010), and what they mean. */
export const REJECTION_TITLES = {
  '113001': 'Rejected for Quality Reasons',
  '113037': 'Rejected for Patient Safety Reasons',
  '113038': 'Incorrect Modality Worklist Entry',
  '113039': 'Data Retention Policy Expired',
} as const

export type RejectionCode = keyof typeof REJECTION_TITLES

export const isRejectionCode = (value: string): value is RejectionCode => Object.hasOwn(REJECTION_TITLES, value)

/** An instance a note names. */
export interface NoteReference {
  readonly study: Uid
  readonly series: Uid
  readonly instance: Uid
  readonly sopClass: string
}

export interface RejectionNote {
  readonly code: RejectionCode
  /** What a person wrote into it; '' for nothing. */
  readonly reason: string
  readonly references: readonly NoteReference[]
}

/** The note a data set is; undefined when it is something else, another key object selection among it. */
export function readRejectionNote(dataSet: DataSet): RejectionNote | undefined {
  if (text(dataSet, T.SOPClassUID) !== UIDS.KeyObjectSelectionDocumentStorage) return undefined
  const title = codeOf(item(dataSet, T.ConceptNameCodeSequence))
  if (!isRejectionCode(title)) return undefined
  return { code: title, reason: reasonIn(dataSet), references: referencesIn(dataSet) }
}

/** Code Value of an item of the DICOM Controlled Terminology, '' of any other. */
const codeOf = (of: DataSet | undefined): string =>
  of !== undefined && text(of, T.CodingSchemeDesignator) === 'DCM' ? text(of, T.CodeValue) : ''

/** DCM 113012 Key Object Description, or 113011 Document Title Modifier, as TID 2010 has them. */
function reasonIn(dataSet: DataSet): string {
  const parts = items(dataSet, T.ContentSequence).map((content) => {
    const concept = codeOf(item(content, T.ConceptNameCodeSequence))
    if (concept === '113012') return text(content, T.TextValue)
    const modifier = item(content, T.ConceptCodeSequence)
    return concept === '113011' && modifier !== undefined ? text(modifier, T.CodeMeaning) : ''
  })
  return parts.filter((part) => part !== '').join('; ')
}

/** Current Requested Procedure Evidence Sequence names everything the content refers to (PS3.3 C.17.6.2). */
function referencesIn(dataSet: DataSet): NoteReference[] {
  return items(dataSet, T.CurrentRequestedProcedureEvidenceSequence).flatMap((ofStudy) =>
    items(ofStudy, T.ReferencedSeriesSequence).flatMap((ofSeries) =>
      items(ofSeries, T.ReferencedSOPSequence).flatMap((of) => {
        const study = uidOf(ofStudy, T.StudyInstanceUID)
        const series = uidOf(ofSeries, T.SeriesInstanceUID)
        const instance = uidOf(of, T.ReferencedSOPInstanceUID)
        if (study === undefined || series === undefined || instance === undefined) return []
        return [{ study, series, instance, sopClass: text(of, T.ReferencedSOPClassUID) }]
      }),
    ),
  )
}

export interface NewNote extends RejectionNote {
  /** Attributes of the patient and the study, as the study's instances have them. */
  readonly study: DataSet
  readonly series: string
  readonly instance: string
  /** `YYYYMMDD` and `HHMMSS`, in the zone of the study's times. */
  readonly date: string
  readonly time: string
}

/** A note to be stored, and sent to whoever has the same objects. */
export function rejectionNote({
  study,
  series,
  instance,
  code: title,
  reason,
  references,
  date,
  time,
}: NewNote): DataSet {
  const made = dataSetOf({
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: UIDS.KeyObjectSelectionDocumentStorage,
    SOPInstanceUID: instance,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    Modality: 'KO',
    Manufacturer: 'Clearkeep',
    SeriesInstanceUID: series,
    SeriesNumber: '',
    SeriesDescription: 'Rejection note',
    ReferencedPerformedProcedureStepSequence: [],
    InstanceNumber: 1,
    ContentDate: date,
    ContentTime: time,
    ReferencedRequestSequence: [],
    CurrentRequestedProcedureEvidenceSequence: evidence(references),
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: code(title, 'DCM', REJECTION_TITLES[title]),
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '2010' }],
    ContentSequence: [
      ...(reason === ''
        ? []
        : [
            {
              RelationshipType: 'CONTAINS',
              ValueType: 'TEXT',
              ConceptNameCodeSequence: code('113012', 'DCM', 'Key Object Description'),
              TextValue: reason,
            },
          ]),
      ...references.map((of) => ({
        RelationshipType: 'CONTAINS',
        ValueType: 'COMPOSITE',
        ReferencedSOPSequence: [reference(of)],
      })),
    ],
  })
  // Type 2 attributes of the Patient and General Study modules: there, with or without a value.
  const empty = dataSetOf({
    StudyDate: '',
    StudyTime: '',
    AccessionNumber: '',
    ReferringPhysicianName: '',
    PatientName: '',
    PatientID: '',
    PatientBirthDate: '',
    PatientSex: '',
    StudyID: '',
  })
  return withElements(withElements(empty, study.elements.values()), made.elements.values())
}

const reference = (of: NoteReference): Attributes => ({
  ReferencedSOPClassUID: of.sopClass,
  ReferencedSOPInstanceUID: of.instance,
})

function evidence(references: readonly NoteReference[]): Attributes[] {
  const studies = new Map<string, Map<string, NoteReference[]>>()
  for (const of of references) {
    const series = studies.get(of.study) ?? new Map<string, NoteReference[]>()
    studies.set(of.study, series)
    series.set(of.series, [...(series.get(of.series) ?? []), of])
  }
  return [...studies].map(([study, series]) => ({
    StudyInstanceUID: study,
    ReferencedSeriesSequence: [...series].map(([uid, instances]) => ({
      SeriesInstanceUID: uid,
      ReferencedSOPSequence: instances.map(reference),
    })),
  }))
}
