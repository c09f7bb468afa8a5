import { describe, expect, it } from 'vitest'
import { dot, geometryOf, type VolumeGeometry } from '../../../pixels/volume.ts'
import { begin, lineOf, normalOf, obliquityOf, PLANES, pixelOf, planeOf, pointOf, scrolled, turned } from './planes.ts'

const built = geometryOf(
  Array.from({ length: 11 }, (_, at) => ({
    position: [-100, -50, at * 2],
    orientation: [1, 0, 0, 0, 1, 0],
    spacing: [1, 2],
    rows: 101,
    columns: 101,
  })),
)
const volume = (built as { geometry: VolumeGeometry }).geometry
const straight = begin(volume)

describe('three planes through a point', () => {
  it('begin straight, through the middle, each as large as the volume', () => {
    expect(straight.centre).toEqual([0, 0, 10])
    expect(PLANES.map((name) => obliquityOf(straight, name))).toEqual([0, 0, 0])
    const size = (name: 'axial' | 'coronal' | 'sagittal') => {
      const { columns, rows, pixel } = planeOf(volume, straight, name)
      return [columns, rows, pixel]
    }
    expect([size('axial'), size('coronal'), size('sagittal')]).toEqual([
      [201, 101, 1],
      [201, 21, 1],
      [101, 21, 1],
    ])
  })
  it('find a point again by its pixel', () => {
    for (const name of PLANES) {
      const plane = planeOf(volume, straight, name)
      expect(pointOf(plane, pixelOf(plane, straight.centre)).map((one) => Math.round(one * 1e6) / 1e6 + 0)).toEqual([
        0, 0, 10,
      ])
    }
  })
  it('stay at right angles however they are turned, and the one that is looked at stays', () => {
    const once = turned(turned(straight, 'axial', 30), 'coronal', -17)
    const [a, b, c] = PLANES.map((name) => normalOf(once.frames[name]))
    for (const [one, other] of [
      [a, b],
      [b, c],
      [a, c],
    ] as const)
      expect(dot(one!, other!)).toBeCloseTo(0, 9)
    expect(turned(straight, 'axial', 30).frames.axial).toEqual(straight.frames.axial)
    expect(obliquityOf(turned(straight, 'axial', 30), 'coronal')).toBe(30)
  })
  it('turn clockwise as it is seen: the line of the coronal plane goes down on the right', () => {
    const [x, y] = lineOf(turned(straight, 'axial', 30), 'axial', 'coronal')
    expect(y / x).toBeCloseTo(Math.tan(Math.PI / 6), 9)
  })
  it('scroll as series do, and stay in the volume', () => {
    expect(scrolled(volume, straight, 'axial', 4).centre).toEqual([0, 0, 6])
    expect(scrolled(volume, straight, 'coronal', 4).centre).toEqual([0, 4, 10])
    expect(scrolled(volume, straight, 'sagittal', 4).centre).toEqual([4, 0, 10])
    expect(scrolled(volume, straight, 'axial', 400).centre).toEqual([0, 0, 0])
  })
})
