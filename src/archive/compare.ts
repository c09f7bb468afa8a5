/**
 * Are two contents under one SOP Instance UID the same image in another encoding? Equal normalised attributes and equal
 * decoded pixels (product section 5, "Nothing overwrites").
 *
 * It runs beside the sequencer, since decoding takes its time. Whatever cannot be decoded, or be read, is taken to
 * differ: both contents are then kept and a person looks.
 */
import { type ByteRange, type ByteStream, type Bytes, equalBytes, gather } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import type { ReadResult } from '../dicom/reader.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import type { ImageDescription } from '../pixels/image.ts'
import type { Inbox } from '../vault/inbox/inbox.ts'
import type { KnownVersion } from './decide.ts'
import { nativeOffsetBits, type PackedFrames, packFrames, unpackFrames } from './frame-table.ts'
import { frameTableOf } from './frames-of.ts'
import { inflated } from './inflated.ts'
import { normalisedDigest } from './normalised.ts'
import { type Payload, payloadOf, readPayload } from './payload.ts'

export type Compare = (
  arrived: Payload,
  versions: readonly KnownVersion[],
) => Promise<ReadonlyMap<number, 'equal' | 'different'>>

export interface CompareParts {
  readonly inbox: Pick<Inbox, 'read'>
  readonly decoder: FrameDecoder
}

export function openCompare({ inbox, decoder }: CompareParts): Compare {
  return async (arrived, versions) => {
    const one = await side(arrived)
    const results = new Map<number, 'equal' | 'different'>()
    for (const version of versions) {
      const other = await side(payloadOf(inbox, version))
      results.set(version.id, (await isSame(one, other, decoder)) ? 'equal' : 'different')
    }
    return results
  }
}

interface Side {
  readonly read: ReadResult
  /** Bytes at a range the reader gave: of the payload, or of the inflated data set. */
  readonly at: (range: ByteRange) => ByteStream
  readonly attributes: string
  readonly frames: PackedFrames | undefined
}

async function side(payload: Payload): Promise<Side> {
  const read = await readPayload(payload)
  const at = transferSyntax(read.transferSyntax).deflated
    ? (range: ByteRange) => inflated(payload, read.dataSetStart, range)
    : (range: ByteRange) => payload.read(range)
  const table = frameTableOf(read)
  return {
    read,
    at,
    attributes: await normalisedDigest(read.dataSet, at),
    frames: table && unpackFrames(packFrames(table)),
  }
}

async function isSame(one: Side, other: Side, decoder: FrameDecoder): Promise<boolean> {
  if (one.attributes !== other.attributes) return false
  if (one.frames === undefined || other.frames === undefined) return one.frames === other.frames
  if (one.frames.count !== other.frames.count || one.frames.element !== other.frames.element) return false
  const sameSyntax = one.read.transferSyntax === other.read.transferSyntax
  for (let frame = 1; frame <= one.frames.count; frame += 1) {
    const [a, b] = [await encoded(one, one.frames, frame), await encoded(other, other.frames, frame)]
    if (sameSyntax && equalBytes(a, b)) continue
    if (!(await decodeTheSame(one, a, other, b, frame, decoder))) return false
  }
  return true
}

async function encoded({ at }: Side, frames: PackedFrames, frame: number): Promise<Bytes> {
  const pieces: Bytes[] = []
  for (const range of frames.fragments(frame)) pieces.push(await gather(at(range)))
  return pieces.length === 1 ? (pieces[0] as Bytes) : gather(streamOf(pieces))
}

async function* streamOf(pieces: readonly Bytes[]): ByteStream {
  yield* pieces
}

async function decodeTheSame(
  one: Side,
  a: Bytes,
  other: Side,
  b: Bytes,
  frame: number,
  decoder: FrameDecoder,
): Promise<boolean> {
  try {
    const [x, y] = [await decoded(one, a, frame, decoder), await decoded(other, b, frame, decoder)]
    return x !== undefined && y !== undefined && x.colour === y.colour && equalBytes(x.bytes, y.bytes)
  } catch (thrown) {
    if (thrown instanceof ArchiveError && thrown.code.startsWith('PIXELS_')) return false
    throw thrown
  }
}

/** A frame as plain little endian samples, colour by pixel; undefined where that is not simple. */
async function decoded(
  { read, frames }: Side,
  bytes: Bytes,
  frame: number,
  decoder: FrameDecoder,
): Promise<{ readonly colour: string; readonly bytes: Bytes } | undefined> {
  if (frames === undefined) return undefined
  const image = frames.image(read.transferSyntax)
  // A frame that begins inside a byte would have to be shifted: 1-bit images are hardly ever compressed.
  if (frames.native && (nativeOffsetBits(frames.native, frame) !== 0 || frames.native.bitsPerFrame % 8 !== 0))
    return undefined
  const result = await decoder.decode(bytes, image, frame)
  const planar = result.planarConfiguration === 1 && image.samplesPerPixel > 1
  return {
    colour: colourOf(result.photometricInterpretation),
    bytes: planar ? byPixel(result.bytes, image) : result.bytes,
  }
}

/** What the samples are once decoded: the reversible transforms of JPEG 2000 are undone by its decoders. */
const colourOf = (photometric: string): string =>
  photometric === 'YBR_RCT' || photometric === 'YBR_ICT' ? 'RGB' : photometric

/** R…G…B… to RGB… */
function byPixel(bytes: Bytes, { samplesPerPixel, bitsAllocated }: ImageDescription): Bytes {
  const size = bitsAllocated >> 3
  const plane = bytes.length / samplesPerPixel
  const out = new Uint8Array(bytes.length)
  for (let sample = 0, from = 0; sample < samplesPerPixel; sample += 1)
    for (let to = sample * size; to < out.length && from < (sample + 1) * plane; to += samplesPerPixel * size)
      for (let at = 0; at < size; at += 1, from += 1) out[to + at] = bytes[from] ?? 0
  return out
}
