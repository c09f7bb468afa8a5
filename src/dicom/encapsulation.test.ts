import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, encapsulated, explicit } from '../../test/support/dicom-bytes.ts'
import { type ByteRange, type Bytes, gather } from '../base/bytes.ts'
import { dataSet } from './build.ts'
import type { DataSet } from './data-set.ts'
import { fragments, frameRanges, isUnsettled, peekedFrameRanges } from './encapsulation.ts'
import { readWhole } from './reader.ts'
import { writeDataSet } from './writer.ts'

const JPEG = '1.2.840.10008.1.2.4.50'
const read = (whole: Bytes): DataSet => readWhole(whole, { format: { transferSyntax: JPEG } }).dataSet
const u64s = (...values: readonly number[]) =>
  bytes(...values.map((value) => Buffer.from(new BigUint64Array([BigInt(value)]).buffer)))
const extended = (offsets: readonly number[], lengths: readonly number[]) =>
  bytes(explicit(0x7fe00001, 'OV', u64s(...offsets)), explicit(0x7fe00002, 'OV', u64s(...lengths)))

/** Frames as the text of their codestreams. */
const frames = (whole: Buffer, count: number) => textOf(whole, frameRanges(read(whole), count))
const textOf = (whole: Buffer, ranges: readonly (readonly ByteRange[])[]) =>
  ranges.map((frame) => frame.map(({ start, end }) => whole.toString('latin1', start, end)).join('|'))

describe('which fragments make a frame (PS3.5 A.4)', () => {
  it('all of them, when there is one frame', () => {
    expect(frames(encapsulated([], 'aa', 'bb', 'cc'), 1)).toEqual(['aa|bb|cc'])
    expect(frames(encapsulated([0], 'aa', 'bb'), 1)).toEqual(['aa|bb'])
  })

  it('one each, when there are as many frames', () => {
    expect(frames(encapsulated([], 'aa', 'bb'), 2)).toEqual(['aa', 'bb'])
  })

  it('those between two offsets of the Basic Offset Table', () => {
    expect(frames(encapsulated([0, 20], 'aa', 'bb', 'cc'), 2)).toEqual(['aa|bb', 'cc'])
  })

  it('those of the Extended Offset Table, without padding (PS3.3 C.7.6.3.1.8)', () => {
    const whole = bytes(extended([0, 12], [3, 2]), encapsulated([], 'aaa\0', 'bb'))
    expect(frames(whole, 2)).toEqual(['aaa', 'bb'])
  })

  it('by the Basic Offset Table where the extended one is of another number of frames', () => {
    const whole = bytes(extended([0], [3]), encapsulated([0, 20], 'aa', 'bb', 'cc'))
    expect(frames(whole, 2)).toEqual(['aa|bb', 'cc'])
  })

  it.each([
    ['offsets where no fragment begins', [0, 11]],
    ['offsets beyond the last', [0, 500]],
    ['another number of frames', [0]],
  ])('by count where the table has %s', (_, offsets) => {
    expect(frames(encapsulated(offsets, 'aa', 'bb', 'cc', 'dd'), 2)).toEqual(['aa|bb', 'cc|dd'])
  })

  it('by offsets that are all wrong by the same amount', () => {
    expect(frames(encapsulated([8, 28], 'aa', 'bb', 'cc'), 2)).toEqual(['aa|bb', 'cc'])
  })

  it('by 32-bit offsets that began again at zero past 4 GiB', () => {
    const each = 0xfffffff0
    const start = (fragment: number) => 28 + fragment * (each + 8)
    const ranges = [0, 1, 2].map((fragment) => ({ start: start(fragment), end: start(fragment) + each }))
    const basicOffsets = [0, 1, 2].map((fragment) => (fragment * (each + 8)) % 2 ** 32)
    const pixels = { kind: 'fragments', basicOffsets, fragments: ranges } as const
    const set = dataSet([{ tag: 0x7fe00010, vr: 'OB', value: pixels } as never])
    expect(frameRanges(set, 3)).toEqual(ranges.map((range) => [range]))
  })

  it('fewer than were promised when there are fewer fragments', () => {
    expect(frames(encapsulated([], 'aa', 'bb'), 5)).toEqual(['aa', 'bb'])
    expect(frames(encapsulated([]), 5)).toEqual([])
    expect(frameRanges(dataSet([]), 1)).toEqual([])
  })

  it('those from one beginning of a codestream to the next, when nothing else tells', async () => {
    const soi = '\xff\xd8\xff\xe0'
    const whole = encapsulated([], `${soi}1`, '..', `${soi}2`, `${soi}3`, '..', '..') // odd, which is forgiven
    const set = read(whole)
    const peek = async ({ start, end }: ByteRange) => whole.subarray(start, end)
    expect(isUnsettled(set, 3)).toBe(true)
    expect(textOf(whole, await peekedFrameRanges(set, 3, peek))).toEqual([`${soi}1|..`, `${soi}2`, `${soi}3|..|..`])
  })

  it('by count when the beginnings are not as many as the frames', async () => {
    const whole = encapsulated([], 'aa', 'bb', 'cc', 'dd', 'ee')
    const peek = async ({ start, end }: ByteRange) => whole.subarray(start, end)
    expect(textOf(whole, await peekedFrameRanges(read(whole), 2, peek))).toEqual(['aa', 'bb|cc|dd|ee'])
    expect(isUnsettled(read(encapsulated([0, 20], 'aa', 'bb', 'cc')), 2)).toBe(false)
  })
})

describe('fragments made of frames', () => {
  it('are one each, with a Basic Offset Table', async () => {
    const made = fragments([
      { length: 3, bytes: bytes('aaa') },
      { length: 2, bytes: bytes('bb') },
    ])
    const nowhere = () => {
      throw new Error('nothing is distant')
    }
    const whole = Buffer.from(await gather(writeDataSet(dataSet([]), JPEG, nowhere, { pixelData: made })))
    expect(whole).toEqual(encapsulated([0, 12], 'aaa\0', 'bb'))
  })

  it('have an Extended Offset Table once 32 bits do not reach', async () => {
    const huge = Array.from({ length: 3 }, () => ({ length: 0x7fffffff, bytes: new Uint8Array(0) }))
    expect(fragments(huge)).toMatchObject({
      basicOffsets: [],
      extended: { offsets: [0, 0x80000008, 0x100000010], lengths: [0x7fffffff, 0x7fffffff, 0x7fffffff] },
    })
  })

  it('are found again as the frames they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { minLength: 1 }), async (given) => {
        const made = fragments(given.map((frame) => ({ length: frame.length, bytes: frame })))
        const tables = given.length % 2 === 0 ? made : { ...made, basicOffsets: [], extended: extendedOf(given) }
        const stream = writeDataSet(dataSet([]), JPEG, () => [] as never, { pixelData: tables })
        const whole = Buffer.from(await gather(stream))
        const ranges = frameRanges(read(whole), given.length)
        // A Basic Offset Table does not tell padding from data.
        const found = ranges.map(([range], frame) =>
          whole.subarray(range?.start, range?.end).subarray(0, given[frame]?.length),
        )
        expect(found).toEqual(given.map((frame) => Buffer.from(frame)))
        expect(ranges).toHaveLength(given.length)
      }),
    )
  })
})

function extendedOf(given: readonly Uint8Array[]): { offsets: number[]; lengths: number[] } {
  let at = 0
  const offsets = given.map(({ length }) => {
    at += 8 + length + (length % 2)
    return at - 8 - length - (length % 2)
  })
  return { offsets, lengths: given.map(({ length }) => length) }
}
