/** What the archive is asked and answers on the day of an audit: the four questions. Part of `archive.ts`. */
import type { Context } from '../base/context.ts'
import type { Uid } from '../dicom/uid.ts'
import type { AccessReport } from '../ledger/access-report.ts'

/** An act that changed something, or tried to. */
export interface ToldAct {
  readonly n: number
  readonly ts: string
  readonly type: string
  readonly sentence: string
}

/** To whom a question can be put: patients and studies that the words name, those that were destroyed too. */
export interface Subjects {
  readonly patients: readonly { readonly key: string; readonly issuer: string; readonly id: string }[]
  readonly studies: readonly {
    readonly study: string
    /** `issuer|id`, '' when not known. */
    readonly patientKey: string
    readonly studyDate: string
    readonly modalities: readonly string[]
    readonly destroyed: boolean
  }[]
  /** There are more than are listed. */
  readonly truncated: boolean
}

/** `none`: nobody has read it again since it came. */
export type Reading = 'good' | 'bad' | 'none'

export interface InstanceIntegrity {
  /** The number of the leaf of its arrival. */
  readonly n: number
  readonly series: string
  readonly instance: string
  readonly version: number
  readonly current: boolean
  readonly received: string
  /** Who sent it: AE title or login name, and from which address. */
  readonly from: string
  readonly address: string
  readonly door: string
  readonly bytes: number
  /** SHA-256 of its data set, as the archive has it. */
  readonly ds: string
  /** Is it the digest the log has of its arrival? `erased`: the log's body was lawfully erased, its journal record is held to be right. */
  readonly logged: 'same' | 'other' | 'absent' | 'erased'
  /** How often the same came again. */
  readonly again: number
  readonly rejected: boolean
  readonly kept: 'inbox' | 'vault' | 'vault, compressed'
  /** When its bytes were made again from what is kept, and held against the digest; `at` is '' for never. */
  readonly reading: { readonly result: Reading; readonly at: string }
}

export interface IntegrityReport {
  readonly study: string
  readonly patientKey: string
  readonly studyDate: string
  readonly modalities: readonly string[]
  readonly at: string
  /** `unread`: nothing speaks against it, and nobody has read it again yet. */
  readonly verdict: 'unaltered' | 'unread' | 'altered' | 'destroyed'
  /** The answer in a sentence. */
  readonly answer: string
  readonly instances: readonly InstanceIntegrity[]
  /** All but arrivals and readings, oldest first. */
  readonly acts: readonly ToldAct[]
  /** Every act about the study, looks at it too. */
  readonly entries: number
  readonly places: readonly { readonly place: string; readonly state: string; readonly says: string }[]
  readonly checkpoint: string
}

export interface StudyAccount {
  readonly study: string
  readonly received: number
  readonly here: number
  readonly destroyed: number
  /** Arrivals that are neither here nor in a tombstone: none, or something is wrong. */
  readonly missing: readonly number[]
  /** Objects nobody has an arrival of. */
  readonly unlogged: readonly number[]
  /** Of those here. */
  readonly rejected: number
  readonly conflicts: number
}

/** What somebody outside knows of how many there should be. */
export interface Expectation {
  readonly source: 'storage commitment'
  readonly n: number
  readonly at: string
  readonly by: string
  readonly expected: number
  readonly found: number
}

export interface CompletenessReport {
  readonly patientKey: string
  /** Of the time the report is about; RFC 3339, `until` not included. */
  readonly from: string
  readonly until: string
  readonly at: string
  readonly verdict: 'complete' | 'open' | 'incomplete'
  readonly answer: string
  readonly totals: Omit<StudyAccount, 'study' | 'missing' | 'unlogged'> & {
    readonly studies: number
    readonly missing: number
    readonly unlogged: number
  }
  /** Of a patient every study, of a time only those where something is to be said; the first ones. */
  readonly studies: readonly StudyAccount[]
  readonly truncated: boolean
  readonly destroyed: readonly {
    readonly tombstone: number
    readonly study: string
    readonly at: string
    readonly instances: number
    readonly done: boolean
  }[]
  /** Conflicts and rejections that came again, refused objects, damage: oldest first. */
  readonly incidents: readonly ToldAct[]
  readonly expected: readonly Expectation[]
  /** The log over this time: numbers from, to, and how many entries there are. */
  readonly log: { readonly first: number; readonly last: number; readonly entries: number; readonly gaps: number }
  /** When the archive did not run. */
  readonly outages: readonly { readonly from: string; readonly until: string; readonly orderly: boolean }[]
  readonly checkpoint: string
}

/** One thing the law wants of a destruction, and what the log says of it. */
export interface LawfulStep {
  readonly what: string
  readonly held: 'yes' | 'no' | 'not yet'
  readonly fact: string
  /** The entries that say so. */
  readonly entries: readonly number[]
}

export interface DestructionAnswer {
  readonly study: string
  readonly patientKey: string
  readonly at: string
  /** `here`: it was not destroyed. `again`: it was, and came again. */
  readonly verdict: 'lawful' | 'unlawful' | 'going on' | 'here'
  readonly answer: string
  /** Objects here now. */
  readonly here: number
  readonly destructions: readonly {
    readonly tombstone: number
    readonly at: string
    readonly instances: number
    readonly manifest: string
    readonly steps: readonly LawfulStep[]
    readonly law: readonly { readonly id: string; readonly title: string; readonly source: string }[]
  }[]
  readonly acts: readonly ToldAct[]
  readonly checkpoint: string
}

export type Question =
  | { readonly question: 'access'; readonly patient: string }
  | { readonly question: 'integrity'; readonly study: Uid; readonly read?: boolean }
  | { readonly question: 'destruction'; readonly study: Uid }
  | ({ readonly question: 'completeness' } & CompletenessAsk)

export type CompletenessAsk =
  | { readonly patient: string }
  /** RFC 3339 with milliseconds; `until` is not included. */
  | { readonly from: string; readonly until: string }

/** Asking is itself an act, journaled before anything is answered. */
export interface Answers {
  /** @param words  a patient ID, an accession number, or a Study Instance UID */
  subjects(context: Context, words: string): Promise<Subjects>
  /**
   * Who did what with a patient's record, and to whom it was given in the last six years.
   * @throws {ArchiveError} `NOT_FOUND`
   */
  accessReport(
    context: Context,
    patient: string,
  ): Promise<AccessReport & { readonly since: string /** That covers all of it. */; readonly checkpoint: string }>
  /**
   * Was this image altered?
   * @param read  read every object again first, from wherever it is kept
   * @throws {ArchiveError} `NOT_FOUND`
   */
  integrity(context: Context, study: Uid, read: boolean): Promise<IntegrityReport>
  /** Was it destroyed lawfully? @throws {ArchiveError} `NOT_FOUND` when no act names the study */
  destruction(context: Context, study: Uid): Promise<DestructionAnswer>
  /** Is the record complete? @throws {ArchiveError} `NOT_FOUND` when no act names the patient */
  completeness(context: Context, ask: CompletenessAsk): Promise<CompletenessReport>
  /**
   * The answer to a question as a file of lines, each canonical JSON, with the proofs of what it rests on. Its digest is an entry
   * of the log, whose proof is the last line: who has the log's key checks it without us.
   */
  reportFile(context: Context, question: Question): Promise<{ readonly name: string; readonly text: string }>
}
