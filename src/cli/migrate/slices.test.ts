import { expect, it } from 'vitest'
import { firstSlices, halves, rangeOf, type Slice } from './slices.ts'

it('the first spans hold every day there can be, each once', () => {
  const slices = firstSlices('20261127')
  expect(slices[0]?.first).toBe('00010101')
  expect(slices.at(-1)).toEqual({ first: '20270101', last: '99991231' })
  for (const [at, { last }] of slices.slice(0, -1).entries()) {
    const next = slices[at + 1]?.first ?? ''
    expect(halves({ first: last, last: next })).toEqual([
      { first: last, last },
      { first: next, last: next },
    ])
  }
})

it('is asked for as a range, open where it has no end', () => {
  expect(rangeOf({ first: '20240101', last: '20240131' })).toBe('20240101-20240131')
  expect(rangeOf({ first: '20240101', last: '20240101' })).toBe('20240101')
  expect(rangeOf({ first: '00010101', last: '18991231' })).toBe('-18991231')
  expect(rangeOf({ first: '20270101', last: '99991231' })).toBe('20270101-')
})

it('halving ends at single days and loses none of them', () => {
  const days: string[] = []
  const cut = (slice: Slice): void => {
    const two = halves(slice)
    if (two === undefined) days.push(slice.first)
    else for (const half of two) cut(half)
  }
  cut({ first: '20240101', last: '20241231' })
  expect(days).toHaveLength(366)
  expect(new Set(days).size).toBe(366)
  expect(days).toContain('20240229')
})
