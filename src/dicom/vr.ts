/**
 * Value representations (PS3.5 section 6.2, tables 6.2-1 and 7.1-1): what reading and writing must know of each.
 */
import type { Bytes } from '../base/bytes.ts'
import type { Vr } from './data-set.ts'

export interface VrTraits {
  /** Two reserved bytes and a 32-bit length in explicit VR; otherwise a 16-bit length. */
  readonly long: boolean
  /** Bytes of a word that is turned around between byte orders; 1: none. */
  readonly word: 1 | 2 | 4 | 8
  /** The byte that makes an odd value even. */
  readonly pad: 0x00 | 0x20
}

const traits = (long: boolean, word: 1 | 2 | 4 | 8, pad: 0x00 | 0x20): VrTraits => ({ long, word, pad })
const text = traits(false, 1, 0x20)
const longText = traits(true, 1, 0x20)

export const VR_TRAITS: Readonly<Record<Vr, VrTraits>> = {
  AE: text,
  AS: text,
  AT: traits(false, 2, 0), // a tag is two 16-bit words
  CS: text,
  DA: text,
  DS: text,
  DT: text,
  FD: traits(false, 8, 0),
  FL: traits(false, 4, 0),
  IS: text,
  LO: text,
  LT: text,
  OB: traits(true, 1, 0),
  OD: traits(true, 8, 0),
  OF: traits(true, 4, 0),
  OL: traits(true, 4, 0),
  OV: traits(true, 8, 0),
  OW: traits(true, 2, 0),
  PN: text,
  SH: text,
  SL: traits(false, 4, 0),
  SQ: traits(true, 1, 0),
  SS: traits(false, 2, 0),
  ST: text,
  SV: traits(true, 8, 0),
  TM: text,
  UC: longText,
  UI: traits(false, 1, 0),
  UL: traits(false, 4, 0),
  UN: traits(true, 1, 0), // always little endian, PS3.5 section 6.2.2
  UR: longText,
  US: traits(false, 2, 0),
  UT: longText,
  UV: traits(true, 8, 0),
}

const BY_LETTERS: readonly (Vr | undefined)[] = (() => {
  const table = new Array<Vr | undefined>(26 * 26).fill(undefined)
  for (const vr of Object.keys(VR_TRAITS) as Vr[]) table[(vr.charCodeAt(0) - 65) * 26 + vr.charCodeAt(1) - 65] = vr
  return table
})()

const isCapital = (byte: number) => byte >= 65 && byte <= 90

/** The VR two bytes spell; undefined when they spell none. */
export function vrOfLetters(first: number, second: number): Vr | undefined {
  return isCapital(first) && isCapital(second) ? BY_LETTERS[(first - 65) * 26 + second - 65] : undefined
}

/** Could these two bytes be a VR of a later edition of the standard? */
export const looksLikeVr = (first: number, second: number): boolean => isCapital(first) && isCapital(second)

/** A copy in the other byte order. */
export function wordsTurned(bytes: Bytes, word: number): Uint8Array<ArrayBuffer> {
  const turned = new Uint8Array(bytes)
  turnWords(turned, word)
  return turned
}

/** Turns every whole word around where it stands. */
export function turnWords(bytes: Uint8Array, word: number): void {
  const half = word / 2
  for (let first = 0; first + word <= bytes.length; first += word)
    for (let at = 0; at < half; at += 1) {
      const left = bytes[first + at] ?? 0
      bytes[first + at] = bytes[first + word - 1 - at] ?? 0
      bytes[first + word - 1 - at] = left
    }
}

export const isVr = (text: string): text is Vr => Object.hasOwn(VR_TRAITS, text)
