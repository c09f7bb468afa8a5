/**
 * A chest radiograph: the chest of the slices, with the beam sent through it from back to front. So both show the same
 * ribs, heart, vessels, and the nodule.
 */
import { mix } from '../arithmetic.ts'
import { type Raster, raster } from '../raster.ts'
import type { NoduleState } from './nodule.ts'
import { PLAIN, paintChest } from './slice.ts'

export const CHEST = { columns: 1024, rows: 1024, spacing: 0.36 } as const

/** Height of the uppermost row, mm. */
const TOP = 158
/** Slices and columns are coarser than the detector and joined smoothly between. */
const STEP = 1.6
const ACROSS = 1.2
const THROUGH = 3
/** Attenuation of water a mm at the energy of a chest tube. */
const WATER = 0.0155

export function chestDepth(nodule: NoduleState): Float32Array {
  const { columns, rows, spacing } = CHEST
  const width = Math.ceil((columns * spacing) / ACROSS) + 2
  const depth = new Float32Array(columns * rows)
  let [above, below] = [sums(TOP + STEP, width, nodule), sums(TOP, width, nodule)]
  let lower = TOP
  for (let row = 0; row < rows; row += 1) {
    const z = TOP - row * spacing
    while (z < lower) {
      lower -= STEP
      above = below
      below = sums(lower, width, nodule)
    }
    const share = (z - lower) / STEP
    for (let column = 0; column < columns; column += 1) {
      const at = (column * spacing) / ACROSS
      const left = Math.floor(at)
      const upper = mix(above[left] ?? 0, above[left + 1] ?? 0, at - left)
      const under = mix(below[left] ?? 0, below[left + 1] ?? 0, at - left)
      depth[row * columns + column] = mix(under, upper, share)
    }
  }
  return depth
}

let slice: Raster | undefined

/** What each beam of a row is weakened by. */
function sums(z: number, width: number, nodule: NoduleState): Float32Array {
  slice ??= raster(width, 90, [((width - 1) * ACROSS) / 2 - (CHEST.columns * CHEST.spacing) / 2, -8], ACROSS, THROUGH)
  const { values, rows } = slice
  paintChest(slice, z, STEP, PLAIN, nodule)
  const sum = new Float32Array(width)
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < width; column += 1) {
      const hu = values[row * width + column] ?? -1000
      // Bone weakens more than its density says at these energies.
      const dense = hu > 120 ? hu + (hu - 120) * 0.45 : hu
      sum[column] = (sum[column] ?? 0) + Math.max(0, 1 + dense / 1000) * WATER * THROUGH
    }
  return sum
}
