/**
 * Dates and times: DA, TM, DT (PS3.5 section 6.2), time zone offsets, and the ranges of queries (PS3.4 C.2.2.2.5).
 *
 * Normalised texts compare as text: `YYYYMMDD`, and `HHMMSS.FFFFFF` always of full length. The forms of ACR-NEMA
 * (`1998.07.12`, `12:30:00`) and of ISO 8601 (`1998-07-12`) are read, never written.
 */

export interface DateTime {
  readonly year: number
  readonly month: number | undefined
  readonly day: number | undefined
  readonly hour: number | undefined
  readonly minute: number | undefined
  readonly second: number | undefined
  readonly microsecond: number | undefined
  /** Minutes east of UTC, undefined when the value does not say. */
  readonly offset: number | undefined
}

/** `YYYYMMDD`, or '' when the text is no date of the calendar. */
export function normaliseDate(text: string): string {
  const parts = /^(\d{4})([.-]?)(\d{2})\2(\d{2})$/.exec(text.trim())
  if (parts === null) return ''
  const [, year = '', , month = '', day = ''] = parts
  return isDay(Number(year), Number(month), Number(day)) ? year + month + day : ''
}

/** `HHMMSS.FFFFFF`, what is missing taken as zero; '' when the text is no time of day. */
export function normaliseTime(text: string): string {
  const digits = timeDigits(text)
  return digits === undefined ? '' : fill(digits, '0')
}

/** The digits of a time in order, `HH` to `HHMMSSFFFFFF`. Second 60 is a leap second. */
function timeDigits(text: string): string | undefined {
  const parts = /^(\d{2})(?:(:?)(\d{2})(?:\2(\d{2})(?:\.(\d{1,6}))?)?)?$/.exec(text.trim())
  if (parts === null) return undefined
  const [, hour = '', , minute = '', second = '', fraction = ''] = parts
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  return hour + minute + second + fraction
}

/** Fills `HH…` to `HHMMSS.FFFFFF`: with zeros the earliest time it can mean, with nines the latest. */
function fill(digits: string, by: '0' | '9'): string {
  const full = digits + (by === '0' ? '000000000000' : '235959999999').slice(digits.length)
  return `${full.slice(0, 6)}.${full.slice(6)}`
}

const isDay = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Minutes east of UTC of `+0530` (as in Timezone Offset From UTC), undefined when it is none. */
export function parseOffset(text: string): number | undefined {
  const parts = /^([+-])(\d{2}):?(\d{2})$/.exec(text.trim())
  if (parts === null) return undefined
  const [, sign, hours, minutes] = parts
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  return Number(minutes) < 60 && offset >= -720 && offset <= 840 ? offset : undefined
}

/** `+0530` */
export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** A DT, of any precision, with or without an offset; undefined when it is none. */
export function parseDateTime(text: string): DateTime | undefined {
  const parts = /^(\d{4})(\d{2})?(\d{2})?(\d{2}(?:\d{2})?(?:\d{2})?(?:\.\d{1,6})?)?([+-]\d{4})?$/.exec(text.trim())
  if (parts === null) return undefined
  const [, year = '', month, day, time, zone] = parts
  const offset = zone === undefined ? undefined : parseOffset(zone)
  if (zone !== undefined && offset === undefined) return undefined
  if (month !== undefined && !isDay(Number(year), Number(month), Number(day ?? '01'))) return undefined
  const digits = time === undefined ? '' : timeDigits(time)
  if (digits === undefined) return undefined
  const at = (start: number): number | undefined =>
    digits.length > start ? Number(digits.slice(start, start + 2)) : undefined
  return {
    year: Number(year),
    month: month === undefined ? undefined : Number(month),
    day: day === undefined ? undefined : Number(day),
    hour: at(0),
    minute: at(2),
    second: at(4),
    microsecond: digits.length > 6 ? Number(digits.slice(6).padEnd(6, '0')) : undefined,
    offset,
  }
}

/** The first and the last microsecond a date and time can mean, in microseconds since 1970 UTC. */
export function spanOf(value: DateTime, offsetIfUnsaid = 0): { readonly first: number; readonly last: number } {
  const { year, month, day, hour, minute, second, microsecond } = value
  const shift = (value.offset ?? offsetIfUnsaid) * 60_000_000
  const first = microseconds(year, month ?? 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0, microsecond ?? 0)
  const lastMonth = month ?? 12
  const last = microseconds(
    year,
    lastMonth,
    day ?? daysOf(year, lastMonth),
    hour ?? 23,
    minute ?? 59,
    second ?? 59,
    microsecond ?? 999_999,
  )
  return { first: first - shift, last: last - shift }
}

function microseconds(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  micro: number,
) {
  const date = new Date(0)
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  return date.getTime() * 1000 + micro
}

/** Bounds of a query, both included; '' leaves that side open. */
export interface TextRange {
  readonly from: string
  readonly to: string
}

/** A DA key: one date or a range; `YYYYMMDD`. Undefined when it is not understood. */
export function dateRange(key: string): TextRange | undefined {
  return range(key, (side) => {
    const date = normaliseDate(side)
    return date === '' ? undefined : { from: date, to: date }
  })
}

/** A TM key: one time or a range, of any precision: `10-12` is up to 12:59:59.999999. Times as `normaliseTime` gives. */
export function timeRange(key: string): TextRange | undefined {
  return range(key, (side) => {
    const digits = timeDigits(side)
    return digits === undefined ? undefined : { from: fill(digits, '0'), to: fill(digits, '9') }
  })
}

/** A DT key: one value or a range; bounds in microseconds since 1970 UTC, infinite where it is open. */
export function dateTimeRange(
  key: string,
  offsetIfUnsaid = 0,
): { readonly first: number; readonly last: number } | undefined {
  const whole = parseDateTime(key)
  if (whole !== undefined) return spanOf(whole, offsetIfUnsaid)
  // A hyphen may part the range or begin an offset: take the first that leaves two values.
  for (let at = key.indexOf('-'); at >= 0; at = key.indexOf('-', at + 1)) {
    const [left, right] = [key.slice(0, at).trim(), key.slice(at + 1).trim()]
    const from = parseDateTime(left)
    const to = parseDateTime(right)
    if ((left !== '' && from === undefined) || (right !== '' && to === undefined) || left + right === '') continue
    return {
      first: from === undefined ? Number.NEGATIVE_INFINITY : spanOf(from, offsetIfUnsaid).first,
      last: to === undefined ? Number.POSITIVE_INFINITY : spanOf(to, offsetIfUnsaid).last,
    }
  }
  return undefined
}

function range(key: string, read: (side: string) => TextRange | undefined): TextRange | undefined {
  const whole = read(key)
  if (whole !== undefined) return whole
  for (let at = key.indexOf('-'); at >= 0; at = key.indexOf('-', at + 1)) {
    const [left, right] = [key.slice(0, at).trim(), key.slice(at + 1).trim()]
    if (left + right === '') continue
    const from = left === '' ? { from: '', to: '' } : read(left)
    const to = right === '' ? { from: '', to: '' } : read(right)
    if (from !== undefined && to !== undefined) return { from: from.from, to: to.to }
  }
  return undefined
}

/**
 * A date range and a time range asked together as one range of date and time (PS3.4 section C.2.2.2.5.1, combined
 * date-time matching): from the first date at the first time to the last date at the last time. Bounds compare with
 * `YYYYMMDDHHMMSS.FFFFFF`.
 */
export function combinedRange(dates: TextRange, times: TextRange): TextRange {
  return {
    from: dates.from === '' ? '' : dates.from + (times.from === '' ? '000000.000000' : times.from),
    to: dates.to === '' ? '' : dates.to + (times.to === '' ? '235959.999999' : times.to),
  }
}
