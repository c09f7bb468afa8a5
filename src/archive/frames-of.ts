/**
 * From a data set to its frame table: where Pixel Data lies in the payload and how it is cut into frames
 * (PS3.3 C.7.6.3, PS3.5 8.1 and A.4).
 */
import type { ByteRange, Bytes } from '../base/bytes.ts'
import type { DataSet, Element } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { frameRanges, isUnsettled, peekedFrameRanges } from '../dicom/encapsulation.ts'
import type { ReadResult } from '../dicom/reader.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import { int, text } from '../dicom/values.ts'
import { VR_TRAITS } from '../dicom/vr.ts'
import { frameBits, nativeFrameBits } from '../pixels/frame.ts'
import type { ImageDescription } from '../pixels/image.ts'
import type { FrameTable, PixelElement } from './frame-table.ts'

/** Undefined when there are no pixels, or none where the payload could be read for them. */
export function frameTableOf(read: ReadResult): FrameTable | undefined {
  const { dataSet } = read
  const syntax = transferSyntax(read.transferSyntax)
  const found = pixelElement(dataSet)
  if (found === undefined) return undefined
  const { element, name } = found
  const image = imageOf(dataSet, name)
  const common = { element: name, inflated: syntax.deflated }

  if (element.value.kind === 'fragments') {
    const { fragments } = element.value
    // A video is one stream, however many frames it shows (PS3.5 8.2.5).
    const frames = syntax.codec === 'video' ? [fragments] : frameRanges(dataSet, image.frames)
    const unsettled = syntax.codec !== 'video' && isUnsettled(dataSet, image.frames)
    return {
      ...common,
      ...(unsettled && { unsettled }),
      image: { ...image, frames: frames.length },
      frames: { kind: 'encapsulated', fragments: frames },
    }
  }
  if (element.value.kind !== 'distant') return undefined
  const { range } = element.value
  const bits = bitsPerFrame({ ...image, transferSyntax: syntax.uid }, range.end - range.start)
  const swapUnit = dataSet.littleEndian ? 1 : swapUnitOf(element, image.bitsAllocated)
  return {
    ...common,
    image: bits === 0 ? { ...image, frames: 1 } : image,
    frames: { kind: 'native', range, bitsPerFrame: bits || (range.end - range.start) * 8, swapUnit },
  }
}

/**
 * The table of an image whose fragments do not say where frames begin, after a look at each fragment's first bytes.
 *
 * @param peek  gives the bytes of a short range
 */
export async function settledFrameTableOf(
  read: ReadResult,
  peek: (range: ByteRange) => Promise<Bytes>,
): Promise<FrameTable | undefined> {
  const table = frameTableOf(read)
  if (!table?.unsettled) return table
  const stated = Math.max(1, int(read.dataSet, T.NumberOfFrames) ?? 1)
  const fragments = await peekedFrameRanges(read.dataSet, stated, peek)
  const { unsettled: _, ...settled } = table
  return {
    ...settled,
    image: { ...table.image, frames: fragments.length },
    frames: { kind: 'encapsulated', fragments },
  }
}

const PIXELS: readonly (readonly [name: PixelElement, tag: Element['tag']])[] = [
  [0x10, T.PixelData],
  [0x08, T.FloatPixelData],
  [0x09, T.DoubleFloatPixelData],
]

function pixelElement(dataSet: DataSet): { readonly element: Element; readonly name: PixelElement } | undefined {
  for (const [name, tag] of PIXELS) {
    const element = dataSet.elements.get(tag)
    if (element !== undefined) return { element, name }
  }
  return undefined
}

function imageOf(dataSet: DataSet, name: PixelElement): FrameTable['image'] {
  const bitsAllocated = name === 0x10 ? (int(dataSet, T.BitsAllocated) ?? 8) : name === 0x08 ? 32 : 64
  const bitsStored = int(dataSet, T.BitsStored) ?? bitsAllocated
  return {
    rows: int(dataSet, T.Rows) ?? 0,
    columns: int(dataSet, T.Columns) ?? 0,
    frames: Math.max(1, int(dataSet, T.NumberOfFrames) ?? 1),
    samplesPerPixel: int(dataSet, T.SamplesPerPixel) ?? 1,
    bitsAllocated,
    bitsStored,
    highBit: int(dataSet, T.HighBit) ?? bitsStored - 1,
    signed: int(dataSet, T.PixelRepresentation) === 1,
    planarConfiguration: int(dataSet, T.PlanarConfiguration) === 1 ? 1 : 0,
    photometricInterpretation: text(dataSet, T.PhotometricInterpretation),
  }
}

/** 0 when the image does not say how large it is. */
function bitsPerFrame(image: ImageDescription, length: number): number {
  // Some write all samples and say 422 nonetheless.
  return length * 8 >= frameBits(image) * image.frames ? frameBits(image) : nativeFrameBits(image)
}

/**
 * Words turned round between byte orders. Pixels of 32 and 64 bits stand in OW as numbers of their own size, which is how
 * devices write them (PS3.5 8.1.1 leaves only OW for them).
 */
function swapUnitOf({ vr }: Element, bitsAllocated: number): number {
  if (vr === 'OW') return bitsAllocated === 32 ? 4 : bitsAllocated === 64 ? 8 : 2
  return VR_TRAITS[vr].word
}
