/**
 * Filters that make a picture easier to look at: noise taken out, contrast raised within neighbourhoods, edges sharpened.
 * Arithmetic on planes of values, in the units they come in; what is measured is never what comes out of here.
 *
 * At the border a plane goes on with its outermost values.
 */

/** One value a pixel, row by row. */
export interface Plane {
  readonly columns: number
  readonly rows: number
  readonly data: ArrayLike<number>
}

export interface Recipe {
  readonly denoise: 'none' | 'median' | 'bilateral'
  /** Contrast limited adaptive histogram equalisation: how steep it may make a part, as a multiple; 0 for none. */
  readonly contrast: number
  /** Unsharp mask: how much of what a blur takes away is added; 0 for none. */
  readonly sharpen: number
  /** Deviation of that blur, in pixels. */
  readonly radius: number
}

export const ORIGINAL: Recipe = { denoise: 'none', contrast: 0, sharpen: 0, radius: 1.5 }

/** Does it change anything? */
export const isProcessing = ({ denoise, contrast, sharpen }: Recipe): boolean =>
  denoise !== 'none' || contrast > 0 || sharpen > 0

/** The values between which contrast is raised: what the window shows. */
export interface Span {
  readonly lower: number
  readonly upper: number
}

/** Noise first, so that it is not sharpened; sharpening last. */
export function processed(plane: Plane, recipe: Recipe, span: Span): Float32Array {
  const { columns, rows } = plane
  let data: ArrayLike<number> = plane.data
  if (recipe.denoise === 'median') data = median({ columns, rows, data })
  if (recipe.denoise === 'bilateral') data = bilateral({ columns, rows, data }, (span.upper - span.lower) / 12)
  if (recipe.contrast > 0) data = localContrast({ columns, rows, data }, recipe.contrast, span)
  if (recipe.sharpen > 0) data = unsharp({ columns, rows, data }, recipe.sharpen, recipe.radius)
  return data instanceof Float32Array ? data : Float32Array.from(data)
}

/** The middle one of each pixel and its eight neighbours: single wrong pixels go, edges stay. */
export function median({ columns, rows, data }: Plane): Float32Array {
  const out = new Float32Array(columns * rows)
  const near = new Float64Array(9)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let at = 0
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++)
          near[at++] = data[within(row + dy, rows) * columns + within(column + dx, columns)] ?? 0
      out[row * columns + column] = middleOfNine(near)
    }
  return out
}

/** Sorted by insertion: nine values need no more. */
function middleOfNine(values: Float64Array): number {
  for (let at = 1; at < 9; at++) {
    const value = values[at] as number
    let to = at
    while (to > 0 && (values[to - 1] as number) > value) {
      values[to] = values[to - 1] as number
      to--
    }
    values[to] = value
  }
  return values[4] as number
}

/** Reach of the bilateral filter, and the deviation of its weight by distance; pixels. */
const REACH = 2
const NEARNESS = 1.5

/** The mean of the neighbourhood, weighted by nearness in place and in value: noise goes, edges stay. */
export function bilateral({ columns, rows, data }: Plane, likeness: number): Float32Array {
  const out = new Float32Array(columns * rows)
  const side = 2 * REACH + 1
  const weights = Float64Array.from({ length: side * side }, (_, at) => {
    const [dx, dy] = [(at % side) - REACH, Math.floor(at / side) - REACH]
    return Math.exp(-(dx * dx + dy * dy) / (2 * NEARNESS * NEARNESS))
  })
  const scale = -1 / (2 * likeness * likeness || 1)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const own = data[row * columns + column] ?? 0
      let [sum, total, at] = [0, 0, 0]
      for (let dy = -REACH; dy <= REACH; dy++) {
        const start = within(row + dy, rows) * columns
        for (let dx = -REACH; dx <= REACH; dx++) {
          const value = data[start + within(column + dx, columns)] ?? 0
          const off = value - own
          const weight = (weights[at++] as number) * Math.exp(off * off * scale)
          sum += weight * value
          total += weight
        }
      }
      out[row * columns + column] = sum / total
    }
  return out
}

/** What a Gaussian blur of that deviation takes away is added, times `amount`. */
export function unsharp(plane: Plane, amount: number, radius: number): Float32Array {
  const blurred = blur(plane, radius)
  return blurred.map((soft, at) => {
    const value = plane.data[at] ?? 0
    return value + amount * (value - soft)
  })
}

/** A Gaussian of that deviation in pixels, along rows and then along columns. */
export function blur({ columns, rows, data }: Plane, deviation: number): Float32Array {
  const reach = Math.max(1, Math.ceil(deviation * 3))
  const kernel = Float64Array.from({ length: reach * 2 + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * deviation * deviation)),
  )
  const total = kernel.reduce((sum, weight) => sum + weight, 0)
  const along = new Float64Array(columns * rows)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = 0
      for (let at = -reach; at <= reach; at++)
        sum += (kernel[at + reach] as number) * (data[row * columns + within(column + at, columns)] ?? 0)
      along[row * columns + column] = sum / total
    }
  const out = new Float32Array(columns * rows)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = 0
      for (let at = -reach; at <= reach; at++)
        sum += (kernel[at + reach] as number) * (along[within(row + at, rows) * columns + column] as number)
      out[row * columns + column] = sum / total
    }
  return out
}

const TILES = 8
const BINS = 256

/**
 * Contrast limited adaptive histogram equalisation (Zuiderveld 1994) of the values between the ends of a span, eight tiles
 * by eight; values beyond it stay as they are. What comes out lies in the span again, so that the same window shows it.
 */
export function localContrast({ columns, rows, data }: Plane, limit: number, { lower, upper }: Span): Float32Array {
  const width = upper - lower
  const out = Float32Array.from({ length: columns * rows }, (_, at) => data[at] ?? 0)
  if (!(width > 0)) return out
  const [across, down] = [Math.min(TILES, columns), Math.min(TILES, rows)]
  const binOf = (value: number) => Math.min(BINS - 1, Math.floor(((value - lower) / width) * BINS))
  const tables: Float32Array[] = []
  for (let ty = 0; ty < down; ty++)
    for (let tx = 0; tx < across; tx++) {
      const counts = new Float64Array(BINS)
      let total = 0
      for (let row = Math.floor((ty * rows) / down); row < Math.floor(((ty + 1) * rows) / down); row++)
        for (let at = Math.floor((tx * columns) / across); at < Math.floor(((tx + 1) * columns) / across); at++) {
          const value = data[row * columns + at] ?? 0
          if (value < lower || value > upper) continue
          counts[binOf(value)] = (counts[binOf(value)] ?? 0) + 1
          total++
        }
      tables.push(equalised(counts, total, limit))
    }
  for (let row = 0; row < rows; row++) {
    const [y0, y1, fy] = between(((row + 0.5) / rows) * down - 0.5, down)
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column] ?? 0
      if (value < lower || value > upper) continue
      const [x0, x1, fx] = between(((column + 0.5) / columns) * across - 0.5, across)
      const bin = binOf(value)
      const level = (y: number, x: number) => tables[y * across + x]?.[bin] ?? 0
      const above = level(y0, x0) * (1 - fx) + level(y0, x1) * fx
      const below = level(y1, x0) * (1 - fx) + level(y1, x1) * fx
      out[row * columns + column] = lower + width * (above * (1 - fy) + below * fy)
    }
  }
  return out
}

/** The cumulative histogram, 0 to 1, no bin counted more than `limit` times its even share; the surplus goes to all. */
function equalised(counts: Float64Array, total: number, limit: number): Float32Array {
  const table = new Float32Array(BINS)
  if (total === 0) return table.map((_, bin) => (bin + 0.5) / BINS)
  const most = Math.max(1, (limit * total) / BINS)
  let surplus = 0
  for (const count of counts) surplus += Math.max(0, count - most)
  let sum = 0
  for (let bin = 0; bin < BINS; bin++) {
    const share = Math.min(counts[bin] ?? 0, most) + surplus / BINS
    table[bin] = (sum + share / 2) / total
    sum += share
  }
  return table
}

/** The two tiles beside a place and how far it is towards the second. */
function between(place: number, count: number): readonly [first: number, second: number, part: number] {
  const first = Math.floor(place)
  return [within(first, count), within(first + 1, count), place - first]
}

const within = (at: number, count: number) => (at < 0 ? 0 : at >= count ? count - 1 : at)
