/**
 * Data sets to bytes (PS3.5 section 7 and Annex A), in any uncompressed encoding or with fragments as they are.
 *
 * Sequences and items are written with undefined length, so that one pass suffices and sizes have no limit. Values that
 * were left where they lie are streamed through `resolve`; nothing is gathered. Group lengths are dropped (they were
 * retired, PS3.5 section 7.2), odd values are padded, nothing else is recomputed.
 */
import { Deflate } from 'pako'
import type { ByteRange, ByteStream, Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import {
  type DataSet,
  type Element,
  elementOf,
  type FragmentsValue,
  group,
  inTagOrder,
  type Tag,
  type Vr,
} from './data-set.ts'
import { implicitVr, T } from './dictionary.ts'
import { type TransferSyntax, transferSyntax } from './transfer-syntaxes.ts'
import { int } from './values.ts'
import { turnWords, VR_TRAITS } from './vr.ts'

/** Gives the bytes at a distant range, in the byte order they were received in. */
export type Resolve = (range: ByteRange) => ByteStream

/** Frames one after another, little endian; takes the place of Pixel Data. */
export interface NativePixels {
  readonly vr: 'OB' | 'OW'
  readonly length: number // bytes
  readonly bytes: ByteStream
}

/** Fragments in the place of Pixel Data: see `fragments` in `encapsulation.ts`. */
export interface EncapsulatedPixels {
  readonly basicOffsets: readonly number[]
  /** Extended Offset Table (PS3.3 C.7.6.3.1.8): each frame's offset and length; then `basicOffsets` must be empty. */
  readonly extended?: { readonly offsets: readonly number[]; readonly lengths: readonly number[] }
  readonly fragments: Iterable<EncodedFragment> | AsyncIterable<EncodedFragment>
}
export interface EncodedFragment {
  readonly length: number
  readonly bytes: Bytes | ByteStream
}

export interface WriteOptions {
  readonly pixelData?: NativePixels | EncapsulatedPixels
}

/**
 * The bytes of a data set, without preamble and meta group.
 *
 * @param resolve  asked for each distant value and fragment, in order
 * @throws {ArchiveError} `DICOM_UNKNOWN_TRANSFER_SYNTAX`; while streaming `DEFECT` when `resolve` gives another length
 *   than the range has, or when compressed frames are to go into a native syntax without `pixelData`; `DICOM_LIMIT`
 *   when a value is too long for its length field
 */
export function writeDataSet(
  dataSet: DataSet,
  transferSyntaxUid: string,
  resolve: Resolve,
  options: WriteOptions = {},
): ByteStream {
  const target = transferSyntax(transferSyntaxUid)
  const bytes = stream(dataSet, target, resolve, options)
  return target.deflated ? deflated(bytes) : bytes
}

/** A small data set in one piece: DIMSE command sets and identifiers. @throws {ArchiveError} `DEFECT` for distant values */
export function encodeElements(dataSet: DataSet, transferSyntaxUid: string): Uint8Array<ArrayBuffer> {
  const sink = new Sink()
  for (const { source, word, length } of parts(dataSet, transferSyntax(transferSyntaxUid), sink, {}, true)) {
    if (!(source instanceof Uint8Array))
      throw new ArchiveError('DEFECT', { what: `a distant value of ${length} bytes in a set to be held` })
    sink.value(source, word)
  }
  return sink.take()
}

/** How many bytes `writeDataSet` will give; undefined for the deflated syntax and for fragments not yet made. */
export function encodedLength(
  dataSet: DataSet,
  transferSyntaxUid: string,
  options: WriteOptions = {},
): number | undefined {
  const target = transferSyntax(transferSyntaxUid)
  if (target.deflated || (options.pixelData !== undefined && 'fragments' in options.pixelData)) return undefined
  const sink = new Sink()
  let length = 0
  for (const part of parts(dataSet, target, sink, options, true)) length += part.length + sink.drop()
  return length + sink.drop()
}

// --- the walk ----------------------------------------------------------------------------

const UNDEFINED_LENGTH = 0xffffffff
const ITEM = 0xfffee000
const ITEM_DELIMITER = 0xfffee00d
const SEQUENCE_DELIMITER = 0xfffee0dd
const FLUSH_AT = 65_536

/** Bytes that are not held: to be streamed between what the sink holds. */
interface Part {
  readonly length: number
  readonly source: ByteRange | Bytes | ByteStream | EncapsulatedPixels
  /** Bytes of a word to be turned around; 1: none. */
  readonly word: 1 | 2 | 4 | 8
}

const FLUSH: Part = { length: 0, source: new Uint8Array(0), word: 1 }

interface Encoding {
  readonly explicit: boolean
  readonly littleEndian: boolean
  readonly encapsulated: boolean
}

/** Writes into the sink and yields what must be streamed at this point. */
function* parts(
  dataSet: DataSet,
  target: Encoding,
  sink: Sink,
  options: WriteOptions,
  isRoot: boolean,
): Generator<Part, void> {
  sink.little = target.littleEndian
  const replaced = isRoot ? options.pixelData : undefined
  let pixelsDue = replaced !== undefined
  let commandLengthDue = isRoot
  for (const element of inTagOrder(dataSet)) {
    if (commandLengthDue && group(element.tag) === 0) {
      commandLengthDue = false
      yield* commandLength(dataSet, target, sink)
    }
    if (elementOf(element.tag) === 0) continue
    if (replaced !== undefined) {
      // The offset tables received speak of fragments that are not written.
      if (element.tag === T.ExtendedOffsetTable || element.tag === T.ExtendedOffsetTableLengths) continue
      if (pixelsDue && element.tag >= T.PixelData) {
        pixelsDue = false
        yield* replacement(replaced, dataSet, target, sink)
      }
      if (element.tag === T.PixelData) continue
    }
    yield* elementParts(element, dataSet, target, sink, isRoot)
    if (sink.length > FLUSH_AT) yield FLUSH
  }
  if (pixelsDue && replaced !== undefined) yield* replacement(replaced, dataSet, target, sink)
}

function* elementParts(
  element: Element,
  dataSet: DataSet,
  target: Encoding,
  sink: Sink,
  isRoot: boolean,
): Generator<Part, void> {
  const { tag, vr, value } = element
  if (value.kind === 'items') {
    // Without a VR, an empty sequence of an unknown tag shows by its undefined length alone.
    const shows = target.explicit || implicitVr(tag) === 'SQ'
    if (value.items.length === 0 && shows) return sink.header(tag, 'SQ', 0, target.explicit)
    sink.header(tag, 'SQ', UNDEFINED_LENGTH, target.explicit)
    for (const item of value.items) {
      sink.item(ITEM, UNDEFINED_LENGTH)
      yield* parts(item, target, sink, {}, false)
      sink.item(ITEM_DELIMITER, 0)
    }
    return sink.item(SEQUENCE_DELIMITER, 0)
  }
  if (value.kind === 'fragments') {
    if (isRoot && !target.encapsulated)
      throw new ArchiveError('DEFECT', { what: 'compressed frames in a native transfer syntax' })
    return yield* receivedFragments(tag, vr, value, target, sink)
  }
  const length = value.kind === 'bytes' ? value.bytes.length : value.range.end - value.range.start
  const even = length + (length % 2)
  if (even >= UNDEFINED_LENGTH)
    throw new ArchiveError('DICOM_LIMIT', { limit: 'a value’s length', allowed: '4 GiB', at: 0 })
  // PS3.5 section 6.2.2: what a 16-bit length cannot say is written as UN, whose value is little endian.
  const written: Vr = target.explicit && even > 0xffff && !VR_TRAITS[vr].long ? 'UN' : vr
  const toLittle = written === 'UN' || target.littleEndian
  const { pad } = VR_TRAITS[vr]
  const word = isRoot && tag === T.PixelData && vr === 'OW' ? pixelWord(dataSet) : VR_TRAITS[vr].word
  sink.header(tag, written, even, target.explicit)
  const turn = dataSet.littleEndian === toLittle ? 1 : word
  if (value.kind === 'bytes' && length <= FLUSH_AT) sink.value(value.bytes, turn)
  else yield { length, source: value.kind === 'bytes' ? value.bytes : value.range, word: turn }
  if (even > length) sink.byte(pad)
}

/** Samples of 32 and 64 bits stand in OW as numbers of their own size, whatever PS3.5 section 8.1.1 says of OW. */
function pixelWord(dataSet: DataSet): 2 | 4 | 8 {
  const bits = int(dataSet, T.BitsAllocated)
  return bits === 32 ? 4 : bits === 64 ? 8 : 2
}

function* receivedFragments(
  tag: Tag,
  vr: Vr,
  value: FragmentsValue,
  target: Encoding,
  sink: Sink,
): Generator<Part, void> {
  sink.header(tag, vr, UNDEFINED_LENGTH, target.explicit)
  sink.offsets(value.basicOffsets)
  for (const range of value.fragments) {
    const length = range.end - range.start
    sink.item(ITEM, length + (length % 2))
    yield { length, source: range, word: 1 }
    if (length % 2 === 1) sink.byte(0)
  }
  sink.item(SEQUENCE_DELIMITER, 0)
}

function* replacement(
  pixels: NativePixels | EncapsulatedPixels,
  dataSet: DataSet,
  target: Encoding,
  sink: Sink,
): Generator<Part, void> {
  if ('fragments' in pixels) {
    if (pixels.extended !== undefined) {
      sink.extended(T.ExtendedOffsetTable, pixels.extended.offsets, target.explicit)
      sink.extended(T.ExtendedOffsetTableLengths, pixels.extended.lengths, target.explicit)
    }
    sink.header(T.PixelData, 'OB', UNDEFINED_LENGTH, target.explicit)
    sink.offsets(pixels.basicOffsets)
    yield { length: 0, source: pixels, word: 1 }
    return sink.item(SEQUENCE_DELIMITER, 0)
  }
  const { vr, length, bytes } = pixels
  const even = length + (length % 2)
  if (even >= UNDEFINED_LENGTH) throw new ArchiveError('DICOM_LIMIT', { limit: 'Pixel Data', allowed: '4 GiB', at: 0 })
  sink.header(T.PixelData, vr, even, target.explicit)
  yield { length, source: bytes, word: target.littleEndian || vr === 'OB' ? 1 : pixelWord(dataSet) }
  if (even > length) sink.byte(0)
}

/** (0000,0000): the length of the command group that follows it (PS3.7 section 6.3.1), counted here. */
function* commandLength(dataSet: DataSet, target: Encoding, sink: Sink): Generator<Part, void> {
  const elements = new Map([...dataSet.elements].filter(([tag]) => group(tag) === 0 && tag !== 0))
  const counted = new Sink()
  yield* parts({ ...dataSet, elements }, target, counted, {}, false)
  sink.header(T.CommandGroupLength, 'UL', 4, target.explicit)
  sink.number(counted.take().length)
}

// --- streaming -------------------------------------------------------------------------------

async function* stream(
  dataSet: DataSet,
  target: TransferSyntax,
  resolve: Resolve,
  options: WriteOptions,
): AsyncGenerator<Bytes, void> {
  const sink = new Sink()
  for (const part of parts(dataSet, target, sink, options, true)) {
    if (sink.length > 0) yield sink.take()
    const { source } = part
    if ('fragments' in source) yield* madeFragments(source, sink)
    else {
      const bytes = 'start' in source ? resolve(source) : source instanceof Uint8Array ? [source] : source
      yield* exactly(part.length, part.word === 1 ? bytes : turned(bytes, part.word))
    }
  }
  if (sink.length > 0) yield sink.take()
}

async function* madeFragments({ fragments }: EncapsulatedPixels, sink: Sink): AsyncGenerator<Bytes, void> {
  for await (const { length, bytes } of fragments) {
    sink.item(ITEM, length + (length % 2))
    yield sink.take()
    yield* exactly(length, bytes instanceof Uint8Array ? [bytes] : bytes)
    if (length % 2 === 1) sink.byte(0)
  }
}

async function* exactly(length: number, bytes: ByteStream | Iterable<Bytes>): AsyncGenerator<Bytes, void> {
  let given = 0
  for await (const piece of bytes) {
    given += piece.length
    if (given > length) break
    if (piece.length > 0) yield piece
  }
  if (given !== length) throw new ArchiveError('DEFECT', { what: `${given} bytes for a value of ${length}` })
}

/** Words turned around; pieces may be cut inside a word. */
async function* turned(bytes: ByteStream | Iterable<Bytes>, word: number): AsyncGenerator<Bytes, void> {
  let rest = new Uint8Array(0)
  for await (const piece of bytes) {
    const joined = new Uint8Array(rest.length + piece.length)
    joined.set(rest)
    joined.set(piece, rest.length)
    const whole = joined.length - (joined.length % word)
    rest = joined.slice(whole)
    const out = joined.subarray(0, whole)
    turnWords(out, word)
    yield out
  }
  yield rest
}

async function* deflated(bytes: ByteStream): AsyncGenerator<Bytes, void> {
  let ready: Bytes[] = []
  let length = 0
  const deflate = new Deflate({ level: 6, raw: true })
  deflate.onData = (piece) => {
    ready.push(piece)
    length += piece.length
  }
  for await (const piece of bytes) {
    deflate.push(piece)
    yield* ready
    ready = []
  }
  deflate.push(new Uint8Array(0), true)
  if (length % 2 === 1) ready.push(Uint8Array.of(0)) // PS3.5 A.5: an even number of bytes
  yield* ready
}

// --- the sink ------------------------------------------------------------------------------------

/** Where bytes are gathered until they are yielded. */
class Sink {
  little = true
  #bytes = new Uint8Array(4096)
  #length = 0

  get length(): number {
    return this.#length
  }

  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  drop(): number {
    const length = this.#length
    this.#length = 0
    return length
  }

  header(tag: Tag, vr: Vr, length: number, explicit: boolean): void {
    this.#room(12)
    this.#put16(Math.floor(tag / 0x10000))
    this.#put16(tag % 0x10000)
    if (explicit) {
      this.byte(vr.charCodeAt(0))
      this.byte(vr.charCodeAt(1))
      this.#put16(VR_TRAITS[vr].long ? 0 : length)
      if (!VR_TRAITS[vr].long) return
    }
    this.#put32(length)
  }

  /** Items and delimiters have no VR (PS3.5 section 7.5). */
  item(tag: number, length: number): void {
    this.header(tag as Tag, 'UN', length, false)
  }

  offsets(offsets: readonly number[]): void {
    this.item(ITEM, offsets.length * 4)
    for (const offset of offsets) this.number(offset)
  }

  extended(tag: Tag, values: readonly number[], explicit: boolean): void {
    this.header(tag, 'OV', values.length * 8, explicit)
    this.#room(values.length * 8)
    for (const value of values) {
      new DataView(this.#bytes.buffer).setBigUint64(this.#length, BigInt(value), this.little)
      this.#length += 8
    }
  }

  number(value: number): void {
    this.#room(4)
    this.#put32(value)
  }

  value(bytes: Bytes, word: number): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    if (word > 1) turnWords(this.#bytes.subarray(this.#length, this.#length + bytes.length), word)
    this.#length += bytes.length
  }

  byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#length] = value
    this.#length += 1
  }

  #put16(value: number): void {
    this.#bytes[this.#length] = this.little ? value & 0xff : value >> 8
    this.#bytes[this.#length + 1] = this.little ? value >> 8 : value & 0xff
    this.#length += 2
  }

  #put32(value: number): void {
    new DataView(this.#bytes.buffer).setUint32(this.#length, value, this.little)
    this.#length += 4
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}
