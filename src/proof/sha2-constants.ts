/**
 * The constants of SHA-2, computed where others copy a table: the first 64 bits of the fractional parts of the square
 * roots of the first 8 primes, and of the cube roots of the first 80 (FIPS 180-4, 4.2 and 5.3). SHA-256's are the upper
 * halves.
 */
const PRIMES = primes(80)
const FRACTION = 64n
const MASK = (1n << FRACTION) - 1n

/** Initial hash value, 64 bits each. */
export const SHA2_START: readonly bigint[] = PRIMES.slice(0, 8).map(
  (prime) => root(prime << (2n * FRACTION), 2n) & MASK,
)
/** Round constants, 64 bits each. */
export const SHA2_ROUND: readonly bigint[] = PRIMES.map((prime) => root(prime << (3n * FRACTION), 3n) & MASK)

function primes(count: number): readonly bigint[] {
  const found: bigint[] = []
  for (let next = 2n; found.length < count; next += 1n)
    if (found.every((prime) => next % prime !== 0n)) found.push(next)
  return found
}

/** The whole part of a root, by bisection. */
function root(value: bigint, degree: bigint): bigint {
  let low = 0n
  let high = 1n
  while (high ** degree <= value) high *= 2n
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (middle ** degree <= value) low = middle
    else high = middle
  }
  return low
}
