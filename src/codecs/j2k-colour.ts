/** What JPEG 2000 and HTJ2K decoders give for colour: they undo the component transform of the codestream themselves. */
import type { Codestream } from '../pixels/codestream.ts'
import type { ImageDescription } from '../pixels/image.ts'

/**
 * YBR_RCT and YBR_ICT name the transform (PS3.3 C.7.6.3.1.2) and become RGB. Whatever else the data set says stands: a
 * codestream without transform may hold YBR_FULL as three plain components.
 */
export function decodedJ2kColour(image: ImageDescription, codestream: Codestream | undefined): string {
  const { photometricInterpretation: said, samplesPerPixel } = image
  if (samplesPerPixel !== 3) return said
  if (said === 'YBR_RCT' || said === 'YBR_ICT') return 'RGB'
  // A transform can only have been from RGB, whatever the data set says.
  return codestream?.colour === 'ybr' ? 'RGB' : said
}
