/**
 * What is open while a data set is parsed: the stack of data sets, sequences and fragment lists, and the data sets that
 * grow in them. `element-parser.ts` walks it.
 */
import type { ByteRange, Bytes } from '../base/bytes.ts'
import type { DataSet, Element, Tag } from './data-set.ts'

const NO_ITEMS: DataSet[] = []
const NO_FRAGMENTS: ByteRange[] = []
const NO_OFFSETS: number[] = []

export class OpenDataSet implements DataSet {
  readonly elements = new Map<Tag, Element>()
  readonly littleEndian: boolean
  characterSet: readonly string[]

  constructor(littleEndian: boolean, characterSet: readonly string[]) {
    this.littleEndian = littleEndian
    this.characterSet = characterSet
  }
}

export type LevelKind = 'set' | 'sequence' | 'fragments'

/** Something that is open and in which the next bytes stand. */
export class Level {
  readonly kind: LevelKind
  /** Offset at which it ends; infinite when a delimiter ends it. */
  end: number
  explicit: boolean
  readonly little: boolean
  /** The data set elements go to; for a sequence, the one it stands in. */
  readonly set: OpenDataSet
  /** Is it, or does it stand in, a sequence of VR UN, whose items prove their own encoding? */
  unproved: boolean
  /** Its length and that of something in it contradict each other: it may also end where the bytes end. */
  doubtful = false
  lastTag = -1
  signedPixels: boolean
  readonly items: DataSet[]
  readonly fragments: ByteRange[]
  readonly basicOffsets: number[]

  constructor(kind: LevelKind, end: number, explicit: boolean, little: boolean, set: OpenDataSet, outer?: Level) {
    this.kind = kind
    this.end = end
    this.explicit = explicit
    this.little = little
    this.set = set
    this.unproved = false
    this.signedPixels = outer?.signedPixels ?? false
    this.items = kind === 'sequence' ? [] : NO_ITEMS
    this.fragments = kind === 'fragments' ? [] : NO_FRAGMENTS
    this.basicOffsets = kind === 'fragments' ? [] : NO_OFFSETS
  }
}

/** The terms of Specific Character Set: code strings, so plain ASCII. */
export function characterSetTerms(bytes: Bytes): readonly string[] {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text.split('\\').map((term) => term.replaceAll('\0', ' ').trim())
}
