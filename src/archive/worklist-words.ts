/**
 * What a person means by the words in the worklist's one search box: each is a beginning of a name or number, a modality,
 * a date, or several of these, and a study must answer to every one. Pure.
 */
import { normaliseDate } from '../dicom/date-time.ts'
import { partsOf } from './words.ts'

export interface Term {
  /** Beginnings of words, all of which the study must have; none when the term is something else only. */
  readonly words: readonly string[]
  readonly modality: string | undefined
  readonly dates: { readonly from: string; readonly to: string } | undefined // YYYYMMDD, both included
}

/** More words than these narrow nothing down. */
const MOST = 12

export function readTerms(typed: string, today: Date): readonly Term[] {
  return typed
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MOST)
    .map((word) => readTerm(word, today))
    .filter((term) => term.words.length > 0 || term.modality !== undefined || term.dates !== undefined)
}

function readTerm(word: string, today: Date): Term {
  const day = RELATIVE[word.toLowerCase()]
  if (day !== undefined) {
    const date = dayText(today, day)
    return { words: partsOf(word), modality: undefined, dates: { from: date, to: date } }
  }
  const dates = readDates(word)
  // A range, or a date with hyphens, can be nothing else; bare digits may begin an ID as well.
  if (dates !== undefined && !/^\d+$/.test(word)) return { words: [], modality: undefined, dates }
  return { words: partsOf(word), modality: /^[A-Za-z]{2,16}$/.test(word) ? word.toUpperCase() : undefined, dates }
}

const RELATIVE: Readonly<Record<string, number>> = { today: 0, yesterday: -1 }

/** The calendar's day where the archive stands, since that is what study dates say. */
function dayText(today: Date, days: number): string {
  const date = new Date(today.getFullYear(), today.getMonth(), today.getDate() + days)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}${two(date.getMonth() + 1)}${two(date.getDate())}`
}

/** `2024`, `2024-03`, `202403`, `2024-03-14`, `20240314`, and two of them as a range: `2024..2025`, `20240101-20240331`, `2024-`. */
export function readDates(text: string): { readonly from: string; readonly to: string } | undefined {
  const whole = period(text)
  if (whole !== undefined) return whole
  for (const { index } of text.matchAll(/-|\.\./g)) {
    const width = text[index] === '.' ? 2 : 1
    const [left, right] = [text.slice(0, index), text.slice(index + width)]
    const from = left === '' ? { from: '00010101' } : period(left)
    const to = right === '' ? { to: '99991231' } : period(right)
    if (from !== undefined && to !== undefined && left + right !== '') return { from: from.from, to: to.to }
  }
  return undefined
}

function period(text: string): { readonly from: string; readonly to: string } | undefined {
  const parts = /^(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?$/.exec(text)
  if (parts === null) return undefined
  const [, year = '', month, day] = parts
  if (year < '1800' || year > '2199') return undefined // digits that are no year in any archive are an ID
  if (month === undefined) return { from: `${year}0101`, to: `${year}1231` }
  if (month < '01' || month > '12') return undefined
  if (day === undefined) return { from: `${year}${month}01`, to: `${year}${month}31` }
  const date = normaliseDate(`${year}${month}${day}`)
  return date === '' ? undefined : { from: date, to: date }
}
