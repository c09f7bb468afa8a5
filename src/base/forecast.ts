/**
 * Where a quantity that comes in every step will have added up to: a straight line through the steps by least squares, a
 * season of thirteen parts of the year where two years are known, and a band that the sum stays in four times out of
 * five if the coming steps scatter as the past ones did. Simple on purpose: a person can check it with a ruler.
 */

export interface Forecast {
  /** Steps it was made from. */
  readonly from: number
  readonly seasonal: boolean
  /** What one step brings on average now, and how much more each step than the one before. */
  readonly perStep: number
  readonly slope: number
  /** What the next `steps` steps bring together; each at least 0. */
  sum(steps: number): Band
}

/** Four times out of five between `low` and `high`. */
export interface Band {
  readonly low: number
  readonly mid: number
  readonly high: number
}

/** Fewer say nothing. */
export const STEPS_NEEDED = 14

/** A tenth of a normal distribution lies above this many standard deviations. */
const Z = 1.2816
const PARTS = 13

/**
 * @param amounts  of each step, oldest first, none left out
 * @param year     steps in a year, for the season; it is looked for when two years are known
 * @returns undefined for fewer than STEPS_NEEDED steps
 */
export function forecastOf(amounts: readonly number[], year: number): Forecast | undefined {
  const n = amounts.length
  if (n < STEPS_NEEDED) return undefined
  const seasonal = n >= 2 * year && year >= PARTS
  const season = seasonal ? seasonOf(amounts, year) : undefined
  const factor = (at: number) => season?.[partOf(at, year)] ?? 1
  const level = amounts.map((amount, at) => amount / factor(at))
  const { a, b, middle, spread } = lineThrough(level)
  const variance =
    amounts.reduce((sum, amount, at) => sum + (amount - factor(at) * (a + b * at)) ** 2, 0) / Math.max(1, n - 2)
  // Student's distribution has heavier tails than the normal one; this is its usual first correction.
  const z = Z * (1 + (Z * Z + 1) / (4 * (n - 2)))
  return {
    from: n,
    seasonal,
    perStep: Math.max(0, a + b * (n - 1)),
    slope: b,
    sum(steps) {
      let mid = 0
      let weight = 0
      let lever = 0
      for (let at = n; at < n + steps; at += 1) {
        mid += Math.max(0, factor(at) * (a + b * at))
        weight += factor(at)
        lever += factor(at) * (at - middle)
      }
      // What the steps scatter, and what the line itself may be off: its height and its slope.
      const deviation = Math.sqrt(variance * (steps + weight ** 2 / n + lever ** 2 / spread))
      return { low: Math.max(0, mid - z * deviation), mid, high: mid + z * deviation }
    },
  }
}

/**
 * Steps until the sum reaches an amount, of the band's high, middle and low: soonest first. Undefined: not within `atMost`.
 */
export function stepsUntil(
  forecast: Pick<Forecast, 'sum'>,
  amount: number,
  atMost: number,
): { readonly soonest: number | undefined; readonly likely: number | undefined; readonly latest: number | undefined } {
  // The sums never fall, so the step is looked for by halves.
  const reach = (of: (band: Band) => number): number | undefined => {
    if (of(forecast.sum(atMost)) < amount) return undefined
    let [below, above] = [0, atMost]
    while (above - below > 1) {
      const half = (below + above) >> 1
      if (of(forecast.sum(half)) < amount) below = half
      else above = half
    }
    return amount <= 0 ? 0 : above
  }
  return {
    soonest: reach(({ high }) => high),
    likely: reach(({ mid }) => mid),
    latest: reach(({ low }) => low),
  }
}

function lineThrough(values: readonly number[]) {
  const n = values.length
  const middle = (n - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const spread = (n * (n * n - 1)) / 12
  const b = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spread
  return { a: mean - b * middle, b, middle, spread }
}

const partOf = (at: number, year: number): number => Math.floor(((at % year) * PARTS) / year)

/** How much more or less than the line each part of the year brings; on average 1. */
function seasonOf(amounts: readonly number[], year: number): readonly number[] {
  const { a, b } = lineThrough(amounts)
  const came = new Array<number>(PARTS).fill(0)
  const expected = new Array<number>(PARTS).fill(0)
  for (const [at, amount] of amounts.entries()) {
    const part = partOf(at, year)
    came[part] = (came[part] ?? 0) + amount
    expected[part] = (expected[part] ?? 0) + Math.max(0, a + b * at)
  }
  const factors = came.map((sum, part) => ((expected[part] ?? 0) > 0 ? sum / (expected[part] ?? 1) : 1))
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / PARTS
  // A part in which nothing ever came would make its steps weightless, and everything divided by it endless.
  return mean > 0 ? factors.map((factor) => Math.max(0.05, factor / mean)) : factors.map(() => 1)
}
