import { describe, expect, it } from 'vitest'
import { afterRescale, isOnStored } from './window-units.ts'

const window = (center: number, width: number) => ({ center, width, says: '', shape: 'LINEAR' as const })
const rescale = (slope: number, intercept = 0) => ({ slope, intercept, unit: '' })

describe('the units of windows (IHE BIR 4.16.4.2.2.5.4)', () => {
  it('are stored values for MR, PET and XA where the window fits those', () => {
    const facts = { rescale: rescale(0.2), windows: [window(15_000, 30_000)] }
    for (const modality of ['MR', 'PT', 'XA', 'RF'])
      expect(isOnStored(modality, facts, { least: 0, greatest: 6400 }), modality).toBe(true)
  })

  it('are those after the rescale where the window fits only them, whatever IHE says', () => {
    const facts = { rescale: rescale(9), windows: [window(30_000, 54_000)] }
    expect(isOnStored('PT', facts, { least: 0, greatest: 12_000 })).toBe(false)
  })

  it('are always those after the rescale for CT, CR and the others (PS3.3 C.11.2)', () => {
    const facts = { rescale: rescale(1, -1024), windows: [window(1064, 400)] }
    expect(isOnStored('CT', facts, { least: -1024, greatest: 3071 })).toBe(false)
  })

  it('do not matter without a rescale', () => {
    const windows = [window(100, 200)]
    expect(isOnStored('MR', { rescale: undefined, windows }, { least: 0, greatest: 200 })).toBe(false)
    expect(isOnStored('MR', { rescale: rescale(1), windows }, { least: 0, greatest: 200 })).toBe(false)
  })

  it('are told after the rescale, between the same ends', () => {
    // 100 to 299 stored (LINEAR, 200 wide about 200), times 0.5 less 10.
    expect(afterRescale([window(200, 200)], rescale(0.5, -10))).toEqual([
      { center: 89.75, width: 99.5, says: '', shape: 'LINEAR_EXACT' },
    ])
    expect(afterRescale([{ ...window(200, 200), shape: 'SIGMOID' }], rescale(-2))).toEqual([
      { center: -400, width: 400, says: '', shape: 'SIGMOID' },
    ])
  })
})
