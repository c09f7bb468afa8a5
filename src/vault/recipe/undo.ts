/**
 * The received file from the stored one and its recipe.
 */
import { inflateRawSync } from 'node:zlib'
import { type ByteRange, type ByteStream, type Bytes, gather } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DecodedFrame, ImageDescription } from '../../pixels/image.ts'
import { describeImage } from '../../pixels/image.ts'
import { type Payload, readPayload } from '../payload.ts'
import type { Literal, Recipe } from './recipe.ts'

export type DecodeFrame = (encoded: Bytes, image: ImageDescription, frame: number) => Promise<DecodedFrame>

/**
 * Bytes of the original, all of them or a range; only the frames that range touches are decoded.
 *
 * @throws {ArchiveError} `PIXELS_DAMAGED` when the stored file does not give what the recipe says
 */
export async function* undone(
  stored: Payload,
  recipe: Recipe,
  decode: DecodeFrame,
  range: ByteRange = { start: 0, end: recipe.original.length },
): ByteStream {
  const { pixels, head, tail } = recipe
  const cut = (bytes: Bytes, at: number): Bytes =>
    bytes.subarray(Math.max(0, range.start - at), Math.max(0, Math.min(bytes.length, range.end - at)))
  const touches = (at: number, length: number): boolean => length > 0 && at < range.end && at + length > range.start

  if (touches(0, head.length)) yield cut(await literal(stored, recipe, head), 0)
  const pixelsLength = pixels.frames * pixels.frameLength
  if (touches(head.length, pixelsLength)) {
    const { dataSet, transferSyntax } = await readPayload(stored)
    const value = dataSet.elements.get(T.PixelData)?.value
    const image = describeImage(dataSet, transferSyntax)
    if (value?.kind !== 'fragments' || value.fragments.length !== pixels.frames || image === undefined)
      throw new ArchiveError('PIXELS_DAMAGED', {
        frame: 0,
        why: 'the stored file has other frames than its recipe says',
      })
    for (const [index, fragment] of value.fragments.entries()) {
      const at = head.length + index * pixels.frameLength
      if (!touches(at, pixels.frameLength)) continue
      const { bytes } = await decode(await gather(stored.read(fragment)), image, index + 1)
      if (bytes.length !== pixels.frameLength)
        throw new ArchiveError('PIXELS_DAMAGED', {
          frame: index + 1,
          why: `${bytes.length} bytes where ${pixels.frameLength} were expected`,
        })
      const ordered = pixels.order === 'plane' ? byPlane(bytes, image) : bytes
      yield cut(pixels.swap === 2 ? swapped(ordered) : ordered, at)
    }
  }
  const at = head.length + pixelsLength
  if (touches(at, tail.length)) yield cut(await literal(stored, recipe, tail), at)
}

async function literal(stored: Payload, { dictionary }: Recipe, { deflate, length }: Literal): Promise<Bytes> {
  const [start, end] = dictionary
  const preset = await gather(stored.read({ start, end }))
  const bytes = inflateRawSync(Buffer.from(deflate, 'base64'), {
    maxOutputLength: Math.max(1, length),
    ...(preset.length > 0 && { dictionary: preset }),
  })
  if (bytes.length !== length)
    throw new ArchiveError('PIXELS_DAMAGED', { frame: 0, why: 'a literal has another length' })
  return bytes
}

/** R, G, B … to R, R, … G, G, … B, B. */
function byPlane(bytes: Bytes, { samplesPerPixel, bitsAllocated }: ImageDescription): Bytes {
  const width = bitsAllocated >> 3
  const out = new Uint8Array(bytes.length)
  let to = 0
  for (let sample = 0; sample < samplesPerPixel; sample += 1)
    for (let from = sample * width; from < bytes.length; from += samplesPerPixel * width)
      for (let byte = 0; byte < width; byte += 1, to += 1) out[to] = bytes[from + byte] ?? 0
  return out
}

function swapped(bytes: Bytes): Bytes {
  const out = new Uint8Array(bytes.length)
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    out[at] = bytes[at + 1] ?? 0
    out[at + 1] = bytes[at] ?? 0
  }
  return out
}
