/** A beating heart seen from its tip: four chambers, valves that open and close, once round in forty frames. */
import { clamp, cos, length, mix, PI, ramp, sin } from '../arithmetic.ts'
import { ellipse, joined } from '../raster.ts'
import { noise3 } from '../texture.ts'
import type { Echo, Fan } from './fan.ts'

export const HEART_FAN: Fan = {
  columns: 512,
  rows: 400,
  pitch: 0.42,
  apex: 4,
  from: 3,
  to: 158,
  half: 0.74,
}

export const HEART_FRAMES = 40

/** How contracted the ventricles are, 0 to 1: quick in systole, slow in diastole. */
function contraction(frame: number): number {
  const phase = frame / HEART_FRAMES
  const rise = ramp(phase, 0, 0.34)
  return rise * (1 - ramp(phase, 0.42, 0.82))
}

export function heartEcho(frame: number): (x: number, y: number, into: Echo) => void {
  const tight = contraction(frame)
  const phase = frame / HEART_FRAMES
  // The floor of the ventricles comes down towards the tip.
  const floor = mix(101, 91, tight)
  const open = ramp(phase, 0.44, 0.52) * (1 - 0.45 * ramp(phase, 0.56, 0.68)) * (1 - ramp(phase, 0.9, 1))
  const again = ramp(phase, 0.78, 0.86) * (1 - ramp(phase, 0.92, 1))
  const gape = Math.max(open, 0.8 * again)
  const leftWide = mix(22.5, 16, tight)
  const rightWide = mix(15.5, 12, tight)
  const atrium = mix(18, 23, tight)
  return (x, y, into) => {
    const px = x - 1
    const left = chamber(px - 15.5, y, floor, leftWide, 44)
    const right = chamber(px + 26 + (y - 60) * 0.1, y, floor - 3, rightWide, 33)
    const leftAtrium = ellipse(px - 17, y - floor - 3 - atrium, 17.5, atrium)
    const rightAtrium = ellipse(px + 21, y - floor - 2 - atrium, 17, atrium)
    const blood = Math.min(left, right, leftAtrium, rightAtrium)
    const outer = joined(joined(left - 9.5, right - 5, 8), Math.min(leftAtrium - 3, rightAtrium - 3), 6)
    // Muscle goes with the motion of the walls.
    const pull = 7 * tight
    into.movedX = -clamp(px / 30, -1, 1) * pull * 0.8
    into.movedY = -pull * ramp(y, 30, 100)
    let strength = 0.012 + 0.028 * ramp(y, 90, 150)
    if (outer > 0) {
      // Pericardium, then lung and what it veils.
      const shine = 1 - ramp(Math.abs(outer - 1.4), 0.4, 2)
      strength = mix(
        0.055 * (1 + 0.6 * noise3(x / 12, y / 12, 0, 61)),
        0.85,
        shine * ramp(y, 30, 70) * (1 - 0.55 * ramp(y, 92, 108)),
      )
    } else if (blood > 0) {
      const grain = 0.75 + 0.5 * noise3((px - into.movedX) / 3, (y - into.movedY) / 5, 1, 62)
      strength = 0.21 * grain + 0.16 * (1 - ramp(blood, 0, 1.4))
    }
    // Valves hang from the floor; each has two leaflets that swing.
    strength = Math.max(
      strength,
      leaflets(px - 15.5, y, floor, 18.5, gape),
      leaflets(px + 23.5, y, floor - 2, 15, gape),
    )
    // Near the probe everything is hazy; far away the beam is weak.
    strength += 0.3 * (1 - ramp(y, 4, 20))
    into.strength = strength * mix(1, 0.45, ramp(y, 60, 158))
  }
}

/** Bullet-shaped, its tip up. */
function chamber(x: number, y: number, floor: number, wide: number, tall: number): number {
  const middle = floor - tall * 0.72
  return Math.max(ellipse(x, y - middle, wide, tall), y - floor)
}

function leaflets(x: number, y: number, floor: number, half: number, gape: number): number {
  const swing = mix(0.12, 1.25, gape)
  const reach = half * mix(1.02, 0.82, gape)
  let nearest = 9
  for (const side of [-1, 1]) {
    const [hx, hy] = [side * half, floor]
    const [ux, uy] = [-side * cos(swing), -sin(swing)]
    const along = clamp((x - hx) * ux + (y - hy) * uy, 0, reach)
    const belly = sin((along / reach) * PI) * 2.2
    nearest = Math.min(
      nearest,
      length(x - hx - ux * along + side * belly * uy * 0.4, y - hy - uy * along - belly * 0.6),
    )
  }
  return 0.75 * (1 - ramp(nearest, 0.5, 1.7))
}
