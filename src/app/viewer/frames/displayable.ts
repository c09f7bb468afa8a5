/**
 * A decoded frame made ready to show: values after the modality LUT, or red, green and blue.
 *
 * Exact: stored values are cut out of their cells by Bits Stored and High Bit (PS3.5 section 8.1.1), sign-extended, and
 * rescaled; they stay integers wherever the result is one. Runs in the decoding worker, and in tests.
 */
import { rgbOf } from './colour.ts'
import type { PaletteTables } from './palette.ts'

export interface DecodedFormat {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly highBit: number
  readonly signed: boolean
  readonly planarConfiguration: 0 | 1
  readonly photometricInterpretation: string
}

export interface Meaning {
  readonly rescale: { readonly slope: number; readonly intercept: number } | undefined
  readonly modalityLut: Table | undefined
  readonly palette: PaletteTables | undefined
  /** Stored values that stand for no measurement (0028,0120); not counted in the range. */
  readonly padding: number | undefined
}

/** A look-up table from stored values (PS3.3 C.11.1.1.1). */
export interface Table {
  readonly first: number
  readonly values: readonly number[]
}

export type ShownValues = Uint8Array | Uint16Array | Int16Array | Float32Array

export type Displayable =
  | { readonly kind: 'values'; readonly data: ShownValues; readonly least: number; readonly greatest: number }
  | { readonly kind: 'rgb'; readonly data: Uint8Array }

/** @throws {Error} when the bytes are fewer than the format needs */
export function displayable(bytes: Uint8Array, format: DecodedFormat, meaning: Meaning): Displayable {
  const { photometricInterpretation: photometric } = format
  if (photometric === 'PALETTE COLOR' && meaning.palette) {
    const stored = storedValues(bytes, format)
    return { kind: 'rgb', data: throughPalette(stored, meaning.palette) }
  }
  if (format.samplesPerPixel > 1) return { kind: 'rgb', data: rgbOf(bytes, format) }
  return values(storedValues(bytes, format), meaning)
}

/** The stored values of a one-sample frame. */
export function storedValues(bytes: Uint8Array, format: DecodedFormat): Int32Array | Uint32Array {
  const { rows, columns, bitsAllocated, bitsStored, highBit, signed } = format
  const count = rows * columns
  const needed = Math.ceil((count * bitsAllocated) / 8)
  if (bytes.length < needed) throw new Error(`the frame has ${bytes.length} bytes of ${needed}`)
  const out = signed ? new Int32Array(count) : new Uint32Array(count)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const down = Math.max(0, highBit + 1 - bitsStored)
  const up = 32 - Math.min(32, bitsStored)
  for (let at = 0; at < count; at++) {
    const cell =
      bitsAllocated === 16
        ? view.getUint16(at * 2, true)
        : bitsAllocated === 8
          ? (bytes[at] ?? 0)
          : bitsAllocated === 32
            ? view.getUint32(at * 4, true)
            : ((bytes[at >> 3] ?? 0) >> (at & 7)) & 1
    const moved = (cell >>> down) << up
    out[at] = signed ? moved >> up : moved >>> up
  }
  return out
}

function values(stored: Int32Array | Uint32Array, meaning: Meaning): Displayable {
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
  if (modalityLut && modalityLut.values.length > 0) {
    const { first, values: table } = modalityLut
    return (stored) => table[Math.max(0, Math.min(table.length - 1, stored - first))] ?? 0
  }
  if (rescale && (rescale.slope !== 1 || rescale.intercept !== 0))
    return (stored) => stored * rescale.slope + rescale.intercept
  return (stored) => stored
}

function throughPalette(stored: Int32Array | Uint32Array, { first, red, green, blue }: PaletteTables): Uint8Array {
  const out = new Uint8Array(stored.length * 3)
  const last = red.length - 1
  for (let at = 0; at < stored.length; at++) {
    const entry = Math.max(0, Math.min(last, (stored[at] ?? 0) - first))
    out[at * 3] = red[entry] ?? 0
    out[at * 3 + 1] = green[entry] ?? 0
    out[at * 3 + 2] = blue[entry] ?? 0
  }
  return out
}
