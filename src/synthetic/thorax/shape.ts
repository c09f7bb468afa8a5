/**
 * The large shapes of the synthetic chest, as signed distances in millimetres (negative inside).
 *
 * Patient coordinates as PS3.3 C.7.6.2 has them: x to the left, y to the back, z to the head; the origin lies in the
 * mediastinum at the height of the carina. `chestAt` settles what depends on height alone, so that a slice asks only for
 * what changes from point to point.
 */
import { clamp, length, through } from '../arithmetic.ts'
import { ellipse, ellipsoid, joined } from '../raster.ts'

export type Point = readonly [x: number, y: number, z: number]

type Profile = readonly (readonly [z: number, value: number])[]

const BODY_WIDTH: Profile = [
  [-190, 158],
  [-130, 160],
  [-60, 164],
  [0, 168],
  [50, 176],
  [85, 178],
  [112, 160],
  [140, 120],
  [165, 68],
]
const BODY_FRONT: Profile = [
  [-190, 106],
  [-130, 106],
  [-60, 108],
  [0, 104],
  [50, 96],
  [85, 84],
  [112, 72],
  [150, 62],
]
const BODY_BACK: Profile = [
  [-190, 106],
  [-130, 108],
  [0, 112],
  [60, 110],
  [100, 98],
  [150, 76],
]
const CAGE_WIDTH: Profile = [
  [-190, 132],
  [-100, 136],
  [-50, 134],
  [0, 127],
  [50, 110],
  [75, 88],
  [92, 56],
  [104, 28],
]
const CAGE_DEPTH: Profile = [
  [-190, 88],
  [-100, 90],
  [-50, 89],
  [0, 85],
  [50, 72],
  [75, 58],
  [92, 40],
  [104, 22],
]
const MUSCLE: Profile = [
  [-190, 9],
  [-60, 11],
  [0, 16],
  [50, 24],
  [90, 34],
]

/** Nearly a rectangle with very round corners: `round` of a circle, the rest of a squircle. */
function barrel(x: number, y: number, width: number, depth: number, round: number): number {
  const uu = (x * x) / (width * width)
  const vv = (y * y) / (depth * depth)
  const reach = round * Math.sqrt(uu + vv) + (1 - round) * Math.sqrt(Math.sqrt(uu * uu + vv * vv))
  return reach === 0 ? -Math.min(width, depth) : ((reach - 1) * length(x, y)) / reach
}

export const RIGHT_DOME = { x: -68, y: -6, top: -58 } as const
export const LEFT_DOME = { x: 70, y: -8, top: -72 } as const

export interface ChestAt {
  /** Skin. */
  body(x: number, y: number): number
  /** Inner side of the ribs. */
  cage(x: number, y: number): number
  /** What lies between the lungs: heart, vessels, spine. */
  mediastinum(x: number, y: number): number
  heart(x: number, y: number): number
  /** Negative above the diaphragm. */
  diaphragm(x: number, y: number): number
  /** Air-filled lung. */
  lung(x: number, y: number): number
  readonly cageWidth: number
  readonly cageDepth: number
  /** Of the muscles outside the ribs, ribs included. */
  readonly muscle: number
}

export function chestAt(z: number): ChestAt {
  const bodyWidth = through(BODY_WIDTH, z)
  const [front, back] = [through(BODY_FRONT, z), through(BODY_BACK, z)]
  const [cageWidth, cageDepth] = [through(CAGE_WIDTH, z), through(CAGE_DEPTH, z)]
  const muscle = through(MUSCLE, z)
  const narrow = through(
    [
      [-130, 30],
      [-20, 28],
      [20, 24],
      [50, 32],
      [95, 40],
    ],
    z,
  )

  const body = (x: number, y: number): number => {
    const trunk = barrel(x, y, bodyWidth, y < 0 ? front : back, y < 0 ? 0.62 : 0.5)
    if (z > 40 || y > 0) return trunk
    const side = Math.abs(x)
    return joined(trunk, ellipsoid(side - 78, y + 84, z + 42, 62, 42, 58), 14)
  }
  const cage = (x: number, y: number): number => barrel(x, y - 2, cageWidth, cageDepth, 0.55)
  const heart = (x: number, y: number): number => {
    const dx = x - 20
    const dy = y + 26
    // The long axis leads from the right and behind to the left, in front and below.
    const long = dx * 0.8 - dy * 0.6
    const across = dx * 0.6 + dy * 0.8
    return ellipsoid(long, across, z + 62 + long * 0.28, 66, 46, 48)
  }
  const mediastinum = (x: number, y: number): number => {
    const column = joined(ellipse(x, y + 14, narrow, 62), ellipse(x - 2, y - 56, 27, 33), 10)
    const hila = ellipsoid(Math.abs(x) - 36, y - 10, z + 10, 19, 19, 26)
    // The descending aorta bulges into the left lung.
    const aorta = z < 45 ? length(x - 23, y - 40) - 14 : 99
    return joined(joined(joined(column, hila, 9), heart(x, y), 8), aorta, 6)
  }
  const diaphragm = (x: number, y: number): number => {
    const dome = x < 0 ? RIGHT_DOME : LEFT_DOME
    const [u, v] = [(x - dome.x) / 66, (y - dome.y) / (y > dome.y ? 72 : 84)]
    const out = u * u + v * v
    return (dome.top - 34 * out - 12 * clamp(out - 1, 0, 4) - z) * 0.72
  }
  const lung = (x: number, y: number): number =>
    Math.max(cage(x, y) + 1.4, -mediastinum(x, y), z < -40 ? diaphragm(x, y) : -9)
  return { body, cage, mediastinum, heart, diaphragm, lung, cageWidth, cageDepth, muscle }
}
