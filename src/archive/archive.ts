/**
 * The archive as the doors see it: one way in, one way to find, one way to read. Doors translate; everything else,
 * permission and audit included, happens behind this face.
 */
import type { ByteRange, ByteStream, Bytes } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
import type { Tag } from '../dicom/data-set.ts'
import type { DicomJson } from '../dicom/json.ts'
import type { InstanceKey, Uid } from '../dicom/uid.ts'
import type { ArchiveEvent } from '../ledger/event.ts'
import type { LogState, TransparencyLog } from '../ledger/log/log.ts'
import type { Answers } from './answers.ts'
import type { Certificate } from './disposition/certificate.ts'
import type { Member } from './evidence/bag.ts'
import type { FileOut } from './file-out.ts'
import type { Growth } from './growth.ts'
import type { HoldScope } from './hold-rows.ts'
import type { Inventories } from './inventory/inventory.ts'
import type {
  CalendarAsk,
  Disposition,
  DispositionAsk,
  DueStudy,
  ErasureAsk,
  ErasureRequest,
  LegalHold,
  Reduction,
  ReductionAsk,
  RejectAsk,
  Rejection,
  RetentionCalendar,
  RuleAdoption,
  RuleProposal,
  SiteRulesReport,
  StudyRetention,
  StudyTombstone,
  Subject,
  TellAnswer,
  TellAsk,
  ToldFact,
} from './keeping.ts'
import type { CopyState, FixityReport, StorageReport } from './kept.ts'
import type { LookingOut } from './lookouts/looking-out.ts'
import type { MeasureAsk } from './measurements.ts'
import type { Migrations } from './migration.ts'
import type { PictureAsk, Presented } from './pictures.ts'
import type { KeepKeyImages, KeepView } from './reader-objects.ts'
import type { Erasing } from './redaction/erasing.ts'
import type { Restricting } from './restrictions/restricting.ts'
import type { Routing } from './routing/routing.ts'
import type { LogFollowers } from './status.ts'
import type { Tiering } from './tiers/tiering.ts'
import type { Workflow } from './workflow/workflow.ts'

export type * from './answers.ts'
export type * from './lookouts/looking-out.ts'
export type * from './redaction/erasing.ts'
export type * from './tiers/tiering.ts'

import type { AuditAnswer, AuditQuery } from './audit-asks.ts'

export type * from './audit-asks.ts'
export type { FileOut } from './file-out.ts'
export type * from './keeping.ts'
export type {
  CopyState,
  DamagedFile,
  FixityReport,
  FixityState,
  HarmedInstance,
  KeptBytes,
  StorageReport,
} from './kept.ts'
export type * from './pictures.ts'
export type * from './restrictions/restricting.ts'

// --- in ------------------------------------------------------------------------

export interface Arrival {
  /** `app`: made here, as rejection notes are. */
  readonly door: 'c-store' | 'stow' | 'import' | 'app'
  /** `file`: Part 10 (or a bare data set), preamble to end. `stream`: the data set alone, in `stream.transferSyntax`. */
  readonly bytes: ByteStream
  readonly stream?: {
    readonly transferSyntax: Uid
    /** The command set as received (Implicit VR Little Endian). */
    readonly commandSet: Bytes
    /** Affected SOP Class and Instance UID of the command: the data set's must be equal, else `STORE_UID_MISMATCH`. */
    readonly sopClass: string
    readonly sopInstance: string
    readonly callingAet: string
    readonly calledAet: string
    readonly implementationClassUid?: string
    readonly implementationVersion?: string
  }
  /** STOW-RS with metadata and bulk data: `bytes` were made of this, whose media type and digest (hex) it names. */
  readonly assembled?: { readonly metadata: string; readonly sha256: string }
  /** STOW-RS to `/studies/{study}`: the only study this may belong to. */
  readonly onlyStudy?: Uid
}

export interface Receipt {
  /** `already`: the same content was here; `conflict`: its UID was taken by other content, both are kept. */
  readonly outcome: 'stored' | 'already' | 'conflict'
  readonly key: InstanceKey
  readonly sopClass: string
  readonly ds: string
  readonly version: number
  readonly leniencies: readonly string[]
}

/** Bytes set aside until an object is made of them. */
export interface Held {
  readonly length: number
  read(range?: ByteRange): ByteStream
  /** They are not wanted any more. */
  release(): Promise<void>
}

/** What a refused arrival was, as far as it could be read: doors report failures one by one. */
export interface PartialIdentity {
  readonly sopClass?: string
  readonly sopInstance?: string
}

// --- find ------------------------------------------------------------------------

export type Level = 'study' | 'series' | 'instance'

/** One matching key (PS3.4 C.2.2.2, PS3.18 8.3.4): the path leads through sequences, e.g. [ScheduledStep…, Modality]. */
export interface Match {
  readonly path: readonly Tag[]
  /** As given, undivided: `A\B` for UID lists, `20200101-`, `SM?TH*`. Empty means universal matching. */
  readonly value: string
}

export interface Query {
  readonly level: Level
  readonly study?: Uid
  readonly series?: Uid
  readonly matches: readonly Match[]
  readonly include: 'default' | 'all' | readonly Tag[]
  readonly fuzzy: boolean
  /**
   * A date range and its time's range are one range of moments (PS3.4 C.2.2.2.5.1), unless this is false: C-FIND says so
   * when it was not negotiated.
   */
  readonly combined?: boolean
  readonly limit?: number
  readonly offset?: number
  /** Studies only: of each patient the newest study alone, which stands for the patient; of those without an ID none. */
  readonly onePerPatient?: boolean
  /** Studies only: the last object came in [`from`, `until`), RFC 3339. */
  readonly received?: { readonly from?: string; readonly until?: string }
  /** Studies only: oldest first. */
  readonly oldestFirst?: boolean
  /** Only what comes after a result in the order of results: `end` of another answer to the same query. */
  readonly after?: string
  /** The query as sent, for the audit body. */
  readonly raw: string
}

export interface FindAnswer {
  readonly results: readonly DicomJson[]
  /** True when the archive's own limit, not the asker's, cut the list (PS3.18: Warning 299). */
  readonly truncated: boolean
  /** More match. */
  readonly more?: boolean
  /** When the last object of each result's study came, RFC 3339. */
  readonly received?: readonly string[]
  /**
   * The place of the last result: `after` of the query that asks for what follows it. What arrives meanwhile neither
   * hides nor repeats any.
   */
  readonly end?: string
}

/** A row of the worklist: what the app shows, ordered newest first unless the words say otherwise. */
export interface StudySummary {
  readonly study: Uid
  /** `issuer|id` that stands for the person, or '' when no Patient ID came. */
  readonly patientKey: string
  /** What its objects say, where the patient was merged or linked since and is named otherwise here. */
  readonly receivedAs?: { readonly id: string; readonly issuer: string; readonly name: string } | undefined
  readonly patientName: string
  readonly patientId: string
  readonly issuer: string
  readonly birthDate: string
  readonly sex: string
  readonly studyDate: string
  readonly studyTime: string
  readonly accession: string
  readonly description: string
  readonly modalities: readonly string[]
  readonly series: number
  readonly instances: number
  readonly bytes: number
  readonly receivedLast: string
}

export interface SeriesSummary {
  readonly series: Uid
  readonly modality: string
  readonly number: number | undefined
  readonly description: string
  readonly bodyPart: string
  readonly instances: number
  readonly bytes: number
}

// --- read ------------------------------------------------------------------------

export interface Scope {
  readonly study: Uid
  readonly series?: Uid
  readonly instance?: Uid
}

/** A received version of an instance: what a door must know to return it. */
export interface InstanceRecord {
  readonly id: number
  readonly key: InstanceKey
  readonly version: number
  readonly current: boolean
  readonly sopClass: string
  readonly instanceNumber: number | undefined
  readonly transferSyntax: Uid
  readonly rows: number
  readonly columns: number
  readonly frames: number
  readonly ds: string
  readonly origin: string
  readonly source: string
  readonly receivedAt: string
  readonly leniencies: readonly string[]
  readonly length: number
  readonly dsStart: number
}

/**
 * `stored`: as the bytes lie; `explicit`: Explicit VR Little Endian, decoded when they were compressed; `implicit`: the same
 * in Implicit VR Little Endian, for peers that know nothing else; `as`: encoded without loss in one of
 * `dicom/encoded-syntaxes.ts`, or in Explicit VR Little Endian when it has no frames.
 */
export type Form = 'stored' | 'explicit' | 'implicit' | { readonly as: Uid }

export interface FrameAnswer {
  readonly frame: number
  readonly transferSyntax: Uid
  readonly bytes: ByteStream
  readonly size: number
}

/** Something that changed what is kept or seen. */
export interface Change {
  /** Of its leaf in the log: greater than that of every change before. */
  readonly n: number
  /** RFC 3339. */
  readonly at: string
  readonly kind: 'stored' | 'conflict' | 'rejected' | 'restored' | 'destroyed'
  readonly study: string
  /** Those it is about; none named: the whole study, or what was destroyed since. */
  readonly instances: readonly { readonly series: string; readonly instance: string; readonly sopClass?: string }[]
}

export interface Changes {
  readonly changes: readonly Change[]
  /** `after` of the question that goes on from here. */
  readonly next: number
  /** There is more already. */
  readonly more: boolean
}

/** An instance as a request for storage commitment names it. */
export interface Referenced {
  readonly sopClass: string
  readonly instance: string
}

export interface Promised extends Referenced {
  /**
   * `kept`: its bytes were read again and have the digest of their arrival. `conflict`: several contents came under this
   * UID. `damaged`: what lies there cannot be read, or is not what arrived.
   */
  readonly outcome: 'kept' | 'absent' | 'other-class' | 'conflict' | 'damaged'
}

export interface Archive
  extends Workflow,
    Answers,
    Routing,
    Migrations,
    Restricting,
    Erasing,
    LookingOut,
    Inventories,
    Tiering {
  /**
   * Takes one object in and answers when it is durable and findable.
   *
   * @throws {ArchiveError} of the DICOM_, STORE_ and ACCESS_ rows: refused, nothing kept
   */
  receive(context: Context, arrival: Arrival): Promise<Receipt>

  /**
   * Sets bytes aside that will be part of an object: in memory while they are few, in the inbox otherwise. Whatever is not
   * released is gone after a restart.
   *
   * @throws {ArchiveError} `STORE_NO_SPACE`, `STORE_WRITE_FAILED`, those of ACCESS_
   */
  hold(context: Context, bytes: ByteStream): Promise<Held>

  /** Calls back after each object that was taken in here, until the function it gives is called. It must not throw. */
  onReceived(call: (receipt: Receipt) => void): () => void

  find(context: Context, query: Query): Promise<FindAnswer>
  /** Worklist: words match names (any script), IDs, accession, description, modality, dates; all words must. */
  worklist(context: Context, ask: WorklistQuery): Promise<WorklistAnswer>
  study(
    context: Context,
    study: Uid,
  ): Promise<{ readonly study: StudySummary; readonly series: readonly SeriesSummary[] }>

  /** Current instances in scope, series by series in order of number. @throws `NOT_FOUND` when there are none */
  instances(context: Context, scope: Scope): Promise<readonly InstanceRecord[]>
  versions(context: Context, key: InstanceKey): Promise<readonly InstanceRecord[]>
  /** The received bytes: for `stream` origin the data set behind the meta group written once at intake. */
  original(context: Context, record: InstanceRecord, range?: ByteRange): ByteStream
  /** A Part 10 file in the form asked for. */
  file(context: Context, record: InstanceRecord, form: Form): FileOut
  frames(context: Context, record: InstanceRecord, numbers: readonly number[], form: Form): AsyncIterable<FrameAnswer>
  /**
   * A frame as a picture for who has no viewer, through the transforms the data set asks for.
   *
   * @throws {ArchiveError} `PIXELS_NO_FRAME`, `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED`
   */
  picture(context: Context, record: InstanceRecord, frame: number, options: PictureAsk): Promise<Uint8Array>
  /**
   * What a presentation state shows, in its order.
   *
   * @throws {ArchiveError} `NOT_FOUND` when nothing of it is here
   */
  presented(context: Context, state: InstanceRecord): Promise<Presented>
  /** DICOM JSON of each instance in scope, as text, bulk data by URI under `base`. */
  metadata(context: Context, scope: Scope, base: string): AsyncIterable<string>
  /** Asks for permission and journals that somebody looks again at what he kept of it; nothing is read. */
  seenAgain(context: Context, record: InstanceRecord): Promise<void>
  /** One bulk data value by its element path, e.g. `7FE00010` or `54000100/1/54001010`. */
  bulkData(
    context: Context,
    record: InstanceRecord,
    path: string,
    range?: ByteRange,
  ): Promise<{ readonly bytes: ByteStream; readonly size: number }>

  /**
   * Storage commitment (PS3.4 Annex J): reads each instance again from storage before it says that it is kept, and
   * journals what it said. Without instances it says only whether the asker may ask.
   */
  commit(context: Context, transaction: string, asked: readonly Referenced[]): Promise<readonly Promised[]>

  conflicts(context: Context): Promise<readonly Conflict[]>
  /** What changed behind a number of the log, in order; 1,000 changes at most. */
  changes(context: Context, ask: { readonly after: number; readonly limit: number }): Promise<Changes>
  /** What happened, newest first, for who may see it; asking is journaled before it is answered. */
  audit(context: Context, query: AuditQuery): Promise<AuditAnswer>
  /**
   * Journals an act that happened at a door: login, refused caller, denied request. `now` waits for the sync, `soon`
   * is synced within a second.
   */
  record(context: Context, happened: Happening, when: 'now' | 'soon'): Promise<void>
  status(context: Context): Promise<ArchiveStatus>
  /**
   * Moves what these studies have in the inbox into the vault, now; one report each as it is done. `all`: whatever is not
   * sealed.
   */
  seal(context: Context, studies: readonly Uid[] | 'all'): AsyncIterable<SealReport>
  /**
   * Reads studies again in every copy, mends what it can, and journals what it found; one report each as it is done. `all`:
   * whatever the vault has, and the journal.
   */
  fixity(context: Context, studies: readonly Uid[] | 'all'): AsyncIterable<FixityReport>
  /** Until when a study must be kept, by which rule, and what that was decided from. @throws `NOT_FOUND` */
  retention(context: Context, study: Uid): Promise<StudyRetention>
  /**
   * An evidence pack about a study or a patient, as a ZIP: told of before its first byte.
   * @throws {ArchiveError} `NOT_FOUND`
   */
  evidence(
    context: Context,
    ask: EvidenceAsk,
  ): Promise<{ /** Of the folder in it, and of the file. */ readonly name: string; readonly bytes: ByteStream }>
  /** Every study decided: what is due when, by the site's rules or by those asked for. */
  calendar(context: Context, ask: CalendarAsk): Promise<RetentionCalendar>
  /** Studies a person may consider from a day in [`from`, `until`) on; 500 at most. */
  dueStudies(
    context: Context,
    span: { readonly from: string; readonly until: string },
  ): Promise<{ readonly studies: readonly DueStudy[]; readonly truncated: boolean }>
  /** Rejections of a study, or the newest of all, newest first. */
  rejections(context: Context, study?: Uid): Promise<readonly Rejection[]>
  /** What a rejection took out of sight, and its note; 10,000 at most. @throws {ArchiveError} `NOT_FOUND` */
  rejected(context: Context, rejection: number): Promise<readonly InstanceRecord[]>
  /**
   * Takes instances of a study out of sight and keeps them: all of it, or the series or instances named. A rejection note
   * that says so is stored beside them.
   * @throws {ArchiveError} `NOT_FOUND`
   */
  reject(context: Context, ask: RejectAsk): Promise<Rejection>
  /**
   * Keeps what is measured in a study as a structured report, in place of the one it was made from.
   * @throws {ArchiveError} `NOT_FOUND`, `MEASUREMENTS_CHANGED`
   */
  measure(context: Context, ask: MeasureAsk): Promise<Receipt>
  /** Keeps the picture as it stands as a presentation state of the study. @throws {ArchiveError} `NOT_FOUND` */
  keepView(context: Context, ask: KeepView): Promise<Receipt>
  /** Keeps images that matter as a key object selection of the study. @throws {ArchiveError} `NOT_FOUND` */
  keepKeyImages(context: Context, ask: KeepKeyImages): Promise<Receipt>
  /** Brings them back. @throws {ArchiveError} `NOT_FOUND`, `REJECTION_STATE` */
  restore(context: Context, rejection: number, reason: string): Promise<Rejection>
  /** What of a study was in sight at a moment, RFC 3339. @throws {ArchiveError} `NOT_FOUND` */
  instancesAsOf(context: Context, study: Uid, asOf: string): Promise<readonly InstanceRecord[]>
  /** What people said of a study, a patient or a trial; and the tags that rules ask for. */
  toldFacts(
    context: Context,
    about: Subject,
  ): Promise<{ readonly facts: readonly ToldFact[]; readonly tags: readonly string[] }>
  /**
   * Says what neither images nor messages do, and decides those studies anew. A date that would end earlier stands.
   * @throws {ArchiveError} `NOT_FOUND`, `BAD_REQUEST`
   */
  tellFacts(context: Context, ask: TellAsk): Promise<TellAnswer>
  /** Dates that are to be let go, or were, newest first. */
  reductions(context: Context): Promise<readonly Reduction[]>
  proposeReduction(context: Context, ask: ReductionAsk): Promise<Reduction>
  /**
   * By the records first, then by privacy: three people altogether.
   * @throws {ArchiveError} `REDUCTION_SAME_PERSON`, `REDUCTION_STATE`, `NOT_FOUND`
   */
  approveReduction(context: Context, reduction: number, which: 'first' | 'second', reason: string): Promise<Reduction>
  /** Withdraws or refuses it. @throws {ArchiveError} `REDUCTION_STATE`, `NOT_FOUND` */
  endReduction(context: Context, reduction: number, reason: string): Promise<Reduction>
  /** Requests for erasure, newest first. */
  erasures(context: Context): Promise<readonly ErasureRequest[]>
  erasure(context: Context, request: number): Promise<ErasureRequest>
  recordErasure(context: Context, ask: ErasureAsk): Promise<ErasureRequest>
  /** Answers it by what the rules say today of each study. @throws {ArchiveError} `ERASURE_STATE`, `NOT_FOUND` */
  answerErasure(context: Context, request: number, reason: string): Promise<ErasureRequest>
  /** The letter to who asked, line by line. @throws {ArchiveError} `ERASURE_STATE`, `NOT_FOUND` */
  erasureLetter(context: Context, request: number): Promise<readonly string[]>
  /** Rules of retention that were proposed or adopted, and what may be chosen from. */
  siteRules(context: Context): Promise<SiteRulesReport>
  /** Proposes rules: another person adopts them. @throws {ArchiveError} `BAD_REQUEST` */
  proposeRules(context: Context, ask: RuleProposal): Promise<RuleAdoption>
  /**
   * `second`, by the privacy role, adopts them: they count from then on. Rules instead of earlier ones take a `first`
   * approval before, by the records.
   * @throws {ArchiveError} `RULES_SAME_PERSON`, `RULES_STATE`, `NOT_FOUND`
   */
  approveRules(context: Context, adoption: number, which: 'first' | 'second', reason: string): Promise<RuleAdoption>
  /** Withdraws or refuses a proposal. @throws {ArchiveError} `RULES_STATE`, `NOT_FOUND` */
  endRules(context: Context, adoption: number, reason: string): Promise<RuleAdoption>
  /** What the law wants before anything is proposed for destruction. */
  preSteps(context: Context): Promise<readonly { readonly id: string; readonly wants: string }[]>
  /** What was proposed for destruction, newest first. */
  dispositions(context: Context): Promise<readonly Disposition[]>
  /**
   * Proposes studies that are due for destruction. What was assumed about one has to have been looked at.
   * @throws {ArchiveError} `DISPOSITION_NOT_DUE`
   */
  proposeDisposition(context: Context, ask: DispositionAsk): Promise<Disposition>
  /**
   * The first approval, or the second: three people altogether. With the second the cooling-off begins.
   * @throws {ArchiveError} `DISPOSITION_SAME_PERSON`, `DISPOSITION_STATE`, `DISPOSITION_NOT_DUE`
   */
  approveDisposition(
    context: Context,
    disposition: number,
    which: 'first' | 'second',
    reason: string,
  ): Promise<Disposition>
  /** Calls it off, as far as nothing is destroyed: its studies are shown again. @throws {ArchiveError} `DISPOSITION_STATE` */
  endDisposition(context: Context, disposition: number, reason: string): Promise<Disposition>
  /** What is left of a study that was destroyed: an entry for each time it was. */
  tombstones(context: Context, study: Uid): Promise<readonly StudyTombstone[]>
  /** The certificate of a destruction, by its tombstone. @throws {ArchiveError} `NOT_FOUND` */
  certificate(context: Context, tombstone: number): Promise<Certificate>
  /** Destroys now what is due for it; without being asked the archive looks every minute. */
  carryOutDispositions(): Promise<void>
  /** Every legal hold, newest first. */
  holds(context: Context): Promise<readonly LegalHold[]>
  placeHold(
    context: Context,
    hold: { readonly matter: string; readonly reason: string; readonly scope: HoldScope },
  ): Promise<LegalHold>
  /**
   * A release takes two: one asks, another releases. `keepHold` refuses what was asked for, or withdraws it.
   * @throws {ArchiveError} `NOT_FOUND`, `HOLD_STATE`, `HOLD_SAME_PERSON`
   */
  askRelease(context: Context, hold: number, reason: string): Promise<LegalHold>
  keepHold(context: Context, hold: number, reason: string): Promise<LegalHold>
  releaseHold(context: Context, hold: number, reason: string): Promise<LegalHold>
  /** What the vault holds and what waits for it. */
  storage(context: Context): Promise<StorageReport>
  /** How it grows: of what forecasts are made. */
  growth(context: Context): Promise<Growth>
  /** The transparency log, to read: it names nobody, so nobody is asked for a name. */
  readonly log: LogReading
  close(): Promise<void>
}

export type LogReading = Pick<
  TransparencyLog,
  'years' | 'checkpoint' | 'key' | 'tile' | 'proof' | 'stamps' | 'stampFile'
>

export interface WorklistQuery {
  readonly words: string
  readonly modality?: string
  readonly from?: string // YYYYMMDD
  readonly to?: string // YYYYMMDD
  /** Only these studies, those of them that match. */
  readonly studies?: readonly Uid[]
  readonly limit: number
  /** Opaque; from the answer before. */
  readonly cursor?: string
}

export interface WorklistAnswer {
  readonly studies: readonly StudySummary[]
  readonly next: string | undefined
}

export interface Conflict {
  readonly id: number
  /** Two contents under one SOP Instance UID, or two patients under one study. */
  readonly kind: 'instance' | 'patient'
  readonly key: InstanceKey
  readonly kept: InstanceRecord
  readonly other: InstanceRecord
  readonly raisedAt: string
}

/** An event without what the context knows: actor and time. */
export type Happening = Omit<ArchiveEvent, 'ts' | 'actor'>

/** One group of the sequencer: what a sync cost and how much it served. */
export interface GroupFigures {
  /** Objects and events. */
  readonly items: number
  readonly syncSeconds: number
  readonly indexSeconds: number
  readonly durable: boolean
}

export interface SealReport {
  readonly study: Uid
  /** `nothing`: all of it was sealed, or it is not here. */
  readonly outcome: 'sealed' | 'nothing' | 'failed'
  readonly instances: number
  /** Bytes as received and as kept. */
  readonly received: number
  readonly kept: number
  /** Of a failure. */
  readonly why?: string
}

export type EvidenceAsk = ({ readonly study: Uid } | { /** `issuer|id`. */ readonly patient: string }) & {
  /** Sizes of checkpoints the asker kept: how the log extends them is put in. */
  readonly kept?: readonly number[]
  /**
   * Makes it a time capsule: these files beside the others, and of the acts only those of arrival. Who looked at the images
   * since is nothing to hand out with them.
   */
  readonly capsule?: AsyncIterable<Member>
}

export interface ArchiveStatus {
  readonly studies: number
  readonly instances: number
  readonly bytes: number
  readonly freeBytes: number
  readonly accepting: boolean
  readonly damage: number
  /** Of journal and spool files: what lies unsealed. */
  readonly inboxBytes: number
  /** When the oldest object that lies unsealed came, RFC 3339; '' when there is none. */
  readonly oldest: string
  /** Of the last look at everything: files no copy has in good state, and instances that do not come back. */
  readonly fixity: {
    readonly ended: string
    readonly mended: number
    readonly damaged: number
    readonly harmed: number
  }
  readonly copies: readonly CopyState[]
  readonly log: LogState & LogFollowers
}
