/**
 * Measurements on a picture: what is drawn, and the numbers that follow from it. Pure.
 *
 * Points are in the picture's own pixels, whatever turn, flip or size it is shown in: [0, 0] is the top left corner of the
 * first pixel, whose middle is [0.5, 0.5]. So a measurement keeps its numbers when the view changes. Values are those after
 * the modality LUT (CT: Hounsfield units) of the pixels as they came, never of what the window or the screen made of them.
 */
import type { Displayable } from '../frames/displayable.ts'
import type { Calibration } from './calibration.ts'

export type Point = readonly [x: number, y: number]

export const MEASURE_KINDS = [
  'length',
  'bidirectional',
  'angle',
  'cobb',
  'ellipse',
  'freehand',
  'probe',
  'arrow',
] as const
export type MeasureKind = (typeof MEASURE_KINDS)[number]

/**
 * How many points a kind has, at least. An ellipse has two opposite corners of the box around it; two axes and the two lines of a
 * Cobb angle have two ends each; a line drawn by hand has as many as it takes; an arrow points from its second to its first.
 */
export const POINTS: Readonly<Record<MeasureKind, number>> = {
  length: 2,
  bidirectional: 4,
  angle: 3,
  cobb: 4,
  ellipse: 2,
  freehand: 3,
  probe: 1,
  arrow: 2,
}

export interface Measurement {
  readonly id: number
  readonly kind: MeasureKind
  readonly points: readonly Point[]
}

/** Millimetres, or pixels where nothing says how large one is. */
export function lengthOf(from: Point, to: Point, { x, y }: Calibration): number {
  return Math.hypot((to[0] - from[0]) * x, (to[1] - from[1]) * y)
}

/** Degrees, 0 to 180, between the two arms at `corner`; undefined while an arm has no length. */
export function angleOf(first: Point, corner: Point, second: Point, { x, y }: Calibration): number | undefined {
  const a = [(first[0] - corner[0]) * x, (first[1] - corner[1]) * y] as const
  const b = [(second[0] - corner[0]) * x, (second[1] - corner[1]) * y] as const
  if (Math.hypot(...a) === 0 || Math.hypot(...b) === 0) return undefined
  // The arc tangent of both products is exact for small and flat angles, where the arc cosine is not.
  return (Math.atan2(Math.abs(a[0] * b[1] - a[1] * b[0]), a[0] * b[0] + a[1] * b[1]) * 180) / Math.PI
}

/** Degrees, 0 to 90, between two lines that need not meet (Cobb); undefined while one has no length. */
export function cobbOf([a, b, c, d]: readonly Point[], calibration: Calibration): number | undefined {
  if (!a || !b || !c || !d) return undefined
  const angle = angleOf(b, a, [a[0] + d[0] - c[0], a[1] + d[1] - c[1]], calibration)
  return angle === undefined ? undefined : Math.min(angle, 180 - angle)
}

/** Square millimetres (or pixels) within a closed line, and its length around. */
export function outlineOf(
  points: readonly Point[],
  { x, y }: Calibration,
): { readonly area: number; readonly around: number } {
  let [twice, around] = [0, 0]
  points.forEach((from, at) => {
    const to = points[(at + 1) % points.length] ?? from
    twice += (from[0] * to[1] - to[0] * from[1]) * x * y
    around += Math.hypot((to[0] - from[0]) * x, (to[1] - from[1]) * y)
  })
  return { area: Math.abs(twice) / 2, around }
}

/** Square millimetres (or pixels) of the ellipse in the box between two corners. */
export function ellipseArea(corner: Point, opposite: Point, { x, y }: Calibration): number {
  return (Math.PI / 4) * Math.abs((opposite[0] - corner[0]) * x * (opposite[1] - corner[1]) * y)
}

export interface Statistics {
  readonly count: number
  readonly mean: number
  /** Of these pixels themselves, not an estimate for others: divided by their number. */
  readonly deviation: number
  readonly least: number
  readonly greatest: number
}

interface Values {
  readonly columns: number
  readonly rows: number
  readonly pixels: Displayable
}

/** Of the pixels whose middle lies in the ellipse; undefined for colours, and when there are none. */
export function ellipseStatistics(corner: Point, opposite: Point, values: Values): Statistics | undefined {
  const [cx, cy] = [(corner[0] + opposite[0]) / 2, (corner[1] + opposite[1]) / 2]
  const [rx, ry] = [Math.abs(opposite[0] - corner[0]) / 2, Math.abs(opposite[1] - corner[1]) / 2]
  if (rx === 0 || ry === 0) return undefined
  return statistics(values, boxOf(corner, opposite), (x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1)
}

/** Of the pixels whose middle lies within a closed line (even-odd). */
export function outlineStatistics(points: readonly Point[], values: Values): Statistics | undefined {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }
  return statistics(values, box, (x, y) => {
    let inside = false
    points.forEach(([x1, y1], at) => {
      const [x2, y2] = points[(at + 1) % points.length] ?? [x1, y1]
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
    })
    return inside
  })
}

/** Of the pixels whose middle lies in the box between two corners. */
export function boxStatistics(corner: Point, opposite: Point, values: Values): Statistics | undefined {
  return statistics(values, boxOf(corner, opposite), () => true)
}

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const boxOf = (a: Point, b: Point): Box => ({
  left: Math.min(a[0], b[0]),
  top: Math.min(a[1], b[1]),
  right: Math.max(a[0], b[0]),
  bottom: Math.max(a[1], b[1]),
})

function statistics(
  { columns, rows, pixels }: Values,
  { left, top, right, bottom }: Box,
  holds: (x: number, y: number) => boolean,
): Statistics | undefined {
  if (pixels.kind !== 'values') return undefined
  const { data } = pixels
  let [count, mean, squares] = [0, 0, 0]
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let row = Math.max(0, Math.ceil(top - 0.5)); row < rows && row + 0.5 <= bottom; row++)
    for (let column = Math.max(0, Math.ceil(left - 0.5)); column < columns && column + 0.5 <= right; column++) {
      if (!holds(column + 0.5, row + 0.5)) continue
      const value = data[row * columns + column] ?? 0
      count++
      // Welford: exact where values are large and differ little.
      const off = value - mean
      mean += off / count
      squares += off * (value - mean)
      if (value < least) least = value
      if (value > greatest) greatest = value
    }
  return count === 0 ? undefined : { count, mean, deviation: Math.sqrt(squares / count), least, greatest }
}

/** What the pixel under a point holds: one value, or red, green and blue; undefined outside the picture. */
export function valueAt([x, y]: Point, { columns, rows, pixels }: Values): readonly number[] | undefined {
  const [column, row] = [Math.floor(x), Math.floor(y)]
  if (column < 0 || row < 0 || column >= columns || row >= rows) return undefined
  const at = row * columns + column
  return pixels.kind === 'values' ? [pixels.data[at] ?? 0] : [...pixels.data.subarray(at * 3, at * 3 + 3)]
}
