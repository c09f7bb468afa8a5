/** Noise as detectors make it: each kind of machine has its own. */
import { fillNormal, type Random } from './random.ts'

/** Smooths rows and columns by the weights (1 w 1), in place. */
export function smooth(values: Float32Array, columns: number, rows: number, weight: number, times = 1): void {
  const scale = 1 / (weight + 2)
  const line = new Float32Array(columns)
  for (let time = 0; time < times; time += 1) {
    for (let row = 0; row < rows; row += 1) {
      const start = row * columns
      let [before, here] = [values[start] ?? 0, values[start] ?? 0]
      for (let column = 0; column < columns; column += 1) {
        const after = column + 1 < columns ? (values[start + column + 1] ?? 0) : here
        values[start + column] = (before + weight * here + after) * scale
        before = here
        here = after
      }
    }
    line.set(values.subarray(0, columns))
    for (let row = 0; row < rows; row += 1) {
      const start = row * columns
      const below = row + 1 < rows ? start + columns : start
      for (let column = 0; column < columns; column += 1) {
        const here = values[start + column] ?? 0
        values[start + column] = ((line[column] ?? 0) + weight * here + (values[below + column] ?? 0)) * scale
        line[column] = here
      }
    }
  }
}

/**
 * Noise of a reconstructed slice. A soft kernel leaves coarse grain, a sharp one fine grain and more of it.
 *
 * @param softness  0 white, 1 or 2 ever coarser
 */
export function sliceGrain(into: Float32Array, columns: number, rows: number, random: Random, softness: number): void {
  fillNormal(into, random)
  if (softness === 0) return
  smooth(into, columns, rows, 1.4, softness)
  // Smoothing takes strength away; deviation 1 again.
  const scale = softness === 1 ? 2.63 : 3.9
  for (let at = 0; at < into.length; at += 1) into[at] = (into[at] ?? 0) * scale
}

/** Magnitude of a complex signal with noise in both channels: never negative, brighter than nothing in air (Rice). */
export const rice = (signal: number, deviation: number, real: number, imaginary: number): number => {
  const [a, b] = [signal + deviation * real, deviation * imaginary]
  return Math.sqrt(a * a + b * b)
}
