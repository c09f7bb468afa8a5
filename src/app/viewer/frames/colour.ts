/**
 * Colour frames as red, green, blue, 8 bits each (PS3.3 C.7.6.3.1.2).
 *
 * YBR_ICT and YBR_RCT are undone by the JPEG 2000 decoder and arrive as RGB.
 */
import type { DecodedFormat } from './displayable.ts'

export function rgbOf(bytes: Uint8Array, format: DecodedFormat): Uint8Array {
  const { rows, columns, samplesPerPixel, photometricInterpretation: photometric } = format
  const count = rows * columns
  const subsampled = photometric === 'YBR_FULL_422' || photometric === 'YBR_PARTIAL_422'
  if (subsampled && bytes.length < count * 3) return from422(narrow(bytes, format), count, photometric)
  const needed = (count * samplesPerPixel * format.bitsAllocated) / 8
  if (bytes.length < needed) throw new Error(`the frame has ${bytes.length} bytes of ${needed}`)
  const samples = byPixel(narrow(bytes, format), count, format)
  if (photometric === 'YBR_FULL' || photometric === 'YBR_FULL_422') return inPlace(samples, full)
  if (photometric.startsWith('YBR_PARTIAL')) return inPlace(samples, partial)
  return samples
}

/** One byte a sample: the upper 8 of the stored bits. */
function narrow(bytes: Uint8Array, { bitsAllocated, bitsStored }: DecodedFormat): Uint8Array {
  if (bitsAllocated !== 16) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const out = new Uint8Array(bytes.length >> 1)
  const down = Math.max(0, bitsStored - 8)
  for (let at = 0; at < out.length; at++) out[at] = view.getUint16(at * 2, true) >> down
  return out
}

/** Red, green, blue of each pixel together; a fourth sample (ARGB is retired) is dropped. */
function byPixel(
  samples: Uint8Array,
  count: number,
  { samplesPerPixel, planarConfiguration }: DecodedFormat,
): Uint8Array {
  const out = new Uint8Array(count * 3)
  for (let at = 0; at < count; at++)
    for (let sample = 0; sample < 3; sample++)
      out[at * 3 + sample] =
        samples[planarConfiguration === 1 ? sample * count + at : at * samplesPerPixel + sample] ?? 0
  return out
}

type Convert = (y: number, cb: number, cr: number) => readonly [number, number, number]

/** PS3.3 C.7.6.3.1.2, YBR_FULL: CCIR 601 with full range. */
const full: Convert = (y, cb, cr) => [
  y + 1.402 * (cr - 128),
  y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
  y + 1.772 * (cb - 128),
]

/** YBR_PARTIAL: black at 16, white at 235. */
const partial: Convert = (y, cb, cr) => [
  1.1644 * (y - 16) + 1.596 * (cr - 128),
  1.1644 * (y - 16) - 0.3917 * (cb - 128) - 0.8129 * (cr - 128),
  1.1644 * (y - 16) + 2.0173 * (cb - 128),
]

function inPlace(samples: Uint8Array, convert: Convert): Uint8Array {
  const out = new Uint8ClampedArray(samples.buffer, samples.byteOffset, samples.length)
  for (let at = 0; at < out.length; at += 3) out.set(convert(out[at] ?? 0, out[at + 1] ?? 0, out[at + 2] ?? 0), at)
  return samples
}

/** Two pixels share their colour: Y1 Y2 Cb Cr. */
function from422(samples: Uint8Array, count: number, photometric: string): Uint8Array {
  if (samples.length < count * 2) throw new Error(`the frame has ${samples.length} bytes of ${count * 2}`)
  const out = new Uint8ClampedArray(count * 3)
  const convert = photometric === 'YBR_FULL_422' ? full : partial
  for (let at = 0; at < count; at++) {
    const group = (at >> 1) * 4
    const [cb, cr] = [samples[group + 2] ?? 0, samples[group + 3] ?? 0]
    out.set(convert(samples[group + (at & 1)] ?? 0, cb, cr), at * 3)
  }
  return new Uint8Array(out.buffer)
}
