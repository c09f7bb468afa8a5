/** A right knee from the front: thigh bone, shin, calf bone and kneecap. */
import { clamp, length, through } from '../arithmetic.ts'
import { letter } from '../lettering.ts'
import { eachPoint, raster } from '../raster.ts'
import { texture } from '../texture.ts'
import { addPebble, addShaft, flesh } from './bone.ts'

export const KNEE = { columns: 800, rows: 1100, spacing: 0.2 } as const

export function kneeDepth(): Float32Array {
  const { columns, rows, spacing } = KNEE
  const into = raster(columns, rows, [(columns * spacing) / 2, (rows * spacing) / 2], spacing)
  const { values } = into
  const fat = texture('soft parts', 16, 3, 0.6)
  eachPoint(into, { left: -5, right: 200, top: -5, bottom: 225 }, (at, x, y) => {
    const half = through(
      [
        [0, 74],
        [70, 66],
        [110, 60],
        [140, 58],
        [220, 62],
      ],
      y,
    )
    values[at] = flesh(half, x - 80, 88) * 0.0165 * (1 + 0.035 * fat.at(x * 2, y * 1.3))
  })
  addShaft(
    into,
    {
      line: [
        [84, -12],
        [82, 60],
        [80, 112],
      ],
      radius: [
        [0, 14.5],
        [0.5, 15.5],
        [0.7, 21],
        [0.86, 37],
        [0.95, 42],
        [1, 42],
      ],
      shell: [
        [0, 5.2],
        [0.5, 4.2],
        [0.75, 1.8],
        [1, 1],
      ],
      round: { to: 15 },
      seed: 92,
    },
    // The notch between the condyles.
    (bone, { along, across }) =>
      bone * clamp(0.45 + 0.55 * (length(across / 9.5, (along - 122) / 17) - 0.85) * 4, 0.45, 1),
  )
  addShaft(into, {
    line: [
      [80, 116.5],
      [79, 160],
      [77, 235],
    ],
    radius: [
      [0, 40],
      [0.05, 40],
      [0.14, 32],
      [0.3, 20],
      [0.6, 14.5],
      [1, 13.5],
    ],
    shell: [
      [0, 1.4],
      [0.12, 1.2],
      [0.35, 3.2],
      [1, 5],
    ],
    round: { from: 4 },
    seed: 95,
  })
  addPebble(into, { x: 76, y: 117, width: 4.4, height: 6, turn: 0.2, seed: 96 })
  addPebble(into, { x: 86, y: 117, width: 4, height: 5.6, turn: -0.2, seed: 97 })
  addShaft(into, {
    line: [
      [42, 131],
      [43, 150],
      [45, 235],
    ],
    radius: [
      [0, 9],
      [0.08, 9.6],
      [0.2, 6.6],
      [1, 6.2],
    ],
    shell: [
      [0, 0.9],
      [0.2, 1.8],
      [1, 2.6],
    ],
    round: { from: 7 },
    seed: 98,
  })
  addPebble(into, { x: 81, y: 76, width: 19, height: 20, turn: 0, seed: 99 })
  letter('R', 60, 420, 6, (x, y) => {
    values[y * columns + x] = 6
  })
  return values
}
