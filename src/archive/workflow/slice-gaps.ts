/**
 * Empty places between the slices of a series: each slice's position along the normal of its plane (PS3.3 C.7.6.2), the
 * usual distance between neighbours, and where it is a multiple. Pure.
 */

export interface Slice {
  /** Image Position (Patient), in millimetres. */
  readonly position: readonly number[]
  /** Image Orientation (Patient): direction cosines of row and column. */
  readonly orientation: readonly number[]
}

export interface Gaps {
  /** How many slices would fill them. */
  readonly slices: number
  /** Positions along the normal, in millimetres, after which something is missing. */
  readonly after: readonly number[]
}

/** Fewer slices show no rhythm. */
const LEAST = 5
/** Share of distances that must be the usual one: a series planned with gaps of many sizes lacks nothing. */
const REGULAR = 0.8
/** Two positions nearer than this are one, in millimetres. */
const SAME = 0.01
const TOLERANCE = 0.2

/** Each direction of slices by itself, since a localiser has three; undefined where no rhythm is seen. */
export function gapsIn(slices: readonly Slice[]): Gaps {
  const planes = new Map<string, number[]>()
  for (const { position, orientation } of slices) {
    const normal = normalOf(orientation)
    if (normal === undefined || position.length !== 3 || !position.every(Number.isFinite)) continue
    const plane = normal.map((part) => part.toFixed(2).replace('-0.00', '0.00')).join('/')
    const along = position.reduce((sum, part, axis) => sum + part * (normal[axis] ?? 0), 0)
    planes.set(plane, [...(planes.get(plane) ?? []), along])
  }
  const found = [...planes.values()].map(gapsAlong)
  return {
    slices: found.reduce((sum, one) => sum + one.slices, 0),
    after: found.flatMap(({ after }) => after),
  }
}

function gapsAlong(positions: readonly number[]): Gaps {
  const sorted = positions
    .toSorted((a, b) => a - b)
    .filter((at, index, all) => index === 0 || at - (all[index - 1] ?? 0) > SAME)
  if (sorted.length < LEAST) return { slices: 0, after: [] }
  const steps = sorted.slice(1).map((at, index) => at - (sorted[index] ?? 0))
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0
  const near = (step: number): boolean => Math.abs(step - usual) <= usual * TOLERANCE
  if (steps.filter(near).length < steps.length * REGULAR) return { slices: 0, after: [] }
  let slices = 0
  const after: number[] = []
  steps.forEach((step, index) => {
    const missing = Math.round(step / usual) - 1
    if (missing < 1 || near(step)) return
    slices += missing
    after.push(Math.round((sorted[index] ?? 0) * 100) / 100)
  })
  return { slices, after }
}

/** Of unit length, and the same for a plane seen from either side; undefined for what is no orientation. */
function normalOf(orientation: readonly number[]): readonly number[] | undefined {
  if (orientation.length !== 6 || !orientation.every(Number.isFinite)) return undefined
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d]
  const length = Math.hypot(...normal)
  if (length < 0.5) return undefined
  const largest = normal.reduce((most, part) => (Math.abs(part) > Math.abs(most) ? part : most), 0)
  return normal.map((part) => (part / length) * (largest < 0 ? -1 : 1))
}
