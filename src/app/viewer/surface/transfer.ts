/**
 * A window or table as the points of a transfer function: values on one axis, shades on the other, straight lines between.
 */
import { edges, shadeOf, type Voi } from '../model/voi.ts'

export interface TransferPoint {
  readonly x: number
  readonly shade: number // 0 black to 1 white
}

/** Enough for every shade of a curve there is on an 8-bit screen. */
const CURVE_POINTS = 512

/** At least two points, from black or the first value to the last. */
export function transferPoints(voi: Voi, invert: boolean): readonly TransferPoint[] {
  const turned = (points: readonly TransferPoint[]) =>
    invert ? points.map(({ x, shade }) => ({ x, shade: 1 - shade })) : points
  if (voi.shape === 'LINEAR' || voi.shape === 'LINEAR_EXACT') {
    const { lower, upper } = edges(voi)
    // A window of width 1 is a threshold; a ramp must have some width.
    return turned([
      { x: lower, shade: 0 },
      { x: Math.max(upper, lower + 0.001), shade: 1 },
    ])
  }
  const shade = shadeOf(voi)
  // A sigmoid is within half a shade of its ends at one and a half widths from the centre.
  const [from, span] =
    voi.shape === 'TABLE'
      ? [voi.center - voi.width / 2, voi.width - 1]
      : [voi.center - 1.6 * voi.width, 3.2 * voi.width]
  const count = voi.shape === 'TABLE' ? Math.min(CURVE_POINTS * 2, Math.max(2, voi.width)) : CURVE_POINTS
  return turned(
    Array.from({ length: count }, (_, at) => {
      const x = from + (span * at) / (count - 1)
      return { x, shade: shade(x) }
    }),
  )
}
