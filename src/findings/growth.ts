/** How a lesion changes between two measurements. */

/** Per cent of the first; undefined when there is nothing to compare with. */
export function changeOf(before: number, after: number): number | undefined {
  return before > 0 ? ((after - before) / before) * 100 : undefined
}

/**
 * Days in which the volume doubles, reckoned from two diameters under steady growth in all directions (Schwartz 1961): negative
 * when it shrinks (then it halves in so many); undefined when it stays, or a measurement or the days between are nothing.
 */
export function doublingDays(before: number, after: number, days: number): number | undefined {
  if (before <= 0 || after <= 0 || days <= 0 || before === after) return undefined
  return (days * Math.LN2) / (3 * Math.log(after / before))
}

/** From YYYYMMDD to YYYYMMDD; undefined when one of them is no day. */
export function daysBetween(from: string, to: string): number | undefined {
  const [a, b] = [dayOf(from), dayOf(to)]
  return a === undefined || b === undefined ? undefined : Math.round((b - a) / 86_400_000)
}

function dayOf(date: string): number | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(date)
  if (!parts) return undefined
  const at = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]))
  return Number.isNaN(at) ? undefined : at
}
