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
  SEQUENCE_END,
  u16,
  u32,
} from '../../test/support/dicom-bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { DataSet, Tag } from './data-set.ts'
import { DEFAULT_LENIENCIES, LENIENCIES, LENIENCY_NAMES, type LeniencyName, leniencies, STRICT } from './leniencies.ts'
import { type ReaderOptions, type ReadResult, readWhole } from './reader.ts'
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from './transfer-syntaxes.ts'

const JPEG = '1.2.840.10008.1.2.4.50'
const FILE: ReaderOptions = { format: 'part10' }
const in_ = (transferSyntax: string): ReaderOptions => ({ format: { transferSyntax } })
const LITTLE = in_(EXPLICIT_LITTLE.uid)

const ct = explicit(0x00080060, 'CS', 'CT')
const maker = explicit(0x00080070, 'LO', 'AB')
const name = explicit(0x00080104, 'LO', 'name')
const syntax = explicit(0x00020010, 'UI', `${EXPLICIT_LITTLE.uid}\0`)
const meta = (length: number, group: Buffer, rest: Buffer) =>
  bytes(Buffer.alloc(128), 'DICM', explicit(0x00020000, 'UL', u32(length)), group, rest)

const modality = ({ dataSet }: ReadResult) => string(dataSet, 0x00080060)
const string = (dataSet: DataSet | undefined, tag: number): string => {
  const value = dataSet?.elements.get(tag as Tag)?.value
  return value?.kind === 'bytes' ? Buffer.from(value.bytes).toString('latin1') : `(${value?.kind})`
}
const first = ({ dataSet }: ReadResult, tag: number): DataSet | undefined => {
  const value = dataSet.elements.get(tag as Tag)?.value
  return value?.kind === 'items' ? value.items[0] : undefined
}

/** What needs the leniency, how it is opened, what is read of it with the leniency on. */
type Case = readonly [object: Buffer, options: ReaderOptions, seen: (read: ReadResult) => unknown, expected: unknown]

const CASES: Readonly<Record<LeniencyName, readonly Case[]>> = {
  'no-preamble': [
    [bytes('DICM', explicit(0x00020000, 'UL', u32(syntax.length)), syntax, ct), FILE, modality, 'CT'],
    [bytes(explicit(0x00020000, 'UL', u32(syntax.length)), syntax, ct), FILE, modality, 'CT'],
    [bytes(Buffer.alloc(128), explicit(0x00020000, 'UL', u32(syntax.length)), syntax, ct), FILE, modality, 'CT'],
  ],
  'no-meta': [
    [bytes(ct, maker), FILE, modality, 'CT'],
    [bytes(implicit(0x00080060, 'CT')), FILE, ({ transferSyntax }) => transferSyntax, IMPLICIT_LITTLE.uid],
    [explicit(0x00080060, 'CS', 'CT', 2, true), FILE, ({ transferSyntax }) => transferSyntax, EXPLICIT_BIG.uid],
    [bytes(Buffer.alloc(128), ct, maker), FILE, ({ dataSetStart }) => dataSetStart, 128],
  ],
  'meta-group-length': [
    [meta(99, syntax, ct), FILE, modality, 'CT'],
    [bytes(Buffer.alloc(128), 'DICM', syntax, ct), FILE, modality, 'CT'],
  ],
  'implicit-meta': [
    [
      bytes(
        Buffer.alloc(128),
        'DICM',
        implicit(0x00020000, u32(28)),
        implicit(0x00020010, `${EXPLICIT_LITTLE.uid}\0`),
        ct,
      ),
      FILE,
      modality,
      'CT',
    ],
  ],
  'no-transfer-syntax': [[meta(14, explicit(0x00020001, 'OB', bytes([0, 1])), ct), FILE, modality, 'CT']],
  'transfer-syntax-mismatch': [
    [
      file(EXPLICIT_LITTLE.uid, implicit(0x00080060, 'CT')),
      FILE,
      (read) => [modality(read), read.transferSyntax],
      ['CT', IMPLICIT_LITTLE.uid],
    ],
    [ct, in_(IMPLICIT_LITTLE.uid), modality, 'CT'],
    [explicit(0x00080060, 'CS', 'CT', 2, true), LITTLE, modality, 'CT'],
    // The codec is what was stated.
    [implicit(0x00080060, 'CT'), in_(JPEG), ({ transferSyntax }) => transferSyntax, JPEG],
  ],
  'unknown-transfer-syntax': [
    [
      file('1.2.3.4', bytes(ct, encapsulated([], 'abcd'))),
      FILE,
      (read) => [modality(read), read.transferSyntax],
      ['CT', '1.2.3.4'],
    ],
  ],
  'uid-leading-zeros': [
    [explicit(0x0020000d, 'UI', '1.02'), LITTLE, ({ dataSet }) => string(dataSet, 0x0020000d), '1.02'],
  ],

  'implicit-element': [
    [bytes(ct, implicit(0x00080070, 'AB'), name), LITTLE, ({ dataSet }) => string(dataSet, 0x00080104), 'name'],
  ],
  'unknown-vr': [
    // Letters of a VR to come have a 32-bit length behind two zero bytes; a 16-bit length would be without.
    [
      bytes(ct, [8, 0, 0x70, 0], 'ZZ', u16(0), u32(2), 'AB', name),
      LITTLE,
      ({ dataSet }) => string(dataSet, 0x00080104),
      'name',
    ],
    [
      bytes(ct, [8, 0, 0x70, 0], 'ZZ', u16(2), 'AB', name),
      LITTLE,
      ({ dataSet }) => string(dataSet, 0x00080104),
      'name',
    ],
    [
      bytes(ct, [8, 0, 0x70, 0], '  ', u16(2), 'AB', name),
      LITTLE,
      ({ dataSet }) => string(dataSet, 0x00080104),
      'name',
    ],
    [
      bytes(ct, [8, 0, 0x70, 0], '??', u16(2), 'AB', name),
      LITTLE,
      ({ dataSet }) => dataSet.elements.get(0x00080070 as Tag)?.vr,
      'LO',
    ],
  ],
  'vr-mismatch': [
    [explicit(0x00080060, 'LO', 'CT'), LITTLE, ({ dataSet }) => dataSet.elements.get(0x00080060 as Tag)?.vr, 'LO'],
  ],
  'odd-length': [
    [bytes(explicit(0x00080060, 'CS', 'CTX'), maker), LITTLE, modality, 'CTX'],
    [encapsulated([], 'abc'), in_(JPEG), ({ dataSet }) => dataSet.elements.size, 1],
  ],
  'element-order': [[bytes(maker, ct), LITTLE, modality, 'CT']],
  'duplicate-element': [[bytes(ct, explicit(0x00080060, 'CS', 'MR')), LITTLE, modality, 'CT']],
  'trailing-zeros': [
    [bytes(ct, Buffer.alloc(5)), LITTLE, modality, 'CT'],
    [bytes(ct, Buffer.alloc(1000)), LITTLE, modality, 'CT'],
  ],

  'undefined-length': [
    [
      bytes(
        explicit(0x0040a043, 'UT', '', 0xffffffff),
        openItem(name),
        SEQUENCE_END,
        explicit(0x0040a160, 'UT', 'next'),
      ),
      LITTLE,
      (read) => string(first(read, 0x0040a043), 0x00080104),
      'name',
    ],
  ],
  'explicit-un-items': [
    [
      bytes(explicit(0x0040a043, 'UN', '', 0xffffffff), openItem(bytes(ct, name)), openItem(name), SEQUENCE_END),
      LITTLE,
      (read) => string(first(read, 0x0040a043), 0x00080104),
      'name',
    ],
  ],
  'missing-delimiter': [
    [
      bytes(openSequence(0x0040a043, item(name, 0xffffffff), openItem(name)), explicit(0x0040a160, 'UT', 'next')),
      LITTLE,
      (read) => [first(read, 0x0040a043)?.elements.size, string(read.dataSet, 0x0040a160)],
      [1, 'next'],
    ],
    [
      bytes(openSequence(0x0040a043, item(name, 0xffffffff)), explicit(0x0040a160, 'UT', 'next')),
      LITTLE,
      (read) => [first(read, 0x0040a043)?.elements.size, string(read.dataSet, 0x0040a160)],
      [1, 'next'],
    ],
  ],
  'stray-delimiter': [
    [bytes(ct, SEQUENCE_END, maker), LITTLE, ({ dataSet }) => dataSet.elements.size, 2],
    [
      bytes(explicit(0x0040a043, 'SQ', item(bytes(name, ITEM_END))), maker),
      LITTLE,
      ({ dataSet }) => dataSet.elements.size,
      2,
    ],
  ],
  'delimiter-length': [
    [
      bytes(
        explicit(0x0040a043, 'SQ', '', 0xffffffff),
        item(name),
        [0xfe, 0xff, 0xdd, 0xe0],
        u32(7),
        explicit(0x0040a160, 'UT', 'next'),
      ),
      LITTLE,
      ({ dataSet }) => string(dataSet, 0x0040a160),
      'next',
    ],
  ],
  overrun: [
    [
      bytes(explicit(0x0040a043, 'SQ', item(name, name.length - 2)), explicit(0x0040a160, 'UT', 'next')),
      LITTLE,
      (read) => [string(first(read, 0x0040a043), 0x00080104), string(read.dataSet, 0x0040a160)],
      ['name', 'next'],
    ],
    // Cut short on purpose by an editor: the sequence ends with the bytes, its last item claims more.
    [
      explicit(0x0040a043, 'SQ', item(name, 500), name.length + 8),
      LITTLE,
      (read) => string(first(read, 0x0040a043), 0x00080104),
      'name',
    ],
  ],
  'offset-table': [
    [
      bytes(explicit(0x7fe00010, 'OB', '', 0xffffffff), item('\0\0\0\0\x01\0'), item('abcd'), SEQUENCE_END),
      in_(JPEG),
      ({ dataSet }) => dataSet.elements.get(0x7fe00010 as Tag)?.value,
      { kind: 'fragments', basicOffsets: [0], fragments: [{ start: 34, end: 38 }] },
    ],
  ],
  'encapsulated-in-native': [
    [
      encapsulated([], 'abcd'),
      LITTLE,
      ({ dataSet }) => dataSet.elements.get(0x7fe00010 as Tag)?.value.kind,
      'fragments',
    ],
  ],
  'native-in-encapsulated': [
    [
      explicit(0x7fe00010, 'OB', 'abcd'),
      in_(JPEG),
      ({ dataSet }) => dataSet.elements.get(0x7fe00010 as Tag)?.value.kind,
      'distant',
    ],
  ],

  'truncated-pixel-data': [
    [
      explicit(0x7fe00010, 'OW', 'abcd', 100),
      LITTLE,
      ({ dataSet }) => dataSet.elements.get(0x7fe00010 as Tag)?.value,
      { kind: 'distant', range: { start: 12, end: 16 } },
    ],
    [
      encapsulated([], 'abcd').subarray(0, -9),
      in_(JPEG),
      ({ dataSet }) => dataSet.elements.get(0x7fe00010 as Tag)?.value,
      { kind: 'fragments', basicOffsets: [], fragments: [{ start: 28, end: 31 }] },
    ],
    [
      encapsulated([], 'abcd').subarray(0, -8),
      in_(JPEG),
      ({ dataSet }) => dataSet.elements.get(0x7fe00010 as Tag)?.value,
      { kind: 'fragments', basicOffsets: [], fragments: [{ start: 28, end: 32 }] },
    ],
  ],
  'truncated-data-set': [
    [
      bytes(ct, explicit(0x00080070, 'LO', 'A', 10)),
      LITTLE,
      ({ dataSet }) => [...dataSet.elements.keys()],
      [0x00080060],
    ],
    [
      bytes(ct, explicit(0x7fe00010, 'OW', 'A', 10)),
      LITTLE,
      ({ dataSet }) => [...dataSet.elements.keys()],
      [0x00080060],
    ],
    [bytes(ct, [8, 0]), LITTLE, ({ dataSet }) => [...dataSet.elements.keys()], [0x00080060]],
    [
      bytes(explicit(0x0040a043, 'SQ', '', 0xffffffff), item(name, 0xffffffff)),
      LITTLE,
      (read) => string(first(read, 0x0040a043), 0x00080104),
      'name',
    ],
  ],
}

describe.each(Object.entries(CASES) as [LeniencyName, readonly Case[]][])('leniency %s', (leniency, cases) => {
  it('reads the object when it is on, and is recorded', () => {
    for (const [object, options, seen, expected] of cases) {
      const read = readWhole(object, { ...options, leniencies: { [leniency]: true } })
      expect(seen(read)).toEqual(expected)
      expect(read.leniencies).toContain(leniency)
    }
  })

  it('refuses it when it is off', () => {
    for (const [object, options] of cases)
      expect(() => readWhole(object, { ...options, leniencies: { [leniency]: false } })).toThrow(ArchiveError)
  })
})

describe('the table of leniencies', () => {
  it('says what each forgives', () => {
    for (const leniency of LENIENCY_NAMES) expect(LENIENCIES[leniency].forgives).toMatch(/^[A-Z(].*\.$/)
  })

  it('forgives no loss of bytes unless told', () => {
    expect(LENIENCY_NAMES.filter((leniency) => !DEFAULT_LENIENCIES[leniency])).toEqual([
      'unknown-transfer-syntax',
      'truncated-pixel-data',
      'truncated-data-set',
    ])
    expect(leniencies({ overrun: false })).toEqual({ ...DEFAULT_LENIENCIES, overrun: false })
  })

  it('needs none for what conforms', () => {
    const object = file(EXPLICIT_LITTLE.uid, bytes(ct, maker, openSequence(0x0040a043, openItem(name))))
    expect(readWhole(object, { ...FILE, leniencies: STRICT }).leniencies).toEqual([])
  })
})
