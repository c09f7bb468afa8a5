/**
 * RLE Lossless (PS3.5 Annex G): a header of 64 bytes, then one PackBits segment for each byte of each sample, the most
 * significant byte first. Our own, since it is short, exact at every depth, and says when a segment does not fit.
 */
import { ArchiveError } from '../base/errors.ts'
import type { ImageDescription } from '../pixels/image.ts'

const HEADER = 64

/**
 * The samples, little endian, colour by pixel.
 * @throws {ArchiveError} `PIXELS_DAMAGED`
 */
export function decodeRle(encoded: Uint8Array, image: ImageDescription, frame: number): Uint8Array {
  const { samplesPerPixel } = image
  // One bit a pixel is packed eight to a byte before it is compressed (PS3.5 section 8.2.2).
  const bytesPerSample = Math.max(1, image.bitsAllocated >> 3)
  const pixels = image.bitsAllocated === 1 ? Math.ceil((image.rows * image.columns) / 8) : image.rows * image.columns
  const damaged = (why: string): ArchiveError => new ArchiveError('PIXELS_DAMAGED', { frame, why })
  if (encoded.length < HEADER) throw damaged('the RLE header is cut off')
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  const count = view.getUint32(0, true)
  if (count !== samplesPerPixel * bytesPerSample)
    throw damaged(`${count} RLE segments where ${samplesPerPixel * bytesPerSample} were expected`)

  const stride = samplesPerPixel * bytesPerSample
  const out = new Uint8Array(pixels * stride)
  for (let segment = 0; segment < count; segment += 1) {
    const start = view.getUint32(4 + segment * 4, true)
    const next = segment + 1 < count ? view.getUint32(8 + segment * 4, true) : encoded.length
    const end = Math.min(next > start ? next : encoded.length, encoded.length)
    if (start < HEADER || start > encoded.length) throw damaged(`RLE segment ${segment + 1} begins at ${start}`)
    const sample = Math.floor(segment / bytesPerSample)
    const byte = bytesPerSample - 1 - (segment % bytesPerSample)
    const filled = unpack(encoded, start, end, out, sample * bytesPerSample + byte, stride)
    if (filled < pixels) throw damaged(`RLE segment ${segment + 1} ends after ${filled} of ${pixels} bytes`)
  }
  return out
}

/** PackBits (PS3.5 G.3.1) into every `stride`-th byte; how many were written. What would run over is left aside. */
function unpack(
  encoded: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  first: number,
  stride: number,
): number {
  let to = first
  let at = start
  while (at < end && to < out.length) {
    const control = encoded[at] ?? 0
    at += 1
    if (control < 128) {
      const last = Math.min(at + control + 1, end)
      for (; at < last && to < out.length; at += 1, to += stride) out[to] = encoded[at] ?? 0
    } else if (control > 128) {
      if (at >= end) break
      const value = encoded[at] ?? 0
      at += 1
      for (let left = 257 - control; left > 0 && to < out.length; left -= 1, to += stride) out[to] = value
    }
  }
  return Math.ceil((to - first) / stride)
}
