/** The sets of all series of a study: the one looked at first, then the others one after the other. */
import { useQueries } from '@tanstack/react-query'
import type { SeriesRow } from '../../api/studies.ts'
import type { FrameSet } from './model/frame-sets.ts'
import { frameSetsQuery, type Instances } from './viewer-queries.ts'

export interface SeriesSets {
  readonly series: SeriesRow
  readonly sets: readonly FrameSet[] | undefined
  readonly error: unknown
  readonly retry: () => void
}

export function useFrameSets(
  study: string,
  series: readonly SeriesRow[],
  instances: Instances,
  first: string | undefined,
): readonly SeriesSets[] {
  const results = useQueries({
    queries: series.map((one) => ({
      ...frameSetsQuery(study, one.series, instances),
      // Others wait their turn by priority of the browser alone: metadata are small beside frames.
      enabled: first === undefined || one.series === first || series.length < 60,
    })),
  })
  return series.map((one, at) => ({
    series: one,
    sets: results[at]?.data,
    error: results[at]?.error,
    retry: () => void results[at]?.refetch(),
  }))
}

/** Images before documents, else by Series Number. */
export function inOrder(series: readonly SeriesRow[]): readonly SeriesRow[] {
  const last = (one: SeriesRow) =>
    ['SR', 'PR', 'KO', 'DOC', 'RTSTRUCT', 'RTPLAN', 'REG'].includes(one.modality) ? 1 : 0
  return [...series].sort(
    (a, b) => last(a) - last(b) || (a.number ?? 0) - (b.number ?? 0) || (a.series < b.series ? -1 : 1),
  )
}
