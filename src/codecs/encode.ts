/**
 * Samples to a frame of another transfer syntax, always without loss: for peers that take neither what is kept nor plain
 * samples. Which syntaxes there are is `dicom/encoded-syntaxes.ts`.
 *
 * No encoder is trusted: each codestream is decoded again, and given out only when every sample came back.
 */
import { deflateRawSync } from 'node:zlib'
import { ArchiveError } from '../base/errors.ts'
import { ENCODED_SYNTAXES } from '../dicom/encoded-syntaxes.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import type { Uid } from '../dicom/uid.ts'
import { byPixel, frameLength } from '../pixels/frame.ts'
import type { DecodedFrame, ImageDescription } from '../pixels/image.ts'
import { decodeFrame } from './decode.ts'
import { encodeHtj2k, htj2kColour, htj2kObstacle, unusedBitsEmpty } from './htj2k-encode.ts'
import { encodeJpeg2000, jpeg2000Obstacle } from './jpeg-2000-encode.ts'
import { encodeRle, rleObstacle } from './rle-encode.ts'

interface Encoder {
  /** Of the description alone. */
  readonly obstacle: (image: ImageDescription) => string | undefined
  readonly encode: (samples: Uint8Array, image: ImageDescription) => Promise<Uint8Array>
  /** What the model of its components is called in the codestream. */
  readonly colour?: (image: ImageDescription) => string
}

const dcmjs =
  (encoder: 'encodeJpeg' | 'encodeJpegLs' | 'encodeJpegXl', predictor?: number): Encoder['encode'] =>
  async (samples, image) => {
    const { nativeEncode } = await import('./dcmjs.ts')
    const more = predictor === undefined ? {} : { predictor, pointTransform: 0 }
    return nativeEncode(encoder, samples, image, { lossy: false, ...more })
  }

/** PS3.5 8.2.1 to 8.2.5: whole samples of 8 or 16 bits in the low bits, one or three of them. */
function jpegObstacle({ samplesPerPixel, bitsAllocated, bitsStored, highBit }: ImageDescription): string | undefined {
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return `${bitsAllocated} bits allocated`
  if (highBit !== bitsStored - 1 || bitsStored < 2) return 'bits stored elsewhere'
  return samplesPerPixel === 1 || samplesPerPixel === 3 ? undefined : `${samplesPerPixel} samples a pixel`
}

const HTJ2K: Encoder = {
  // Of signed samples of 8 bits OpenJPH loses the sign of some.
  obstacle: (image) =>
    htj2kObstacle(image) ?? (image.signed && image.bitsAllocated === 8 ? 'signed samples of 8 bits' : undefined),
  encode: encodeHtj2k,
  colour: htj2kColour,
}

const ENCODERS: Readonly<Record<string, Encoder>> = {
  '1.2.840.10008.1.2.1.98': { obstacle: () => undefined, encode: async (samples) => samples },
  '1.2.840.10008.1.2.4.57': { obstacle: jpegObstacle, encode: dcmjs('encodeJpeg', 1) },
  '1.2.840.10008.1.2.4.70': { obstacle: jpegObstacle, encode: dcmjs('encodeJpeg', 1) },
  '1.2.840.10008.1.2.4.80': { obstacle: jpegObstacle, encode: dcmjs('encodeJpegLs') },
  '1.2.840.10008.1.2.4.90': {
    obstacle: (image) => htj2kObstacle(image) ?? jpeg2000Obstacle(image),
    encode: encodeJpeg2000,
    colour: htj2kColour,
  },
  '1.2.840.10008.1.2.4.110': {
    // PS3.5 8.2.15 has no signed samples.
    obstacle: (image) =>
      jpegObstacle(image) ??
      (image.signed ? 'signed samples' : undefined) ??
      (/^(MONOCHROME[12]|RGB)$/.test(image.photometricInterpretation) ? undefined : image.photometricInterpretation),
    encode: dcmjs('encodeJpegXl'),
  },
  '1.2.840.10008.1.2.4.201': HTJ2K,
  '1.2.840.10008.1.2.4.202': HTJ2K,
  '1.2.840.10008.1.2.5': { obstacle: rleObstacle, encode: async (samples, image) => encodeRle(samples, image) },
  '1.2.840.10008.1.2.8.1': {
    obstacle: () => undefined,
    encode: async (samples) => new Uint8Array(deflateRawSync(samples)),
  },
}

/** Syntaxes whose frames are the samples as they are, bits that nothing is stored in included. */
const EVERY_BIT = /\.(1\.98|5|8\.1)$/

export interface EncodedFrame {
  readonly bytes: Uint8Array
  readonly photometricInterpretation: string
}

/**
 * @throws {ArchiveError} `PIXELS_UNSUPPORTED` when the image cannot be kept to the bit in that syntax; whatever else an
 *   encoder throws leaves it unusable
 */
export async function encodeFrame(
  decoded: DecodedFrame,
  described: ImageDescription,
  frame: number,
  target: Uid,
): Promise<EncodedFrame> {
  const refused = (why: string) => new ArchiveError('PIXELS_UNSUPPORTED', { transferSyntax: target, why })
  const encoder = ENCODED_SYNTAXES.includes(target) ? ENCODERS[target] : undefined
  if (encoder === undefined) throw refused('nothing is encoded in it')
  const { photometricInterpretation } = decoded
  const image: ImageDescription = { ...described, photometricInterpretation, planarConfiguration: 0 }
  if (decoded.bytes.length !== frameLength(image)) throw refused('chrominance of half the size')
  const { samplesPerPixel, bitsAllocated } = image
  const samples =
    decoded.planarConfiguration === 1 && samplesPerPixel > 1
      ? byPixel(decoded.bytes, samplesPerPixel, bitsAllocated >> 3)
      : decoded.bytes
  const everyBit = EVERY_BIT.test(target)
  const obstacle = encoder.obstacle(image)
  if (obstacle !== undefined) throw refused(obstacle)
  if (!everyBit && !unusedBitsEmpty(samples, image)) throw refused('something stands in the bits that are not stored')
  const bytes = await encoder.encode(samples, image)
  const colour = encoder.colour?.(image) ?? photometricInterpretation
  if (transferSyntax(target).codec !== 'native') {
    const back = await decodeFrame(
      bytes,
      { ...image, transferSyntax: target, photometricInterpretation: colour },
      frame,
    )
    if (!sameSamples(samples, back.bytes, everyBit ? bitsAllocated : image.bitsStored, bitsAllocated))
      throw refused('its encoder does not keep every sample')
  }
  return { bytes, photometricInterpretation: colour }
}

/** Equal in the bits that are stored; those above may be zero on one side and the sign on the other. */
function sameSamples(a: Uint8Array, b: Uint8Array, bitsStored: number, bitsAllocated: number): boolean {
  if (a.length !== b.length) return false
  const mask = bitsAllocated > 16 || bitsAllocated === 1 ? 0xffff : 2 ** bitsStored - 1
  // Of a 16-bit sample the low byte comes first; any other is looked at byte by byte.
  const [even, odd] = bitsAllocated === 8 ? [mask, mask] : [mask & 0xff, mask >> 8]
  for (let at = 0; at < a.length; at += 1)
    if ((((a[at] ?? 0) ^ (b[at] ?? 0)) & (at % 2 === 0 ? even : odd)) !== 0) return false
  return true
}
