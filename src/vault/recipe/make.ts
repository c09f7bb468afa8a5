/**
 * The stored form of a received file: HTJ2K lossless in a file every DICOM reader of our day takes, and the recipe that
 * undoes it. What it cannot do is kept as received, with the reason.
 */
import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { type Bytes, gather } from '../../base/bytes.ts'
import { encodeHtj2k, htj2kColour, htj2kObstacle, unusedBitsEmpty } from '../../codecs/htj2k-encode.ts'
import { element, withElements } from '../../dicom/build.ts'
import type { DataSet, Element } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import { metaGroup } from '../../dicom/part10.ts'
import { transferSyntax } from '../../dicom/transfer-syntaxes.ts'
import { int, text } from '../../dicom/values.ts'
import { VR_TRAITS } from '../../dicom/vr.ts'
import { type EncapsulatedPixels, type EncodedFragment, writeDataSet } from '../../dicom/writer.ts'
import { byPixel, nativeFrameLength } from '../../pixels/frame.ts'
import { describeImage, type ImageDescription } from '../../pixels/image.ts'
import { type Payload, readPayload } from '../payload.ts'
import type { Draft } from '../seal/draft.ts'
import { type Literal, MOST_LITERAL, type Recipe } from './recipe.ts'

/** HTJ2K Lossless RPCL (PS3.5 A.4.12). */
export const STORED_SYNTAX = '1.2.840.10008.1.2.4.202'

export interface MakeParts {
  readonly payload: Payload
  /** SHA-256 of the whole payload, hex. */
  readonly sha256: string
  readonly sopClass: string
  readonly instance: string
  readonly draft: () => Draft
}

export type Made =
  | { readonly form: 'htj2k'; readonly stored: Draft; readonly recipe: Recipe; readonly pixels: string }
  | { readonly form: 'received'; readonly why: string }

/** zlib's window: more of a preset dictionary is not looked at. */
const WINDOW = 32 * 1024
/** Pixels that take less are not worth a codec's header, in bytes. */
const SMALLEST_PIXELS = 1024
/** A Basic Offset Table has 32 bits an offset. */
const LAST_BASIC_OFFSET = 0xffff_ffff

export async function makeStored(parts: MakeParts): Promise<Made> {
  const { payload, draft } = parts
  const read = await readPayload(payload, SMALLEST_PIXELS)
  const { dataSet } = read
  const syntax = transferSyntax(read.transferSyntax)
  if (syntax.encapsulated) return received('compressed by its sender')
  if (syntax.deflated) return received('deflated by its sender')
  const pixels = dataSet.elements.get(T.PixelData)
  if (pixels === undefined) return received('no pixels')
  if (pixels.value.kind !== 'distant') return received('pixels of less than 1 KiB')
  const image = describeImage(dataSet, read.transferSyntax)
  if (image === undefined) return received('no image description')
  const obstacle = htj2kObstacle(image)
  if (obstacle !== undefined) return received(obstacle)

  const { range } = pixels.value
  const frameLength = nativeFrameLength(image)
  const swap = !dataSet.littleEndian && VR_TRAITS[pixels.vr].word === 2 ? 2 : 1
  if (!dataSet.littleEndian && (swap !== 2 || frameLength % 2 !== 0)) return received('big endian in bytes')
  if (frameLength === 0 || range.end - range.start < frameLength * image.frames)
    return received('pixel data shorter than its description')
  const pixelsEnd = range.start + frameLength * image.frames
  if (range.start + payload.length - pixelsEnd > MOST_LITERAL) return received('more than 4 MiB besides the pixels')

  const frames = draft()
  try {
    const lengths: number[] = []
    const decoded = createHash('sha256')
    // The encoder takes little endian; planes are brought together by it.
    const native: ImageDescription = { ...image, transferSyntax: read.transferSyntax }
    for (let frame = 0; frame < image.frames; frame += 1) {
      const start = range.start + frame * frameLength
      const samples = await gather(payload.read({ start, end: start + frameLength }))
      if (swap === 2) Buffer.from(samples.buffer).swap16()
      if (!unusedBitsEmpty(samples, native)) return received('bits above those stored are used')
      decoded.update(
        image.planarConfiguration === 1 ? byPixel(samples, image.samplesPerPixel, image.bitsAllocated >> 3) : samples,
      )
      const encoded = await encodeHtj2k(samples, native)
      lengths.push(encoded.length)
      await frames.append(encoded)
    }
    if (frames.length >= frameLength * image.frames) return received('does not compress')

    const stored = draft()
    const head = metaGroup({
      sopClass: parts.sopClass,
      sopInstance: parts.instance,
      transferSyntax: STORED_SYNTAX,
    })
    await stored.append(head)
    const written = withElements(dataSet, changes(dataSet, image))
    const body = writeDataSet(written, STORED_SYNTAX, (of) => payload.read(of), {
      pixelData: encapsulated(frames, lengths),
    })
    for await (const piece of body) await stored.append(new Uint8Array(piece))

    const dictionary: Recipe['dictionary'] = [0, Math.min(WINDOW, stored.length)]
    const preset = await gather(stored.read({ start: dictionary[0], end: dictionary[1] }))
    const recipe: Recipe = {
      v: 1,
      original: { length: payload.length, sha256: parts.sha256 },
      dictionary,
      head: literal(await gather(payload.read({ start: 0, end: range.start })), preset),
      pixels: {
        codec: 'htj2k',
        frames: image.frames,
        frameLength,
        order: image.planarConfiguration === 1 && image.samplesPerPixel > 1 ? 'plane' : 'pixel',
        swap,
      },
      tail: literal(await gather(payload.read({ start: pixelsEnd, end: payload.length })), preset),
    }
    return { form: 'htj2k', stored, recipe, pixels: decoded.digest('hex') }
  } finally {
    await frames.discard()
  }
}

const received = (why: string): Made => ({ form: 'received', why })

function literal(bytes: Bytes, dictionary: Bytes): Literal {
  const deflate = deflateRawSync(bytes, { level: 9, dictionary })
  return { length: bytes.length, deflate: deflate.toString('base64') }
}

/** Attributes that say how the samples stand (PS3.5 8.2.4, 8.1.1). */
function changes(dataSet: DataSet, image: ImageDescription): Element[] {
  const made: Element[] = []
  const colour = htj2kColour(image)
  if (text(dataSet, T.PhotometricInterpretation) !== colour && image.samplesPerPixel > 1)
    made.push(element(T.PhotometricInterpretation, colour))
  if (image.samplesPerPixel > 1 && int(dataSet, T.PlanarConfiguration) !== 0)
    made.push(element(T.PlanarConfiguration, 0))
  return made
}

/** One fragment a frame, padded to an even length by the writer. */
function encapsulated(frames: Draft, lengths: readonly number[]): EncapsulatedPixels {
  const starts: number[] = []
  const offsets: number[] = []
  let start = 0
  let offset = 0
  for (const length of lengths) {
    starts.push(start)
    offsets.push(offset)
    start += length
    offset += 8 + length + (length % 2)
  }
  const fragments: EncodedFragment[] = lengths.map((length, at) => ({
    length,
    bytes: frames.read({ start: starts[at] ?? 0, end: (starts[at] ?? 0) + length }),
  }))
  return offset <= LAST_BASIC_OFFSET
    ? { basicOffsets: offsets, fragments }
    : { basicOffsets: [], extended: { offsets, lengths }, fragments }
}
