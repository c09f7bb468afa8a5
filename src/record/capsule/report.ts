/** A structured report (PS3.3 C.17.3) as it reads: headings and sentences, in their order. Pure. */
import type { CapsuleReport, ReportNode } from '../../api/capsule.ts'
import { type Tag, tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'

const isObject = (value: unknown): value is DicomJson => typeof value === 'object' && value !== null
const itemsOf = (json: DicomJson, tag: Tag): readonly DicomJson[] => (json[tagText(tag)]?.Value ?? []).filter(isObject)

/** The first value as text; a person name as its first component group. */
export function textIn(json: DicomJson, tag: Tag): string {
  const [value] = json[tagText(tag)]?.Value ?? []
  if (typeof value === 'string' || typeof value === 'number') return String(value).trim()
  if (!isObject(value)) return ''
  const name = (value as { Alphabetic?: unknown; Ideographic?: unknown }).Alphabetic
  return typeof name === 'string' ? name.replaceAll('^', ' ').trim() : ''
}

const meaning = (json: DicomJson, tag: Tag): string => {
  const [code] = itemsOf(json, tag)
  return code === undefined ? '' : textIn(code, T.CodeMeaning) || textIn(code, T.CodeValue)
}

export const isReport = (json: DicomJson): boolean =>
  tagText(T.ValueType) in json && meaning(json, T.ConceptNameCodeSequence) !== ''

export const reportTitle = (json: DicomJson): string =>
  meaning(json, T.ConceptNameCodeSequence) ||
  textIn(json, T.DocumentTitle) ||
  textIn(json, T.SeriesDescription) ||
  'Report'

export const reportWhen = (json: DicomJson): CapsuleReport['when'] =>
  [textIn(json, T.ContentDate), textIn(json, T.ContentTime).slice(0, 4)].join(' ').trim()

/** How deep a report is read: deeper is a report that was made to do harm. */
const DEEPEST = 64

export function reportNode(json: DicomJson, depth = 0): ReportNode {
  const below = depth >= DEEPEST ? [] : itemsOf(json, T.ContentSequence).map((one) => reportNode(one, depth + 1))
  return { name: meaning(json, T.ConceptNameCodeSequence), value: contentOf(json), below }
}

/** PS3.3 table C.17.3-7: what a content item holds, by its value type. */
function contentOf(json: DicomJson): string {
  switch (textIn(json, T.ValueType)) {
    case 'TEXT':
      return textIn(json, T.TextValue)
    case 'NUM':
      return measured(json)
    case 'CODE':
      return meaning(json, T.ConceptCodeSequence)
    case 'DATETIME':
      return textIn(json, T.DateTime)
    case 'DATE':
      return textIn(json, T.Date)
    case 'TIME':
      return textIn(json, T.Time)
    case 'UIDREF':
      return textIn(json, T.UID)
    case 'PNAME':
      return textIn(json, T.PersonName)
    case 'IMAGE':
    case 'COMPOSITE':
    case 'WAVEFORM': {
      const [reference] = itemsOf(json, T.ReferencedSOPSequence)
      return reference === undefined ? '' : `image ${textIn(reference, T.ReferencedSOPInstanceUID)}`
    }
    case 'SCOORD':
    case 'SCOORD3D':
      return textIn(json, T.GraphicType).toLowerCase()
    default:
      return ''
  }
}

function measured(json: DicomJson): string {
  const [value] = itemsOf(json, T.MeasuredValueSequence)
  if (value === undefined) return meaning(json, T.NumericValueQualifierCodeSequence) || 'not measured'
  const [unit] = itemsOf(value, T.MeasurementUnitsCodeSequence)
  const said = unit === undefined ? '' : textIn(unit, T.CodeValue)
  return `${textIn(value, T.NumericValue)}${said === '' || said === '1' ? '' : ` ${said}`}`
}
