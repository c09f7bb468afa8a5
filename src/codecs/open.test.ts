import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { corpusDir } from '../../test/support/corpus.ts'
import { ArchiveError } from '../base/errors.ts'
import { UIDS } from '../dicom/dictionary.ts'
import type { Uid } from '../dicom/uid.ts'
import { readCodestream } from '../pixels/codestream.ts'
import type { ImageDescription } from '../pixels/image.ts'
import type { FrameDecoder } from './frame-decoder.ts'
import { type FrameDecoderOptions, openFrameDecoder } from './open.ts'

const opened: FrameDecoder[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((decoder) => decoder.close()))
})

function open(options: Partial<FrameDecoderOptions> = {}): FrameDecoder {
  const decoder = openFrameDecoder({ workers: 1, timeoutMs: 30_000, ...options })
  opened.push(decoder)
  return decoder
}

const describeAs = (transferSyntax: Uid, rows: number, columns: number, bits = 8): ImageDescription => ({
  transferSyntax,
  rows,
  columns,
  frames: 1,
  samplesPerPixel: 1,
  bitsAllocated: bits,
  bitsStored: bits,
  highBit: bits - 1,
  signed: false,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
})

const FRAME = Uint8Array.from({ length: 64 }, (_, at) => at * 3)
const DEFLATED = describeAs(UIDS.DeflatedImageFrameCompression, 8, 8)
const deflated = deflateRawSync(FRAME)

/** Threads started while something is done. */
async function threadsStarted(work: () => Promise<unknown>): Promise<number> {
  let started = 0
  const count = () => {
    started += 1
  }
  process.on('worker', count)
  await work().finally(() => process.off('worker', count))
  return started
}

describe('the pool of decoders', () => {
  it('starts no thread before the first frame, and none for plain samples', async () => {
    const started = await threadsStarted(async () => {
      const decoder = open({ workers: 4 })
      const image = describeAs(UIDS.ExplicitVRLittleEndian, 8, 8)
      expect((await decoder.decode(FRAME, image, 1)).bytes).toEqual(FRAME)
    })
    expect(started).toBe(0)
  })

  it('starts as many threads as frames wait, up to its number, and uses them again', async () => {
    const decoder = open({ workers: 2 })
    const decode = () => decoder.decode(deflated, DEFLATED, 1)
    expect(await threadsStarted(decode)).toBe(1)
    expect(await threadsStarted(() => Promise.all(Array.from({ length: 9 }, decode)))).toBe(1)
  })

  it('leaves the bytes to the one who gave them', async () => {
    const encoded = new Uint8Array(deflated)
    const { bytes } = await open().decode(encoded, DEFLATED, 1)
    expect(bytes).toEqual(FRAME)
    expect(encoded).toEqual(new Uint8Array(deflated))
  })

  it('turns the words of big endian samples', async () => {
    const image = describeAs(UIDS.ExplicitVRBigEndian, 1, 2, 16)
    expect([...(await open().decode(Uint8Array.of(1, 2, 3, 4), image, 1)).bytes]).toEqual([2, 1, 4, 3])
  })

  it('goes on with the next frame after one it could not decode', async () => {
    const decoder = open()
    const damaged = decoder.decode(Uint8Array.of(1, 2, 3), DEFLATED, 7)
    await expect(damaged).rejects.toMatchObject({ code: 'PIXELS_DAMAGED', facts: { frame: 7 } })
    expect((await decoder.decode(deflated, DEFLATED, 8)).bytes).toEqual(FRAME)
  })

  it('throws a thread away that takes too long, and gives the next frame a new one', async () => {
    const impatient = open({ timeoutMs: 1, msPerMegabyte: 0 })
    const started = await threadsStarted(async () => {
      const frames = [1, 2].map((frame) => impatient.decode(deflated, DEFLATED, frame))
      for (const [at, outcome] of (await Promise.allSettled(frames)).entries())
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { code: 'PIXELS_DAMAGED', facts: { frame: at + 1 } },
        })
    })
    expect(started).toBe(2)
  })

  it('ends threads that have nothing to do', async () => {
    const decoder = open({ idleMs: 1 })
    const gone = new Promise((resolve) => process.once('worker', (thread) => thread.once('exit', resolve)))
    await decoder.decode(deflated, DEFLATED, 1)
    await gone
    expect(await threadsStarted(() => decoder.decode(deflated, DEFLATED, 1))).toBe(1)
  })

  it('refuses frames once it is closed, those under way too', async () => {
    const decoder = open()
    const underWay = decoder.decode(deflated, DEFLATED, 1)
    const waiting = decoder.decode(deflated, DEFLATED, 2)
    const outcomes = Promise.allSettled([underWay, waiting])
    await decoder.close()
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(decoder.decode(deflated, DEFLATED, 3)).rejects.toBeInstanceOf(ArchiveError)
  })
})

describe('what is refused before a decoder sees it', () => {
  it.each<[string, Uint8Array, Partial<ImageDescription>, string]>([
    ['an empty frame', new Uint8Array(0), {}, 'PIXELS_DAMAGED'],
    ['a frame without header', Uint8Array.of(1, 2, 3, 4), { transferSyntax: UIDS.JPEG2000 }, 'PIXELS_DAMAGED'],
    ['an image without rows', deflated, { rows: 0 }, 'PIXELS_DAMAGED'],
    ['a frame of more than a gigabyte', deflated, { rows: 65_535, columns: 65_535 }, 'PIXELS_UNSUPPORTED'],
    ['video', deflated, { transferSyntax: UIDS.MPEG4HP41 }, 'PIXELS_UNSUPPORTED'],
    ['a reference to a server', deflated, { transferSyntax: UIDS.JPIPReferenced }, 'PIXELS_UNSUPPORTED'],
    ['too few plain samples', FRAME, { transferSyntax: UIDS.ExplicitVRLittleEndian, rows: 9 }, 'PIXELS_DAMAGED'],
  ])('%s', async (_, encoded, differs, code) => {
    await expect(open().decode(encoded, { ...DEFLATED, ...differs }, 1)).rejects.toMatchObject({ code })
  })
})

describe.skipIf(corpusDir() === undefined)('JPEG 2000 on a finer grid than its samples', () => {
  it('is decoded like the same codestream on the grid of its samples', async () => {
    const path = 'codestreams/wsidicom/JPEG_2000_Image_Compression_Lossless_Only-GRAYSCALE-8.jp2'
    const plain = new Uint8Array(readFileSync(join(corpusDir() ?? '', path)))
    // Image and tile twice as wide and high, one sample for two by two points: the coded data are the same.
    const fine = plain.slice()
    const siz = new DataView(fine.buffer, 4)
    for (const at of [4, 8, 20, 24]) siz.setUint32(at, siz.getUint32(at) * 2)
    siz.setUint16(39, 0x0202)
    const image = describeAs(UIDS.JPEG2000Lossless, 240, 240)
    const [one, other] = await Promise.all([plain, fine].map((encoded) => open().decode(encoded, image, 1)))
    expect(other?.bytes).toEqual(one?.bytes)
  })
})

describe.skipIf(corpusDir() === undefined)('damaged codestreams', () => {
  const folder = join(corpusDir() ?? '', 'codestreams/wsidicom')
  // What hangs is given up after a moment: that a thread ends on time is part of what is tried here.
  const decoder = openFrameDecoder({ workers: 2, timeoutMs: 2000 })
  afterAll(() => decoder.close())

  const streams: readonly (readonly [string, Uid])[] = [
    ['JPEG_Baseline_Process_1-GRAYSCALE-8.jpg', UIDS.JPEGBaseline8Bit],
    ['JPEG_Extended_Process_2_and_4-GRAYSCALE-12.jpg', UIDS.JPEGExtended12Bit],
    ['JPEG_Lossless_Non-Hierarchical_Process_14-GRAYSCALE-8.jpg', UIDS.JPEGLossless],
    ['JPEG-LS_Lossless_Image_Compression-GRAYSCALE-8.jls', UIDS.JPEGLSLossless],
    ['JPEG_2000_Image_Compression_Lossless_Only-GRAYSCALE-8.jp2', UIDS.JPEG2000Lossless],
    ['../htj2k/CT1.j2c', UIDS.HTJ2KLossless],
  ]

  it.each(streams)(
    '%s: cut or changed anywhere, it is refused or decoded to the right length',
    async (name, syntax) => {
      const whole = readFileSync(join(folder, name))
      const header = readCodestream(whole)
      if (header === undefined) throw new Error(`${name} has no header`)
      const { rows, columns, bits = 8 } = header
      const image = { ...describeAs(syntax, rows, columns, bits > 8 ? 16 : 8), bitsStored: bits, highBit: bits - 1 }
      const expected = (rows * columns * image.bitsAllocated) / 8
      expect((await open().decode(whole, image, 1)).bytes).toHaveLength(expected)
      const damage = fc.record({
        end: fc.integer({ min: 0, max: whole.length }),
        flips: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
      })
      await fc.assert(
        fc.asyncProperty(damage, async ({ end, flips }) => {
          const encoded = new Uint8Array(whole)
          for (const [at, mask] of flips) encoded[at] = (encoded[at] ?? 0) ^ mask
          try {
            expect((await decoder.decode(encoded.subarray(0, end), image, 1)).bytes).toHaveLength(expected)
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: expect.stringMatching(/^PIXELS_/) })
          }
        }),
        { numRuns: 20 },
      )
    },
  )
})
