/** The outlines of graphics (PS3.3 C.10.5.1.2) as paths of SVG, wherever their points go. */
import type { Graphic, Point, Units } from './presentation.ts'

export type Shape = Extract<Graphic, { kind: 'POINT' | 'POLYLINE' | 'INTERPOLATED' | 'CIRCLE' | 'ELLIPSE' }>

export const pathNumber = (value: number): string => String(Math.round(value * 100) / 100)

export const linesThrough = (points: readonly Point[], close: boolean): string =>
  points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${pathNumber(x)} ${pathNumber(y)}`).join('') + (close ? 'z' : '')

/** Points on the outline of an ellipse about a center, by its two half axes: turned and mirrored as the picture is. */
function ellipse([cx, cy]: Point, [ax, ay]: Point, [bx, by]: Point): readonly Point[] {
  return Array.from({ length: 72 }, (_, at): Point => {
    const [cosine, sine] = [Math.cos((at * Math.PI) / 36), Math.sin((at * Math.PI) / 36)]
    return [cx + ax * cosine + bx * sine, cy + ay * cosine + by * sine]
  })
}

/** A curve through all points (Catmull-Rom as cubic Bézier pieces). */
function curve(points: readonly Point[]): string {
  let path = linesThrough(points.slice(0, 1), false)
  const closed = points.length > 2 && String(points[0]) === String(points.at(-1))
  for (let at = 0; at + 1 < points.length; at += 1) {
    const [from, to] = [points[at] as Point, points[at + 1] as Point]
    const before = points[at - 1] ?? (closed ? (points.at(-2) as Point) : from)
    const after = points[at + 2] ?? (closed ? (points[1] as Point) : to)
    const control = (one: Point, next: Point, last: Point, sign: number): Point => [
      one[0] + (sign * (next[0] - last[0])) / 6,
      one[1] + (sign * (next[1] - last[1])) / 6,
    ]
    const controls = [control(from, to, before, 1), control(to, after, from, -1), to]
    path += `C${controls.map(([x, y]) => `${pathNumber(x)} ${pathNumber(y)}`).join(' ')}`
  }
  return path
}

/**
 * @param place  where a point goes
 * @param arm    half the width of the cross a point is drawn as
 * @returns      '' when it has too few points
 */
export function outlineOf(
  { kind, units, points, filled }: Shape,
  place: (units: Units, point: Point) => Point,
  arm = 6,
): string {
  const at = points.map((point) => place(units, point))
  const [first, second, third, fourth] = at
  if (first === undefined) return ''
  if (kind === 'POINT') {
    const [x, y] = first
    const [far, long] = [pathNumber, (length: number) => pathNumber(2 * length)]
    return `M${far(x - arm)} ${far(y)}h${long(arm)}M${far(x)} ${far(y - arm)}v${long(arm)}`
  }
  if (kind === 'POLYLINE') return linesThrough(at, filled)
  if (kind === 'INTERPOLATED') return curve(at)
  if (second === undefined) return ''
  if (kind === 'CIRCLE') {
    // Of the image it is a circle; in a picture of other proportions an ellipse.
    const [center, edge] = [points[0] as Point, points[1] as Point]
    const radius = Math.hypot(edge[0] - center[0], edge[1] - center[1])
    const half = (point: Point): Point => {
      const [x, y] = place(units, point)
      return [x - first[0], y - first[1]]
    }
    const reach = Math.hypot(second[0] - first[0], second[1] - first[1])
    const [a, b]: readonly [Point, Point] =
      units === 'DISPLAY'
        ? [
            [reach, 0],
            [0, reach],
          ]
        : [half([center[0] + radius, center[1]]), half([center[0], center[1] + radius])]
    return linesThrough(ellipse(first, a, b), true)
  }
  if (third === undefined || fourth === undefined) return ''
  const center: Point = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2]
  const halfOf = (one: Point, other: Point): Point => [(other[0] - one[0]) / 2, (other[1] - one[1]) / 2]
  return linesThrough(ellipse(center, halfOf(first, second), halfOf(third, fourth)), true)
}
