import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONCEPTS, UNITS } from '../../../findings/codes.ts'
import { calibrationOf } from './calibration.ts'
import { type Lesion, NOTHING_DRAWN, type Place, reduceDrawing } from './drawing.ts'
import { findingOf, nextName, placedOf } from './findings.ts'
import {
  angleOf,
  boxStatistics,
  cobbOf,
  ellipseArea,
  ellipseStatistics,
  lengthOf,
  type MeasureKind,
  outlineOf,
  type Point,
  valueAt,
} from './measurement.ts'

const square = { x: 1, y: 1, unit: 'px', note: '' } as const
const tall = { x: 0.5, y: 2, unit: 'mm', note: '' } as const
const point = fc.tuple(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -200, max: 200 }))

describe('numbers of a measurement', () => {
  it('a length follows the spacing of each direction', () => {
    expect(lengthOf([0, 0], [3, 4], square)).toBe(5)
    expect(lengthOf([10, 10], [16, 12], tall)).toBe(5) // 6 columns of 0.5 and 2 rows of 2: 3 and 4
  })

  it('an angle is measured in the body, not in pixels', () => {
    expect(angleOf([1, 0], [0, 0], [0, 1], square)).toBeCloseTo(90, 12)
    expect(angleOf([4, 0], [0, 0], [4, 1], tall)).toBeCloseTo(45, 12) // 2 mm across and 2 mm down
    expect(angleOf([-5, 0], [0, 0], [5, 0], square)).toBe(180)
    expect(angleOf([0, 0], [0, 0], [5, 0], square)).toBeUndefined()
  })

  it('neither changes when everything is turned by a quarter, nor with the order of the ends', () => {
    const turned = ([x, y]: Point): Point => [-y, x]
    fc.assert(
      fc.property(point, point, point, (a, b, c) => {
        expect(lengthOf(turned(a), turned(b), square)).toBeCloseTo(lengthOf(b, a, square), 9)
        const [before, after] = [angleOf(a, b, c, square), angleOf(turned(c), turned(b), turned(a), square)]
        if (before === undefined || after === undefined) expect(after).toBe(before)
        else expect(after).toBeCloseTo(before, 9)
      }),
    )
  })

  it('an ellipse counts the pixels whose middle it holds', () => {
    // 5 x 4 pixels, each its own number: 0 to 19.
    const values = {
      columns: 5,
      rows: 4,
      pixels: { kind: 'values', data: Int16Array.from({ length: 20 }, (_, at) => at), least: 0, greatest: 19 },
    } as const
    // In the box 1..4 x 0..3 the circle holds all nine pixels but none of the corners: those are 1.41 away of 1.5.
    const circle = ellipseStatistics([1, 0], [4, 3], values)
    expect(circle).toEqual({
      count: 9,
      mean: 7,
      deviation: expect.closeTo(Math.sqrt(156 / 9), 12),
      least: 1,
      greatest: 13,
    })
    // One pixel narrower on each side it holds five: 2, 6, 7, 8 and 12.
    expect(ellipseStatistics([1.2, 0.2], [3.8, 2.8], values)).toEqual({
      count: 5,
      mean: 7,
      deviation: expect.closeTo(Math.sqrt((25 + 1 + 1 + 25) / 5), 12),
      least: 2,
      greatest: 12,
    })
    expect(boxStatistics([4, 3], [-9, 9], values)).toMatchObject({ count: 4, least: 15, greatest: 18 })
    expect(ellipseStatistics([9, 9], [12, 12], values)).toBeUndefined()
    expect(ellipseArea([4, 3], [1, 0], tall)).toBeCloseTo(Math.PI * 0.75 * 3, 12)
    expect(valueAt([4.9, 3.2], values)).toEqual([19])
    expect(valueAt([5, 0], values)).toBeUndefined()
  })

  it('its mean lies between its least and its greatest, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 16, maxLength: 16 }),
        point,
        point,
        (data, a, b) => {
          const pixels = { kind: 'values', data: Int16Array.from(data), least: 0, greatest: 0 } as const
          const found = boxStatistics(a, b, { columns: 4, rows: 4, pixels })
          if (!found) return
          expect(found.mean).toBeGreaterThanOrEqual(found.least - 1e-9)
          expect(found.mean).toBeLessThanOrEqual(found.greatest + 1e-9)
        },
      ),
    )
  })
})

describe('the size of a pixel', () => {
  const ds = (...values: readonly string[]) => ({ vr: 'DS', Value: values })
  const modality = (name: string) => ({ '00080060': { vr: 'CS', Value: [name] } })
  const unit = (json: object, ...points: readonly Point[]) => calibrationOf({ ...json }, 1, points)

  it('is Pixel Spacing, rows first; without it lengths stay pixels', () => {
    expect(unit({ ...modality('CT'), '00280030': ds('2', '0.5') })).toEqual({ x: 0.5, y: 2, unit: 'mm', note: '' })
    expect(unit(modality('CT'))).toMatchObject({ unit: 'px', note: 'not calibrated' })
  })

  it('of a projection is told apart: at the detector, or calibrated', () => {
    expect(unit({ ...modality('DX'), '00181164': ds('0.1', '0.1') })).toMatchObject({
      x: 0.1,
      note: 'at detector plane',
    })
    const both = { ...modality('DX'), '00181164': ds('0.1', '0.1') }
    expect(unit({ ...both, '00280030': ds('0.1', '0.1') }).note).toBe('at detector plane')
    expect(unit({ ...both, '00280030': ds('0.09', '0.09') }).note).toBe('calibrated')
  })

  it('of ultrasound is the region’s that holds all points', () => {
    const region = {
      '00186012': { Value: [1] },
      '00186024': { Value: [3] },
      '00186026': { Value: [3] },
      '00186018': { Value: [10] },
      '0018601A': { Value: [20] },
      '0018601C': { Value: [109] },
      '0018601E': { Value: [119] },
      '0018602C': { Value: [0.02] },
      '0018602E': { Value: [0.03] },
    }
    const json = { ...modality('US'), '00186011': { vr: 'SQ', Value: [region] } }
    expect(unit(json, [10, 20], [110, 120])).toEqual({ x: 0.2, y: expect.closeTo(0.3, 12), unit: 'mm', note: '' })
    expect(unit(json, [10, 20], [130, 120]).unit).toBe('px')
  })
})

describe('drawing', () => {
  const place: Place = { study: '1', sopClass: '1.2', instance: 'sop 1', frame: undefined }
  const lesion: Lesion = { uid: '2.25.1', name: 'L1', site: undefined, role: undefined, comment: '' }
  const drag = (state: typeof NOTHING_DRAWN, kind: MeasureKind, from: Point, to: Point) =>
    (['down', 'move', 'up'] as const).reduce(
      (after, type) => reduceDrawing(after, { type, kind, place, lesion, at: type === 'down' ? from : to }),
      state,
    )

  it('a drag draws a length; a click draws nothing', () => {
    const drawn = drag(NOTHING_DRAWN, 'length', [1, 1], [4, 5])
    expect(drawn.all).toEqual([
      {
        id: 1,
        kind: 'length',
        place,
        lesion,
        points: [
          [1, 1],
          [4, 5],
        ],
      },
    ])
    expect(drawn.selected).toBe(1)
    expect(drag(drawn, 'length', [2, 2], [2, 2]).all).toEqual(drawn.all)
  })

  it('an angle is a drag for the first arm and a second press for the other', () => {
    const arm = drag(NOTHING_DRAWN, 'angle', [0, 0], [10, 0])
    expect(arm.all).toEqual([])
    const open = reduceDrawing(arm, { type: 'move', at: [10, 9] })
    const done = drag(open, 'angle', [10, 10], [10, 10])
    expect(done.all[0]?.points).toEqual([
      [0, 0],
      [10, 0],
      [10, 10],
    ])
  })

  it('is taken back and done again, step by step, also removals and moved ends', () => {
    const one = drag(NOTHING_DRAWN, 'length', [0, 0], [5, 0])
    const moved = reduceDrawing(one, { type: 'handle', id: 1, point: 1, at: [9, 0], begins: true })
    const gone = reduceDrawing(moved, { type: 'remove', place })
    expect(gone.all).toEqual([])
    const undo = (state: typeof one) => reduceDrawing(state, { type: 'undo' })
    expect(undo(gone).all).toEqual(moved.all)
    expect(undo(undo(gone)).all).toEqual(one.all)
    expect(undo(undo(undo(gone))).all).toEqual([])
    expect(reduceDrawing(undo(gone), { type: 'redo' }).all).toEqual([])
  })

  it('removes nothing of another frame', () => {
    const one = drag(NOTHING_DRAWN, 'length', [0, 0], [5, 0])
    expect(reduceDrawing(one, { type: 'remove', place: { ...place, instance: 'sop 2' } })).toBe(one)
  })

  it('has a short axis across the long one at once, half as long, to be moved', () => {
    expect(drag(NOTHING_DRAWN, 'bidirectional', [0, 0], [8, 0]).all[0]?.points).toEqual([
      [0, 0],
      [8, 0],
      [4, 2],
      [4, -2],
    ])
  })

  it('of a Cobb angle waits between the two lines', () => {
    const one = drag(NOTHING_DRAWN, 'cobb', [0, 0], [10, 0])
    expect(one.all).toEqual([])
    const moved = reduceDrawing(one, { type: 'move', at: [50, 50] })
    const done = drag(moved, 'cobb', [0, 20], [10, 30])
    expect(done.all[0]?.points).toEqual([
      [0, 0],
      [10, 0],
      [0, 20],
      [10, 30],
    ])
    expect(cobbOf(done.all[0]?.points ?? [], { x: 1, y: 1, unit: 'mm', note: '' })).toBeCloseTo(45, 9)
  })

  it('by hand takes a point a pixel, closes itself, and has area and length around', () => {
    const corners: readonly Point[] = [
      [10, 0],
      [10, 10],
      [0, 10],
    ]
    let state = reduceDrawing(NOTHING_DRAWN, { type: 'down', kind: 'freehand', place, lesion, at: [0, 0] })
    for (const at of corners) state = reduceDrawing(state, { type: 'move', at })
    state = reduceDrawing(state, { type: 'up', at: [0, 10] })
    expect(outlineOf(state.all[0]?.points ?? [], { x: 2, y: 1, unit: 'mm', note: '' })).toEqual({
      area: 200,
      around: 60,
    })
  })

  it('loads what was kept in place of what is there of that study, and changes nothing of others', () => {
    const one = drag(NOTHING_DRAWN, 'length', [0, 0], [5, 0])
    const other = { ...place, study: '2' }
    const loaded = reduceDrawing(one, {
      type: 'load',
      study: '2',
      all: [{ kind: 'probe', points: [[1, 1]], place: other, lesion }],
    })
    expect(loaded.all.map(({ place: { study } }) => study)).toEqual(['1', '2'])
    expect(reduceDrawing(loaded, { type: 'load', study: '2', all: [] }).all).toEqual(one.all)
  })

  it.each([
    [
      'bidirectional',
      [
        [1, 2],
        [9, 2],
        [5, 4],
        [5, 0],
      ],
    ],
    [
      'ellipse',
      [
        [2, 2],
        [10, 6],
      ],
    ],
    [
      'freehand',
      [
        [0, 0],
        [10, 0],
        [10, 10],
      ],
    ],
  ] as const)('a %s comes back from a report as it was drawn, with the numbers it was kept with', (kind, points) => {
    const measured = [
      {
        concept: kind === 'bidirectional' ? CONCEPTS.longAxis : CONCEPTS.area,
        value: 8.25,
        unit: UNITS.mm,
        derivation: null,
        shape: 0,
      },
    ]
    const drawn = { id: 1, kind, points, place, lesion }
    const row = { ...findingOf(drawn, undefined, '2024-01-01'), measured }
    const back = placedOf(row, '1')
    expect(back).toMatchObject({ kind, points, place, lesion })
    expect(findingOf({ ...drawn, ...back }, undefined, 'another')).toEqual(row)
  })

  it('is called by the next free number', () => {
    expect(nextName([])).toBe('L1')
    expect(nextName(['L2', 'Lymph', 'L10'])).toBe('L11')
  })
})
