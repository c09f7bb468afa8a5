/**
 * Functions of numbers that give the same bits on every engine.
 *
 * ECMAScript leaves the last bits of `Math.sin` and its like to the engine. A demonstration that differed in one bit from
 * one release of Node to the next would be other content under the same UIDs, a conflict. So everything here is made of
 * `+ - * /` and the square root, which IEEE 754 settles; precise to about 1e-9, far below a grey value.
 */
export const PI = Math.PI

export const clamp = (value: number, low: number, high: number): number =>
  value < low ? low : value > high ? high : value

export const mix = (from: number, to: number, share: number): number => from + (to - from) * share

/** 0 before `low`, 1 after `high`, smooth between. */
export function ramp(value: number, low: number, high: number): number {
  const share = clamp((value - low) / (high - low), 0, 1)
  return share * share * (3 - 2 * share)
}

/** A value on the line through points in ascending order of the first number; flat before and after them. */
export function through(points: readonly (readonly [at: number, value: number])[], at: number): number {
  let before = points[0]
  for (const point of points) {
    if (before !== undefined && at < point[0])
      return at <= before[0] ? before[1] : mix(before[1], point[1], ramp(at, before[0], point[0]))
    before = point
  }
  return before?.[1] ?? 0
}

/** A curve through points in ascending order of the first number, without corners or steps (Catmull-Rom). */
export function curve(points: readonly (readonly [at: number, value: number])[], at: number): number {
  let piece = 0
  while (piece + 2 < points.length && at > (points[piece + 1]?.[0] ?? 0)) piece += 1
  const [ax, ay] = points[piece] ?? [0, 0]
  const [bx, by] = points[piece + 1] ?? [ax + 1, ay]
  const [zx, zy] = points[piece - 1] ?? [ax, ay]
  const [cx, cy] = points[piece + 2] ?? [bx, by]
  const width = bx - ax
  const share = clamp((at - ax) / width, 0, 1)
  const leave = ((by - zy) / (bx - zx)) * width
  const arrive = ((cy - ay) / (cx - ax)) * width
  const square = share * share
  const cube = square * share
  return (
    (2 * cube - 3 * square + 1) * ay +
    (cube - 2 * square + share) * leave +
    (3 * square - 2 * cube) * by +
    (cube - square) * arrive
  )
}

/** Angle in radians. */
export function sin(angle: number): number {
  const turns = Math.round(angle / PI)
  const x = angle - turns * PI
  const square = x * x
  const series =
    x *
    (1 -
      (square / 6) *
        (1 - (square / 20) * (1 - (square / 42) * (1 - (square / 72) * (1 - (square / 110) * (1 - square / 156))))))
  return turns % 2 === 0 ? series : -series
}

export const cos = (angle: number): number => sin(angle + PI / 2)

const LN2 = Math.LN2

export function exp(power: number): number {
  if (power < -700) return 0
  const doublings = Math.round(power / LN2)
  const x = power - doublings * LN2
  let series = 1
  for (let order = 10; order > 0; order -= 1) series = 1 + (x / order) * series
  return doublings >= 0 ? series * twoTo(doublings) : series / twoTo(-doublings)
}

function twoTo(power: number): number {
  let result = 1
  for (let left = power; left > 0; left -= 1) result *= 2
  return result
}

/** Natural logarithm of a positive number. */
export function log(value: number): number {
  let [mantissa, halvings] = [value, 0]
  for (; mantissa > 1.5; halvings += 1) mantissa /= 2
  for (; mantissa < 0.75; halvings -= 1) mantissa *= 2
  const ratio = (mantissa - 1) / (mantissa + 1)
  const square = ratio * ratio
  let series = 0
  for (let order = 15; order > 0; order -= 2) series = series * square + 1 / order
  return halvings * LN2 + 2 * ratio * series
}

/** The angle of the direction (x, y), from -π to π; precise to 1e-5, enough for shapes. */
export function angleOf(y: number, x: number): number {
  const [ax, ay] = [Math.abs(x), Math.abs(y)]
  if (ax === 0 && ay === 0) return 0
  const ratio = ax > ay ? ay / ax : ax / ay
  const square = ratio * ratio
  const within =
    ratio *
    (0.99997726 +
      square *
        (-0.33262347 + square * (0.19354346 + square * (-0.11643287 + square * (0.05265332 - square * 0.0117212)))))
  const quarter = ax > ay ? within : PI / 2 - within
  const half = x < 0 ? PI - quarter : quarter
  return y < 0 ? -half : half
}

export const length = (x: number, y: number, z = 0): number => Math.sqrt(x * x + y * y + z * z)
