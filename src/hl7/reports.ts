/**
 * What a report says: OBR and the OBX after it of an ORU^R01 (HL7 v2.5.1 chapter 7; IHE Radiology TF-2, 4.24 and SINR). Pure.
 */
import { providerOf } from './persons.ts'
import type { Read, ReadSegment } from './reading.ts'

export interface ReportTold {
  /** OBR-4: the examination. */
  readonly title: string
  /** OBR-25 (HL7 table 0123): preliminary, final, corrected … */
  readonly status: 'preliminary' | 'final' | 'corrected' | 'cancelled' | 'other'
  /** A PN, of OBR-32; '' when nobody is named. */
  readonly by: string
  /** Headings with their text, in order; a heading that is none is ''. */
  readonly sections: readonly { readonly heading: string; readonly text: string }[]
}

const STATUS: Readonly<Record<string, ReportTold['status']>> = {
  P: 'preliminary',
  R: 'preliminary',
  S: 'preliminary',
  F: 'final',
  U: 'final',
  C: 'corrected',
  D: 'cancelled',
  X: 'cancelled',
}
/** OBX-2 of what is text (HL7 table 0125). */
const TEXTS: ReadonlySet<string> = new Set(['TX', 'FT', 'ST', 'CE', 'CWE', 'NM'])
/** In one report. */
const MOST_TEXT = 200_000

/** DCM 113014: an OBX whose value is the Study Instance UID (IHE Radiology TF-2, 4.24.4.1.2.3). */
const STUDY_UID = '113014'

/** The study a report is about, where it says so: ZDS, or an OBX of IHE; '' when it does not. */
export function studyOfReport(read: Read): string {
  const zds = read.first('ZDS')?.text('study') ?? ''
  if (zds !== '') return zds
  const named = read.segments.find((one) => one.name === 'OBX' && one.text('identifier') === STUDY_UID)
  return named?.text('value') ?? ''
}

export function reportOf(read: Read): ReportTold {
  const obr = read.first('OBR')
  const sections: { heading: string; text: string }[] = []
  let length = 0
  for (const segment of read.segments) {
    if (segment.name !== 'OBX' || !TEXTS.has(segment.text('valueType')) || segment.text('identifier') === STUDY_UID)
      continue
    const text = textOf(segment)
    length += text.length
    if (text === '' || length > MOST_TEXT) continue
    const heading = segment.text('identifier', 2)
    const last = sections.at(-1)
    // A line an OBX, as many senders write it.
    if (last !== undefined && last.heading === heading) last.text += `\n${text}`
    else sections.push({ heading, text })
  }
  return {
    title: obr?.text('service', 2) || obr?.text('service') || '',
    status: STATUS[obr?.text('resultStatus') ?? ''] ?? 'other',
    by: nameOfInterpreter(obr),
    sections,
  }
}

/** Repetitions are lines; of a code its meaning. */
function textOf(segment: ReadSegment): string {
  const coded = ['CE', 'CWE'].includes(segment.text('valueType'))
  return segment
    .values('value')
    .map((value) => (coded ? value.text(2) || value.text(1) : value.text(1)))
    .join('\n')
    .trim()
}

/** OBR-32 is an NDL: its first component is the person, in subcomponents; some senders write an XCN. */
function nameOfInterpreter(obr: ReadSegment | undefined): string {
  const [first] = obr?.values('interpreter') ?? []
  if (first === undefined) return ''
  if (first.text(1, 2) === '') return providerOf([first])
  return [first.text(1, 2), first.text(1, 3)]
    .map((part) => part.replace(/[\^=\\\p{Cc}]/gu, ' ').trim())
    .join('^')
    .replace(/\^+$/, '')
}
