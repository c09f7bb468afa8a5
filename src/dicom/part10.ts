/**
 * What makes a data set a file: preamble, prefix and group 0002 (PS3.10 section 7.1), always Explicit VR Little Endian.
 */
import { concat } from '../base/bytes.ts'

/** Clearkeep's Implementation Class UID: a UUID of our own under 2.25 (PS3.5 B.2). */
export const IMPLEMENTATION_CLASS_UID = '2.25.326389618686555680453091309647574724344'
/** At most sixteen characters (PS3.10 Table 7.1-1). */
export const IMPLEMENTATION_VERSION_NAME = 'CLEARKEEP_0.1'

export interface MetaFacts {
  /** SOP Class and Instance UID of the data set, as they stand in it. */
  readonly sopClass: string
  readonly sopInstance: string
  readonly transferSyntax: string
  /** AE title that sent the object: Source Application Entity Title (0002,0016). */
  readonly sourceAet?: string
  /** AE titles of the association it came by: (0002,0017) and (0002,0018). */
  readonly sendingAet?: string
  readonly receivingAet?: string
}

const PREAMBLE_AND_PREFIX = new Uint8Array(132)
PREAMBLE_AND_PREFIX.set([0x44, 0x49, 0x43, 0x4d], 128)

/** Everything that stands in front of the data set's first byte. */
export function metaGroup(facts: MetaFacts): Uint8Array<ArrayBuffer> {
  const elements = [
    VERSION,
    element(0x0002, 'UI', facts.sopClass, 0),
    element(0x0003, 'UI', facts.sopInstance, 0),
    element(0x0010, 'UI', facts.transferSyntax, 0),
    element(0x0012, 'UI', IMPLEMENTATION_CLASS_UID, 0),
    element(0x0013, 'SH', IMPLEMENTATION_VERSION_NAME, 0x20),
    ...optional(0x0016, facts.sourceAet),
    ...optional(0x0017, facts.sendingAet),
    ...optional(0x0018, facts.receivingAet),
  ]
  const length = elements.reduce((sum, bytes) => sum + bytes.length, 0)
  const groupLength = new Uint8Array([2, 0, 0, 0, 0x55, 0x4c, 4, 0, 0, 0, 0, 0])
  new DataView(groupLength.buffer).setUint32(8, length, true)
  return concat([PREAMBLE_AND_PREFIX, groupLength, ...elements])
}

/** (0002,0001) File Meta Information Version: 00H 01H, the only value with a 32-bit length. */
const VERSION = new Uint8Array([2, 0, 1, 0, 0x4f, 0x42, 0, 0, 2, 0, 0, 0, 0, 1])

const optional = (number: number, aet: string | undefined) =>
  aet === undefined || aet === '' ? [] : [element(number, 'AE', aet, 0x20)]

/** One element of group 0002 with a 16-bit length; the text is ASCII. */
function element(number: number, vr: string, text: string, pad: number): Uint8Array<ArrayBuffer> {
  const length = text.length + (text.length % 2)
  const bytes = new Uint8Array(8 + length).fill(pad, 8)
  bytes.set([2, 0, number, 0, vr.charCodeAt(0), vr.charCodeAt(1), length & 0xff, length >> 8])
  for (let at = 0; at < text.length; at += 1) bytes[8 + at] = text.charCodeAt(at) & 0x7f
  return bytes
}
