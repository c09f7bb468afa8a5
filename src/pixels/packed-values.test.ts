import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packValues, unpackValues } from './packed-values.ts'

describe('packed values', () => {
  it.each([
    ['u8', 0, 255],
    ['u16', 0, 65_535],
    ['i16', -32_768, 32_767],
  ] as const)('%s come back as they were, whatever they are', (kind, min, max) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min, max }), { minLength: 1, maxLength: 60 }),
        (columns, values) => {
          // The extremes decide the kind.
          const all = [min, max, ...values]
          const packed = packValues(Int32Array.from(all), columns)
          expect(packed.kind).toBe(kind)
          expect([...unpackValues(packed, columns)]).toEqual(all)
        },
      ),
    )
  })

  it('what is no integer of 16 bits is kept as 32-bit floating point', () => {
    const packed = packValues([0.5, -3, 70_000], 3)
    expect(packed.kind).toBe('f32')
    expect([...unpackValues(packed, 3)]).toEqual([0.5, -3, 70_000])
  })

  it('nothing is nothing', () => {
    expect([...unpackValues(packValues([], 4), 4)]).toEqual([])
  })

  it('a smooth image is much smaller for a compressor than it was', () => {
    const values = Int32Array.from({ length: 128 * 128 }, (_, at) =>
      Math.round(1000 + 800 * Math.sin((at % 128) / 20) * Math.cos(Math.floor(at / 128) / 25)),
    )
    const plain = deflateRawSync(new Uint8Array(Int16Array.from(values).buffer)).length
    const packed = deflateRawSync(packValues(values, 128).bytes).length
    expect(packed).toBeLessThan(plain * 0.6)
  })
})
