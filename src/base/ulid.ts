/**
 * ULIDs: 48 bits of time and 80 of chance in 26 letters of Crockford's base 32, so that names sort by when they were made.
 */
import type { Bytes } from './bytes.ts'

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * @param at      milliseconds since 1970
 * @param random  10 random bytes
 */
export function ulid(at: number, random: Bytes): string {
  let time = ''
  for (let rest = at, place = 0; place < 10; place += 1) {
    time = LETTERS.charAt(rest % 32) + time
    rest = Math.floor(rest / 32)
  }
  let chance = ''
  // Five bytes make eight letters.
  for (let from = 0; from < 10; from += 5) {
    let value = 0
    for (let at5 = from; at5 < from + 5; at5 += 1) value = value * 256 + (random[at5] ?? 0)
    let letters = ''
    for (let place = 0; place < 8; place += 1) {
      letters = LETTERS.charAt(value % 32) + letters
      value = Math.floor(value / 32)
    }
    chance += letters
  }
  return time + chance
}
