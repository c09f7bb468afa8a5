/** JPEG-LS (PS3.5 section 8.2.3) by CharLS. */
import factory from '@cornerstonejs/codec-charls/decodewasmjs'
import type { Decode } from './decode.ts'
import { runDecoder } from './emscripten.ts'
import { fitSamples } from './samples.ts'

const module = factory()

/** Interleave modes of CharLS: none, line, sample; its output is by pixel for the last two only. */
const NOT_INTERLEAVED = 0

export const decode: Decode = async (encoded, image, frame) => {
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
