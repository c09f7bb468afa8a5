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
  | 'changes.see' // what came, went out of sight or was destroyed, over all studies: for programs that keep up
  | 'associations.see'
  | 'devices.manage' // allow callers
  | 'accounts.manage'
  | 'tokens.own' // one's own API tokens
  | 'proof.see' // proofs of leaves, which name nobody
  | 'audit.see' // who did what to whom
  | 'status.see'
  | 'storage.see' // what the vault holds
  | 'measure' // keep measurements as structured reports, and sign them; keep views and key images
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
  | 'message' // tell of patients and orders: HL7 v2
  | 'messages.see' // what was told, and what could not be followed
  | 'messages.settle'
  | 'identity.see' // which patient IDs are one person, and what waits to be decided
  | 'identity.change' // merge, link, and take back
  | 'routing.see' // what goes where, and what waits
  | 'routing.manage'
  | 'retention.see' // what is due when, over all studies
  | 'retention.tell' // what neither images nor messages say: dates and tags that decide how long something is kept
  | 'reduction.propose' // that a date which stands be let go
  | 'reduction.approve.first'
  | 'reduction.approve.second'
  | 'erasure.see' // requests of patients that their data be erased
  | 'erasure.record'
  | 'erasure.answer'
  | 'rules.propose' // rules of retention, and withdraw or refuse what was proposed
  | 'rules.approve.first'
  | 'rules.approve.second' // after it they count
  | 'restriction.see' // who is restricted, and who is let in
  | 'restriction.manage'
  | 'emergency' // open what a restriction keeps from one, in an emergency
  | 'review.see' // emergencies, and images of who is watched: to be looked at
  | 'review'
  | 'lookout.see' // searches of the log that warn, and what they warned of
  | 'lookout.manage'
  | 'redaction.see' // what was erased of the log, and is to be
  | 'redaction.propose'
  | 'redaction.approve' // the second of the two it needs
  | 'priors.rules' // which earlier studies the site wants beside which
  | 'seal' // move studies into the vault now
  | 'fixity' // read what is kept again, now

export interface AccessFacts {
  /** True when the act concerns the principal's own account. */
  readonly own?: boolean
  /** The title of the rejection note; without one, any. */
  readonly rejection?: RejectionTitle
  /** True for a device whose rejection notes are taken, or whose messages are. */
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
  'auditor',
  'student',
  'service',
]
/** Those who see patients. Administrators are not among them, nor auditors. */
const CLINICAL: readonly Role[] = ['radiologist', 'clinician', 'technologist', 'records', 'privacy', 'service']

/**
 * Roles that go with no other on one account (compliance specification 5.1, segregation of duties): who lets others in
 * sees no images and decides no destruction; who audits changes nothing.
 */
export const LONE_ROLES: readonly Role[] = ['administrator', 'auditor']

/** Rows are acts, cells the roles that may (compliance specification 5.2). What no row gives is denied. */
export const ACCESS: Readonly<Record<Act, readonly Role[]>> = {
  store: ['radiologist', 'technologist', 'records', 'service'],
  find: CLINICAL,
  read: CLINICAL,
  original: CLINICAL,
  echo: ALL,
  'changes.see': ['records', 'service'],
  'conflicts.see': ['technologist', 'records', 'privacy'],
  'associations.see': ['administrator', 'technologist', 'records'],
  'devices.manage': ['administrator'],
  'accounts.manage': ['administrator'],
  'tokens.own': ALL.filter((role) => role !== 'auditor'),
  'proof.see': ALL.filter((role) => role !== 'student'),
  'audit.see': ['privacy', 'auditor'],
  'status.see': ALL,
  'storage.see': ['administrator', 'records'],
  measure: ['radiologist', 'technologist'],
  reject: ['radiologist', 'technologist', 'records'],
  'rejected.see': ['radiologist', 'technologist', 'records', 'privacy'],
  'disposition.see': ['records', 'privacy', 'auditor'],
  'disposition.propose': ['records'],
  'disposition.approve.first': ['records'],
  'disposition.approve.second': ['privacy'],
  'disposition.end': ['records', 'privacy'],
  'hold.see': ['records', 'privacy', 'auditor'],
  'hold.place': ['records', 'privacy'],
  'hold.release': ['privacy'],
  evidence: ['records', 'privacy'],
  // Only of senders that are listed (`hl7.senders`).
  message: [],
  'messages.see': ['administrator', 'technologist', 'records', 'privacy'],
  'messages.settle': ['technologist', 'records'],
  'identity.see': ['technologist', 'records', 'privacy'],
  'identity.change': ['technologist', 'records'],
  'routing.see': ['administrator', 'technologist', 'records'],
  'routing.manage': ['administrator'],
  'retention.see': ['records', 'privacy', 'auditor'],
  'retention.tell': ['records', 'privacy'],
  'reduction.propose': ['records', 'privacy'],
  'reduction.approve.first': ['records'],
  'reduction.approve.second': ['privacy'],
  'erasure.see': ['records', 'privacy', 'auditor'],
  'erasure.record': ['records', 'privacy'],
  'erasure.answer': ['privacy'],
  'rules.propose': ['records', 'privacy'],
  'rules.approve.first': ['records'],
  'rules.approve.second': ['privacy'],
  'restriction.see': ['privacy', 'auditor'],
  'restriction.manage': ['privacy'],
  emergency: ['radiologist', 'clinician', 'technologist'],
  'review.see': ['privacy', 'auditor'],
  review: ['privacy'],
  'lookout.see': ['privacy', 'auditor'],
  'lookout.manage': ['privacy'],
  'redaction.see': ['records', 'privacy', 'auditor'],
  'redaction.propose': ['records', 'privacy'],
  'redaction.approve': ['privacy'],
  'priors.rules': ['radiologist', 'technologist'],
  seal: ['administrator', 'records'],
  fixity: ['administrator', 'records'],
}

/**
 * Acts that are signed: whoever does them proves again who he is, in the same breath (compliance specification 2.6; 21 CFR
 * 11.200). A program that was let in by a token signs nothing.
 */
export const SIGNED: ReadonlySet<Act> = new Set<Act>([
  'disposition.approve.first',
  'disposition.approve.second',
  'hold.release',
  'redaction.approve',
  'reduction.approve.first',
  'reduction.approve.second',
  'rules.approve.first',
  'rules.approve.second',
])

/** Who rejects for what reason, and may take it back (compliance specification 5.2, column J). */
export const REJECTERS = {
  '113001': ['radiologist', 'technologist'],
  '113037': ['radiologist'],
  '113038': ['technologist'],
  '113039': ['records'],
  // Not a note's: what was destroyed here and came again.
  destroyed: ['records'],
} as const satisfies Readonly<Record<string, readonly Role[]>>
/** Code Value of a rejection note's title, of the scheme DCM. */
export type RejectionTitle = keyof typeof REJECTERS

/**
 * What a listed DICOM device may do, unless its line in the list says less: devices are listed by an administrator.
 * `reject` is for those the configuration trusts with it.
 */
export const DEVICE_ACTS = ['store', 'find', 'read'] as const satisfies readonly Act[]

/**
 * What an API token may be limited to: each act is in one scope, or in none, and is then for people and for tokens without
 * a limit. A token never may more than its account.
 */
export const TOKEN_SCOPES = {
  read: ['echo', 'find', 'read', 'original', 'changes.see'],
  store: ['store'],
  reject: ['reject', 'rejected.see', 'conflicts.see'],
  records: [
    'retention.see',
    'hold.see',
    'hold.place',
    'hold.release',
    'disposition.see',
    'disposition.propose',
    'disposition.approve.first',
    'disposition.approve.second',
    'disposition.end',
    'evidence',
    'retention.tell',
    'reduction.propose',
    'reduction.approve.first',
    'reduction.approve.second',
    'erasure.see',
    'erasure.record',
    'erasure.answer',
    'rules.propose',
    'rules.approve.first',
    'rules.approve.second',
    'messages.see',
    'messages.settle',
    'identity.see',
    'identity.change',
  ],
  audit: ['audit.see', 'proof.see', 'restriction.see', 'review.see', 'lookout.see', 'redaction.see'],
  state: ['status.see', 'storage.see', 'associations.see', 'routing.see'],
  admin: ['accounts.manage', 'devices.manage', 'routing.manage', 'priors.rules', 'seal', 'fixity'],
} as const satisfies Readonly<Record<string, readonly Act[]>>
export type TokenScope = keyof typeof TOKEN_SCOPES
export const SCOPES = Object.keys(TOKEN_SCOPES) as readonly TokenScope[]

/** The acts of these scopes. */
export const actsOfScopes = (scopes: readonly TokenScope[]): readonly Act[] =>
  scopes.flatMap((scope) => TOKEN_SCOPES[scope])

export function may(principal: Principal, act: Act, facts: AccessFacts = {}): Decision {
  if (principal.kind === 'job') return { allowed: true }
  if (principal.kind === 'device') {
    if (!principal.known && act !== 'echo')
      return { allowed: false, because: 'the calling AE title is not a listed device' }
    if (act === 'echo' || ((act === 'reject' || act === 'message') && facts.trusted === true)) return { allowed: true }
    const acts: readonly string[] = DEVICE_ACTS
    if (!acts.includes(act)) return { allowed: false, because: 'devices may not' }
    return (principal.acts ?? acts).includes(act)
      ? { allowed: true }
      : { allowed: false, because: 'this device is listed for other acts' }
  }
  if (principal.acts !== undefined && !principal.acts.includes(act))
    return { allowed: false, because: 'the token is for other acts' }
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

/**
 * What a principal is called on the lists of who sees restricted patients: of each list one name must be let in, so a
 * person at a device needs both. Devices are listed by AE title, or all listed ones together (`ae:*`).
 */
export function admittedAs(principal: Principal): readonly (readonly string[])[] | 'everything' {
  if (principal.kind === 'job') return 'everything'
  const device = (aeTitle: string, known: boolean) => (known ? [`ae:${aeTitle}`, 'ae:*'] : [])
  if (principal.kind === 'device') return [device(principal.aeTitle, principal.known)]
  const person = [principal.id, ...principal.roles.map((role) => `role:${role}`)]
  return principal.device === undefined ? [person] : [person, device(principal.device.aeTitle, principal.device.known)]
}

/** All that this principal may do, as far as it does not depend on what it is done to. */
export const actsOf = (principal: Principal): Act[] =>
  (Object.keys(ACCESS) as Act[]).filter((act) => may(principal, act).allowed)
