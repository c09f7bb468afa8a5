/**
 * RLE Lossless, the way there (PS3.5 Annex G): a segment for each byte of each sample, the most significant first, its rows
 * packed one by one (G.3.1), each segment of an even length.
 */
import type { ImageDescription } from '../pixels/image.ts'

const HEADER = 64
/** G.5: the header has room for so many offsets. */
const MOST_SEGMENTS = 15

/** Why an image cannot be written so; undefined when it can. */
export const rleObstacle = ({ samplesPerPixel, bitsAllocated }: ImageDescription): string | undefined =>
  samplesPerPixel * Math.max(1, bitsAllocated >> 3) > MOST_SEGMENTS ? 'more than 15 segments' : undefined

/** @param samples  little endian, colour by pixel; one bit a pixel packed */
export function encodeRle(samples: Uint8Array, image: ImageDescription): Uint8Array<ArrayBuffer> {
  const { rows, columns, samplesPerPixel, bitsAllocated } = image
  const bytesPerSample = Math.max(1, bitsAllocated >> 3)
  const stride = samplesPerPixel * bytesPerSample
  // Rows of single bits are not whole bytes: the frame is packed as one.
  const [lines, width] = bitsAllocated === 1 ? [1, samples.length] : [rows, columns]
  // PackBits adds a byte to every 128 at worst.
  const out = new Uint8Array(HEADER + stride * (lines * (width + Math.ceil(width / 128)) + 1))
  const view = new DataView(out.buffer)
  view.setUint32(0, stride, true)
  let to = HEADER
  const row = new Uint8Array(width)
  for (let segment = 0; segment < stride; segment += 1) {
    view.setUint32(4 + segment * 4, to, true)
    const sample = Math.floor(segment / bytesPerSample)
    const first = sample * bytesPerSample + bytesPerSample - 1 - (segment % bytesPerSample)
    for (let line = 0; line < lines; line += 1) {
      const start = line * width * stride + first
      for (let at = 0; at < width; at += 1) row[at] = samples[start + at * stride] ?? 0
      to = pack(row, out, to)
    }
    if (to % 2 === 1) to += 1
  }
  return out.slice(0, to)
}

/** PackBits of one row: runs of two and more as they are, what lies between as it stands. Gives where the next byte goes. */
function pack(row: Uint8Array, out: Uint8Array, start: number): number {
  let to = start
  let literal = 0
  const flush = (end: number): void => {
    while (literal < end) {
      const length = Math.min(128, end - literal)
      out[to] = length - 1
      out.set(row.subarray(literal, literal + length), to + 1)
      to += length + 1
      literal += length
    }
  }
  for (let at = 0; at < row.length; ) {
    let run = 1
    while (run < 128 && at + run < row.length && row[at + run] === row[at]) run += 1
    // A run of two inside a literal saves nothing.
    if (run < 3) {
      at += run
      continue
    }
    flush(at)
    out[to] = 257 - run
    out[to + 1] = row[at] ?? 0
    to += 2
    at += run
    literal = at
  }
  flush(row.length)
  return to
}
