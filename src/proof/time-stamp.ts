/**
 * RFC 3161: what a time-stamping authority is asked, and what its answer says. Reads as much DER (X.690) as these two need.
 *
 * Whose answer it is, is not looked at here: that takes the authority's certificates, and `openssl ts -verify` does it.
 */
import type { Bytes } from '../base/bytes.ts'
import { concat, equalBytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'

/** What a time stamp says. */
export interface TimeStamp {
  /** SHA-256 of what was stamped. */
  readonly digest: Bytes
  readonly nonce: Bytes | undefined
  /** ISO 8601, UTC. */
  readonly time: string
}

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  context0: 0xa0,
} as const

/** OIDs in DER: SHA-256; signed data (RFC 5652, 5.1); TSTInfo (RFC 3161, 2.4.2). */
const SHA256 = Uint8Array.of(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01)
const SIGNED_DATA = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02)
const TST_INFO = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04)

/** TimeStampReq (2.4.1) that asks for the certificate too, so that the answer can be checked in forty years. */
export function timeStampRequest(digest: Bytes, nonce: Bytes): Uint8Array<ArrayBuffer> {
  const algorithm = encoded(TAG.sequence, encoded(TAG.oid, SHA256), Uint8Array.of(0x05, 0x00))
  return encoded(
    TAG.sequence,
    encoded(TAG.integer, Uint8Array.of(1)),
    encoded(TAG.sequence, algorithm, encoded(TAG.octets, digest)),
    encoded(TAG.integer, positive(nonce)),
    encoded(TAG.boolean, Uint8Array.of(0xff)),
  )
}

/**
 * What a TimeStampResp (2.4.2) says.
 *
 * @throws {ArchiveError} `PROOF_INVALID` when it is none, or says no
 */
export function readTimeStamp(response: Bytes): TimeStamp {
  const [info, token] = children(expect(elementAt(response, 0), TAG.sequence))
  const [status] = children(expect(info, TAG.sequence))
  const granted = status?.tag === TAG.integer && status.body.length === 1 && (status.body[0] ?? 2) <= 1
  if (!granted) throw invalid('the authority did not grant it')
  const [type, content] = children(expect(token, TAG.sequence))
  if (!isOid(type, SIGNED_DATA)) throw invalid('it holds no signed data')
  const [signedData] = children(expect(content, TAG.context0))
  const [, , encapsulated] = children(expect(signedData, TAG.sequence))
  const [kind, wrapped] = children(expect(encapsulated, TAG.sequence))
  if (!isOid(kind, TST_INFO)) throw invalid('what is signed is no time stamp')
  const [octets] = children(expect(wrapped, TAG.context0))
  const fields = children(expect(elementAt(expect(octets, TAG.octets).body, 0), TAG.sequence))

  // version, policy, messageImprint, serialNumber, genTime, then optional ones of which the nonce is the only INTEGER.
  const [algorithm, digest] = children(expect(fields[2], TAG.sequence))
  if (!isOid(children(expect(algorithm, TAG.sequence))[0], SHA256)) throw invalid('it is not of a SHA-256')
  const time = isoTime(new TextDecoder().decode(expect(fields[4], TAG.time).body))
  const nonce = fields.slice(5).find(({ tag }) => tag === TAG.integer)?.body
  return { digest: expect(digest, TAG.octets).body, nonce, time }
}

/** Is this the nonce that was sent? DER writes it as a positive INTEGER. */
export const sameNonce = (answered: Bytes | undefined, sent: Bytes): boolean =>
  answered !== undefined && equalBytes(answered, positive(sent))

const invalid = (why: string) => new ArchiveError('PROOF_INVALID', { what: 'time stamp', why })

// --- DER

interface Element {
  readonly tag: number
  readonly body: Bytes
  readonly end: number
}

function elementAt(bytes: Bytes, at: number): Element {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) throw invalid('it ends early')
  const more = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || more > 4) throw invalid('a length of it is not one')
  let length = more === 0 ? first : 0
  for (let each = 0; each < more; each += 1) length = length * 256 + (bytes[at + 2 + each] ?? 0)
  const start = at + 2 + more
  if (start + length > bytes.length) throw invalid('it ends early')
  return { tag, body: bytes.subarray(start, start + length), end: start + length }
}

function children({ body }: Element): readonly Element[] {
  const found: Element[] = []
  for (let at = 0; at < body.length; ) {
    const one = elementAt(body, at)
    found.push(one)
    at = one.end
  }
  return found
}

function expect(one: Element | undefined, tag: number): Element {
  if (one?.tag !== tag) throw invalid('it is not built as RFC 3161 says')
  return one
}

const isOid = (one: Element | undefined, oid: Bytes): boolean => one?.tag === TAG.oid && equalBytes(one.body, oid)

function encoded(tag: number, ...parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const body = concat(parts)
  // All we write is short.
  if (body.length > 0x7f) throw invalid('it is too long')
  return concat([Uint8Array.of(tag, body.length), body])
}

/** As a positive INTEGER: no leading zeros, and one where the first bit would be a sign. */
function positive(number: Bytes): Bytes {
  let start = 0
  while (start < number.length - 1 && number[start] === 0) start += 1
  const bytes = number.subarray(start)
  return (bytes[0] ?? 0) >= 0x80 ? concat([Uint8Array.of(0), bytes]) : bytes
}

function isoTime(text: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text)
  if (parts === null) throw invalid('its time is not one')
  const [, year, month, day, hour, minute, second, fraction = ''] = parts
  const ms = `${fraction.slice(1)}000`.slice(0, 3)
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`
  if (Number.isNaN(Date.parse(iso))) throw invalid('its time is not one')
  return iso
}
