import { expect, it } from 'vitest'
import { byModality, byReason, percent, totalsOf } from './kept.ts'

const row = (modality: string, why: string, instances: number, received: number, kept: number) => ({
  modality,
  form: why === '' ? ('htj2k' as const) : ('received' as const),
  why,
  instances,
  received,
  kept,
})
const ROWS = [
  row('CT', '', 10, 1000, 300),
  row('CT', 'no pixels', 2, 20, 20),
  row('US', 'compressed by its sender', 5, 500, 500),
  row('SR', 'no pixels', 1, 10, 10),
]

it('sums what is kept, by modality and by reason, largest first', () => {
  expect(totalsOf(ROWS)).toEqual({ instances: 18, received: 1530, kept: 830 })
  expect(byModality(ROWS).map(({ modality, kept }) => [modality, kept])).toEqual([
    ['US', 500],
    ['CT', 320],
    ['SR', 10],
  ])
  expect(byReason(ROWS)).toEqual([
    { why: 'compressed by its sender', instances: 5, received: 500, kept: 500 },
    { why: 'no pixels', instances: 3, received: 30, kept: 30 },
  ])
  expect(percent(0.3456)).toBe('34.6 %')
})
