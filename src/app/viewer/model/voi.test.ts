import { describe, expect, it } from 'vitest'
import type { StoredWindow } from './image.ts'
import { CT_PRESETS, dragged, edges, firstWindow, fullWindow, presetsFor, shadeOf } from './voi.ts'

const stored = (center: number, width: number, says = ''): StoredWindow => ({ center, width, says, shape: 'LINEAR' })
const range = { least: -1000, greatest: 3095 }

describe('windows (PS3.3 C.11.2)', () => {
  it('begins with the first window of the object, or with the whole range', () => {
    expect(firstWindow({ windows: [stored(40, 400), stored(-600, 1500)] }, [], range)).toEqual({
      center: 40,
      width: 400,
      shape: 'LINEAR',
    })
    expect(edges(firstWindow({ windows: [] }, [], range))).toEqual({ lower: -1000, upper: 3095 })
    expect(edges(fullWindow({ least: 7, greatest: 7 }))).toEqual({ lower: 7, upper: 7 })
  })

  it('offers the object’s windows first, by their explanation, and each window once', () => {
    const says = presetsFor({ windows: [stored(40, 400, 'WINDOW1'), stored(400, 2000)] }, [], 'CT', range).map(
      (one) => one.says,
    )
    expect(says).toEqual(['WINDOW1', 'As sent, 2', 'Lung', 'Brain', 'Liver', 'Mediastinum', 'Full range'])
  })

  it('offers CT windows on CT alone', () => {
    expect(presetsFor({ windows: [] }, [], 'MR', range).map(({ says }) => says)).toEqual(['Full range'])
    expect(presetsFor({ windows: [] }, [], 'CT', undefined)).toEqual(CT_PRESETS)
  })

  it('offers tables after windows, and begins with the first table when there is no window', () => {
    const tables = [{ says: 'NORMAL', table: { first: 10, bits: 8, entries: new Uint16Array([0, 255, 51]) } }]
    expect(presetsFor({ windows: [stored(40, 400)] }, tables, 'DX', undefined).map(({ says }) => says)).toEqual([
      'As sent',
      'NORMAL',
    ])
    const voi = firstWindow({ windows: [] }, tables, range)
    const shade = shadeOf(voi)
    expect([shade(9), shade(11), shade(12.7), shade(99)]).toEqual([0, 1, 0.2, 0.2])
    expect(dragged(voi, 0, 0)).toEqual({ center: 11.5, width: 3, shape: 'LINEAR' })
  })

  it('widens to the right and brightens upwards', () => {
    const voi = { center: 40, width: 400, shape: 'LINEAR' } as const
    expect(dragged(voi, 100, 0)).toMatchObject({ width: 480, center: 40 })
    expect(dragged(voi, 0, -100)).toMatchObject({ width: 400, center: -40 })
  })

  it('never leaves the allowed widths', () => {
    expect(dragged({ center: 0, width: 2, shape: 'LINEAR' }, -10_000, 0).width).toBe(1)
    expect(dragged({ center: 0, width: 2, shape: 'SIGMOID' }, -10_000, 0).width).toBeGreaterThan(0)
  })
})
