/**
 * What arrived while a list is read: rows that changed, and rows that belong into the list and are not in it. Pure.
 */
import type { StudyRow } from '../../api/studies.ts'

export interface Newcomers {
  /** Rows of the list as they are now, by study. */
  readonly changed: ReadonlyMap<string, StudyRow>
  /** Studies to be shown when the reader likes. */
  readonly waiting: ReadonlySet<string>
}

export const NONE: Newcomers = { changed: new Map(), waiting: new Set() }

/**
 * @param arrived  matching studies that received objects
 * @param whole    is the list fetched to its end? If not, what sorts behind its last row is no news: it comes by scrolling
 */
export function withArrivals(
  before: Newcomers,
  list: readonly StudyRow[],
  arrived: readonly StudyRow[],
  whole: boolean,
): Newcomers {
  const known = new Set(list.map(({ study }) => study))
  const changed = new Map(before.changed)
  const waiting = new Set([...before.waiting].filter((study) => !known.has(study)))
  const last = list.at(-1)
  for (const row of arrived) {
    if (known.has(row.study)) changed.set(row.study, row)
    else if (whole || last === undefined || when(row) >= when(last)) waiting.add(row.study)
  }
  return { changed, waiting }
}

const when = ({ studyDate, studyTime }: StudyRow): string => `${studyDate.padEnd(8)}${studyTime}`
