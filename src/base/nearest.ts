/** For messages about a name nobody knows: the known one that was most likely meant. */

/** The word with the fewest edits between it and the given one, whatever the case; the first of several. */
export function nearestTo(given: string, words: readonly string[]): string {
  const scored = words.map((word) => [distance(given.toLowerCase(), word.toLowerCase()), word] as const)
  return scored.reduce((best, next) => (next[0] < best[0] ? next : best))[1]
}

/** Letters put in, taken out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change))
    }
    row = next
  }
  return row[b.length] ?? 0
}
