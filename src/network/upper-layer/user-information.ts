/**
 * User information of A-ASSOCIATE-RQ and -AC: the sub-items of PS3.8 Annex D.1 and PS3.7 Annex D.3.3.
 *
 * All that are registered are read and written; others are skipped (PS3.8 Annex D.2). User identities hold secrets:
 * nothing here or above prints their fields.
 */
import type { Bytes } from '../../base/bytes.ts'
import { type Cursor, counted, item, itemText, u16, u32 } from './items.ts'

/** PS3.7 D.3.3.3; 0 means no limit. */
export interface AsynchronousOperations {
  readonly invoked: number
  readonly performed: number
}

/** PS3.7 D.3.3.4. */
export interface RoleSelection {
  readonly sopClass: string
  readonly scu: boolean
  readonly scp: boolean
}

/** PS3.7 D.3.3.5: the information's meaning is the service class's. */
export interface ExtendedNegotiation {
  readonly sopClass: string
  readonly information: Bytes
}

/** PS3.7 D.3.3.6, in requests only: what a SOP class the peer may not know is made of. */
export interface CommonExtendedNegotiation {
  readonly sopClass: string
  readonly serviceClass: string
  readonly relatedGeneralSopClasses: readonly string[]
}

/** PS3.7 D.3.3.7, in requests: 1 username, 2 username and passcode, 3 Kerberos, 4 SAML, 5 JWT. */
export interface UserIdentity {
  readonly type: number
  readonly responseRequested: boolean
  readonly primary: Bytes
  /** Empty but for type 2. */
  readonly secondary: Bytes
}

export interface UserInformation {
  /** PS3.8 D.1: longest P-DATA-TF the sender of this takes, in bytes without the PDU header; 0 means no limit. */
  readonly maximumLength?: number
  readonly implementationClassUid?: string
  readonly implementationVersion?: string
  readonly asynchronousOperations?: AsynchronousOperations
  readonly roles?: readonly RoleSelection[]
  readonly extended?: readonly ExtendedNegotiation[]
  readonly commonExtended?: readonly CommonExtendedNegotiation[]
  readonly identity?: UserIdentity
  /** In answers only: the server response of a user identity that asked for one. */
  readonly identityResponse?: Bytes
}

const MAXIMUM_LENGTH = 0x51
const IMPLEMENTATION_CLASS_UID = 0x52
const ASYNCHRONOUS_OPERATIONS = 0x53
const ROLE_SELECTION = 0x54
const IMPLEMENTATION_VERSION = 0x55
const EXTENDED = 0x56
const COMMON_EXTENDED = 0x57
const IDENTITY = 0x58
const IDENTITY_RESPONSE = 0x59

/** PS3.7 Table D.3-12: the sub-item's second byte, elsewhere reserved, is its version here. */
const COMMON_EXTENDED_VERSION = 0

type In = 'A-ASSOCIATE-RQ' | 'A-ASSOCIATE-AC'

export function encodeUserInformation(user: UserInformation, within: In): Bytes[] {
  const parts: Bytes[] = []
  if (user.maximumLength !== undefined) parts.push(item(MAXIMUM_LENGTH, [u32(user.maximumLength)]))
  if (user.implementationClassUid !== undefined)
    parts.push(itemText(IMPLEMENTATION_CLASS_UID, user.implementationClassUid))
  if (user.asynchronousOperations !== undefined) {
    const { invoked, performed } = user.asynchronousOperations
    parts.push(item(ASYNCHRONOUS_OPERATIONS, [u16(invoked), u16(performed)]))
  }
  for (const { sopClass, scu, scp } of user.roles ?? [])
    parts.push(item(ROLE_SELECTION, [counted(sopClass), Buffer.from([scu ? 1 : 0, scp ? 1 : 0])]))
  if (user.implementationVersion !== undefined)
    parts.push(itemText(IMPLEMENTATION_VERSION, user.implementationVersion.slice(0, 16)))
  for (const { sopClass, information } of user.extended ?? [])
    parts.push(item(EXTENDED, [counted(sopClass), information]))
  if (within === 'A-ASSOCIATE-AC') {
    if (user.identityResponse !== undefined) parts.push(item(IDENTITY_RESPONSE, [counted(user.identityResponse)]))
    return parts
  }
  for (const common of user.commonExtended ?? []) parts.push(encodeCommonExtended(common))
  if (user.identity !== undefined) {
    const { type, responseRequested, primary, secondary } = user.identity
    const head = Buffer.from([type, responseRequested ? 1 : 0])
    parts.push(item(IDENTITY, [head, counted(primary), counted(secondary)]))
  }
  return parts
}

function encodeCommonExtended(common: CommonExtendedNegotiation): Bytes {
  const related = Buffer.concat(common.relatedGeneralSopClasses.map(counted))
  const encoded = item(COMMON_EXTENDED, [counted(common.sopClass), counted(common.serviceClass), counted(related)])
  encoded[1] = COMMON_EXTENDED_VERSION
  return encoded
}

/** @throws {ArchiveError} `NET_PDU_INVALID` */
export function decodeUserInformation(cursor: Cursor, within: In): UserInformation {
  const user: { -readonly [K in keyof UserInformation]: UserInformation[K] } = {}
  const roles: RoleSelection[] = []
  const extended: ExtendedNegotiation[] = []
  const commonExtended: CommonExtendedNegotiation[] = []
  for (const { type, value } of cursor.items())
    switch (type) {
      case MAXIMUM_LENGTH:
        user.maximumLength = value.u32()
        break
      case IMPLEMENTATION_CLASS_UID:
        user.implementationClassUid = value.uid()
        break
      case IMPLEMENTATION_VERSION:
        user.implementationVersion = value.text(value.left).replace(/[ \0]+$/, '')
        break
      case ASYNCHRONOUS_OPERATIONS:
        user.asynchronousOperations = { invoked: value.u16(), performed: value.u16() }
        break
      case ROLE_SELECTION:
        roles.push({ sopClass: uid(value), scu: value.u8() === 1, scp: value.u8() === 1 })
        break
      case EXTENDED:
        extended.push({ sopClass: uid(value), information: value.bytes(value.left) })
        break
      case COMMON_EXTENDED:
        if (within === 'A-ASSOCIATE-RQ') commonExtended.push(decodeCommonExtended(value))
        break
      case IDENTITY:
        if (within === 'A-ASSOCIATE-RQ') user.identity = decodeIdentity(value)
        break
      case IDENTITY_RESPONSE:
        if (within === 'A-ASSOCIATE-AC') user.identityResponse = value.bytes(value.u16())
        break
    }
  if (roles.length > 0) user.roles = roles
  if (extended.length > 0) user.extended = extended
  if (commonExtended.length > 0) user.commonExtended = commonExtended
  return user
}

const uid = (cursor: Cursor): string => cursor.text(cursor.u16()).replace(/[ \0]+$/, '')

function decodeCommonExtended(cursor: Cursor): CommonExtendedNegotiation {
  const sopClass = uid(cursor)
  const serviceClass = uid(cursor)
  const relatedGeneralSopClasses: string[] = []
  let left = cursor.u16()
  while (left > 0) {
    const before = cursor.left
    relatedGeneralSopClasses.push(uid(cursor))
    left -= before - cursor.left
  }
  return { sopClass, serviceClass, relatedGeneralSopClasses }
}

function decodeIdentity(cursor: Cursor): UserIdentity {
  const type = cursor.u8()
  const responseRequested = cursor.u8() === 1
  const primary = cursor.bytes(cursor.u16())
  return { type, responseRequested, primary, secondary: cursor.bytes(cursor.u16()) }
}
