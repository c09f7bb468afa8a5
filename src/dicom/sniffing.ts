/**
 * What bytes are when nobody says: is there a preamble (PS3.10 section 7.1), and how is a data set encoded?
 */
import type { Bytes } from '../base/bytes.ts'
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, type TransferSyntax } from './transfer-syntaxes.ts'
import { looksLikeVr, VR_TRAITS, vrOfLetters } from './vr.ts'

export const PREAMBLE = 128
/** So many bytes show a preamble, the prefix and the first element. */
export const OPENING = 148
/** So many show how an element is encoded: the longest header there is. */
export const FIRST_ELEMENT = 12
const SHORTEST = 8

const byteAt = (b: Bytes, at: number) => b[at] ?? 0
const u16 = (b: Bytes, at: number) => byteAt(b, at) | (byteAt(b, at + 1) << 8)
const u32 = (b: Bytes, at: number) => u16(b, at) + u16(b, at + 2) * 0x10000
const swapped16 = (value: number) => ((value & 0xff) << 8) | (value >> 8)
const swapped32 = (value: number) => swapped16(value % 0x10000) * 0x10000 + swapped16(Math.floor(value / 0x10000))

export const hasPrefix = (b: Bytes, at: number): boolean =>
  b[at] === 0x44 && b[at + 1] === 0x49 && b[at + 2] === 0x43 && b[at + 3] === 0x4d // DICM

/**
 * The uncompressed transfer syntax in which an element at `at` makes sense; undefined when none does.
 *
 * Explicit VR shows by its letters, implicit VR by a length that is not absurd. Real data sets begin with low groups and
 * short values: the byte order in which they are is the right one.
 */
export function sniffEncoding(b: Bytes, at: number): TransferSyntax | undefined {
  if (b.length - at < SHORTEST) return undefined
  const first = byteAt(b, at + 4)
  const second = byteAt(b, at + 5)
  if (vrOfLetters(first, second) !== undefined) {
    const { ofGroup, ofLength } = littleness(b, at)
    return ofGroup + ofLength >= 0 ? EXPLICIT_LITTLE : EXPLICIT_BIG
  }
  if (looksLikeVr(first, second)) return undefined
  const group = u16(b, at)
  const length = u32(b, at + 4)
  const isPlausible = group > 0 && group <= 0xff && (length < 0x100_0000 || length === 0xffffffff)
  return isPlausible ? IMPLICIT_LITTLE : undefined
}

/**
 * What the first element is instead of what was stated; undefined while it can be that. The statement stands unless
 * everything speaks against it: groups such as 2000 look like low ones in the other byte order.
 */
export function sniffContradiction(b: Bytes, stated: TransferSyntax): TransferSyntax | undefined {
  const seen = sniffEncoding(b, 0)
  if (seen === undefined) return undefined
  if (!stated.explicit) {
    // Letters may be a length themselves: `DA` and two zero bytes are 16,708.
    const length = u32(b, 4)
    return seen.explicit && (length % 2 === 1 || length > 0xffff) ? seen : undefined
  }
  if (!seen.explicit) return seen
  const { ofGroup, ofLength } = littleness(b, 0)
  return seen.littleEndian !== stated.littleEndian && ofGroup === ofLength ? seen : undefined
}

/** Does an element read little endian (1), big endian (-1), or neither rather (0)? */
function littleness(b: Bytes, at: number): { readonly ofGroup: number; readonly ofLength: number } {
  const group = u16(b, at)
  const vr = vrOfLetters(byteAt(b, at + 4), byteAt(b, at + 5))
  const isLong = vr !== undefined && VR_TRAITS[vr].long
  const length = isLong ? u32(b, at + 8) : u16(b, at + 6)
  const other = isLong ? swapped32(length) : swapped16(length)
  return { ofGroup: Math.sign(swapped16(group) - group), ofLength: Math.sign(other - length) }
}
