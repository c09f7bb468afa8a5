/**
 * An audit message as syslog carries it: the message of RFC 5424, the frame of RFC 5425 (TLS), the datagram of RFC 5426
 * (UDP). Pure. The MSGID and what goes into MSG are those of PS3.15 A.6 and IHE ITI-20.
 */
import type { Bytes } from '../../base/bytes.ts'
import type { AuditMessage } from '../audit/message.ts'
import { auditXml } from '../audit/xml.ts'

export interface SyslogOrigin {
  /** The machine’s name. */
  readonly host: string
  readonly process: number
  /** `DICOM+RFC3881` (PS3.15 A.6) or `IHE+RFC-3881`. */
  readonly messageId: string
}

/** RFC 5424 6.2.1: facility 10, security/authorization; severity 5 notice, 4 warning for what failed. */
const FACILITY = 10
const NOTICE = 5
const WARNING = 4
/** RFC 5424 7.3.1: sequenceId goes from 1 to this, and then begins anew. */
const LAST_SEQUENCE = 2 ** 31 - 1
const BYTE_ORDER_MARK = '\u{feff}'

const encoder = new TextEncoder()

/**
 * The message, UTF-8. `sequenceId` is the ledger number and one: a repository that is told a thing twice knows it by that.
 * Departure: RFC 5424 lets it begin with 1 at each start; ours goes on, for it must survive one.
 */
export function syslogMessage(message: AuditMessage, { host, process, messageId }: SyslogOrigin): Bytes {
  const priority = FACILITY * 8 + (message.outcome === 0 ? NOTICE : WARNING)
  const sequence = (message.n % LAST_SEQUENCE) + 1
  const head = `<${priority}>1 ${message.time} ${word(host, 255)} clearkeep ${process} ${word(messageId, 32)}`
  return encoder.encode(`${head} [meta sequenceId="${sequence}"] ${BYTE_ORDER_MARK}${auditXml(message)}`)
}

/** RFC 5424 6: PRINTUSASCII and no space; `-` for nothing. */
const word = (value: string, most: number): string => value.replace(/[^!-~]/g, '').slice(0, most) || '-'

/** RFC 5425 4.3: the length in octets, a space, the message. */
export const tlsFrame = (message: Bytes): readonly Bytes[] => [encoder.encode(`${message.length} `), message]

/** RFC 5426 3.2: a datagram holds no more than this over IPv4, less room for what tunnels add. */
export const MOST_DATAGRAM = 65_000

/** Cut, between characters, where a datagram ends: RFC 5426 knows no message in two. */
export function datagram(message: Bytes): { readonly bytes: Bytes; readonly cut: boolean } {
  if (message.length <= MOST_DATAGRAM) return { bytes: message, cut: false }
  let end = MOST_DATAGRAM
  while (end > 0 && ((message[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return { bytes: message.subarray(0, end), cut: true }
}
