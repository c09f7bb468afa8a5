/** High-throughput JPEG 2000 (PS3.5 section 8.2.14) by OpenJPH. */
import factory from '@cornerstonejs/codec-openjph/wasmjs'
import { ArchiveError } from '../base/errors.ts'
import { readCodestream } from '../pixels/codestream.ts'
import type { Decode } from './decode.ts'
import { runDecoder } from './emscripten.ts'
import { decodedJ2kColour } from './j2k-colour.ts'
import { fitSamples } from './samples.ts'

const quiet = () => {}
const module = factory({ print: quiet, printErr: quiet })

export const decode: Decode = async (encoded, image, frame) => {
  const { HTJ2KDecoder } = await module
  return runDecoder(new HTJ2KDecoder(), encoded, (decoder, bytes) => {
    // Damage does not make it throw; a bad header leaves a message and an empty buffer.
    if (decoder.getLastErrorMessage() !== '')
      throw new ArchiveError('PIXELS_DAMAGED', { frame, why: 'the decoder refuses the codestream' })
    const { bitsPerSample, isSigned = false } = decoder.getFrameInfo()
    const width = bitsPerSample > 8 ? 2 : 1
    return {
      bytes: fitSamples({ bytes, width, signed: isSigned, planar: false }, image, frame),
      photometricInterpretation: decodedJ2kColour(image, readCodestream(encoded)),
      planarConfiguration: 0,
    }
  })
}
