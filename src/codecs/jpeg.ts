/**
 * JPEG (PS3.5 section 8.2.1): baseline, extended, progressive and lossless processes, by dcmjs-codecs, which has the IJG
 * library at 8, 12 and 16 bits. Chrominance is widened to the size of the image, but stays chrominance: turning it into
 * RGB would round every sample a second time, and can be done by whoever shows the image.
 */
import { readCodestream } from '../pixels/codestream.ts'
import { native } from './dcmjs.ts'
import type { Decode } from './decode.ts'
import { fitSamples } from './samples.ts'

export const decode: Decode = async (encoded, image, frame) => {
  const codestream = readCodestream(encoded)
  const output = await native('decodeJpeg', encoded, image, { convertColorspaceToRgb: false })
  return {
    bytes: fitSamples(output, image, frame),
    photometricInterpretation: colourOf(image.photometricInterpretation, codestream?.colour),
    planarConfiguration: 0,
  }
}

/**
 * YBR_FULL_422 is YBR_FULL once every pixel has its chrominance. Where the codestream itself says which model it has and
 * the data set another, the codestream is right: it was written by whoever coded the samples.
 */
function colourOf(said: string, coded: 'ybr' | 'rgb' | undefined): string {
  if (said.startsWith('YBR_FULL')) return coded === 'rgb' ? 'RGB' : 'YBR_FULL'
  return said === 'RGB' && coded === 'ybr' ? 'YBR_FULL' : said
}
