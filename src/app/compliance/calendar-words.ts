/** The calendar summed by year, and what other rules would change. */
import type { RetentionCalendar } from '../../api/retention.ts'
import { counted, formatBytes } from '../words/numbers.ts'

export interface Year {
  /** YYYY; '' for what may be considered already. */
  readonly year: string
  readonly studies: number
  readonly bytes: number
}

/** Years in which something falls due, oldest first; all that is due already is one row before them. */
export function byYear({ months, due, today }: Pick<RetentionCalendar, 'months' | 'due' | 'today'>): readonly Year[] {
  const years = new Map<string, { studies: number; bytes: number }>()
  for (const { month, studies, bytes } of months) {
    const tally = years.get(month.slice(0, 4)) ?? { studies: 0, bytes: 0 }
    years.set(month.slice(0, 4), { studies: tally.studies + studies, bytes: tally.bytes + bytes })
  }
  const thisYear = today.slice(0, 4)
  const rows = [...years]
    .filter(([year]) => year >= thisYear)
    .map(([year, tally]) => ({ year, ...tally }))
    .sort((a, b) => (a.year < b.year ? -1 : 1))
    .map((row) => {
      if (row.year !== thisYear) return row
      // What is due already counts in its own row.
      const before = months
        .filter(({ month }) => month < thisYear)
        .reduce((sum, { studies, bytes }) => ({ studies: sum.studies + studies, bytes: sum.bytes + bytes }), NOTHING)
      return {
        year: row.year,
        studies: row.studies - (due.studies - before.studies),
        bytes: row.bytes - (due.bytes - before.bytes),
      }
    })
    .filter(({ studies }) => studies > 0)
  return [...(due.studies > 0 ? [{ year: '', ...due }] : []), ...rows]
}

const NOTHING = { studies: 0, bytes: 0 }

/** What the other rules would change, in sentences; none when nothing. */
export function differences(now: RetentionCalendar, then: RetentionCalendar): readonly string[] {
  const says: string[] = []
  const change = (name: string, a: Year | Omit<Year, 'year'>, b: Omit<Year, 'year'>): void => {
    if (a.studies === b.studies) return
    const more = b.studies > a.studies
    const size = formatBytes(Math.abs(b.bytes - a.bytes))
    says.push(
      `${counted(Math.abs(b.studies - a.studies), 'study', 'studies')} ${more ? 'more' : 'fewer'} ${name} (${size})`,
    )
  }
  change('could be considered today', now.due, then.due)
  change('would have a date', sum(now.due, now.later), sum(then.due, then.later))
  change('would be kept without end', now.indefinite, then.indefinite)
  change('would wait until more is known', now.undetermined, then.undetermined)
  return says
}

/** Of studies a law wants destroyed by a day: a sentence, or none. */
export function maximumInWords({
  pastMaximum,
  nearMaximum,
}: Pick<RetentionCalendar, 'pastMaximum' | 'nearMaximum'>): string | undefined {
  const past = `${counted(pastMaximum.studies, 'study', 'studies')} here past the day by which the law wants them destroyed`
  const near = `${counted(nearMaximum.studies, 'study comes', 'studies come')} to it within a year`
  if (pastMaximum.studies > 0)
    return `There ${pastMaximum.studies === 1 ? 'is' : 'are'} ${past}${nearMaximum.studies > 0 ? `, and ${near}` : ''}.`
  return nearMaximum.studies > 0 ? `By law some studies have to be destroyed by a day: ${near}.` : undefined
}

const sum = (a: Omit<Year, 'year'>, b: Omit<Year, 'year'>) => ({
  studies: a.studies + b.studies,
  bytes: a.bytes + b.bytes,
})
