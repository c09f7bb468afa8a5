/**
 * A stored object as a Part 10 file: as it lies, or in Explicit VR Little Endian, which every reader takes.
 *
 * Nothing is gathered but a few frames: headers are read and written again, long values pass through, compressed frames
 * are decoded one after another, a little ahead of the reader. What is written equals what was stored in every attribute
 * but those of `PIXEL_ENCODING`.
 */
import { type ByteStream, type Bytes, concat } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import { bytesElement, element, withElements } from '../dicom/build.ts'
import type { DataSet, Element } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { LeniencyName } from '../dicom/leniencies.ts'
import { metaGroup } from '../dicom/part10.ts'
import type { ReadResult } from '../dicom/reader.ts'
import { EXPLICIT_LITTLE, transferSyntax } from '../dicom/transfer-syntaxes.ts'
import type { Uid } from '../dicom/uid.ts'
import { number, text } from '../dicom/values.ts'
import { type NativePixels, writeDataSet } from '../dicom/writer.ts'
import { frameBits, frameLength } from '../pixels/frame.ts'
import type { DecodedFrame } from '../pixels/image.ts'
import { readPayload } from '../vault/payload.ts'
import type { InstanceRecord } from './archive.ts'
import { decodedFrame, turnWords } from './frame-reader.ts'
import { type PackedFrames, packFrames, unpackFrames } from './frame-table.ts'
import { frameTableOf } from './frames-of.ts'
import { inflated } from './inflated.ts'
import type { Located } from './locate.ts'

/** What a meta group may lack or say wrongly: then one is written in its place, and the data set follows untouched. */
const META_LENIENCIES: readonly LeniencyName[] = [
  'no-preamble',
  'no-meta',
  'meta-group-length',
  'implicit-meta',
  'no-transfer-syntax',
  'transfer-syntax-mismatch',
]

/** Frames decoded ahead of the reader; each waits in memory. */
const AHEAD = 4

/** Was it received without a meta group that others can read? It is given one then. */
export const needsMeta = ({ leniencies }: Pick<InstanceRecord, 'leniencies'>): boolean =>
  META_LENIENCIES.some((name) => leniencies.includes(name))

/** The file as kept; a right preamble and meta group before the data set when it came without. */
export async function* storedFile(located: Located, record: InstanceRecord): ByteStream {
  if (!located.asReceived || !needsMeta(record)) {
    yield* located.payload.read({ start: 0, end: located.payload.length })
    return
  }
  yield metaFor(record, located.transferSyntax)
  yield* located.payload.read({ start: located.dsStart, end: located.payload.length })
}

/**
 * In an uncompressed transfer syntax.
 *
 * @throws {ArchiveError} `NOT_ACCEPTABLE`, `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED`; those of the first frame before any byte is given
 */
export async function* nativeFile(
  located: Located,
  record: InstanceRecord,
  decoder: FrameDecoder,
  target: Uid,
): ByteStream {
  const { payload, dsStart } = located
  const syntax = transferSyntax(located.transferSyntax)
  if (syntax.uid === target) return yield* storedFile(located, record)
  const meta = metaFor(record, target)
  if (syntax.deflated && syntax.codec === 'native' && target === EXPLICIT_LITTLE.uid) {
    yield meta
    return yield* inflated(payload, dsStart, { start: dsStart, end: Number.POSITIVE_INFINITY })
  }
  const frames = await located.frames()
  if (frames !== undefined) requireRoom(frames, located.transferSyntax)
  const read = await readPayload(payload)
  const dataSet = syntax.encapsulated ? await withNativeItems(located, read, read.dataSet, decoder) : read.dataSet
  if (dataSet.elements.has(T.PixelDataProviderURL) && syntax.codec === 'referenced')
    throw new ArchiveError('PIXELS_UNSUPPORTED', {
      transferSyntax: syntax.uid,
      why: 'the pixels are at another server',
    })
  const written = await withNativePixels(located, dataSet, frames, decoder)
  yield meta
  yield* writeDataSet(written.dataSet, target, located.at, written.pixelData && { pixelData: written.pixelData })
}

/** PS3.5 7.1: a native value's length has 32 bits, and is even. Asked before any of it is read. */
const LONGEST_VALUE = 0xffff_fffe

/** @throws {ArchiveError} `NOT_ACCEPTABLE` when the pixels, decoded, would be longer than a value can be */
function requireRoom(frames: PackedFrames, syntax: Uid): void {
  if (!frames.encapsulated || frames.element !== 0x10) return
  const bits = frameBits(frames.image(syntax)) * frames.count
  if (Math.ceil(bits / 8) > LONGEST_VALUE)
    throw new ArchiveError('NOT_ACCEPTABLE', {
      accept: 'with uncompressed pixels (these would take more than 4 GiB, longer than a value may be)',
      offer: 'application/dicom; transfer-syntax=*, or single frames',
    })
}

export function metaFor({ sopClass, key }: InstanceRecord, syntax: string): Bytes {
  return metaGroup({ sopClass, sopInstance: key.instance, transferSyntax: syntax })
}

interface Written {
  readonly dataSet: DataSet
  readonly pixelData?: NativePixels
}

async function withNativePixels(
  located: Located,
  dataSet: DataSet,
  frames: PackedFrames | undefined,
  decoder: FrameDecoder,
): Promise<Written> {
  if (frames === undefined || frames.element !== 0x10) return { dataSet }
  if (frames.encapsulated) return decoded(located, dataSet, frames, decoder)
  const { native } = frames
  // Words of the VR are turned round by the writer; only pixels wider than the VR's words are turned here.
  if (native === undefined || native.swapUnit <= 2) return { dataSet }
  const { range, swapUnit } = native
  return {
    dataSet,
    pixelData: { vr: 'OW', length: range.end - range.start, bytes: turned(located.at(range), swapUnit) },
  }
}

async function decoded(
  located: Located,
  dataSet: DataSet,
  frames: PackedFrames,
  decoder: FrameDecoder,
): Promise<Written> {
  const image = frames.image(located.transferSyntax)
  const syntax = transferSyntax(located.transferSyntax)
  if (!syntax.image)
    throw new ArchiveError('PIXELS_UNSUPPORTED', { transferSyntax: syntax.uid, why: 'it holds no single frames' })
  const size = frameLength(image)
  const first = await decodeWhole(located, frames, 1, size, decoder)
  const changes = pixelChanges(dataSet, first)
  // Once lossy, always lossy (PS3.3 C.7.6.1.1.5): said here where the sender left it to the transfer syntax.
  if (syntax.codec === 'jpeg' && text(dataSet, T.LossyImageCompression) === '')
    changes.push(element(T.LossyImageCompression, '01'))
  const bits = frameBits(image)
  const whole = allFrames(located, frames, size, decoder, first)
  return {
    dataSet: withElements(dataSet, [...changes, [T.EncapsulatedPixelDataValueTotalLength, undefined]]),
    pixelData: {
      vr: image.bitsAllocated > 8 ? 'OW' : 'OB',
      length: Math.ceil((bits * frames.count) / 8),
      // PS3.5 8.1.1: frames of single bits follow each other without a gap, even inside a byte.
      bytes: bits % 8 === 0 ? whole : joinedBits(whole, bits),
    },
  }
}

/** Attributes that say how the samples stand, where decoding changed that. */
export function pixelChanges(dataSet: DataSet, decoded: DecodedFrame): Element[] {
  const changes: Element[] = []
  if (text(dataSet, T.PhotometricInterpretation) !== decoded.photometricInterpretation)
    changes.push(element(T.PhotometricInterpretation, decoded.photometricInterpretation))
  if (
    (number(dataSet, T.SamplesPerPixel) ?? 1) > 1 &&
    number(dataSet, T.PlanarConfiguration) !== decoded.planarConfiguration
  )
    changes.push(element(T.PlanarConfiguration, decoded.planarConfiguration))
  return changes
}

/**
 * Icons and other images inside sequences, which some devices compress with the image (PS3.5 A.4): decoded as well, since
 * a native transfer syntax has no fragments. What cannot be decoded stays as it is; it is not the image.
 */
export async function withNativeItems(
  located: Located,
  read: ReadResult,
  dataSet: DataSet,
  decoder: FrameDecoder,
): Promise<DataSet> {
  const changes: Element[] = []
  for (const sequence of dataSet.elements.values()) {
    if (sequence.value.kind !== 'items') continue
    let changed = false
    const items: DataSet[] = []
    for (const item of sequence.value.items) {
      const made = await withNativePixelsInside(
        located,
        read,
        await withNativeItems(located, read, item, decoder),
        decoder,
      )
      changed ||= made !== item
      items.push(made)
    }
    if (changed) changes.push({ ...sequence, value: { kind: 'items', items } })
  }
  return changes.length === 0 ? dataSet : withElements(dataSet, changes)
}

async function withNativePixelsInside(
  located: Located,
  read: ReadResult,
  item: DataSet,
  decoder: FrameDecoder,
): Promise<DataSet> {
  if (item.elements.get(T.PixelData)?.value.kind !== 'fragments') return item
  const table = frameTableOf({ ...read, dataSet: item })
  const frames = table && unpackFrames(packFrames(table))
  if (frames === undefined) return item
  const { bitsAllocated } = frames.image(located.transferSyntax)
  try {
    const decoded: DecodedFrame[] = []
    for (let frame = 1; frame <= frames.count; frame += 1)
      decoded.push(await decodedFrame(located, frames, frame, decoder))
    const [first] = decoded
    if (first === undefined) return item
    const pixels = bytesElement(T.PixelData, bitsAllocated > 8 ? 'OW' : 'OB', concat(decoded.map(({ bytes }) => bytes)))
    return withElements(item, [...pixelChanges(item, first), pixels])
  } catch (thrown) {
    if (thrown instanceof ArchiveError && thrown.code.startsWith('PIXELS_')) return item
    throw thrown
  }
}

/** Each frame in turn, `AHEAD` of them under way. */
async function* allFrames(
  located: Located,
  frames: PackedFrames,
  size: number,
  decoder: FrameDecoder,
  first: DecodedFrame,
): ByteStream {
  yield first.bytes
  const decode = (frame: number) => decodeWhole(located, frames, frame, size, decoder)
  for await (const { bytes } of ahead(2, frames.count, AHEAD, decode)) yield bytes
}

async function decodeWhole(
  located: Located,
  frames: PackedFrames,
  frame: number,
  size: number,
  decoder: FrameDecoder,
): Promise<DecodedFrame> {
  const result = await decodedFrame(located, frames, frame, decoder)
  if (result.bytes.length !== size)
    throw new ArchiveError('PIXELS_DAMAGED', { frame, why: `${result.bytes.length} bytes where ${size} were expected` })
  return result
}

/** Runs `work` for every number of a range, a few at a time, and gives the results in order. */
export async function* ahead<Result>(
  from: number,
  to: number,
  depth: number,
  work: (number: number) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const running: Promise<Result>[] = []
  let next = from
  const start = () => {
    const result = work(next)
    result.catch(() => {}) // answered when its turn comes; until then it is nobody's
    running.push(result)
    next += 1
  }
  try {
    while (next <= to && running.length < depth) start()
    for (let result = running.shift(); result !== undefined; result = running.shift()) {
      yield await result
      if (next <= to) start()
    }
  } finally {
    await Promise.allSettled(running)
  }
}

/** Pieces of so many bits each, one after another without the bits that fill their last bytes. */
export async function* joinedBits(pieces: ByteStream, bits: number): ByteStream {
  let held = 0 // the bits of an unfinished byte
  let count = 0
  for await (const piece of pieces) {
    const out = new Uint8Array(Math.floor((count + bits) / 8))
    let at = 0
    for (let from = 0; from < bits; from += 8) {
      const width = Math.min(8, bits - from)
      held |= ((piece[from >> 3] ?? 0) & ((1 << width) - 1)) << count
      count += width
      if (count < 8) continue
      out[at] = held & 0xff
      at += 1
      held >>= 8
      count -= 8
    }
    yield out
  }
  if (count > 0) yield Uint8Array.of(held)
}

async function* turned(bytes: ByteStream, unit: number): ByteStream {
  let rest: Uint8Array = new Uint8Array(0)
  for await (const piece of bytes) {
    const joined = new Uint8Array(rest.length + piece.length)
    joined.set(rest)
    joined.set(piece, rest.length)
    const whole = joined.length - (joined.length % unit)
    turnWords(joined.subarray(0, whole), unit)
    rest = joined.slice(whole)
    yield joined.subarray(0, whole)
  }
  if (rest.length > 0) yield rest
}
