/** ICC profiles in pictures: put into a JPEG or a PNG without another pass over the samples, and undone for sRGB. */
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { concat } from '../base/bytes.ts'

/** Of an APP2 segment, behind its length, identifier and numbers (ICC.1 Annex B.4). */
const LARGEST_CHUNK = 65_519
const ICC = new TextEncoder().encode('ICC_PROFILE\0')

/** @param jpeg  begins with SOI; segments APP0 and APP1 stay first, as readers look for them there */
export function jpegWithProfile(jpeg: Uint8Array, profile: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = 2
  while (jpeg[at] === 0xff && (jpeg[at + 1] === 0xe0 || jpeg[at + 1] === 0xe1))
    at += 2 + ((jpeg[at + 2] ?? 0) << 8) + (jpeg[at + 3] ?? 0)
  const count = Math.ceil(profile.length / LARGEST_CHUNK)
  const segments = Array.from({ length: count }, (_, index) => {
    const chunk = profile.subarray(index * LARGEST_CHUNK, (index + 1) * LARGEST_CHUNK)
    const length = 2 + ICC.length + 2 + chunk.length
    return concat([Uint8Array.of(0xff, 0xe2, length >> 8, length & 0xff), ICC, Uint8Array.of(index + 1, count), chunk])
  })
  return concat([jpeg.subarray(0, at), ...segments, jpeg.subarray(at)])
}

/** Signature and IHDR, behind which a profile stands (PNG section 11.3.2.3). */
const HEAD = 33

export function pngWithProfile(png: Uint8Array, profile: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode('iCCPprofile\0\0')
  const content = concat([name, deflateSync(profile)])
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, content.length - 4)
  const check = new Uint8Array(4)
  new DataView(check.buffer).setUint32(0, crc32(content))
  return concat([png.subarray(0, HEAD), length, content, check, png.subarray(HEAD)])
}

/** Samples in the colours of a profile as sRGB; as they are when it is none that can be read. */
export async function srgbOf(
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  profile: Uint8Array,
): Promise<Uint8Array> {
  try {
    const png = await sharp(bytes, { raw: { width, height, channels: 3 }, limitInputPixels: false })
      .png({ compressionLevel: 0 })
      .toBuffer()
    return await sharp(pngWithProfile(png, profile), { limitInputPixels: false })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer()
  } catch {
    return bytes
  }
}
