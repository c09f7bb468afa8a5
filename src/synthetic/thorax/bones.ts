/**
 * Spine, ribs, breastbone, shoulder blades and collar bones. Bone is a hard shell around spongy bone: `bone` tells from
 * the distance below the surface which it is.
 */
import { angleOf, clamp, cos, length, mix, PI, ramp, sin } from '../arithmetic.ts'
import { around, type Box, coverage, eachPoint, ellipse, type Raster } from '../raster.ts'
import { noise3 } from '../texture.ts'
import type { ChestAt } from './shape.ts'

/** HU by depth below the surface in mm, the spongy part with its grain. */
function bone(depth: number, shell: number, grain: number, spongy: number): number {
  return mix(spongy + grain * 90, 820, 1 - ramp(depth, shell * 0.5, shell * 1.6))
}

function paintBone(
  into: Raster,
  box: Box,
  z: number,
  shell: number,
  spongy: number,
  distance: (x: number, y: number) => number,
): void {
  const { values } = into
  const soft = Math.max(into.stepX, into.stepY)
  eachPoint(into, box, (at, x, y) => {
    const away = distance(x, y)
    const covered = coverage(away, soft)
    if (covered === 0) return
    const value = bone(-away, shell, noise3(x / 2.4, y / 2.4, z / 3, 11), spongy)
    values[at] = (values[at] ?? 0) + (value - (values[at] ?? 0)) * covered
  })
}

// --- spine -----------------------------------------------------------------------

/** Height of a vertebra with its disc. T5 lies behind the carina. */
const VERTEBRA = 22.5
const DISC = 5

export function paintSpine(into: Raster, z: number): void {
  const within = z - Math.floor((z + 9) / VERTEBRA) * VERTEBRA + 9 // 0 at the lower end of a vertebra
  const isDisc = within > VERTEBRA - DISC
  const waist = isDisc ? 1 : 1 - 0.09 * sin((within / (VERTEBRA - DISC)) * PI)
  const wide = (z < 40 ? 18.5 : 16.5) * waist
  const deep = (z < 40 ? 15.5 : 12.5) * waist
  const body = (x: number, y: number) => Math.max(ellipse(x, y - 51, wide, deep), 6 - length(x, y - 71) - 4.5)
  if (isDisc) {
    const { values } = into
    eachPoint(into, around(0, 51, 22, 20), (at, x, y) => {
      const covered = coverage(body(x, y), into.stepX)
      values[at] = mix(values[at] ?? 0, 85 + 25 * ramp(-body(x, y), 4, 0), covered)
    })
  } else {
    const plate = within < 2 || within > VERTEBRA - DISC - 2
    paintBone(into, around(0, 51, 22, 20), z, plate ? 4.5 : 1.5, plate ? 330 : 185, body)
  }
  // The arch: two pedicles in the upper half, laminae everywhere, processes at their heights.
  const upper = ramp(within, 8, 11) * (1 - ramp(within, 17, 19))
  for (const side of [-1, 1]) {
    if (upper > 0.05)
      paintBone(into, around(side * 12, 66, 9, 12), z, 1.6, 240, (x, y) =>
        capsule(x, y, side * 11, 60, side * 12.5, 74, 4.2 * upper),
      )
    if (upper > 0.3)
      paintBone(into, around(side * 27, 80, 20, 12), z, 1.4, 230, (x, y) =>
        capsule(x, y, side * 14, 76, side * 36, 84, 4.6 * upper),
      )
    paintBone(into, around(side * 7, 82, 14, 12), z, 1.6, 300, (x, y) => capsule(x, y, side * 13, 76, side * 1, 85, 3))
  }
  const spinous = 1 - 0.5 * ramp(within, 8, 20)
  paintBone(into, around(0, 94, 6, 18), z, 1.3, 280, (x, y) => capsule(x, y, 0, 86, 0, 86 + 16 * spinous, 2.9))
  // Dural sac and cord.
  const { values } = into
  eachPoint(into, around(0, 70.5, 11), (at, x, y) => {
    values[at] = mix(values[at] ?? 0, 22, coverage(ellipse(x, y - 70.5, 9, 7.6), into.stepX))
    values[at] = mix(values[at] ?? 0, 42, coverage(ellipse(x, y - 70.5, 5, 3.8), into.stepX))
  })
}

/** Distance from a line from A to B, thick by `radius`. */
function capsule(x: number, y: number, ax: number, ay: number, bx: number, by: number, radius: number): number {
  const dx = bx - ax
  const dy = by - ay
  const share = clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
  return length(x - ax - dx * share, y - ay - dy * share) - radius
}

// --- ribs --------------------------------------------------------------------------

interface Rib {
  /** Height at the spine, and how far it drops on its way to the front, mm. */
  readonly head: number
  readonly drop: number
  /** Where bone ends and cartilage ends, as a share of the way from the spine (0) to the breastbone (1). */
  readonly bone: number
  readonly cartilage: number
}

const RIBS: readonly Rib[] = Array.from({ length: 12 }, (_, at) => ({
  head: 92 - 22.5 * at,
  drop: [46, 78, 98, 112, 122, 130, 134, 134, 128, 116, 84, 52][at] ?? 60,
  bone: at < 7 ? 0.8 : at < 10 ? 0.76 : at === 10 ? 0.52 : 0.34,
  cartilage: at < 7 ? 0.95 : at < 10 ? 0.9 : 0,
}))

const ribHeight = ({ head, drop, bone: end }: Rib, way: number): number =>
  head + 4 - drop * way * (1.12 - 0.2 * way) + (way > end ? (way - end) * 330 : 0)

const BINS = 720

/** Ribs pass a slice at a slant, so each is seen as a long oval; every one follows the inner side of the cage. */
export function paintRibs(into: Raster, z: number, chest: ChestAt): void {
  const nearest = new Float32Array(BINS) // height above or below the nearest rib in half heights of a rib
  const hard = new Uint8Array(BINS)
  for (let bin = 0; bin < BINS; bin += 1) {
    const way = Math.abs((bin + 0.5) / BINS - 0.5) * 2
    let [best, isBone] = [9, 1]
    for (const rib of RIBS) {
      if (way > Math.max(rib.bone, rib.cartilage)) continue
      const cartilage = way > rib.bone
      const away = Math.abs(z - ribHeight(rib, way)) / (cartilage ? 7 : 6.4 + 1.4 * ramp(way, 0.1, 0.5))
      if (away < best) [best, isBone] = [away, cartilage ? 0 : 1]
    }
    nearest[bin] = best
    hard[bin] = isBone
  }
  const { values } = into
  const soft = Math.max(into.stepX, into.stepY)
  const [reachX, reachY] = [chest.cageWidth + 14, chest.cageDepth + 16]
  eachPoint(into, { left: -reachX, right: reachX, top: -reachY, bottom: reachY }, (at, x, y) => {
    const out = chest.cage(x, y)
    if (out < -1.5 || out > 11) return
    const turn = angleOf(x / chest.cageWidth, (y - 2) / chest.cageDepth) / (2 * PI) // 0 behind, ±0.5 in front
    const bin = clamp(Math.floor((turn + 0.5) * BINS), 0, BINS - 1)
    const up = nearest[bin] ?? 9
    if (up > 1.6 || Math.abs(turn) < 0.035) return
    const away = (length((out - 4.6) / 4.3, up) - 1) * 4.3
    const covered = coverage(away, soft * 1.2)
    if (covered === 0) return
    const value =
      hard[bin] === 1 ? bone(-away, 1.5, noise3(x / 2.4, y / 2.4, z / 3, 5), 230) : 105 + 90 * ramp(away, -1.6, 0)
    values[at] = (values[at] ?? 0) + (value - (values[at] ?? 0)) * covered
  })
}

// --- in front and at the shoulders --------------------------------------------------

export function paintBreastbone(into: Raster, z: number, chest: ChestAt): void {
  if (z > 58 || z < -78) return
  const manubrium = ramp(z, 16, 26)
  const wide = mix(16, 25, manubrium) * (1 - ramp(z, -50, -78) * 0.55) * (1 - 0.3 * ramp(z, 46, 58))
  const middle = -(chest.cageDepth + 2.5)
  const gap = Math.abs(z - 20) < 2 // the joint between manubrium and body
  if (gap) return
  paintBone(into, around(0, middle, 30, 9), z, 1.3, 150, (x, y) => ellipse(x, y - middle - (x * x) / 500, wide, 5.4))
}

export function paintShoulders(into: Raster, z: number, chest: ChestAt): void {
  for (const side of [-1, 1]) {
    if (z > -52 && z < 88) {
      // The blade lies on the back of the ribs; lower down it is shorter.
      const [from, to] = [0.155 + 0.03 * ramp(z, -50, 20), 0.2 + 0.19 * ramp(z, -52, 10)]
      const thick = 1.3 + 1.6 * ramp(z, 30, 60)
      const points: [number, number][] = []
      for (let step = 0; step <= 6; step += 1) {
        const turn = mix(from, to, step / 6) * PI
        const bow = 15 + 4 * sin((step / 6) * PI) + 7 * ramp(step, 3, 6) * ramp(z, 0, 50)
        points.push([side * (chest.cageWidth + bow) * sin(turn * 1.12), 4 + (chest.cageDepth + bow * 0.5) * cos(turn)])
      }
      strip(into, z, points, (share) => thick + (share > 0.8 ? 2.4 : share < 0.15 ? 0.9 : 0))
      if (z > 26 && z < 70) {
        // Its spine, a ridge towards the back and the side.
        const base = points[2] ?? [0, 0]
        strip(
          into,
          z,
          [
            base,
            [base[0] + side * 9, base[1] + 7],
            [base[0] + side * 24, base[1] + 6],
            [base[0] + side * 38, base[1] - 6],
          ],
          () => 2.4,
        )
      }
    }
    // The head of the upper arm, arms beside the head.
    if (z > 76) {
      const sphere = 24 * 24 - (z - 104) * (z - 104)
      if (sphere > 0) {
        const radius = Math.sqrt(sphere)
        paintBone(
          into,
          around(side * 138, 10, radius + 2),
          z,
          1.6,
          190,
          (x, y) => length(x - side * 138, y - 10) - radius,
        )
      }
    }
    collarBone(into, z, side)
  }
}

function strip(
  into: Raster,
  z: number,
  points: readonly (readonly [number, number])[],
  radius: (share: number) => number,
): void {
  for (let at = 0; at + 1 < points.length; at += 1) {
    const [[ax, ay], [bx, by]] = [points[at] ?? [0, 0], points[at + 1] ?? [0, 0]]
    const thick = radius(at / (points.length - 2))
    const box = {
      left: Math.min(ax, bx) - 6,
      right: Math.max(ax, bx) + 6,
      top: Math.min(ay, by) - 6,
      bottom: Math.max(ay, by) + 6,
    }
    paintBone(into, box, z, 1.4, 320, (x, y) => capsule(x, y, ax, ay, bx, by, thick))
  }
}

const COLLAR: readonly (readonly [number, number, number])[] = [
  [20, -70, 58],
  [48, -76, 66],
  [84, -62, 78],
  [112, -36, 90],
  [136, -18, 98],
]

function collarBone(into: Raster, z: number, side: number): void {
  for (let at = 0; at + 1 < COLLAR.length; at += 1) {
    const [a, b] = [COLLAR[at], COLLAR[at + 1]]
    if (a === undefined || b === undefined || z < a[2] - 8 || z > b[2] + 8) continue
    const [dx, dy, dz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]]
    const whole = dx * dx + dy * dy + dz * dz
    const box = {
      left: Math.min(side * a[0], side * b[0]) - 9,
      right: Math.max(side * a[0], side * b[0]) + 9,
      top: Math.min(a[1], b[1]) - 9,
      bottom: Math.max(a[1], b[1]) + 9,
    }
    paintBone(into, box, z, 1.8, 260, (x, y) => {
      const px = side * x - a[0]
      const share = clamp((px * dx + (y - a[1]) * dy + (z - a[2]) * dz) / whole, 0, 1)
      return length(px - dx * share, y - a[1] - dy * share, z - a[2] - dz * share) - 6.2
    })
  }
}
