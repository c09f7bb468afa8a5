/**
 * Vessels and airways: chains of cones with round ends. The great ones are drawn by hand from an atlas; those in the
 * lungs grow by themselves, each twig to the nearest branch, and are as thick as what they feed asks for (Murray).
 */
import { clamp, length, mix } from '../arithmetic.ts'
import { randomOf } from '../random.ts'
import { coverage, eachPoint, type Raster } from '../raster.ts'
import { NODULE } from './nodule.ts'
import { chestAt, type Point } from './shape.ts'

export interface Tube {
  readonly from: Point
  readonly to: Point
  readonly radiusFrom: number
  readonly radiusTo: number
}

export const chain = (points: readonly (readonly [number, number, number, number])[]): readonly Tube[] =>
  points.slice(1).map((to, at) => {
    const from = points[at] ?? to
    return { from: [from[0], from[1], from[2]], to: [to[0], to[1], to[2]], radiusFrom: from[3], radiusTo: to[3] }
  })

const HEIGHTS = [-0.38, 0, 0.38] as const

/**
 * Paints tubes where they pass a slice: the mean of three heights in it, since what is thinner than a slice is paler.
 *
 * @param grow  mm added to every radius: walls are tubes a little larger, painted first
 */
export function paintTubes(
  into: Raster,
  tubes: readonly Tube[],
  z: number,
  thickness: number,
  value: number,
  grow = 0,
): void {
  const { values } = into
  const soft = Math.max(into.stepX, into.stepY)
  for (const { from, to, radiusFrom, radiusTo } of near(tubes, z)) {
    const most = Math.max(radiusFrom, radiusTo) + grow
    if (z < Math.min(from[2], to[2]) - most - thickness / 2 || z > Math.max(from[2], to[2]) + most + thickness / 2)
      continue
    const [dx, dy, dz] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]]
    const whole = Math.max(1e-6, dx * dx + dy * dy + dz * dz)
    const heights = most < thickness * 1.5 ? HEIGHTS : MIDDLE
    const box = {
      left: Math.min(from[0], to[0]) - most - soft,
      right: Math.max(from[0], to[0]) + most + soft,
      top: Math.min(from[1], to[1]) - most - soft,
      bottom: Math.max(from[1], to[1]) + most + soft,
    }
    eachPoint(into, box, (at, x, y) => {
      const px = x - from[0]
      const py = y - from[1]
      let covered = 0
      for (const height of heights) {
        const pz = z + height * thickness - from[2]
        const share = clamp((px * dx + py * dy + pz * dz) / whole, 0, 1)
        const away = length(px - dx * share, py - dy * share, pz - dz * share) - mix(radiusFrom, radiusTo, share) - grow
        covered += coverage(away, soft)
      }
      if (covered === 0) return
      const here = values[at] ?? 0
      values[at] = here + (value - here) * (covered / heights.length)
    })
  }
}

const MIDDLE = [0] as const

/** Tubes by the storey of the house they pass, made once for each set: most of them are nowhere near a slice. */
const storeys = new WeakMap<readonly Tube[], Map<number, Tube[]>>()
const STOREY = 8
/** The thickest tube, its wall and half the thickest slice. */
const REACH = 22

function near(tubes: readonly Tube[], z: number): readonly Tube[] {
  let sorted = storeys.get(tubes)
  if (sorted === undefined) {
    sorted = new Map()
    for (const tube of tubes) {
      const low = Math.floor((Math.min(tube.from[2], tube.to[2]) - REACH) / STOREY)
      const high = Math.floor((Math.max(tube.from[2], tube.to[2]) + REACH) / STOREY)
      for (let storey = low; storey <= high; storey += 1) {
        const there = sorted.get(storey)
        if (there === undefined) sorted.set(storey, [tube])
        else there.push(tube)
      }
    }
    storeys.set(tubes, sorted)
  }
  return sorted.get(Math.floor(z / STOREY)) ?? []
}

// --- drawn from an atlas ---------------------------------------------------------------

export const AORTA = [
  ...chain([
    [-4, -20, -44, 14],
    [-10, -28, -20, 16],
    [-13, -30, 8, 15.5],
    [-6, -22, 30, 15],
    [6, -4, 38, 13.5],
    [18, 18, 34, 13],
    [23, 32, 18, 12.5],
    [24, 40, -10, 12],
    [22, 42, -60, 11.5],
    [14, 42, -120, 11],
    [6, 42, -190, 10.5],
  ]),
  ...chain([
    [-4, -16, 40, 6.5],
    [-14, -12, 62, 6],
    [-26, -12, 86, 5],
    [-40, -6, 104, 4.5],
  ]),
  ...chain([
    [8, -2, 42, 4.5],
    [13, -2, 70, 3.6],
    [16, 2, 130, 3.4],
  ]),
  ...chain([
    [17, 14, 40, 5],
    [24, 14, 72, 4.6],
    [38, 4, 98, 4.5],
    [60, -6, 104, 4],
  ]),
  ...chain([
    [-26, -12, 86, 4],
    [-22, -2, 130, 3.4],
  ]),
]
export const PULMONARY_TRUNK = [
  ...chain([
    [14, -42, -34, 13],
    [16, -36, -14, 13.5],
    [20, -18, 2, 13],
  ]),
  ...chain([
    [17, -20, -3, 11],
    [-4, -8, -7, 9.5],
    [-30, 0, -8, 9],
    [-42, 4, -12, 7.5],
  ]),
  ...chain([
    [20, -16, 2, 11],
    [32, 6, 6, 9],
    [42, 20, -4, 8],
  ]),
]
export const GREAT_VEINS = [
  ...chain([
    [-27, -18, 44, 8.5],
    [-28, -16, 0, 9],
    [-27, -12, -34, 9.5],
  ]),
  ...chain([
    [-27, -18, 44, 7.5],
    [-36, -26, 70, 7],
    [-58, -24, 92, 5.5],
  ]),
  ...chain([
    [-26, -20, 42, 7],
    [2, -42, 50, 6.5],
    [28, -40, 64, 6.5],
    [56, -26, 90, 5.5],
  ]),
  ...chain([
    [-10, 36, -190, 3.5],
    [-9, 36, 4, 4],
    [-12, 30, 16, 4.5],
    [-24, 4, 18, 4.5],
  ]),
  ...chain([
    [-24, 14, -88, 11],
    [-26, 8, -130, 11.5],
    [-27, 10, -190, 12],
  ]),
]
export const PULMONARY_VEINS = [
  ...chain([
    [-18, 12, -32, 7],
    [-40, -4, -24, 5.5],
  ]),
  ...chain([
    [18, 12, -30, 7],
    [42, -2, -18, 5.5],
  ]),
  ...chain([
    [-18, 18, -44, 7],
    [-44, 26, -52, 5.5],
  ]),
  ...chain([
    [20, 20, -44, 7],
    [46, 28, -54, 5.5],
  ]),
]
export const AIRWAYS = [
  ...chain([
    [0, -6, 140, 8],
    [0, 0, 80, 8.2],
    [0, 6, 30, 8.2],
    [0, 10, 2, 8.6],
  ]),
  ...chain([
    [-2, 10, 2, 7.2],
    [-22, 11, -12, 6.6],
    [-40, 14, -24, 5.4],
    [-46, 18, -44, 4.4],
  ]),
  ...chain([
    [-26, 11, -12, 4.8],
    [-44, 6, 2, 4.2],
    [-54, 4, 16, 3.2],
  ]),
  ...chain([
    [2, 10, 2, 7],
    [22, 16, -14, 6],
    [40, 20, -24, 5.2],
    [46, 24, -46, 4.2],
  ]),
  ...chain([
    [38, 18, -22, 4.4],
    [50, 6, -8, 3.8],
    [56, 2, 10, 3],
  ]),
]
export const GULLET = chain([
  [2, 24, 140, 6],
  [6, 27, 30, 6.5],
  [8, 28, -40, 7],
  [14, 24, -96, 7.5],
  [26, 10, -120, 8],
])

// --- grown ------------------------------------------------------------------------------

export interface LungTrees {
  readonly arteries: readonly Tube[]
  readonly veins: readonly Tube[]
  readonly bronchi: readonly Tube[]
}

let grown: LungTrees | undefined

/** The trees of both lungs, grown once. */
export function lungTrees(): LungTrees {
  if (grown !== undefined) return grown
  const [arteries, veins, bronchi]: [Tube[], Tube[], Tube[]] = [[], [], []]
  for (const side of [-1, 1]) {
    arteries.push(...grow(`arteries ${side}`, [side * 42, 12, -8], side, 900, 0.62, 7.5))
    veins.push(...grow(`veins ${side}`, [side * 42, 10, -36], side, 640, 0.6, 6))
    bronchi.push(...grow(`bronchi ${side}`, [side * 45, 16, -26], side, 60, 0.7, 4.4))
  }
  grown = { arteries, veins, bronchi }
  return grown
}

interface Node {
  readonly at: Point
  readonly parent: number
  /** What flows through, as the sum of twigs behind it. */
  flow: number
}

/** No twig ends nearer to the pleura than this; there lung looks empty. */
const MARGIN = 5
const STEP = 5
/** Around the nodule there are no twigs it could be taken for. */
const CLEARING = 17

function grow(name: string, root: Point, side: number, twigs: number, thinnest: number, thickest: number): Tube[] {
  const random = randomOf(`lung ${name}`)
  const ends: Point[] = []
  for (let tries = 0; ends.length < twigs && tries < twigs * 60; tries += 1) {
    const at: Point = [side * random.between(12, 126), random.between(-84, 88), random.between(-150, 96)]
    if (length(at[0] - NODULE[0], at[1] - NODULE[1], at[2] - NODULE[2]) < CLEARING) continue
    if (chestAt(at[2]).lung(at[0], at[1]) < -MARGIN) ends.push(at)
  }
  const away = (a: Point, b: Point) => length(a[0] - b[0], a[1] - b[1], a[2] - b[2])
  ends.sort((a, b) => away(a, root) - away(b, root))
  const nodes: Node[] = [{ at: root, parent: -1, flow: 0 }]
  for (const end of ends) {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY]
    for (let at = 0; at < nodes.length; at += 1) {
      const node = nodes[at]
      if (node === undefined) continue
      // A branch further in is preferred a little, or twigs would run backwards.
      const cost = away(node.at, end) + 0.22 * away(node.at, root)
      if (cost < least) [nearest, least] = [at, cost]
    }
    const from = nodes[nearest]
    if (from === undefined) continue
    const steps = Math.max(1, Math.round(away(from.at, end) / STEP))
    // Branches bow a little: a straight line is nothing that grew.
    const bow: Point = [random.between(-1, 1), random.between(-1, 1), random.between(-1, 1)]
    let parent = nearest
    for (let step = 1; step <= steps; step += 1) {
      const share = step / steps
      const lift = 4 * share * (1 - share) * Math.min(5, steps * 0.6)
      const at = (axis: 0 | 1 | 2) => mix(from.at[axis], end[axis], share) + lift * bow[axis]
      nodes.push({ at: [at(0), at(1), at(2)], parent, flow: step === steps ? 1 : 0 })
      parent = nodes.length - 1
    }
  }
  for (let at = nodes.length - 1; at > 0; at -= 1) {
    const node = nodes[at]
    const parent = nodes[node?.parent ?? 0]
    if (node !== undefined && parent !== undefined) parent.flow += node.flow
  }
  // What is thinner cannot be told from lung; of the airways only the larger are seen at all.
  const seen = name.startsWith('bronchi') ? 1.15 : 0
  // Murray: the cube of a radius is the sum of the cubes it feeds.
  const radius = (flow: number) => Math.min(thickest, thinnest * cubeRoot(flow) * 1.06)
  return nodes
    .slice(1)
    .map((node) => {
      const parent = nodes[node.parent] ?? node
      return {
        from: parent.at,
        to: node.at,
        radiusFrom: radius(Math.min(parent.flow, node.flow * 1.6)),
        radiusTo: radius(node.flow),
      }
    })
    .filter(({ radiusTo }) => radiusTo > seen)
}

function cubeRoot(value: number): number {
  let root = 1 + value / 6
  for (let round = 0; round < 24; round += 1) root = (2 * root + value / (root * root)) / 3
  return root
}
