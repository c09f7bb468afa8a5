/**
 * Where the frames of an instance lie in its payload, and what must be known to decode them: one packed value beside
 * the index row, made at intake, so that a frame is one range read and no data set is parsed again to find it.
 *
 * Looking a frame up costs the same for the first as for the hundred-thousandth: tables have fixed strides and are read
 * where they stand. The layout is a cache's (the index is made again from the bytes), little endian throughout:
 *
 *     u8 version 1 · u8 kind · u8 samples · u8 bits allocated · u8 bits stored · u8 high bit · u8 signed · u8 planar
 *     u16 rows · u16 columns · u32 frames · u8 swap unit · u8 1 inflated, 2 unsettled · u8 pixel element (low byte) · u8 length of:
 *     photometric interpretation (ASCII)
 *     native:      u64 start · u64 end · u64 bits a frame
 *     single:      frames × (u64 start, u32 length)                            one fragment a frame
 *     fragmented:  u32 fragments · (frames + 1) × u32 first fragment · fragments × (u64 start, u32 length)
 *
 * The first 24 bytes hold what a query answers (Bits Allocated), so they can be read without the rest.
 */
import type { ByteRange } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Uid } from '../dicom/uid.ts'
import type { ImageDescription } from '../pixels/image.ts'

/** Native frames follow each other bit by bit (PS3.5 8.1.1): 1-bit frames may begin inside a byte. */
export interface NativeFrames {
  readonly kind: 'native'
  readonly range: ByteRange
  readonly bitsPerFrame: number
  /** Bytes of the unit to reverse when the transfer syntax is big endian: 1, 2, 4 or 8. */
  readonly swapUnit: number
}

/** Encapsulated frames (PS3.5 A.4): each one's fragments in order. */
export interface EncapsulatedFrames {
  readonly kind: 'encapsulated'
  readonly fragments: readonly (readonly ByteRange[])[]
}

/** `Pixel Data`, `Float Pixel Data`, `Double Float Pixel Data` by the low byte of their element number. */
export type PixelElement = 0x10 | 0x08 | 0x09

export interface FrameTable {
  readonly image: Omit<ImageDescription, 'transferSyntax'>
  readonly element: PixelElement
  /** True in the deflated transfer syntax: ranges are offsets into the inflated data set, counted from `dsStart`. */
  readonly inflated: boolean
  /** True when only the fragments' first bytes can tell the frames apart: the reader looks at them (`locate.ts`). */
  readonly unsettled?: boolean
  readonly frames: NativeFrames | EncapsulatedFrames
}

/** A table read where it stands: nothing is unpacked but the frame asked for. */
export interface PackedFrames {
  readonly element: PixelElement
  readonly inflated: boolean
  readonly unsettled: boolean
  readonly encapsulated: boolean
  /** The whole value of native pixel data; undefined when it is encapsulated. */
  readonly native: { readonly range: ByteRange; readonly bitsPerFrame: number; readonly swapUnit: number } | undefined
  image(transferSyntax: Uid): ImageDescription
  /** How many frames can be had; the image's own count may claim more. */
  readonly count: number
  /** Number from 1. @throws {ArchiveError} `PIXELS_NO_FRAME` */
  fragments(frame: number): readonly ByteRange[]
}

const VERSION = 1
const HEAD = 20 // bytes before the photometric interpretation
const KIND = { native: 1, single: 2, fragmented: 3 } as const
const STRIDE = 12 // u64 start, u32 length

const setU64 = (view: DataView, at: number, value: number): void => {
  view.setUint32(at, value % 0x1_0000_0000, true)
  view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true)
}
const getU64 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000

export function packFrames(table: FrameTable): Uint8Array<ArrayBuffer> {
  const { image, frames } = table
  const photometric = image.photometricInterpretation.slice(0, 32)
  const single = frames.kind === 'encapsulated' && frames.fragments.every((of) => of.length === 1)
  const total = frames.kind === 'native' ? 0 : frames.fragments.reduce((sum, of) => sum + of.length, 0)
  const body =
    frames.kind === 'native'
      ? 24
      : single
        ? frames.fragments.length * STRIDE
        : 4 + (frames.fragments.length + 1) * 4 + total * STRIDE
  const start = HEAD + photometric.length
  const bytes = new Uint8Array(start + body)
  const view = new DataView(bytes.buffer)
  const kind = frames.kind === 'native' ? KIND.native : single ? KIND.single : KIND.fragmented
  bytes.set([VERSION, kind, image.samplesPerPixel, image.bitsAllocated, image.bitsStored, image.highBit])
  bytes.set([image.signed ? 1 : 0, image.planarConfiguration], 6)
  view.setUint16(8, image.rows, true)
  view.setUint16(10, image.columns, true)
  view.setUint32(12, frames.kind === 'native' ? image.frames : frames.fragments.length, true)
  bytes.set(
    [
      frames.kind === 'native' ? frames.swapUnit : 1,
      (table.inflated ? 1 : 0) + (table.unsettled ? 2 : 0),
      table.element,
      photometric.length,
    ],
    16,
  )
  for (let at = 0; at < photometric.length; at += 1) bytes[HEAD + at] = photometric.charCodeAt(at) & 0x7f
  if (frames.kind === 'native') {
    setU64(view, start, frames.range.start)
    setU64(view, start + 8, frames.range.end)
    setU64(view, start + 16, frames.bitsPerFrame)
    return bytes
  }
  let at = start
  if (!single) {
    view.setUint32(at, total, true)
    at += 4
    let first = 0
    for (const of of [...frames.fragments, []]) {
      view.setUint32(at, first, true)
      at += 4
      first += of.length
    }
  }
  for (const of of frames.fragments)
    for (const range of of) {
      setU64(view, at, range.start)
      view.setUint32(at + 8, range.end - range.start, true)
      at += STRIDE
    }
  return bytes
}

/** Undefined for an instance without pixel data. */
export function unpackFrames(bytes: Uint8Array): PackedFrames | undefined {
  if (bytes.length === 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kind = view.getUint8(1)
  if (view.getUint8(0) !== VERSION)
    throw new ArchiveError('DEFECT', { what: `frame table version ${view.getUint8(0)}` })
  const photometricLength = view.getUint8(19)
  const start = HEAD + photometricLength
  const count = view.getUint32(12, true)
  const native =
    kind === KIND.native
      ? {
          range: { start: getU64(view, start), end: getU64(view, start + 8) },
          bitsPerFrame: getU64(view, start + 16),
          swapUnit: view.getUint8(16),
        }
      : undefined

  const rangeAt = (at: number): ByteRange => {
    const from = getU64(view, at)
    return { start: from, end: from + view.getUint32(at + 8, true) }
  }

  return {
    element: view.getUint8(18) as PixelElement,
    inflated: (view.getUint8(17) & 1) !== 0,
    unsettled: (view.getUint8(17) & 2) !== 0,
    encapsulated: kind !== KIND.native,
    native,
    count,
    image: (transferSyntax) => ({
      transferSyntax,
      rows: view.getUint16(8, true),
      columns: view.getUint16(10, true),
      frames: count,
      samplesPerPixel: view.getUint8(2),
      bitsAllocated: view.getUint8(3),
      bitsStored: view.getUint8(4),
      highBit: view.getUint8(5),
      signed: view.getUint8(6) === 1,
      planarConfiguration: view.getUint8(7) === 1 ? 1 : 0,
      photometricInterpretation: String.fromCharCode(...bytes.subarray(HEAD, start)),
    }),
    fragments: (frame) => {
      if (!Number.isInteger(frame) || frame < 1 || frame > count)
        throw new ArchiveError('PIXELS_NO_FRAME', { frame, frames: count })
      if (native) return [nativeBytes(native, frame)]
      if (kind === KIND.single) return [rangeAt(start + (frame - 1) * STRIDE)]
      const index = start + 4 + (frame - 1) * 4
      const table = start + 4 + (count + 1) * 4
      const ranges: ByteRange[] = []
      for (let of = view.getUint32(index, true); of < view.getUint32(index + 4, true); of += 1)
        ranges.push(rangeAt(table + of * STRIDE))
      return ranges
    },
  }
}

/** The whole bytes that hold a native frame, aligned to the swap unit so that they can be put in little endian order. */
function nativeBytes(native: { range: ByteRange; bitsPerFrame: number; swapUnit: number }, frame: number): ByteRange {
  const { range, bitsPerFrame, swapUnit } = native
  const from = Math.floor((bitsPerFrame * (frame - 1)) / 8)
  const to = Math.ceil((bitsPerFrame * frame) / 8)
  const start = range.start + Math.floor(from / swapUnit) * swapUnit
  return { start, end: Math.min(range.start + Math.ceil(to / swapUnit) * swapUnit, range.end) }
}

/** Where a native frame's first bit lies inside the bytes `fragments` names for it. */
export function nativeOffsetBits(
  native: { readonly bitsPerFrame: number; readonly swapUnit: number },
  frame: number,
): number {
  const bits = native.bitsPerFrame * (frame - 1)
  const unit = native.swapUnit * 8
  return bits - Math.floor(bits / unit) * unit
}

/** Bits Allocated from the first bytes of a packed table; undefined when there is no pixel data. */
export function bitsAllocatedOf(head: Uint8Array): number | undefined {
  return head.length < 4 ? undefined : head[3]
}
