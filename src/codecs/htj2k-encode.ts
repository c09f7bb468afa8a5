/**
 * Frames to HTJ2K lossless in resolution order (1.2.840.10008.1.2.4.202; PS3.5 sections 8.2.14 and 10.18), by OpenJPH:
 * RPCL progression, tile-parts by resolution with a TLM marker, decompositions until the smallest image is 64 pixels high
 * or wide, so that thumbnails and half sizes are the beginning of the codestream.
 *
 * The encoder is not trusted: who calls it proves by decoding that the samples come back.
 */
import { byPixel } from '../pixels/frame.ts'
import type { ImageDescription } from '../pixels/image.ts'

const quiet = () => {}

/** Loaded by the first frame: it takes 50 MB from then on, and only the sealing thread has frames to encode. */
const load = async () => {
  const { default: factory } = await import('@cornerstonejs/codec-openjph/wasmjs')
  return factory({ print: quiet, printErr: quiet })
}
let module: ReturnType<typeof load> | undefined

/** PS3.5 10.18: the lowest resolution has at most so many rows or columns. */
const SMALLEST = 64
const MOST_DECOMPOSITIONS = 8
const RPCL = 2

/** Why an image cannot be written as HTJ2K; undefined when it can. Of the description alone: samples may still forbid it. */
export function htj2kObstacle(image: ImageDescription): string | undefined {
  const { samplesPerPixel, bitsAllocated, bitsStored, highBit, photometricInterpretation } = image
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return `${bitsAllocated} bits allocated`
  if (highBit !== bitsStored - 1 || bitsStored > bitsAllocated || bitsStored < 2) return 'bits stored elsewhere'
  if (samplesPerPixel === 1) return undefined
  if (samplesPerPixel !== 3) return `${samplesPerPixel} samples a pixel`
  // OpenJPH's encoder writes wrong pixels for colour of 16 bits.
  if (bitsAllocated !== 8 || bitsStored !== 8) return 'colour of more than 8 bits'
  if (image.signed) return 'signed colour'
  return photometricInterpretation === 'RGB' || photometricInterpretation === 'YBR_FULL'
    ? undefined
    : `colour as ${photometricInterpretation}`
}

/** The reversible colour transform is used for RGB; then the codestream's colour is called YBR_RCT (PS3.5 8.2.4). */
export const htj2kColour = ({ samplesPerPixel, photometricInterpretation }: ImageDescription): string =>
  samplesPerPixel === 3 && photometricInterpretation === 'RGB' ? 'YBR_RCT' : photometricInterpretation

/**
 * Do all bits above those stored say nothing: zeros, or copies of the sign? Otherwise (overlays, PS3.5 8.1.2) a
 * codestream of Bits Stored bits would lose them.
 *
 * @param samples  little endian
 */
export function unusedBitsEmpty(samples: Uint8Array, { bitsAllocated, bitsStored, signed }: ImageDescription): boolean {
  if (bitsStored === bitsAllocated) return true
  const shift = 32 - bitsStored
  if (bitsAllocated === 8) {
    for (const value of samples) {
      const own = signed ? (value << 24) >> 24 : value
      if (own !== (signed ? (own << shift) >> shift : (own << shift) >>> shift)) return false
    }
    return true
  }
  const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength)
  for (let at = 0; at + 2 <= samples.length; at += 2) {
    const own = signed ? view.getInt16(at, true) : view.getUint16(at, true)
    if (own !== (signed ? (own << shift) >> shift : (own << shift) >>> shift)) return false
  }
  return true
}

/**
 * @param samples  one native frame, little endian, `frameLength(image)` bytes
 * @returns the codestream, in memory of its own
 */
export async function encodeHtj2k(samples: Uint8Array, image: ImageDescription): Promise<Uint8Array<ArrayBuffer>> {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, signed, planarConfiguration } = image
  module ??= load()
  const { HTJ2KEncoder } = await module
  const encoder = new HTJ2KEncoder()
  try {
    const into = encoder.getDecodedBuffer({
      width: columns,
      height: rows,
      bitsPerSample: bitsStored,
      componentCount: samplesPerPixel,
      isSigned: signed,
      isUsingColorTransform: htj2kColour(image) === 'YBR_RCT',
    })
    const ordered = planarConfiguration === 1 ? byPixel(samples, samplesPerPixel, bitsAllocated >> 3) : samples
    if (bitsAllocated === 16 && bitsStored <= 8)
      for (let at = 0; at < into.length; at += 1) into[at] = ordered[at * 2] ?? 0
    else into.set(ordered)
    encoder.setQuality(true, 0)
    let decompositions = 1
    while (Math.min(rows, columns) / 2 ** decompositions > SMALLEST && decompositions < MOST_DECOMPOSITIONS)
      decompositions += 1
    encoder.setDecompositions(decompositions)
    encoder.setProgressionOrder(RPCL)
    encoder.setTLMMarker(true)
    encoder.setTilePartDivisionsAtResolutions(true)
    encoder.setBlockDimensions({ width: 64, height: 64 })
    encoder.encode()
    return new Uint8Array(encoder.getEncodedBuffer())
  } finally {
    encoder.delete()
  }
}
