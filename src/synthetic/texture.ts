/**
 * Noise with a structure: what makes tissue look like tissue. A lattice of chance values, joined smoothly, in octaves.
 */
import { mixed, randomOf } from './random.ts'

const corner = (x: number, y: number, z: number, seed: number): number =>
  mixed(Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(z, 0x9e3779b1) ^ seed) / 2 ** 31 - 1

const ease = (share: number): number => share * share * (3 - 2 * share)

/** From -1 to 1, smooth, with features about as large as 1. */
export function noise3(x: number, y: number, z: number, seed: number): number {
  const [x0, y0, z0] = [Math.floor(x), Math.floor(y), Math.floor(z)]
  const [u, v, w] = [ease(x - x0), ease(y - y0), ease(z - z0)]
  const plane = (at: number): number => {
    const a = corner(x0, y0, at, seed)
    const b = corner(x0 + 1, y0, at, seed)
    const c = corner(x0, y0 + 1, at, seed)
    const d = corner(x0 + 1, y0 + 1, at, seed)
    return a + (b - a) * u + (c - a + (a - b - c + d) * u) * v
  }
  const below = plane(z0)
  return below + (plane(z0 + 1) - below) * w
}

/** A value of `noise3` and how it changes along each axis. */
export interface Sloped {
  value: number
  x: number
  y: number
  z: number
}

/** Adds `strength` times the noise of points `scale` mm apart, and its slope a mm, to `into`. */
export function addSloped(
  into: Sloped,
  x: number,
  y: number,
  z: number,
  scale: number,
  strength: number,
  seed: number,
): void {
  const px = x / scale
  const py = y / scale
  const pz = z / scale
  const x0 = Math.floor(px)
  const y0 = Math.floor(py)
  const z0 = Math.floor(pz)
  const [fx, fy, fz] = [px - x0, py - y0, pz - z0]
  const u = ease(fx)
  const v = ease(fy)
  const w = ease(fz)
  const a = corner(x0, y0, z0, seed)
  const b = corner(x0 + 1, y0, z0, seed)
  const c = corner(x0, y0 + 1, z0, seed)
  const d = corner(x0 + 1, y0 + 1, z0, seed)
  const e = corner(x0, y0, z0 + 1, seed)
  const f = corner(x0 + 1, y0, z0 + 1, seed)
  const g = corner(x0, y0 + 1, z0 + 1, seed)
  const h = corner(x0 + 1, y0 + 1, z0 + 1, seed)
  const low = a + (b - a) * u + (c - a + (a - b - c + d) * u) * v
  const high = e + (f - e) * u + (g - e + (e - f - g + h) * u) * v
  into.value += strength * (low + (high - low) * w)
  const per = strength / scale
  const lowX = b - a + (a - b - c + d) * v
  const highX = f - e + (e - f - g + h) * v
  into.x += per * 6 * fx * (1 - fx) * (lowX + (highX - lowX) * w)
  const lowY = c - a + (a - b - c + d) * u
  const highY = g - e + (e - f - g + h) * u
  into.y += per * 6 * fy * (1 - fy) * (lowY + (highY - lowY) * w)
  into.z += per * 6 * fz * (1 - fz) * (high - low)
}

/** Octaves of `noise3`, each twice as fine and `fall` times as strong as the one before; about -1 to 1. */
export function octaves3(x: number, y: number, z: number, seed: number, octaves: number, fall = 0.5): number {
  let [sum, strength, total, scale] = [0, 1, 0, 1]
  for (let octave = 0; octave < octaves; octave += 1) {
    sum += strength * noise3(x * scale, y * scale, z * scale, seed + octave)
    total += strength
    strength *= fall
    scale *= 2.03
  }
  return sum / total
}

const TILE = 512

/** A tile of noise that joins itself at its edges, made once and read often: much cheaper than `noise3` a pixel. */
export interface Texture {
  /** About -1 to 1, at a point in tile points. */
  at(x: number, y: number): number
}

/**
 * @param cells  lattice cells along the tile's edge in the coarsest octave, a power of two
 * @param fall   strength of an octave compared with the coarser one before
 */
export function texture(name: string, cells: number, octaves: number, fall: number): Texture {
  const values = new Float32Array(TILE * TILE)
  const random = randomOf(name)
  let [strength, total] = [1, 0]
  for (let octave = 0, count = cells; octave < octaves && count <= TILE; octave += 1, count *= 2) {
    const lattice = Float32Array.from({ length: count * count }, () => random.between(-1, 1))
    const width = TILE / count
    for (let y = 0; y < TILE; y += 1) {
      const row = Math.floor(y / width)
      const v = ease(y / width - row)
      const [upper, lower] = [row * count, ((row + 1) % count) * count]
      for (let x = 0; x < TILE; x += 1) {
        const column = Math.floor(x / width)
        const u = ease(x / width - column)
        const next = (column + 1) % count
        const top = (lattice[upper + column] ?? 0) * (1 - u) + (lattice[upper + next] ?? 0) * u
        const bottom = (lattice[lower + column] ?? 0) * (1 - u) + (lattice[lower + next] ?? 0) * u
        values[y * TILE + x] = (values[y * TILE + x] ?? 0) + strength * (top * (1 - v) + bottom * v)
      }
    }
    total += strength
    strength *= fall
  }
  const scale = 1.6 / total
  return {
    at(x, y) {
      const column = Math.floor(x)
      const row = Math.floor(y)
      const u = x - column
      const left = column & (TILE - 1)
      const right = (column + 1) & (TILE - 1)
      const upper = (row & (TILE - 1)) * TILE
      const lower = ((row + 1) & (TILE - 1)) * TILE
      const top = (values[upper + left] ?? 0) * (1 - u) + (values[upper + right] ?? 0) * u
      const bottom = (values[lower + left] ?? 0) * (1 - u) + (values[lower + right] ?? 0) * u
      return (top + (bottom - top) * (y - row)) * scale
    },
  }
}
