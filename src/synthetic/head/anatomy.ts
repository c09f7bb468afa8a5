/**
 * The synthetic head, point by point: which tissue lies where. The folds of the cortex are the zero surfaces of a noise:
 * a fissure where it vanishes, grey matter three millimetres on both sides of it, white matter within.
 *
 * Patient coordinates in mm, x to the left, y to the back, z up; the origin lies between the thalami.
 */
import { clamp, length, ramp } from '../arithmetic.ts'
import { ellipse, ellipsoid, joined } from '../raster.ts'
import { addSloped, noise3, type Sloped } from '../texture.ts'

export const TISSUES = [
  'air',
  'fat',
  'muscle',
  'bone',
  'marrow',
  'fluid',
  'grey',
  'white',
  'nucleus',
  'iron',
  'lesion',
] as const
export type Tissue = (typeof TISSUES)[number]

const [AIR, FAT, MUSCLE, BONE, MARROW, FLUID, GREY, WHITE, NUCLEUS, IRON, LESION] = TISSUES.map((_, at) => at) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]

export interface Lesion {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly radius: number // mm, across its length
  /** Along the vein it lies about, towards the ventricle. */
  readonly length: number
}

/** Shares of tissues at a point; they sum to 1. Filled anew each time. */
export type Shares = Float32Array

export const noShares = (): Shares => new Float32Array(TISSUES.length)

/** Inner side of the skull, outer side and skin are at 1.5, 7.5 and 14 from it. */
const hull = (x: number, y: number, z: number): number => ellipsoid(x, y - 1, z - 8, 67, 85, z > 8 ? 66 : 96)

const fold: Sloped = { value: 0, x: 0, y: 0, z: 0 }

/** Distance from the nearest fissure of the cortex, near it. */
function fromFissure(x: number, y: number, z: number): number {
  fold.value = 0
  fold.x = 0
  fold.y = 0
  fold.z = 0
  addSloped(fold, x, y, z, 15, 1, 3)
  addSloped(fold, x, y, z, 7.3, 0.42, 4)
  return Math.abs(fold.value) / Math.max(0.02, length(fold.x, fold.y, fold.z))
}

/** Skin: around the skull, the face and the neck. */
function skinDistance(inner: number, x: number, y: number, z: number): number {
  const head = inner - 12.5
  if (z > 0) return head
  const face = joined(ellipsoid(x, y + 44, z + 62, 52, 54, 62), ellipsoid(x, y + 96, z + 46, 13, 16, 24), 10)
  const neck = Math.max(ellipse(x, y - 20, 54, 58), z + 40)
  return joined(joined(head, face, 14), neck, 16)
}

/** @param soft  how wide a border is drawn, mm: about a voxel */
export function tissuesAt(
  into: Shares,
  x: number,
  y: number,
  z: number,
  lesions: readonly Lesion[],
  soft: number,
): void {
  into.fill(0)
  const inner = hull(x, y, z)
  const skin = skinDistance(inner, x, y, z)
  if (skin > soft) {
    into[AIR] = 1
    return
  }
  const put = (tissue: number, share: number) => over(into, tissue, share)
  const inside = (distance: number) => clamp(0.5 - distance / soft, 0, 1)
  // From outside inwards, each over what is there.
  put(AIR, 1)
  put(FAT, inside(skin))
  if (inner > 7) {
    if (z < 30) {
      const temporal = ramp(Math.abs(x), 38, 54) * (1 - ramp(z, 5, 28)) * (1 - ramp(y, 30, 50))
      put(MUSCLE, temporal * inside(inner - 10.8))
      const streak = noise3(x / 9, y / 9, z / 9, 19)
      put(MUSCLE, inside(skin + 5 + 2 * streak) * ramp(z, -20, -34) * (streak > 0.45 ? 0.35 : 1))
    }
    if (inner > 9) {
      if (z < -12) faceAndBase(put, inside, x, y, z)
      return
    }
  }
  put(BONE, inside(inner - 7.6))
  put(MARROW, inside(Math.abs(inner - 4.6) - 1.4 - 0.5 * noise3(x / 9, y / 9, z / 9, 18)) * ramp(z, -40, -10))
  put(FLUID, inside(inner - 0.8))
  if (z < -12) faceAndBase(put, inside, x, y, z)
  if (inner > 0.8) return
  brain(put, inside, x, y, z, inner)
  for (const lesion of lesions)
    put(LESION, inside(lesionDistance(lesion, x, y, z)) * ((into[WHITE] ?? 0) > 0.2 ? 1 : 0.3))
}

function over(into: Shares, tissue: number, share: number): void {
  if (share <= 0) return
  if (share < 1) for (let at = 0; at < into.length; at += 1) into[at] = (into[at] ?? 0) * (1 - share)
  else into.fill(0)
  into[tissue] = (into[tissue] ?? 0) + Math.min(1, share)
}

type Put = (tissue: number, share: number) => void
type Inside = (distance: number) => number

function faceAndBase(put: Put, inside: Inside, x: number, y: number, z: number): void {
  const side = Math.abs(x)
  // Below the brain: base of the skull in front and at the sides, muscles of the neck behind.
  const base = ellipsoid(side, y + 52, z + 62, 58, 56, 42)
  put(MUSCLE, inside(base) * 0.75)
  put(BONE, inside(Math.max(base, Math.abs(base + 2) - 1.6)))
  put(MUSCLE, inside(ellipsoid(side - 20, y - 62, z + 78, 26, 26, 26)))
  // Eye sockets: fat, and in it the eye, its muscles and its nerve.
  const orbit = ellipsoid(side - 31 + (y + 70) * 0.12, y + 62, z + 34, 19, 30, 18)
  put(FAT, inside(orbit))
  put(BONE, inside(Math.abs(orbit - 1) - 1) * 0.8)
  if (orbit < 0) {
    const eye = length(side - 33, y + 74, z + 34)
    put(MUSCLE, inside(Math.abs(eye - 12.2) - 0.9))
    put(FLUID, inside(eye - 11.6))
    put(MUSCLE, inside(ellipsoid(side - 33, y + 83, z + 34, 4.8, 2.4, 4.8)))
    if (eye > 12 && y > -72) {
      const back = (y + 70) / 38
      put(WHITE, inside(length(side - 33 + 10 * back, z + 34) - 2))
      put(MUSCLE, inside(length(side - 20 + 2 * back, z + 34) - 2.2))
      put(MUSCLE, inside(length(side - 44 + 18 * back, z + 34) - 2.2))
    }
  }
  // Nose and its cells.
  const cells = ellipsoid(side - 7, y + 66, z + 44, 8.5, 28, 26)
  put(MUSCLE, inside(cells - 1.6))
  put(AIR, inside(cells))
  put(AIR, inside(ellipsoid(side - 7, y + 32, z + 44, 9, 10, 8)))
  // Air cells behind the ear.
  put(AIR, inside(ellipsoid(side - 55, y - 22, z + 46, 8, 12, 12) + 2.5 * noise3(x / 4, y / 4, z / 4, 23)))
}

function brain(put: Put, inside: Inside, x: number, y: number, z: number, inner: number): void {
  const side = Math.abs(x)
  const cerebellum = ellipsoid(side - 20, y - 46, z + 36, 35, 36, 27)
  const temporal = ellipsoid(side - 42, y + 10, z + 30, 22, 40, 24)
  // Upper brain: cut off below, less far down in front.
  const floor = y < 0 ? -21 - z : -21 + 0.1 * y - z
  const cerebrum = Math.max(inner + 0.4, Math.min(floor, temporal), 1.6 - cerebellum)
  if (z < -16) {
    // What holds the brain from below: bone and muscle, beyond a little fluid around it.
    const under = Math.min(cerebellum, cerebrum, stemDistance(x, y, z)) - 3
    put(MUSCLE, inside(-under) * (noise3(x / 8, y / 8, z / 8, 21) > 0.3 ? 0.6 : 0.95))
    put(BONE, inside(Math.abs(under - 2) - 1.6))
  }
  if (cerebrum < 1.5) cortex(put, inside, x, y, z, -cerebrum)

  const stem = stemDistance(x, y, z)
  if (cerebellum < 1) leaves(put, inside, x, y, z, cerebellum)
  put(WHITE, inside(stem) * 0.75)
  put(NUCLEUS, inside(stem + 2) * 0.3)
  put(FLUID, inside(ellipsoid(x, y - 21, z + 33, 9, 5, 10)))
  if (z > -30 && z < 44) deep(put, inside, x, y, z)
}

const stemDistance = (x: number, y: number, z: number): number =>
  Math.min(
    ellipsoid(x, y - 1, z + 31, 15, 13, 15),
    Math.max(
      ellipse(x, y - 8, clamp(12 + 0.09 * (z + 14), 6.5, 13), clamp(11 + 0.06 * (z + 14), 6.5, 11)),
      z + 6,
      -110 - z,
    ),
  )

function cortex(put: Put, inside: Inside, x: number, y: number, z: number, depth: number): void {
  const side = Math.abs(x)
  // Away from the middle, the fissure between the halves is a surface like the outer one.
  const middle = ellipse(y + 5, z - 8, 46, 25)
  const midline = middle > 0 ? side - 0.25 : Math.max(side - 0.25, -middle)
  const surface = Math.min(depth, midline)
  let ribbon = surface
  if (surface < 27) {
    const bottom = Math.max(0, surface - 15 - 4 * noise3(x / 25, y / 25, z / 25, 6))
    if (bottom < 4) ribbon = Math.min(ribbon, length(fromFissure(x, y, z), bottom) + 0.035 * surface)
    // The Sylvian fissure and, at its bottom, the insula.
    if (side > 28 && y > -34 && y < 40) {
      const sheet = Math.abs(z - 1 - 0.3 * (y + 5) - 5 * noise3(side / 14, y / 14, z / 14, 7)) * 0.94
      ribbon = Math.min(ribbon, length(sheet, Math.max(0, 38 - side), Math.max(0, -y - 24)))
      const wall = Math.abs(side - 37.5 - 2.5 * noise3(y / 8, z / 8, 2, 8))
      ribbon = Math.min(ribbon, length(wall, Math.max(0, Math.abs(z - 4) - 11), Math.max(0, Math.abs(y + 2) - 22)))
    }
  }
  put(WHITE, inside(-depth))
  put(GREY, inside(ribbon - 3.5))
  put(FLUID, inside(ribbon - 0.75))
}

function leaves(put: Put, inside: Inside, x: number, y: number, z: number, cerebellum: number): void {
  const side = Math.abs(x)
  put(GREY, inside(cerebellum))
  const core = ellipsoid(side - 18, y - 42, z + 37, 20, 20, 13)
  put(WHITE, inside(core + 7 * noise3(x / 9, y / 9, z / 5, 14)))
  // Fine leaves follow the surface.
  const leaf = noise3(x / 14, y / 6 + z / 5, z / 2.6 - y / 9, 15)
  put(FLUID, inside(Math.abs(leaf) * 4.5 - 0.35) * ramp(-cerebellum, 11, 5) * 0.75)
  put(GREY, inside(Math.max(side - 6, cerebellum + 1)) * 0.6)
}

// --- deep parts --------------------------------------------------------------------------

/** A piece of a bent tube. */
interface Piece {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly radius: number
  readonly dx: number
  readonly dy: number
  readonly dz: number
  readonly widening: number
  readonly square: number
}

const bent = (points: readonly (readonly [x: number, y: number, z: number, radius: number])[]): readonly Piece[] =>
  points.slice(1).map(([bx, by, bz, br], at) => {
    const [x, y, z, radius] = points[at] ?? [0, 0, 0, 0]
    const [dx, dy, dz] = [bx - x, by - y, bz - z]
    return { x, y, z, radius, dx, dy, dz, widening: br - radius, square: dx * dx + dy * dy + dz * dz }
  })

function fromBent(pieces: readonly Piece[], x: number, y: number, z: number): number {
  let nearest = 99
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at]
    if (piece === undefined) continue
    const px = x - piece.x
    const py = y - piece.y
    const pz = z - piece.z
    const share = clamp((px * piece.dx + py * piece.dy + pz * piece.dz) / piece.square, 0, 1)
    const away = length(px - piece.dx * share, py - piece.dy * share, pz - piece.dz * share)
    nearest = Math.min(nearest, away - piece.radius - piece.widening * share)
  }
  return nearest
}

const VENTRICLE = [
  ...bent([
    [8, -36, 12, 3],
    [9, -26, 15, 5.4],
    [9, -8, 22, 4.6],
    [12, 16, 23, 4.6],
    [22, 36, 13, 6.6],
    [22, 54, 9, 3.2],
    [20, 64, 8, 1.4],
  ]),
  ...bent([
    [23, 36, 12, 5.5],
    [34, 22, -6, 3.4],
    [34, 4, -19, 2.2],
  ]),
]
const CALLOSUM = bent([
  [0, -34, 2, 3.4],
  [0, -40, 12, 3.6],
  [0, -34, 21, 3.4],
  [0, -16, 28, 3.2],
  [0, 6, 28.5, 3.2],
  [0, 24, 23, 3.4],
  [0, 32, 14, 4.6],
  [0, 28, 9, 3.6],
])

function deep(put: Put, inside: Inside, x: number, y: number, z: number): void {
  const side = Math.abs(x)
  if (side < 46 && y > -50 && y < 70) {
    if (side < 15) put(WHITE, inside(fromBent(CALLOSUM, 0, y, z)))
    put(WHITE, inside(ellipsoid(side - 20, y + 2, z - 5, 17, 32, 16)))
    put(NUCLEUS, inside(ellipsoid(side - 16, y + 22, z - 13, 5.4, 12, 9.5)))
    put(NUCLEUS, inside(ellipsoid(side - 27 + 0.12 * y, y + 4, z - 4, 5.8, 18, 11)))
    put(IRON, inside(ellipsoid(side - 20.5 + 0.1 * y, y + 1, z - 3, 4, 10, 8)))
    put(NUCLEUS, inside(ellipsoid(side - 11, y - 9, z - 7, 8.6, 15, 11)))
    const ventricle = fromBent(VENTRICLE, side, y, z)
    put(FLUID, inside(Math.max(ventricle, 0.7 - side)))
    put(FLUID, inside(ellipsoid(x, y - 3, z - 1, 2.2, 15, 11)))
    // Choroid plexus in the wide part.
    put(NUCLEUS, inside(ellipsoid(side - 20, y - 32, z - 14, 2, 6, 2.4)) * 0.8)
  }
  // The cistern behind the midbrain.
  put(FLUID, inside(ellipsoid(x, y - 24, z + 10, 9, 5, 6)) * 0.9)
}

function lesionDistance({ x, y, z, radius, length: long }: Lesion, px: number, py: number, pz: number): number {
  // An oval that points from the ventricle outwards: towards its own side and up.
  const out = x < 0 ? -1 : 1
  const [ux, uz] = [0.86 * out, 0.5]
  const along = (px - x) * ux + (pz - z) * uz
  const across = length(px - x - along * ux, py - y, pz - z - along * uz)
  return ellipse(along, across, long, radius) + 0.8 * noise3(px / 3, py / 3, pz / 3, 31)
}
