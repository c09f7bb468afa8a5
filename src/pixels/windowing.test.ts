import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DataSet, Element, Tag, Value, Vr } from '../dicom/data-set.ts'
import { T, UIDS } from '../dicom/dictionary.ts'
import { paletteOf, paletteToRgb, renderColour, ybrFull422ToRgb, ybrFullToRgb, ybrPartial422ToRgb } from './colour.ts'
import type { ImageDescription } from './image.ts'
import { lookUpEntry, readLut, readSegmentedLut } from './lut.ts'
import {
  applyModality,
  modalityOf,
  renderGrey,
  shade,
  transformSets,
  voiOf,
  type Window,
  windowsOf,
} from './windowing.ts'

type Given = readonly [tag: Tag, vr: Vr, value: string | readonly number[] | readonly DataSet[]]

const isItems = (value: readonly (number | DataSet)[]): value is readonly DataSet[] => typeof value[0] === 'object'

/** Numbers are 16-bit words. */
function dataSet(...given: readonly Given[]): DataSet {
  const elements = new Map<Tag, Element>()
  for (const [tag, vr, value] of given) {
    const made: Value =
      typeof value === 'string'
        ? { kind: 'bytes', bytes: new TextEncoder().encode(value) }
        : isItems(value)
          ? { kind: 'items', items: value }
          : { kind: 'bytes', bytes: new Uint8Array(Uint16Array.from(value as readonly number[]).buffer) }
    elements.set(tag, { tag, vr, value: made })
  }
  return { elements, littleEndian: true, characterSet: [] }
}

const IMAGE: ImageDescription = {
  transferSyntax: UIDS.ExplicitVRLittleEndian,
  rows: 1,
  columns: 4,
  frames: 1,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  signed: false,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
}

const window = (center: number, width: number, shape: Window['function'] = 'LINEAR'): Window => ({
  center,
  width,
  function: shape,
  explanation: '',
})

describe('windows (PS3.3 C.11.2.1.2)', () => {
  // The note of the standard: center 2048, width 4096 is value / 4095; width 1 is a threshold.
  it.each([
    [window(2048, 4096), 0, 0],
    [window(2048, 4096), 4095, 1],
    [window(2048, 4096), 2047, 2047 / 4095],
    [window(2048, 1), 2047, 0],
    [window(2048, 1), 2048, 1],
    [window(0, 100), -50, 0],
    [window(0, 100), 49, 1],
    [window(0, 100, 'LINEAR_EXACT'), -50, 0],
    [window(0, 100, 'LINEAR_EXACT'), 0, 0.5],
    [window(0, 100, 'LINEAR_EXACT'), 51, 1],
    [window(0, 100, 'SIGMOID'), 0, 0.5],
    [window(0, 100, 'SIGMOID'), 50, 1 / (1 + Math.exp(-2))],
  ])('%j shows %d as %d', (used, value, expected) => {
    expect(shade(value, used)).toBeCloseTo(expected, 10)
  })

  it('never show a higher value darker, nor anything outside 0 to 1', () => {
    const any = fc.record({
      center: fc.double({ min: -5000, max: 5000, noNaN: true }),
      width: fc.double({ min: 1, max: 5000, noNaN: true }),
      shape: fc.constantFrom<Window['function']>('LINEAR', 'LINEAR_EXACT', 'SIGMOID'),
    })
    const value = fc.integer({ min: -6000, max: 6000 })
    fc.assert(
      fc.property(any, value, value, ({ center, width, shape }, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((at) => shade(at, window(center, width, shape)))
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(high ?? 0)
      }),
    )
  })

  it('are read with their names and their function; those without width are left out', () => {
    const set = dataSet(
      [T.WindowCenter, 'DS', '40\\-600\\1'],
      [T.WindowWidth, 'DS', '400\\1600\\0'],
      [T.WindowCenterWidthExplanation, 'LO', 'SOFT\\LUNG'],
      [T.VOILUTFunction, 'CS', 'LINEAR_EXACT'],
    )
    const shape = { function: 'LINEAR_EXACT' }
    expect(windowsOf(set)).toMatchObject([
      { center: 40, width: 400, explanation: 'SOFT', ...shape },
      { center: -600, width: 1600, explanation: 'LUNG', ...shape },
    ])
  })
})

describe('the modality transform (PS3.3 C.11.1)', () => {
  it('rescales', () => {
    const set = dataSet([T.RescaleSlope, 'DS', '2'], [T.RescaleIntercept, 'DS', '-1024'])
    expect(applyModality(modalityOf(set, IMAGE), 100)).toBe(-824)
    expect(applyModality(modalityOf(dataSet(), IMAGE), 100)).toBe(100)
  })

  it('looks up, the first and the last entry standing for what lies outside', () => {
    const table = dataSet([T.LUTDescriptor, 'US', [3, 10, 16]], [T.LUTData, 'OW', [100, 200, 300]])
    const modality = modalityOf(dataSet([T.ModalityLUTSequence, 'SQ', [table]]), IMAGE)
    expect([0, 10, 11, 12, 99].map((value) => applyModality(modality, value))).toEqual([100, 100, 200, 300, 300])
  })

  it('of a frame is its own, or that of all, or that of the data set', () => {
    const transform = (slope: string) =>
      dataSet([T.PixelValueTransformationSequence, 'SQ', [dataSet([T.RescaleSlope, 'DS', slope])]])
    const enhanced = dataSet(
      [T.SharedFunctionalGroupsSequence, 'SQ', [transform('5')]],
      [T.PerFrameFunctionalGroupsSequence, 'SQ', [transform('2'), dataSet()]],
      [T.RescaleSlope, 'DS', '9'],
    )
    const slope = (set: DataSet, frame: number) =>
      applyModality(modalityOf(transformSets(set, frame).modality, IMAGE), 1)
    expect([slope(enhanced, 1), slope(enhanced, 2), slope(dataSet([T.RescaleSlope, 'DS', '9']), 1)]).toEqual([2, 5, 9])
  })
})

describe('look-up tables', () => {
  it('have 65,536 entries when the descriptor says 0, and a signed first value when values are signed', () => {
    const set = dataSet([T.LUTDescriptor, 'US', [0, 0x8000, 16]], [T.LUTData, 'OW', [1, 2]])
    const table = readLut(set, T.LUTDescriptor, T.LUTData, true)
    expect(table).toMatchObject({ first: -32_768, bits: 16 })
    expect(table?.entries).toHaveLength(65_536)
    expect(readLut(set, T.LUTDescriptor, T.LUTData, false)?.first).toBe(0x8000)
  })

  it('may have their entries of eight bits two to a word', () => {
    const set = dataSet([T.LUTDescriptor, 'US', [4, 0, 8]], [T.LUTData, 'OW', [0x0201, 0x0403]])
    expect([...(readLut(set, T.LUTDescriptor, T.LUTData, false)?.entries ?? [])]).toEqual([1, 2, 3, 4])
  })

  it('may be segmented: discrete entries, lines, copies (PS3.3 C.7.9.2)', () => {
    const data = [0, 2, 10, 20, 1, 4, 60, 2, 1, 0, 0]
    const set = dataSet(
      [T.RedPaletteColorLookupTableDescriptor, 'US', [8, 0, 16]],
      [T.SegmentedRedPaletteColorLookupTableData, 'OW', data],
    )
    const table = readSegmentedLut(
      set,
      T.RedPaletteColorLookupTableDescriptor,
      T.SegmentedRedPaletteColorLookupTableData,
    )
    expect([...(table?.entries ?? [])]).toEqual([10, 20, 30, 40, 50, 60, 10, 20])
  })

  it('that are segmented end, whatever their data are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(3), fc.nat(65_535)), { minLength: 1, maxLength: 30 }), (data) => {
        const set = dataSet(
          [T.RedPaletteColorLookupTableDescriptor, 'US', [300, 0, 16]],
          [T.SegmentedRedPaletteColorLookupTableData, 'OW', data],
        )
        const table = readSegmentedLut(
          set,
          T.RedPaletteColorLookupTableDescriptor,
          T.SegmentedRedPaletteColorLookupTableData,
        )
        expect(table?.entries).toHaveLength(300)
      }),
      { numRuns: 500 },
    )
  })

  it('give their first or last entry for anything outside', () => {
    const table = { first: 5, bits: 16, entries: Uint16Array.of(7, 8, 9) }
    expect([-1, 5, 6, 7, 1000].map((value) => lookUpEntry(table, value))).toEqual([7, 7, 8, 9, 9])
  })
})

describe('shades of grey', () => {
  const values = [0, 1, 2, 3]
  const identity = modalityOf(dataSet(), IMAGE)

  it('run from black to white through the window', () => {
    const voi = voiOf(dataSet([T.WindowCenter, 'DS', '2'], [T.WindowWidth, 'DS', '4']), false)
    expect([...renderGrey(values, IMAGE, identity, voi)]).toEqual([0, 85, 170, 255])
  })

  it('run from white to black in MONOCHROME1', () => {
    const voi = voiOf(dataSet([T.WindowCenter, 'DS', '2'], [T.WindowWidth, 'DS', '4']), false)
    const inverse = { photometricInterpretation: 'MONOCHROME1' }
    expect([...renderGrey(values, inverse, identity, voi)]).toEqual([255, 170, 85, 0])
  })

  it('come from the table where there is no window', () => {
    const table = dataSet([T.LUTDescriptor, 'US', [4, 0, 8]], [T.LUTData, 'US', [0, 51, 102, 255]])
    const voi = voiOf(dataSet([T.VOILUTSequence, 'SQ', [table]]), false)
    expect([...renderGrey(values, IMAGE, identity, voi)]).toEqual([0, 51, 102, 255])
  })

  it('span all values where the data set says nothing', () => {
    expect([...renderGrey([10, 20, 30], IMAGE, identity, undefined)]).toEqual([0, 128, 255])
    expect([...renderGrey([7, 7], IMAGE, identity, undefined)]).toEqual([128, 128])
  })
})

describe('colour (PS3.3 C.7.6.3.1.2)', () => {
  it.each([
    ['white', [255, 128, 128], [255, 255, 255]],
    ['black', [0, 128, 128], [0, 0, 0]],
    ['red', [76, 85, 255], [254, 0, 0]],
    ['green', [150, 44, 21], [0, 255, 1]],
    ['blue', [29, 255, 107], [0, 0, 254]],
  ])('%s of YBR_FULL', (_, ybr, rgb) => {
    expect([...ybrFullToRgb(Uint8Array.from(ybr))]).toEqual(rgb)
  })

  it('of YBR_FULL is what it was before within rounding', () => {
    const byte = fc.nat(255)
    fc.assert(
      fc.property(byte, byte, byte, (r, g, b) => {
        const ybr = [
          0.299 * r + 0.587 * g + 0.114 * b,
          -0.168736 * r - 0.331264 * g + 0.5 * b + 128,
          0.5 * r - 0.418688 * g - 0.081312 * b + 128,
        ].map((value) => Math.min(255, Math.round(value)))
        const back = ybrFullToRgb(Uint8Array.from(ybr))
        for (const [at, value] of [r, g, b].entries()) expect(Math.abs((back[at] ?? 0) - value)).toBeLessThanOrEqual(2)
      }),
    )
  })

  it('of YBR_FULL_422 is shared by two pixels', () => {
    expect([...ybrFull422ToRgb(Uint8Array.of(0, 255, 128, 128))]).toEqual([0, 0, 0, 255, 255, 255])
    expect([...ybrPartial422ToRgb(Uint8Array.of(16, 235, 128, 128))]).toEqual([0, 0, 0, 255, 255, 255])
  })

  it('comes from a palette', () => {
    const set = dataSet(
      [T.RedPaletteColorLookupTableDescriptor, 'US', [2, 0, 16]],
      [T.RedPaletteColorLookupTableData, 'OW', [0, 0xff00]],
      [T.GreenPaletteColorLookupTableDescriptor, 'US', [2, 0, 16]],
      [T.GreenPaletteColorLookupTableData, 'OW', [0x8000, 0]],
      [T.BluePaletteColorLookupTableDescriptor, 'US', [2, 0, 8]],
      [T.BluePaletteColorLookupTableData, 'OW', [1, 2]],
    )
    const palette = paletteOf(set, false)
    if (palette === undefined) throw new Error('no palette')
    expect([...paletteToRgb([0, 1, 9], palette)]).toEqual([0, 128, 1, 255, 0, 2, 255, 0, 2])
    expect(paletteOf(dataSet(), false)).toBeUndefined()
  })

  it('is brought to RGB, eight bits, by pixel, whatever it was', () => {
    const rgb = { ...IMAGE, columns: 2, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 }
    const planes = {
      bytes: Uint8Array.of(1, 2, 3, 4, 5, 6),
      photometricInterpretation: 'RGB',
      planarConfiguration: 1,
    } as const
    expect([...(renderColour(planes, rgb, undefined) ?? [])]).toEqual([1, 3, 5, 2, 4, 6])
    const words = { ...rgb, columns: 1, bitsAllocated: 16, bitsStored: 16, highBit: 15 }
    const wide = {
      bytes: Uint8Array.of(0, 1, 0, 2, 0, 3),
      photometricInterpretation: 'RGB',
      planarConfiguration: 0,
    } as const
    expect([...(renderColour(wide, words, undefined) ?? [])]).toEqual([1, 2, 3])
    const grey = {
      bytes: Uint8Array.of(1, 2),
      photometricInterpretation: 'MONOCHROME2',
      planarConfiguration: 0,
    } as const
    expect(renderColour(grey, { ...IMAGE, columns: 1 }, undefined)).toBeUndefined()
  })
})
