import { describe, expect, it } from 'vitest'
import {
  bytes,
  encapsulated,
  explicit,
  file,
  ITEM_END,
  implicit,
  item,
  openItem,
  openSequence,
  pieces,
  SEQUENCE_END,
  u16,
  u32,
} from '../../test/support/dicom-bytes.ts'
import type { DataSet, Tag, Value } from './data-set.ts'
import { T } from './dictionary.ts'
import { openReader, type ReaderOptions, readWhole } from './reader.ts'
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from './transfer-syntaxes.ts'
import { int, items, text } from './values.ts'

const JPEG = '1.2.840.10008.1.2.4.50'
const in_ = (transferSyntax: string): ReaderOptions => ({ format: { transferSyntax } })
const LITTLE = in_(EXPLICIT_LITTLE.uid)
const valueIn = (dataSet: DataSet, tag: number): Value | undefined => dataSet.elements.get(tag as Tag)?.value
const stringOf = (dataSet: DataSet, tag: number): string => {
  const value = valueIn(dataSet, tag)
  return value?.kind === 'bytes' ? Buffer.from(value.bytes).toString('latin1') : `(${value?.kind})`
}

describe('data elements (PS3.5 section 7.1)', () => {
  it('have a VR and a length of 16 or 32 bits in explicit VR', () => {
    const { dataSet } = readWhole(
      bytes(explicit(0x00080060, 'CS', 'CT'), explicit(0x00280010, 'US', u16(512)), explicit(0x0040a160, 'UT', 'text')),
      LITTLE,
    )
    expect(text(dataSet, T.Modality)).toBe('CT')
    expect(int(dataSet, T.Rows)).toBe(512)
    expect(text(dataSet, T.TextValue)).toBe('text')
  })

  it('have the dictionary’s VR in implicit VR', () => {
    const { dataSet } = readWhole(
      bytes(implicit(0x00080060, 'CT'), implicit(0x00280010, u16(512)), implicit(0x00291010, 'private ')),
      in_(IMPLICIT_LITTLE.uid),
    )
    expect([...dataSet.elements.values()].map(({ vr }) => vr)).toEqual(['CS', 'US', 'UN'])
  })

  it('have US or SS in implicit VR as Pixel Representation says, in items too', () => {
    const lut = bytes(implicit(0x00283002, bytes(u16(256), u16(0), u16(16))))
    const of = (representation: number) =>
      readWhole(
        bytes(
          implicit(0x00280103, u16(representation)),
          implicit(0x00280106, u16(0xffff)),
          implicit(0x00283000, item(lut)),
        ),
        in_(IMPLICIT_LITTLE.uid),
      ).dataSet
    expect(int(of(0), T.SmallestImagePixelValue)).toBe(65535)
    expect(int(of(1), T.SmallestImagePixelValue)).toBe(-1)
    expect(items(of(1), T.ModalityLUTSequence)[0]?.elements.get(T.LUTDescriptor)?.vr).toBe('SS')
  })

  it('are big endian in Explicit VR Big Endian', () => {
    const { dataSet } = readWhole(explicit(0x00280010, 'US', u16(512, true), 2, true), in_(EXPLICIT_BIG.uid))
    expect(dataSet.littleEndian).toBe(false)
    expect(int(dataSet, T.Rows)).toBe(512)
  })

  it('are what the transfer syntax says though their groups look like low ones the other way round', () => {
    for (const [of, vr] of [
      [0x20000010, 'IS'],
      [0x54000100, 'SQ'],
      [0x54000100, 'UN'],
      [0x50000022, 'LO'],
    ] as const) {
      const read = readWhole(explicit(of, vr, vr === 'SQ' ? item('') : '12'), LITTLE)
      expect([read.leniencies, read.dataSet.littleEndian]).toEqual([[], true])
    }
    // An implicit VR length of 16708 bytes spells DA.
    const sequence = implicit(0x00081110, item(implicit(0x00091010, 'x'.repeat(16_692))))
    const { dataSet, leniencies } = readWhole(sequence, in_(IMPLICIT_LITTLE.uid))
    expect(sequence.toString('latin1', 4, 6)).toBe('DA')
    expect([leniencies, items(dataSet, T.ReferencedStudySequence).length]).toEqual([[], 1])
  })

  it('may be none at all', () => {
    const read = readWhole(bytes(), LITTLE)
    expect(read).toMatchObject({ length: 0, dataSetStart: 0, leniencies: [] })
    expect(read.dataSet.elements.size).toBe(0)
  })
})

describe('sequences (PS3.5 section 7.5)', () => {
  const name = explicit(0x00080104, 'LO', 'name')
  const deep = (dataSet: DataSet) => text(items(dataSet, T.ConceptNameCodeSequence)[0] as DataSet, T.CodeMeaning)

  it.each([
    ['stated lengths', explicit(0x0040a043, 'SQ', item(name))],
    ['undefined length', openSequence(0x0040a043, openItem(name))],
    ['an undefined length of the item only', explicit(0x0040a043, 'SQ', openItem(name))],
    ['an undefined length of the sequence only', openSequence(0x0040a043, item(name))],
  ])('are read with %s', (_, sequence) => {
    const { dataSet, leniencies } = readWhole(bytes(sequence, explicit(0x0040a160, 'UT', 'next')), LITTLE)
    expect(deep(dataSet)).toBe('name')
    expect(text(dataSet, T.TextValue)).toBe('next')
    expect(leniencies).toEqual([])
  })

  it('may have no items, and items no elements', () => {
    const { dataSet } = readWhole(
      bytes(explicit(0x0040a043, 'SQ'), openSequence(0x0040a730, item(''), openItem(''))),
      LITTLE,
    )
    expect(items(dataSet, T.ConceptNameCodeSequence)).toEqual([])
    expect(items(dataSet, T.ContentSequence).map(({ elements }) => elements.size)).toEqual([0, 0])
  })

  it('stand in each other', () => {
    const innermost = openSequence(0x0040a730, openItem(name))
    const { dataSet } = readWhole(
      openSequence(0x0040a730, openItem(explicit(0x0040a730, 'SQ', item(innermost)))),
      LITTLE,
    )
    const three = [1, 2, 3].reduce((set) => items(set, T.ContentSequence)[0] as DataSet, dataSet)
    expect(text(three, T.CodeMeaning)).toBe('name')
  })

  it('of VR UN and undefined length are implicit VR, little endian, in any transfer syntax (6.2.2)', () => {
    const unknown = (tag: number, big: boolean) =>
      bytes(explicit(tag, 'UN', '', 0xffffffff, big), openItem(implicit(0x00080104, 'name')), SEQUENCE_END)
    for (const [big, uid] of [
      [false, EXPLICIT_LITTLE.uid],
      [true, EXPLICIT_BIG.uid],
    ] as const) {
      const { dataSet, leniencies } = readWhole(
        bytes(unknown(0x0040a043, big), explicit(0x0040a168, 'CS', 'XY', 2, big)),
        in_(uid),
      )
      expect(deep(dataSet)).toBe('name')
      expect(dataSet.elements.get(T.ConceptNameCodeSequence)?.vr).toBe('SQ')
      expect(items(dataSet, T.ConceptNameCodeSequence)[0]?.littleEndian).toBe(true)
      expect(stringOf(dataSet, 0x0040a168)).toBe('XY')
      expect(leniencies).toEqual(['vr-mismatch']) // (0040,A168) is a sequence
    }
  })

  it('of VR UN and stated length stay bytes', () => {
    const inside = item(implicit(0x00080104, 'name'))
    const { dataSet } = readWhole(explicit(0x0040a043, 'UN', inside), LITTLE)
    expect(valueIn(dataSet, 0x0040a043)).toEqual({ kind: 'bytes', bytes: new Uint8Array(inside) })
  })

  it('of unknown private elements are known by their undefined length', () => {
    const { dataSet } = readWhole(
      bytes(
        implicit(0x00290010, 'OWN '),
        implicit(0x00291001, '', 0xffffffff),
        item(implicit(0x00291002, 'in')),
        SEQUENCE_END,
      ),
      in_(IMPLICIT_LITTLE.uid),
    )
    expect(stringOf(items(dataSet, 0x00291001 as Tag)[0] as DataSet, 0x00291002)).toBe('in')
  })

  it('keep the character set of the data set around them, or have their own (6.1.2.3)', () => {
    const { dataSet } = readWhole(
      bytes(
        explicit(0x00080005, 'CS', 'ISO_IR 100'),
        openSequence(
          0x0040a730,
          openItem(name),
          openItem(bytes(explicit(0x00080005, 'CS', '\\ISO 2022 IR 87'), openSequence(0x0040a043, openItem(name)))),
        ),
      ),
      LITTLE,
    )
    const [first, second] = items(dataSet, T.ContentSequence)
    expect(dataSet.characterSet).toEqual(['ISO_IR 100'])
    expect(first?.characterSet).toEqual(['ISO_IR 100'])
    expect(second?.characterSet).toEqual(['', 'ISO 2022 IR 87'])
    expect(items(second as DataSet, T.ConceptNameCodeSequence)[0]?.characterSet).toEqual(['', 'ISO 2022 IR 87'])
  })
})

describe('Pixel Data and other large values', () => {
  it('is left where it lies, however small', () => {
    const before = explicit(0x00280010, 'US', u16(1))
    const { dataSet } = readWhole(bytes(before, explicit(0x7fe00010, 'OW', 'abcd')), LITTLE)
    expect(valueIn(dataSet, 0x7fe00010)).toEqual({
      kind: 'distant',
      range: { start: before.length + 12, end: before.length + 16 },
    })
  })

  it('gives its fragments when encapsulated, the offset table apart (A.4)', () => {
    const { dataSet } = readWhole(encapsulated([0, 12], 'abcd', 'efghij'), in_(JPEG))
    expect(valueIn(dataSet, 0x7fe00010)).toEqual({
      kind: 'fragments',
      basicOffsets: [0, 12],
      fragments: [
        { start: 36, end: 40 },
        { start: 48, end: 54 },
      ],
    })
  })

  it('does not end at a delimiter’s bytes inside a fragment', () => {
    const { dataSet } = readWhole(encapsulated([], bytes(SEQUENCE_END, ITEM_END)), in_(JPEG))
    expect(valueIn(dataSet, 0x7fe00010)).toMatchObject({ fragments: [{ start: 28, end: 44 }] })
  })

  it('is an item’s own matter in an icon image, and held when small', () => {
    const icon = openSequence(0x00880200, openItem(explicit(0x7fe00010, 'OW', 'abcd')))
    const { dataSet, leniencies } = readWhole(bytes(icon, encapsulated([], 'abcd')), in_(JPEG))
    expect(stringOf(items(dataSet, T.IconImageSequence)[0] as DataSet, 0x7fe00010)).toBe('abcd')
    expect(leniencies).toEqual([])
  })

  it('is distant by length alone elsewhere; offset tables are held whatever their length', () => {
    const long = 'x'.repeat(100)
    const { dataSet } = readWhole(bytes(explicit(0x0040a160, 'UT', long), explicit(0x7fe00001, 'OV', long)), {
      ...LITTLE,
      keepUpTo: 99,
    })
    expect(valueIn(dataSet, 0x0040a160)).toEqual({ kind: 'distant', range: { start: 12, end: 112 } })
    expect(valueIn(dataSet, 0x7fe00001)?.kind).toBe('bytes')
  })

  it('may be passed over by a source that can seek', () => {
    const whole = bytes(explicit(0x00280010, 'US', u16(1)), explicit(0x7fe00010, 'OW', 'x'.repeat(1000)))
    const reader = openReader(LITTLE)
    reader.push(whole.subarray(0, 30))
    expect(reader.skippable).toBe(whole.length - 30)
    reader.skip(reader.skippable)
    expect(reader.end()).toEqual(readWhole(whole, LITTLE))
    expect(() => openReader(LITTLE).skip(1)).toThrow('defect')
  })
})

describe('sizes beyond 32 bits, pushed but never held', () => {
  const CHUNK = new Uint8Array(1 << 20)

  it('reads one native value of nearly 4 GiB with what follows it', () => {
    const length = 0xfffffffe
    const reader = openReader(LITTLE)
    reader.push(explicit(0x7fe00010, 'OW', '', length))
    for (let left = length; left > 0; left -= CHUNK.length) reader.push(CHUNK.subarray(0, Math.min(left, CHUNK.length)))
    reader.push(explicit(0xfffcfffc, 'OB', bytes([0, 0])))
    const { dataSet } = reader.end()
    expect(valueIn(dataSet, 0x7fe00010)).toEqual({ kind: 'distant', range: { start: 12, end: 12 + length } })
    expect(valueIn(dataSet, 0xfffcfffc)).toEqual({ kind: 'bytes', bytes: new Uint8Array(2) })
  })

  it('reads encapsulated Pixel Data of 6 GiB', () => {
    const each = 1 << 30
    const reader = openReader(in_(JPEG))
    reader.push(bytes(explicit(0x7fe00010, 'OB', '', 0xffffffff), item('')))
    for (let fragment = 0; fragment < 6; fragment += 1) {
      reader.push(item('', each))
      for (let left = each; left > 0; left -= CHUNK.length) reader.push(CHUNK)
    }
    reader.push(SEQUENCE_END)
    const { dataSet, length } = reader.end()
    expect(length).toBe(12 + 8 + 6 * (each + 8) + 8)
    const value = valueIn(dataSet, 0x7fe00010)
    expect(value?.kind === 'fragments' && value.fragments[5]).toEqual({
      start: 20 + 5 * (each + 8) + 8,
      end: 20 + 6 * (each + 8),
    })
  })
})

describe('a file (PS3.10 section 7.1)', () => {
  const dataSet = bytes(
    explicit(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2\0'),
    explicit(0x00080018, 'UI', '1.2.3\0'),
    explicit(0x0020000d, 'UI', '1.2\0'),
    explicit(0x0020000e, 'UI', '1.2.4 '),
    explicit(0x7fe00010, 'OW', 'x'.repeat(500)),
  )
  const whole = file(EXPLICIT_LITTLE.uid, dataSet)

  it('has group 0002 apart, and offsets from its first byte', () => {
    const read = readWhole(whole)
    expect(read.transferSyntax).toBe(EXPLICIT_LITTLE.uid)
    expect(read.dataSetStart).toBe(whole.length - dataSet.length)
    expect(read.length).toBe(whole.length)
    expect(text(read.meta as DataSet, T.TransferSyntaxUID)).toBe(EXPLICIT_LITTLE.uid)
    expect(read.dataSet.elements.has(T.TransferSyntaxUID)).toBe(false)
    expect(valueIn(read.dataSet, 0x7fe00010)).toMatchObject({ range: { end: whole.length } })
  })

  it('tells where the data set starts, and who it is, while it is read', () => {
    const reader = openReader({ format: 'part10' })
    reader.push(whole.subarray(0, 100))
    expect([reader.dataSetStart, reader.identity]).toEqual([undefined, {}])
    reader.push(whole.subarray(100, whole.length - 502))
    expect(reader.dataSetStart).toBe(whole.length - dataSet.length)
    expect(reader.identity).toEqual({
      study: '1.2',
      series: '1.2.4',
      sopInstance: '1.2.3',
      sopClass: '1.2.840.10008.5.1.4.1.1.2',
    })
  })

  it.each([1, 2, 3, 7, 131, 132, 149, 1000])('is the same in pieces of %d bytes', (size) => {
    const reader = openReader({ format: 'part10' })
    for (const piece of pieces(whole, size)) reader.push(piece)
    expect(reader.end()).toEqual(readWhole(whole))
  })

  it('keeps nothing of the pieces, which may be used again at once', () => {
    const reader = openReader({ format: 'part10' })
    const buffer = new Uint8Array(64)
    for (const piece of pieces(whole, 64)) {
      buffer.set(piece)
      reader.push(buffer.subarray(0, piece.length))
      buffer.fill(0xee)
    }
    expect(reader.end()).toEqual(readWhole(whole))
  })

  it('is deflated after group 0002; offsets are those of the inflated data set (PS3.5 A.5)', async () => {
    const { deflateRawSync } = await import('node:zlib')
    const deflated = file(DEFLATED.uid, deflateRawSync(dataSet))
    for (const size of [1, 50, 10_000]) {
      const reader = openReader({ format: 'part10' })
      for (const piece of pieces(deflated, size)) reader.push(piece)
      const read = reader.end()
      expect(read.transferSyntax).toBe(DEFLATED.uid)
      expect(valueIn(read.dataSet, 0x7fe00010)).toMatchObject({
        range: { start: read.dataSetStart + dataSet.length - 500, end: read.dataSetStart + dataSet.length },
      })
    }
  })

  it('keeps values of its own: the buffer a deflated data set comes through is used again', async () => {
    const { deflateRawSync } = await import('node:zlib')
    const values = Array.from({ length: 60 }, (_, at) => explicit(0x00091001 + at, 'LT', `${at} `.repeat(1500)))
    const plain = bytes(explicit(0x00090010, 'LO', 'HOUSE '), ...values)
    const inflated = readWhole(deflateRawSync(plain), in_(DEFLATED.uid))
    expect(plain.length).toBeGreaterThan(3 * 65_536)
    expect(inflated.dataSet).toEqual(readWhole(plain, in_(EXPLICIT_LITTLE.uid)).dataSet)
  })

  it('takes the byte that makes a deflated data set even', async () => {
    const { deflateRawSync } = await import('node:zlib')
    const deflated = deflateRawSync(dataSet)
    expect(readWhole(file(DEFLATED.uid, bytes(deflated, [0]))).dataSet.elements.size).toBe(5)
  })

  it('is refused when it is something else', () => {
    for (const other of ['%PDF-1.7 '.repeat(30), 'GIF89a', '', '\xff\xd8\xff\xe0'.repeat(50)])
      expect(() => readWhole(bytes(other))).toThrow('not a DICOM object')
  })

  it('is refused when its transfer syntax is not known', () => {
    expect(() => readWhole(file('1.2.3.4', dataSet))).toThrow('Transfer syntax 1.2.3.4 is not known')
  })
})

describe('limits', () => {
  const limited = (limits: ReaderOptions['limits']): ReaderOptions => ({ ...LITTLE, limits: limits ?? {} })
  const nested = (depth: number): Buffer =>
    depth === 0 ? bytes() : openSequence(0x0040a730, openItem(nested(depth - 1)))

  it('end a data set that goes too deep, is too long or has too many items', () => {
    expect(readWhole(nested(64), LITTLE).dataSet.elements.size).toBe(1)
    expect(() => readWhole(nested(65), LITTLE)).toThrow('passes the limit depth (64)')
    const two = bytes(explicit(0x00080060, 'CS', 'CT'), explicit(0x00080070, 'LO', 'AB'))
    expect(() => readWhole(two, limited({ elements: 1 }))).toThrow('passes the limit elements (1)')
    expect(() => readWhole(openSequence(0x0040a730, item(''), item('')), limited({ items: 1 }))).toThrow('limit items')
    expect(() => readWhole(encapsulated([], 'ab', 'cd'), { ...in_(JPEG), limits: { items: 2 } })).toThrow('limit items')
    expect(() => readWhole(encapsulated([0, 1, 2], 'ab'), { ...in_(JPEG), limits: { items: 2 } })).toThrow(
      'limit items',
    )
  })

  it('leave values distant once enough is held', () => {
    const long = 'x'.repeat(300)
    const { dataSet } = readWhole(
      bytes(explicit(0x0040a160, 'UT', long), explicit(0x00420011, 'OB', long), explicit(0x00420014, 'LO', 'AB')),
      limited({ keptBytes: 400 }),
    )
    expect([...dataSet.elements.values()].map(({ value }) => value.kind)).toEqual(['bytes', 'distant', 'bytes'])
  })

  it('stop a deflated data set that inflates without end', async () => {
    const { deflateRawSync } = await import('node:zlib')
    const bomb = deflateRawSync(bytes(explicit(0x7fe00010, 'OW', '', 64 << 20), Buffer.alloc(64 << 20)))
    expect(() => readWhole(bomb, in_(DEFLATED.uid))).toThrow('limit inflationRatio (250)')
    const options = { ...in_(DEFLATED.uid), limits: { inflatedBytes: 1 << 20, inflationRatio: 2000 } }
    expect(() => readWhole(bomb, options)).toThrow('limit inflatedBytes')
  })
})

describe('bytes that are missing', () => {
  it.each([
    ['inside a header', bytes(explicit(0x00080060, 'CS', 'CT'), [8, 0, 0x70]), 'inside the header'],
    ['inside a value', explicit(0x00080060, 'CS', 'CT', 10), 'inside the value of 00080060'],
    ['inside native Pixel Data', explicit(0x7fe00010, 'OW', 'ab', 10), 'inside the value of 7FE00010'],
    [
      'inside an item',
      explicit(0x0040a730, 'SQ', item(explicit(0x00080060, 'CS', 'CT'), 40), 48),
      'an item is not ended',
    ],
    ['inside a sequence', bytes(explicit(0x0040a730, 'SQ', '', 0xffffffff), item('')), 'a sequence is not ended'],
  ])('refuse an object that ends %s', (_, cut, why) => {
    expect(() => readWhole(cut, LITTLE)).toThrow(why)
  })

  it.each([
    ['before its delimiter', encapsulated([], 'abcd').subarray(0, -8)],
    ['inside a fragment', encapsulated([], 'abcd').subarray(0, -10)],
    ['inside the offset table', encapsulated([0], 'abcd').subarray(0, 22)],
  ])('refuse encapsulated Pixel Data that ends %s', (_, cut) => {
    expect(() => readWhole(cut, in_(JPEG))).toThrow('ends early')
  })

  it('refuse a deflated data set without its end', async () => {
    const { deflateRawSync } = await import('node:zlib')
    const whole = deflateRawSync(explicit(0x0040a160, 'UT', 'text '.repeat(100)))
    expect(() => readWhole(whole.subarray(0, -4), in_(DEFLATED.uid))).toThrow('ends early')
    expect(() => readWhole(bytes('not deflated at all'), in_(DEFLATED.uid))).toThrow('cannot be inflated')
  })

  it('are told with where, never with what was there', () => {
    const named = explicit(0x00100010, 'PN', 'SECRET^NAME', 40)
    expect(() => readWhole(named, LITTLE)).toThrow(/^(?!.*SECRET).*byte 19/)
  })

  it('have an offset in the message that is past 32 bits where it must be', () => {
    const reader = openReader(LITTLE)
    reader.push(bytes(explicit(0x7fe00010, 'OW', '', 0xfffffffe)))
    reader.skip(reader.skippable)
    reader.push(u32(1))
    expect(() => reader.end()).toThrow('byte 4294967306')
  })
})
