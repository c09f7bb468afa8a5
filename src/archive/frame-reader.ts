/**
 * One frame at a time, as its bytes are stored or decoded: a range read when it lies in one piece, without parsing the
 * data set and without touching the other frames.
 */
import { type ByteStream, type Bytes, gather } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { EncodedFrame } from '../codecs/encode.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { EXPLICIT_LITTLE, transferSyntax } from '../dicom/transfer-syntaxes.ts'
import type { Uid } from '../dicom/uid.ts'
import { bytesOf } from '../dicom/values.ts'
import { cornersOf } from '../pixels/annotation.ts'
import { cutFrame, frameLength } from '../pixels/frame.ts'
import type { DecodedFrame } from '../pixels/image.ts'
import { presentationOf } from '../pixels/presentation.ts'
import { renderingOf } from '../pixels/rendering.ts'
import { readPayload } from '../vault/payload.ts'
import type { PictureAsk } from './archive.ts'
import { nativeOffsetBits, type PackedFrames } from './frame-table.ts'
import type { Located } from './locate.ts'

export interface StoredFrame {
  /** Of the bytes: the instance's own for a codestream, Explicit VR Little Endian for plain samples. */
  readonly transferSyntax: Uid
  readonly bytes: ByteStream
  readonly size: number
}

/**
 * The codestream of a compressed frame, its fragments joined; of a native one its samples, little endian.
 * @throws {ArchiveError} `PIXELS_NO_FRAME`, `PIXELS_DAMAGED`
 */
export async function storedFrame(located: Located, frames: PackedFrames, frame: number): Promise<StoredFrame> {
  const ranges = frames.fragments(frame)
  if (frames.native === undefined) {
    const size = ranges.reduce((sum, { start, end }) => sum + end - start, 0)
    return { transferSyntax: located.transferSyntax, bytes: joined(located, ranges), size }
  }
  const { native } = frames
  const size = Math.ceil(native.bitsPerFrame / 8)
  const skip = nativeOffsetBits(native, frame)
  const [range] = ranges
  if (range === undefined || (range.end - range.start) * 8 < skip + native.bitsPerFrame)
    throw new ArchiveError('PIXELS_DAMAGED', { frame, why: 'the pixel data ends before the frame does' })
  const common = { transferSyntax: EXPLICIT_LITTLE.uid, size }
  if (native.swapUnit === 1 && skip % 8 === 0 && native.bitsPerFrame % 8 === 0)
    return { ...common, bytes: located.at({ start: range.start + skip / 8, end: range.start + skip / 8 + size }) }
  const words = await gather(located.at(range))
  turnWords(words, native.swapUnit)
  return { ...common, bytes: once(cutFrame(words.subarray(skip >> 3), { skip: skip % 8, bits: native.bitsPerFrame })) }
}

/**
 * The frame's samples, little endian.
 * @throws {ArchiveError} `PIXELS_NO_FRAME`, `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED`
 */
export async function decodedFrame(
  located: Located,
  frames: PackedFrames,
  frame: number,
  decoder: FrameDecoder,
): Promise<DecodedFrame> {
  const image = frames.image(located.transferSyntax)
  const stored = await storedFrame(located, frames, frame)
  const bytes = await gather(stored.bytes)
  const { codec } = transferSyntax(located.transferSyntax)
  const { photometricInterpretation, planarConfiguration } = image
  if (!frames.encapsulated) return { bytes, photometricInterpretation, planarConfiguration }
  if (codec === 'native') {
    // Encapsulated Uncompressed (PS3.5 A.4.11): samples as they are, a byte of padding perhaps.
    if (bytes.length < frameLength(image))
      throw new ArchiveError('PIXELS_DAMAGED', { frame, why: 'its fragments are shorter than the frame' })
    return { bytes: bytes.subarray(0, frameLength(image)), photometricInterpretation, planarConfiguration }
  }
  return decoder.decode(bytes, image, frame)
}

/**
 * The frame in another transfer syntax, without loss.
 * @throws {ArchiveError} as `decodedFrame`; `PIXELS_UNSUPPORTED` when it cannot be kept to the bit there
 */
export async function encodedFrame(
  located: Located,
  frames: PackedFrames,
  frame: number,
  decoder: FrameDecoder,
  target: Uid,
): Promise<EncodedFrame> {
  // Native samples come little endian, whatever they lie in.
  const native = !frames.encapsulated || transferSyntax(located.transferSyntax).codec === 'native'
  const image = frames.image(native ? EXPLICIT_LITTLE.uid : located.transferSyntax)
  if (frames.element !== 0x10)
    throw new ArchiveError('PIXELS_UNSUPPORTED', { transferSyntax: target, why: 'it holds no floating point' })
  const { bytes } = await storedFrame(located, frames, frame)
  const whole = await gather(bytes)
  return decoder.encode(native ? whole.subarray(0, frameLength(image)) : whole, image, frame, target)
}

/**
 * The frame as a picture.
 *
 * @param state  the data set of a presentation state it is shown by
 * @throws {ArchiveError} as `decodedFrame`
 */
export async function picturedFrame(
  located: Located,
  frames: PackedFrames,
  frame: number,
  decoder: FrameDecoder,
  { window, annotations = [], colours, state: _, ...options }: PictureAsk,
  state?: { readonly dataSet: DataSet; readonly instance: string },
): Promise<Uint8Array> {
  // Native samples come little endian, whatever they lie in.
  const image = frames.image(frames.encapsulated ? located.transferSyntax : EXPLICIT_LITTLE.uid)
  const { dataSet } = await readPayload(located.payload)
  if (frames.element !== 0x10)
    throw new ArchiveError('PIXELS_UNSUPPORTED', {
      transferSyntax: located.transferSyntax,
      why: 'samples in floating point have no picture',
    })
  const stored = await storedFrame(located, frames, frame)
  const presentation = state && presentationOf(state.dataSet, state.instance, frame, image)
  const corners = cornersOf(dataSet, annotations, frame)
  const profile = bytesOf(dataSet.elements.get(T.ICCProfile))
  return decoder.picture(
    await gather(stored.bytes),
    image,
    frame,
    renderingOf(dataSet, image, frame, window, presentation),
    {
      ...options,
      ...(presentation === undefined ? {} : { presentation }),
      ...(corners === undefined ? {} : { corners }),
      ...(colours === undefined
        ? {}
        : { colours: { space: colours, profile: profile.length === 0 ? undefined : profile } }),
    },
  )
}

/** @throws {ArchiveError} `PIXELS_NO_FRAME` for the first number that names none */
export function checkFrames(frames: PackedFrames | undefined, numbers: readonly number[]): PackedFrames {
  const count = frames?.count ?? 0
  for (const frame of numbers)
    if (!Number.isInteger(frame) || frame < 1 || frame > count)
      throw new ArchiveError('PIXELS_NO_FRAME', { frame, frames: count })
  if (frames === undefined) throw new ArchiveError('PIXELS_NO_FRAME', { frame: 1, frames: 0 })
  return frames
}

async function* joined(located: Located, ranges: ReturnType<PackedFrames['fragments']>): ByteStream {
  for (const range of ranges) yield* located.at(range)
}

export async function* once(bytes: Bytes): ByteStream {
  yield bytes
}

/** Turns every word round, in place. */
export function turnWords(bytes: Uint8Array, unit: number): void {
  if (unit === 1) return
  for (let at = 0; at + unit <= bytes.length; at += unit) bytes.subarray(at, at + unit).reverse()
}
