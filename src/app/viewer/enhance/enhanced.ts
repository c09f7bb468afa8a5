/** A frame filtered for viewing: values stay in their own units, so that the same window shows them; colours keep their hue. */
import { processed, type Recipe, type Span } from '../../../pixels/filters.ts'
import type { Displayable } from '../frames/displayable.ts'

export interface EnhanceInput {
  readonly pixels: Displayable
  readonly columns: number
  readonly rows: number
  readonly recipe: Recipe
  /** What the window shows; for colours, 0 to 255. */
  readonly span: Span
}

/** New pixels; those given stay untouched. */
export function enhanced({ pixels, columns, rows, recipe, span }: EnhanceInput): Displayable {
  if (pixels.kind === 'values') {
    const data = processed({ columns, rows, data: pixels.data }, recipe, span)
    return { kind: 'values', data, least: pixels.least, greatest: pixels.greatest }
  }
  const { data } = pixels
  // Rec. 601 luma: what the filter does to brightness is done to all three alike.
  const luma = Float32Array.from(
    { length: columns * rows },
    (_, at) => 0.299 * (data[at * 3] ?? 0) + 0.587 * (data[at * 3 + 1] ?? 0) + 0.114 * (data[at * 3 + 2] ?? 0),
  )
  const after = processed({ columns, rows, data: luma }, recipe, { lower: 0, upper: 255 })
  const out = new Uint8ClampedArray(data.length)
  for (let at = 0; at < after.length; at++) {
    const change = (after[at] ?? 0) - (luma[at] ?? 0)
    for (let sample = at * 3; sample < at * 3 + 3; sample++) out[sample] = (data[sample] ?? 0) + change
  }
  return { kind: 'rgb', data: new Uint8Array(out.buffer) }
}
