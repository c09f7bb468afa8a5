import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../../base/errors.ts'
import { type CommandSet, commandName, decodeCommandSet, encodeCommandSet, errorComment } from './commands.ts'

const u16 = fc.integer({ min: 0, max: 0xffff })
const uidText = fc.array(fc.nat({ max: 9999 }), { minLength: 2, maxLength: 10 }).map((parts) => parts.join('.'))
const text = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const command: fc.Arbitrary<CommandSet> = fc
  .record({
    commandField: u16,
    affectedSopClassUid: optional(uidText),
    messageId: optional(u16),
    messageIdBeingRespondedTo: optional(u16),
    moveDestination: optional(text),
    priority: optional(u16),
    commandDataSetType: optional(u16),
    status: optional(u16),
    offendingElements: optional(fc.array(fc.nat({ max: 0xffffffff }), { minLength: 1, maxLength: 4 })),
    errorComment: optional(text),
    affectedSopInstanceUid: optional(uidText),
    numberOfRemainingSuboperations: optional(u16),
    moveOriginatorAet: optional(text),
  })
  .map((set) => Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)) as CommandSet)

describe('command sets (PS3.7 section 6.3.1 and Annex E)', () => {
  it('come back from bytes as they went in', () => {
    fc.assert(fc.property(command, (set) => void expect(decodeCommandSet(encodeCommandSet(set))).toEqual(set)))
  })

  it('have even length, a right group length and elements in ascending order', () => {
    fc.assert(
      fc.property(command, (set) => {
        const bytes = encodeCommandSet(set)
        expect(bytes.length % 2).toBe(0)
        expect(bytes.readUInt32LE(8)).toBe(bytes.length - 12)
        let before = -1
        for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32LE(at + 4)) {
          expect(bytes.readUInt16LE(at + 2)).toBeGreaterThan(before)
          before = bytes.readUInt16LE(at + 2)
        }
      }),
    )
  })

  it('are Implicit VR Little Endian, UIDs padded with NUL and text with a space', () => {
    const bytes = encodeCommandSet({ affectedSopClassUid: '1.2.3', commandField: 0x8001, errorComment: 'odd' })
    expect(bytes.toString('hex')).toBe(
      '0000000004000000 24000000 0000020006000000 312e322e3300 0000000102000000 0180 0000020904000000 6f646420'.replaceAll(
        ' ',
        '',
      ),
    )
  })

  it('may leave room in front, for the headers of the PDU they go out in', () => {
    const plain = encodeCommandSet({ commandField: 0x8030 })
    expect(encodeCommandSet({ commandField: 0x8030 }, 12).subarray(12)).toEqual(plain)
  })

  it('end where another group begins, as DCMTK writes the failed instances of a C-GET', () => {
    const set: CommandSet = { commandField: 0x8010, status: 0xb000, numberOfFailedSuboperations: 1 }
    const behind = Buffer.from('0800580004000000312e3200', 'hex')
    expect(decodeCommandSet(Buffer.concat([encodeCommandSet(set), behind]))).toEqual(set)
  })

  it.each([
    ['an element of another group', '0800000004000000AAAAAAAA', /group 0008H/],
    ['a value that passes the end', '0000000102000100AAAA', /ends within a value/],
    ['half an element', '00000001', /ends within an element/],
    ['no command field', '', /no command field/],
  ])('are refused when they hold %s', (_, hex, why) => {
    expect(() => decodeCommandSet(Buffer.from(hex, 'hex'))).toThrow(why)
  })

  it('give NET_PDU_INVALID, or a value, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeCommandSet(bytes)
        } catch (thrown) {
          expect((thrown as ArchiveError).code).toBe('NET_PDU_INVALID')
          expect(thrown).toBeInstanceOf(ArchiveError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('command names', () => {
  it('are the standard’s, for requests and responses', () => {
    expect(commandName(0x0001)).toBe('C-STORE-RQ')
    expect(commandName(0x8001)).toBe('C-STORE-RSP')
    expect(commandName(0x0fff)).toBe('C-CANCEL-RQ')
    expect(commandName(0x7777)).toBe('command 7777H')
  })
})

describe('error comments (PS3.7 Annex C: LO)', () => {
  it('have at most 64 characters of the default repertoire and no backslash, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (words) => {
        const comment = errorComment(words)
        expect(comment.length).toBeLessThanOrEqual(64)
        expect(comment).toMatch(/^[\x20-\x5b\x5d-\x7e]*$/)
      }),
    )
  })

  it('say when they were cut', () => {
    expect(errorComment('x'.repeat(65))).toBe(`${'x'.repeat(61)}...`)
    expect(errorComment('x'.repeat(64))).toBe('x'.repeat(64))
  })
})
