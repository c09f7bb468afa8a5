/**
 * Arithmetic of frames: how long one is, and where native ones lie (PS3.5 sections 8.1.1 and 8.2, PS3.3 C.7.6.3.1.2).
 *
 * Native frames follow each other bit by bit: only the whole value is padded to an even length, so frames of an odd
 * number of bytes begin at odd offsets, and frames of one bit a pixel may begin inside a byte.
 */
import type { Bytes } from '../base/bytes.ts'
import type { ImageDescription } from './image.ts'

/** The model in which two pixels share one pair of chrominance samples: Y Y Cb Cr, two samples a pixel. */
const HALF_CHROMINANCE = new Set(['YBR_FULL_422', 'YBR_PARTIAL_422'])

/** Bits of a decoded frame: every pixel with all its samples. */
export const frameBits = ({ rows, columns, samplesPerPixel, bitsAllocated }: ImageDescription): number =>
  rows * columns * samplesPerPixel * bitsAllocated

/** Bytes of a decoded frame. */
export const frameLength = (image: ImageDescription): number => Math.ceil(frameBits(image) / 8)

/** Bits of a frame as native Pixel Data holds it, which is fewer when chrominance is halved. */
export function nativeFrameBits(image: ImageDescription): number {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometricInterpretation } = image
  const samples = samplesPerPixel === 3 && HALF_CHROMINANCE.has(photometricInterpretation) ? 2 : samplesPerPixel
  return rows * columns * samples * bitsAllocated
}

/** Bytes of a native frame that begins at a byte of its own. */
export const nativeFrameLength = (image: ImageDescription): number => Math.ceil(nativeFrameBits(image) / 8)

/** Where a native frame lies in the value of Pixel Data. */
export interface NativeRange {
  /** Bytes that hold the frame; `end` is exclusive. */
  readonly start: number
  readonly end: number
  /** Bits of the first byte that belong to the frame before: 0 to 7. */
  readonly skip: number
  readonly bits: number
}

/** @param frame  number from 1 */
export function nativeFrameRange(image: ImageDescription, frame: number): NativeRange {
  const bits = nativeFrameBits(image)
  const first = bits * (frame - 1)
  const start = Math.floor(first / 8)
  return { start, end: Math.ceil((first + bits) / 8), skip: first - start * 8, bits }
}

/**
 * The frame out of the bytes of its range, beginning at a byte of its own; the first pixel is the lowest bit. Bits after
 * the last are zero. Nothing is copied when the frame begins at a byte.
 */
export function cutFrame(bytes: Bytes, { skip, bits }: Pick<NativeRange, 'skip' | 'bits'>): Bytes {
  const length = Math.ceil(bits / 8)
  const rest = bits % 8
  if (skip === 0 && rest === 0) return bytes.subarray(0, length)
  const out = new Uint8Array(length)
  for (let at = 0; at < length; at += 1) out[at] = ((bytes[at] ?? 0) >> skip) | ((bytes[at + 1] ?? 0) << (8 - skip))
  if (rest > 0) out[length - 1] = (out[length - 1] ?? 0) & ((1 << rest) - 1)
  return out
}

/** One bit a pixel, packed from the lowest bit of each byte, out of one byte a pixel: anything but 0 is 1. */
export function packBits(pixels: Bytes): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(Math.ceil(pixels.length / 8))
  for (let at = 0; at < pixels.length; at += 1)
    if (pixels[at] !== 0) out[at >> 3] = (out[at >> 3] ?? 0) | (1 << (at & 7))
  return out
}

/** One byte a pixel, 0 or 1, out of packed bits. */
export function unpackBits(packed: Bytes, count: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(count)
  for (let at = 0; at < count; at += 1) out[at] = ((packed[at >> 3] ?? 0) >> (at & 7)) & 1
  return out
}

/** R, R, … G, G, … B, B to R, G, B (planar configuration 1 to 0); `width` is the bytes of a sample. */
export function byPixel(bytes: Bytes, samplesPerPixel: number, width: number): Bytes {
  if (samplesPerPixel === 1) return bytes
  const plane = Math.floor(bytes.length / samplesPerPixel)
  const stride = samplesPerPixel * width
  const out = new Uint8Array(bytes.length)
  for (let sample = 0; sample < samplesPerPixel; sample += 1)
    for (let from = sample * plane, to = sample * width; from < (sample + 1) * plane; from += width, to += stride)
      for (let byte = 0; byte < width; byte += 1) out[to + byte] = bytes[from + byte] ?? 0
  return out
}

/**
 * The stored values of a decoded frame, one after the other (PS3.5 section 8.1.1): Bits Stored bits below High Bit,
 * signed or not. Overlays and other things above or below do not reach the values.
 */
export function storedValues(
  bytes: Bytes,
  image: ImageDescription,
): Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, highBit, signed } = image
  const count = rows * columns * samplesPerPixel
  if (bitsAllocated === 1) return Int32Array.from(unpackBits(bytes, count))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const width = bitsAllocated >> 3
  const present = Math.min(count, Math.floor(bytes.length / width))
  if (bitsAllocated > 32) throw new RangeError(`${bitsAllocated} bits are no integer samples`)
  // 32 unsigned bits do not fit into an Int32Array.
  const out = bitsStored > 31 && !signed ? new Float64Array(count) : new Int32Array(count)
  const left = 31 - highBit
  const right = 32 - bitsStored
  for (let at = 0; at < present; at += 1) {
    const raw =
      width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at * 2, true) : view.getUint32(at * 4, true)
    out[at] = signed ? (raw << left) >> right : (raw << left) >>> right
  }
  return out
}
