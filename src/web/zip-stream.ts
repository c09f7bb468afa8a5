/**
 * A ZIP that is written while it is read (APPNOTE 6.3.10): entries deflated, their lengths and CRCs behind them in data
 * descriptors (4.3.9) and again in the directory at the end. Nothing is known before, so every entry is in ZIP64 form.
 *
 * Times are those of the format's epoch: the same contents give the same file.
 */
import { Readable } from 'node:stream'
import { constants, crc32, createDeflateRaw } from 'node:zlib'
import type { ByteStream, Bytes } from '../base/bytes.ts'

export interface ZipFile {
  /** ASCII, folders with `/`. */
  readonly name: string
  readonly bytes: ByteStream
}

interface Written {
  readonly name: Buffer
  readonly crc: number
  readonly packed: number
  readonly length: number
  readonly offset: number
}

const LOCAL = 0x04034b50
const DESCRIPTOR = 0x08074b50
const CENTRAL = 0x02014b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const END = 0x06054b50
/** 4.4.3: 4.5 for ZIP64. */
const VERSION = 45
/** 4.4.4, bit 3: lengths and CRC come behind. */
const BEHIND = 0x0008
const DEFLATED = 8
/** 4.4.6: 1980-01-01, midnight. */
const EPOCH_DATE = 0x21
const EXTRA_64 = 1
const FULL = 0xffff_ffff
const FULL_16 = 0xffff

export async function* writeZip(files: AsyncIterable<ZipFile> | Iterable<ZipFile>): AsyncGenerator<Bytes, void> {
  const entries: Written[] = []
  let at = 0
  for await (const file of files) {
    const name = Buffer.from(file.name, 'latin1')
    const offset = at
    const header = localHeader(name)
    const count = { crc: 0, length: 0 }
    let packed = 0
    const pieces = deflated(file.bytes, count)
    try {
      // Begun before anything is written: what cannot be read at all is still answered as such.
      let next = await pieces.next()
      yield header
      for (; next.done !== true; next = await pieces.next()) {
        packed += next.value.length
        yield next.value
      }
    } finally {
      await pieces.return()
    }
    const behind = fields([4, DESCRIPTOR], [4, count.crc], [8, packed], [8, count.length])
    yield behind
    at += header.length + packed + behind.length
    entries.push({ name, ...count, packed, offset })
  }
  let size = 0
  for (const entry of entries) {
    const record = centralRecord(entry)
    size += record.length
    yield record
  }
  yield endRecords(entries.length, at, size)
}

/** Pixels that are compressed already grow by nothing to speak of, and the others are quickly made a third smaller. */
async function* deflated(bytes: ByteStream, count: { crc: number; length: number }): AsyncGenerator<Bytes, void> {
  async function* counted() {
    for await (const piece of bytes) {
      count.crc = crc32(piece, count.crc)
      count.length += piece.length
      yield piece
    }
  }
  const source = Readable.from(counted(), { objectMode: false })
  const deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED })
  source.on('error', (error) => deflate.destroy(error))
  try {
    yield* source.pipe(deflate) as AsyncIterable<Buffer>
  } finally {
    source.destroy()
    deflate.destroy()
  }
}

/** Numbers one after another, little endian. */
function fields(...widths: readonly (readonly [2 | 4 | 8, number])[]): Buffer {
  const bytes = Buffer.alloc(widths.reduce((sum, [width]) => sum + width, 0))
  let at = 0
  for (const [width, value] of widths) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at)
    else bytes.writeUIntLE(value, at, width)
    at += width
  }
  return bytes
}

const localHeader = (name: Buffer): Buffer =>
  Buffer.concat([
    fields([4, LOCAL], [2, VERSION], [2, BEHIND], [2, DEFLATED], [2, 0], [2, EPOCH_DATE]),
    fields([4, 0], [4, FULL], [4, FULL], [2, name.length], [2, 20]),
    name,
    fields([2, EXTRA_64], [2, 16], [8, 0], [8, 0]), // 4.3.9.2: says that the descriptor has eight bytes for a length
  ])

const centralRecord = ({ name, crc, packed, length, offset }: Written): Buffer =>
  Buffer.concat([
    fields([4, CENTRAL], [2, VERSION], [2, VERSION], [2, BEHIND], [2, DEFLATED], [2, 0], [2, EPOCH_DATE]),
    fields([4, crc], [4, FULL], [4, FULL], [2, name.length], [2, 28], [2, 0], [2, 0], [2, 0], [4, 0], [4, FULL]),
    name,
    fields([2, EXTRA_64], [2, 24], [8, length], [8, packed], [8, offset]),
  ])

const endRecords = (count: number, start: number, size: number): Buffer =>
  Buffer.concat([
    fields(
      [4, END_64],
      [8, 44],
      [2, VERSION],
      [2, VERSION],
      [4, 0],
      [4, 0],
      [8, count],
      [8, count],
      [8, size],
      [8, start],
    ),
    fields([4, LOCATOR_64], [4, 0], [8, start + size], [4, 1]),
    fields([4, END], [2, 0], [2, 0], [2, FULL_16], [2, FULL_16], [4, FULL], [4, FULL], [2, 0]),
  ])
