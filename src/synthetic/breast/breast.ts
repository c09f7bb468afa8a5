/**
 * A breast between the plates of a mammograph, from above (CC) and at a slant (MLO): fat, glands that run to the nipple,
 * ligaments, vessels, the pectoral muscle. Made as if the chest wall were on the left; the other side is mirrored.
 *
 * Coordinates in mm: `deep` from the chest wall, `down` the picture from its middle.
 */
import { angleOf, clamp, curve, exp, length, ramp } from '../arithmetic.ts'
import { fillNormal, randomOf } from '../random.ts'
import { type Texture, texture } from '../texture.ts'

export const BREAST = { columns: 640, rows: 960, spacing: 0.2 } as const

export type View = 'CC' | 'MLO'

export interface Finding {
  readonly deep: number
  readonly down: number
  readonly radius: number
}

export interface Breast {
  readonly view: View
  readonly side: 'L' | 'R'
  /** How much gland, 0 fat to 1 dense. */
  readonly density: number
  /** A little more or less compressed and pulled forward each time, mm. */
  readonly pull: number
  readonly finding?: Finding
  /** Names the chance of this breast: the same in every view and year. */
  readonly seed: string
}

const MLO_OUTLINE = [
  [-97, 58],
  [-70, 70],
  [-35, 89],
  [-5, 100],
  [18, 101],
  [40, 88],
  [58, 62],
  [70, 36],
  [79, 8],
  [82, -4],
  [97, -20],
] as const

/** How far from the chest wall the breast reaches, mm. */
const reachAt = (view: View, down: number): number =>
  view === 'MLO' ? curve(MLO_OUTLINE, down) : 93 * Math.sqrt(Math.max(0, 1 - (down / 80) * (down / 80))) - 0.5

const NIPPLE: Readonly<Record<View, number>> = { CC: 0, MLO: 8 }

interface Tissue {
  readonly glands: Texture
  readonly strands: Texture
  readonly fine: Texture
}
const tissues = new Map<string, Tissue>()

function tissueOf(seed: string): Tissue {
  const known = tissues.get(seed)
  if (known !== undefined) return known
  const made = {
    glands: texture(`glands ${seed}`, 8, 6, 0.62),
    strands: texture(`strands ${seed}`, 16, 3, 0.5),
    fine: texture(`fine ${seed}`, 64, 4, 0.7),
  }
  tissues.clear() // one breast at a time
  tissues.set(seed, made)
  return made
}

/** Stored values of 12 bits as a maker presents them: thickness evened out, background black. */
export function breastPixels(of: Breast, noise: string): Uint16Array {
  const { columns, rows, spacing } = BREAST
  const { glands, strands, fine } = tissueOf(of.seed)

  const nippleDown = NIPPLE[of.view]
  const nippleDeep = reachAt(of.view, nippleDown) + of.pull
  const stored = new Uint16Array(columns * rows)
  const grain = new Float32Array(columns * rows)
  fillNormal(grain, randomOf(`quanta ${noise}`))
  for (let row = 0; row < rows; row += 1) {
    const down = (row - rows / 2) * spacing
    const reach = reachAt(of.view, down) + of.pull * ramp(60 - Math.abs(down), 0, 40)
    const slope = (reachAt(of.view, down + 1) - reachAt(of.view, down - 1)) / 2
    const steep = Math.sqrt(1 + slope * slope)
    for (let column = 0; column < columns; column += 1) {
      const deep = (column + 0.5) * spacing
      const fromNipple = length(deep - nippleDeep, down - nippleDown)
      const nipple = 5.2 - fromNipple
      const skin = Math.max((reach - deep) / steep, nipple)
      if (skin < -0.3) continue
      // Fat, then what is in it.
      const angle = angleOf(down - nippleDown, nippleDeep - deep)
      const [gu, gv] = [deep * 2.1 + 40, down * 2.1 + 300]
      const cone = ramp(skin, 6, 24) * (1 - ramp(Math.abs(angle), 0.55, 1.25)) * (1 - ramp(fromNipple, 62, 92))
      const coarse = glands.at(gu, gv) + 0.26 * strands.at(angle * 62 + 200, fromNipple * 1.7)
      const gland = cone * ramp(coarse + 1.1 * of.density - 0.55, -0.3, 0.55)
      const ligament = 1 - Math.abs(strands.at(gu * 1.2 + 90, gv * 1.2 - 60)) * 9
      let bright = 0.3 + 0.05 * fine.at(deep * 5, down * 5) + 0.06 * glands.at(gv * 1.4, gu * 1.4)
      bright += 0.42 * gland * (0.8 + 0.25 * fine.at(deep * 3.2 + 77, down * 3.2))
      if (ligament > 0) bright += 0.09 * ligament * ramp(skin, 1.5, 8)
      bright += vessel(deep, down, of.view)
      if (nipple > 0) bright += 0.12 * ramp(nipple, 0, 3)
      bright += findingAt(of.finding, deep, down) + specks(deep, down)
      if (of.view === 'MLO') {
        // The pectoral muscle: a wedge from the upper corner.
        const edge = (47 - deep - 0.5 * (down + 96) - 4 * ((down + 96) / 96) * (1 - (down + 96) / 96)) * 0.88
        bright = Math.max(
          bright,
          bright + (0.6 + 0.04 * strands.at(down * 3, deep * 6 + down * 2) - bright) * ramp(edge, -1.2, 2.2),
        )
      }
      // Less tissue near the skin, though evened out; the skin itself is a bright line.
      bright *= 0.35 + 0.65 * ramp(skin, -0.5, 9)
      bright += 0.1 * (1 - ramp(Math.abs(skin - 0.9), 0.3, 1.3))
      const deviation = 0.011 + 0.008 * (1 - bright)
      const at = row * columns + (of.side === 'L' ? column : columns - 1 - column)
      const value = (bright + deviation * (grain[row * columns + column] ?? 0)) * ramp(skin, -0.3, 0.3)
      stored[at] = Math.round(clamp(value, 0, 1) * 4095)
    }
  }
  return stored
}

/** Two veins under the skin. */
function vessel(deep: number, down: number, view: View): number {
  const lift = view === 'CC' ? 0 : 6
  const first = Math.abs(down + 34 + lift - 14 * exp(-((deep - 45) * (deep - 45)) / 500) + 2 * (deep % 40) * 0.05)
  const second = Math.abs(down - 38 + lift + 0.32 * deep - 6 * exp(-((deep - 30) * (deep - 30)) / 120))
  const shown = ramp(deep, 2, 12) * (1 - ramp(deep, 58, 76))
  return 0.085 * shown * (exp(-(first * first) / 0.7) + exp(-(second * second) / 0.45))
}

/** A small mass with spicules. */
function findingAt(finding: Finding | undefined, deep: number, down: number): number {
  if (finding === undefined) return 0
  const [dx, dy] = [deep - finding.deep, down - finding.down]
  const away = length(dx, dy)
  if (away > finding.radius * 4) return 0
  const angle = angleOf(dy, dx)
  const lobes = 1 + 0.12 * (angle * angle > 2 ? 1 : -1) * ramp(Math.abs(angle), 0, 2)
  const mass = 0.24 * (1 - ramp(away, finding.radius * 0.55 * lobes, finding.radius * 1.15 * lobes))
  let spicules = 0
  for (const at of [-2.7, -1.9, -1.1, -0.3, 0.6, 1.3, 2.2, 2.9]) {
    const turn = Math.abs(angle - at - 0.05 * (away - finding.radius) * at) * away
    spicules = Math.max(spicules, (1 - ramp(turn, 0.1, 0.5)) * (1 - ramp(away, finding.radius, finding.radius * 2.6)))
  }
  return mass + 0.08 * spicules
}

/** Harmless calcifications, round and few. */
function specks(deep: number, down: number): number {
  let sum = 0
  for (const [x, y, radius] of [
    [52, 22, 0.45],
    [33, -27, 0.6],
    [61, -9, 0.3],
    [24, 14, 0.35],
  ] as const)
    sum += 0.42 * (1 - ramp(length(deep - x, down - y), radius * 0.6, radius * 1.4))
  return sum
}
