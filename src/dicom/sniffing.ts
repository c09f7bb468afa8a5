/**
 * What bytes are when nobody says: is there a preamble (PS3.10 section 7.1), and how is a data set encoded?
 */
import type { Bytes } from '../base/bytes.ts'
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, type TransferSyntax } from './transfer-syntaxes.ts'
import { looksLikeVr, vrOfLetters } from './vr.ts'

export const PREAMBLE = 128
/** So many bytes show a preamble, the prefix and the first element. */
export const OPENING = 148
/** So many show how an element is encoded. */
export const FIRST_ELEMENT = 8

const u16 = (b: Bytes, at: number) => (b[at] ?? 0) | ((b[at + 1] ?? 0) << 8)
const swapped = (value: number) => ((value & 0xff) << 8) | (value >> 8)

export const hasPrefix = (b: Bytes, at: number): boolean =>
  b[at] === 0x44 && b[at + 1] === 0x49 && b[at + 2] === 0x43 && b[at + 3] === 0x4d // DICM

/**
 * The uncompressed transfer syntax in which an element at `at` makes sense; undefined when none does.
 *
 * Group numbers of real data sets begin low, so the byte order in which the first is smaller is the right one; explicit
 * VR shows by its letters, implicit VR by a length that is not absurd.
 */
export function sniffEncoding(b: Bytes, at: number): TransferSyntax | undefined {
  if (b.length - at < FIRST_ELEMENT) return undefined
  const group = u16(b, at)
  const element = u16(b, at + 2)
  if (vrOfLetters(b[at + 4] ?? 0, b[at + 5] ?? 0) !== undefined) {
    const little = group === swapped(group) ? element <= swapped(element) : group < swapped(group)
    return little ? EXPLICIT_LITTLE : EXPLICIT_BIG
  }
  if (looksLikeVr(b[at + 4] ?? 0, b[at + 5] ?? 0)) return undefined
  const length = u16(b, at + 4) + u16(b, at + 6) * 0x10000
  const isPlausible = group > 0 && group <= 0xff && (length < 0x100_0000 || length === 0xffffffff)
  return isPlausible ? IMPLICIT_LITTLE : undefined
}
