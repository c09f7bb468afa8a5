import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryDataSet } from '../../test/support/arbitrary-data-sets.ts'
import {
  bytes,
  encapsulated,
  explicit,
  implicit,
  openItem,
  openSequence,
  pieces,
  u16,
  u32,
} from '../../test/support/dicom-bytes.ts'
import { type ByteRange, type Bytes, gather } from '../base/bytes.ts'
import { bytesElement, dataSet, element, sequence, withElements } from './build.ts'
import { type DataSet, type Element, inTagOrder, type Tag, tag } from './data-set.ts'
import { implicitVr, T } from './dictionary.ts'
import { openReader, readWhole } from './reader.ts'
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from './transfer-syntaxes.ts'
import { VR_TRAITS, wordsTurned } from './vr.ts'
import { encodedLength, encodeElements, type Resolve, type WriteOptions, writeDataSet } from './writer.ts'

const JPEG = '1.2.840.10008.1.2.4.50'
const in_ = (transferSyntax: string) => ({ format: { transferSyntax } })
/** Where distant values come from: the bytes that were read, in small pieces. */
const from = (whole: Bytes, size = 7): Resolve =>
  async function* (range: ByteRange) {
    yield* pieces(whole.subarray(range.start, range.end), size)
  }
const nowhere: Resolve = () => {
  throw new Error('asked for a distant value')
}
const written = (set: DataSet, transferSyntax: string, resolve = nowhere, options: WriteOptions = {}) =>
  gather(writeDataSet(set, transferSyntax, resolve, options)).then((whole) => Buffer.from(whole))
const rewritten = async (whole: Buffer, received: string, target: string, options: WriteOptions = {}) =>
  written(readWhole(whole, { ...in_(received), keepUpTo: 100 }).dataSet, target, from(whole), options)

describe('a data set as bytes (PS3.5 section 7)', () => {
  const rows = element(T.Rows, 512)
  const modality = element(T.Modality, 'CT')
  const set = dataSet([rows, modality])

  it('is in the order of tags, in each encoding', async () => {
    expect(await written(set, IMPLICIT_LITTLE.uid)).toEqual(
      bytes(implicit(0x00080060, 'CT'), implicit(0x00280010, u16(512))),
    )
    expect(await written(set, EXPLICIT_LITTLE.uid)).toEqual(
      bytes(explicit(0x00080060, 'CS', 'CT'), explicit(0x00280010, 'US', u16(512))),
    )
    expect(await written(set, EXPLICIT_BIG.uid)).toEqual(
      bytes(explicit(0x00080060, 'CS', 'CT', 2, true), explicit(0x00280010, 'US', u16(512, true), 2, true)),
    )
  })

  it('is deflated, to an even number of bytes (A.5)', async () => {
    for (const length of [1, 2, 3, 4, 50]) {
      const text = dataSet([element(T.TextValue, 'x'.repeat(length * 2))])
      const deflated = await written(text, DEFLATED.uid)
      expect(deflated.length % 2).toBe(0)
      expect(inflateRawSync(deflated)).toEqual(explicit(0x0040a160, 'UT', 'x'.repeat(length * 2)))
    }
  })

  it('has sequences and items of undefined length, and empty ones of length zero', async () => {
    const nested = dataSet([
      sequence(T.ContentSequence, [dataSet([modality]), dataSet([])]),
      sequence(T.ConceptNameCodeSequence, []),
    ])
    expect(await written(nested, EXPLICIT_LITTLE.uid)).toEqual(
      bytes(
        explicit(0x0040a043, 'SQ'),
        openSequence(0x0040a730, openItem(explicit(0x00080060, 'CS', 'CT')), openItem('')),
      ),
    )
  })

  it('turns words around by VR between byte orders', async () => {
    const eight = '12345678'
    const little = bytes(
      explicit(0x00091001, 'US', '12'),
      explicit(0x00091002, 'UL', '1234'),
      explicit(0x00091003, 'FD', eight),
      explicit(0x00091004, 'AT', '1234'),
      explicit(0x00091005, 'OB', '1234'),
      explicit(0x00091006, 'OW', '1234'),
      explicit(0x00091007, 'OV', eight),
      explicit(0x00091008, 'UN', '1234'),
      explicit(0x00091009, 'LO', '1234'),
    )
    const big = (target: number, vr: string, value: string) => explicit(target, vr, value, value.length, true)
    expect(await rewritten(little, EXPLICIT_LITTLE.uid, EXPLICIT_BIG.uid)).toEqual(
      bytes(
        big(0x00091001, 'US', '21'),
        big(0x00091002, 'UL', '4321'),
        big(0x00091003, 'FD', '87654321'),
        big(0x00091004, 'AT', '2143'),
        big(0x00091005, 'OB', '1234'),
        big(0x00091006, 'OW', '2143'),
        big(0x00091007, 'OV', '87654321'),
        big(0x00091008, 'UN', '1234'),
        big(0x00091009, 'LO', '1234'),
      ),
    )
  })

  it('writes as UN, little endian, what a 16-bit length cannot say (6.2.2)', async () => {
    const long = dataSet([
      bytesElement(
        tag(0x00091001),
        'US',
        new Uint8Array(66_000).map((_, at) => at % 2),
      ),
    ])
    expect((await written(long, EXPLICIT_LITTLE.uid)).subarray(0, 14)).toEqual(
      explicit(0x00091001, 'UN', '\0\x01', 66_000),
    )
    expect((await written(long, EXPLICIT_BIG.uid)).subarray(12, 16)).toEqual(bytes([0, 1, 0, 1]))
    expect((await written(long, IMPLICIT_LITTLE.uid)).subarray(0, 8)).toEqual(implicit(0x00091001, '', 66_000))
  })

  it('drops group lengths and pads odd values', async () => {
    const odd = bytes(
      explicit(0x00080000, 'UL', u32(99)),
      explicit(0x00080060, 'CS', 'CTX'),
      explicit(0x0020000d, 'UI', '1.2'),
    )
    expect(await rewritten(odd, EXPLICIT_LITTLE.uid, EXPLICIT_LITTLE.uid)).toEqual(
      bytes(explicit(0x00080060, 'CS', 'CTX '), explicit(0x0020000d, 'UI', '1.2\0')),
    )
  })

  it('is as long as `encodedLength` says, without being written', async () => {
    const whole = bytes(explicit(0x00080060, 'CS', 'CT'), explicit(0x7fe00010, 'OB', 'x'.repeat(501)))
    const { dataSet: read } = readWhole(whole, in_(EXPLICIT_LITTLE.uid))
    for (const { uid } of [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG])
      expect(encodedLength(read, uid)).toBe((await written(read, uid, from(whole))).length)
    expect(encodedLength(read, DEFLATED.uid)).toBeUndefined()
  })
})

describe('a command set (PS3.7 section 6.3)', () => {
  it('begins with the length of what follows it, whether that was given or not', () => {
    const fields = [element(T.CommandField, 0x0030), element(T.MessageID, 7)]
    const expected = bytes(
      implicit(0x00000000, u32(20)),
      implicit(0x00000100, u16(0x0030)),
      implicit(0x00000110, u16(7)),
    )
    for (const set of [dataSet(fields), dataSet([element(T.CommandGroupLength, 0), ...fields])])
      expect(Buffer.from(encodeElements(set, IMPLICIT_LITTLE.uid))).toEqual(expected)
  })

  it('may hold long values', () => {
    const long = dataSet([bytesElement(T.PixelData, 'OW', new Uint8Array(70_000).fill(7)), element(T.Rows, 1)])
    expect(Buffer.from(encodeElements(long, EXPLICIT_LITTLE.uid))).toEqual(
      bytes(explicit(0x00280010, 'US', u16(1)), explicit(0x7fe00010, 'OW', Buffer.alloc(70_000, 7))),
    )
  })

  it('is refused when a value of it is not held', () => {
    const { dataSet: read } = readWhole(explicit(0x7fe00010, 'OB', 'ab'), in_(EXPLICIT_LITTLE.uid))
    expect(() => encodeElements(read, EXPLICIT_LITTLE.uid)).toThrow('defect')
  })
})

describe('values left where they lie', () => {
  const pixels = explicit(0x7fe00010, 'OW', '0123456789')

  it('are streamed, and turned around across the cuts of their pieces', async () => {
    expect(await rewritten(pixels, EXPLICIT_LITTLE.uid, EXPLICIT_LITTLE.uid)).toEqual(pixels)
    expect((await rewritten(pixels, EXPLICIT_LITTLE.uid, EXPLICIT_BIG.uid)).subarray(12)).toEqual(bytes('1032547698'))
  })

  it('are turned around by sample where OW holds samples of 32 bits', async () => {
    const whole = bytes(explicit(0x00280100, 'US', u16(32)), explicit(0x7fe00010, 'OW', '01234567'))
    expect((await rewritten(whole, EXPLICIT_LITTLE.uid, EXPLICIT_BIG.uid)).subarray(-8)).toEqual(bytes('32107654'))
  })

  it('must come whole', async () => {
    const short: Resolve = async function* () {
      yield new Uint8Array(3)
    }
    const { dataSet: read } = readWhole(pixels, in_(EXPLICIT_LITTLE.uid))
    await expect(written(read, EXPLICIT_LITTLE.uid, short)).rejects.toThrow('3 bytes for a value of 10')
    const long: Resolve = async function* () {
      yield new Uint8Array(30)
    }
    await expect(written(read, EXPLICIT_LITTLE.uid, long)).rejects.toThrow('30 bytes for a value of 10')
  })

  it('keep their fragments and offset table in an encapsulated syntax', async () => {
    const whole = bytes(explicit(0x00280010, 'US', u16(1)), encapsulated([0, 12], 'abcd', 'efghij'))
    expect(await rewritten(whole, JPEG, JPEG)).toEqual(whole)
  })

  it('cannot be fragments in a native syntax unless others take their place', async () => {
    const whole = bytes(
      explicit(0x7fe00001, 'OV', '12345678'),
      encapsulated([], 'abcd'),
      explicit(0xfffcfffc, 'OB', 'ab'),
    )
    await expect(rewritten(whole, JPEG, EXPLICIT_LITTLE.uid)).rejects.toThrow('compressed frames in a native')
    const native = async function* () {
      yield bytes('012')
      yield bytes('34')
    }
    const replaced = await rewritten(whole, JPEG, EXPLICIT_LITTLE.uid, {
      pixelData: { vr: 'OW', length: 5, bytes: native() },
    })
    expect(replaced).toEqual(bytes(explicit(0x7fe00010, 'OW', '01234\0'), explicit(0xfffcfffc, 'OB', 'ab')))
  })

  it('become fragments when those are given', async () => {
    const whole = bytes(explicit(0x00280010, 'US', u16(1)), pixels)
    const fragments = [
      { length: 4, bytes: bytes('abcd') },
      { length: 5, bytes: from(bytes('efghi'), 2)({ start: 0, end: 5 }) },
    ]
    expect(
      await rewritten(whole, EXPLICIT_LITTLE.uid, JPEG, { pixelData: { basicOffsets: [0, 12], fragments } }),
    ).toEqual(bytes(explicit(0x00280010, 'US', u16(1)), encapsulated([0, 12], 'abcd', 'efghi\0')))
  })

  it('are put in where there were none', async () => {
    const set = dataSet([element(T.Rows, 1)])
    const bytesOfPixels = from(bytes('ab'))({ start: 0, end: 2 })
    expect(
      await written(set, EXPLICIT_LITTLE.uid, nowhere, { pixelData: { vr: 'OB', length: 2, bytes: bytesOfPixels } }),
    ).toEqual(bytes(explicit(0x00280010, 'US', u16(1)), explicit(0x7fe00010, 'OB', 'ab')))
  })
})

describe('elements made here', () => {
  it('take the place of others, or go', () => {
    const set = dataSet([element(T.Rows, 1), element(T.Columns, 2)])
    const changed = withElements(set, [element(T.Modality, 'CT'), element(T.Rows, 3), [T.Columns, undefined]])
    expect([...changed.elements.keys()]).toEqual([T.Modality, T.Rows])
  })
})

// --- for all data sets -----------------------------------------------------------------------------

/** What an element is once it has been through an encoding: little endian; the VR only where it was stated. */
function plain(set: DataSet, implicitly: boolean): unknown {
  return [...inTagOrder(set)].map((of: Element) => {
    const { value } = of
    const vr = implicitly && of.vr !== 'SQ' ? implicitVr(of.tag) : longer(of) ? 'UN' : of.vr
    if (value.kind === 'items') return [of.tag, 'SQ', value.items.map((item) => plain(item, implicitly))]
    if (value.kind !== 'bytes') return [of.tag, vr, value]
    const word = set.littleEndian || of.vr === 'UN' ? 1 : VR_TRAITS[of.vr].word
    return [of.tag, vr, Buffer.from(wordsTurned(value.bytes, word)).toString('hex')]
  })
}
const longer = ({ vr, value }: Element) => value.kind === 'bytes' && value.bytes.length > 0xffff && !VR_TRAITS[vr].long

describe.each([IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED])('for all data sets in $name', (syntax) => {
  it('what is written is read again, however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryDataSet, fc.infiniteStream(fc.integer({ min: 1, max: 60 })), async (set, sizes) => {
        const whole = await written(set, syntax.uid)
        const once = readWhole(whole, { ...in_(syntax.uid), keepUpTo: 1 << 20 })
        expect(plain(once.dataSet, !syntax.explicit)).toEqual(plain(set, !syntax.explicit))
        expect(once.leniencies).toEqual([])

        const reader = openReader({ ...in_(syntax.uid), keepUpTo: 1 << 20 })
        for (let at = 0; at < whole.length; ) {
          const size = whole.length > 20_000 ? 5_000 : Number(sizes.next().value)
          reader.push(whole.subarray(at, at + size))
          at += size
        }
        expect(plain(reader.end().dataSet, false)).toEqual(plain(once.dataSet, false))
      }),
      { numRuns: 120 },
    )
  })
})

it('the tags of elements keep their order whatever order they came in', () => {
  const numbers: Tag[] = [T.Rows, T.Modality, T.PixelData].map(tag)
  const set = { ...dataSet([]), elements: new Map(numbers.map((of) => [of, element(of, '1', 'LO')])) }
  expect([...inTagOrder(set)].map((of) => of.tag)).toEqual([T.Modality, T.Rows, T.PixelData])
})
