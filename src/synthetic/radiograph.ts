/**
 * What an X-ray detector makes of what the beam went through: fewer quanta behind thick tissue, their noise, the blur of
 * focus and scintillator, and the logarithm at the end (Pixel Intensity Relationship LOG, PS3.3 C.8.11.3.1.2).
 */
import { clamp, exp, log } from './arithmetic.ts'
import { smooth } from './grain.ts'
import { burnIn, type Place } from './lettering.ts'
import { fillNormal, randomOf } from './random.ts'

export interface Exposure {
  /** Quanta a pixel gets where nothing is in the way: the fewer, the more noise. */
  readonly quanta: number
  /** Share of scattered quanta, which veil everything alike. */
  readonly scatter: number
  readonly bits: 12 | 14
  /** Attenuation that becomes black and white. */
  readonly darkest: number
  readonly brightest: number
  /** How much edges are sharpened afterwards, as every maker does. */
  readonly edges: number
  readonly inverse: boolean
}

/**
 * Stored values of an exposure.
 *
 * @param depth  attenuation along the beam of each pixel: the power of e by which the beam is weakened; changed
 * @param seed   names the noise
 */
export function expose(
  depth: Float32Array,
  columns: number,
  rows: number,
  exposure: Exposure,
  seed: string,
  place: Place,
): Uint16Array {
  const { quanta, scatter, bits, darkest, brightest, edges, inverse } = exposure
  smooth(depth, columns, rows, 3)
  const grain = new Float32Array(depth.length)
  fillNormal(grain, randomOf(`quanta ${seed}`))
  const veil = quanta * scatter * exp(-(darkest + brightest) / 2)
  for (let at = 0; at < depth.length; at += 1) {
    const arrived = quanta * exp(-(depth[at] ?? 0)) + veil
    const counted = Math.max(1, arrived + Math.sqrt(arrived) * (grain[at] ?? 0))
    depth[at] = log(quanta / counted)
  }
  const blurred = Float32Array.from(depth)
  smooth(blurred, columns, rows, 0.8, 3)
  const top = 2 ** bits - 1
  const stored = new Uint16Array(depth.length)
  for (let at = 0; at < stored.length; at += 1) {
    const sharp = (depth[at] ?? 0) + edges * ((depth[at] ?? 0) - (blurred[at] ?? 0))
    const bright = clamp((sharp - darkest) / (brightest - darkest), 0, 1)
    stored[at] = Math.round((0.04 + 0.92 * bright) * top)
  }
  burnIn(stored, columns, rows, Math.round(top * 0.9), place)
  if (inverse) for (let at = 0; at < stored.length; at += 1) stored[at] = top - (stored[at] ?? 0)
  return stored
}
