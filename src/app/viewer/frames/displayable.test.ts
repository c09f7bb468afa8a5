import { describe, expect, it } from 'vitest'
import { type DecodedFormat, displayable, type Meaning } from './displayable.ts'

const format = (more: Partial<DecodedFormat> = {}): DecodedFormat => ({
  rows: 1,
  columns: 2,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  signed: false,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
  ...more,
})
const nothing: Meaning = { rescale: undefined, modalityLut: undefined, palette: undefined, padding: undefined }

describe('values to show', () => {
  it('are refused when the frame is short', () => {
    expect(() => displayable(new Uint8Array(3), format(), nothing)).toThrow('3 bytes of 4')
  })

  it('are whole numbers wherever the rescale gives whole numbers', () => {
    const shown = displayable(new Uint8Array([0, 0, 0xff, 0x0f]), format(), {
      ...nothing,
      rescale: { slope: 1, intercept: -1024 },
    })
    expect(shown).toEqual({ kind: 'values', data: new Int16Array([-1024, 3071]), least: -1024, greatest: 3071 })
  })

  it('keep fractions', () => {
    const shown = displayable(new Uint8Array([1, 0, 2, 0]), format(), {
      ...nothing,
      rescale: { slope: 0.5, intercept: 0 },
    })
    expect(shown).toMatchObject({ data: new Float32Array([0.5, 1]) })
  })

  it('do not count padding in their range', () => {
    const padded = format({ signed: true, bitsStored: 16, highBit: 15 })
    const shown = displayable(new Uint8Array([0x00, 0x80, 5, 0]), padded, { ...nothing, padding: -32_768 })
    expect(shown).toMatchObject({ least: 5, greatest: 5 })
  })

  it('go through a modality LUT, whose ends hold beyond it', () => {
    const shown = displayable(new Uint8Array([0, 0, 9, 0]), format(), {
      ...nothing,
      modalityLut: { first: 1, bits: 8, entries: new Uint16Array([10, 20]) },
    })
    expect(shown).toMatchObject({ data: new Uint8Array([10, 20]) })
  })
})

describe('colour', () => {
  const rgb = format({
    samplesPerPixel: 3,
    bitsAllocated: 8,
    bitsStored: 8,
    highBit: 7,
    photometricInterpretation: 'RGB',
  })

  it('is put by pixel when it comes by plane', () => {
    const shown = displayable(new Uint8Array([1, 2, 3, 4, 5, 6]), { ...rgb, planarConfiguration: 1 }, nothing)
    expect(shown).toEqual({ kind: 'rgb', data: new Uint8Array([1, 3, 5, 2, 4, 6]) })
  })

  it('leaves grey grey when it comes as YBR', () => {
    const ybr = { ...rgb, photometricInterpretation: 'YBR_FULL' }
    expect(displayable(new Uint8Array([90, 128, 128, 255, 128, 128]), ybr, nothing)).toEqual({
      kind: 'rgb',
      data: new Uint8Array([90, 90, 90, 255, 255, 255]),
    })
  })

  it('is shared by two pixels in YBR_FULL_422', () => {
    const ybr = { ...rgb, photometricInterpretation: 'YBR_FULL_422' }
    expect(displayable(new Uint8Array([10, 200, 128, 128]), ybr, nothing)).toEqual({
      kind: 'rgb',
      data: new Uint8Array([10, 10, 10, 200, 200, 200]),
    })
  })

  it('comes from a palette, whose ends hold beyond it', () => {
    const indexed = format({ bitsAllocated: 8, bitsStored: 8, highBit: 7, photometricInterpretation: 'PALETTE COLOR' })
    const table = (...entries: number[]) => ({ first: 1, bits: 8, entries: Uint16Array.from(entries) })
    const palette = { red: table(9, 8), green: table(7, 6), blue: table(5, 4) }
    expect(displayable(new Uint8Array([0, 2]), indexed, { ...nothing, palette })).toEqual({
      kind: 'rgb',
      data: new Uint8Array([9, 7, 5, 8, 6, 4]),
    })
  })
})
