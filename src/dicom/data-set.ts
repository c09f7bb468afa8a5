/**
 * A data set in memory: what the reader makes, the writer takes, and JSON is made from.
 *
 * Values keep the bytes they came as (`RawValue`) and are decoded when asked for: most elements of most instances are
 * never looked at. Strings are decoded with the character set in force where the element stands, which a sequence item
 * may change (PS3.5 section 6.1.2).
 */
import type { ByteRange, Bytes } from '../base/bytes.ts'

/** Group in the high 16 bits, element in the low 16: 0x00100010. Compare with `>>>`-free unsigned numbers. */
export type Tag = number & { readonly __brand: 'Tag' }

export const tag = (value: number): Tag => value as Tag
export const group = (of: Tag): number => Math.floor(of / 0x10000)
export const elementOf = (of: Tag): number => of % 0x10000
/** `00100010`, as DICOM JSON has it (PS3.18 F.2). */
export const tagText = (of: Tag): string => of.toString(16).toUpperCase().padStart(8, '0')
export const tagFromText = (text: string): Tag => Number.parseInt(text, 16) as Tag

export type Vr =
  | 'AE'
  | 'AS'
  | 'AT'
  | 'CS'
  | 'DA'
  | 'DS'
  | 'DT'
  | 'FD'
  | 'FL'
  | 'IS'
  | 'LO'
  | 'LT'
  | 'OB'
  | 'OD'
  | 'OF'
  | 'OL'
  | 'OV'
  | 'OW'
  | 'PN'
  | 'SH'
  | 'SL'
  | 'SQ'
  | 'SS'
  | 'ST'
  | 'SV'
  | 'TM'
  | 'UC'
  | 'UI'
  | 'UL'
  | 'UN'
  | 'UR'
  | 'US'
  | 'UT'
  | 'UV'

/** The value as received: its bytes, in the byte order of `littleEndian`. */
export interface RawValue {
  readonly kind: 'bytes'
  readonly bytes: Bytes
}
/** A value that was left where it lies (pixels, large bulk data): offsets into the stream the reader was given. */
export interface DistantValue {
  readonly kind: 'distant'
  readonly range: ByteRange
}
export interface SequenceValue {
  readonly kind: 'items'
  readonly items: readonly DataSet[]
}
/** Encapsulated Pixel Data (PS3.5 A.4): every fragment's value where it lies, the offset table item not counted. */
export interface FragmentsValue {
  readonly kind: 'fragments'
  /** Basic Offset Table, as received: 32-bit offsets; empty when the item was empty. */
  readonly basicOffsets: readonly number[]
  readonly fragments: readonly ByteRange[]
}
export type Value = RawValue | DistantValue | SequenceValue | FragmentsValue

export interface Element {
  readonly tag: Tag
  /** As stated, or from the dictionary when the transfer syntax does not state it. */
  readonly vr: Vr
  readonly value: Value
}

export interface DataSet {
  readonly elements: ReadonlyMap<Tag, Element>
  readonly littleEndian: boolean
  /** Specific Character Set in force here: the terms of (0008,0005), or those of the enclosing data set. */
  readonly characterSet: readonly string[]
}

/** Elements in ascending order of tags (PS3.5 section 7.1), which a received set need not keep. */
export function inTagOrder(dataSet: DataSet): Iterable<Element> {
  let last = -1
  for (const of of dataSet.elements.keys()) {
    if (of < last) return [...dataSet.elements.values()].sort((a, b) => a.tag - b.tag)
    last = of
  }
  return dataSet.elements.values()
}
