/**
 * Transfer syntaxes an object can be given in besides that which it is kept in and the uncompressed ones: each without
 * loss, in the order in which they are offered. `codecs/encode.ts` has an encoder for each.
 *
 * Lossy ones are not among them: what came lossy is given as it came, or decoded; nothing becomes lossy here.
 */
import type { Uid } from './uid.ts'

const SUFFIXES = ['4.202', '4.201', '4.80', '4.70', '4.57', '4.90', '4.110', '5', '8.1', '1.98'] as const

export const ENCODED_SYNTAXES: readonly Uid[] = SUFFIXES.map((suffix) => `1.2.840.10008.1.2.${suffix}` as Uid)

/** Uncompressed ones that are written for who asks for them by name (PS3.5 A.3 and A.5). */
export const OTHER_NATIVE_SYNTAXES: readonly Uid[] = ['1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2'].map(
  (uid) => uid as Uid,
)

/** May an object be given in it, whatever it is kept in? */
export const canBeGivenIn = (uid: string): uid is Uid =>
  ENCODED_SYNTAXES.some((one) => one === uid) || OTHER_NATIVE_SYNTAXES.some((one) => one === uid)
