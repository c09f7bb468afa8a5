/**
 * A picture in millimetres: shapes are painted into it with edges as soft as a point is wide, so that nothing has steps.
 */
import { clamp, length } from './arithmetic.ts'

export interface Raster {
  readonly columns: number
  readonly rows: number
  /** Of the middle of the first point, mm. */
  readonly left: number
  readonly top: number
  /** From point to point, mm. */
  readonly stepX: number
  readonly stepY: number
  readonly values: Float32Array
}

export function raster(
  columns: number,
  rows: number,
  middle: readonly [number, number],
  stepX: number,
  stepY = stepX,
): Raster {
  return {
    columns,
    rows,
    left: middle[0] - ((columns - 1) / 2) * stepX,
    top: middle[1] - ((rows - 1) / 2) * stepY,
    stepX,
    stepY,
    values: new Float32Array(columns * rows),
  }
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Share of a point that lies inside, by the distance of its middle from the edge (negative inside). */
export const coverage = (distance: number, soft: number): number => clamp(0.5 - distance / soft, 0, 1)

/** Calls back for every point in the box. */
export function eachPoint(into: Raster, box: Box, act: (at: number, x: number, y: number) => void): void {
  const { columns, rows, left, top, stepX, stepY } = into
  const fromX = Math.max(0, Math.floor((box.left - left) / stepX))
  const toX = Math.min(columns - 1, Math.ceil((box.right - left) / stepX))
  const fromY = Math.max(0, Math.floor((box.top - top) / stepY))
  const toY = Math.min(rows - 1, Math.ceil((box.bottom - top) / stepY))
  for (let row = fromY; row <= toY; row += 1) {
    const y = top + row * stepY
    for (let column = fromX; column <= toX; column += 1) act(row * columns + column, left + column * stepX, y)
  }
}

/** Paints one value where `distance` is negative. */
export function paint(into: Raster, box: Box, value: number, distance: (x: number, y: number) => number): void {
  const { values } = into
  const soft = Math.max(into.stepX, into.stepY)
  eachPoint(into, box, (at, x, y) => {
    const covered = coverage(distance(x, y), soft)
    if (covered > 0) values[at] = (values[at] ?? 0) + (value - (values[at] ?? 0)) * covered
  })
}

export const around = (x: number, y: number, reachX: number, reachY = reachX): Box => ({
  left: x - reachX,
  right: x + reachX,
  top: y - reachY,
  bottom: y + reachY,
})

/** Distance from the edge of an ellipse or ellipsoid about the origin; exact on the edge, good near it. */
export function ellipse(x: number, y: number, radiusX: number, radiusY: number): number {
  const inner = length(x / radiusX, y / radiusY)
  const slope = length(x / (radiusX * radiusX), y / (radiusY * radiusY))
  return slope === 0 ? -Math.min(radiusX, radiusY) : (inner * (inner - 1)) / slope
}

export function ellipsoid(x: number, y: number, z: number, radiusX: number, radiusY: number, radiusZ: number): number {
  const inner = length(x / radiusX, y / radiusY, z / radiusZ)
  const slope = length(x / (radiusX * radiusX), y / (radiusY * radiusY), z / (radiusZ * radiusZ))
  return slope === 0 ? -Math.min(radiusX, radiusY, radiusZ) : (inner * (inner - 1)) / slope
}

/** Two distances joined with a rounded seam of about `seam`. */
export function joined(a: number, b: number, seam: number): number {
  const share = clamp(0.5 + (b - a) / (2 * seam), 0, 1)
  return b + (a - b) * share - seam * share * (1 - share)
}
