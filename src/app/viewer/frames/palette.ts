/**
 * Palettes (PS3.3 C.7.6.3.1.5 and C.7.9): three tables from stored values to red, green and blue, plain or segmented.
 */
import type { JsonDataSet } from '../model/dicom-json.ts'
import { numbers } from '../model/dicom-json.ts'

export interface PaletteTables {
  /** The stored value that the first entry stands for. */
  readonly first: number
  readonly red: Uint8Array
  readonly green: Uint8Array
  readonly blue: Uint8Array
}

/** Where one colour's descriptor, plain data and segmented data stand. */
const COLOURS = [
  ['00281101', '00281201', '00281221'],
  ['00281102', '00281202', '00281222'],
  ['00281103', '00281203', '00281223'],
] as const

/** Reads a value that is in the metadata or behind a bulk data address. */
export type ReadBinary = (tag: string) => Promise<Uint8Array | undefined>

/** The palette of an object; undefined when it has none that can be read. */
export async function readPalette(json: JsonDataSet, readBinary: ReadBinary): Promise<PaletteTables | undefined> {
  const tables: Uint8Array[] = []
  let first = 0
  for (const [descriptorTag, plainTag, segmentedTag] of COLOURS) {
    const [entries, start = 0, bits = 16] = numbers(json, descriptorTag)
    if (entries === undefined) return undefined
    const count = entries === 0 ? 65_536 : entries
    const plain = await readBinary(plainTag)
    const segmented = plain === undefined ? await readBinary(segmentedTag) : undefined
    const values = plain ? plainValues(plain, count, bits) : segmented && expandSegments(words(segmented))
    if (values === undefined) return undefined
    first = start
    tables.push(toBytes(values, count, bits))
  }
  const [red, green, blue] = tables
  return red && green && blue ? { first, red, green, blue } : undefined
}

/** C.7.6.3.1.6: 16-bit words, or bytes when there are as many bytes as entries. */
function plainValues(bytes: Uint8Array, count: number, bits: number): readonly number[] {
  return bits === 8 && bytes.length < count * 2 ? [...bytes] : words(bytes)
}

const words = (bytes: Uint8Array): number[] =>
  Array.from({ length: bytes.length >> 1 }, (_, at) => (bytes[at * 2] ?? 0) | ((bytes[at * 2 + 1] ?? 0) << 8))

/** C.7.9.2: discrete, linear and indirect segments. @throws never; stops where the data make no sense */
export function expandSegments(data: readonly number[]): number[] {
  const out: number[] = []
  const offsets: number[] = []
  const run = (at: number): number | undefined => {
    const [opcode, length = 0] = [data[at], data[at + 1]]
    if (opcode === 0) {
      out.push(...data.slice(at + 2, at + 2 + length))
      return at + 2 + length
    }
    if (opcode === 1) {
      const [from, to] = [out.at(-1) ?? 0, data[at + 2] ?? 0]
      for (let step = 1; step <= length; step++) out.push(Math.round(from + ((to - from) * step) / length))
      return at + 3
    }
    return undefined
  }
  for (let at = 0; at < data.length && out.length <= 65_536; ) {
    if (data[at] === 2) {
      // Copies earlier segments: how many, and the byte offset of the first.
      let source: number | undefined = ((data[at + 2] ?? 0) + (data[at + 3] ?? 0) * 65_536) >> 1
      for (let copy = data[at + 1] ?? 0; copy > 0 && source !== undefined && offsets.includes(source); copy--)
        source = run(source)
      at += 4
      continue
    }
    offsets.push(at)
    const next = run(at)
    if (next === undefined) break
    at = next
  }
  return out
}

/** Entries as bytes: the upper 8 bits of 16; 8-bit entries as they are, wherever in their word they were put. */
function toBytes(values: readonly number[], count: number, bits: number): Uint8Array {
  const isWide = bits > 8 && values.some((value) => value > 255)
  return Uint8Array.from({ length: count }, (_, at) => {
    const value = values[Math.min(at, values.length - 1)] ?? 0
    return isWide ? value >> 8 : value & 255
  })
}
