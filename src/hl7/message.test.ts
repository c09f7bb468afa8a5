import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ArchiveError, asArchiveError } from '../base/errors.ts'
import { delimitersOf, escaped, type Message, parseMessage, USUAL, unescaped, writeMessage } from './message.ts'
import { readMessage } from './reading.ts'
import { headerOf, toldBy } from './told.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const latin = (hex: Uint8Array) => String.fromCharCode(...hex)
const MSH = 'MSH|^~\\&|HIS|HOSP|CLEARKEEP|HOSP|20260101120000||ADT^A08|1|P|2.5.1'

const code = (run: () => unknown): string => {
  try {
    run()
    return 'no error'
  } catch (thrown) {
    return (asArchiveError(thrown) as ArchiveError).code
  }
}

/** Text of a value, none of whose characters ends a segment or delimits. */
const value = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((text) => escaped(text.replaceAll('\u0085', ''), USUAL))
const field = fc.array(fc.array(fc.array(value, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 3,
})
const segment = fc.record({
  name: fc.constantFrom('PID', 'PV1', 'OBR', 'ZZ9'),
  fields: fc.array(field, { maxLength: 6 }),
})
const message = fc.array(segment, { maxLength: 5 }).map(
  (segments): Message => ({
    delimiters: USUAL,
    segments: [{ name: 'MSH', fields: [[[['|']]], [[['^~\\&']]], [[['HIS']]]] }, ...segments],
  }),
)

describe('an HL7 message', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(message, (written) => {
        const read = parseMessage(writeMessage(written))
        expect(writeMessage(read)).toBe(writeMessage(written))
        expect(read.segments.map(({ name }) => name)).toEqual(written.segments.map(({ name }) => name))
      }),
    )
  })

  it('holds any text, whatever delimiters are in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const written = escaped(text, USUAL)
        expect(written).not.toMatch(/[|^~&\r\n]/)
        expect(unescaped(written, USUAL, latin)).toBe(text)
      }),
    )
  })

  it('has the delimiters its MSH names, and refuses those that are none', () => {
    expect(delimitersOf('MSH|^~\\&|')).toEqual(USUAL)
    expect(delimitersOf('MSH#*@!%#HIS')).toMatchObject({ field: '#', component: '*', repetition: '@', escaping: '!' })
    expect(delimitersOf('MSH|^~\\&#|HIS')).toEqual(USUAL)
    for (const wrong of ['', 'PID|1', 'MSH', 'MSH|||', 'MSH|^^^^|', 'MSHA^~\\&A', 'MSH|^~\\&abc|'])
      expect(code(() => delimitersOf(wrong))).toBe('HL7_INVALID')
  })

  it('takes CR, LF and both for the end of a segment, and a byte order mark in front', () => {
    for (const end of ['\r', '\n', '\r\n', '\r\r\n'])
      expect(parseMessage(`\uFEFF${[MSH, 'PID|1', ''].join(end)}`).segments.map(({ name }) => name)).toEqual([
        'MSH',
        'PID',
      ])
  })

  it('undoes escape sequences, and leaves what nobody knows as it stands', () => {
    const meaning = (text: string) => unescaped(text, USUAL, latin)
    expect(meaning('a\\T\\b \\S\\ \\F\\ \\R\\ \\E\\')).toBe('a&b ^ | ~ \\')
    expect(meaning('one\\.br\\two')).toBe('one\ntwo')
    expect(meaning('\\H\\bold\\N\\')).toBe('bold')
    expect(meaning('M\\XFC\\ller')).toBe('Müller')
    expect(meaning('C:\\temp\\x')).toBe('C:\\temp\\x')
    expect(meaning('\\Zlocal\\ and \\')).toBe('\\Zlocal\\ and \\')
  })

  it('is read or refused, whatever bytes come', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.constant(MSH), fc.string({ unit: 'binary', maxLength: 200 }))
        .map(([head, tail]) => bytes(`${head}\r${tail}`)),
      fc
        .tuple(fc.nat(200), fc.nat(255))
        .map(([at, byte]) =>
          bytes(`${MSH}\rPID|1||4711^^^HOSP^PI||Doe^Jane\r`).map((old, index) => (index === at ? byte : old)),
        ),
    )
    fc.assert(
      fc.property(noise, (given) => {
        expect(['no error', 'HL7_INVALID', 'HL7_CONTENT', 'HL7_UNSUPPORTED']).toContain(
          code(() => toldBy(readMessage(given))),
        )
      }),
      { numRuns: 2000 },
    )
  })

  it('says who sent it, which one it is and when', () => {
    expect(headerOf(readMessage(bytes(MSH)))).toEqual({
      sender: 'HIS|HOSP',
      receiver: 'CLEARKEEP|HOSP',
      type: 'ADT^A08',
      controlId: '1',
      processingId: 'P',
      version: '2.5.1',
      at: Date.UTC(2026, 0, 1, 12) * 1000,
    })
  })
})

describe('the character set of a message', () => {
  const named = (set: string, name: Uint8Array) => {
    const head = bytes(`${MSH}||||||${set}\rPID|1||4711^^^HOSP^PI||`)
    const all = new Uint8Array(head.length + name.length)
    all.set(head)
    all.set(name, head.length)
    return toldBy(readMessage(all)).persons[0]?.name
  }
  const of = (...numbers: (number | string)[]) =>
    Uint8Array.from(numbers.flatMap((one) => (typeof one === 'number' ? [one] : [...bytes(one)])))

  it.each([
    ['8859/1', of('M', 0xfc, 'ller^J', 0xf6, 'rg'), 'Müller^Jörg'],
    ['8859/2', of('Dvo', 0xf8, 0xe1, 'k'), 'Dvořák'],
    ['8859/5', of(0xbb, 0xee, 0xda, 0xe1), 'Люкс'],
    ['8859/15', of('Fran', 0xe7, 'ois^', 0xa4), 'François^€'],
    ['UNICODE UTF-8', bytes('Müller^山田'), 'Müller^山田'],
    ['', bytes('Müller^山田'), 'Müller^山田'],
    ['', of('M', 0xfc, 'ller'), 'Müller'],
    ['ASCII~ISO IR87', of(0x1b, '$B;3ED', 0x1b, '(B^', 0x1b, '$BB@O:', 0x1b, '(B'), '山田^太郎'],
    ['GB 18030-2000', of(0xcd, 0xf5), '王'],
    ['KS X 1001', of(0x1b, '$)C', 0xb1, 0xe8), '김'],
    ['BIG-5', of(0xa4, 0xfd), '王'],
  ])('%s is read', (set, name, text) => {
    expect(named(set, name)).toBe(text)
  })

  it('is refused when nobody knows it here', () => {
    expect(code(() => named('EBCDIC', of('A')))).toBe('HL7_INVALID')
  })
})
