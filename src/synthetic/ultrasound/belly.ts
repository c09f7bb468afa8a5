/** A still picture of the right upper belly: liver with its veins, gallbladder with a stone and its shadow, kidney. */
import { length, mix, ramp } from '../arithmetic.ts'
import { ellipse } from '../raster.ts'
import { noise3 } from '../texture.ts'
import type { Echo, Fan } from './fan.ts'

export const BELLY_FAN: Fan = { columns: 512, rows: 400, pitch: 0.42, apex: -42, from: 50, to: 200, half: 0.6 }

export function bellyEcho(x: number, y: number, into: Echo): void {
  const grain = noise3(x / 7, y / 5, 0, 63)
  let strength = 0.15 * (1 + 0.3 * grain)
  // Skin, fat and muscle in layers.
  const layers = 14 + 1.5 * noise3(x / 25, 0, 0, 64)
  if (y < layers) strength = 0.28 + 0.35 * (1 - ramp(Math.abs(((y * 0.55) % 3.4) - 1.7), 0.2, 1.2))
  // Veins of the liver, and the portal vein with its bright wall.
  for (const [ax, ay, bx, by, r] of [
    [-46, 74, -4, 62, 3.4],
    [-30, 110, -2, 66, 3],
    [40, 52, 70, 74, 2.6],
  ] as const) {
    const [dx, dy] = [bx - ax, by - ay]
    const share = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
    const away = length(x - ax - dx * share, y - ay - dy * share) - r * mix(0.7, 1.2, share)
    strength = mix(strength, 0.006, 1 - ramp(away, -0.8, 0.4))
    if (r > 3.2) strength = Math.max(strength, 0.5 * (1 - ramp(Math.abs(away - 0.6), 0.2, 1.1)))
  }
  // Kidney: dark bark, bright middle.
  const kidney = ellipse((x - 46) * 0.92 + (y - 112) * 0.38, (y - 112) * 0.92 - (x - 46) * 0.38, 46, 20)
  if (kidney < 0) {
    const core = ellipse((x - 46) * 0.92 + (y - 112) * 0.38, (y - 112) * 0.92 - (x - 46) * 0.38, 27, 8.5)
    strength = mix(0.085 * (1 + 0.3 * grain), 0.42, 1 - ramp(core + 3 * grain, -1, 2))
  }
  strength = Math.max(strength, 0.5 * (1 - ramp(Math.abs(kidney - 0.6), 0.3, 1.5)))
  // Diaphragm: a bright arc at the left and below.
  const dome = ellipse(x + 8, y - 66, 92, 76)
  strength = Math.max(strength, 0.95 * (1 - ramp(Math.abs(dome), 0.6, 2)) * (1 - ramp(x, -12, 10)))
  if (dome > 2 && x < 0) strength = 0.05
  // Gallbladder, full of fluid that brightens what lies behind; the stone in it swallows the beam.
  const bladder = ellipse((x + 12) * 0.95 + (y - 58) * 0.3, (y - 58) * 0.95 - (x + 12) * 0.3, 27, 12.5)
  if (bladder < 0) strength = 0.004
  strength = Math.max(strength, 0.45 * (1 - ramp(Math.abs(bladder - 0.5), 0.2, 1.2)))
  const stone = length((x + 2) / 1.25, y - 65.5) - 4.6
  if (stone < 0) {
    into.strength = -(stone > -2.2 && y < 66 ? 1.6 : 0.35)
    return
  }
  into.strength = strength * mix(1.1, 0.6, ramp(y, 60, 150))
}
