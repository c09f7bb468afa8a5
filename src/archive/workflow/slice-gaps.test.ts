import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gapsIn, type Slice } from './slice-gaps.ts'

const AXIAL = [1, 0, 0, 0, 1, 0]
const at = (z: number, orientation: readonly number[] = AXIAL): Slice => ({ position: [-100, -100, z], orientation })
const series = (count: number, step: number, without: readonly number[] = []): Slice[] =>
  Array.from({ length: count }, (_, index) => index)
    .filter((index) => !without.includes(index))
    .map((index) => at(index * step))

describe('gaps between slices', () => {
  it('are where a slice is missing, and how many', () => {
    expect(gapsIn(series(20, 3))).toEqual({ slices: 0, after: [] })
    expect(gapsIn(series(20, 3, [7]))).toEqual({ slices: 1, after: [18] })
    expect(gapsIn(series(30, 1.25, [7, 8, 20]))).toEqual({ slices: 3, after: [7.5, 23.75] })
  })

  it('are found whatever order the slices come in, however often, and from whichever side they are seen', () => {
    const random = fc.shuffledSubarray(series(20, 3, [5, 11]), { minLength: 18 })
    fc.assert(
      fc.property(random, (slices) => {
        expect(gapsIn([...slices, ...slices])).toEqual({ slices: 2, after: [12, 30] })
      }),
    )
  })

  it('are not seen where there is no rhythm: few slices, many distances, no geometry', () => {
    expect(gapsIn(series(4, 3, [2]))).toEqual({ slices: 0, after: [] })
    expect(gapsIn([0, 1, 5, 6, 20, 21, 50].map((z) => at(z)))).toEqual({ slices: 0, after: [] })
    expect(gapsIn(series(20, 3, [7]).map(({ position }) => ({ position, orientation: [] })))).toEqual({
      slices: 0,
      after: [],
    })
    expect(gapsIn([])).toEqual({ slices: 0, after: [] })
  })

  it('are looked for in each direction by itself', () => {
    const coronal = [1, 0, 0, 0, 0, -1]
    const other = Array.from(
      { length: 10 },
      (_, index): Slice => ({ position: [0, index * 4, 0], orientation: coronal }),
    )
    expect(gapsIn([...series(20, 3, [7]), ...other])).toEqual({ slices: 1, after: [18] })
  })
})
