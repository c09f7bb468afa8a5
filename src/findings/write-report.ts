/**
 * Measurements as a Comprehensive SR document (PS3.3 A.35.3) after PS3.16 TID 1500. Each report holds all that stands measured
 * in its study; one written later names it as its predecessor and takes its place.
 */
import { type Attributes, code, dataSetOf } from '../dicom/attributes.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { UIDS } from '../dicom/dictionary.ts'
import { inStudy } from '../dicom/made-objects.ts'
import type { Coded } from './codes.ts'
import type { Finding, ImageReference, Measured, MeasurementReport, Shape } from './report.ts'

/** An object of the study that the report speaks of. */
export interface Evidence {
  readonly series: string
  readonly instance: string
  readonly sopClass: string
}

export interface NewReport extends Omit<MeasurementReport, 'maker' | 'predecessors'> {
  /** Attributes of the patient and the study, as the study's instances have them. */
  readonly of: DataSet
  readonly instanceNumber: number
  /** All images and reports that are referred to. */
  readonly evidence: readonly Evidence[]
  readonly predecessors: readonly Evidence[]
}

const MAKER = 'Clearkeep'
/** Beyond those that machines count up to. */
const SERIES_NUMBER = 9901

export function measurementReport(report: NewReport): DataSet {
  const { date, time, signed, evidence, predecessors, study } = report
  const made = dataSetOf({
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: UIDS.ComprehensiveSRStorage,
    SOPInstanceUID: report.instance,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    Modality: 'SR',
    Manufacturer: MAKER,
    SeriesInstanceUID: report.series,
    SeriesNumber: SERIES_NUMBER,
    SeriesDescription: 'Measurements',
    ReferencedPerformedProcedureStepSequence: [],
    InstanceNumber: report.instanceNumber,
    ContentDate: date,
    ContentTime: time,
    CompletionFlag: signed ? 'COMPLETE' : 'PARTIAL',
    VerificationFlag: signed ? 'VERIFIED' : 'UNVERIFIED',
    ...(signed && {
      VerifyingObserverSequence: [
        {
          VerifyingOrganization: MAKER,
          VerificationDateTime: signed.at,
          VerifyingObserverName: signed.name,
          VerifyingObserverIdentificationCodeSequence: [],
        },
      ],
    }),
    ...(predecessors.length > 0 && { PredecessorDocumentsSequence: referencesIn(study, predecessors) }),
    PerformedProcedureCodeSequence: [],
    ...(evidence.length > 0 && { CurrentRequestedProcedureEvidenceSequence: referencesIn(study, evidence) }),
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: code('126000', 'DCM', 'Imaging Measurement Report'),
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '1500' }],
    ContentSequence: content(report),
  })
  return inStudy(report.of, made)
}

function content({ observer, findings, conclusion, evidence }: NewReport): readonly Attributes[] {
  const images = evidence.filter(({ sopClass }) => sopClass !== UIDS.ComprehensiveSRStorage)
  return [
    {
      ...codeItem('HAS CONCEPT MOD', ['121049', 'DCM', 'Language of Content Item and Descendants'], {
        value: 'en',
        scheme: 'RFC5646',
        meaning: 'English',
      }),
    },
    codeItem('HAS OBS CONTEXT', ['121005', 'DCM', 'Observer Type'], {
      value: '121006',
      scheme: 'DCM',
      meaning: 'Person',
    }),
    {
      RelationshipType: 'HAS OBS CONTEXT',
      ValueType: 'PNAME',
      ConceptNameCodeSequence: code('121008', 'DCM', 'Person Observer Name'),
      PersonName: observer,
    },
    codeItem('HAS CONCEPT MOD', ['121058', 'DCM', 'Procedure reported'], {
      value: '363679005',
      scheme: 'SCT',
      meaning: 'Imaging procedure',
    }),
    container('111028', 'Image Library', [
      container(
        '126200',
        'Image Library Group',
        images.map(({ sopClass, instance }) => ({
          RelationshipType: 'CONTAINS',
          ValueType: 'IMAGE',
          ReferencedSOPSequence: [{ ReferencedSOPClassUID: sopClass, ReferencedSOPInstanceUID: instance }],
        })),
      ),
    ]),
    container('126010', 'Imaging Measurements', findings.map(group)),
    ...(conclusion === ''
      ? []
      : [
          {
            ...container('C0034375', 'Qualitative Evaluations', [
              textItem('CONTAINS', ['121077', 'DCM', 'Conclusion'], conclusion),
            ]),
            ConceptNameCodeSequence: code('C0034375', 'UMLS', 'Qualitative Evaluations'),
          },
        ]),
  ]
}

/** TID 1501. */
function group({ trackingId, trackingUid, timePoint, site, role, comment, shapes, measured }: Finding): Attributes {
  const used = new Set(measured.map(({ shape }) => shape))
  return container('125007', 'Measurement Group', [
    textItem('HAS OBS CONTEXT', ['112039', 'DCM', 'Tracking Identifier'], trackingId),
    {
      RelationshipType: 'HAS OBS CONTEXT',
      ValueType: 'UIDREF',
      ConceptNameCodeSequence: code('112040', 'DCM', 'Tracking Unique Identifier'),
      UID: trackingUid,
    },
    ...(timePoint === '' ? [] : [textItem('HAS OBS CONTEXT', ['C2348792', 'UMLS', 'Time Point'], timePoint)]),
    ...(role ? [codeItem('CONTAINS', ['121071', 'DCM', 'Finding'], role)] : []),
    ...(site ? [codeItem('HAS CONCEPT MOD', ['363698007', 'SCT', 'Finding Site'], site)] : []),
    ...measured.map((one) => numberItem(one, shapes)),
    ...(comment === '' && shapes.every((_, at) => used.has(at))
      ? []
      : [
          {
            ...textItem('CONTAINS', ['121106', 'DCM', 'Comment'], comment === '' ? trackingId : comment),
            // A mark without a number: the words are of the place.
            ...contentOf(shapes.filter((_, at) => !used.has(at)).map(shapeItem)),
          },
        ]),
  ])
}

function numberItem({ concept, value, unit, derivation, shape }: Measured, shapes: readonly Shape[]): Attributes {
  const from = shape === undefined ? undefined : shapes[shape]
  return {
    RelationshipType: 'CONTAINS',
    ValueType: 'NUM',
    ConceptNameCodeSequence: codes(concept),
    MeasuredValueSequence: [{ NumericValue: decimalText(value), MeasurementUnitsCodeSequence: codes(unit) }],
    ...contentOf([
      ...(derivation ? [codeItem('HAS CONCEPT MOD', ['121401', 'DCM', 'Derivation'], derivation)] : []),
      ...(from ? [shapeItem(from)] : []),
    ]),
  }
}

const shapeItem = ({ graphic, points, image }: Shape): Attributes => ({
  RelationshipType: 'INFERRED FROM',
  ValueType: 'SCOORD',
  ConceptNameCodeSequence: code('121112', 'DCM', 'Source of Measurement'),
  GraphicType: graphic,
  GraphicData: points.flat(),
  ContentSequence: [{ RelationshipType: 'SELECTED FROM', ValueType: 'IMAGE', ReferencedSOPSequence: [imageOf(image)] }],
})

const imageOf = ({ sopClass, instance, frame }: ImageReference): Attributes => ({
  ReferencedSOPClassUID: sopClass,
  ReferencedSOPInstanceUID: instance,
  ...(frame !== undefined && { ReferencedFrameNumber: frame }),
})

const container = (value: string, meaning: string, items: readonly Attributes[]): Attributes => ({
  RelationshipType: 'CONTAINS',
  ValueType: 'CONTAINER',
  ConceptNameCodeSequence: code(value, 'DCM', meaning),
  ContinuityOfContent: 'SEPARATE',
  ...contentOf(items),
})

type Name = readonly [value: string, scheme: string, meaning: string]

const codeItem = (relationship: string, name: Name, value: Coded): Attributes => ({
  RelationshipType: relationship,
  ValueType: 'CODE',
  ConceptNameCodeSequence: code(...name),
  ConceptCodeSequence: codes(value),
})

const textItem = (relationship: string, name: Name, text: string): Attributes => ({
  RelationshipType: relationship,
  ValueType: 'TEXT',
  ConceptNameCodeSequence: code(...name),
  TextValue: text,
})

const codes = ({ value, scheme, meaning }: Coded) => code(value, scheme, meaning)
/** A content sequence may not be empty. */
const contentOf = (items: readonly Attributes[]): Attributes => (items.length > 0 ? { ContentSequence: items } : {})

function referencesIn(study: string, all: readonly Evidence[]): Attributes[] {
  return [
    {
      StudyInstanceUID: study,
      ReferencedSeriesSequence: [...Map.groupBy(all, ({ series }) => series)].map(([series, of]) => ({
        SeriesInstanceUID: series,
        ReferencedSOPSequence: of.map(({ sopClass, instance }) => ({
          ReferencedSOPClassUID: sopClass,
          ReferencedSOPInstanceUID: instance,
        })),
      })),
    },
  ]
}

/** As many digits as a Decimal String holds (16 characters, PS3.5 section 6.2). */
export function decimalText(value: number): string {
  const plain = String(value)
  if (plain.length <= 16) return plain
  for (let digits = 15; digits > 1; digits--) {
    const text = String(Number(value.toPrecision(digits)))
    if (text.length <= 16) return text
  }
  return value.toExponential(6)
}

/** A value as it comes back from a report. */
export const asWritten = (value: number): number => Number(decimalText(value))
