/**
 * The nodule and its years. Its shape is a sphere with lobes, so its diameter and volume are known to the last digit:
 * `noduleTruth` measures the very shape that is painted.
 */
import { clamp, cos, length, mix, PI, sin } from '../arithmetic.ts'
import { coverage, eachPoint, type Raster } from '../raster.ts'
import type { Point } from './shape.ts'

/** Where it lies in the patient: right upper lobe, mm from the origin of the phantom. */
export const NODULE: Point = [-72, 4, 36]

export interface NoduleState {
  /** Of the sphere it is made from, mm. */
  readonly radius: number
  /** Height of its lobes as a share of the radius. */
  readonly lobes: number
  /** Strands into the lung around, 0 none. */
  readonly strands: number
  /** Flattened by scarring: height as a share of width. */
  readonly height: number
  readonly hu: number
}

/** Its radius in a direction, mm. The lobes are polynomials of the direction: no trigonometry, the same everywhere. */
function reach({ radius, lobes, height }: NoduleState, x: number, y: number, z: number): number {
  const tall = z / height
  const stretch = 1 / length(x, y, tall)
  const form = 1.4 * x * y + 0.8 * (x * x * x - 3 * x * y * y) + 0.9 * y * z - 0.5 * (3 * z * z - 1) * x
  return radius * stretch * (1 + lobes * form)
}

const SPOKES: readonly Point[] = [
  [-0.86, 0.42, 0.2],
  [0.5, -0.84, 0.1],
  [0.74, 0.6, -0.3],
  [-0.4, -0.88, -0.25],
  [-0.97, -0.2, 0.05],
  [0.15, 0.97, 0.2],
]

/** @param z  middle of the slice, in the phantom's own coordinates */
export function paintNodule(into: Raster, state: NoduleState, z: number, thickness: number): void {
  const { radius, strands, hu } = state
  if (radius <= 0) return
  const most = radius * 1.6 + strands * 9 + 2
  if (Math.abs(z - NODULE[2]) > most + thickness / 2) return
  const { values } = into
  const soft = Math.max(into.stepX, into.stepY)
  const parts = Math.max(3, Math.ceil(thickness / 0.6))
  eachPoint(
    into,
    { left: NODULE[0] - most, right: NODULE[0] + most, top: NODULE[1] - most, bottom: NODULE[1] + most },
    (at, px, py) => {
      const [x, y] = [px - NODULE[0], py - NODULE[1]]
      let [covered, halo] = [0, 0]
      for (let part = 0; part < parts; part += 1) {
        const dz = z + thickness * ((part + 0.5) / parts - 0.5) - NODULE[2]
        const out = length(x, y, dz)
        const edge = out < 1e-6 ? -radius : out - reach(state, x / out, y / out, dz / out)
        let away = edge
        if (strands > 0)
          for (const [sx, sy, sz] of SPOKES) {
            const along = clamp(x * sx + y * sy + dz * sz, 0, radius + strands * 8)
            away = Math.min(
              away,
              length(x - sx * along, y - sy * along, dz - sz * along) - mix(1.1, 0.35, along / (radius + 8)),
            )
          }
        covered += coverage(away, soft)
        halo += clamp(1 - edge / 2.5, 0, 1)
      }
      if (halo === 0 && covered === 0) return
      const here = values[at] ?? 0
      const hazy = here + (hu - here) * 0.1 * (halo / parts)
      values[at] = hazy + (hu - hazy) * (covered / parts)
    },
  )
}

export interface NoduleTruth {
  /** Longest diameter in an axial plane, and the one across it, mm. */
  readonly longAxis: number
  readonly shortAxis: number
  /** mm³ */
  readonly volume: number
}

/** Measures the shape: its volume over all directions, its diameters in the axial plane through its middle. */
export function noduleTruth(state: NoduleState): NoduleTruth {
  if (state.radius <= 0) return { longAxis: 0, shortAxis: 0, volume: 0 }
  const [belts, turns] = [180, 360]
  let volume = 0
  for (let belt = 0; belt < belts; belt += 1) {
    const z = (2 * (belt + 0.5)) / belts - 1 // even steps of height are even areas of a sphere
    const across = Math.sqrt(1 - z * z)
    for (let turn = 0; turn < turns; turn += 1) {
      const angle = (2 * PI * turn) / turns
      const out = reach(state, across * cos(angle), across * sin(angle), z)
      volume += (out * out * out * 4 * PI) / (3 * belts * turns)
    }
  }
  // A diameter as calipers see it: the width between two parallel lines that touch the outline.
  const outline = Array.from({ length: 720 }, (_, at): [number, number] => {
    const [x, y] = [cos((PI * at) / 360), sin((PI * at) / 360)]
    const out = reach(state, x, y, 0)
    return [x * out, y * out]
  })
  const width = (degree: number): number => {
    const [x, y] = [cos((PI * degree) / 180), sin((PI * degree) / 180)]
    const along = outline.map((point) => point[0] * x + point[1] * y)
    return Math.max(...along) - Math.min(...along)
  }
  const widths = Array.from({ length: 180 }, (_, degree) => width(degree))
  const longest = widths.indexOf(Math.max(...widths))
  return { longAxis: widths[longest] ?? 0, shortAxis: widths[(longest + 90) % 180] ?? 0, volume }
}
