/** What search parameters of FHIR R4 have in common (3.1.1.4): tokens, dates, and shapes. */
import { z } from 'zod'
import { ArchiveError } from '../../base/errors.ts'

export const value = z.string().min(1).max(400)
/** May be repeated: all must be true. */
export const values = z.union([value, z.array(value).max(4)])
export const FORMATS = z.enum(['json', 'application/json', 'application/fhir+json']).optional()

export const wrong = (why: string) => new ArchiveError('BAD_REQUEST', { why })

export interface Token {
  readonly system: string | undefined
  readonly code: string
}

/** FHIR R4 3.1.1.4.10: `code`, `system|code`, `|code`; several by commas. */
export const tokens = (text: string | undefined): readonly Token[] =>
  (text?.split(',') ?? []).map((token) => {
    const at = token.indexOf('|')
    return at < 0 ? { system: undefined, code: token } : { system: token.slice(0, at), code: token.slice(at + 1) }
  })

/** FHIR R4 2.24.0.1: as precise as it is written. */
const DATE =
  /^(eq|ge|gt|le|lt|sa|eb)?(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?$/

/** All must hold: the span they leave; the end is the first moment not asked for. */
export function span(dates: readonly string[]): { readonly from?: string; readonly until?: string } {
  let [from, until] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const date of dates) {
    const { prefix, start, end } = readDate(date)
    if (prefix === 'eq' || prefix === 'ge') from = Math.max(from, start)
    if (prefix === 'gt' || prefix === 'sa') from = Math.max(from, end)
    if (prefix === 'eq' || prefix === 'le') until = Math.min(until, end)
    if (prefix === 'lt' || prefix === 'eb') until = Math.min(until, start)
  }
  return {
    ...(from > Number.NEGATIVE_INFINITY && { from: new Date(from).toISOString() }),
    ...(until < Number.POSITIVE_INFINITY && { until: new Date(until).toISOString() }),
  }
}

function readDate(text: string): { readonly prefix: string; readonly start: number; readonly end: number } {
  const parts = DATE.exec(text)
  if (parts === null) throw wrong('date is not one of FHIR, with a zone when it has a time')
  const [, prefix = 'eq', year = '', month, day, hour, minute, second, fraction, zone = 'Z'] = parts
  const start = Date.parse(
    `${year}-${month ?? '01'}-${day ?? '01'}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}${(fraction ?? '').slice(0, 4)}${zone}`,
  )
  if (Number.isNaN(start)) throw wrong('there is no such date')
  const at = new Date(start)
  const next = (years: number, months: number) => Date.UTC(at.getUTCFullYear() + years, at.getUTCMonth() + months, 1)
  if (month === undefined) return { prefix, start, end: next(1, 0) }
  if (day === undefined) return { prefix, start, end: next(0, 1) }
  const length = hour === undefined ? 86_400_000 : second === undefined ? 60_000 : fraction === undefined ? 1000 : 1
  return { prefix, start, end: start + length }
}
