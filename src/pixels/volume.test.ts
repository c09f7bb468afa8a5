import { describe, expect, it } from 'vitest'
import {
  add,
  type CutPlane,
  cross,
  cut,
  dot,
  geometryOf,
  type SliceGeometry,
  type Vector,
  type Volume,
} from './volume.ts'

const SIDE = 24
const [C, S] = [Math.cos(0.3), Math.sin(0.3)]

interface Course {
  readonly orientation?: readonly number[]
  readonly depths?: readonly number[]
  /** mm down for each mm along: a tilted gantry. */
  readonly shear?: number
}

/** What is interpolated without an error wherever it is looked at: a plane of values. */
const truth = ([x, y, z]: Vector): number => 3 * x - 2 * y + 5 * z + 100

function slicesOf({ orientation = [1, 0, 0, 0, 1, 0], depths = [0, 2, 4, 6, 8, 10, 12], shear = 0 }: Course) {
  const right = orientation.slice(0, 3) as unknown as Vector
  const down = orientation.slice(3) as unknown as Vector
  const normal = cross(right, down)
  return depths.map((depth): SliceGeometry => {
    const position = add(add([-10, -8, 5], normal, depth), down, depth * shear)
    return { position, orientation, spacing: [0.5, 0.75], rows: SIDE, columns: SIDE }
  })
}

function volumeOf(slices: readonly SliceGeometry[]): Volume {
  const built = geometryOf(slices)
  if (!built.ok) throw new Error(built.why)
  const { geometry } = built
  const values = new Float32Array(SIDE * SIDE * slices.length)
  geometry.order.forEach((index, slice) => {
    const { position } = slices[index] as SliceGeometry
    for (let row = 0; row < SIDE; row += 1)
      for (let column = 0; column < SIDE; column += 1)
        values[(slice * SIDE + row) * SIDE + column] = truth(
          add(add(position as unknown as Vector, geometry.right, column * 0.75), geometry.down, row * 0.5),
        )
  })
  return { ...geometry, values, least: -9999 }
}

const COURSES: readonly (readonly [what: string, course: Course])[] = [
  ['straight slices', {}],
  ['a tilted gantry', { shear: 0.25 }],
  ['slices at unequal distances', { depths: [0, 1.5, 4, 5, 8, 9.9, 12] }],
  ['slices given from the other end', { depths: [12, 10, 8, 6, 4, 2, 0] }],
  ['oblique slices, tilted and unequal', { orientation: [C, 0, S, 0, 1, 0], shear: -0.2, depths: [0, 1, 3, 4, 6, 7] }],
]
const PLANES: readonly (readonly [what: string, right: Vector, down: Vector])[] = [
  ['axial', [1, 0, 0], [0, 1, 0]],
  ['coronal', [1, 0, 0], [0, 0, -1]],
  ['sagittal', [0, 1, 0], [0, 0, -1]],
  ['oblique', [C, S, 0], [0, 0, -1]],
]

describe('a plane through a volume', () => {
  for (const [what, course] of COURSES)
    it.each(PLANES)(`of ${what}, %s, has at each point the value of that point of the patient`, (_, right, down) => {
      const volume = volumeOf(slicesOf(course))
      const plane: CutPlane = { origin: [-12, -10, 3], right, down: [...down], pixel: 0.6, columns: 50, rows: 50 }
      const middle = add(add([-3, -3, 11], right, -15), down, -15)
      const values = cut(volume, { ...plane, origin: middle }, { mode: 'mean', thickness: 0 })
      let inside = 0
      values.forEach((value, at) => {
        if (value === -9999) return
        inside += 1
        const point = add(add(middle, right, (at % 50) * 0.6), down, Math.floor(at / 50) * 0.6)
        expect(value).toBeCloseTo(truth(point), 2)
      })
      expect(inside).toBeGreaterThan(80)
    })

  it('of a slab has the greatest, the least and the mean along the way through it', () => {
    const volume = volumeOf(slicesOf({}))
    const plane: CutPlane = { origin: [-8, -6, 11], right: [1, 0, 0], down: [0, 1, 0], pixel: 1, columns: 8, rows: 8 }
    const through = (mode: 'max' | 'min' | 'mean') => cut(volume, plane, { mode, thickness: 4 })[0]
    // 5 for each mm along z, 2 mm before and behind.
    expect(through('mean')).toBeCloseTo(truth([-8, -6, 11]), 2)
    expect(through('max')).toBeCloseTo(truth([-8, -6, 13]), 2)
    expect(through('min')).toBeCloseTo(truth([-8, -6, 9]), 2)
  })

  it('is empty where slices are missing, and it is said', () => {
    const slices = slicesOf({ depths: [0, 2, 4, 10, 12, 14] })
    const built = geometryOf(slices)
    expect(built.ok && built.notes).toEqual(['slices are missing in one place: left black'])
    const plane: CutPlane = { origin: [-8, -6, 5], right: [0, 0, 1], down: [0, 1, 0], pixel: 1, columns: 14, rows: 1 }
    const values = [...cut(volumeOf(slices), plane, { mode: 'mean', thickness: 0 })]
    expect(values.map((value) => value === -9999)).toEqual(Array.from({ length: 14 }, (_, z) => z > 4 && z < 10))
  })
})

describe('what no volume can be made of', () => {
  const slices = slicesOf({})
  const [first] = slices as [SliceGeometry]
  const changed = (change: Partial<SliceGeometry>) => [
    ...slices.slice(0, 3),
    { ...first, position: [-10, -8, 30], ...change },
  ]
  it.each([
    ['few slices', slices.slice(0, 2), 'fewer than 3'],
    ['slices that lie nowhere', changed({ position: [] }), 'where it lies'],
    ['slices of two sizes', changed({ rows: 12 }), 'not of one size'],
    ['pixels of two sizes', changed({ spacing: [0.6, 0.75] }), 'different sizes'],
    ['slices that are not parallel', changed({ orientation: [C, 0, S, 0, 1, 0] }), 'not lie parallel'],
    ['two images at one place', changed({ position: first.position as number[] }), 'at one place'],
  ])('%s: refused, and why', (_, given, why) => {
    const built = geometryOf(given)
    expect(built.ok ? '' : built.why).toContain(why)
  })
  it('tells a tilted gantry and unequal distances', () => {
    const tilted = geometryOf(slicesOf({ shear: 0.25 }))
    expect(tilted.ok && tilted.notes[0]).toContain('tilted gantry, 14.0°')
    const uneven = geometryOf(slicesOf({ depths: [0, 1.5, 4, 5, 7.5, 9.9, 12] }))
    expect(uneven.ok && uneven.notes).toEqual(['slices lie 1 to 2.5 mm apart'])
    expect(dot([1, 2, 3], [4, 5, 6])).toBe(32)
  })
})
