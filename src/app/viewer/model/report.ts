/** The content tree of a structured report in words (PS3.3 C.17.3). */
import { formatDate, formatTime } from '../../words/dates.ts'
import { formatNumber } from '../../words/numbers.ts'
import { personNameText } from '../../words/person-name.ts'
import { item, items, type JsonDataSet, number, text } from './dicom-json.ts'

export interface ReportNode {
  readonly concept: string
  readonly value: string
  readonly children: readonly ReportNode[]
}

/** Deeper content is left out: no report needs it, and no screen shows it. */
const DEEPEST = 16

/** The items under the root; empty for objects that are no report. */
export function readReport(json: JsonDataSet, depth = 0): readonly ReportNode[] {
  if (depth > DEEPEST) return []
  return items(json, '0040A730').map((content) => ({
    concept: text(item(content, '0040A043'), '00080104'),
    value: valueText(content),
    children: readReport(content, depth + 1),
  }))
}

function valueText(content: JsonDataSet): string {
  const type = text(content, '0040A040')
  switch (type) {
    case 'TEXT':
      return text(content, '0040A160')
    case 'CODE':
      return text(item(content, '0040A168'), '00080104')
    case 'NUM':
      return measured(item(content, '0040A300'))
    case 'PNAME':
      return personNameText(text(content, '0040A123'))
    case 'DATE':
      return formatDate(text(content, '0040A121'))
    case 'TIME':
      return formatTime(text(content, '0040A122'))
    case 'DATETIME':
      return dateTime(text(content, '0040A120'))
    case 'UIDREF':
      return text(content, '0040A124')
    case 'IMAGE':
    case 'WAVEFORM':
    case 'COMPOSITE':
      return `${type.toLowerCase()} ${text(item(content, '00081199'), '00081155')}`
    case 'SCOORD':
    case 'SCOORD3D':
    case 'TCOORD':
      return text(content, '00700023').toLowerCase() || 'coordinates'
    default:
      return ''
  }
}

function measured(value: JsonDataSet | undefined): string {
  const amount = number(value, '0040A30A')
  const unit = text(item(value, '004008EA'), '00080100')
  return amount === undefined ? '' : `${formatNumber(amount, 4)}${unit === '1' || unit === '' ? '' : ` ${unit}`}`
}

const dateTime = (value: string) =>
  [formatDate(value.slice(0, 8)), formatTime(value.slice(8))].filter(Boolean).join(', ')
