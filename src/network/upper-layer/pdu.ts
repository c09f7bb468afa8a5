/**
 * The seven protocol data units of the DICOM upper layer (PS3.8 section 9.3): their shapes, to bytes and back.
 *
 * Pure: bytes in, values out. `pdu-reader.ts` cuts a connection's bytes into PDUs and streams P-DATA-TF; the sub-items
 * of user information are in `user-information.ts`. Reserved fields are written as zero and not tested when read, and
 * items of unknown type are skipped, as the standard asks of both.
 */
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { Cursor, item, itemText, u16 } from './items.ts'
import { decodeUserInformation, encodeUserInformation, type UserInformation } from './user-information.ts'

/** PDU types, PS3.8 section 9.3.1. */
export const PDU_TYPE = {
  'A-ASSOCIATE-RQ': 0x01,
  'A-ASSOCIATE-AC': 0x02,
  'A-ASSOCIATE-RJ': 0x03,
  'P-DATA-TF': 0x04,
  'A-RELEASE-RQ': 0x05,
  'A-RELEASE-RP': 0x06,
  'A-ABORT': 0x07,
} as const

/** PS3.7 Annex A: the only application context there is. */
export const DICOM_APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1'
/** PS3.8 section 9.3.2: bit 0 says version 1. */
export const PROTOCOL_VERSION = 1

/** PS3.8 section 9.3.2.2. */
export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number
  readonly abstractSyntax: string
  readonly transferSyntaxes: readonly string[]
}

/** PS3.8 section 9.3.3.2: 0 acceptance, 1 user-rejection, 2 no-reason, 3 abstract-syntax-not-supported, 4 transfer-syntaxes-not-supported. */
export type ContextResult = 0 | 1 | 2 | 3 | 4

export interface AnsweredContext {
  readonly id: number
  readonly result: ContextResult
  /** Significant only with result 0. */
  readonly transferSyntax: string
}

export interface AssociateRq {
  readonly type: 'A-ASSOCIATE-RQ'
  readonly protocolVersion: number
  /** At most 16 characters, as received but for spaces at the end; spaces at the start are not significant either. */
  readonly calledAet: string
  readonly callingAet: string
  readonly applicationContext: string
  readonly contexts: readonly ProposedContext[]
  readonly user: UserInformation
}

export interface AssociateAc {
  readonly type: 'A-ASSOCIATE-AC'
  readonly protocolVersion: number
  /** Both titles are sent back as received and not tested (PS3.8 Table 9-17). */
  readonly calledAet: string
  readonly callingAet: string
  readonly applicationContext: string
  readonly contexts: readonly AnsweredContext[]
  readonly user: UserInformation
}

export interface AssociateRj {
  readonly type: 'A-ASSOCIATE-RJ'
  /** 1 rejected-permanent, 2 rejected-transient. */
  readonly result: number
  readonly source: number
  readonly reason: number
}

export interface ReleaseRq {
  readonly type: 'A-RELEASE-RQ'
}

export interface ReleaseRp {
  readonly type: 'A-RELEASE-RP'
}

export interface Abort {
  readonly type: 'A-ABORT'
  /** 0 service-user, 2 service-provider. */
  readonly source: number
  readonly reason: number
}

/** Every PDU but P-DATA-TF, which is never held whole. */
export type ControlPdu = AssociateRq | AssociateAc | AssociateRj | ReleaseRq | ReleaseRp | Abort

/** PS3.8 Table 9-26, reasons of an abort by the service provider. */
export const ABORT_REASON = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unrecognizedPduParameter: 4,
  unexpectedPduParameter: 5,
  invalidPduParameterValue: 6,
} as const

// --- items of A-ASSOCIATE-RQ and -AC (PS3.8 sections 9.3.2.1 to 9.3.3.3) --------------

const APPLICATION_CONTEXT = 0x10
const PROPOSED_CONTEXT = 0x20
const ANSWERED_CONTEXT = 0x21
const ABSTRACT_SYNTAX = 0x30
const TRANSFER_SYNTAX = 0x40
const USER_INFORMATION = 0x50

const AE_TITLE = 16 // bytes
const RESERVED_AFTER_TITLES = 32 // bytes

/** One control PDU as bytes, header included, ready for one write. */
export function encodePdu(pdu: ControlPdu): Buffer {
  const body = Buffer.concat(bodyOf(pdu))
  const header = Buffer.alloc(6)
  header[0] = PDU_TYPE[pdu.type]
  header.writeUInt32BE(body.length, 2)
  return Buffer.concat([header, body])
}

function bodyOf(pdu: ControlPdu): Bytes[] {
  switch (pdu.type) {
    case 'A-ASSOCIATE-RQ':
      return associate(pdu, pdu.contexts.map(proposed))
    case 'A-ASSOCIATE-AC':
      return associate(pdu, pdu.contexts.map(answered))
    case 'A-ASSOCIATE-RJ':
      return [Buffer.from([0, pdu.result, pdu.source, pdu.reason])]
    case 'A-RELEASE-RQ':
    case 'A-RELEASE-RP':
      return [Buffer.alloc(4)]
    case 'A-ABORT':
      return [Buffer.from([0, 0, pdu.source, pdu.reason])]
  }
}

function associate(pdu: AssociateRq | AssociateAc, contexts: readonly Bytes[]): Bytes[] {
  return [
    u16(pdu.protocolVersion),
    u16(0),
    aeTitle(pdu.calledAet),
    aeTitle(pdu.callingAet),
    Buffer.alloc(RESERVED_AFTER_TITLES),
    itemText(APPLICATION_CONTEXT, pdu.applicationContext),
    ...contexts,
    item(USER_INFORMATION, encodeUserInformation(pdu.user, pdu.type)),
  ]
}

const aeTitle = (title: string): Buffer => Buffer.from(title.slice(0, AE_TITLE).padEnd(AE_TITLE, ' '), 'latin1')

const proposed = (context: ProposedContext): Bytes =>
  item(PROPOSED_CONTEXT, [
    Buffer.from([context.id, 0, 0, 0]),
    itemText(ABSTRACT_SYNTAX, context.abstractSyntax),
    ...context.transferSyntaxes.map((syntax) => itemText(TRANSFER_SYNTAX, syntax)),
  ])

const answered = (context: AnsweredContext): Bytes =>
  item(ANSWERED_CONTEXT, [
    Buffer.from([context.id, 0, context.result, 0]),
    itemText(TRANSFER_SYNTAX, context.transferSyntax),
  ])

/**
 * The value of a control PDU.
 *
 * @param body  everything behind the 6-byte PDU header
 * @throws {ArchiveError} `NET_PDU_INVALID`
 */
export function decodePdu(type: number, body: Bytes): ControlPdu {
  const cursor = new Cursor(body)
  switch (type) {
    case PDU_TYPE['A-ASSOCIATE-RQ']:
      return decodeRq(cursor)
    case PDU_TYPE['A-ASSOCIATE-AC']:
      return decodeAc(cursor)
    case PDU_TYPE['A-ASSOCIATE-RJ']:
      cursor.skip(1)
      return { type: 'A-ASSOCIATE-RJ', result: cursor.u8(), source: cursor.u8(), reason: cursor.u8() }
    case PDU_TYPE['A-RELEASE-RQ']:
      return { type: 'A-RELEASE-RQ' }
    case PDU_TYPE['A-RELEASE-RP']:
      return { type: 'A-RELEASE-RP' }
    case PDU_TYPE['A-ABORT']:
      cursor.skip(2)
      return { type: 'A-ABORT', source: cursor.u8(), reason: cursor.u8() }
    default:
      throw new ArchiveError('NET_PDU_INVALID', { why: `there is no PDU type ${type}` })
  }
}

function decodeRq(cursor: Cursor): AssociateRq {
  const head = decodeHead(cursor)
  const contexts: ProposedContext[] = []
  const ids = new Set<number>()
  let user: UserInformation = {}
  let applicationContext = ''
  for (const { type, value } of cursor.items())
    if (type === APPLICATION_CONTEXT) applicationContext = value.uid()
    else if (type === PROPOSED_CONTEXT) {
      // Told before the next is read: IDs are odd and of one byte, so no request makes us keep more than 128.
      const context = decodeProposed(value)
      if (ids.has(context.id)) throw invalid('it proposes two presentation contexts under one ID')
      ids.add(context.id)
      contexts.push(context)
    } else if (type === USER_INFORMATION) user = decodeUserInformation(value, 'A-ASSOCIATE-RQ')
  if (contexts.length === 0) throw invalid('it proposes no presentation context')
  return { type: 'A-ASSOCIATE-RQ', ...head, applicationContext, contexts, user }
}

function decodeAc(cursor: Cursor): AssociateAc {
  const head = decodeHead(cursor)
  const contexts: AnsweredContext[] = []
  let user: UserInformation = {}
  let applicationContext = ''
  for (const { type, value } of cursor.items())
    if (type === APPLICATION_CONTEXT) applicationContext = value.uid()
    else if (type === ANSWERED_CONTEXT) contexts.push(decodeAnswered(value))
    else if (type === USER_INFORMATION) user = decodeUserInformation(value, 'A-ASSOCIATE-AC')
  return { type: 'A-ASSOCIATE-AC', ...head, applicationContext, contexts, user }
}

function decodeHead(cursor: Cursor): Pick<AssociateRq, 'protocolVersion' | 'calledAet' | 'callingAet'> {
  const protocolVersion = cursor.u16()
  cursor.skip(2)
  const calledAet = cursor.text(AE_TITLE).replace(/[ \0]+$/, '')
  const callingAet = cursor.text(AE_TITLE).replace(/[ \0]+$/, '')
  cursor.skip(RESERVED_AFTER_TITLES)
  return { protocolVersion, calledAet, callingAet }
}

function decodeProposed(cursor: Cursor): ProposedContext {
  const id = cursor.u8()
  if (id % 2 === 0) throw invalid(`presentation context ID ${id} is not odd`)
  cursor.skip(3)
  let abstractSyntax = ''
  const transferSyntaxes: string[] = []
  for (const { type, value } of cursor.items())
    if (type === ABSTRACT_SYNTAX) abstractSyntax = value.uid()
    else if (type === TRANSFER_SYNTAX) transferSyntaxes.push(value.uid())
  if (abstractSyntax === '') throw invalid(`presentation context ${id} has no abstract syntax`)
  return { id, abstractSyntax, transferSyntaxes }
}

function decodeAnswered(cursor: Cursor): AnsweredContext {
  const id = cursor.u8()
  cursor.skip(1)
  const result = cursor.u8()
  if (result > 4) throw invalid(`presentation context ${id} is answered with result ${result}`)
  cursor.skip(1)
  let transferSyntax = ''
  for (const { type, value } of cursor.items()) if (type === TRANSFER_SYNTAX) transferSyntax = value.uid()
  return { id, result: result as ContextResult, transferSyntax }
}

const invalid = (why: string): ArchiveError => new ArchiveError('NET_PDU_INVALID', { why })

// --- words for people ------------------------------------------------------------------

const REJECTIONS: Readonly<Record<string, string>> = {
  // PS3.8 Table 9-21: source and reason
  '1 1': 'no reason given',
  '1 2': 'the application context name is not supported',
  '1 3': 'the calling AE title is not recognized',
  '1 7': 'the called AE title is not recognized',
  '2 1': 'no reason given',
  '2 2': 'the protocol version is not supported',
  '3 1': 'temporary congestion',
  '3 2': 'a local limit is exceeded',
}

/** A rejection in words, e.g. `the called AE title is not recognized (rejected-permanent)`. */
export function rejectionInWords(rj: Pick<AssociateRj, 'result' | 'source' | 'reason'>): string {
  const words = REJECTIONS[`${rj.source} ${rj.reason}`] ?? `source ${rj.source}, reason ${rj.reason}`
  return `${words} (${rj.result === 2 ? 'rejected-transient' : 'rejected-permanent'})`
}

const ABORTS: Readonly<Record<number, string>> = {
  0: 'reason not specified',
  1: 'unrecognized PDU',
  2: 'unexpected PDU',
  4: 'unrecognized PDU parameter',
  5: 'unexpected PDU parameter',
  6: 'invalid PDU parameter value',
}

/** An abort in words (PS3.8 Table 9-26); an abort by the service user gives no reason. */
export function abortInWords(abort: Pick<Abort, 'source' | 'reason'>): string {
  if (abort.source === 0) return 'aborted by its user'
  return ABORTS[abort.reason] ?? `source ${abort.source}, reason ${abort.reason}`
}
