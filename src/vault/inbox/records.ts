/**
 * What the journal holds: instances, events and facts, gathered into groups that become durable with one sync.
 *
 * The shapes here are on disk for ever (docs/disk-layout.md, docs/decisions/0002); a reader accepts every released
 * version. Headers are canonical JSON so that a stranger can read a segment with nothing but this description.
 */
import type { Bytes } from '../../base/bytes.ts'
import type { Uid } from '../../dicom/uid.ts'

/** Where and how an instance came (product: "What was received has an origin, recorded with it"). */
export interface Source {
  readonly door: 'c-store' | 'stow' | 'import' | 'app'
  readonly address: string
  readonly callingAet?: string
  readonly calledAet?: string
  readonly implementationClassUid?: string
  readonly implementationVersion?: string
  /** C-STORE only: the command set as received, base64. */
  readonly commandSet?: string
  /** Origin `assembled` only: what described it. The object was made of it and its bulk data. */
  readonly assembled?: { readonly metadata: string; readonly sha256: string }
  /** The principal's pseudonym. */
  readonly actor: string
}

export interface InstanceHeader {
  readonly v: 1
  /** Ledger number of its `obj.ingest` event, which is also its id. */
  readonly n: number
  readonly study: Uid
  readonly series: Uid
  readonly instance: Uid
  readonly sopClass: string
  /** 1, or higher when its UID was taken by other content. */
  readonly version: number
  readonly transferSyntax: Uid
  readonly origin: 'file' | 'stream' | 'assembled'
  readonly source: Source
  readonly receivedAt: string // RFC 3339, UTC, ms
  /** SHA-256 of the data set bytes, hex. */
  readonly ds: string
  /** Length of the payload (the Part 10 file) and of what stands in it before the data set, in bytes. */
  readonly length: number
  readonly dsStart: number
  readonly leniencies: readonly string[]
}

/** A large payload written to a file of its own and synced before the journal speaks of it. */
export interface SpoolReference {
  /** File name inside the inbox folder. */
  readonly spool: string
  readonly length: number
  /** SHA-256 of what stands before the data set, hex: the journal's digests do not reach into a spool file. */
  readonly prefix?: string
}

export interface InstanceRecord {
  readonly kind: 'instance'
  readonly header: InstanceHeader
  readonly payload: readonly Bytes[] | SpoolReference
}

/** An act: its exact leaf, its body and the salts that open the leaf's commitments (hex). */
export interface EventRecord {
  readonly kind: 'event'
  readonly n: number
  readonly leaf: string
  readonly body: string
  readonly salt: string
  /** The study and patient the commitments `s` and `p` stand for, with their salts. */
  readonly study?: { readonly id: string; readonly salt: string }
  readonly patient?: { readonly id: string; readonly salt: string }
}

/**
 * A durable fact that is neither image nor act: a conflict, of two contents under one SOP Instance UID (`conflict`) or of
 * two patients under one study (`patient`); a version of a study's object in the vault (`seal`); a step of a hold, a rejection, a
 * disposition; what people say of a study's retention (`retain`); a request for erasure; an HL7 message (`message`) and a performed
 * procedure (`procedure`) with what follows from it; a merge or link of patients by a person (`person`); who sees a restricted
 * patient, emergencies and their review (`access`); which events were erased, and what their groups are since (`erase`);
 * searches of the audit log that warn, and what they warned of (`lookout`); a study's move to the cold store or back (`tier`).
 */
export interface FactRecord {
  readonly kind: 'fact'
  readonly type: (typeof FACT_TYPES)[number]
  readonly n: number
  /** Canonical JSON. */
  readonly text: string
}

export const FACT_TYPES = [
  'conflict',
  'patient',
  'seal',
  'hold',
  'reject',
  'dispose',
  'rules',
  'retain',
  'erasure',
  'message',
  'procedure',
  'person',
  'access',
  'erase',
  'lookout',
  'tier',
] as const

/** What is left of an event whose body and salts were erased. */
export interface ErasedRecord {
  readonly kind: 'erased'
  readonly n: number
  readonly leaf: string
}

/** What is written. */
export type JournalRecord = InstanceRecord | EventRecord | FactRecord
/** What may be read back. */
export type KeptRecord = JournalRecord | ErasedRecord

/** Where a record's payload lies. */
export interface Placement {
  /** Segment number, or 0 for a spool file. */
  readonly segment: number
  readonly spool: string
  readonly start: number
  readonly length: number
}

/** The end of a group: where reading goes on. */
export interface JournalPosition {
  readonly segment: number
  readonly group: number
  readonly end: number
}
