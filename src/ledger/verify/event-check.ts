/**
 * Is an event what its leaf commits to? Leaf, body and salts of one journal record against each other, with nothing else
 * at hand (docs/decisions/0003). Pure.
 */
import { fromHex } from '../../base/bytes.ts'
import { canonicalJson, type Json } from '../../base/canonical-json.ts'
import { bodyCommitment, SALT_LENGTH, subjectCommitment } from '../leaf.ts'
import type { LedgerEntry } from '../ledger.ts'
import { patientKey } from '../subject.ts'

type Members = { readonly [key: string]: Json | undefined }

/** What a leaf says that its reader goes on with; '' for what it does not say. */
export interface ReadLeaf {
  readonly n: number
  readonly type: string
  readonly ts: string
  readonly public: Members
}

export interface CheckedEvent {
  readonly leaf: ReadLeaf | undefined
  /** The body, when it is the one committed to. */
  readonly body: Members | undefined
  /** What does not agree. */
  readonly faults: readonly string[]
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Undefined when the text is no leaf. */
export function readLeaf(text: string): (ReadLeaf & { readonly members: Members }) | undefined {
  const members = membersOf(text)
  const { n, t, ts, x } = members ?? {}
  if (members === undefined || typeof n !== 'number' || typeof t !== 'string' || typeof ts !== 'string')
    return undefined
  return { n, type: t, ts, public: isMembers(x) ? x : {}, members }
}

export function checkEvent({ n, leaf: text, body: bodyText, salt, study, patient }: LedgerEntry): CheckedEvent {
  const faults: string[] = []
  const leaf = readLeaf(text)
  if (leaf === undefined) return { leaf: undefined, body: undefined, faults: ['its leaf cannot be read'] }
  const { members } = leaf
  if (!isCanonical(text, members)) faults.push('its leaf is not in canonical form')
  if (members['v'] !== 1) faults.push('its leaf is of an unknown version')
  if (leaf.n !== n) faults.push(`its leaf says it is leaf ${leaf.n}`)
  if (!TIMESTAMP.test(leaf.ts)) faults.push('its time is of another form')

  const committed = isSalt(salt) && bodyCommitment(bodyText, fromHex(salt)) === members['b']
  if (!committed) faults.push('its body is not the one its leaf commits to')
  for (const [name, what, subject] of [
    ['s', 'study', study],
    ['p', 'patient', patient],
  ] as const) {
    const known = subject && isSalt(subject.salt) ? subjectCommitment(subject.id, fromHex(subject.salt)) : undefined
    if (known !== members[name]) faults.push(`its ${what} is not the one its leaf commits to`)
  }
  if (!committed) return { leaf, body: undefined, faults }

  const body = membersOf(bodyText)
  if (body === undefined) return { leaf, body: undefined, faults: [...faults, 'its body cannot be read'] }
  const { userId } = isMembers(body['actor']) ? body['actor'] : {}
  const { idRef, issuer } = isMembers(body['patient']) ? body['patient'] : {}
  const named = typeof idRef === 'string' ? patientKey(typeof issuer === 'string' ? issuer : '', idRef) : undefined
  const agree: readonly [string, unknown, unknown][] = [
    ['type', body['type'], leaf.type],
    ['time', body['ts'], leaf.ts],
    ['actor', userId, members['a']],
    ['study', body['study'], study?.id],
    // Strings in a body are NFC, whatever the commitment is over.
    ['patient', named, patient?.id.normalize('NFC')],
  ]
  for (const [what, said, known] of agree) if (said !== known) faults.push(`body and leaf name another ${what}`)
  return { leaf, body, faults }
}

const isSalt = (hex: string): boolean => /^[0-9a-f]+$/.test(hex) && hex.length === SALT_LENGTH * 2

function isCanonical(text: string, members: Members): boolean {
  try {
    return canonicalJson(members) === text
  } catch {
    return false
  }
}

function membersOf(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isMembers(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
