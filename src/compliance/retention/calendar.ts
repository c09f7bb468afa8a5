/**
 * Calendar dates without a zone (`YYYY-MM-DD`, proleptic Gregorian), compared as text. A day that does not exist rolls
 * forward, so that no period ends a day too early: 29 February and a year is 1 March.
 */

/** `YYYY-MM-DD`. */
export type CalendarDate = string

export const FOREVER: CalendarDate = '9999-12-31'
export const NEVER: CalendarDate = '0001-01-01'

const pad = (value: number, width: number): string => String(value).padStart(width, '0')
const text = (year: number, month: number, day: number): CalendarDate =>
  `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
const parts = (date: CalendarDate): readonly [year: number, month: number, day: number] => [
  Number(date.slice(0, 4)),
  Number(date.slice(5, 7)),
  Number(date.slice(8, 10)),
]

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
export const daysIn = (year: number, month: number): number =>
  [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0

export function isDate(value: unknown): value is CalendarDate {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false
  const [year, month, day] = parts(value)
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  const [year, month, day] = parts(date)
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  at.setUTCDate(at.getUTCDate() + days)
  return text(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate())
}

export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const [year, month, day] = parts(date)
  const count = year * 12 + month - 1 + months
  const [y, m] = [Math.floor(count / 12), (count % 12) + 1]
  if (day <= daysIn(y, m)) return text(y, m, day)
  return text(Math.floor((count + 1) / 12), ((count + 1) % 12) + 1, 1)
}

export const addYears = (date: CalendarDate, years: number): CalendarDate => addMonths(date, years * 12)

export const daysBetween = (from: CalendarDate, to: CalendarDate): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)

export const endOfYear = (date: CalendarDate): CalendarDate => `${date.slice(0, 4)}-12-31`

export const latest = (first: CalendarDate, ...others: readonly CalendarDate[]): CalendarDate =>
  others.reduce((one, other) => (other > one ? other : one), first)
export const earliest = (first: CalendarDate, ...others: readonly CalendarDate[]): CalendarDate =>
  others.reduce((one, other) => (other < one ? other : one), first)

/** The latest day a partial date (`1998`, `1998-05`, `199805`) can mean; undefined when it is none. */
export function lastDayOf(partial: string): CalendarDate | undefined {
  const found = /^(\d{4})(?:-?(\d\d))?$/.exec(partial)
  if (found === null) return undefined
  const year = Number(found[1])
  if (found[2] === undefined) return text(year, 12, 31)
  const month = Number(found[2])
  return month >= 1 && month <= 12 ? text(year, month, daysIn(year, month)) : undefined
}

/** West of everywhere: the last place where a day begins. */
const ANYWHERE_HOURS = -12

/**
 * The custodian's date at an instant.
 *
 * @param zone  IANA name; undefined when it is not known: then no place on Earth is ahead
 */
export function localDate(instant: string, zone: string | undefined): CalendarDate {
  const at = new Date(instant)
  if (zone === undefined) return new Date(at.getTime() + ANYWHERE_HOURS * 3_600_000).toISOString().slice(0, 10)
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const of = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return `${of.get('year')}-${of.get('month')}-${of.get('day')}`
}
