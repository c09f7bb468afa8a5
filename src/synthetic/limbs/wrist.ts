/**
 * A left wrist from behind and from the side, whose radius was broken: the fracture of each date is a state of healing.
 * Coordinates in mm, x to the right and y down the picture; fingers are up.
 */
import { clamp, exp, ramp, through } from '../arithmetic.ts'
import { letter } from '../lettering.ts'
import { eachPoint, type Raster, raster } from '../raster.ts'
import { noise3, octaves3, texture } from '../texture.ts'
import { addPebble, addShaft, chord, flesh, lineOf, type Pebble, type Shaft } from './bone.ts'

export interface Healing {
  /** Between the fragments, mm; 0 when bone has bridged it. */
  readonly gap: number
  /** How far the ends are rounded by resorption, mm. */
  readonly fuzz: number
  /** How far the distal fragment is displaced sideways, mm. */
  readonly step: number
  /** Callus around the break, 0 to 1, and how solid it is. */
  readonly callus: number
  readonly solid: number
  /** Dense line where it was. */
  readonly line: number
  /** Swelling of soft parts, mm. */
  readonly swelling: number
}

export const WRIST = { columns: 700, rows: 1000, spacing: 0.2 } as const

type View = 'behind' | 'side'

const METACARPAL = {
  radius: [
    [0, 8],
    [0.16, 5.6],
    [0.5, 4.3],
    [0.82, 5.6],
    [0.95, 7.6],
    [1, 7],
  ],
  shell: [
    [0, 0.9],
    [0.3, 1.8],
    [0.5, 2.1],
    [0.75, 1.6],
    [1, 0.8],
  ],
} as const

const metacarpal = (from: readonly [number, number], to: readonly [number, number], seed: number): Shaft => ({
  line: [from, to],
  ...METACARPAL,
  seed,
})

const RADIUS = {
  radius: [
    [0, 6.6],
    [0.5, 6.8],
    [0.7, 8],
    [0.86, 12.2],
    [0.95, 15],
    [1, 15.2],
  ],
  shell: [
    [0, 2.9],
    [0.5, 2.7],
    [0.75, 1.7],
    [0.9, 0.9],
    [1, 1.1],
  ],
} as const
const ULNA = {
  radius: [
    [0, 6.3],
    [0.6, 5.6],
    [0.84, 5.1],
    [0.94, 8],
    [1, 8.4],
  ],
  shell: [
    [0, 2.7],
    [0.6, 2.4],
    [0.85, 1.4],
    [1, 0.9],
  ],
} as const

interface Anatomy {
  readonly radius: Shaft
  readonly others: readonly Shaft[]
  readonly pebbles: readonly Pebble[]
  /** Middle and half width of the soft parts by height. */
  readonly middle: readonly (readonly [number, number])[]
  readonly half: readonly (readonly [number, number])[]
  readonly deep: number
}

const ANATOMY: Readonly<Record<View, Anatomy>> = {
  behind: {
    radius: {
      line: [
        [84, 216],
        [86, 150],
        [81, 89],
      ],
      ...RADIUS,
      round: { to: 5 },
      seed: 41,
    },
    others: [
      {
        line: [
          [54, 216],
          [52, 150],
          [54, 98],
        ],
        ...ULNA,
        seed: 42,
      },
      metacarpal([84, 49], [90, -16], 43),
      metacarpal([71, 46], [72, -20], 44),
      metacarpal([61, 48], [55, -14], 45),
      metacarpal([52, 52], [41, -6], 46),
      metacarpal([98, 55], [119, 16], 47),
      metacarpal([121, 11], [128, -14], 48),
    ],
    pebbles: [
      { x: 92, y: 88, width: 4.5, height: 8, turn: -0.2, seed: 51 },
      { x: 47.5, y: 93, width: 2.4, height: 5, turn: 0.2, seed: 52 },
      { x: 86, y: 75, width: 7.6, height: 12.4, turn: 0.5, seed: 53 },
      { x: 72, y: 79, width: 8.6, height: 8, turn: 0, seed: 54 },
      { x: 58, y: 77, width: 7.6, height: 8.6, turn: -0.5, seed: 55 },
      { x: 55.5, y: 73, width: 4.8, height: 6, turn: 0.2, seed: 56 },
      { x: 95, y: 62, width: 7.6, height: 8.6, turn: 0.3, seed: 57 },
      { x: 84, y: 58, width: 6.2, height: 7.2, turn: 0, seed: 58 },
      { x: 71.5, y: 61, width: 7.6, height: 12, turn: 0.08, seed: 59 },
      { x: 58.5, y: 61, width: 8.4, height: 11.2, turn: -0.35, seed: 60 },
    ],
    middle: [
      [0, 72],
      [60, 74],
      [95, 69],
      [200, 69],
    ],
    half: [
      [0, 47],
      [40, 44],
      [85, 32],
      [120, 31],
      [200, 38],
    ],
    deep: 31,
  },
  side: {
    radius: {
      line: [
        [64, 216],
        [66, 150],
        [70, 89],
      ],
      ...RADIUS,
      round: { to: 4 },
      radius: [
        [0, 6.2],
        [0.6, 6.6],
        [0.86, 9.6],
        [0.96, 11.4],
        [1, 11],
      ],
      seed: 41,
    },
    others: [
      {
        line: [
          [75, 216],
          [77, 150],
          [75, 97],
        ],
        ...ULNA,
        seed: 42,
      },
      metacarpal([66, 48], [58, -16], 43),
      metacarpal([70, 46], [64, -18], 44),
      metacarpal([73, 48], [70, -14], 45),
      metacarpal([75, 51], [75, -6], 46),
      metacarpal([60, 54], [38, 18], 47),
    ],
    pebbles: [
      { x: 64, y: 75, width: 7, height: 11, turn: 0.5, seed: 53 },
      { x: 71, y: 80, width: 8, height: 7.4, turn: -0.2, seed: 54 },
      { x: 75, y: 76, width: 7, height: 8, turn: 0, seed: 55 },
      { x: 59, y: 74, width: 4.4, height: 5.6, turn: 0, seed: 56 },
      { x: 61, y: 61, width: 7, height: 8, turn: 0.2, seed: 57 },
      { x: 67, y: 58, width: 5.6, height: 6.6, turn: 0, seed: 58 },
      { x: 71, y: 62, width: 7.4, height: 11.6, turn: 0, seed: 59 },
      { x: 75, y: 61, width: 7.2, height: 9.6, turn: 0, seed: 60 },
    ],
    middle: [
      [0, 64],
      [60, 66],
      [95, 70],
      [200, 70],
    ],
    half: [
      [0, 27],
      [50, 26],
      [85, 22],
      [120, 25],
      [200, 34],
    ],
    deep: 52,
  },
}

/** Attenuation of soft parts a mm. */
const SOFT = 0.0195

/** How far up the radius it is broken, mm from its end, and how its line runs. */
const BREAK = 23

export function wristDepth(view: View, healing: Healing): Float32Array {
  const { columns, rows, spacing } = WRIST
  const into = raster(columns, rows, [(columns * spacing) / 2, (rows * spacing) / 2], spacing)
  const anatomy = ANATOMY[view]
  softParts(into, view, anatomy, healing)
  for (const shaft of anatomy.others) addShaft(into, shaft)
  for (const pebble of anatomy.pebbles) addPebble(into, pebble)
  brokenRadius(into, view, anatomy.radius, healing)
  if (view === 'behind') lead(into, 'L', 118, 150)
  else lead(into, 'L', 112, 150)
  return into.values
}

function softParts(into: Raster, view: View, { middle, half, deep }: Anatomy, { swelling }: Healing): void {
  const { values } = into
  const thumb = lineOf(
    view === 'behind'
      ? [
          [92, 72],
          [119, 16],
          [130, -20],
        ]
      : [
          [62, 66],
          [38, 16],
          [34, -10],
        ],
  )
  const fat = texture('soft parts', 16, 3, 0.6)
  eachPoint(into, { left: 0, right: 200, top: -5, bottom: 205 }, (at, x, y) => {
    const swollen = swelling * exp(-((y - 108) * (y - 108)) / 900)
    const across = x - through(middle, y)
    let thick = flesh(through(half, y) + swollen, across, deep + swollen)
    const { across: beside, share } = thumb.at(x, y)
    thick = Math.max(thick, flesh(view === 'behind' ? 17 : 14, beside, 26) * ramp(share, -0.1, 0.1))
    const grain = 1 + 0.04 * fat.at(x * 2, y * 1.3)
    values[at] = (values[at] ?? 0) + thick * SOFT * grain
  })
}

function brokenRadius(into: Raster, view: View, radius: Shaft, healing: Healing): void {
  const { gap, fuzz, step, callus, solid, line: density } = healing
  const whole = lineOf(radius.line).length
  const at = (across: number) =>
    whole - BREAK + 0.22 * across + 1.3 * noise3(across / 2.6, 3, 0, 81) + 0.7 * noise3(across / 0.9, 5, 0, 82)
  const edge = 0.25 + fuzz
  addShaft(into, radius, (bone, { along, across }) => {
    const before = at(across) - gap / 2 - along
    const dense = density * exp(-(before * before) / 2.2)
    return bone * clamp(0.5 + before / (2 * edge), 0, 1) * (1 + dense)
  })
  const shift = step * (view === 'side' ? 1.5 : 1)
  const tilt = step * (view === 'side' ? 1.4 : 0.5)
  const displaced = radius.line.map(([x, y], index): [number, number] =>
    index === radius.line.length - 1 ? [x + shift + tilt, y + step * 0.2] : [x + shift - tilt * 1.6, y + step * 0.2],
  )
  addShaft(into, { ...radius, line: displaced }, (bone, { along, across }) => {
    const after = along - at(across) - gap / 2
    const dense = density * exp(-(after * after) / 2.2)
    return bone * clamp(0.5 + after / (2 * edge), 0, 1) * (1 + dense)
  })
  if (callus <= 0) return
  const { values } = into
  const bone = lineOf(radius.line)
  eachPoint(into, { left: 30, right: 120, top: 80, bottom: 150 }, (index, x, y) => {
    const { share, along, across } = bone.at(x, y)
    const away = along - (whole - BREAK) - 1
    const height = exp(-(away * away) / 130)
    const half = through(radius.radius, share)
    const uneven = 1 + 0.35 * noise3(along / 5, across < 0 ? 0 : 9, 0, 83)
    const outer = half + 5.2 * callus * height * uneven
    const cloud = chord(outer, across) - chord(half * 0.96, across)
    const inside = chord(half, across) * 0.35 * height * height
    const grain = 1 + (1 - solid) * 0.8 * octaves3(x / 3, y / 3, 0, 84, 3)
    values[index] =
      (values[index] ?? 0) +
      Math.max(0, cloud * height + inside * callus) * (0.016 + 0.018 * solid) * Math.max(0, grain)
  })
}

/** A letter of lead laid on the detector. */
function lead(into: Raster, text: string, x: number, y: number): void {
  const { columns, stepX, values } = into
  letter(text, Math.round(x / stepX), Math.round(y / stepX), 6, (column, row) => {
    values[row * columns + column] = 4
  })
}
