/** JPEG 2000 (PS3.5 section 8.2.4) by OpenJPEG. */
import factory from '@cornerstonejs/codec-openjpeg/decodewasmjs'
import { readCodestream } from '../pixels/codestream.ts'
import type { Decode } from './decode.ts'
import { runDecoder } from './emscripten.ts'
import { decodedJ2kColour } from './j2k-colour.ts'
import { fitSamples } from './samples.ts'

const quiet = () => {}
const module = factory({ print: quiet, printErr: quiet })

export const decode: Decode = async (encoded, image, frame) => {
  const { J2KDecoder } = await module
  return runDecoder(new J2KDecoder(), encoded, (decoder, bytes) => {
    const { bitsPerSample, isSigned = false } = decoder.getFrameInfo()
    const width = bitsPerSample > 8 ? 2 : 1
    return {
      bytes: fitSamples({ bytes, width, signed: isSigned, planar: false }, image, frame),
      photometricInterpretation: decodedJ2kColour(image, readCodestream(encoded)),
      planarConfiguration: 0,
    }
  })
}
