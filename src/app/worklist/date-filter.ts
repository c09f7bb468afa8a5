/** The date filter as the address holds it: a named range that moves with the day, or two days. */
import { dayBefore, formatDate, parseDate } from '../words/dates.ts'

export interface DateRange {
  readonly from?: string // YYYYMMDD, inclusive
  readonly to?: string
}

/** Named ranges, by the value the address holds. */
export const NAMED_RANGES: Readonly<Record<string, { readonly says: string; readonly days: number }>> = {
  today: { says: 'Today', days: 0 },
  week: { says: 'Last 7 days', days: 6 },
  month: { says: 'Last 30 days', days: 29 },
  year: { says: 'Last 365 days', days: 364 },
}

/** Reads `today`, `20230101-20231231`, `20230101-` or `-20231231`; anything else filters nothing. */
export function readDateFilter(value: string | undefined, now: Date): DateRange {
  const named = value === undefined ? undefined : NAMED_RANGES[value]
  if (named) return { from: dayBefore(now, named.days), to: dayBefore(now, 0) }
  const [from = '', to = ''] = (value ?? '').split('-')
  return { ...(parseDate(from) && { from }), ...(parseDate(to) && { to }) }
}

export function writeDateFilter({ from, to }: DateRange): string | undefined {
  return from === undefined && to === undefined ? undefined : `${from ?? ''}-${to ?? ''}`
}

export function dateFilterInWords(value: string): string {
  const named = NAMED_RANGES[value]
  if (named) return named.says
  const { from, to } = readDateFilter(value, new Date(0))
  if (from && to) return from === to ? formatDate(from) : `${formatDate(from)} to ${formatDate(to)}`
  if (from) return `since ${formatDate(from)}`
  return to ? `until ${formatDate(to)}` : 'any date'
}
