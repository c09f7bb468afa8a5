/**
 * Packs: ZIP archives whose entries are stored, not deflated, so that an entry is a range of bytes (APPNOTE 6.3.10,
 * sections 4.3 and 4.5.3). Lengths and CRCs are known before an entry is written, so there are no data descriptors and any
 * reader takes them; what does not fit 32 bits is written as ZIP64.
 *
 * Times are those of the format's epoch: the same contents give the same pack.
 */
import { type Bytes, concat } from '../../base/bytes.ts'

export interface PackEntry {
  /** ASCII, without folders. */
  readonly name: string
  readonly length: number
  /** CRC-32 (ISO 3309), unsigned. */
  readonly crc: number
}

interface Placed extends PackEntry {
  readonly offset: number
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const FULL = 0xffff_ffff
const FULL_16 = 0xffff
/** 4.4.3: 2.0 for folders and deflate, 4.5 for ZIP64. */
const VERSION = 20
const VERSION_64 = 45
/** 4.4.6: 1980-01-01, midnight. */
const EPOCH_DATE = 0x21
const EXTRA_64 = 1

/** Keeps account of what is written, and gives the bytes that stand around the entries' own. */
export class PackLayout {
  readonly #entries: Placed[] = []
  #at = 0

  /** Bytes so far. */
  get length(): number {
    return this.#at
  }

  /** What stands before an entry's bytes; they must follow, `entry.length` of them. */
  begin(entry: PackEntry): { readonly header: Uint8Array<ArrayBuffer>; readonly start: number } {
    const header = localHeader(entry)
    this.#entries.push({ ...entry, offset: this.#at })
    const start = this.#at + header.length
    this.#at = start + entry.length
    return { header, start }
  }

  /** The central directory, after the last entry. */
  end(): Uint8Array<ArrayBuffer> {
    const start = this.#at
    const records = this.#entries.map(centralRecord)
    const size = records.reduce((sum, { length }) => sum + length, 0)
    const ending = endRecords(this.#entries.length, start, size)
    this.#at += size + ending.length
    return concat([...records, ending])
  }
}

/** Numbers one after another, little endian. */
function fields(...widths: readonly (readonly [2 | 4 | 8, number])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(widths.reduce((sum, [width]) => sum + width, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [width, value] of widths) {
    if (width === 2) view.setUint16(at, value, true)
    else if (width === 4) view.setUint32(at, value, true)
    else view.setBigUint64(at, BigInt(value), true)
    at += width
  }
  return bytes
}

function localHeader({ name, length, crc }: PackEntry): Uint8Array<ArrayBuffer> {
  const wide = length >= FULL
  const extra = wide ? fields([2, EXTRA_64], [2, 16], [8, length], [8, length]) : new Uint8Array(0)
  const size = wide ? FULL : length
  return concat([
    fields(
      [4, LOCAL],
      [2, wide ? VERSION_64 : VERSION],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, EPOCH_DATE],
      [4, crc],
      [4, size],
      [4, size],
      [2, name.length],
      [2, extra.length],
    ),
    ascii(name),
    extra,
  ])
}

function centralRecord({ name, length, crc, offset }: Placed): Bytes {
  const wideLength = length >= FULL
  const wideOffset = offset >= FULL
  const wide = wideLength || wideOffset
  const extra = wide
    ? concat([
        fields([2, EXTRA_64], [2, (wideLength ? 16 : 0) + (wideOffset ? 8 : 0)]),
        wideLength ? fields([8, length], [8, length]) : new Uint8Array(0),
        wideOffset ? fields([8, offset]) : new Uint8Array(0),
      ])
    : new Uint8Array(0)
  const size = wideLength ? FULL : length
  const version = wide ? VERSION_64 : VERSION
  return concat([
    fields(
      [4, CENTRAL],
      [2, version],
      [2, version],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, EPOCH_DATE],
      [4, crc],
      [4, size],
      [4, size],
      [2, name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, wideOffset ? FULL : offset],
    ),
    ascii(name),
    extra,
  ])
}

function endRecords(count: number, start: number, size: number): Uint8Array<ArrayBuffer> {
  const wide = count >= FULL_16 || start >= FULL || size >= FULL
  const shortCount = wide ? FULL_16 : count
  const end = fields(
    [4, END],
    [2, 0],
    [2, 0],
    [2, shortCount],
    [2, shortCount],
    [4, wide ? FULL : size],
    [4, wide ? FULL : start],
    [2, 0],
  )
  if (!wide) return end
  // 4.3.14: the size of the record is counted from behind its own length field.
  const end64 = fields(
    [4, END_64],
    [8, 44],
    [2, VERSION_64],
    [2, VERSION_64],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, start],
  )
  const locator = fields([4, LOCATOR_64], [4, 0], [8, start + size], [4, 1])
  return concat([end64, locator, end])
}

const ascii = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0x7f)
