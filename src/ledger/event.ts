/**
 * The canonical event: one shape for every act, from which leaf, body and later every projection (DICOM audit message,
 * FHIR AuditEvent, sentence) are made. Field names as in the compliance specification, section 3.1.
 */
import type { Json } from '../base/canonical-json.ts'

/** Leaf types used so far (compliance specification 4.2). */
export type EventType =
  | 'log.open'
  | 'obj.ingest'
  | 'obj.receipt' // the same content came again; nothing new was stored
  | 'obj.conflict'
  | 'obj.refuse' // an object came and was not taken: nothing of it is kept
  | 'aud.110100' // Application Activity: start, stop
  | 'aud.110101' // Audit Log Used: proofs given out
  | 'aud.110103' // DICOM Instances Accessed: opening and closing leaves of viewing
  | 'aud.110104' // DICOM Instances Transferred
  | 'aud.110106' // Export: evidence packs, inventories
  | 'aud.110109' // Order Record: a message about orders
  | 'aud.110110' // Patient Record: a message about persons
  | 'aud.110111' // Procedure Record: a performed procedure step
  | 'aud.110112' // Query
  | 'aud.110113' // Security Alert: refused caller, denied act
  | 'aud.110114' // User Authentication: login, logout, failure
  | 'heartbeat' // the archive runs: journaled where nothing else would be
  | 'study.seal' // a version of a study's object in the vault
  | 'obj.reject' // instances not shown any more
  | 'obj.restore' // shown again
  | 'disp.candidate' // proposed for destruction
  | 'disp.approve'
  | 'disp.cancel'
  | 'tombstone' // destroyed from here on
  | 'disp.destroy' // every copy is gone
  | 'study.damage' // a file of it was found bad in one copy, or in all
  | 'study.repair' // and written again from a good one
  | 'copy.state' // a place the vault is kept in went away, or came back
  | 'fixity.pass' // everything was read again
  | 'hold.place' // a legal hold
  | 'hold.ask' // its release asked for
  | 'hold.keep' // that refused, or withdrawn
  | 'hold.release'
  | 'rules.propose' // rules of retention, to be adopted
  | 'rules.approve' // the first of two approvals
  | 'rules.activate' // they count from here on
  | 'rules.end' // withdrawn, or refused
  | 'retention.set' // what people say of a study, a patient or a trial, and the dates that change by it
  | 'retention.reduceProposed' // a date that stands, to be let go
  | 'retention.reduceApproved' // the first of two approvals
  | 'retention.reduce' // let go
  | 'retention.reduceEnded' // withdrawn, or refused
  | 'erasure.request' // a patient's, that data be erased
  | 'erasure.answer'
  | 'access.restrict' // a patient, a study or what a rule names is not for everybody, or is watched
  | 'access.lift' // and is again
  | 'access.break' // emergency: the glass was broken
  | 'access.end' // and mended
  | 'access.opened' // images of somebody watched
  | 'access.review' // a person has looked at it
  | 'msg.keep' // a message that nothing follows from: kept
  | 'msg.settle' // a person has looked at it
  | 'pat.merge' // one patient ID given up for another
  | 'pat.unmerge' // that taken back
  | 'pat.link' // two IDs of one person
  | 'pat.unlink'
  | 'mig.begin' // objects of another archive are brought over
  | 'mig.report' // what came of that
  | 'pat.settle' // a question about identities, looked at
  | 'study.tier' // a study's images went to the cold store, or came back
  | 'lookout.save' // a search of this log that warns, or what it looks for now
  | 'lookout.stop'
  | 'lookout.warn' // an entry is one it looks for
  | 'lookout.settle' // a person has looked at that
  | 'log.erase.propose' // bodies and salts of old events: to be erased
  | 'log.erase.approve'
  | 'log.erase.end' // withdrawn, or refused
  | 'log.erase' // a step of it
  | 'log.erase.done' // no byte of them is left
  | 'cfg.change'
  | 'acl.change'

export interface ArchiveEvent {
  readonly type: EventType
  readonly ts: string // YYYY-MM-DDTHH:MM:SS.mmmZ
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E'
  /** 0 success, 4 minor, 8 serious, 12 major failure (PS3.15 A.5.2). */
  readonly outcome: 0 | 4 | 8 | 12
  /** Pseudonym: the only name in the leaf. */
  readonly actor: string
  readonly study?: string
  /** `issuer|id`. */
  readonly patient?: string
  /** Everything else; goes into the body only, so it may name people. Undefined members are left out. */
  readonly detail: { readonly [key: string]: Json | undefined }
  /** Public details in the leaf itself: never anything that names a person or identifies content. */
  readonly publicDetail?: { readonly [key: string]: Json | undefined }
}
