/**
 * JPEG 2000 (PS3.5 section 8.2.4) by OpenJPEG, in the build of the cornerstone packages; that build reads beyond its
 * memory where components are sampled more coarsely than the grid, as some mammograms are: those go to dcmjs-codecs.
 */
import factory from '@cornerstonejs/codec-openjpeg/decodewasmjs'
import { readCodestream } from '../pixels/codestream.ts'
import type { Decode } from './decode.ts'
import { runDecoder } from './emscripten.ts'
import { decodedJ2kColour } from './j2k-colour.ts'
import { fitSamples } from './samples.ts'

const quiet = () => {}
const module = factory({ print: quiet, printErr: quiet })

export const decode: Decode = async (encoded, image, frame) => {
  const codestream = readCodestream(encoded)
  const photometricInterpretation = decodedJ2kColour(image, codestream)
  if (codestream?.subsampled) {
    const { native } = await import('./dcmjs.ts')
    const output = await native('decodeJpeg2000', encoded, image, {})
    return { bytes: fitSamples(output, image, frame), photometricInterpretation, planarConfiguration: 0 }
  }
  const { J2KDecoder } = await module
  return runDecoder(new J2KDecoder(), encoded, (decoder, bytes) => {
    const { bitsPerSample, isSigned = false } = decoder.getFrameInfo()
    const width = bitsPerSample > 8 ? 2 : 1
    return {
      bytes: fitSamples({ bytes, width, signed: isSigned, planar: false }, image, frame),
      photometricInterpretation,
      planarConfiguration: 0,
    }
  })
}
