/**
 * From an act to what the journal keeps of it: leaf, body and salts (docs/decisions/0003).
 *
 * Pure but for the salts, which the caller draws. Who gives `n` is the archive's one sequencer (`journal-writer.ts`).
 */
import { fromHex } from '../base/bytes.ts'
import { canonicalJson, type Json } from '../base/canonical-json.ts'
import { type Client, type Principal, pseudonym } from '../base/context.ts'
import type { ArchiveEvent } from './event.ts'
import { bodyCommitment, leafText, subjectCommitment } from './leaf.ts'
import { splitPatientKey } from './subject.ts'

/** One event as the journal keeps it; salts are 64 hex digits. */
export interface LedgerEntry {
  readonly n: number
  /** The leaf's exact text. */
  readonly leaf: string
  /** The body's exact text. */
  readonly body: string
  readonly salt: string
  readonly study?: { readonly id: string; readonly salt: string }
  readonly patient?: { readonly id: string; readonly salt: string }
}

/** What the body says beyond the event: who in full, from where, at which node, under which id. */
export interface Circumstances {
  readonly principal: Principal
  readonly client: Client
  readonly node: string
  /** ULID of the event. */
  readonly id: string
}

export interface EntrySalts {
  readonly body: string
  readonly study?: string | undefined
  readonly patient?: string | undefined
}

export function ledgerEntry(
  event: ArchiveEvent,
  circumstances: Circumstances,
  n: number,
  salts: EntrySalts,
): LedgerEntry {
  const body = bodyText(event, circumstances)
  const study = subject(event.study, salts.study)
  const patient = subject(event.patient, salts.patient)
  const leaf = leafText({
    n,
    type: event.type,
    ts: event.ts,
    actor: event.actor,
    study: study && subjectCommitment(study.id, fromHex(study.salt)),
    patient: patient && subjectCommitment(patient.id, fromHex(patient.salt)),
    body: bodyCommitment(body, fromHex(salts.body)),
    public: event.publicDetail,
  })
  return { n, leaf, body, salt: salts.body, ...(study && { study }), ...(patient && { patient }) }
}

const subject = (id: string | undefined, salt: string | undefined) =>
  id === undefined || id === '' || salt === undefined ? undefined : { id, salt }

/** The canonical event (compliance specification 3.1) as RFC 8785 JSON: what the commitment `b` binds. */
export function bodyText(event: ArchiveEvent, { principal, client, node, id }: Circumstances): string {
  const patient = event.patient === undefined ? undefined : splitPatientKey(event.patient)
  return canonicalJson({
    ...event.detail,
    v: 1,
    id,
    type: event.type,
    ts: event.ts,
    action: event.action,
    outcome: event.outcome,
    actor: actor(principal),
    client: { ip: client.address, port: client.port, aet: client.aeTitle, userAgent: client.userAgent },
    node,
    patient: patient && { idRef: patient.id, issuer: patient.issuer },
    study: event.study === '' ? undefined : event.study,
  })
}

function actor(principal: Principal): { readonly [key: string]: Json | undefined } {
  const userId = pseudonym(principal)
  if (principal.kind === 'device') return { userId, known: principal.known }
  if (principal.kind === 'job') return { userId }
  return {
    userId,
    name: principal.name,
    roles: principal.roles,
    authMethod: principal.authMethod,
    session: principal.session,
  }
}
