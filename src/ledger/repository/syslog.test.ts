import { describe, expect, it } from 'vitest'
import { AUDITED, SOURCE } from '../../../test/support/audit-events.ts'
import { takenApart } from '../../../test/support/syslog-receiver.ts'
import { type AuditMessage, auditMessage } from '../audit/message.ts'
import { auditXml } from '../audit/xml.ts'
import { datagram, MOST_DATAGRAM, syslogMessage, tlsFrame } from './syslog.ts'

const ORIGIN = { host: 'archive.example.org', process: 17, messageId: 'DICOM+RFC3881' }
const messages = AUDITED.map((event) => auditMessage(event, SOURCE))
const textOf = (message: AuditMessage, origin = ORIGIN) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(syslogMessage(message, origin))

describe('syslog messages (RFC 5424)', () => {
  it('says facility, severity, time, machine, MSGID and ledger number in front of the XML', () => {
    for (const message of messages) {
      const text = textOf(message)
      expect(takenApart(text)).toEqual({
        priority: message.outcome === 0 ? 85 : 84,
        messageId: 'DICOM+RFC3881',
        sequence: message.n + 1,
        xml: auditXml(message),
      })
      expect(text).toContain(`1 ${message.time} archive.example.org clearkeep 17 `)
      expect(text).not.toMatch(/[\r\n]/)
    }
  })

  it('begins its numbers anew where RFC 5424 7.3.1 ends them', () => {
    const [message] = messages
    if (message === undefined) throw new Error('no sample')
    expect(takenApart(textOf({ ...message, n: 2 ** 31 - 2 })).sequence).toBe(2 ** 31 - 1)
    expect(takenApart(textOf({ ...message, n: 2 ** 31 - 1 })).sequence).toBe(1)
  })

  it('leaves out of the head what may not stand there', () => {
    const [message] = messages
    if (message === undefined) throw new Error('no sample')
    expect(textOf(message, { ...ORIGIN, host: 'a b\nc' })).toContain(' abc clearkeep ')
    expect(textOf(message, { ...ORIGIN, host: '病院' })).toContain('Z - clearkeep ')
  })
})

describe('frames and datagrams (RFC 5425, RFC 5426)', () => {
  it('counts octets, not characters', () => {
    const message = new TextEncoder().encode('Müller')
    expect(Buffer.concat(tlsFrame(message)).toString()).toBe('7 Müller')
  })

  it('cuts what no datagram holds, between characters', () => {
    const short = new TextEncoder().encode('ü')
    expect(datagram(short)).toEqual({ bytes: short, cut: false })
    const long = new TextEncoder().encode(`x${'ü'.repeat(MOST_DATAGRAM)}`)
    const { bytes, cut } = datagram(long)
    expect(cut).toBe(true)
    expect(bytes.length).toBeLessThanOrEqual(MOST_DATAGRAM)
    expect(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toMatch(/^xü+$/)
  })
})
