/**
 * A frame as a picture that any browser shows: decoded, put through its transforms, cut, turned, scaled, written upon and
 * encoded. Runs in the decoding workers, since a radiograph takes a tenth of a second.
 */
import sharp, { type Sharp } from 'sharp'
import { ArchiveError } from '../base/errors.ts'
import { closeShutters, cutAndTurned, type Shown, shownOf, sizeOf } from '../pixels/displayed.ts'
import { overlaySvg } from '../pixels/graphics.ts'
import { fromSrgb, profileOf } from '../pixels/icc.ts'
import type { ImageDescription } from '../pixels/image.ts'
import { type Picture, type PictureOptions, type Rendering, renderPicture } from '../pixels/rendering.ts'
import { decodeFrame } from './decode.ts'
import { jpegWithProfile, pngWithProfile, srgbOf } from './profile.ts'

// One picture at a time in a worker; libvips' own threads and cache would only hold memory.
sharp.concurrency(1)
sharp.cache(false)

/** Pixels a side of a picture nobody gave a size. */
const LARGEST_SIDE = 8192

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
  const { presentation, region, colours } = options
  const shown = shownOf(image, presentation?.area, presentation?.rotation ?? 0, presentation?.flipped ?? false)
  let { bytes } = await inSrgb(picture, image, options)
  let size = { columns: image.columns, rows: image.rows }
  if (presentation !== undefined) {
    const own = new Uint8Array(bytes)
    closeShutters(own, image, picture.channels, presentation.shutters, presentation.shutterShade)
    bytes = cutAndTurned(own, image, picture.channels, shown)
    size = sizeOf(shown)
  }
  const { columns: width, rows: height } = size
  let made = sharp(bytes, { raw: { width, height, channels: picture.channels }, limitInputPixels: false })
  if (region !== undefined) {
    made = made.extract(region)
    if (region.mirrored) made = made.flop()
    if (region.upsideDown) made = made.flip()
    size = { columns: region.width, rows: region.height }
  }
  const scaled = scaledTo(size, shown, options)
  if (scaled.width !== size.columns || scaled.height !== size.rows) made = made.resize({ ...scaled, fit: 'fill' })
  const svg = overlaySvg({ graphics: presentation?.graphics ?? [], corners: options.corners }, shown, scaled)
  if (svg !== undefined) made = made.composite([{ input: Buffer.from(svg) }]).removeAlpha()
  // A copy: memory of libvips cannot be handed to another thread.
  if (colours === undefined)
    return new Uint8Array(await encode(picture.channels === 1 ? made.toColourspace('b-w') : made, options).toBuffer())
  return withColours(made, scaled, options)
}

/** Width and height it ends up with: the presentation's size of pixels, then within what was asked for. */
function scaledTo(
  { columns, rows }: { readonly columns: number; readonly rows: number },
  { rotation }: Shown,
  { within, presentation }: PictureOptions,
): { readonly width: number; readonly height: number } {
  const { magnification = 1, aspect = 1 } = presentation?.area ?? {}
  const turned = rotation === 90 || rotation === 270
  const width = columns * magnification * (turned ? aspect : 1)
  const height = rows * magnification * (turned ? 1 : aspect)
  const limit =
    within ??
    (width > LARGEST_SIDE || height > LARGEST_SIDE ? { width: LARGEST_SIDE, height: LARGEST_SIDE } : undefined)
  const scale = limit === undefined ? 1 : Math.min(limit.width / width, limit.height / height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** Samples of a colour image in sRGB, where its own profile says that they are not, and its own are not what is asked for. */
async function inSrgb(
  { bytes, channels }: Picture,
  { columns: width, rows: height }: ImageDescription,
  { colours }: PictureOptions,
): Promise<Picture> {
  const { space = 'own', profile } = colours ?? {}
  if (channels === 1 || profile === undefined || space === 'own') return { bytes, channels }
  return { bytes: await srgbOf(bytes, { width, height }, profile), channels }
}

/** Three samples a pixel in the colours asked for, and the profile that says so. */
async function withColours(
  made: Sharp,
  size: { readonly width: number; readonly height: number },
  options: PictureOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { space = 'own', profile } = options.colours ?? {}
  const samples = new Uint8Array(await made.toColourspace('srgb').removeAlpha().raw().toBuffer())
  const named = space === 'own' ? 'srgb' : space
  const own = space === 'own' ? profile : undefined
  const turned = own === undefined ? fromSrgb(samples, named) : samples
  const raw = { raw: { ...size, channels: 3 as const }, limitInputPixels: false }
  const encoded = await encode(sharp(turned, raw), options).toBuffer()
  const said = own ?? profileOf(named)
  if (options.type === 'image/jpeg') return jpegWithProfile(encoded, said)
  return options.type === 'image/png' ? pngWithProfile(encoded, said) : new Uint8Array(encoded)
}

function encode(made: Sharp, { type, quality }: PictureOptions): Sharp {
  if (type === 'image/png') return made.png({ compressionLevel: 6 })
  return type === 'image/gif' ? made.gif() : made.jpeg({ quality })
}
