/**
 * A frame as a picture that any browser shows: decoded, put through its transforms, cut, scaled and encoded. Runs in the
 * decoding workers, since a radiograph takes a tenth of a second.
 */
import sharp, { type Sharp } from 'sharp'
import { ArchiveError } from '../base/errors.ts'
import type { ImageDescription } from '../pixels/image.ts'
import { type PictureOptions, type Rendering, renderPicture } from '../pixels/rendering.ts'
import { decodeFrame } from './decode.ts'

// One picture at a time in a worker; libvips' own threads and cache would only hold memory.
sharp.concurrency(1)
sharp.cache(false)

/** @throws {ArchiveError} `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED` */
export async function makePicture(
  encoded: Uint8Array,
  image: ImageDescription,
  frame: number,
  rendering: Rendering,
  options: PictureOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const picture = renderPicture(await decodeFrame(encoded, image, frame), image, rendering)
  if (picture === undefined)
    throw new ArchiveError('PIXELS_UNSUPPORTED', {
      transferSyntax: image.transferSyntax,
      why: `${image.photometricInterpretation} with ${image.samplesPerPixel} samples has no picture`,
    })
  const { columns: width, rows: height } = image
  let made = sharp(picture.bytes, { raw: { width, height, channels: picture.channels }, limitInputPixels: false })
  const { region, within } = options
  if (region !== undefined) {
    made = made.extract(region)
    if (region.mirrored) made = made.flop()
    if (region.upsideDown) made = made.flip()
  }
  if (within !== undefined) made = made.resize({ ...within, fit: 'inside' })
  // A copy: memory of libvips cannot be handed to another thread.
  return new Uint8Array(await encode(picture.channels === 1 ? made.toColourspace('b-w') : made, options).toBuffer())
}

function encode(made: Sharp, { type, quality }: PictureOptions): Sharp {
  if (type === 'image/png') return made.png({ compressionLevel: 6 })
  return type === 'image/gif' ? made.gif() : made.jpeg({ quality })
}
