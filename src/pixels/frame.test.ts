import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DataSet, type Element, type Tag, tag, type Vr } from '../dicom/data-set.ts'
import { T, UIDS } from '../dicom/dictionary.ts'
import {
  byPixel,
  cutFrame,
  frameLength,
  nativeFrameBits,
  nativeFrameRange,
  packBits,
  storedValues,
  unpackBits,
} from './frame.ts'
import { describeImage, type ImageDescription } from './image.ts'

const IMAGE: ImageDescription = {
  transferSyntax: UIDS.ExplicitVRLittleEndian,
  rows: 2,
  columns: 3,
  frames: 1,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  signed: false,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
}

describe('the length of a frame', () => {
  it('counts every sample of every pixel', () => {
    expect(frameLength(IMAGE)).toBe(12)
    expect(frameLength({ ...IMAGE, samplesPerPixel: 3, bitsAllocated: 8 })).toBe(18)
    expect(frameLength({ ...IMAGE, bitsAllocated: 1 })).toBe(1)
  })

  it('is two thirds in native data whose chrominance is halved', () => {
    const halved = { ...IMAGE, samplesPerPixel: 3, bitsAllocated: 8, photometricInterpretation: 'YBR_FULL_422' }
    expect(nativeFrameBits(halved)).toBe(12 * 8)
    expect(frameLength(halved)).toBe(18)
  })
})

describe('native frames (PS3.5 section 8.1.1)', () => {
  it('begin at odd offsets when frames have an odd number of bytes', () => {
    const odd = { ...IMAGE, rows: 3, columns: 3, bitsAllocated: 8 }
    expect(nativeFrameRange(odd, 2)).toEqual({ start: 9, end: 18, skip: 0, bits: 72 })
  })

  it('begin inside a byte when frames of one bit a pixel are not whole bytes', () => {
    const bits = { ...IMAGE, rows: 1, columns: 10, bitsAllocated: 1 }
    expect(nativeFrameRange(bits, 2)).toEqual({ start: 1, end: 3, skip: 2, bits: 10 })
  })

  it('of one bit a pixel are cut out wherever they begin', () => {
    const frames = fc.integer({ min: 1, max: 40 }).chain((pixels) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: pixels, maxLength: pixels }), {
        minLength: 1,
        maxLength: 5,
      }),
    )
    fc.assert(
      fc.property(frames, (frames) => {
        const columns = frames[0]?.length ?? 0
        const whole = packBits(Uint8Array.from(frames.flat()))
        for (const [at, pixels] of frames.entries()) {
          const range = nativeFrameRange({ ...IMAGE, rows: 1, columns, bitsAllocated: 1 }, at + 1)
          const frame = cutFrame(whole.subarray(range.start, range.end), range)
          expect([...unpackBits(frame, columns)]).toEqual(pixels)
          expect(frame).toEqual(packBits(Uint8Array.from(pixels)))
        }
      }),
    )
  })

  it('are views of the bytes when they begin at one', () => {
    const bytes = new Uint8Array(24)
    expect(cutFrame(bytes, { skip: 0, bits: 96 }).buffer).toBe(bytes.buffer)
  })
})

describe('planes', () => {
  it('are woven into pixels', () => {
    expect([...byPixel(Uint8Array.of(1, 2, 3, 4, 5, 6), 3, 1)]).toEqual([1, 3, 5, 2, 4, 6])
    expect([...byPixel(Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0), 3, 2)]).toEqual([
      1, 0, 3, 0, 5, 0, 2, 0, 4, 0, 6, 0,
    ])
  })
})

describe('stored values', () => {
  const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer)

  it('are the stored bits below the high bit, whatever lies above and below them', () => {
    expect([...storedValues(words(0xf123, 0x0fff), { ...IMAGE, rows: 1, columns: 2 })]).toEqual([0x123, 0xfff])
    const high = { ...IMAGE, rows: 1, columns: 1, highBit: 15 }
    expect([...storedValues(words(0x1238), high)]).toEqual([0x123])
  })

  it('have their sign where it says signed, extended or not', () => {
    const signed = { ...IMAGE, rows: 1, columns: 3, signed: true }
    expect([...storedValues(words(0x0fff, 0xffff, 0x0800), signed)]).toEqual([-1, -1, -2048])
  })

  it('may have 32 bits', () => {
    const wide = { ...IMAGE, rows: 1, columns: 1, bitsAllocated: 32, bitsStored: 32, highBit: 31 }
    expect([...storedValues(Uint8Array.of(255, 255, 255, 255), wide)]).toEqual([4_294_967_295])
    expect([...storedValues(Uint8Array.of(255, 255, 255, 255), { ...wide, signed: true })]).toEqual([-1])
  })

  it('are those written, for every depth and sign', () => {
    const shape = fc.integer({ min: 1, max: 16 }).chain((bits) =>
      fc.record({
        bits: fc.constant(bits),
        signed: fc.boolean(),
        shift: fc.integer({ min: 0, max: 16 - bits }),
        values: fc.array(fc.nat(2 ** bits - 1), { minLength: 1, maxLength: 8 }),
      }),
    )
    fc.assert(
      fc.property(shape, ({ bits, signed, shift, values }) => {
        const image = {
          ...IMAGE,
          rows: 1,
          columns: values.length,
          bitsStored: bits,
          highBit: bits - 1 + shift,
          signed,
        }
        const expected = values.map((value) => (signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value))
        expect([...storedValues(words(...values.map((value) => value << shift)), image)]).toEqual(expected)
      }),
    )
  })
})

describe('the description of an image', () => {
  function dataSet(given: readonly (readonly [Tag, Vr, string | number])[]): DataSet {
    const elements = new Map<Tag, Element>()
    for (const [at, vr, value] of given) {
      const bytes =
        typeof value === 'string' ? new TextEncoder().encode(value) : new Uint8Array(Uint16Array.of(value).buffer)
      elements.set(at, { tag: at, vr, value: { kind: 'bytes', bytes } })
    }
    return { elements, littleEndian: true, characterSet: [] }
  }

  it('is read from the data set', () => {
    const described = describeImage(
      dataSet([
        [T.SamplesPerPixel, 'US', 3],
        [T.PhotometricInterpretation, 'CS', 'RGB '],
        [T.PlanarConfiguration, 'US', 1],
        [T.NumberOfFrames, 'IS', '12'],
        [T.Rows, 'US', 512],
        [T.Columns, 'US', 256],
        [T.BitsAllocated, 'US', 8],
        [T.BitsStored, 'US', 8],
        [T.HighBit, 'US', 7],
        [T.PixelRepresentation, 'US', 0],
      ]),
      UIDS.ExplicitVRLittleEndian,
    )
    expect(described).toEqual({
      transferSyntax: UIDS.ExplicitVRLittleEndian,
      rows: 512,
      columns: 256,
      frames: 12,
      samplesPerPixel: 3,
      bitsAllocated: 8,
      bitsStored: 8,
      highBit: 7,
      signed: false,
      planarConfiguration: 1,
      photometricInterpretation: 'RGB',
    })
  })

  it('is none when there is no image', () => {
    expect(describeImage(dataSet([[T.PatientID, 'LO', 'X ']]), UIDS.ExplicitVRLittleEndian)).toBeUndefined()
  })

  it('takes float samples for 32 and 64 bits', () => {
    const size = [
      [T.Rows, 'US', 2],
      [T.Columns, 'US', 2],
    ] as const
    const float = describeImage(dataSet([...size, [T.FloatPixelData, 'OF', 0]]), UIDS.ExplicitVRLittleEndian)
    const double = describeImage(dataSet([...size, [tag(0x7fe00009), 'OD', 0]]), UIDS.ExplicitVRLittleEndian)
    expect([float?.bitsAllocated, double?.bitsAllocated]).toEqual([32, 64])
  })
})
