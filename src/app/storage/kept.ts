/** Sums of what is kept, for the storage page. */
import type { z } from 'zod'
import type { Storage } from '../../api/storage.ts'

type Row = z.infer<typeof Storage>['kept'][number]

interface Sum {
  readonly instances: number
  readonly received: number
  readonly kept: number
}

export function totalsOf(rows: readonly Row[]): Sum {
  return rows.reduce<Sum>(
    (sum, row) => ({
      instances: sum.instances + row.instances,
      received: sum.received + row.received,
      kept: sum.kept + row.kept,
    }),
    { instances: 0, received: 0, kept: 0 },
  )
}

/** Largest first. */
export const byModality = (rows: readonly Row[]): readonly (Sum & { readonly modality: string })[] =>
  grouped(rows, ({ modality }) => modality).map(([modality, of]) => ({ modality, ...totalsOf(of) }))

/** Of what is kept as received; largest first. */
export const byReason = (rows: readonly Row[]): readonly (Sum & { readonly why: string })[] =>
  grouped(
    rows.filter(({ form }) => form === 'received'),
    ({ why }) => why,
  ).map(([why, of]) => ({ why, ...totalsOf(of) }))

function grouped(rows: readonly Row[], key: (row: Row) => string): readonly (readonly [string, readonly Row[]])[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(key(row)) ?? []
    group.push(row)
    groups.set(key(row), group)
  }
  return [...groups].sort(([, a], [, b]) => totalsOf(b).kept - totalsOf(a).kept)
}

/** What a received byte takes when it is kept; 1 while nothing is sealed. */
export function keptShare(rows: readonly Row[]): number {
  const { received, kept } = totalsOf(rows)
  return received === 0 ? 1 : kept / received
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
