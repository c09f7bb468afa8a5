import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { UIDS } from '../dicom/dictionary.ts'
import type { ImageDescription } from '../pixels/image.ts'
import { decodeRle } from './rle.ts'

const image = (columns: number, samplesPerPixel: number, bitsAllocated: number): ImageDescription => ({
  transferSyntax: UIDS.RLELossless,
  rows: 1,
  columns,
  frames: 1,
  samplesPerPixel,
  bitsAllocated,
  bitsStored: bitsAllocated,
  highBit: bitsAllocated - 1,
  signed: false,
  planarConfiguration: 0,
  photometricInterpretation: samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
})

/** Runs of equal bytes and literal runs, as PS3.5 G.3.1 makes them, padded to an even length. */
function pack(bytes: Uint8Array): Uint8Array {
  const out: number[] = []
  for (let at = 0; at < bytes.length; ) {
    let run = 1
    while (run < 128 && bytes[at + run] === bytes[at] && at + run < bytes.length) run += 1
    if (run > 1) {
      out.push(257 - run, bytes[at] ?? 0)
      at += run
    } else {
      let end = at + 1
      while (end < bytes.length && end - at < 128 && bytes[end] !== bytes[end + 1]) end += 1
      out.push(end - at - 1, ...bytes.subarray(at, end))
      at = end
    }
  }
  return Uint8Array.from(out.length % 2 === 0 ? out : [...out, 0x80])
}

/** Header and segments of samples given colour by pixel, little endian. */
function encode(samples: Uint8Array, { samplesPerPixel, bitsAllocated }: ImageDescription): Uint8Array {
  const width = Math.max(1, bitsAllocated >> 3)
  const stride = samplesPerPixel * width
  const segments = Array.from({ length: stride }, (_, segment) => {
    const at = Math.floor(segment / width) * width + (width - 1 - (segment % width))
    return pack(samples.filter((_, index) => index % stride === at))
  })
  const header = new DataView(new ArrayBuffer(64))
  header.setUint32(0, segments.length, true)
  let offset = 64
  for (const [index, segment] of segments.entries()) {
    header.setUint32(4 + index * 4, offset, true)
    offset += segment.length
  }
  return concat([new Uint8Array(header.buffer), ...segments])
}

describe('RLE Lossless (PS3.5 Annex G)', () => {
  it('reads the example of replicate and literal runs', () => {
    // 3 literal bytes, 4 times 0xAA, a no-op, 1 literal byte.
    const segment = [2, 1, 2, 3, 253, 0xaa, 128, 0, 9, 0]
    const header = new DataView(new ArrayBuffer(64))
    header.setUint32(0, 1, true)
    header.setUint32(4, 64, true)
    const encoded = concat([new Uint8Array(header.buffer), Uint8Array.from(segment)])
    expect([...decodeRle(encoded, image(8, 1, 8), 1)]).toEqual([1, 2, 3, 0xaa, 0xaa, 0xaa, 0xaa, 9])
  })

  it('gives back samples of 1, 8, 16 and 32 bits, of one component or three', () => {
    const shape = fc.record({
      columns: fc.integer({ min: 1, max: 300 }),
      samples: fc.constantFrom(1, 3),
      bits: fc.constantFrom(8, 16, 32),
      seed: fc.uint8Array({ minLength: 1, maxLength: 12 }),
    })
    fc.assert(
      fc.property(shape, ({ columns, samples, bits, seed }) => {
        const description = image(columns, samples, bits)
        const given = Uint8Array.from(
          { length: (columns * samples * bits) / 8 },
          (_, at) => seed[(at * at) % seed.length] ?? 0,
        )
        expect(decodeRle(encode(given, description), description, 1)).toEqual(given)
      }),
    )
    const packed = Uint8Array.of(0xff, 0xff, 0x01)
    expect(decodeRle(encode(packed, image(17, 1, 1)), image(17, 1, 1), 1)).toEqual(packed)
  })

  it.each([
    ['a header cut off', new Uint8Array(63), 'header'],
    ['another number of segments', encode(new Uint8Array(16), image(8, 1, 16)), 'segments'],
    ['a segment that ends early', encode(new Uint8Array(8), image(8, 1, 8)).subarray(0, 65), 'ends after'],
  ])('refuses %s', (_, encoded, why) => {
    expect(() => decodeRle(encoded, image(8, 1, 8), 1)).toThrow(why)
  })

  it('refuses what is damaged, or gives a frame of the right length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 4 }), (bytes, count) => {
        const encoded = Uint8Array.from([count, 0, 0, 0, ...bytes])
        try {
          expect(decodeRle(encoded, image(10, 1, 16), 1)).toHaveLength(20)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ArchiveError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
