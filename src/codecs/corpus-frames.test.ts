/**
 * Every frame of the corpus decoded, and its digest compared with `pixels.tsv` of the corpus.
 *
 * All decoders here are WebAssembly or our own, so they give the same bits on every machine: lossy frames too must have
 * the digest on which the referees of the table agree, not just come near it.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { corpus, corpusDir, corpusTable } from '../../test/support/corpus.ts'
import { ArchiveError } from '../base/errors.ts'
import { T, UIDS } from '../dicom/dictionary.ts'
import { frameRanges } from '../dicom/encapsulation.ts'
import { readWhole } from '../dicom/reader.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import type { Uid } from '../dicom/uid.ts'
import { readCodestream } from '../pixels/codestream.ts'
import { byPixel, cutFrame, nativeFrameRange, packBits, unpackBits } from '../pixels/frame.ts'
import { type DecodedFrame, describeImage, type ImageDescription } from '../pixels/image.ts'
import { openFrameDecoder } from './open.ts'

const decoder = openFrameDecoder({ workers: Math.min(2, cpus().length), timeoutMs: 60_000 })
afterAll(() => decoder.close())

const folder = corpusDir() ?? ''

interface Frames {
  readonly image: ImageDescription
  readonly encoded: readonly Uint8Array[]
}

/** A Part 10 file or bare data set: its frames as they are stored, native ones cut out but in their own byte order. */
const framesOfFile = (path: string): Frames => framesAt(join(folder, path))

function framesAt(path: string): Frames {
  const bytes = readFileSync(path)
  const read = readWhole(bytes)
  const image = describeImage(read.dataSet, read.transferSyntax)
  if (image === undefined) throw new Error(`${path} has no image`)
  const syntax = transferSyntax(read.transferSyntax)
  if (syntax.encapsulated) {
    const ranges = frameRanges(read.dataSet, image.frames)
    return { image, encoded: ranges.map((of) => Buffer.concat(of.map(({ start, end }) => bytes.subarray(start, end)))) }
  }
  const element = [T.PixelData, T.FloatPixelData, T.DoubleFloatPixelData]
    .map((tag) => read.dataSet.elements.get(tag))
    .find((found) => found !== undefined)
  if (element === undefined) throw new Error(`${path} has no pixel data`)
  const whole = syntax.deflated
    ? Buffer.concat([bytes.subarray(0, read.dataSetStart), inflateRawSync(bytes.subarray(read.dataSetStart))])
    : bytes
  const { value } = element
  const pixels =
    value.kind === 'bytes'
      ? value.bytes
      : value.kind === 'distant'
        ? whole.subarray(value.range.start, value.range.end)
        : new Uint8Array(0)
  const encoded = Array.from({ length: image.frames }, (_, at) => {
    const range = nativeFrameRange(image, at + 1)
    return cutFrame(pixels.subarray(range.start, range.end), range)
  })
  return { image, encoded }
}

/** Transfer syntaxes of the bare codestreams, by what their file names end in. */
const SYNTAXES: Readonly<Record<string, Uid>> = {
  '.j2c': UIDS.HTJ2KLossless,
  '.jp2': UIDS.JPEG2000Lossless,
  '.jls': UIDS.JPEGLSLossless,
  '.jpg': UIDS.JPEGLossless,
  '.rle': UIDS.RLELossless,
}

function framesOfCodestream(row: Readonly<Record<string, string>>): Frames {
  const path = row['path'] ?? ''
  const encoded = readFileSync(join(folder, path))
  const header = readCodestream(encoded)
  const bitsAllocated = Number(row['bits_allocated'])
  const image: ImageDescription = {
    transferSyntax: SYNTAXES[extname(path)] ?? UIDS.ExplicitVRLittleEndian,
    rows: Number(row['rows']) || (header?.rows ?? 0),
    columns: Number(row['cols']) || (header?.columns ?? 0),
    frames: 1,
    samplesPerPixel: Number(row['samples']),
    bitsAllocated,
    bitsStored: header?.bits ?? bitsAllocated,
    highBit: (header?.bits ?? bitsAllocated) - 1,
    signed: header?.signed === true,
    planarConfiguration: 0,
    photometricInterpretation: row['photometric_of_bytes'] ?? '',
  }
  return { image, encoded: [encoded] }
}

async function decodeAll({ image, encoded }: Frames): Promise<readonly DecodedFrame[]> {
  return Promise.all(encoded.map((bytes, at) => decoder.decode(bytes, image, at + 1)))
}

/** As the table has it: colour by pixel, frames of one bit a pixel one after the other, bit by bit. */
function digest(decoded: readonly DecodedFrame[], image: ImageDescription): string {
  const hash = createHash('sha256')
  if (image.bitsAllocated === 1) {
    const pixels = image.rows * image.columns
    hash.update(packBits(Buffer.concat(decoded.map(({ bytes }) => unpackBits(bytes, pixels)))))
  } else
    for (const { bytes, planarConfiguration } of decoded)
      hash.update(planarConfiguration === 1 ? byPixel(bytes, image.samplesPerPixel, image.bitsAllocated >> 3) : bytes)
  return hash.digest('hex')
}

describe.skipIf(corpusDir() === undefined)('the pixels of the corpus', () => {
  const rows = corpusTable('pixels.tsv')

  it('are listed', () => {
    expect(rows.length).toBeGreaterThan(500)
  })

  it.each(rows.map((row) => [row['path'] ?? '', row['kind'] ?? '', row['transfer_syntax_uid'] ?? '', row] as const))(
    '%s (%s, %s)',
    async (path, _kind, _syntax, row) => {
      const frames = path.startsWith('codestreams/') ? framesOfCodestream(row) : framesOfFile(path)
      const decoded = await decodeAll(frames)
      expect(decoded).toHaveLength(Number(row['frames']))
      expect(digest(decoded, frames.image)).toBe(row['sha256'])
      const [first] = decoded
      // The table says MONOCHROME for the bare HTJ2K codestreams, which cannot know.
      expect(first?.photometricInterpretation).toBe(row['photometric_of_bytes'])
    },
  )
})

/** Files of the manifest whose pixels have no digest, and what is made of them here. */
const WITHOUT_DIGEST: Readonly<
  Record<string, 'equals its twin' | 'near GDCM' | 'equals libjxl' | 'as stored' | 'refused' | 'unreadable'>
> = {
  'seg/liver_deflate.dcm': 'equals its twin',
  'seg/liver_j2k.dcm': 'equals its twin',
  'seg/liver_rle.dcm': 'equals its twin',
  'seg/liver_nonbyte_aligned_deflate.dcm': 'equals its twin',
  'seg/liver_nonbyte_aligned_j2k.dcm': 'equals its twin',
  'seg/liver_nonbyte_aligned_rle.dcm': 'equals its twin',
  'transfer-syntaxes/rgb-small/SC_rgb_jpeg.dcm': 'near GDCM',
  'transfer-syntaxes/jpeg-xl/will-jxl.dcm': 'equals libjxl',
  'malformed/2026-05-26-oob-monochrome-46341.dcm': 'refused',
  'malformed/GH340.dcm': 'as stored',
  'malformed/JPEG2000-embedded-sequence-delimiter.dcm': 'refused',
  'malformed/genFile.dcm': 'refused',
  'malformed/2026-05-06-Deeply-Nested-Sequence.dcm': 'unreadable',
  'malformed/MR_truncated.dcm': 'unreadable',
}

const named = (outcome: string): string[] =>
  Object.entries(WITHOUT_DIGEST).flatMap(([path, what]) => (what === outcome ? [path] : []))

describe.skipIf(corpusDir() === undefined)('the images of the corpus that have no digest', () => {
  it('are all accounted for', () => {
    const without = corpus().filter(({ columns }) => (columns['pixel_truth'] ?? '').startsWith('none'))
    expect(without.map(({ path }) => path).sort()).toEqual(Object.keys(WITHOUT_DIGEST).sort())
  })

  it.each(named('equals its twin'))('%s has the pixels of its uncompressed twin', async (path) => {
    const twin = framesOfFile(path.replace(/_(deflate|j2k|rle)/, ''))
    const frames = framesOfFile(path)
    expect(digest(await decodeAll(frames), frames.image)).toBe(digest(await decodeAll(twin), twin.image))
  })

  it.each(named('near GDCM'))('%s is within two levels of what GDCM makes of it', async (path) => {
    const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-'))
    try {
      const plain = join(scratch, 'plain.dcm')
      execFileSync('gdcmconv', ['--raw', join(folder, path), plain])
      expect(farthest(await decodeAll(framesOfFile(path)), framesAt(plain).encoded)).toBeLessThanOrEqual(2)
    } finally {
      rmSync(scratch, { recursive: true })
    }
  })

  it.each(named('equals libjxl'))('%s has the pixels another build of libjxl makes of it', async (path) => {
    const { image, encoded } = framesOfFile(path)
    const some = encoded.slice(0, 3)
    expect(farthest(await decodeAll({ image, encoded: some }), await Promise.all(some.map(byLibjxl)))).toBe(0)
  })

  it.each(named('as stored'))('%s, whose samples of 12 bits are packed, is given as it is stored', async (path) => {
    const frames = framesOfFile(path)
    expect((await decodeAll(frames)).map(({ bytes }) => bytes)).toEqual(frames.encoded)
  })

  it.each(named('refused'))('%s is refused with a reason', async (path) => {
    await expect(decodeAll(framesOfFile(path))).rejects.toThrow(/^Frame|^Frames in transfer syntax/)
  })

  it.each(named('unreadable'))('%s cannot be read at all', (path) => {
    expect(() => framesOfFile(path)).toThrow(ArchiveError)
  })
})

/** The largest difference between two samples of 8 bits. */
function farthest(ours: readonly DecodedFrame[], theirs: readonly Uint8Array[]): number {
  expect(theirs).toHaveLength(ours.length)
  let most = 0
  for (const [at, { bytes }] of ours.entries()) {
    const other = theirs[at] ?? new Uint8Array(0)
    expect(other.length).toBe(bytes.length)
    for (let byte = 0; byte < bytes.length; byte += 1)
      most = Math.max(most, Math.abs((bytes[byte] ?? 0) - (other[byte] ?? 0)))
  }
  return most
}

/** The decoder the viewer uses in browsers, given its WebAssembly by hand: it would fetch it. */
async function byLibjxl(encoded: Uint8Array): Promise<Uint8Array> {
  const { resolve } = createRequire(import.meta.url)
  const wasmBinary = readFileSync(resolve('@cornerstonejs/codec-libjxl/decodewasm'))
  const { default: factory } = (await import(resolve('@cornerstonejs/codec-libjxl'))) as {
    default: (options: object) => Promise<{ JpegXLDecoder: new () => CornerstoneDecoder }>
  }
  const { JpegXLDecoder } = await factory({ wasmBinary, print() {}, printErr() {} })
  const decoder = new JpegXLDecoder()
  decoder.getEncodedBuffer(encoded.length).set(encoded)
  decoder.decode()
  return decoder.getDecodedBuffer().slice()
}
