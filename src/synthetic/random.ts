/**
 * Chance that a name settles for ever: the same words give the same numbers in every run.
 */

/** 32 bits that stand for a text (FNV-1a, mixed once more). */
export function hash(text: string, seed = 0): number {
  let state = (0x811c9dc5 ^ seed) >>> 0
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  return mixed(state)
}

export function mixed(value: number): number {
  let state = value | 0
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}

export interface Random {
  /** A whole number of 32 bits. */
  bits(): number
  /** From 0 to below 1. */
  unit(): number
  between(low: number, high: number): number
}

/** sfc32, seeded by a name. */
export function randomOf(name: string): Random {
  let [a, b, c, d] = [hash(name, 1), hash(name, 2), hash(name, 3), 1]
  const bits = () => {
    const sum = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let round = 0; round < 15; round += 1) bits()
  const unit = () => bits() / 2 ** 32
  return { bits, unit, between: (low, high) => low + unit() * (high - low) }
}

let normal: Float32Array | undefined

/** 65,536 draws of a normal distribution (mean 0, deviation 1), to be drawn from again by 16 bits at a time. */
function normalTable(): Float32Array {
  if (normal !== undefined) return normal
  const { unit } = randomOf('normal')
  const table = new Float32Array(65_536)
  for (let at = 0; at < table.length; at += 1) {
    // Twelve even draws have the variance of one normal draw.
    let sum = -6
    for (let draw = 0; draw < 12; draw += 1) sum += unit()
    table[at] = sum
  }
  normal = table
  return table
}

/** Fills with white noise of deviation 1. */
export function fillNormal(into: Float32Array, { bits }: Random): void {
  const table = normalTable()
  for (let at = 0; at < into.length; at += 2) {
    const drawn = bits()
    into[at] = table[drawn & 0xffff] ?? 0
    if (at + 1 < into.length) into[at + 1] = table[drawn >>> 16] ?? 0
  }
}
