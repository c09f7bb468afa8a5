/**
 * Frames and fragments (PS3.5 A.4): which fragments make a frame, and fragments made of frames.
 *
 * Offset tables are believed only when every offset is where a fragment begins; real ones are often wrong. Without one,
 * fragments are counted; where counting does not settle it, the fragments' first bytes do, if they can be read.
 */
import type { ByteRange, Bytes } from '../base/bytes.ts'
import type { DataSet, FragmentsValue } from './data-set.ts'
import { T } from './dictionary.ts'
import { bigintsOf } from './values.ts'
import type { EncapsulatedPixels, EncodedFragment } from './writer.ts'

/** Item tag and length in front of each fragment. */
const ITEM_HEADER = 8
const FOUR_GIB = 0x1_0000_0000

/**
 * The ranges of each frame's fragments, in order; a frame's codestream is their bytes joined. Empty when Pixel Data is
 * not encapsulated.
 *
 * @param frames  Number of Frames (0028,0008), 1 when absent. There may be fewer or more entries when the fragments say
 *   so plainly: the object is then not what it claims.
 */
export function frameRanges(dataSet: DataSet, frames: number): readonly (readonly ByteRange[])[] {
  const value = fragmentsOf(dataSet)
  if (value === undefined) return []
  return byTables(dataSet, value, frames) ?? byCount(value.fragments, frames)
}

/** Is it only by reading the fragments' first bytes that frames can be told apart? Then use `peekedFrameRanges`. */
export function isUnsettled(dataSet: DataSet, frames: number): boolean {
  const value = fragmentsOf(dataSet)
  if (value === undefined || byTables(dataSet, value, frames) !== undefined) return false
  return frames > 1 && value.fragments.length > frames
}

/**
 * As `frameRanges`; where tables and counting do not settle it, a frame begins with each fragment that begins a
 * codestream.
 *
 * @param peek  gives the bytes of a short range
 */
export async function peekedFrameRanges(
  dataSet: DataSet,
  frames: number,
  peek: (range: ByteRange) => Promise<Bytes>,
): Promise<readonly (readonly ByteRange[])[]> {
  const value = fragmentsOf(dataSet)
  if (value === undefined || !isUnsettled(dataSet, frames)) return frameRanges(dataSet, frames)
  const starts: number[] = []
  for (const [index, { start, end }] of value.fragments.entries())
    if (beginsCodestream(await peek({ start, end: Math.min(end, start + 12) }))) starts.push(index)
  if (starts.length !== frames || starts[0] !== 0) return byCount(value.fragments, frames)
  return starts.map((start, frame) => value.fragments.slice(start, starts[frame + 1]))
}

/**
 * Pixel Data for the writer: one fragment a frame, with a Basic Offset Table, or an Extended Offset Table where 32 bits
 * do not reach (PS3.3 C.7.6.3.1.8).
 */
export function fragments(frames: readonly EncodedFragment[]): EncapsulatedPixels {
  const offsets: number[] = []
  let offset = 0
  for (const { length } of frames) {
    offsets.push(offset)
    offset += ITEM_HEADER + length + (length % 2)
  }
  if (offset < FOUR_GIB) return { basicOffsets: offsets, fragments: frames }
  return { basicOffsets: [], extended: { offsets, lengths: frames.map(({ length }) => length) }, fragments: frames }
}

// --- tables, counting, markers ------------------------------------------------------------------

function fragmentsOf(dataSet: DataSet): FragmentsValue | undefined {
  const value = dataSet.elements.get(T.PixelData)?.value
  return value?.kind === 'fragments' ? value : undefined
}

function byTables(dataSet: DataSet, value: FragmentsValue, frames: number): ByteRange[][] | undefined {
  return byExtendedTable(dataSet, value, frames) ?? byBasicTable(value, frames)
}

/** Each frame is one fragment; its length without padding is stated too. */
function byExtendedTable(dataSet: DataSet, { fragments }: FragmentsValue, frames: number): ByteRange[][] | undefined {
  const offsets = bigintsOf(dataSet.elements.get(T.ExtendedOffsetTable), dataSet).map(Number)
  const lengths = bigintsOf(dataSet.elements.get(T.ExtendedOffsetTableLengths), dataSet).map(Number)
  if (offsets.length !== frames || lengths.length !== frames) return undefined
  const groups = grouped(fragments, offsets)
  return groups?.map((group, frame) => {
    const [first] = group
    const length = lengths[frame] ?? 0
    if (first === undefined || group.length > 1 || length === 0 || length > first.end - first.start) return group
    return [{ start: first.start, end: first.start + length }]
  })
}

function byBasicTable({ basicOffsets, fragments }: FragmentsValue, frames: number): ByteRange[][] | undefined {
  if (basicOffsets.length !== frames) return undefined
  // Beyond 4 GiB some writers let the offsets begin again at zero.
  let turns = 0
  const offsets = basicOffsets.map((offset, index) => {
    if (index > 0 && offset < (basicOffsets[index - 1] ?? 0)) turns += 1
    return offset + turns * FOUR_GIB
  })
  return grouped(fragments, offsets)
}

/** Fragments by frame; undefined when an offset is not where a fragment's item begins, or not every fragment is told of. */
function grouped(fragments: readonly ByteRange[], offsets: readonly number[]): ByteRange[][] | undefined {
  const base = (fragments[0]?.start ?? 0) - (offsets[0] ?? 0)
  const groups: ByteRange[][] = []
  let next = 0
  for (const fragment of fragments) {
    const expected = offsets[next]
    if (expected !== undefined && fragment.start === base + expected) {
      groups.push([])
      next += 1
    } else if (expected !== undefined && fragment.start > base + expected) return undefined
    groups.at(-1)?.push(fragment)
  }
  return next === offsets.length ? groups : undefined
}

function byCount(fragments: readonly ByteRange[], frames: number): ByteRange[][] {
  if (frames <= 1) return fragments.length === 0 ? [] : [[...fragments]]
  if (fragments.length <= frames) return fragments.map((fragment) => [fragment])
  const each = fragments.length % frames === 0 ? fragments.length / frames : 1
  return Array.from({ length: frames }, (_, frame) =>
    fragments.slice(frame * each, frame === frames - 1 ? fragments.length : (frame + 1) * each),
  )
}

/** Where codestreams begin: JPEG and JPEG-LS SOI, JPEG 2000 SOC and SIZ, JPEG XL, and the boxes of JP2 and JPEG XL. */
const BEGINNINGS: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff],
  [0xff, 0x4f, 0xff, 0x51],
  [0xff, 0x0a],
  [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20],
  [0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20],
]

const beginsCodestream = (bytes: Bytes): boolean =>
  BEGINNINGS.some((beginning) => beginning.every((byte, at) => bytes[at] === byte))
