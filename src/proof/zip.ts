/**
 * Reads a ZIP whose entries are stored, not deflated (APPNOTE 6.3.10, 4.3 and 4.5.3), ZIP64 too: an evidence pack, read
 * where there is nothing but what reads it.
 */
import type { ByteRange, Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'

export interface ZipEntry {
  readonly name: string
  readonly length: number
  /** Where its local header stands. */
  readonly offset: number
}

export type ReadRange = (range: ByteRange) => Promise<Bytes>

const END = 0x06054b50
const LOCATOR_64 = 0x07064b50
const END_64 = 0x06064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const FULL = 0xffff_ffff
const FULL_16 = 0xffff
/** 4.3.16: the end record and its comment. */
const LONGEST_END = 22 + 0xffff

const invalid = (why: string) => new ArchiveError('PROOF_INVALID', { what: 'ZIP file', why })
const viewOf = (bytes: Bytes): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** @throws {ArchiveError} `PROOF_INVALID` */
export async function zipEntries(size: number, read: ReadRange): Promise<readonly ZipEntry[]> {
  const { count, start, length } = await directory(size, read)
  if (start + length > size) throw invalid('its directory lies outside it')
  const bytes = await read({ start, end: start + length })
  const view = viewOf(bytes)
  const entries: ZipEntry[] = []
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) throw invalid('its directory is damaged')
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ]
    const next = at + 46 + name + extra + comment
    if (next > bytes.length) throw invalid('its directory is cut short')
    if (view.getUint16(at + 10, true) !== 0) throw invalid('an entry is compressed')
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name)),
      ...placeOf(view, at, at + 46 + name, extra),
    })
    at = next
  }
  return entries
}

/** Where an entry's own bytes lie. @throws {ArchiveError} `PROOF_INVALID` */
export async function zipBytes({ offset, length }: ZipEntry, size: number, read: ReadRange): Promise<ByteRange> {
  if (offset + 30 > size) throw invalid('an entry lies outside it')
  const header = await read({ start: offset, end: offset + 30 })
  const view = viewOf(header)
  if (header.length < 30 || view.getUint32(0, true) !== LOCAL) throw invalid('an entry has no header')
  const start = offset + 30 + view.getUint16(26, true) + view.getUint16(28, true)
  if (start + length > size) throw invalid('an entry is cut short')
  return { start, end: start + length }
}

async function directory(size: number, read: ReadRange): Promise<{ count: number; start: number; length: number }> {
  const from = Math.max(0, size - LONGEST_END)
  const tail = await read({ start: from, end: size })
  const view = viewOf(tail)
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END) continue
    const count = view.getUint16(at + 10, true)
    const length = view.getUint32(at + 12, true)
    const start = view.getUint32(at + 16, true)
    if (count !== FULL_16 && length !== FULL && start !== FULL) return { count, start, length }
    if (at < 20 || view.getUint32(at - 20, true) !== LOCATOR_64) throw invalid('its ZIP64 locator is missing')
    const record = Number(view.getBigUint64(at - 12, true))
    if (record + 56 > size) throw invalid('its ZIP64 record lies outside it')
    const end = viewOf(await read({ start: record, end: record + 56 }))
    if (end.byteLength < 56 || end.getUint32(0, true) !== END_64) throw invalid('its ZIP64 record is damaged')
    const [entries, bytes, offset] = [32, 40, 48].map((field) => Number(end.getBigUint64(field, true))) as [
      number,
      number,
      number,
    ]
    return { count: entries, start: offset, length: bytes }
  }
  throw invalid('it has no end record: it is no ZIP, or cut short')
}

/** 4.5.3: what does not fit 32 bits stands in the extra field, in this order, each only when it does not fit. */
function placeOf(view: DataView, record: number, at: number, extra: number): { length: number; offset: number } {
  const fields = { length: view.getUint32(record + 24, true), stored: view.getUint32(record + 20, true), offset: 0 }
  fields.offset = view.getUint32(record + 42, true)
  for (let field = at; field + 4 <= at + extra; ) {
    const end = Math.min(at + extra, field + 4 + view.getUint16(field + 2, true))
    if (view.getUint16(field, true) === 1) {
      let value = field + 4
      for (const name of ['length', 'stored', 'offset'] as const) {
        if (fields[name] !== FULL || value + 8 > end) continue
        fields[name] = Number(view.getBigUint64(value, true))
        value += 8
      }
    }
    field += 4 + view.getUint16(field + 2, true)
  }
  return { length: fields.length, offset: fields.offset }
}
