/**
 * DICOM made worse: seeds, ways to damage them, and what must hold of the reader whatever it is given.
 */
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import { type ByteRange, gather } from '../../src/base/bytes.ts'
import { ArchiveError } from '../../src/base/errors.ts'
import type { DataSet } from '../../src/dicom/data-set.ts'
import { frameRanges } from '../../src/dicom/encapsulation.ts'
import { dicomJsonText } from '../../src/dicom/json.ts'
import { LENIENCY_NAMES, type Leniencies, STRICT } from '../../src/dicom/leniencies.ts'
import { openReader, type ReaderOptions, type ReadResult, readWhole } from '../../src/dicom/reader.ts'
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts'
import { writeDataSet } from '../../src/dicom/writer.ts'
import { corpus } from './corpus.ts'
import {
  bytes,
  encapsulated,
  explicit,
  file,
  implicit,
  item,
  openItem,
  openSequence,
  SEQUENCE_END,
  u16,
} from './dicom-bytes.ts'

/** Numbers that follow from a seed (xorshift32), so that a failure can be made again. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 1) >>> 0 || 1
  }

  /** 0 to `below` - 1. */
  next(below: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state >>> 0
    return this.#state % below
  }

  pick<T>(of: readonly T[]): T {
    return of[this.next(of.length)] as T
  }
}

/** Small real files, and every structure PS3.5 has by hand. */
export function seeds(): readonly Buffer[] {
  const name = explicit(0x00080104, 'LO', 'name')
  const sequence = openSequence(0x0040a730, openItem(bytes(name, openSequence(0x0040a730, openItem(name)))), item(name))
  const unknown = bytes(
    explicit(0x0040a043, 'UN', '', 0xffffffff),
    openItem(implicit(0x00080104, 'name')),
    SEQUENCE_END,
  )
  const image = bytes(
    explicit(0x00280008, 'IS', '2 '),
    explicit(0x00280010, 'US', u16(1)),
    encapsulated([0, 12], 'abcd', 'ef'),
  )
  const inUnknown = explicit(0x0040a168, 'UN', item(implicit(0x00080104, 'name')))
  const whole = bytes(explicit(0x00080005, 'CS', 'ISO_IR 100'), sequence, unknown, inUnknown, image)
  return [
    file(EXPLICIT_LITTLE.uid, whole),
    file('1.2.840.10008.1.2.4.50', whole),
    file('1.2.840.10008.1.2.1.99', deflateRawSync(whole)),
    file(
      '1.2.840.10008.1.2',
      bytes(implicit(0x00080060, 'CT'), implicit(0x0040a730, item(implicit(0x00080104, 'name')))),
    ),
    whole,
    ...corpus()
      .filter(({ path, bytes }) => bytes < 12_000 && !path.startsWith('codestreams'))
      .map((found) => readFileSync(found.file)),
  ]
}

const EXTREMES = [0, 1, 2, 7, 8, 0xff, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]
const PIECES = [
  [0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff],
  [0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0],
  [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0],
  [0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff],
  [0x08, 0, 0x05, 0, 0x55, 0x4e, 0, 0, 0xff, 0xff, 0xff, 0xff],
]

/** A seed damaged in one to four places, mostly near its beginning, where structure is. */
export function damaged(seed: Buffer, chance: Chance): Buffer {
  let whole: Buffer = Buffer.from(seed)
  for (let times = 1 + chance.next(4); times > 0 && whole.length > 8; times -= 1) {
    const at = chance.next(chance.next(2) === 0 ? Math.min(whole.length, 1500) : whole.length)
    const length = 1 + chance.next(40)
    const kind = chance.next(7)
    if (kind === 0) whole[at] = chance.next(256)
    else if (kind === 1 && at + 4 <= whole.length) whole.writeUInt32LE(chance.pick(EXTREMES), at)
    else if (kind === 2 && at + 2 <= whole.length) whole.writeUInt16LE(chance.pick(EXTREMES) % 0x10000, at)
    else if (kind === 3) whole = Buffer.concat([whole.subarray(0, at), whole.subarray(at + length)])
    else if (kind === 4)
      whole = Buffer.concat([whole.subarray(0, at), Buffer.from(chance.pick(PIECES)), whole.subarray(at)])
    else if (kind === 5) whole = Buffer.concat([whole.subarray(0, at + length), whole.subarray(at)])
    else if (kind === 6) whole = whole.subarray(0, at)
  }
  return whole
}

const ALL_ON = Object.fromEntries(LENIENCY_NAMES.map((name) => [name, true])) as Leniencies

/**
 * Reads it with a choice of leniencies, whole and in pieces, and makes JSON and bytes of what was read.
 *
 * @returns the code it was refused with, or `read`
 * @throws when anything but an `ArchiveError` comes out, or what was read does not hold together
 */
export async function withstand(hostile: Buffer, chance: Chance): Promise<string> {
  const options: ReaderOptions = {
    format: chance.next(4) === 0 ? { transferSyntax: chance.pick(SYNTAXES) } : 'part10',
    leniencies: chance.pick([{}, {}, ALL_ON, STRICT]),
    keepUpTo: chance.pick([64, 65_536]),
    limits: { elements: 5000, items: 5000 },
  }
  const once = outcome(() => readWhole(hostile, options))
  const inPieces = outcome(() => {
    const reader = openReader(options)
    for (let at = 0; at < hostile.length; ) {
      const size = 1 + chance.next(200)
      reader.push(hostile.subarray(at, at + size))
      at += size
    }
    return reader.end()
  })
  if (typeof once === 'string' || typeof inPieces === 'string') {
    if (once !== inPieces) throw new Error(`whole: ${name(once)}; in pieces: ${name(inPieces)}`)
    return once as string
  }
  const text = dicomJsonText(once.dataSet)
  if (text !== dicomJsonText(inPieces.dataSet)) throw new Error('whole and pieces differ')
  JSON.parse(text)
  frameRanges(once.dataSet, chance.pick([0, 1, 2, 1000]))
  const isDeflated = once.transferSyntax === '1.2.840.10008.1.2.1.99'
  if (!isDeflated) checkRanges(once.dataSet, hostile.length)
  try {
    const resolve = async function* ({ start, end }: ByteRange) {
      yield isDeflated ? new Uint8Array(end - start) : hostile.subarray(start, end)
    }
    const target = chance.pick(SYNTAXES)
    readWhole(await gather(writeDataSet(once.dataSet, target, resolve)), { format: { transferSyntax: target } })
  } catch (refused) {
    if (!(refused instanceof ArchiveError)) throw refused
  }
  return 'read'
}

const SYNTAXES = ['', '.1', '.2', '.1.99', '.4.50'].map((suffix) => `1.2.840.10008.1.2${suffix}`)

const name = (of: ReadResult | string) => (typeof of === 'string' ? of : 'read')

function outcome(read: () => ReadResult): ReadResult | string {
  try {
    return read()
  } catch (refused) {
    if (refused instanceof ArchiveError && refused.code.startsWith('DICOM_')) return refused.code
    throw refused
  }
}

function checkRanges(dataSet: DataSet, length: number): void {
  for (const { value } of dataSet.elements.values()) {
    if (value.kind === 'items') for (const inner of value.items) checkRanges(inner, length)
    const ranges = value.kind === 'distant' ? [value.range] : value.kind === 'fragments' ? value.fragments : []
    for (const { start, end } of ranges)
      if (start < 0 || end < start || end > length) throw new Error(`range ${start} to ${end} of ${length}`)
  }
}
