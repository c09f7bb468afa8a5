/**
 * From stored values to shades of grey (PS3.4 section N.2, PS3.3 C.11.1 and C.11.2): modality transform, window or VOI
 * look-up table, and the sense of the photometric interpretation. Plain formulas, as the standard prints them.
 */
import type { DataSet } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { item, number, numbers, text, texts } from '../dicom/values.ts'
import type { ImageDescription } from './image.ts'
import { type Lut, lookUpEntry, readLut } from './lut.ts'
import type { Presentation } from './presentation.ts'

export type Modality =
  | { readonly kind: 'rescale'; readonly slope: number; readonly intercept: number }
  | { readonly kind: 'table'; readonly table: Lut }

export type WindowFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID'

export interface Window {
  readonly center: number
  /** At least 1 for LINEAR, more than 0 for the others. */
  readonly width: number
  readonly function: WindowFunction
  /** What the data set calls it, '' when it has no name. */
  readonly explanation: string
}

export type Voi = { readonly kind: 'window'; readonly window: Window } | { readonly kind: 'table'; readonly table: Lut }

/**
 * Where the attributes of a frame's transforms stand: its own functional groups, those all frames share, or the data
 * set itself (PS3.3 C.7.6.16). The first that has the attribute wins.
 */
export function transformSets(dataSet: DataSet, frame: number): { readonly modality: DataSet; readonly voi: DataSet } {
  const perFrame = dataSet.elements.get(T.PerFrameFunctionalGroupsSequence)?.value
  const own = perFrame?.kind === 'items' ? perFrame.items[frame - 1] : undefined
  const shared = item(dataSet, T.SharedFunctionalGroupsSequence)
  const within = (tag: typeof T.FrameVOILUTSequence): DataSet => {
    for (const groups of [own, shared]) {
      const found = groups === undefined ? undefined : item(groups, tag)
      if (found !== undefined) return found
    }
    return dataSet
  }
  return { modality: within(T.PixelValueTransformationSequence), voi: within(T.FrameVOILUTSequence) }
}

/** The modality transform; the values themselves when there is none. */
export function modalityOf(dataSet: DataSet, image: ImageDescription): Modality {
  const sequence = item(dataSet, T.ModalityLUTSequence)
  const table = sequence === undefined ? undefined : readLut(sequence, T.LUTDescriptor, T.LUTData, image.signed)
  if (table !== undefined) return { kind: 'table', table }
  const slope = number(dataSet, T.RescaleSlope) ?? 1
  return { kind: 'rescale', slope: slope === 0 ? 1 : slope, intercept: number(dataSet, T.RescaleIntercept) ?? 0 }
}

export const applyModality = (modality: Modality, stored: number): number =>
  modality.kind === 'rescale' ? stored * modality.slope + modality.intercept : lookUpEntry(modality.table, stored)

const FUNCTIONS: ReadonlySet<string> = new Set(['LINEAR', 'LINEAR_EXACT', 'SIGMOID'])

/** Every window the data set offers, in order; those without a usable width are left out. */
export function windowsOf(dataSet: DataSet): readonly Window[] {
  const widths = numbers(dataSet, T.WindowWidth)
  const explanations = texts(dataSet, T.WindowCenterWidthExplanation)
  const stated = text(dataSet, T.VOILUTFunction)
  const shape = FUNCTIONS.has(stated) ? (stated as WindowFunction) : 'LINEAR'
  return numbers(dataSet, T.WindowCenter).flatMap((center, at) => {
    const width = widths[at]
    const usable = width !== undefined && Number.isFinite(center) && (shape === 'LINEAR' ? width >= 1 : width > 0)
    return usable ? [{ center, width, function: shape, explanation: explanations[at] ?? '' }] : []
  })
}

/**
 * What the data set wants its values of interest shown by: its first window, else its first table.
 *
 * @param signed  Are the values that leave the modality transform signed?
 */
export function voiOf(dataSet: DataSet, signed: boolean): Voi | undefined {
  const [window] = windowsOf(dataSet)
  if (window !== undefined) return { kind: 'window', window }
  const sequence = item(dataSet, T.VOILUTSequence)
  const table = sequence === undefined ? undefined : readLut(sequence, T.LUTDescriptor, T.LUTData, signed)
  return table === undefined ? undefined : { kind: 'table', table }
}

/** PS3.3 C.11.2.1.2 and C.11.2.1.3: the shade of a value, from 0 to 1. */
export function shade(value: number, { center, width, function: shape }: Window): number {
  if (shape === 'SIGMOID') return 1 / (1 + Math.exp((-4 * (value - center)) / width))
  const [middle, range] = shape === 'LINEAR_EXACT' ? [center, width] : [center - 0.5, width - 1]
  if (value <= middle - range / 2) return 0
  if (value > middle + range / 2) return 1
  return (value - middle) / range + 0.5
}

export const applyVoi = (voi: Voi, value: number): number =>
  voi.kind === 'window' ? shade(value, voi.window) : lookUpEntry(voi.table, value) / (2 ** voi.table.bits - 1)

/** From the darkest to the lightest value there is: what to show when the data set does not say. */
export function fullWindow(values: ArrayLike<number>, modality: Modality): Window {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let at = 0; at < values.length; at += 1) {
    const value = applyModality(modality, values[at] ?? 0)
    if (value < low) low = value
    if (value > high) high = value
  }
  if (values.length === 0) return { center: 0.5, width: 1, function: 'LINEAR_EXACT', explanation: '' }
  return { center: (low + high) / 2, width: Math.max(high - low, 1), function: 'LINEAR_EXACT', explanation: '' }
}

/**
 * Shades of grey, 0 black to 255 white, of the stored values of a monochrome frame.
 *
 * @param lut  of a presentation state: then it says which end is white, and not the image (PS3.3 C.11.6)
 */
export function renderGrey(
  values: ArrayLike<number>,
  image: Pick<ImageDescription, 'photometricInterpretation'>,
  modality: Modality,
  voi: Voi | undefined,
  lut?: Presentation['lut'],
): Uint8Array<ArrayBuffer> {
  const used = voi ?? { kind: 'window', window: fullWindow(values, modality) }
  // MONOCHROME1: the lowest value is the lightest (PS3.3 C.7.6.3.1.2).
  const inverted = lut === undefined ? image.photometricInterpretation === 'MONOCHROME1' : lut === 'INVERSE'
  const table = typeof lut === 'object' ? lut : undefined
  const greyOf = (stored: number): number => {
    const light = Math.min(1, applyVoi(used, applyModality(modality, stored)))
    if (table !== undefined) return Math.round(presented(table, light) * 255)
    return Math.round((inverted ? 1 - light : light) * 255)
  }
  return values instanceof Int32Array ? throughTable(values, greyOf) : Uint8Array.from(values, greyOf)
}

/** What leaves the VOI transform fills the table from its first entry to its last (PS3.3 C.11.6.1). */
const presented = (table: Lut, light: number): number =>
  lookUpEntry(table, table.first + Math.round(light * (table.entries.length - 1))) / (2 ** table.bits - 1)

/** A table longer than this, or than a few times the pixels, costs more than it saves. */
const LONGEST_TABLE = 2 ** 16

/** The shade of every value between the least and the greatest, worked out once; pixels look theirs up. */
function throughTable(values: Int32Array, greyOf: (stored: number) => number): Uint8Array<ArrayBuffer> {
  let low = values[0] ?? 0
  let high = low
  for (let at = 1; at < values.length; at += 1) {
    const value = values[at] as number
    if (value < low) low = value
    else if (value > high) high = value
  }
  const length = high - low + 1
  if (length > Math.min(LONGEST_TABLE, 4 * values.length)) return Uint8Array.from(values, greyOf)
  const shades = Uint8Array.from({ length }, (_, at) => greyOf(low + at))
  const out = new Uint8Array(values.length)
  for (let at = 0; at < values.length; at += 1) out[at] = shades[(values[at] as number) - low] as number
  return out
}
