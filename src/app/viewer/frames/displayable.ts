/**
 * A decoded frame made ready to show: values after the modality LUT, or red, green and blue.
 *
 * Values stay integers wherever the rescale gives integers, so that nothing is lost on the way to the screen. Runs in
 * the decoding worker, and in tests.
 */
import { uid } from '../../../dicom/uid.ts'
import { type Palette, paletteToRgb, renderColour } from '../../../pixels/colour.ts'
import { storedValues } from '../../../pixels/frame.ts'
import type { ImageDescription } from '../../../pixels/image.ts'
import { type Lut, lookUpEntry } from '../../../pixels/lut.ts'

export const EXPLICIT_LITTLE = uid('1.2.840.10008.1.2.1')

/** How the decoded bytes are to be read; the syntax they came in no longer matters. */
export type DecodedFormat = Omit<ImageDescription, 'transferSyntax' | 'frames'>

export interface Meaning {
  readonly rescale: { readonly slope: number; readonly intercept: number } | undefined
  readonly modalityLut: Lut | undefined
  readonly palette: Palette | undefined
  /** Stored values that stand for no measurement (0028,0120); not counted in the range. */
  readonly padding: number | undefined
}

export type ShownValues = Uint8Array | Uint16Array | Int16Array | Float32Array

export type Displayable =
  | { readonly kind: 'values'; readonly data: ShownValues; readonly least: number; readonly greatest: number }
  | { readonly kind: 'rgb'; readonly data: Uint8Array }

/** @throws {Error} when the bytes are fewer than the format needs, or their colours mean nothing we know */
export function displayable(bytes: Uint8Array, format: DecodedFormat, meaning: Meaning): Displayable {
  const image: ImageDescription = { ...format, frames: 1, transferSyntax: EXPLICIT_LITTLE }
  if (format.samplesPerPixel > 1) return { kind: 'rgb', data: rgb(bytes, image) }
  require(bytes, Math.ceil((format.rows * format.columns * format.bitsAllocated) / 8))
  const stored = storedValues(bytes, image)
  if (format.photometricInterpretation === 'PALETTE COLOR' && meaning.palette)
    return { kind: 'rgb', data: paletteToRgb(stored, meaning.palette) }
  return values(stored, meaning)
}

function rgb(bytes: Uint8Array, image: ImageDescription): Uint8Array {
  const pixels = image.rows * image.columns
  const full = (pixels * image.samplesPerPixel * image.bitsAllocated) / 8
  const said = image.photometricInterpretation
  // Chrominance may be there for every pixel although the data set says 422: widened by a decoder, or never narrowed.
  const isHalf = said.endsWith('_422') && bytes.length < full
  require(bytes, isHalf ? (full * 2) / 3 : full)
  const photometricInterpretation = isHalf ? said : said.replace('_422', '')
  const { planarConfiguration } = image
  const shown = renderColour({ bytes, photometricInterpretation, planarConfiguration }, image, undefined)
  if (shown === undefined) throw new Error(`colours of the model ${said} are not shown`)
  return shown.slice(0, pixels * 3)
}

function require(bytes: Uint8Array, needed: number): void {
  if (bytes.length < needed) throw new Error(`the frame has ${bytes.length} bytes of ${needed}`)
}

function values(stored: ArrayLike<number>, meaning: Meaning): Displayable {
  const convert = converterOf(meaning)
  const { padding } = meaning
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  let whole = true
  const real = new Float64Array(stored.length)
  for (let at = 0; at < stored.length; at++) {
    const raw = stored[at] ?? 0
    const value = convert(raw)
    real[at] = value
    whole &&= Number.isInteger(value)
    if (value < lowest) lowest = value
    if (value > highest) highest = value
    if (raw === padding) continue
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  const data = !whole
    ? new Float32Array(real)
    : lowest >= 0 && highest <= 255
      ? new Uint8Array(real)
      : lowest >= 0 && highest <= 65_535
        ? new Uint16Array(real)
        : lowest >= -32_768 && highest <= 32_767
          ? new Int16Array(real)
          : new Float32Array(real)
  return {
    kind: 'values',
    data,
    least: Number.isFinite(least) ? least : lowest,
    greatest: Number.isFinite(greatest) ? greatest : highest,
  }
}

function converterOf({ rescale, modalityLut }: Meaning): (stored: number) => number {
  if (modalityLut) return (stored) => lookUpEntry(modalityLut, stored)
  if (rescale && (rescale.slope !== 1 || rescale.intercept !== 0))
    return (stored) => stored * rescale.slope + rescale.intercept
  return (stored) => stored
}
