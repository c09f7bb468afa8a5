/**
 * Look-up tables of a data set: Modality, VOI, Presentation and Palette (PS3.3 C.11.1, C.11.2, C.7.6.3.1.5, C.7.9.2).
 *
 * A descriptor says how many entries there are (0 for 65,536), which stored value the first one is for, and how many
 * bits an entry has; values below and above take the first and the last entry.
 */
import type { DataSet, Tag } from '../dicom/data-set.ts'
import { bytesOf, numbers } from '../dicom/values.ts'

export interface Lut {
  readonly first: number
  /** Of an entry: 8 to 16. */
  readonly bits: number
  readonly entries: Uint16Array<ArrayBuffer>
}

export const lookUpEntry = ({ first, entries }: Lut, value: number): number =>
  entries[Math.min(entries.length - 1, Math.max(0, Math.trunc(value) - first))] ?? 0

/**
 * A table by its descriptor and its data; undefined when either is missing.
 *
 * @param signed  Is the value that is looked up signed? Then so is the descriptor's second value, whatever its VR.
 */
export function readLut(dataSet: DataSet, descriptor: Tag, data: Tag, signed: boolean): Lut | undefined {
  const [stated, first, bits] = numbers(dataSet, descriptor)
  const bytes = bytesOf(dataSet.elements.get(data))
  if (stated === undefined || first === undefined || bits === undefined || bytes.length === 0) return undefined
  const entries = readEntries(bytes, entryCount(stated), dataSet.littleEndian)
  return { first: signedFirst(first, signed), bits: Math.min(16, Math.max(8, bits)), entries }
}

/** The count is unsigned even where the descriptor's VR is SS. */
const entryCount = (stated: number): number => stated & 0xffff || 65_536

const signedFirst = (first: number, signed: boolean): number => {
  const unsigned = first & 0xffff
  return signed && unsigned >= 0x8000 ? unsigned - 0x10000 : unsigned
}

/** Words as a rule; bytes where the data are only as long as the entries are many (allowed for entries of 8 bits). */
function readEntries(bytes: Uint8Array, count: number, littleEndian: boolean): Uint16Array<ArrayBuffer> {
  const entries = new Uint16Array(count)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < count * 2 && bytes.length >= count) {
    for (let at = 0; at < count; at += 1) entries[at] = view.getUint8(at)
    return entries
  }
  for (let at = 0; at < count && at * 2 + 1 < bytes.length; at += 1) entries[at] = view.getUint16(at * 2, littleEndian)
  return entries
}

/**
 * Segmented palette data (PS3.3 C.7.9.2) as plain entries: discrete segments, lines from the entry before to a value,
 * and copies of segments by their offset.
 */
export function readSegmentedLut(dataSet: DataSet, descriptor: Tag, data: Tag): Lut | undefined {
  const [stated, first, bits] = numbers(dataSet, descriptor)
  const bytes = bytesOf(dataSet.elements.get(data))
  if (stated === undefined || first === undefined || bits === undefined || bytes.length === 0) return undefined
  const count = entryCount(stated)
  const wide = bits > 8
  const words = wide || bytes.length % 2 === 0 ? readEntries(bytes, bytes.length >> 1, dataSet.littleEndian) : bytes
  return { first: signedFirst(first, false), bits: wide ? 16 : 8, entries: Uint16Array.from(expand(words, count)) }
}

const DISCRETE = 0
const LINEAR = 1
const INDIRECT = 2

function expand(words: ArrayLike<number>, count: number): number[] {
  const out: number[] = []
  const run = (from: number, segments: number, nested: boolean): void => {
    let at = from
    for (let done = 0; done < segments && at + 1 < words.length && out.length < count; done += 1) {
      const opcode = words[at] ?? 0
      const length = words[at + 1] ?? 0
      at += 2
      if (opcode === DISCRETE) {
        for (let entry = 0; entry < length && out.length < count; entry += 1) out.push(words[at + entry] ?? 0)
        at += length
      } else if (opcode === LINEAR) {
        const start = out[out.length - 1] ?? 0
        const end = words[at] ?? 0
        for (let entry = 1; entry <= length && out.length < count; entry += 1)
          out.push(Math.round(start + ((end - start) * entry) / length))
        at += 1
      } else if (opcode === INDIRECT && !nested) {
        // The offset is in bytes, low word first; copies of copies are not allowed.
        const offset = ((words[at] ?? 0) + (words[at + 1] ?? 0) * 0x10000) / 2
        at += 2
        run(offset, length, true)
      } else return
    }
  }
  run(0, Number.POSITIVE_INFINITY, false)
  while (out.length < count) out.push(out[out.length - 1] ?? 0)
  return out
}
