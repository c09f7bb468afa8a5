import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ENCODED_SYNTAXES } from '../dicom/encoded-syntaxes.ts'
import { EXPLICIT_LITTLE, transferSyntax } from '../dicom/transfer-syntaxes.ts'
import { readCodestream } from '../pixels/codestream.ts'
import { frameLength, storedValues } from '../pixels/frame.ts'
import type { ImageDescription } from '../pixels/image.ts'
import { decodeFrame } from './decode.ts'
import { encodeFrame } from './encode.ts'
import { decodeRle } from './rle.ts'
import { encodeRle } from './rle-encode.ts'

const image = (changes: Partial<ImageDescription> = {}): ImageDescription => ({
  transferSyntax: EXPLICIT_LITTLE.uid,
  rows: 12,
  columns: 10,
  frames: 1,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: (changes.bitsStored ?? 12) - 1,
  signed: false,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
  ...changes,
})

/** Samples of `bitsStored` bits, the sign carried on where there is one. */
function samplesOf(of: ImageDescription, values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(frameLength(of))
  const view = new DataView(bytes.buffer)
  const width = of.bitsAllocated >> 3
  for (let at = 0; at * width < bytes.length; at += 1) {
    const raw = (values[at % values.length] ?? 0) & (2 ** of.bitsStored - 1)
    const value = of.signed && raw >= 2 ** (of.bitsStored - 1) ? raw - 2 ** of.bitsStored : raw
    if (width === 1) view.setInt8(at, value)
    else view.setInt16(at * 2, value, true)
  }
  return bytes
}

const arbitraryImage = fc
  .record({
    rows: fc.integer({ min: 2, max: 70 }),
    columns: fc.integer({ min: 2, max: 70 }),
    colour: fc.boolean(),
    wide: fc.boolean(),
    less: fc.integer({ min: 0, max: 6 }),
    signed: fc.boolean(),
    values: fc.array(fc.nat(65_535), { minLength: 1, maxLength: 300 }),
  })
  .map(({ rows, columns, colour, wide, less, signed, values }) => {
    const bitsAllocated = wide && !colour ? 16 : 8
    const described = image({
      rows,
      columns,
      bitsAllocated,
      bitsStored: colour ? 8 : bitsAllocated - less,
      highBit: (colour ? 8 : bitsAllocated - less) - 1,
      signed: signed && !colour,
      samplesPerPixel: colour ? 3 : 1,
      photometricInterpretation: colour ? 'RGB' : 'MONOCHROME2',
    })
    return { described, samples: samplesOf(described, values) }
  })

const decoded = (described: ImageDescription, bytes: Uint8Array) => ({
  bytes,
  photometricInterpretation: described.photometricInterpretation,
  planarConfiguration: described.planarConfiguration,
})

describe.each(ENCODED_SYNTAXES.map((uid) => [transferSyntax(uid).name, uid] as const))('frames in %s', (_, target) => {
  it('give every sample back, or are refused with a reason', async () => {
    const reasons = new Map<string, number>()
    let kept = 0
    await fc.assert(
      fc.asyncProperty(arbitraryImage, async ({ described, samples }) => {
        try {
          const made = await encodeFrame(decoded(described, samples), described, 1, target)
          const encoded = {
            ...described,
            transferSyntax: target,
            photometricInterpretation: made.photometricInterpretation,
          }
          const plain = { ...described, transferSyntax: EXPLICIT_LITTLE.uid }
          const back =
            transferSyntax(target).codec === 'native' ? made.bytes : (await decodeFrame(made.bytes, encoded, 1)).bytes
          expect(storedValues(back, plain)).toEqual(storedValues(samples, plain))
          kept += 1
        } catch (error) {
          expect(error).toMatchObject({ code: 'PIXELS_UNSUPPORTED' })
          const why = String((error as { facts?: { why?: unknown } }).facts?.why)
          expect(why).not.toContain('does not keep')
          reasons.set(why, (reasons.get(why) ?? 0) + 1)
        }
      }),
      { numRuns: 40 },
    )
    expect(kept, JSON.stringify([...reasons])).toBeGreaterThan(10)
  })
})

describe('what cannot be kept to the bit', () => {
  const refusal = async (described: ImageDescription, samples: Uint8Array, target = '1.2.840.10008.1.2.4.80') =>
    encodeFrame(decoded(described, samples), described, 1, transferSyntax(target).uid).catch((error: unknown) =>
      String((error as Error).message),
    )

  it('is refused: overlays in the bits above those stored', async () => {
    const described = image()
    const samples = samplesOf(described, [1, 2, 3])
    samples[1] = 0x80
    expect(await refusal(described, samples)).toContain('bits that are not stored')
    expect(await refusal(described, samples, '1.2.840.10008.1.2.5')).toHaveProperty('bytes')
  })

  it('is refused: samples of 32 bits, chrominance of half the size, a lossy syntax', async () => {
    const wide = image({ bitsAllocated: 32, bitsStored: 32, highBit: 31 })
    expect(await refusal(wide, new Uint8Array(frameLength(wide)))).toContain('32 bits')
    const half = image({
      bitsAllocated: 8,
      bitsStored: 8,
      samplesPerPixel: 3,
      photometricInterpretation: 'YBR_FULL_422',
    })
    expect(await refusal(half, new Uint8Array(240))).toContain('half the size')
    expect(await refusal(image(), samplesOf(image(), [1]), '1.2.840.10008.1.2.4.50')).toContain('nothing is encoded')
  })
})

it('puts colour by pixel before it is encoded', async () => {
  const planar = image({
    bitsAllocated: 8,
    bitsStored: 8,
    highBit: 7,
    samplesPerPixel: 3,
    planarConfiguration: 1,
    photometricInterpretation: 'RGB',
  })
  const samples = Uint8Array.from({ length: 360 }, (_, at) => Math.floor(at / 120) * 50)
  const { bytes } = await encodeFrame(decoded(planar, samples), planar, 1, transferSyntax('1.2.840.10008.1.2.1.98').uid)
  expect([...bytes.subarray(0, 6)]).toEqual([0, 50, 100, 0, 50, 100])
})

it('writes JPEG lossless of the first predictor, JPEG-LS without loss, and reversible colour', async () => {
  const colour = image({
    bitsAllocated: 8,
    bitsStored: 8,
    highBit: 7,
    samplesPerPixel: 3,
    photometricInterpretation: 'RGB',
  })
  const made = async (suffix: string) =>
    encodeFrame(
      decoded(colour, samplesOf(colour, [1, 90, 7])),
      colour,
      1,
      transferSyntax(`1.2.840.10008.1.2.${suffix}`).uid,
    )
  expect(readCodestream((await made('4.70')).bytes)?.kind).toBe('jpeg-lossless')
  expect(readCodestream((await made('4.80')).bytes)?.kind).toBe('jpeg-ls')
  expect((await made('4.90')).photometricInterpretation).toBe('YBR_RCT')
  expect((await made('4.80')).photometricInterpretation).toBe('RGB')
})

describe('RLE (PS3.5 Annex G)', () => {
  it('packs each row by itself, segments of even length, the most significant byte first', () => {
    const two = image({ rows: 2, columns: 4 })
    const samples = Uint8Array.from([1, 9, 1, 9, 1, 9, 1, 9, 2, 9, 3, 9, 2, 9, 3, 9])
    const encoded = encodeRle(samples, two)
    expect([...encoded.subarray(0, 12)]).toEqual([2, 0, 0, 0, 64, 0, 0, 0, 68, 0, 0, 0])
    expect([...encoded.subarray(64)]).toEqual([253, 9, 253, 9, 253, 1, 3, 2, 3, 2, 3, 0])
  })

  it('is no longer than PackBits allows, and comes back, for anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 600, maxLength: 600 }), fc.constantFrom(1, 2, 3), (bytes, width) => {
        const described = image({ rows: 1, columns: 600 / width, bitsAllocated: 8 * width, bitsStored: 8 * width })
        const encoded = encodeRle(bytes, described)
        expect(encoded.length).toBeLessThanOrEqual(64 + 600 + width * (Math.ceil(600 / width / 128) + 1))
        expect(decodeRle(encoded, described, 1)).toEqual(new Uint8Array(bytes))
      }),
    )
  })
})
