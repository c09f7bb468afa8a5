/**
 * DICOM encoded by hand, byte by byte as PS3.5 section 7 draws it, so that tests do not check our reader with our
 * writer. Lengths are what is given or what is there; nothing is corrected.
 */
import { Buffer } from 'node:buffer'

export type Part = Buffer | string

export const bytes = (...parts: readonly (Part | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))

const LONG = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']
const UNDEFINED = 0xffffffff

export const u16 = (value: number, big = false): Buffer => {
  const b = Buffer.alloc(2)
  if (big) b.writeUInt16BE(value)
  else b.writeUInt16LE(value)
  return b
}
export const u32 = (value: number, big = false): Buffer => {
  const b = Buffer.alloc(4)
  if (big) b.writeUInt32BE(value)
  else b.writeUInt32LE(value)
  return b
}

const tagBytes = (tag: number, big = false) => bytes(u16(Math.floor(tag / 0x10000), big), u16(tag % 0x10000, big))

/** Explicit VR: tag, VR, length of 16 or 32 bits, value. */
export function explicit(tag: number, vr: string, value: Part = '', length = value.length, big = false): Buffer {
  const long = LONG.includes(vr)
  return bytes(tagBytes(tag, big), vr, ...(long ? [u16(0), u32(length, big)] : [u16(length, big)]), value)
}

/** Implicit VR: tag, 32-bit length, value. */
export const implicit = (tag: number, value: Part = '', length = value.length): Buffer =>
  bytes(tagBytes(tag), u32(length), value)

export const item = (value: Part, length = value.length): Buffer => bytes(tagBytes(0xfffee000), u32(length), value)
export const openItem = (value: Part): Buffer => bytes(item(value, UNDEFINED), ITEM_END)
export const ITEM_END = bytes(tagBytes(0xfffee00d), u32(0))
export const SEQUENCE_END = bytes(tagBytes(0xfffee0dd), u32(0))
export const openSequence = (tag: number, ...items: readonly Buffer[]): Buffer =>
  bytes(explicit(tag, 'SQ', bytes(...items), UNDEFINED), SEQUENCE_END)
export const encapsulated = (offsets: readonly number[], ...fragments: readonly Part[]): Buffer =>
  bytes(
    explicit(0x7fe00010, 'OB', item(bytes(...offsets.map((offset) => u32(offset)))), UNDEFINED),
    ...fragments.map((fragment) => item(fragment)),
    SEQUENCE_END,
  )

/** Preamble, prefix and group 0002 in front of a data set. */
export function file(transferSyntax: string, dataSet: Part): Buffer {
  const meta = bytes(
    explicit(0x00020001, 'OB', bytes([0, 1])),
    explicit(0x00020010, 'UI', transferSyntax.length % 2 === 1 ? `${transferSyntax}\0` : transferSyntax),
  )
  return bytes(Buffer.alloc(128), 'DICM', explicit(0x00020000, 'UL', u32(meta.length)), meta, dataSet)
}

/** Pieces of `size` bytes, as they might come from a socket. */
export function* pieces(whole: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}
