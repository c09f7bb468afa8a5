import { describe, expect, it } from 'vitest'
import { cutOf, inSpace, onPicture, type SlicePlane } from './slice-plane.ts'

const AXIAL: SlicePlane = {
  frameOfReference: '1.2',
  origin: [-100, -100, 50],
  right: [1, 0, 0],
  down: [0, 1, 0],
  pixel: [2, 2],
  columns: 100,
  rows: 100,
}
/** From head to foot through y = 10. */
const CORONAL: SlicePlane = { ...AXIAL, origin: [-100, 10, 150], right: [1, 0, 0], down: [0, 0, -1] }

describe('slices in space', () => {
  it('have the middle of their first pixel at their position', () => {
    expect(inSpace(AXIAL, [0.5, 0.5])).toEqual([-100, -100, 50])
    expect(inSpace(AXIAL, [1.5, 2.5])).toEqual([-98, -96, 50])
    expect(onPicture(AXIAL, [-98, -96, 53])).toEqual({ at: [1.5, 2.5], away: 3 })
  })

  it('show where another one cuts them', () => {
    expect(cutOf(AXIAL, CORONAL)).toEqual([
      [100, 55.5],
      [0, 55.5],
    ])
    expect(cutOf(CORONAL, AXIAL)?.map(([, y]) => y)).toEqual([50.5, 50.5])
  })

  it('show nothing of one that lies parallel, elsewhere, or in another frame of reference', () => {
    expect(cutOf(AXIAL, { ...AXIAL, origin: [-100, -100, 60] })).toBeUndefined()
    expect(cutOf(AXIAL, { ...CORONAL, origin: [-100, 10, 20] })).toBeUndefined()
    expect(cutOf(AXIAL, { ...CORONAL, frameOfReference: '1.3' })).toBeUndefined()
  })
})
