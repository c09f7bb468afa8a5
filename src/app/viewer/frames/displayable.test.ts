import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DecodedFormat, displayable, type Meaning, storedValues } from './displayable.ts'
import { expandSegments } from './palette.ts'

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

describe('stored values (PS3.5 section 8.1.1)', () => {
  it('leave out bits beside the stored ones, such as old overlays', () => {
    const bytes = new Uint8Array([0xff, 0xf0, 0x01, 0xa0])
    expect([...storedValues(bytes, format())]).toEqual([0x0ff, 0x001])
  })

  it('are sign-extended from Bits Stored, not from the cell', () => {
    const bytes = new Uint8Array([0xff, 0x0f, 0x00, 0x08])
    expect([...storedValues(bytes, format({ signed: true }))]).toEqual([-1, -2048])
  })

  it('are moved down when High Bit is not Bits Stored - 1', () => {
    expect([...storedValues(new Uint8Array([0x10, 0x00, 0xf0, 0xff]), format({ highBit: 15 }))]).toEqual([1, 4095])
  })

  it('come back for every sign, width and place', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 2, max: 16 }),
        fc.integer({ min: 0, max: 14 }),
        fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 1, maxLength: 20 }),
        (signed, bitsStored, above, raw) => {
          const shift = Math.min(above, 16 - bitsStored)
          const wanted = raw.map((value) => {
            const low = value % 2 ** bitsStored
            return signed && low >= 2 ** (bitsStored - 1) ? low - 2 ** bitsStored : low
          })
          const cells = Uint16Array.from(wanted, (value) => (value & (2 ** bitsStored - 1)) << shift)
          const made = storedValues(new Uint8Array(cells.buffer), {
            ...format({ signed, bitsStored, highBit: bitsStored - 1 + shift }),
            columns: wanted.length,
          })
          expect([...made]).toEqual(wanted)
        },
      ),
    )
  })

  it('of one bit are packed, lowest bit first', () => {
    const bits = format({ bitsAllocated: 1, bitsStored: 1, highBit: 0, columns: 10 })
    expect([...storedValues(new Uint8Array([0b1000_0101, 0b10]), bits)]).toEqual([1, 0, 1, 0, 0, 0, 0, 1, 0, 1])
  })

  it('are refused when the frame is short', () => {
    expect(() => storedValues(new Uint8Array(3), format())).toThrow('3 bytes of 4')
  })
})

describe('values to show', () => {
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
      modalityLut: { first: 1, values: [10, 20] },
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
    const palette = {
      first: 1,
      red: new Uint8Array([9, 8]),
      green: new Uint8Array([7, 6]),
      blue: new Uint8Array([5, 4]),
    }
    expect(displayable(new Uint8Array([0, 2]), indexed, { ...nothing, palette })).toEqual({
      kind: 'rgb',
      data: new Uint8Array([9, 7, 5, 8, 6, 4]),
    })
  })

  it('expands segmented palettes (PS3.3 C.7.9.2)', () => {
    expect(expandSegments([0, 2, 5, 10, 1, 3, 40])).toEqual([5, 10, 20, 30, 40])
    expect(expandSegments([0, 2, 5, 10, 2, 1, 0, 0])).toEqual([5, 10, 5, 10])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 50 }), (data) => {
        expandSegments(data)
      }),
    )
  })
})
