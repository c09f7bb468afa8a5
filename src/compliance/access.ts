/**
 * May this principal do this? One table, asked by every door for every act.
 */
import type { Principal, Role } from '../base/context.ts'

export type Act =
  | 'store' // C-STORE, STOW-RS, import
  | 'find' // QIDO-RS, worklist
  | 'read' // WADO-RS, frames, metadata, viewer
  | 'original' // the received bytes, versions
  | 'echo'
  | 'conflicts.see'
  | 'associations.see'
  | 'devices.manage' // allow callers
  | 'accounts.manage'
  | 'tokens.own' // one's own API tokens
  | 'proof.see' // proofs of leaves, which name nobody
  | 'audit.see' // who did what to whom
  | 'status.see'
  | 'storage.see' // what the vault holds
  | 'reject' // take instances out of sight, and bring them back
  | 'rejected.see' // what is out of sight
  | 'disposition.see' // what was proposed for destruction, and what became of it
  | 'disposition.propose'
  | 'disposition.approve.first'
  | 'disposition.approve.second'
  | 'disposition.end' // call it off
  | 'hold.see' // legal holds
  | 'hold.place' // place one, and ask for a release
  | 'hold.release' // the second of the two a release needs
  | 'evidence' // evidence packs: originals, acts and proofs, out of the house
  | 'retention.see' // what is due when, over all studies
  | 'seal' // move studies into the vault now
  | 'fixity' // read what is kept again, now

export interface AccessFacts {
  /** True when the act concerns the principal's own account. */
  readonly own?: boolean
  /** The title of the rejection note; without one, any. */
  readonly rejection?: RejectionTitle
  /** True for a device whose rejection notes are taken. */
  readonly trusted?: boolean
}

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly because: string }

const ALL: readonly Role[] = [
  'administrator',
  'radiologist',
  'clinician',
  'technologist',
  'records',
  'privacy',
  'student',
  'service',
]
const CLINICAL: readonly Role[] = [
  'administrator',
  'radiologist',
  'clinician',
  'technologist',
  'records',
  'privacy',
  'service',
]

/** Rows are acts, cells the roles that may. */
export const ACCESS: Readonly<Record<Act, readonly Role[]>> = {
  store: ['administrator', 'technologist', 'radiologist', 'records', 'service'],
  find: CLINICAL,
  read: CLINICAL,
  original: CLINICAL,
  echo: ALL,
  'conflicts.see': ['administrator', 'technologist', 'records', 'privacy'],
  'associations.see': ['administrator', 'technologist', 'records'],
  'devices.manage': ['administrator'],
  'accounts.manage': ['administrator'],
  'tokens.own': ALL,
  'proof.see': CLINICAL,
  'audit.see': ['privacy'],
  'status.see': ALL,
  'storage.see': ['administrator', 'records'],
  reject: ['administrator', 'radiologist', 'technologist', 'records'],
  'rejected.see': ['administrator', 'radiologist', 'technologist', 'records', 'privacy'],
  'disposition.see': ['administrator', 'records', 'privacy'],
  'disposition.propose': ['records'],
  'disposition.approve.first': ['records'],
  'disposition.approve.second': ['privacy'],
  'disposition.end': ['records', 'privacy'],
  'hold.see': ['administrator', 'records', 'privacy'],
  'hold.place': ['records', 'privacy'],
  'hold.release': ['privacy'],
  evidence: ['records', 'privacy'],
  'retention.see': ['administrator', 'records', 'privacy'],
  seal: ['administrator', 'records'],
  fixity: ['administrator', 'records'],
}

/** Who rejects for what reason, and may take it back (compliance specification 5.2, column J). */
export const REJECTERS = {
  '113001': ['administrator', 'radiologist', 'technologist'],
  '113037': ['administrator', 'radiologist'],
  '113038': ['administrator', 'technologist'],
  '113039': ['administrator', 'records'],
  // Not a note's: what was destroyed here and came again.
  destroyed: ['records'],
} as const satisfies Readonly<Record<string, readonly Role[]>>
/** Code Value of a rejection note's title, of the scheme DCM. */
export type RejectionTitle = keyof typeof REJECTERS

/** What a DICOM device may do without more rights: devices are listed by an administrator. */
const DEVICE_ACTS: ReadonlySet<Act> = new Set(['store', 'echo', 'find', 'read'])

export function may(principal: Principal, act: Act, facts: AccessFacts = {}): Decision {
  if (principal.kind === 'job') return { allowed: true }
  if (principal.kind === 'device') {
    if (!principal.known && act !== 'echo')
      return { allowed: false, because: 'the calling AE title is not a listed device' }
    if (act === 'reject' && facts.trusted === true) return { allowed: true }
    return DEVICE_ACTS.has(act) ? { allowed: true } : { allowed: false, because: 'devices may not' }
  }
  if (principal.device !== undefined) {
    const byDevice = may(principal.device, act, facts)
    if (!byDevice.allowed) return byDevice
  }
  if (facts.own === false && act === 'tokens.own') return { allowed: false, because: 'the token is another account’s' }
  const roles: readonly Role[] =
    act === 'reject' && facts.rejection !== undefined ? REJECTERS[facts.rejection] : ACCESS[act]
  return principal.roles.some((role) => roles.includes(role))
    ? { allowed: true }
    : { allowed: false, because: `needs one of the roles ${roles.join(', ')}` }
}

/** All that this principal may do, as far as it does not depend on what it is done to. */
export const actsOf = (principal: Principal): Act[] =>
  (Object.keys(ACCESS) as Act[]).filter((act) => may(principal, act).allowed)
