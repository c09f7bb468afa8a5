/**
 * The days of an archive cut into spans it can answer for at once. Archives cut long answers short, many without a word: so a
 * span with many studies is asked again in halves, until a day is what it is. Pure.
 */

/** YYYYMMDD, both ends included. */
export interface Slice {
  readonly first: string
  readonly last: string
}

const DAY_MS = 86_400_000
const dayOf = (date: string): number =>
  Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T00:00:00Z`) / DAY_MS
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')

const EARLIEST = '00010101'
const LATEST = '99991231'

/** As a matching key of dates (PS3.4 C.2.2.2.5): open where it has no end. */
export function rangeOf({ first, last }: Slice): string {
  if (first === last) return first
  return `${first === EARLIEST ? '' : first}-${last === LATEST ? '' : last}`
}

/** Before the first X-ray pictures there are mistyped dates, and after today too: both spans are asked for. */
export function firstSlices(today: string): readonly Slice[] {
  const year = Number(today.slice(0, 4))
  const starts = [1, 1900, 1960, 1980, 1990]
  for (let from = 1995; from <= year; from += 1) starts.push(from)
  const begins = [...starts.map((from) => `${String(from).padStart(4, '0')}0101`), `${year + 1}0101`]
  return begins.map((first, at) => ({ first, last: at + 1 < begins.length ? before(begins[at + 1] ?? first) : LATEST }))
}

const before = (date: string): string => dateOf(dayOf(date) - 1)

/** Two halves; undefined of a single day. */
export function halves({ first, last }: Slice): readonly [Slice, Slice] | undefined {
  const [from, to] = [dayOf(first), dayOf(last)]
  if (from >= to) return undefined
  const middle = Math.floor((from + to) / 2)
  return [
    { first, last: dateOf(middle) },
    { first: dateOf(middle + 1), last },
  ]
}
