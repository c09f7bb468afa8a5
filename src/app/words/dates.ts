/**
 * Dates, times and ages as DICOM writes them (PS3.5 section 6.2: DA, TM, DT) and as a reader wants them.
 *
 * Dates are shown as `14 Mar 2026`: no order to mistake, in any country. They are never moved between time zones,
 * because DICOM's are local to the place of the examination.
 */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export interface CalendarDate {
  readonly year: number
  readonly month: number // 1 to 12
  readonly day: number
}

/** A DA value, `YYYYMMDD` or the retired `YYYY.MM.DD`; undefined when it is no date of the calendar. */
export function parseDate(value: string): CalendarDate | undefined {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(value.trim())
  if (!match) return undefined
  const date = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }
  const real = new Date(Date.UTC(date.year, date.month - 1, date.day))
  const same = real.getUTCMonth() === date.month - 1 && real.getUTCDate() === date.day
  return same && date.year > 0 ? date : undefined
}

/** `14 Mar 2026`; what cannot be read is shown as it stands. */
export function formatDate(value: string): string {
  const date = parseDate(value)
  return date ? `${date.day} ${MONTHS[date.month - 1]} ${date.year}` : value
}

/** The value of a `<time>` element, or undefined. */
export function isoDate(value: string): string | undefined {
  const date = parseDate(value)
  return date && `${pad(date.year, 4)}-${pad(date.month)}-${pad(date.day)}`
}

/** `09:14` of a TM value (`HHMMSS.FFFFFF`, cut anywhere after the hour). */
export function formatTime(value: string): string {
  const match = /^(\d{2}):?(\d{2})?/.exec(value.trim())
  return match ? `${match[1]}:${match[2] ?? '00'}` : ''
}

/** Nobody is known to have reached it. */
const OLDEST_YEARS = 130

/**
 * Age on a day, as medicine speaks of it: days under a month, months under two years, then years.
 *
 * @returns '' when either date is missing or the birth lies after the day
 */
export function ageOn(birthDate: string, day: string): string {
  const born = parseDate(birthDate)
  const then = parseDate(day)
  if (!born || !then) return ''
  const days = Math.round((utc(then) - utc(born)) / 86_400_000)
  if (days < 0) return ''
  const months = (then.year - born.year) * 12 + then.month - born.month - (then.day < born.day ? 1 : 0)
  // A date of birth such as 1800 stands for "not known": an age made of it would only mislead.
  if (months > OLDEST_YEARS * 12) return ''
  if (months < 1) return `${days} d`
  return months < 24 ? `${months} mo` : `${Math.floor(months / 12)} y`
}

/** An AS value (`045Y`) as `45 y`. */
export function formatAge(value: string): string {
  const match = /^(\d{3})([DWMY])$/.exec(value.trim())
  const unit = { D: 'd', W: 'wk', M: 'mo', Y: 'y' }[match?.[2] ?? '']
  return match && unit ? `${Number(match[1])} ${unit}` : ''
}

export function formatSex(value: string): string {
  return { M: 'Male', F: 'Female', O: 'Other' }[value.trim()] ?? value.trim()
}

/** A moment of the archive's own (ISO 8601), in the reader's time zone: `14 Mar 2026, 09:14`. */
export function formatMoment(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return `${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}, ${pad(at.getHours())}:${pad(at.getMinutes())}`
}

/** `YYYYMMDD` of a local day, `back` days before `now`. */
export function dayBefore(now: Date, back: number): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - back)
  return `${pad(day.getFullYear(), 4)}${pad(day.getMonth() + 1)}${pad(day.getDate())}`
}

const utc = (date: CalendarDate) => Date.UTC(date.year, date.month - 1, date.day)
const pad = (value: number, width = 2) => String(value).padStart(width, '0')
