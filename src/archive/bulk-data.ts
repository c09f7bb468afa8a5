/**
 * One value of a data set by its path, as metadata names it: `7FE00010`, or `54000100/1/54001010` for the waveform data
 * in the first item of a sequence (PS3.18 8.7.3.2, F.2.6). Little endian, as all bulk data is.
 */
import type { ByteRange, ByteStream } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { type DataSet, type Element, tagFromText } from '../dicom/data-set.ts'
import { VR_TRAITS } from '../dicom/vr.ts'
import { readPayload } from '../vault/payload.ts'
import { turnWords } from './frame-reader.ts'
import type { PackedFrames } from './frame-table.ts'
import type { Located } from './locate.ts'

export interface BulkValue {
  readonly bytes: ByteStream
  /** Of `bytes`: the range's, when one was asked for. */
  readonly size: number
}

/** @throws {ArchiveError} `BAD_REQUEST` for what is no path, `NOT_FOUND` for a path that leads to no value */
export async function bulkValue(located: Located, path: string, range?: ByteRange): Promise<BulkValue> {
  const steps = readPath(path)
  const { dataSet } = await readPayload(located.payload)
  const found = follow(dataSet, steps)
  if (found === undefined) throw new ArchiveError('NOT_FOUND', { what: `bulk data ${path}` })
  const { element, within } = found
  const { value } = element
  if (value.kind === 'items') throw new ArchiveError('NOT_FOUND', { what: `bulk data ${path}: it is a sequence` })
  if (value.kind === 'fragments') return cut(value.fragments, range, (part) => located.at(part))
  const unit = within.littleEndian ? 1 : await wordOf(element, steps.length === 1 ? await located.frames() : undefined)
  if (value.kind === 'distant') return cut([value.range], range, (part) => located.at(part), unit)
  const { bytes } = value
  return cut([{ start: 0, end: bytes.length }], range, ({ start, end }) => piece(bytes.subarray(start, end)), unit)
}

type Step = string | number

function readPath(path: string): readonly Step[] {
  const parts = path.split('/')
  const valid =
    parts.length % 2 === 1 &&
    parts.every((part, at) => (at % 2 === 0 ? /^[0-9A-Fa-f]{8}$/ : /^[1-9]\d{0,8}$/).test(part))
  if (!valid) throw new ArchiveError('BAD_REQUEST', { why: 'a bulk data path is tags and item numbers by turns' })
  return parts.map((part, at) => (at % 2 === 0 ? part : Number(part)))
}

function follow(
  dataSet: DataSet,
  steps: readonly Step[],
): { readonly element: Element; readonly within: DataSet } | undefined {
  let within = dataSet
  for (let at = 0; ; at += 2) {
    const element = within.elements.get(tagFromText(String(steps[at])))
    if (element === undefined) return undefined
    if (at === steps.length - 1) return { element, within }
    if (element.value.kind !== 'items') return undefined
    const item = element.value.items[Number(steps[at + 1]) - 1]
    if (item === undefined) return undefined
    within = item
  }
}

/** Pixels are turned by the size of a pixel, other values by their VR's words. */
function wordOf(element: Element, frames: PackedFrames | undefined): number {
  if (frames?.native && element.tag % 0x10000 === frames.element && Math.floor(element.tag / 0x10000) === 0x7fe0)
    return frames.native.swapUnit
  return VR_TRAITS[element.vr].word
}

/** The part of some joined ranges that lies within `asked`, which counts from the first of them. */
function cut(
  ranges: readonly ByteRange[],
  asked: ByteRange | undefined,
  read: (range: ByteRange) => ByteStream,
  unit = 1,
): BulkValue {
  const whole = ranges.reduce((sum, { start, end }) => sum + end - start, 0)
  const from = Math.max(0, asked?.start ?? 0)
  const to = Math.max(from, Math.min(whole, asked?.end ?? whole))
  return {
    size: to - from,
    bytes: unit === 1 ? pieces(ranges, from, to, read) : turnedPieces(ranges, from, to, read, unit),
  }
}

async function* pieces(
  ranges: readonly ByteRange[],
  from: number,
  to: number,
  read: (range: ByteRange) => ByteStream,
): ByteStream {
  let at = 0
  for (const { start, end } of ranges) {
    const first = start + Math.max(0, from - at)
    const last = Math.min(end, start + to - at)
    if (first < last) yield* read({ start: first, end: last })
    at += end - start
    if (at >= to) return
  }
}

/** Whole words are read and turned, and what was not asked for of the first and last is left away. */
async function* turnedPieces(
  ranges: readonly ByteRange[],
  from: number,
  to: number,
  read: (range: ByteRange) => ByteStream,
  unit: number,
): ByteStream {
  const start = Math.floor(from / unit) * unit
  let skip = from - start
  let left = to - from
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of pieces(ranges, start, Math.ceil(to / unit) * unit, read)) {
    const joined = new Uint8Array(rest.length + chunk.length)
    joined.set(rest)
    joined.set(chunk, rest.length)
    const whole = joined.length - (joined.length % unit)
    turnWords(joined.subarray(0, whole), unit)
    rest = joined.slice(whole)
    const wanted = joined.subarray(skip, Math.min(whole, skip + left))
    skip = Math.max(0, skip - whole)
    left -= wanted.length
    if (wanted.length > 0) yield wanted
  }
  if (left > 0 && rest.length > 0) yield rest.subarray(0, left)
}

async function* piece(bytes: Uint8Array): ByteStream {
  if (bytes.length > 0) yield bytes
}
