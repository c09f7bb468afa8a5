/** Images somebody marked, as a Key Object Selection document (PS3.3 A.35.4, PS3.16 TID 2010). */
import { type Attributes, code, dataSetOf } from '../dicom/attributes.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { UIDS } from '../dicom/dictionary.ts'
import { inStudy } from '../dicom/made-objects.ts'
import type { Evidence } from './write-report.ts'

/** Why images are marked (PS3.16 CID 7010), those a reader has. */
export const KEY_OBJECT_TITLES = {
  interest: { value: '113000', scheme: 'DCM', meaning: 'Of Interest' },
  referrer: { value: '113002', scheme: 'DCM', meaning: 'For Referring Provider' },
  surgery: { value: '113003', scheme: 'DCM', meaning: 'For Surgery' },
  teaching: { value: '113004', scheme: 'DCM', meaning: 'For Teaching' },
  conference: { value: '113005', scheme: 'DCM', meaning: 'For Conference' },
} as const
export type KeyObjectTitle = keyof typeof KEY_OBJECT_TITLES

export interface MarkedImage extends Evidence {
  /** Empty: all of them. */
  readonly frames: readonly number[]
}

export interface NewKeyObjects {
  /** Attributes of the patient and the study, as the study's instances have them. */
  readonly of: DataSet
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly instanceNumber: number
  readonly date: string
  readonly time: string
  readonly observer: string
  readonly title: KeyObjectTitle
  readonly words: string
  readonly images: readonly MarkedImage[]
}

/** Beyond those that machines count up to, after measurements and saved views. */
const SERIES_NUMBER = 9903

export function keyObjects(marks: NewKeyObjects): DataSet {
  const { date, time, images, study, words } = marks
  const title = KEY_OBJECT_TITLES[marks.title]
  const made = dataSetOf({
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: UIDS.KeyObjectSelectionDocumentStorage,
    SOPInstanceUID: marks.instance,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    Modality: 'KO',
    Manufacturer: 'Clearkeep',
    StudyInstanceUID: study,
    SeriesInstanceUID: marks.series,
    SeriesNumber: SERIES_NUMBER,
    SeriesDescription: 'Key images',
    ReferencedPerformedProcedureStepSequence: [],
    InstanceNumber: marks.instanceNumber,
    ContentDate: date,
    ContentTime: time,
    CurrentRequestedProcedureEvidenceSequence: [
      {
        StudyInstanceUID: study,
        ReferencedSeriesSequence: [...Map.groupBy(images, ({ series }) => series)].map(([series, of]) => ({
          SeriesInstanceUID: series,
          ReferencedSOPSequence: of.map(({ sopClass, instance }) => ({
            ReferencedSOPClassUID: sopClass,
            ReferencedSOPInstanceUID: instance,
          })),
        })),
      },
    ],
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: code(title.value, title.scheme, title.meaning),
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '2010' }],
    ContentSequence: [
      {
        RelationshipType: 'HAS OBS CONTEXT',
        ValueType: 'CODE',
        ConceptNameCodeSequence: code('121005', 'DCM', 'Observer Type'),
        ConceptCodeSequence: code('121006', 'DCM', 'Person'),
      },
      {
        RelationshipType: 'HAS OBS CONTEXT',
        ValueType: 'PNAME',
        ConceptNameCodeSequence: code('121008', 'DCM', 'Person Observer Name'),
        PersonName: marks.observer,
      },
      ...(words === ''
        ? []
        : [
            {
              RelationshipType: 'CONTAINS',
              ValueType: 'TEXT',
              ConceptNameCodeSequence: code('113012', 'DCM', 'Key Object Description'),
              TextValue: words,
            },
          ]),
      ...images.map(imageOf),
    ],
  })
  return inStudy(marks.of, made)
}

const imageOf = ({ sopClass, instance, frames }: MarkedImage): Attributes => ({
  RelationshipType: 'CONTAINS',
  ValueType: 'IMAGE',
  ReferencedSOPSequence: [
    {
      ReferencedSOPClassUID: sopClass,
      ReferencedSOPInstanceUID: instance,
      ...(frames.length > 0 && { ReferencedFrameNumber: frames }),
    },
  ],
})
