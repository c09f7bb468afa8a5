/**
 * Ultrasound by a curved or phased probe: echoes along beams, speckled, compressed, and laid out as the fan on the screen.
 *
 * Speckle is the interference of echoes too fine to be seen: the magnitude of a complex noise. It belongs to the tissue,
 * so where tissue moves the speckle moves with it.
 */
import { angleOf, clamp, cos, length, log, sin } from '../arithmetic.ts'
import { type Texture, texture } from '../texture.ts'

export interface Fan {
  readonly columns: number
  readonly rows: number
  /** mm a pixel. */
  readonly pitch: number
  /** Where the beams meet, in mm from the middle of the upper edge; above it for a curved probe. */
  readonly apex: number
  /** Surface of the probe and deepest echo, mm from the apex. */
  readonly from: number
  readonly to: number
  /** Half the opening, radians. */
  readonly half: number
}

/** How strongly a point sends back, and how far its tissue has moved, mm. */
export interface Echo {
  /** 1 very bright, 0.01 blood. */
  strength: number
  movedX: number
  movedY: number
}

const BEAMS = 220
const SAMPLES = 420
/** Range of strengths shown from black to white, in powers of e. */
const RANGE = 5.1

let speckles: readonly [Texture, Texture] | undefined

/**
 * One frame as grey values.
 *
 * @param echo  asked for each sample, in mm from the probe's middle: x to the right, y down; fills `into`
 */
export function fanFrame(fan: Fan, echo: (x: number, y: number, into: Echo) => void): Uint8Array {
  speckles ??= [texture('speckle real', 256, 2, 0.7), texture('speckle imaginary', 256, 2, 0.7)]
  const [real, imaginary] = speckles
  const lines = new Float32Array(BEAMS * SAMPLES)
  const at: Echo = { strength: 0, movedX: 0, movedY: 0 }
  const span = fan.to - fan.from
  for (let beam = 0; beam < BEAMS; beam += 1) {
    const angle = ((beam + 0.5) / BEAMS - 0.5) * 2 * fan.half
    const [sine, cosine] = [sin(angle), cos(angle)]
    let shadow = 1
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const depth = fan.from + ((sample + 0.5) / SAMPLES) * span
      at.strength = 0
      at.movedX = 0
      at.movedY = 0
      const x = depth * sine
      const y = depth * cosine + fan.apex
      echo(x, y, at)
      // Speckle in the coordinates of the beam, taken along by the tissue.
      const along = ((depth - at.movedY) / span) * SAMPLES * 0.55
      const across = (beam - (at.movedX / Math.max(20, depth)) * (BEAMS / (2 * fan.half))) * 0.62
      const r = real.at(across + 31, along)
      const i = imaginary.at(across, along + 57)
      const magnitude = Math.sqrt(r * r + i * i) * 1.35
      // A strong echo keeps the beam from what lies behind; negative strengths swallow it whole.
      const strength = Math.abs(at.strength)
      lines[beam * SAMPLES + sample] = strength * shadow * (0.25 + magnitude)
      if (at.strength < 0) shadow *= 0.82
      shadow *= 1 - 0.0002 * strength
    }
  }
  const grey = new Uint8Array(fan.columns * fan.rows)
  for (let row = 0; row < fan.rows; row += 1)
    for (let column = 0; column < fan.columns; column += 1) {
      const x = (column - fan.columns / 2 + 0.5) * fan.pitch
      const y = (row + 0.5) * fan.pitch - fan.apex
      const depth = length(x, y)
      const angle = angleOf(x, y)
      if (depth < fan.from || depth > fan.to || Math.abs(angle) > fan.half) continue
      const beam = clamp((angle / (2 * fan.half) + 0.5) * BEAMS - 0.5, 0, BEAMS - 1.001)
      const sample = clamp(((depth - fan.from) / span) * SAMPLES - 0.5, 0, SAMPLES - 1.001)
      const strength = between(lines, beam, sample)
      grey[row * fan.columns + column] = Math.round(255 * clamp(1 + log(strength + 1e-4) / RANGE, 0, 1))
    }
  return grey
}

function between(lines: Float32Array, beam: number, sample: number): number {
  const b = Math.floor(beam)
  const s = Math.floor(sample)
  const u = beam - b
  const v = sample - s
  const at = b * SAMPLES + s
  const near = (lines[at] ?? 0) * (1 - v) + (lines[at + 1] ?? 0) * v
  const far = (lines[at + SAMPLES] ?? 0) * (1 - v) + (lines[at + SAMPLES + 1] ?? 0) * v
  return near + (far - near) * u
}
