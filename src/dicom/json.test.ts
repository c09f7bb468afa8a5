import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryDataSet } from '../../test/support/arbitrary-data-sets.ts'
import { bytes, encapsulated, explicit, item, openItem, openSequence, u16 } from '../../test/support/dicom-bytes.ts'
import { bytesElement, dataSet, element, sequence } from './build.ts'
import { type DataSet, type Element, type Tag, tag, tagText, type Vr } from './data-set.ts'
import { T } from './dictionary.ts'
import { type DicomJson, dicomJsonText, fromDicomJson, jsonText, toDicomJson } from './json.ts'
import { readWhole } from './reader.ts'
import { EXPLICIT_BIG, EXPLICIT_LITTLE } from './transfer-syntaxes.ts'
import { numbers, text, texts } from './values.ts'

const read = (...parts: readonly Buffer[]): DataSet =>
  readWhole(bytes(...parts), { format: { transferSyntax: EXPLICIT_LITTLE.uid }, keepUpTo: 2000 }).dataSet
const jsonOf = (of: number, vr: string, value: string | Buffer) =>
  toDicomJson(read(explicit(of, vr, value)))[tagText(of as Tag)]
const float = (value: number): Buffer => Buffer.from(new Float32Array([value]).buffer)
const double = (...values: readonly number[]): Buffer => Buffer.from(new Float64Array(values).buffer)
const big = (...values: readonly bigint[]): Buffer => Buffer.from(new BigInt64Array(values).buffer)

describe('attributes as JSON (PS3.18 section F.2)', () => {
  it.each<readonly [string, Vr, string | Buffer, unknown]>([
    ['text is without padding', 'LO', ' two words ', ['two words']],
    ['many values are an array, empty ones null', 'LO', 'A\\\\B ', ['A', null, 'B']],
    ['a text keeps its backslashes and leading spaces', 'LT', '  a\\b  ', ['  a\\b']],
    ['quotes and control characters are escaped', 'UT', 'a "b"\r\n\tc', ['a "b"\r\n\tc']],
    ['a UID is without its NUL', 'UI', '1.2.3\0', ['1.2.3']],
    ['a decimal string is a number', 'DS', '1.50\\-.5\\+1e2 ', [1.5, -0.5, 100]],
    ['an integer string is a number', 'IS', '007\\-12 ', [7, -12]],
    ['what is no number stays a string', 'DS', '1.2.3 ', ['1.2.3']],
    ['a number too large for one stays a string', 'DS', '1e999 ', ['1e999']],
    ['an integer is a number', 'US', u16(65535), [65535]],
    ['a signed one too', 'SS', u16(65535), [-1]],
    ['a float is a number', 'FL', float(0.5), [0.5]],
    [
      'what JSON has no number for is a string',
      'FD',
      double(Number.NaN, Number.POSITIVE_INFINITY),
      ['NaN', 'Infinity'],
    ],
    ['64 bits are a number while a double holds them', 'SV', big(-5n, 2n ** 53n - 1n), [-5, 2 ** 53 - 1]],
    ['and a string beyond', 'SV', big(-(2n ** 63n)), ['-9223372036854775808']],
    ['a tag is its eight digits', 'AT', bytes(u16(0x0020), u16(0x000d)), ['0020000D']],
  ])('%s', (_, vr, value, expected) => {
    expect(jsonOf(0x00091001, vr, value)).toEqual({ vr, Value: expected })
  })

  it.each<readonly [string, Vr, string | Buffer]>([
    ['nothing', 'LO', ''],
    ['only padding', 'LO', '  '],
    ['a name without a letter', 'PN', '^^^^'],
    ['no items', 'SQ', ''],
    ['no bytes', 'OB', ''],
  ])('%s has no Value', (_, vr, value) => {
    expect(jsonOf(0x00091001, vr, value)).toEqual({ vr })
  })

  it('writes decimals digit for digit where JSON can', () => {
    expect(dicomJsonText(read(explicit(0x00180050, 'DS', '1.500\\5. ')))).toBe(
      '{"00180050":{"vr":"DS","Value":[1.500,5]}}',
    )
  })

  it('has names in groups', () => {
    expect(jsonOf(0x00100010, 'PN', 'A^B=\\C^D^^ ')).toEqual({
      vr: 'PN',
      Value: [{ Alphabetic: 'A^B' }, { Alphabetic: 'C^D' }],
    })
    const utf8 = Buffer.from('Yamada^Tarou=山田^太郎=やまだ^たろう ')
    const name = toDicomJson(read(explicit(0x00080005, 'CS', 'ISO_IR 192'), explicit(0x00100010, 'PN', utf8)))
    expect(name['00100010']?.Value).toEqual([
      { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
    ])
  })

  it('is in UTF-8, and says so, whatever character set the data set or an item of it had', () => {
    const latin = bytes(explicit(0x00080005, 'CS', 'ISO_IR 100'), explicit(0x00080080, 'LO', 'Z\xfcrich'))
    const greek = bytes(explicit(0x00080005, 'CS', 'ISO_IR 126'), explicit(0x00080104, 'LO', '\xc1\xe8'))
    const json = toDicomJson(read(latin, openSequence(0x0040a730, openItem(greek))))
    expect(json['00080005']?.Value).toEqual(['ISO_IR 192'])
    expect(json['00080080']?.Value).toEqual(['Zürich'])
    const [first] = (json['0040A730']?.Value ?? []) as DicomJson[]
    expect(first?.['00080005']?.Value).toEqual(['ISO_IR 192'])
    expect(first?.['00080104']?.Value).toEqual(['Αθ'])
  })

  it('has sequences as arrays of objects, empty items too', () => {
    expect(jsonOf(0x0040a730, 'SQ', bytes(item(explicit(0x00080060, 'CS', 'CT')), item('')))).toEqual({
      vr: 'SQ',
      Value: [{ '00080060': { vr: 'CS', Value: ['CT'] } }, {}],
    })
  })

  it('leaves out group lengths and group 0002', () => {
    expect(toDicomJson(read(explicit(0x00020010, 'UI', '1.2\0'), explicit(0x00080000, 'UL', '1234')))).toEqual({})
  })

  it('is in the order of tags, names that look like numbers too', () => {
    const set = read(
      explicit(0x00280010, 'US', u16(1)),
      explicit(0x20050010, 'LO', 'OWN '),
      explicit(0x00080060, 'CS', 'CT'),
    )
    const order = ['00080060', '00280010', '20050010']
    expect([...dicomJsonText(set).matchAll(/"(\w{8})":/g)].map(([, name]) => name)).toEqual(order)
    expect(jsonText(toDicomJson(set))).toBe(dicomJsonText(set))
    const nested = dataSet([sequence(T.ContentSequence, [set])])
    expect(jsonText(toDicomJson(nested))).toBe(dicomJsonText(nested))
  })

  it('knows what came as UN, in any byte order', () => {
    const rows = (uid: string, big: boolean) =>
      readWhole(explicit(0x00280010, 'UN', u16(512), 2, big), { format: { transferSyntax: uid } }).dataSet
    for (const set of [rows(EXPLICIT_LITTLE.uid, false), rows(EXPLICIT_BIG.uid, true)]) {
      expect(toDicomJson(set)).toEqual({ '00280010': { vr: 'US', Value: [512] } })
      expect(numbers(set, T.Rows)).toEqual([512])
    }
    const implicitly = bytes([8, 0, 4, 1], [4, 0, 0, 0], 'name')
    expect(jsonOf(0x0040a730, 'UN', item(implicitly))).toEqual({
      vr: 'SQ',
      Value: [{ '00080104': { vr: 'LO', Value: ['name'] } }],
    })
    expect(jsonOf(0x0040a730, 'UN', 'no sequence')).toMatchObject({ vr: 'UN', InlineBinary: 'bm8gc2VxdWVuY2U=' })
    expect(jsonOf(0x00091001, 'UN', 'abc')).toEqual({ vr: 'UN', InlineBinary: 'YWJj' })
  })
})

it('goes into sequences of VR UN only so deep, however they are nested', () => {
  const nested = (depth: number): Buffer =>
    depth === 0 ? explicit(0x00080104, 'LO', 'name') : explicit(0x0040a730, 'UN', item(nested(depth - 1)))
  const deep = readWhole(nested(400), { format: { transferSyntax: EXPLICIT_LITTLE.uid } }).dataSet
  const text = dicomJsonText(deep)
  expect(text.match(/"SQ"/g)).toHaveLength(64)
  expect(text.match(/"UN","InlineBinary"/g)).toHaveLength(1)
})

describe('binary values (F.2.6, F.2.7)', () => {
  it.each(['', 'a', 'ab', 'abc', 'abcd', '\xff\xfe\xfd'])('are base64: %j', (value) => {
    const expected = value === '' ? {} : { InlineBinary: Buffer.from(value, 'latin1').toString('base64') }
    expect(jsonOf(0x00091001, 'OB', value)).toEqual({ vr: 'OB', ...expected })
  })

  it('are little endian there, whatever they were', () => {
    const { dataSet: set } = readWhole(explicit(0x00091001, 'OW', 'abcd', 4, true), {
      format: { transferSyntax: EXPLICIT_BIG.uid },
    })
    expect(toDicomJson(set)['00091001']?.InlineBinary).toBe(Buffer.from('badc').toString('base64'))
  })

  it('are named by URI when they are long or left where they lie', () => {
    const set = read(
      explicit(0x00080008, 'OB', 'short '),
      explicit(0x00091001, 'OB', 'x'.repeat(1025)),
      explicit(0x0040a160, 'UT', 'x'.repeat(2001)),
      openSequence(
        0x54000100,
        openItem(explicit(0x00080060, 'CS', 'CT')),
        openItem(explicit(0x54001010, 'OW', 'x'.repeat(3000))),
      ),
      encapsulated([], 'abcd'),
    )
    const json = toDicomJson(set, { bulkData: (path, { vr }) => `bulk/${path}?${vr}` })
    expect(json['00080008']?.InlineBinary).toBeDefined()
    expect(json['00091001']).toEqual({ vr: 'OB', BulkDataURI: 'bulk/00091001?OB' })
    expect(json['0040A160']).toEqual({ vr: 'UT', BulkDataURI: 'bulk/0040A160?UT' })
    expect(json['7FE00010']).toEqual({ vr: 'OB', BulkDataURI: 'bulk/7FE00010?OB' })
    expect((json['54000100']?.Value?.[1] as DicomJson | undefined)?.['54001010']).toEqual({
      vr: 'OW',
      BulkDataURI: 'bulk/54000100/2/54001010?OW',
    })
  })

  it('have no URI inside what came as UN, where no path leads', () => {
    const inside = bytes([0, 0x54, 0x10, 0x10], [0xdc, 0x05, 0, 0], 'x'.repeat(1500))
    const json = toDicomJson(read(explicit(0x54000100, 'UN', item(inside))), { bulkData: (path) => path })
    expect((json['54000100']?.Value?.[0] as DicomJson | undefined)?.['54001010']?.InlineBinary).toHaveLength(2000)
  })

  it('are inline when held and no URI is given, and without value when not held', () => {
    const set = read(explicit(0x00091001, 'OB', 'x'.repeat(1100)), explicit(0x7fe00010, 'OW', 'abcd'))
    for (const options of [{}, { bulkData: () => undefined }]) {
      const json = toDicomJson(set, options)
      expect(json['00091001']?.InlineBinary).toHaveLength(1468)
      expect(json['7FE00010']).toEqual({ vr: 'OW' })
    }
  })
})

describe('JSON to a data set', () => {
  it('gives values little endian and padded, in the order of tags', () => {
    const set = fromDicomJson({
      '00280010': { vr: 'US', Value: [512] },
      '00080060': { vr: 'CS', Value: ['CTX'] },
      '0020000D': { vr: 'UI', Value: ['1.2'] },
      '00181310': { Value: [1, 2, 3, 4] },
    })
    expect(
      [...set.elements.values()].map(({ tag, vr, value }) => [
        tagText(tag),
        vr,
        value.kind === 'bytes' && Buffer.from(value.bytes).toString('latin1'),
      ]),
    ).toEqual([
      ['00080060', 'CS', 'CTX '],
      ['00181310', 'US', '\x01\0\x02\0\x03\0\x04\0'],
      ['0020000D', 'UI', '1.2\0'],
      ['00280010', 'US', '\0\x02'],
    ])
  })

  it('is in Unicode, and says so when there is a letter beyond ASCII at any level', () => {
    expect(fromDicomJson({ '00080080': { vr: 'LO', Value: ['Zurich'] } }).elements.size).toBe(1)
    const nested = { '0040A730': { vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: ['Zürich'] } }] } }
    expect(text(fromDicomJson(nested), T.SpecificCharacterSet)).toBe('ISO_IR 192')
    const told = { '00080005': { vr: 'CS', Value: ['ISO_IR 100'] }, '00080080': { vr: 'LO', Value: ['Zürich'] } }
    expect(texts(fromDicomJson(told), T.SpecificCharacterSet)).toEqual(['ISO_IR 192'])
    expect(text(fromDicomJson(told), T.InstitutionName)).toBe('Zürich')
  })

  it('keeps decimal strings within sixteen characters', () => {
    const of = (value: number) => text(fromDicomJson({ '00180050': { vr: 'DS', Value: [value] } }), T.SliceThickness)
    expect(of(1.5)).toBe('1.5')
    expect(of(Math.PI * -1000)).toHaveLength(16)
    expect(of(1 / 3)).toBe('0.33333333333333')
    expect(Number(of(1.2345678901234e-300))).toBeCloseTo(1.2345678901234e-300)
  })

  it('takes bulk data from who knows it', () => {
    const json = { '7FE00010': { vr: 'OW', BulkDataURI: 'cid:1' } }
    const value = { kind: 'distant', range: { start: 5, end: 9 } } as const
    const set = fromDicomJson(json, { bulkData: (uri) => (uri === 'cid:1' ? value : undefined) })
    expect(set.elements.get(T.PixelData)?.value).toEqual(value)
    expect(() => fromDicomJson(json)).toThrow('Bulk data of 7FE00010 did not come')
  })

  it.each<readonly [string, unknown, string]>([
    ['no object', [], 'an object of attributes'],
    ['null', null, 'an object of attributes'],
    ['a keyword as name', { PatientID: { vr: 'LO' } }, 'eight hexadecimal digits'],
    ['no object as attribute', { '00100020': 'x' }, 'an object is expected'],
    ['an unknown vr', { '00100020': { vr: 'XX' } }, 'unknown vr'],
    ['a vr that is none but a name all objects have', { '00100020': { vr: 'toString' } }, 'unknown vr'],
    ['a Value that is no array', { '00100020': { vr: 'LO', Value: 'x' } }, 'Value is an array'],
    ['an object as text', { '00100020': { vr: 'LO', Value: [{}] } }, 'a value of LO is a string'],
    ['a number out of range', { '00280010': { vr: 'US', Value: [65536] } }, 'a value is no US'],
    ['a fraction as integer', { '00280010': { vr: 'US', Value: [0.5] } }, 'a value is no US'],
    ['text as number', { '00189073': { vr: 'FD', Value: ['one'] } }, 'a value of FD is a number'],
    ['no tag', { '00091001': { vr: 'AT', Value: ['PatientID'] } }, 'a value of AT is a tag'],
    ['a Value of bytes', { '00091001': { vr: 'OB', Value: [1] } }, 'OB has no Value'],
    ['bytes for text', { '00100020': { vr: 'LO', InlineBinary: 'YWJj' } }, 'LO has no InlineBinary'],
    ['what is not base64', { '00091001': { vr: 'OB', InlineBinary: '§' } }, 'not base64'],
    ['names that are no objects', { '00100010': { vr: 'PN', Value: [5] } }, 'a person name is an object'],
    ['items that are no objects', { '0040A730': { vr: 'SQ', Value: ['x'] } }, 'at 0040A730/1/'],
  ])('refuses %s', (_, json, why) => {
    expect(() => fromDicomJson(json)).toThrow(why)
  })

  it('never tells a value when it refuses', () => {
    const json = { '00100010': { vr: 'PN', Value: [{ Alphabetic: ['SECRET'] }] } }
    expect(() => fromDicomJson(json)).toThrow(/^(?!.*SECRET)/)
  })

  it('refuses what goes too deep or holds too much', () => {
    let deep: Record<string, unknown> = {}
    for (let depth = 0; depth < 65; depth += 1) deep = { '0040A730': { vr: 'SQ', Value: [deep] } }
    expect(() => fromDicomJson(deep)).toThrow('limit depth (64)')
    const two = { '00080060': { vr: 'CS' }, '00080070': { vr: 'LO' } }
    expect(() => fromDicomJson(two, { limits: { elements: 1 } })).toThrow('limit elements (1)')
  })

  it('refuses or reads anything', () => {
    const name = fc.constantFrom('00100010', '0040A730', '00280010', '7FE00010', 'x')
    const vr = fc.constantFrom('PN', 'SQ', 'US', 'OB', 'AT', 'FD', 'SV', 'LO', 5, 'XX')
    const attribute = fc.record(
      { vr, Value: fc.array(fc.jsonValue()), InlineBinary: fc.jsonValue(), BulkDataURI: fc.jsonValue() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(name, attribute), fc.jsonValue()), (json) => {
        try {
          const set = fromDicomJson(json)
          expect(fromDicomJson(toDicomJson(set)).elements.size).toBe(set.elements.size)
        } catch (refused) {
          expect(refused).toMatchObject({ code: expect.stringMatching(/^(BAD_REQUEST|BULK_DATA_MISSING)$/) })
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('for all data sets', () => {
  it('what is JSON comes back as the same JSON', () => {
    fc.assert(
      fc.property(arbitraryDataSet, (set) => {
        const json = dicomJsonText(set)
        // As text: some values are tens of thousands of numbers.
        expect(dicomJsonText(fromDicomJson(JSON.parse(json))) === json).toBe(true)
        expect(jsonText(JSON.parse(json) as DicomJson) === jsonText(toDicomJson(set))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('every element is in it, with its VR', () => {
    fc.assert(
      fc.property(arbitraryDataSet, (set) => {
        const json = toDicomJson(set)
        for (const { tag, vr } of set.elements.values()) expect(json[tagText(tag)]?.vr).toBe(vr)
      }),
    )
  })
})

it('an element made of many values is read as them', () => {
  const made: Element[] = [
    element(tag(0x00091001), [1, 2], 'FL'),
    element(tag(0x00091002), [T.PatientID], 'AT'),
    bytesElement(tag(0x00091003), 'OB', new Uint8Array([1])),
  ]
  expect(toDicomJson(dataSet(made))).toEqual({
    '00091001': { vr: 'FL', Value: [1, 2] },
    '00091002': { vr: 'AT', Value: ['00100020'] },
    '00091003': { vr: 'OB', InlineBinary: 'AQA=' },
  })
})
