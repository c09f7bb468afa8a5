/**
 * Brings what a decoder gave into the shape of the data set: samples `bitsAllocated` wide, little endian, colour by
 * pixel.
 *
 * Bits above those stored stay as the codestream has them, as with every other decoder: for signed samples of 12 bits
 * they may be zero or the sign, and whoever reads samples takes Bits Stored bits and extends them (PS3.5 section 8.1.1).
 */
import { ArchiveError } from '../base/errors.ts'
import { byPixel, packBits } from '../pixels/frame.ts'
import type { ImageDescription } from '../pixels/image.ts'

export interface DecoderOutput {
  readonly bytes: Uint8Array
  /** Bytes of one sample in `bytes`: 1, 2 or 4. */
  readonly width: number
  /** Does the codestream say that samples are signed, so that their last byte carries the sign? */
  readonly signed: boolean
  /** Are all samples of a component together? */
  readonly planar: boolean
}

/** @throws {ArchiveError} `PIXELS_DAMAGED` when there are more or fewer samples than the image has */
export function fitSamples(output: DecoderOutput, image: ImageDescription, frame: number): Uint8Array {
  const { rows, columns, samplesPerPixel, bitsAllocated } = image
  const count = rows * columns * samplesPerPixel
  const { width } = output
  if (output.bytes.length !== count * width)
    throw new ArchiveError('PIXELS_DAMAGED', {
      frame,
      why: `the decoder gave ${output.bytes.length} bytes where ${count * width} were expected`,
    })
  // No codec packs bits: images of one bit are coded a byte a pixel.
  if (bitsAllocated === 1) return packBits(output.bytes)
  const target = bitsAllocated >> 3
  const bytes = output.planar ? byPixel(output.bytes, samplesPerPixel, width) : output.bytes
  if (width === target) return bytes
  if (target < width)
    throw new ArchiveError('PIXELS_DAMAGED', { frame, why: `samples of ${width} bytes do not fit into ${target}` })
  return widen(bytes, width, target, output.signed)
}

/** Samples of `width` bytes as samples of `target` bytes, the new bytes zero or the sign. */
function widen(bytes: Uint8Array, width: number, target: number, signed: boolean): Uint8Array {
  const out = new Uint8Array((bytes.length / width) * target)
  for (let from = 0, to = 0; from < bytes.length; from += width, to += target) {
    for (let byte = 0; byte < width; byte += 1) out[to + byte] = bytes[from + byte] ?? 0
    if (signed && (out[to + width - 1] ?? 0) >= 0x80) out.fill(0xff, to + width, to + target)
  }
  return out
}
