/**
 * Are two contents under one SOP Instance UID the same image in another encoding? Equal normalised attributes and equal
 * decoded pixels (product section 5, "Nothing overwrites").
 *
 * It runs beside the sequencer, since decoding takes its time. Whatever cannot be decoded, or be read, is taken to
 * differ: both contents are then kept and a person looks.
 */
import { type ByteRange, type Bytes, equalBytes, gather } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import type { DecodedFrame, ImageDescription } from '../pixels/image.ts'
import { type Payload, readPayload } from '../vault/payload.ts'
import type { KnownVersion } from './decide.ts'
import { decodedFrame, storedFrame } from './frame-reader.ts'
import { type PackedFrames, packFrames, unpackFrames } from './frame-table.ts'
import { settledFrameTableOf } from './frames-of.ts'
import { inflated } from './inflated.ts'
import type { Located } from './locate.ts'
import { normalisedDigest } from './normalised.ts'

export type Compare = (
  arrived: Payload,
  versions: readonly KnownVersion[],
) => Promise<ReadonlyMap<number, 'equal' | 'different'>>

export interface CompareParts {
  /** A received version, in whatever form it is kept. */
  readonly kept: (version: KnownVersion) => Promise<Payload>
  readonly decoder: FrameDecoder
}

export function openCompare({ kept, decoder }: CompareParts): Compare {
  return async (arrived, versions) => {
    const one = await side(arrived)
    const results = new Map<number, 'equal' | 'different'>()
    for (const version of versions) {
      const same = await kept(version)
        .then(side)
        .then(
          (other) => isSame(one, other, decoder),
          // What is kept cannot be read any more: all the more reason to keep what came.
          (thrown: unknown) => {
            if (thrown instanceof ArchiveError) return false
            throw thrown
          },
        )
      results.set(version.id, same ? 'equal' : 'different')
    }
    return results
  }
}

interface Side extends Located {
  /** The digest of its normalised attributes. */
  readonly attributes: string
}

async function side(payload: Payload): Promise<Side> {
  const read = await readPayload(payload)
  const at = transferSyntax(read.transferSyntax).deflated
    ? (range: ByteRange) => inflated(payload, read.dataSetStart, range)
    : (range: ByteRange) => payload.read(range)
  const table = await settledFrameTableOf(read, (range) => gather(at(range)))
  const frames = table && unpackFrames(packFrames(table))
  return {
    payload,
    original: payload,
    asReceived: true,
    patientKey: '',
    restricted: false,
    nearline: false,
    transferSyntax: read.transferSyntax,
    dsStart: read.dataSetStart,
    at,
    frames: async () => frames,
    attributes: await normalisedDigest(read.dataSet, at),
  }
}

async function isSame(one: Side, other: Side, decoder: FrameDecoder): Promise<boolean> {
  if (one.attributes !== other.attributes) return false
  const [frames, others] = [await one.frames(), await other.frames()]
  if (frames === undefined || others === undefined) return frames === others
  if (frames.count !== others.count || frames.element !== others.element) return false
  const sameSyntax = one.transferSyntax === other.transferSyntax
  for (let frame = 1; frame <= frames.count; frame += 1)
    try {
      // What is stored alike needs no decoder, and is the same even where none can read it.
      if (sameSyntax && equalBytes(await stored(one, frames, frame), await stored(other, others, frame))) continue
      const a = plain(await decodedFrame(one, frames, frame, decoder), frames.image(one.transferSyntax))
      const b = plain(await decodedFrame(other, others, frame, decoder), others.image(other.transferSyntax))
      if (a.colour !== b.colour || !equalBytes(a.bytes, b.bytes)) return false
    } catch (thrown) {
      if (thrown instanceof ArchiveError && thrown.code.startsWith('PIXELS_')) return false
      throw thrown
    }
  return true
}

const stored = async (located: Located, frames: PackedFrames, frame: number): Promise<Bytes> =>
  gather((await storedFrame(located, frames, frame)).bytes)

/** Samples colour by pixel, and what they mean. */
function plain(frame: DecodedFrame, image: ImageDescription): { readonly colour: string; readonly bytes: Bytes } {
  const byPlane = frame.planarConfiguration === 1 && image.samplesPerPixel > 1
  return {
    colour: colourOf(frame.photometricInterpretation),
    bytes: byPlane ? byPixel(frame.bytes, image) : frame.bytes,
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
