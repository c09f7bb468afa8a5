/**
 * What a reader wrote about the nodule: a structured report in each examination, whose measurements are the truth, and
 * at the end a letter as PDF that tells its course.
 */

import { type Attributes, code } from '../dicom/attributes.ts'
import { UIDS } from '../dicom/dictionary.ts'
import { commonModules, type Series } from './modules.ts'
import { EXAMINATIONS, type Examination, type NoduleExamination, noduleHistory } from './nodule-story.ts'
import { type SyntheticObject, syntheticObject } from './object.ts'
import { pdf } from './pdf.ts'

export function* noduleReports(): Generator<SyntheticObject> {
  const history = noduleHistory()
  for (const [at, examination] of EXAMINATIONS.entries()) {
    const truth = history[at]
    if (truth !== undefined) yield structuredReport(examination, truth)
  }
  const last = EXAMINATIONS.at(-1)
  if (last !== undefined) yield letter(last, history)
}

// --- structured report (PS3.3 A.35.2, C.17) ------------------------------------------------

const number = (concept: readonly Attributes[], value: number, unit: string, meaning: string): Attributes => ({
  RelationshipType: 'CONTAINS',
  ValueType: 'NUM',
  ConceptNameCodeSequence: concept,
  MeasuredValueSequence: [{ NumericValue: value, MeasurementUnitsCodeSequence: code(unit, 'UCUM', meaning) }],
})

const words = (concept: readonly Attributes[], text: string): Attributes => ({
  RelationshipType: 'CONTAINS',
  ValueType: 'TEXT',
  ConceptNameCodeSequence: concept,
  TextValue: text,
})

function structuredReport({ study, says }: Examination, truth: NoduleExamination): SyntheticObject {
  const series: Series = { study, number: 9, modality: 'SR', description: 'Report', model: 'Phantom reader' }
  const reference: Attributes = { ReferencedSOPClassUID: UIDS.CTImageStorage, ReferencedSOPInstanceUID: truth.instance }
  return syntheticObject({
    ...commonModules(series, 1, 'EnhancedSRStorage'),
    ReferencedPerformedProcedureStepSequence: [],
    PerformedProcedureCodeSequence: [],
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    CurrentRequestedProcedureEvidenceSequence: [
      {
        StudyInstanceUID: truth.study,
        ReferencedSeriesSequence: [{ SeriesInstanceUID: truth.series, ReferencedSOPSequence: [reference] }],
      },
    ],
    ValueType: 'CONTAINER',
    ContinuityOfContent: 'SEPARATE',
    ConceptNameCodeSequence: code('18747-6', 'LN', 'CT Report'),
    ContentSequence: [
      words(code('121071', 'DCM', 'Finding'), says),
      number(code('103339001', 'SCT', 'Long Axis'), truth.longAxis, 'mm', 'millimeter'),
      number(code('103340004', 'SCT', 'Short Axis'), truth.shortAxis, 'mm', 'millimeter'),
      number(code('118565006', 'SCT', 'Volume'), truth.volume, 'mm3', 'cubic millimeter'),
      {
        RelationshipType: 'CONTAINS',
        ValueType: 'IMAGE',
        ConceptNameCodeSequence: code('121112', 'DCM', 'Source of Measurement'),
        ReferencedSOPSequence: [reference],
      },
      words(code('121077', 'DCM', 'Conclusion'), 'SYNTHETIC: there is no such patient, and nothing follows from this.'),
    ],
  })
}

// --- letter (PS3.3 A.45.1) ---------------------------------------------------------------------

const dashed = (date: string): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`

function letter({ study }: Examination, history: readonly NoduleExamination[]): SyntheticObject {
  const series: Series = { study, number: 10, modality: 'DOC', description: 'Letter', model: 'Phantom reader' }
  const document = pdf({
    title: 'The course of a nodule',
    lines: [
      `${study.person.name.replace('^', ', ')} (${study.person.id}), born ${dashed(study.person.born)}`,
      '',
      ...history.map(
        ({ date, longAxis, shortAxis, volume, says }) =>
          `${dashed(date)}   ${longAxis.toFixed(1)} x ${shortAxis.toFixed(1)} mm, ${volume.toFixed(0)} mm3.  ${says}`,
      ),
      '',
      'There is no such patient. Clearkeep computed the images and wrote this letter.',
    ],
    curve: {
      caption: 'Longest diameter in the axial plane (mm)',
      points: history.map(({ date, longAxis }) => ({ label: dashed(date), value: longAxis })),
    },
  })
  return syntheticObject({
    ...commonModules(series, 1, 'EncapsulatedPDFStorage'),
    ConversionType: 'SYN',
    AcquisitionDateTime: '',
    BurnedInAnnotation: 'YES',
    DocumentTitle: 'The course of a nodule',
    ConceptNameCodeSequence: code('18747-6', 'LN', 'CT Report'),
    MIMETypeOfEncapsulatedDocument: 'application/pdf',
    EncapsulatedDocument: document,
    EncapsulatedDocumentLength: document.length,
  })
}
