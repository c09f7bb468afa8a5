/**
 * Bones of limbs as an X-ray sees them: shafts round in section whose width follows a profile along a curved line, and
 * pebbles such as those of the wrist. A shell of hard bone around a sponge: the beam passes much shell where it only
 * touches a bone, which is why edges are bright.
 */
import { clamp, cos, length, ramp, sin, through } from '../arithmetic.ts'
import { eachPoint, type Raster } from '../raster.ts'
import { noise3 } from '../texture.ts'

/** Attenuation a mm. */
const HARD = 0.062
const SPONGY = 0.019

export interface Shaft {
  /** Its line, mm. */
  readonly line: readonly (readonly [x: number, y: number])[]
  /** Half its width by the share of its length. */
  readonly radius: readonly (readonly [share: number, mm: number])[]
  /** Thickness of its shell by the share of its length. */
  readonly shell: readonly (readonly [share: number, mm: number])[]
  /** How much of each end is rounded off, mm; 3 unless told. */
  readonly round?: { readonly from?: number; readonly to?: number }
  readonly seed: number
}

/** Where a point lies along and beside a line. */
export interface Beside {
  /** 0 at its beginning, 1 at its end; less and more beyond. */
  readonly share: number
  readonly along: number // mm
  readonly across: number // mm, positive on the right hand of who walks along
}

/** A line to be asked for many points. */
export interface Line {
  readonly length: number // mm
  at(x: number, y: number): Beside
}

interface Piece {
  readonly x: number
  readonly y: number
  readonly ux: number
  readonly uy: number
  readonly reach: number
  readonly walked: number
}

export function lineOf(points: Shaft['line']): Line {
  const pieces: Piece[] = []
  let whole = 0
  for (const [at, [x, y]] of points.entries()) {
    const next = points[at + 1]
    if (next === undefined) continue
    const reach = length(next[0] - x, next[1] - y)
    pieces.push({ x, y, ux: (next[0] - x) / reach, uy: (next[1] - y) / reach, reach, walked: whole })
    whole += reach
  }
  return {
    length: whole,
    at(px, py) {
      let best = Number.POSITIVE_INFINITY
      let along = 0
      let across = 0
      for (let at = 0; at < pieces.length; at += 1) {
        const piece = pieces[at]
        if (piece === undefined) continue
        const dx = px - piece.x
        const dy = py - piece.y
        const on = clamp(
          dx * piece.ux + dy * piece.uy,
          at === 0 ? -1e9 : 0,
          at + 1 === pieces.length ? 1e9 : piece.reach,
        )
        const away = length(dx - piece.ux * on, dy - piece.uy * on)
        if (away >= best) continue
        best = away
        along = piece.walked + on
        across = dx * -piece.uy + dy * piece.ux < 0 ? -away : away
      }
      return { share: along / whole, along, across }
    },
  }
}

/** The way of a beam through a round bar of this radius, at this distance from its middle. */
export const chord = (radius: number, across: number): number =>
  radius <= Math.abs(across) ? 0 : 2 * Math.sqrt(radius * radius - across * across)

/** The sponge is strung along the lines of load. */
export const sponge = (along: number, across: number, seed: number): number =>
  1 + 0.42 * noise3(along / 2.6, across / 0.75, 0, seed) + 0.3 * noise3(along / 0.8, across / 0.8, 3, seed + 1)

/** What becomes of the attenuation of bone at a point of it. */
export type Alteration = (bone: number, at: Beside) => number

/** Adds a shaft's attenuation. */
export function addShaft(into: Raster, shaft: Shaft, alter: Alteration = (bone) => bone): void {
  const widest = Math.max(...shaft.radius.map(([, mm]) => mm)) + 3
  const xs = shaft.line.map(([x]) => x)
  const ys = shaft.line.map(([, y]) => y)
  const box = {
    left: Math.min(...xs) - widest,
    right: Math.max(...xs) + widest,
    top: Math.min(...ys) - widest,
    bottom: Math.max(...ys) + widest,
  }
  const line = lineOf(shaft.line)
  const { from = 3, to = 3 } = shaft.round ?? {}
  const { values } = into
  eachPoint(into, box, (at, x, y) => {
    const beside = line.at(x, y)
    const { share, along, across } = beside
    const end = Math.min(along / from, (line.length - along) / to)
    if (end <= 0) return
    // Ends are round.
    const rounding = end < 1 ? Math.sqrt(end * (2 - end)) : 1
    const side = across < 0 ? 0 : 7
    const radius = rounding * through(shaft.radius, share) * (1 + 0.03 * noise3(along / 9, side, 1, shaft.seed))
    if (Math.abs(across) >= radius) return
    const uneven = 1 + 0.18 * noise3(along / 6, side, 2, shaft.seed)
    const shell = Math.min(radius * 0.9, through(shaft.shell, share) * uneven)
    const inner = chord(radius - shell, across)
    const hard = chord(radius, across) - inner
    // A shaft is hollow in the middle, spongy at its ends.
    const filled = 0.35 + 0.65 * ramp(Math.abs(share - 0.5), 0.2, 0.44)
    const plate = end < 1.4 ? 0.25 * (1 - Math.abs(end - 0.7) / 0.7) : 0
    const bone = hard * HARD + inner * SPONGY * filled * (sponge(along, across, shaft.seed) + plate)
    values[at] = (values[at] ?? 0) + Math.max(0, alter(bone, beside))
  })
}

export interface Pebble {
  readonly x: number
  readonly y: number
  readonly width: number // half, mm
  readonly height: number
  /** Turned by this angle, radians; 0 upright. */
  readonly turn: number
  readonly seed: number
}

/** Adds a small bone: a rounded stone with a thin shell. */
export function addPebble(into: Raster, { x: cx, y: cy, width, height, turn, seed }: Pebble): void {
  const [cosine, sine] = [cos(turn), sin(turn)]
  const { values } = into
  const reach = Math.max(width, height) + 2
  eachPoint(into, { left: cx - reach, right: cx + reach, top: cy - reach, bottom: cy + reach }, (at, px, py) => {
    const dx = px - cx
    const dy = py - cy
    const u = (dx * cosine + dy * sine) / width
    const v = (dy * cosine - dx * sine) / height
    const uneven = 1 + 0.09 * noise3(dx / 5, dy / 5, 0, seed)
    const uu = u * u
    const vv = v * v
    const out = (0.5 * Math.sqrt(uu + vv) + 0.5 * Math.sqrt(Math.sqrt(uu * uu + vv * vv))) / uneven
    if (out >= 1) return
    const thick = Math.min(width, height)
    const whole = 2 * thick * Math.sqrt(1 - out * out)
    const within = out / (1 - 0.95 / thick)
    const inner = within >= 1 ? 0 : 2 * (thick - 0.95) * Math.sqrt(1 - within * within)
    values[at] =
      (values[at] ?? 0) +
      (whole - inner) * HARD * 0.82 +
      inner * SPONGY * 1.25 * (1 + 0.35 * noise3(dx / 1.1, dy / 1.1, 0, seed))
  })
}

/** Soft parts around bones: thickness of a round limb of half width `half`, at a distance from its middle. */
export const flesh = (half: number, across: number, depth: number): number =>
  Math.abs(across) >= half ? 0 : depth * Math.sqrt(1 - (across / half) * (across / half))
