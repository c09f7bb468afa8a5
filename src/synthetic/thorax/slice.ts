/**
 * A slice of the synthetic chest in Hounsfield units, without noise: large shapes point by point, then what is small
 * painted where it lies.
 */
import { clamp, length, mix, ramp } from '../arithmetic.ts'
import { coverage, ellipse, ellipsoid, joined, type Raster } from '../raster.ts'
import { type Texture, texture } from '../texture.ts'
import { paintBreastbone, paintRibs, paintShoulders, paintSpine } from './bones.ts'
import { type NoduleState, paintNodule } from './nodule.ts'
import { type ChestAt, chestAt } from './shape.ts'
import {
  AIRWAYS,
  AORTA,
  GREAT_VEINS,
  GULLET,
  lungTrees,
  PULMONARY_TRUNK,
  PULMONARY_VEINS,
  paintTubes,
} from './tubes.ts'

/** How bright contrast medium makes blood, HU. */
export interface Contrast {
  readonly arteries: number
  readonly veins: number
  readonly lungs: number
}
export const VENOUS: Contrast = { arteries: 175, veins: 150, lungs: 165 }
export const PLAIN: Contrast = { arteries: 42, veins: 40, lungs: 42 }

const AIR = -1000
const FAT = -102

interface Textures {
  readonly lung: Texture
  readonly flesh: Texture
  readonly streaks: Texture
}
let textures: Textures | undefined
const texturesOf = (): Textures => {
  textures ??= {
    lung: texture('lung', 64, 3, 0.75),
    flesh: texture('flesh', 32, 4, 0.6),
    streaks: texture('streaks', 16, 4, 0.6),
  }
  return textures
}

/**
 * Paints into a raster in the phantom's own coordinates.
 *
 * @param thickness  of the slice, mm: what is thinner is paler
 */
export function paintChest(into: Raster, z: number, thickness: number, contrast: Contrast, nodule: NoduleState): void {
  const chest = chestAt(z)
  paintTissues(into, z, chest, contrast)
  paintOrgansBelow(into, z, chest, contrast)
  paintRibs(into, z, chest)
  paintBreastbone(into, z, chest)
  paintShoulders(into, z, chest)
  paintSpine(into, z)
  paintHeart(into, z, chest, contrast)
  const trees = lungTrees()
  paintTubes(into, GULLET, z, thickness, 48)
  paintTubes(into, GULLET, z, thickness, -400, -5.2)
  paintTubes(into, GREAT_VEINS, z, thickness, contrast.veins)
  paintTubes(into, PULMONARY_VEINS, z, thickness, contrast.lungs)
  paintTubes(into, PULMONARY_TRUNK, z, thickness, contrast.lungs)
  paintTubes(into, AORTA, z, thickness, contrast.arteries)
  paintTubes(into, trees.veins, z, thickness, contrast.lungs - 20)
  paintTubes(into, trees.arteries, z, thickness, contrast.lungs - 20)
  paintTubes(into, trees.bronchi, z, thickness, -150, 0.9)
  paintTubes(into, trees.bronchi, z, thickness, -975, 0)
  paintTubes(into, AIRWAYS, z, thickness, 30, 1.5)
  paintTubes(into, AIRWAYS, z, thickness, -995)
  paintNodule(into, nodule, z, thickness)
}

/** The table the patient lies on: two thin shells with foam between, in the coordinates of the machine. */
export function paintTable(into: Raster, patientLeft: number): void {
  const { values, columns, rows, left, top, stepX, stepY } = into
  for (let row = 0; row < rows; row += 1) {
    const y = top + row * stepY
    if (y < 40) continue
    for (let column = 0; column < columns; column += 1) {
      const x = left + column * stepX - patientLeft
      const sag = 116 - (x * x) / 1250 + (x * x * x * x) / 6e8
      const from = y - sag
      const at = row * columns + column
      if (Math.abs(x) > 205 || from < -1.5 || from > 27 || (values[at] ?? 0) > -960) continue
      const shell = Math.max(coverage(Math.abs(from) - 0.8, stepY), coverage(Math.abs(from - 24) - 0.8, stepY))
      values[at] = mix(from > 0 && from < 24 ? -930 : AIR, -250, shell)
    }
  }
}

function paintTissues(into: Raster, z: number, chest: ChestAt, contrast: Contrast): void {
  const { values, columns, rows, left, top, stepX, stepY } = into
  const { lung: lungTexture, flesh, streaks } = texturesOf()
  const soft = Math.max(stepX, stepY)
  const shift = z * 1.7
  for (let row = 0; row < rows; row += 1) {
    const y = top + row * stepY
    if (y < -152 || y > 116) {
      values.fill(AIR, row * columns, (row + 1) * columns)
      continue
    }
    for (let column = 0; column < columns; column += 1) {
      const x = left + column * stepX
      const at = row * columns + column
      const out = chest.cage(x, y)
      // Deep inside there is no need to ask for the skin.
      const skin = out < -4 ? -9 : chest.body(x, y)
      if (skin > soft) {
        values[at] = AIR
        continue
      }
      let value: number
      if (out > 0)
        value = outside(
          x,
          y,
          z,
          skin,
          out,
          chest,
          flesh.at(x * 2.2 + shift, y * 2.2),
          streaks.at(x * 1.6 - shift, y * 1.6 + shift),
        )
      else {
        const between = chest.mediastinum(x, y)
        const above = z < -40 ? chest.diaphragm(x, y) : -9
        const away = Math.max(out + 1.4, -between, above)
        const around =
          out > -1.4 && between > 0
            ? 20
            : above > 0 && between > -2
              ? muscleOrBelly(above)
              : FAT + 8 * flesh.at(x + 90, y * 1.3 + shift)
        const covered = coverage(away, soft)
        if (covered === 0) value = around
        else {
          // Gravity: the lung is denser at the back. Fissures are thin sheets, pale in thick slices.
          const fissure = Math.abs(z - (y - 38 + 0.12 * x * (x < 0 ? 1 : -1))) < 2.2 ? 42 : 0
          const lung =
            -882 +
            0.34 * (y + 70) +
            26 * lungTexture.at(x * 4.5, y * 4.5 + shift * 3) +
            fissure +
            (contrast.lungs > 100 ? 12 : 0)
          value = mix(around, lung, covered)
        }
      }
      values[at] = mix(AIR, value, coverage(skin, soft))
    }
  }
}

const muscleOrBelly = (below: number): number => (below < 2.4 ? 52 : FAT)

/** Skin, fat, breasts and the muscles on the ribs. */
function outside(
  x: number,
  y: number,
  z: number,
  skin: number,
  out: number,
  chest: ChestAt,
  grain: number,
  streak: number,
): number {
  if (skin > -1.8) return 25
  const side = Math.abs(x)
  // Muscles: a coat on the ribs, thicker beside the spine, at the shoulder blades and on the breast.
  const beside = y > 40 ? 14 * (1 - ramp(side, 34, 58)) + 11 * ramp(z, -60, 20) * ramp(side, 60, 90) : 0
  const pectoral = y < -30 ? 9 * ramp(z, -40, 20) * ramp(side, 14, 40) * (1 - ramp(side, 112, 140)) : 0
  const coat = chest.muscle + beside + pectoral + 2.2 * grain
  const fat = FAT + 7 * grain + (streak > 0.62 ? 30 * (streak - 0.62) * 3 : 0)
  let value = fat
  if (out < coat && skin < -4) {
    const layer = out - 9
    const seam = Math.abs(layer - 7.5 - 1.5 * streak) < 0.9 && coat > 15
    value = seam ? -45 : 56 + 6 * grain - (streak > 0.75 ? 60 : 0)
    if (out < 1.5) value = -30
    value = mix(fat, value, clamp((coat - out) / 1.2, 0, 1) * clamp((-skin - 4) / 1.2, 0, 1))
  }
  if (y < -60 && z < 12 && out >= coat) {
    const inBreast = ellipsoid(side - 80, y + 92, z + 42, 46, 30, 44)
    const gland = ramp(grain * 0.8 + streak * 0.9, 0.05, 0.5) * ramp(-inBreast, 0, 8)
    value = mix(value, 35, gland)
  }
  return value
}

// --- heart and belly ---------------------------------------------------------------------

function paintHeart(into: Raster, z: number, chest: ChestAt, contrast: Contrast): void {
  if (z < -118 || z > -8) return
  const { values, columns, rows, left, top, stepX, stepY } = into
  const soft = Math.max(stepX, stepY)
  const enhanced = contrast.arteries > 100
  const muscle = enhanced ? 108 : 46
  for (let row = 0; row < rows; row += 1) {
    const y = top + row * stepY
    if (y < -92 || y > 60) continue
    for (let column = 0; column < columns; column += 1) {
      const x = left + column * stepX
      if (x < -80 || x > 112) continue
      const outer = chest.heart(x, y)
      const atrium = ellipsoid(x - 2, y - 12, z + 40, 34, 17, 24)
      const rightAtrium = ellipsoid(x + 34, y + 22, z + 58, 21, 27, 34)
      const whole = joined(joined(outer + 3.5, atrium, 5), rightAtrium, 5)
      const covered = coverage(whole, soft)
      if (covered === 0) continue
      // Chambers: the left one round with a thick wall, the right one laid about it.
      const dx = x - 44
      const dy = y + 28
      const long = dx * 0.8 - dy * 0.6
      const across = dx * 0.6 + dy * 0.8
      const papillary = Math.min(length(across - 9, long + 6) - 4, length(across + 8, long - 4) - 3.6)
      const left_ = Math.max(ellipsoid(long, across, z + 68 + long * 0.28, 37, 21, 27), z < -62 ? -papillary : -9)
      const right_ = Math.max(
        ellipsoid(x - 6, y + 54, z + 66, 42, 23, 34),
        -ellipsoid(long, across, z + 68 + long * 0.28, 47, 31, 36),
      )
      let value = muscle
      value = mix(value, contrast.arteries - 5, coverage(Math.min(left_, atrium + 2), soft))
      value = mix(value, contrast.veins + 5, coverage(Math.min(right_, rightAtrium + 2.5), soft))
      const at = row * columns + column
      values[at] = mix(values[at] ?? 0, value, covered)
    }
  }
}

function paintOrgansBelow(into: Raster, z: number, chest: ChestAt, contrast: Contrast): void {
  if (z > -52) return
  const { values, columns, rows, left, top, stepX, stepY } = into
  const { flesh } = texturesOf()
  const soft = Math.max(stepX, stepY)
  const enhanced = contrast.arteries > 100
  const [liverHu, spleenHu] = enhanced ? [112, 122] : [58, 50]
  for (let row = 0; row < rows; row += 1) {
    const y = top + row * stepY
    for (let column = 0; column < columns; column += 1) {
      const x = left + column * stepX
      const out = chest.cage(x, y)
      if (out > -1) continue
      const below = -chest.diaphragm(x, y)
      if (below > -1) continue
      const spine = ellipse(x - 2, y - 58, 32, 38)
      const grain = flesh.at(x * 2.5 + z * 3, y * 2.5)
      const inside = Math.max(out + 4.5, below + 1.2, -spine)
      const lobe = joined(x - 2 + 0.34 * (y + 30), ellipsoid(x - 20, y + 48, z + 104, 46, 34, 40), 10)
      const liver = Math.max(inside, lobe + 0.8 * grain)
      const spleen = Math.max(inside, ellipsoid(x - 92, y - 42, z + 122, 30, 46, 48))
      const stomach = Math.max(inside, ellipsoid(x - 62, y + 22, z + 124, 46, 46, 46), -liver + 4)
      const at = row * columns + column
      const base = values[at] ?? 0
      let value = base
      value = mix(value, 72, coverage(stomach, soft))
      value = mix(value, y < -34 ? -990 : 16 + 10 * grain, coverage(stomach + 4, soft))
      value = mix(value, spleenHu + 4 * grain, coverage(spleen, soft))
      value = mix(value, liverHu + 5 * grain, coverage(liver, soft))
      if (enhanced && liver < -6) value = mix(value, 158, vesselsOfLiver(x, y, z))
      values[at] = value
    }
  }
}

/** Three veins of the liver that meet at the great vein. */
function vesselsOfLiver(x: number, y: number, z: number): number {
  let most = 0
  for (const [dx, dy, dz] of VEINS) {
    const [px, py, pz] = [x + 24, y - 10, z + 92]
    const along = clamp(px * dx + py * dy + pz * dz, 0, 85)
    const bend = 6 * (along / 85) * (1 - along / 85)
    const away = length(px - dx * along + bend, py - dy * along - bend, pz - dz * along)
    most = Math.max(most, coverage(away - mix(4.6, 1.2, along / 85), 1.2))
  }
  return most
}
const VEINS = [
  [-0.88, 0.1, -0.46],
  [-0.62, -0.66, -0.42],
  [0.1, -0.88, -0.46],
  [-0.7, 0.55, -0.45],
  [-0.45, -0.3, -0.84],
] as const
