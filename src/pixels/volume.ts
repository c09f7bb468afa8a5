/**
 * Slices of one series as a volume, and planes through it (multiplanar reformation): pure arithmetic on bytes.
 *
 * Each slice keeps the place it has in the patient (PS3.3 C.7.6.2). So a tilted gantry, whose slices are each shifted against
 * the last, and slices at unequal distances come out where they belong: between two neighbours values are interpolated along
 * the line from one to the other. Where slices are missing nothing is made up: it stays empty.
 */
export type Vector = readonly [x: number, y: number, z: number]

export interface SliceGeometry {
  readonly position: readonly number[]
  readonly orientation: readonly number[]
  /** Rows, columns: mm. */
  readonly spacing: readonly number[]
  readonly rows: number
  readonly columns: number
}

export interface VolumeGeometry {
  readonly columns: number
  readonly rows: number
  readonly slices: number
  /** Width and height of a pixel, mm. */
  readonly pixel: readonly [number, number]
  readonly right: Vector
  readonly down: Vector
  readonly normal: Vector
  /** Of each slice: along the normal, rising; and where its first pixel lies along right and down. */
  readonly depths: readonly number[]
  readonly across: readonly number[]
  readonly along: readonly number[]
  /** The usual distance of slices, mm. */
  readonly step: number
  /** More than this between two slices is a gap. */
  readonly gap: number
  /** Index of the slice given, in the order of depths. */
  readonly order: readonly number[]
}

export interface Volume extends VolumeGeometry {
  /** Slice after slice, row after row. */
  readonly values: Int16Array | Uint16Array | Float32Array
  readonly least: number
}

export type Built =
  | { readonly ok: true; readonly geometry: VolumeGeometry; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string }

const FEWEST = 3
/** Directions that differ by less are one: cosine of half a degree. */
const PARALLEL = 0.99996
const SAME_PLACE = 0.01
/** Times the usual distance: farther apart than this, slices are missing between. */
const GAP = 1.9

export function geometryOf(slices: readonly SliceGeometry[]): Built {
  const [first] = slices
  if (!first || slices.length < FEWEST) return { ok: false, why: `it has fewer than ${FEWEST} slices` }
  const { rows, columns } = first
  if (slices.some((one) => one.position.length !== 3 || one.orientation.length !== 6 || one.spacing.length < 2))
    return { ok: false, why: 'not every slice tells where it lies and how large its pixels are' }
  if (slices.some((one) => one.rows !== rows || one.columns !== columns))
    return { ok: false, why: 'its slices are not of one size' }
  const pixel: readonly [number, number] = [first.spacing[1] ?? 1, first.spacing[0] ?? 1]
  if (slices.some(({ spacing }) => !close(spacing[1], pixel[0]) || !close(spacing[0], pixel[1])))
    return { ok: false, why: 'its slices have pixels of different sizes' }
  const [right, down] = [vector(first.orientation, 0), vector(first.orientation, 3)]
  const parallel = ({ orientation }: SliceGeometry) =>
    dot(vector(orientation, 0), right) > PARALLEL && dot(vector(orientation, 3), down) > PARALLEL
  if (!slices.every(parallel)) return { ok: false, why: 'its slices do not lie parallel' }
  const normal = cross(right, down)
  const placed = slices
    .map(({ position }, index) => ({ at: vector(position, 0), index }))
    .sort((a, b) => dot(a.at, normal) - dot(b.at, normal))
  const depths = placed.map(({ at }) => dot(at, normal))
  const steps = depths.slice(1).map((depth, at) => depth - (depths[at] ?? 0))
  if (steps.some((one) => one < SAME_PLACE)) return { ok: false, why: 'several of its images lie at one place' }
  const step = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1
  const gap = step * GAP
  const geometry: VolumeGeometry = {
    columns,
    rows,
    slices: slices.length,
    pixel,
    right,
    down,
    normal,
    depths,
    across: placed.map(({ at }) => dot(at, right)),
    along: placed.map(({ at }) => dot(at, down)),
    step,
    gap,
    order: placed.map(({ index }) => index),
  }
  return { ok: true, geometry, notes: notesOf(geometry, steps) }
}

function notesOf({ depths, across, along, step, gap }: VolumeGeometry, steps: readonly number[]): readonly string[] {
  const missing = steps.filter((one) => one > gap).length
  const uneven = steps.filter((one) => one <= gap && Math.abs(one - step) > Math.max(0.05, step * 0.05)).length
  const last = depths.length - 1
  const shift = Math.hypot((across[last] ?? 0) - (across[0] ?? 0), (along[last] ?? 0) - (along[0] ?? 0))
  const tilt = (Math.atan2(shift, (depths[last] ?? 0) - (depths[0] ?? 0)) * 180) / Math.PI
  return [
    ...(tilt > 0.5 ? [`tilted gantry, ${tilt.toFixed(1)}°: every slice stands where it was taken`] : []),
    ...(uneven > 0 ? [`slices lie ${least(steps)} to ${most(steps.filter((one) => one <= gap))} mm apart`] : []),
    ...(missing > 0 ? [`slices are missing in ${missing === 1 ? 'one place' : `${missing} places`}: left black`] : []),
  ]
}

const least = (values: readonly number[]) => Number(Math.min(...values).toFixed(2))
const most = (values: readonly number[]) => Number(Math.max(...values).toFixed(2))

/** A plane cut through a volume, in pixels of its own. */
export interface CutPlane {
  /** Middle of its first pixel, mm. */
  readonly origin: Vector
  readonly right: Vector
  readonly down: Vector
  /** Side of a pixel, mm. */
  readonly pixel: number
  readonly columns: number
  readonly rows: number
}

export type SlabMode = 'max' | 'min' | 'mean'

export interface Slab {
  readonly mode: SlabMode
  /** Millimetres, half before the plane and half behind; 0 for the plane alone. */
  readonly thickness: number
}

/** The values in a plane, or of a slab about it; `least` of the volume where there is nothing. */
export function cut(volume: Volume, plane: CutPlane, { mode, thickness }: Slab): Float32Array<ArrayBuffer> {
  const normal = cross(plane.right, plane.down)
  const spacing = Math.min(volume.step, ...volume.pixel)
  const layers = thickness <= 0 ? 1 : Math.max(2, Math.ceil(thickness / spacing) + 1)
  const size = plane.columns * plane.rows
  const out = new Float32Array(size).fill(Number.NaN)
  const counts = mode === 'mean' && layers > 1 ? new Uint16Array(size) : undefined
  for (let layer = 0; layer < layers; layer += 1) {
    const away = layers === 1 ? 0 : (layer / (layers - 1) - 0.5) * thickness
    const origin = add(plane.origin, normal, away)
    eachValue(volume, { ...plane, origin }, (at, value) => {
      const before = out[at] as number
      if (Number.isNaN(before)) out[at] = value
      else if (mode === 'max') out[at] = Math.max(before, value)
      else if (mode === 'min') out[at] = Math.min(before, value)
      else out[at] = before + value
      if (counts) counts[at] = (counts[at] ?? 0) + 1
    })
  }
  for (let at = 0; at < size; at += 1) {
    const value = out[at] as number
    out[at] = Number.isNaN(value) ? volume.least : counts ? value / (counts[at] ?? 1) : value
  }
  return out
}

/** Interpolated between eight neighbours; outside the volume nothing is called. */
function eachValue(volume: Volume, plane: CutPlane, call: (at: number, value: number) => void): void {
  const { columns, rows, slices, pixel, right, down, normal, depths, across, along, gap, values } = volume
  const size = columns * rows
  const base = [dot(plane.origin, right), dot(plane.origin, down), dot(plane.origin, normal)] as const
  const perColumn = [dot(plane.right, right), dot(plane.right, down), dot(plane.right, normal)] as const
  const perRow = [dot(plane.down, right), dot(plane.down, down), dot(plane.down, normal)] as const
  const last = slices - 1
  let slice = 0
  for (let row = 0; row < plane.rows; row += 1)
    for (let column = 0; column < plane.columns; column += 1) {
      const [x, y] = [column * plane.pixel, row * plane.pixel]
      let depth = base[2] + perColumn[2] * x + perRow[2] * y
      const [top, bottom] = [depths[0] as number, depths[last] as number]
      // Half a micrometre is arithmetic, not anatomy.
      if (depth < top && depth > top - 5e-4) depth = top
      if (depth > bottom && depth < bottom + 5e-4) depth = bottom
      if (depth < top || depth > bottom) continue
      // Neighbouring pixels lie between the same slices, or the next ones.
      while (slice > 0 && depth < (depths[slice] as number)) slice -= 1
      while (slice < last - 1 && depth > (depths[slice + 1] as number)) slice += 1
      const [before, after] = [depths[slice] as number, depths[slice + 1] as number]
      const far = (depth - before) / (after - before)
      if (after - before > gap && far > 1e-6 && far < 1 - 1e-6) continue
      const from = (list: readonly number[]) =>
        (list[slice] as number) + ((list[slice + 1] as number) - (list[slice] as number)) * far
      const i = clean((base[0] + perColumn[0] * x + perRow[0] * y - from(across)) / pixel[0], columns - 1)
      const j = clean((base[1] + perColumn[1] * x + perRow[1] * y - from(along)) / pixel[1], rows - 1)
      if (i < 0 || j < 0 || i > columns - 1 || j > rows - 1) continue
      const [i0, j0] = [Math.min(Math.floor(i), columns - 2), Math.min(Math.floor(j), rows - 2)]
      const [u, v] = [i - i0, j - j0]
      const at = slice * size + j0 * columns + i0
      const near = flat(values, at, columns, u, v)
      const value = far === 0 ? near : near + (flat(values, at + size, columns, u, v) - near) * far
      call(row * plane.columns + column, value)
    }
}

const clean = (value: number, end: number): number =>
  value < 0 && value > -1e-3 ? 0 : value > end && value < end + 1e-3 ? end : value

function flat(values: Volume['values'], at: number, columns: number, u: number, v: number): number {
  const a = values[at] as number
  const b = values[at + 1] as number
  const c = values[at + columns] as number
  const d = values[at + columns + 1] as number
  const upper = a + (b - a) * u
  return upper + (c + (d - c) * u - upper) * v
}

/** The eight corners of a volume in space, mm. */
export function cornersOfVolume(volume: VolumeGeometry): readonly Vector[] {
  const { right, down, normal, pixel, columns, rows, depths, across, along } = volume
  return [0, depths.length - 1].flatMap((slice) =>
    [0, columns - 1].flatMap((i) =>
      [0, rows - 1].map((j): Vector => {
        const a = (across[slice] ?? 0) + i * pixel[0]
        const b = (along[slice] ?? 0) + j * pixel[1]
        const c = depths[slice] ?? 0
        return [0, 1, 2].map(
          (axis) => part(right, axis) * a + part(down, axis) * b + part(normal, axis) * c,
        ) as unknown as Vector
      }),
    ),
  )
}

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
export const cross = ([a, b, c]: Vector, [d, e, f]: Vector): Vector => [b * f - c * e, c * d - a * f, a * e - b * d]
export const add = (to: Vector, direction: Vector, by: number): Vector => [
  to[0] + direction[0] * by,
  to[1] + direction[1] * by,
  to[2] + direction[2] * by,
]
const part = (of: Vector, axis: number) => of[axis as 0 | 1 | 2]
const vector = (of: readonly number[], from: number): Vector => [of[from] ?? 0, of[from + 1] ?? 0, of[from + 2] ?? 0]
const close = (a: number | undefined, b: number) => a !== undefined && Math.abs(a - b) < 1e-3 * Math.max(1, b)
