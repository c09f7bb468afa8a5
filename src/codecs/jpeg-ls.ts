/** JPEG-LS (PS3.5 section 8.2.3) by CharLS. */
import factory from '@cornerstonejs/codec-charls/decodewasmjs'
import { ArchiveError } from '../base/errors.ts'
import type { Decode } from './decode.ts'
import { runDecoder } from './emscripten.ts'
import { fitSamples } from './samples.ts'

const module = factory()

/** Interleave modes of CharLS: none, line, sample; its output is by pixel for the last two only. */
const NOT_INTERLEAVED = 0

/**
 * Is there an end of image? CharLS refuses a stream without one, but only after seconds of decoding nothing. Coded data
 * never hold FF followed by D9 (ISO 14495-1 section A.1), so the last one found is the marker.
 */
function hasEnd(encoded: Uint8Array): boolean {
  for (let at = encoded.length - 2; at >= 0; at -= 1) if (encoded[at] === 0xff && encoded[at + 1] === 0xd9) return true
  return false
}

export const decode: Decode = async (encoded, image, frame) => {
  if (!hasEnd(encoded)) throw new ArchiveError('PIXELS_DAMAGED', { frame, why: 'it ends before its end marker' })
  const { JpegLSDecoder } = await module
  return runDecoder(new JpegLSDecoder(), encoded, (decoder, bytes) => {
    const { bitsPerSample } = decoder.getFrameInfo()
    const planar = image.samplesPerPixel > 1 && decoder.getInterleaveMode() === NOT_INTERLEAVED
    const width = bitsPerSample > 8 ? 2 : 1
    return {
      bytes: fitSamples({ bytes, width, signed: false, planar }, image, frame),
      photometricInterpretation: image.photometricInterpretation,
      planarConfiguration: 0,
    }
  })
}
