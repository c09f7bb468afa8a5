import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ByteRange } from '../base/bytes.ts'
import { uid } from '../dicom/uid.ts'
import { bitsAllocatedOf, type FrameTable, nativeOffsetBits, packFrames, unpackFrames } from './frame-table.ts'

const EXPLICIT = uid('1.2.840.10008.1.2.1')

const IMAGE: FrameTable['image'] = {
  rows: 512,
  columns: 256,
  frames: 3,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  signed: false,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
}

const native = (bitsPerFrame: number, range: ByteRange, swapUnit = 1): FrameTable => ({
  image: IMAGE,
  element: 0x10,
  inflated: false,
  frames: { kind: 'native', range, bitsPerFrame, swapUnit },
})

const unpacked = (table: FrameTable) => {
  const frames = unpackFrames(packFrames(table))
  if (!frames) throw new Error('no frames')
  return frames
}

describe('the packed frame table', () => {
  it('is nothing for an instance without pixels', () => {
    expect(unpackFrames(new Uint8Array(0))).toBeUndefined()
    expect(bitsAllocatedOf(new Uint8Array(0))).toBeUndefined()
  })

  it('gives back the description an image is decoded by', () => {
    const table = unpacked(native(512 * 256 * 16, { start: 1000, end: 1000 + 3 * 512 * 256 * 2 }))
    expect(table.image(EXPLICIT)).toEqual({ ...IMAGE, transferSyntax: EXPLICIT })
    expect(table.encapsulated).toBe(false)
  })

  it('tells Bits Allocated from its first bytes', () => {
    const packed = packFrames(native(8, { start: 0, end: 3 }))
    expect(bitsAllocatedOf(packed.subarray(0, 24))).toBe(16)
  })

  it('names the bytes of a native frame beyond 4 GiB', () => {
    const size = 2_000_000_000
    const frame = unpacked(native(size * 8, { start: 1024, end: 1024 + 3 * size })).fragments(3)
    expect(frame).toEqual([{ start: 1024 + 2 * size, end: 1024 + 3 * size }])
  })

  it('begins a 1-bit frame inside a byte when the one before ended there (PS3.5 8.1.1)', () => {
    const table = unpacked(native(9, { start: 100, end: 104 }))
    expect(table.fragments(2)).toEqual([{ start: 101, end: 103 }])
    expect(nativeOffsetBits({ bitsPerFrame: 9, swapUnit: 1 }, 2)).toBe(1)
    expect(table.fragments(3)).toEqual([{ start: 102, end: 104 }])
    expect(nativeOffsetBits({ bitsPerFrame: 9, swapUnit: 1 }, 3)).toBe(2)
  })

  it('widens a frame to whole words when words must be turned round', () => {
    const table = unpacked(native(27 * 8, { start: 100, end: 182 }, 2))
    expect(table.fragments(2)).toEqual([{ start: 126, end: 154 }])
    expect(nativeOffsetBits({ bitsPerFrame: 27 * 8, swapUnit: 2 }, 2)).toBe(8)
  })

  it.each([0, 4, -1, 1.5, Number.NaN])('has no frame %s of three', (frame) => {
    expect(() => unpacked(native(8, { start: 0, end: 3 })).fragments(frame)).toThrow(/no frame/)
  })

  it('gives back any fragments, frame by frame', () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 2 ** 45 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
      .map(([start, length]) => ({ start, end: start + length }))
    const frames = fc.oneof(
      fc.array(fc.array(range, { minLength: 1, maxLength: 1 }), { minLength: 1, maxLength: 20 }),
      fc.array(fc.array(range, { maxLength: 4 }), { minLength: 1, maxLength: 20 }),
    )
    fc.assert(
      fc.property(frames, (fragments) => {
        const table = unpacked({
          image: { ...IMAGE, photometricInterpretation: 'YBR_FULL_422' },
          element: 0x10,
          inflated: false,
          frames: { kind: 'encapsulated', fragments },
        })
        expect(table.count).toBe(fragments.length)
        expect(fragments.map((_, at) => table.fragments(at + 1))).toEqual(fragments)
        expect(table.image(EXPLICIT).photometricInterpretation).toBe('YBR_FULL_422')
      }),
    )
  })
})
