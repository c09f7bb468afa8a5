import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyPdu } from '../../../test/support/pdus.ts'
import { ArchiveError } from '../../base/errors.ts'
import { decodePdu, encodePdu, PDU_TYPE } from './pdu.ts'

const u8 = fc.integer({ min: 0, max: 255 })

describe('protocol data units (PS3.8 section 9.3)', () => {
  it('come back from bytes as they went in, whatever they hold', () => {
    fc.assert(
      fc.property(anyPdu, (pdu) => {
        const encoded = encodePdu(pdu)
        expect(encoded[0]).toBe(PDU_TYPE[pdu.type])
        expect(encoded.readUInt32BE(2)).toBe(encoded.length - 6)
        expect(decodePdu(PDU_TYPE[pdu.type], encoded.subarray(6))).toEqual(pdu)
      }),
      { numRuns: 300 },
    )
  })

  it('never decode into anything but a value or NET_PDU_INVALID', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.uint8Array({ maxLength: 300 }), (type, body) => {
        try {
          decodePdu(type, body)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ArchiveError)
          expect((thrown as ArchiveError).code).toBe('NET_PDU_INVALID')
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('never break on a PDU with a byte changed or its end cut off', () => {
    fc.assert(
      fc.property(anyPdu, fc.nat(), u8, fc.nat(), (pdu, where, value, cut) => {
        const body = encodePdu(pdu).subarray(6)
        body[where % body.length] = value
        try {
          decodePdu(PDU_TYPE[pdu.type], body.subarray(0, body.length - (cut % body.length)))
        } catch (thrown) {
          expect((thrown as ArchiveError).code).toBe('NET_PDU_INVALID')
        }
      }),
      { numRuns: 1000 },
    )
  })

  // Laid out by hand after PS3.8 Tables 9-11 to 9-16: an independent witness of the layout.
  const ECHO_RQ = Buffer.concat([
    Buffer.from('0100000000CD', 'hex'), // type 01, length 205
    Buffer.from('00010000', 'hex'), // protocol version 1
    Buffer.from('ANY-SCP         ECHOSCU         ', 'latin1'),
    Buffer.alloc(32),
    Buffer.from('10000015', 'hex'),
    Buffer.from('1.2.840.10008.3.1.1.1', 'latin1'),
    Buffer.from('2000002E', 'hex'),
    Buffer.from('01000000', 'hex'), // presentation context 1
    Buffer.from('30000011', 'hex'),
    Buffer.from('1.2.840.10008.1.1', 'latin1'),
    Buffer.from('40000011', 'hex'),
    Buffer.from('1.2.840.10008.1.2', 'latin1'),
    Buffer.from('5000003A', 'hex'),
    Buffer.from('5100000400004000', 'hex'), // maximum length 16384
    Buffer.from('5200001B', 'hex'),
    Buffer.from('1.2.276.0.7230010.3.0.3.6.7', 'latin1'),
    Buffer.from('5500000F', 'hex'),
    Buffer.from('OFFIS_DCMTK_367', 'latin1'),
  ])

  it('read an A-ASSOCIATE-RQ laid out by hand, and write it the same', () => {
    const pdu = decodePdu(1, ECHO_RQ.subarray(6))
    expect(pdu).toEqual({
      type: 'A-ASSOCIATE-RQ',
      protocolVersion: 1,
      calledAet: 'ANY-SCP',
      callingAet: 'ECHOSCU',
      applicationContext: '1.2.840.10008.3.1.1.1',
      contexts: [{ id: 1, abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] }],
      user: {
        maximumLength: 16384,
        implementationClassUid: '1.2.276.0.7230010.3.0.3.6.7',
        implementationVersion: 'OFFIS_DCMTK_367',
      },
    })
    expect(encodePdu(pdu)).toEqual(ECHO_RQ)
  })

  it('take UIDs that a device padded with a NUL', () => {
    const padded = Buffer.from(ECHO_RQ)
    padded.set(Buffer.from('1.2.840.10008.1.\0', 'latin1'), padded.indexOf('1.2.840.10008.1.1', 0, 'latin1'))
    expect(decodePdu(1, padded.subarray(6))).toMatchObject({ contexts: [{ abstractSyntax: '1.2.840.10008.1.' }] })
  })

  it('skip user information of a type that was registered after us (PS3.8 D.2)', () => {
    const unknown = Buffer.from('5F000002ABCD', 'hex')
    const longer = Buffer.concat([ECHO_RQ, unknown])
    longer.writeUInt16BE(0x3a + unknown.length, longer.indexOf('5000003A', 0, 'hex') + 2)
    expect(decodePdu(1, longer.subarray(6))).toEqual(decodePdu(1, ECHO_RQ.subarray(6)))
  })

  it.each([
    [
      'an even presentation context ID',
      (pdu: Buffer) => void pdu.writeUInt8(2, pdu.indexOf('01000000300000', 0, 'hex')),
      /not odd/,
    ],
    [
      'an item longer than what holds it',
      (pdu: Buffer) => void pdu.writeUInt16BE(0xffff, pdu.indexOf('30000011', 0, 'hex') + 2),
      /longer than what holds it/,
    ],
  ])('refuse %s', (_, spoil, why) => {
    const spoilt = Buffer.from(ECHO_RQ)
    spoil(spoilt)
    expect(() => decodePdu(1, spoilt.subarray(6))).toThrow(why)
  })

  it('refuse a request without presentation contexts, or with two under one ID', () => {
    const request = decodePdu(1, ECHO_RQ.subarray(6))
    if (request.type !== 'A-ASSOCIATE-RQ') throw new Error(request.type)
    const [context] = request.contexts
    if (context === undefined) throw new Error('no context')
    expect(() => decodePdu(1, encodePdu({ ...request, contexts: [] }).subarray(6))).toThrow(/no presentation context/)
    expect(() => decodePdu(1, encodePdu({ ...request, contexts: [context, context] }).subarray(6))).toThrow(/one ID/)
  })
})
