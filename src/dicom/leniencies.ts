/**
 * Departures from the standard that real objects make, each with a name (docs: "Each leniency has a name").
 *
 * What is on is forgiven and recorded with the instance; what is off refuses the object. The defaults forgive what can
 * be read without guessing at content and refuse what lost bytes on its way.
 */
export interface Leniency {
  /** What it forgives, and how the reader then reads. */
  readonly forgives: string
  readonly on: boolean
}

const on = (forgives: string): Leniency => ({ forgives, on: true })
const off = (forgives: string): Leniency => ({ forgives, on: false })

export const LENIENCIES = {
  // --- the file (PS3.10 section 7) ---
  'no-preamble': on('Group 0002 without preamble or prefix before it.'),
  'no-meta': on('A bare data set as a file: its encoding is seen from its first element.'),
  'meta-group-length': on('(0002,0000) absent or wrong: group 0002 ends where another group begins.'),
  'implicit-meta': on('Group 0002 in Implicit VR Little Endian.'),
  'no-transfer-syntax': on('Group 0002 without (0002,0010): the encoding is seen from the first element.'),
  'transfer-syntax-mismatch': on('Another VR encoding or byte order than the transfer syntax says: read as it is.'),
  'unknown-transfer-syntax': off('A transfer syntax PS3.6 does not list: read as explicit VR, little endian.'),
  'uid-leading-zeros': on('Study, series, SOP instance or SOP class UID with a component that begins with zero.'),

  // --- elements (PS3.5 section 7) ---
  'implicit-element': on('An element without a VR amid explicit ones: the VR is the dictionary’s.'),
  'unknown-vr': on('Letters that are no VR: the VR is the dictionary’s, else UN.'),
  'vr-mismatch': on('A VR the standard does not give this attribute: kept as stated.'),
  'odd-length': on('A value of odd length.'),
  'element-order': on('Elements not in ascending order of tags.'),
  'duplicate-element': on('An element that was there before: the first counts.'),
  'trailing-zeros': on('Zero bytes after the last element.'),

  // --- sequences and fragments (PS3.5 section 7.5, A.4) ---
  'undefined-length': on('Undefined length with a VR that may not have it: read as a sequence of items.'),
  'explicit-un-items': on('Explicit VR items in a sequence of VR UN, where they are implicit by PS3.5 section 6.2.2.'),
  'missing-delimiter': on(
    'An item of undefined length that is not delimited before the next item or the sequence’s end.',
  ),
  'stray-delimiter': on('A delimiter where none belongs.'),
  'delimiter-length': on('A delimiter whose length is not zero.'),
  overrun: on('A value longer than the item or sequence around it: the outer length is taken to be wrong.'),
  'offset-table': on('A Basic Offset Table whose length is not a multiple of four.'),
  'encapsulated-in-native': on('Fragments in a transfer syntax that has none.'),
  'native-in-encapsulated': on('Pixel Data without fragments in a transfer syntax that wants them.'),

  // --- bytes that are missing ---
  'truncated-pixel-data': off('The object ends inside Pixel Data: what is there is kept.'),
  'truncated-data-set': off('The object ends inside an element: the elements before it are kept.'),
} as const satisfies Record<string, Leniency>

export type LeniencyName = keyof typeof LENIENCIES
export type Leniencies = Readonly<Record<LeniencyName, boolean>>

export const LENIENCY_NAMES = Object.keys(LENIENCIES) as readonly LeniencyName[]

/** Every leniency, with those the caller switches. */
export function leniencies(switched: Partial<Leniencies> = {}): Leniencies {
  const all = Object.fromEntries(LENIENCY_NAMES.map((name) => [name, LENIENCIES[name].on])) as Record<
    LeniencyName,
    boolean
  >
  return Object.assign(all, switched)
}

export const DEFAULT_LENIENCIES: Leniencies = leniencies()
/** None: the standard to the letter, as far as this reader can tell. */
export const STRICT: Leniencies = Object.fromEntries(LENIENCY_NAMES.map((name) => [name, false])) as Leniencies
