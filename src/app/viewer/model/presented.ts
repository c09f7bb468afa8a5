/**
 * A frame as a presentation state shows it (PS3.4 N.2), in the terms of a pane: the window over the values the pane has, how
 * the picture is turned, which part is seen, what is drawn on it and what is covered.
 */
import type { DataSet } from '../../../dicom/data-set.ts'
import type { ImageDescription } from '../../../pixels/image.ts'
import type { Lut } from '../../../pixels/lut.ts'
import { type Presentation, presentationOf } from '../../../pixels/presentation.ts'
import { EXPLICIT_LITTLE } from '../frames/displayable.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import type { Presented } from './presented-view.ts'
import { edges, fullWindow, shadeOf, type Voi } from './voi.ts'

export function presentedOf(state: DataSet, { ref, image, facts, pixels }: ShownFrame): Presented {
  const description: ImageDescription = { ...image, transferSyntax: EXPLICIT_LITTLE }
  const presentation = presentationOf(state, ref.object.sop, ref.frame, description)
  if (pixels.kind !== 'values') return { voi: undefined, invert: false, presentation, note: '' }
  const { voi, note } = voiFor(presentation, facts.rescale ?? { slope: 1, intercept: 0 }, fullWindow(pixels))
  // A pane inverts what the photometric interpretation does not; a state stands in the place of both (PS3.3 C.11.6.1.2).
  const isMonochrome1 = image.photometricInterpretation === 'MONOCHROME1'
  const { lut } = presentation
  return typeof lut === 'object'
    ? { voi: throughLut(voi, lut), invert: isMonochrome1, presentation, note }
    : { voi, invert: (lut === 'INVERSE') !== isMonochrome1, presentation, note }
}

interface Rescale {
  readonly slope: number
  readonly intercept: number
}

/** Windows of a state are over what its own modality transform gives; a pane has the values of the image's. */
function voiFor(
  { modality, voi }: Presentation,
  own: Rescale,
  whole: Voi,
): { readonly voi: Voi; readonly note: string } {
  if (voi === undefined) return { voi: whole, note: '' }
  const stated = modality?.kind === 'rescale' ? modality : own
  const ratio = own.slope / stated.slope
  if (voi.kind === 'window') {
    const { center, width, function: shape } = voi.window
    const moved = (center - stated.intercept) * ratio + own.intercept
    return { voi: { center: moved, width: width * Math.abs(ratio), shape }, note: '' }
  }
  const { table } = voi
  if (ratio !== 1) return { voi: whole, note: 'its table is for other values than these' }
  const first = table.first + own.intercept - stated.intercept
  const width = table.entries.length
  return { voi: { center: first + width / 2, width, shape: 'TABLE', table: { ...table, first } }, note: '' }
}

const LARGEST_TABLE = 65_536

/** Window and presentation table as one table. */
function throughLut(voi: Voi, lut: Lut): Voi {
  const { lower, upper } = edges(voi)
  // A sigmoid has no edges: twice as wide holds what can be told apart.
  const slack = voi.shape === 'SIGMOID' ? (upper - lower) / 2 : 0
  const first = Math.floor(lower - slack)
  const width = Math.max(2, Math.min(LARGEST_TABLE, Math.ceil(upper + slack) - first + 1))
  const shade = shadeOf(voi)
  const last = lut.entries.length - 1
  const entries = Uint16Array.from({ length: width }, (_, at) => lut.entries[Math.round(shade(first + at) * last)] ?? 0)
  return { center: first + width / 2, width, shape: 'TABLE', table: { first, bits: lut.bits, entries } }
}
