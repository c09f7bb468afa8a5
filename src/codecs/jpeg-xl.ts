/** JPEG XL (PS3.5 section 8.2.15) by dcmjs-codecs, which has libjxl. */
import { native } from './dcmjs.ts'
import type { Decode } from './decode.ts'
import { fitSamples } from './samples.ts'

export const decode: Decode = async (encoded, image, frame) => {
  const output = await native('decodeJpegXl', encoded, image, {})
  return {
    bytes: fitSamples(output, image, frame),
    // libjxl gives RGB for whatever three components are coded as; a recompressed JPEG too.
    photometricInterpretation: image.samplesPerPixel === 3 ? 'RGB' : image.photometricInterpretation,
    planarConfiguration: 0,
  }
}
