/**
 * What is written into a rendered picture for who asks for it (PS3.18 section 8.3.5.1.1): about the patient, about the
 * technique. Text only, from the attributes as they are kept.
 */
import type { DataSet } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { number, personNames, text, texts } from '../dicom/values.ts'
import type { Corners } from './graphics.ts'

export const ANNOTATIONS = ['patient', 'technique'] as const
export type Annotation = (typeof ANNOTATIONS)[number]

const date = (value: string): string => value.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
const joined = (parts: readonly string[], between: string): string => parts.filter((part) => part !== '').join(between)

/** A number with what it is of; nothing when there is none. */
function measured(name: string, value: number | undefined, unit: string): string {
  return value === undefined ? '' : `${name} ${Number(value.toPrecision(4))}${unit && ` ${unit}`}`
}

export function cornersOf(dataSet: DataSet, asked: readonly Annotation[], frame: number): Corners | undefined {
  if (asked.length === 0) return undefined
  const patient = asked.includes('patient')
  const technique = asked.includes('technique')
  return {
    topLeft: patient ? patientLines(dataSet) : [],
    topRight: technique ? techniqueLines(dataSet) : [],
    bottomLeft: technique ? placeLines(dataSet, frame) : [],
  }
}

/** The group of the name that there are letters for; of names in other scripts alone, that. */
function nameOf(dataSet: DataSet): string {
  const [name] = personNames(dataSet, T.PatientName)
  const group =
    [name?.alphabetic, name?.phonetic, name?.ideographic].find((one) => one !== undefined && one !== '') ?? ''
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group.split('^')
  return joined([family, joined([prefix, given, middle, suffix], ' ')], ', ')
}

function patientLines(dataSet: DataSet): readonly string[] {
  return [
    nameOf(dataSet),
    text(dataSet, T.PatientID),
    joined([date(text(dataSet, T.PatientBirthDate)), text(dataSet, T.PatientSex), text(dataSet, T.PatientAge)], '  '),
    joined([date(text(dataSet, T.StudyDate)), text(dataSet, T.AccessionNumber)], '  '),
  ].filter((line) => line !== '')
}

function techniqueLines(dataSet: DataSet): readonly string[] {
  const of = (name: string, tag: (typeof T)[keyof typeof T], unit: string) => measured(name, number(dataSet, tag), unit)
  return [
    joined([text(dataSet, T.Modality), text(dataSet, T.SeriesDescription)], '  '),
    joined([text(dataSet, T.BodyPartExamined), text(dataSet, T.Laterality), text(dataSet, T.ViewPosition)], ' '),
    joined(
      [of('', T.KVP, 'kV').trim(), of('', T.XRayTubeCurrent, 'mA').trim(), of('', T.Exposure, 'mAs').trim()],
      '  ',
    ),
    joined([of('TR', T.RepetitionTime, 'ms'), of('TE', T.EchoTime, 'ms'), of('TI', T.InversionTime, 'ms')], '  '),
    texts(dataSet, T.ConvolutionKernel).join(' '),
    text(dataSet, T.LossyImageCompression) === '01' ? 'lossy compressed' : '',
  ].filter((line) => line !== '')
}

function placeLines(dataSet: DataSet, frame: number): readonly string[] {
  const frames = number(dataSet, T.NumberOfFrames) ?? 1
  return [
    joined(
      [measured('Se', number(dataSet, T.SeriesNumber), ''), measured('Im', number(dataSet, T.InstanceNumber), '')],
      '  ',
    ),
    frames > 1 ? `frame ${frame} of ${frames}` : '',
    joined(
      [
        measured('slice', number(dataSet, T.SliceThickness), 'mm'),
        measured('at', number(dataSet, T.SliceLocation), 'mm'),
      ],
      '  ',
    ),
  ].filter((line) => line !== '')
}
