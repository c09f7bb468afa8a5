/**
 * What a matching key asks for, read once from its value and its VR (PS3.4 C.2.2.2, PS3.18 8.3.4), and the test of one
 * attribute in DICOM JSON against it. `find.queries.ts` says the same in SQL for the attributes that are columns; the
 * tests hold the two against each other.
 *
 * Matching is case sensitive but for person names (PS3.4 C.2.2.2.1); theirs is `dicom/name-search.ts`.
 */
import { ArchiveError } from '../base/errors.ts'
import { type Tag, tagText, type Vr } from '../dicom/data-set.ts'
import {
  dateRange,
  dateTimeRange,
  normaliseDate,
  normaliseTime,
  parseDateTime,
  spanOf,
  timeRange,
} from '../dicom/date-time.ts'
import type { DicomJson, DicomJsonElement, DicomJsonValue, PersonNameJson } from '../dicom/json.ts'
import {
  fuzzyNamePattern,
  likePattern,
  matchesLike,
  type NamePiece,
  nameMatches,
  namePattern,
} from '../dicom/name-search.ts'

export type Wanted =
  /** Universal matching: everything, absent values too. */
  | { readonly kind: 'any' }
  /** Empty value matching: `""`. */
  | { readonly kind: 'empty' }
  /** Exactly one of these. */
  | { readonly kind: 'text'; readonly values: readonly string[] }
  /** One of these LIKE patterns, `\` escaping; `like.ts` of no engine: see `patternCondition`. */
  | { readonly kind: 'pattern'; readonly likes: readonly string[] }
  | { readonly kind: 'number'; readonly values: readonly number[] }
  | { readonly kind: 'name'; readonly pieces: readonly NamePiece[] }
  /** DA and TM as `YYYYMMDD` and `HHMMSS.FFFFFF`, ends included, '' open; was it written as a range? */
  | { readonly kind: 'date' | 'time'; readonly from: string; readonly to: string; readonly range: boolean }
  /** DT: microseconds since 1970 UTC, ends included. */
  | { readonly kind: 'moment'; readonly first: number; readonly last: number }

const WILD: ReadonlySet<Vr> = new Set<Vr>(['AE', 'AS', 'CS', 'LO', 'LT', 'SH', 'ST', 'UC', 'UN', 'UR', 'UT'])
const NUMBERS: ReadonlySet<Vr> = new Set<Vr>(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV'])
/** Of one value however many backslashes it holds (PS3.5 6.2). */
const UNDIVIDED: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UR', 'UT'])

/**
 * @param keyword  for the message
 * @throws {ArchiveError} `BAD_REQUEST` when the value cannot be one of the VR's
 */
export function readWanted(vr: Vr, value: string, fuzzy: boolean, keyword: string): Wanted {
  const key = value.trim()
  if (/^\**$/.test(key)) return { kind: 'any' }
  if (key === '""') return { kind: 'empty' }
  if (vr === 'PN') return readName(key, fuzzy)
  if (vr === 'DA' || vr === 'TM') {
    const range = vr === 'DA' ? dateRange(key) : timeRange(key)
    if (range === undefined)
      throw unreadable(keyword, vr === 'DA' ? 'a date or a range of dates' : 'a time or a range of times')
    return { kind: vr === 'DA' ? 'date' : 'time', ...range, range: isRange(vr, key) }
  }
  if (vr === 'DT') {
    const range = dateTimeRange(key)
    if (range === undefined) throw unreadable(keyword, 'a date and time or a range of them')
    return { kind: 'moment', ...range }
  }
  if (vr === 'UI') return { kind: 'text', values: bounded(key.split(/[\\,]/), keyword) }
  if (NUMBERS.has(vr)) {
    const values = bounded(key.split('\\'), keyword).map((one) => (one === '' ? Number.NaN : Number(one)))
    if (!values.every(Number.isFinite)) throw unreadable(keyword, 'a number')
    return { kind: 'number', values }
  }
  const values = UNDIVIDED.has(vr) ? [key] : bounded(key.split('\\'), keyword)
  if (!WILD.has(vr) || !values.some((one) => /[*?]/.test(one))) return { kind: 'text', values }
  return { kind: 'pattern', likes: values.map(likePattern) }
}

/** Databases take some tens of thousands of parameters; nobody means to ask for more UIDs than this at once. */
const MOST_VALUES = 10_000
const MOST_WORDS = 12

function bounded(values: readonly string[], keyword: string): readonly string[] {
  if (values.length > MOST_VALUES) throw unreadable(keyword, `a list of at most ${MOST_VALUES} values`)
  return values.map((one) => one.trim())
}

const unreadable = (keyword: string, what: string) =>
  new ArchiveError('BAD_REQUEST', { why: `the value of ${keyword} is not ${what}` })

function readName(key: string, fuzzy: boolean): Wanted {
  const pieces = fuzzy ? fuzzyNamePattern(key).slice(0, MOST_WORDS) : namePattern(key)
  return pieces.length === 0 ? { kind: 'any' } : { kind: 'name', pieces }
}

/** Two dates may be written with hyphens of their own (`2024-03-14`), so the range is what is not one value. */
const isRange = (vr: 'DA' | 'TM', key: string): boolean =>
  (vr === 'DA' ? normaliseDate(key) : normaliseTime(key)) === ''

// --- one attribute of a data set ------------------------------------------------

/** Does the attribute, absent perhaps, hold what is wanted? Of several values one is enough. */
export function satisfies(wanted: Wanted, element: DicomJsonElement | undefined): boolean {
  if (wanted.kind === 'any') return true
  const values = (element?.Value ?? []).filter((value) => value !== null && value !== '')
  if (wanted.kind === 'empty')
    return values.length === 0 && element?.InlineBinary === undefined && element?.BulkDataURI === undefined
  return values.some((value) => meets(wanted, value))
}

function meets(wanted: Exclude<Wanted, { kind: 'any' | 'empty' }>, value: DicomJsonValue): boolean {
  if (wanted.kind === 'name') return isObject(value) && nameMatches(wanted.pieces, nameText(value as PersonNameJson))
  if (wanted.kind === 'number') return wanted.values.includes(Number(value))
  if (isObject(value)) return false
  const text = String(value).trim()
  switch (wanted.kind) {
    case 'text':
      return wanted.values.includes(text)
    case 'pattern':
      return wanted.likes.some((like) => matchesLike(text, like))
    case 'date':
      return within(wanted, normaliseDate(text))
    case 'time':
      return within(wanted, normaliseTime(text))
    case 'moment': {
      const moment = parseDateTime(text)
      if (moment === undefined) return false
      const { first, last } = spanOf(moment)
      return wanted.first <= last && first <= wanted.last
    }
  }
}

/** `from` and `to` as texts, '' open; an absent or unreadable value is never within. */
export function within({ from, to }: { readonly from: string; readonly to: string }, value: string): boolean {
  return value !== '' && (from === '' || from <= value) && (to === '' || value <= to)
}

const isObject = (value: DicomJsonValue): value is PersonNameJson | DicomJson =>
  typeof value === 'object' && value !== null

const nameText = ({ Alphabetic = '', Ideographic = '', Phonetic = '' }: PersonNameJson): string =>
  [Alphabetic, Ideographic, Phonetic].join('=')

/** Follows the path through every item of its sequences; one that fits is enough (PS3.4 C.2.2.2.6). */
export function satisfiesPath(wanted: Wanted, path: readonly Tag[], attributes: DicomJson): boolean {
  const [tag, ...rest] = path
  if (tag === undefined) return false
  const element = attributes[tagText(tag)]
  if (rest.length === 0) return satisfies(wanted, element)
  const items = element?.vr === 'SQ' ? (element.Value ?? []) : []
  if (items.length === 0) return satisfies(wanted, undefined)
  return items.some((item) => isObject(item) && satisfiesPath(wanted, rest, item as DicomJson))
}

/** The value of a date and its time as one text that compares: `YYYYMMDDHHMMSS.FFFFFF`; '' without a date. */
export function momentOf(attributes: DicomJson, date: Tag, time: Tag): string {
  const day = attributes[tagText(date)]?.Value?.[0]
  const hour = attributes[tagText(time)]?.Value?.[0]
  const normalised = typeof day === 'string' ? normaliseDate(day) : ''
  if (normalised === '') return ''
  return normalised + (normaliseTime(String(hour ?? '')) || '000000.000000')
}
