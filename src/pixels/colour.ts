/**
 * Colour models to RGB (PS3.3 C.7.6.3.1.2): YBR_FULL, YBR_FULL_422, YBR_PARTIAL_422 and palettes. Eight bits a sample
 * in and out, but for palettes, whose indices and entries may have 16.
 */
import type { Bytes } from '../base/bytes.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { byPixel, storedValues } from './frame.ts'
import type { DecodedFrame, ImageDescription } from './image.ts'
import { type Lut, lookUpEntry, readLut, readSegmentedLut } from './lut.ts'

const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : Math.round(value))

/** One pixel of full-range YCbCr (ITU-R BT.601, as JFIF and DICOM use it). */
export function ybrFullPixel(y: number, cb: number, cr: number): readonly [r: number, g: number, b: number] {
  return [
    clamp(y + 1.402 * (cr - 128)),
    clamp(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)),
    clamp(y + 1.772 * (cb - 128)),
  ]
}

/** Y Cb Cr for each pixel. */
export function ybrFullToRgb(bytes: Bytes): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length)
  for (let at = 0; at + 2 < bytes.length; at += 3)
    out.set(ybrFullPixel(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0), at)
  return out
}

/** Y Y Cb Cr for each two pixels. */
export function ybrFull422ToRgb(bytes: Bytes): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(Math.floor(bytes.length / 4) * 6)
  for (let from = 0, to = 0; from + 3 < bytes.length; from += 4, to += 6) {
    const [first = 0, second = 0, cb = 0, cr = 0] = bytes.subarray(from, from + 4)
    out.set(ybrFullPixel(first, cb, cr), to)
    out.set(ybrFullPixel(second, cb, cr), to + 3)
  }
  return out
}

/** Y Y Cb Cr in studio range: luminance 16 to 235, chrominance 16 to 240 (retired). */
export function ybrPartial422ToRgb(bytes: Bytes): Uint8Array<ArrayBuffer> {
  const full = bytes.map((value, at) =>
    at % 4 < 2 ? clamp(((value - 16) * 255) / 219) : clamp(((value - 128) * 255) / 224 + 128),
  )
  return ybrFull422ToRgb(full)
}

export interface Palette {
  readonly red: Lut
  readonly green: Lut
  readonly blue: Lut
}

/** The palette of a PALETTE COLOR image, plain or segmented; undefined when one of its tables is missing. */
export function paletteOf(dataSet: DataSet, signed: boolean): Palette | undefined {
  const red =
    readLut(dataSet, T.RedPaletteColorLookupTableDescriptor, T.RedPaletteColorLookupTableData, signed) ??
    readSegmentedLut(dataSet, T.RedPaletteColorLookupTableDescriptor, T.SegmentedRedPaletteColorLookupTableData)
  const green =
    readLut(dataSet, T.GreenPaletteColorLookupTableDescriptor, T.GreenPaletteColorLookupTableData, signed) ??
    readSegmentedLut(dataSet, T.GreenPaletteColorLookupTableDescriptor, T.SegmentedGreenPaletteColorLookupTableData)
  const blue =
    readLut(dataSet, T.BluePaletteColorLookupTableDescriptor, T.BluePaletteColorLookupTableData, signed) ??
    readSegmentedLut(dataSet, T.BluePaletteColorLookupTableDescriptor, T.SegmentedBluePaletteColorLookupTableData)
  return red === undefined || green === undefined || blue === undefined ? undefined : { red, green, blue }
}

/** Entries that are said to have 16 bits but use the low eight only are met; they are taken for eight. */
function entryShift({ bits, entries }: Lut): number {
  return bits > 8 && entries.some((entry) => entry > 255) ? bits - 8 : 0
}

export function paletteToRgb(values: ArrayLike<number>, { red, green, blue }: Palette): Uint8Array<ArrayBuffer> {
  const tables = [red, green, blue].map((table) => ({ table, shift: entryShift(table) }))
  const out = new Uint8Array(values.length * 3)
  for (let at = 0; at < values.length; at += 1)
    for (const [sample, { table, shift }] of tables.entries())
      out[at * 3 + sample] = lookUpEntry(table, values[at] ?? 0) >> shift
  return out
}

/**
 * RGB, eight bits a sample, of a decoded colour frame; undefined when it is not one that can be shown so (monochrome,
 * CMYK and the like, a palette image without palette).
 */
export function renderColour(
  frame: DecodedFrame,
  image: ImageDescription,
  palette: Palette | undefined,
): Bytes | undefined {
  const model = frame.photometricInterpretation
  if (model === 'PALETTE COLOR')
    return palette === undefined ? undefined : paletteToRgb(storedValues(frame.bytes, image), palette)
  if (image.samplesPerPixel !== 3) return undefined
  if (model === 'YBR_FULL_422') return ybrFull422ToRgb(frame.bytes)
  if (model === 'YBR_PARTIAL_422') return ybrPartial422ToRgb(frame.bytes)
  const interleaved = frame.planarConfiguration === 1 ? byPixel(frame.bytes, 3, image.bitsAllocated >> 3) : frame.bytes
  const eight = image.bitsAllocated === 8 ? interleaved : toEightBits(interleaved, image)
  if (model === 'YBR_FULL') return ybrFullToRgb(eight)
  return model === 'RGB' ? eight : undefined
}

function toEightBits(bytes: Bytes, image: ImageDescription): Bytes {
  const factor = 2 ** (image.bitsStored - 8)
  return Uint8Array.from(storedValues(bytes, image), (value) => Math.floor(value / factor))
}
