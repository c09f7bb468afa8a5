/**
 * The tables of the index (`index.db`, or PostgreSQL), as kysely sees them; `migrations/` makes them.
 *
 * Everything here can be made again from truth: `clearkeep rebuild`. Keys are UIDs and ledger numbers, so two builds of
 * the same truth are equal row for row. Integers are 64-bit in both engines; booleans are 0 and 1; text keys sort by
 * bytes (`collate "C"` in PostgreSQL). Each table names the one room that writes it.
 */
import type {
  AccessReviewsTable,
  EmergenciesTable,
  LookoutsTable,
  LookoutWarningsTable,
  RedactionsTable,
  RestrictionAdmitsTable,
  RestrictionsTable,
  StudyLabelsTable,
  StudyRestrictionsTable,
} from './schema-access.ts'

export type * from './schema-access.ts'

/** archive. One row a study; attributes as its first instance gave them. */
export interface StudiesTable {
  study_uid: string
  /** `issuer|id` of the patient as received, or '' when no Patient ID came. */
  patient_key: string
  patient_id: string
  issuer: string
  /** Person names as decoded text, component groups joined by `=`. */
  patient_name: string
  birth_date: string // YYYYMMDD, or ''
  sex: string
  study_date: string // YYYYMMDD, or ''
  study_time: string // HHMMSS.FFFFFF as received, or ''
  accession: string
  study_id: string
  description: string
  referring: string
  /** Sorted, joined by backslash: `CT\SR`. */
  modalities: string
  series_count: number
  instance_count: number
  bytes: number
  received_first: string // RFC 3339, UTC, ms
  received_last: string
  /** Study and patient level attributes as a DICOM JSON object (PS3.18 F.2), as text. */
  attributes: string
  /** The key that stands for the person: the patient's own unless it was merged or linked (`person_keys`). */
  person_key: string
}

/** archive. */
export interface SeriesTable {
  study_uid: string
  series_uid: string
  modality: string
  series_number: number | null
  description: string
  body_part: string
  laterality: string
  performed_date: string
  performed_time: string
  instance_count: number
  bytes: number
  attributes: string
}

/** archive. One row a received version of an instance. */
export interface InstancesTable {
  /** The ledger number `n` of its `obj.ingest` leaf: unique, in order of arrival, the same after a rebuild. */
  id: number
  sop_uid: string
  /** 1 for the first content received under this SOP Instance UID, 2 and on for others in conflict with it. */
  version: number
  current: number
  study_uid: string
  series_uid: string
  sop_class_uid: string
  instance_number: number | null
  transfer_syntax: string
  rows: number
  columns: number
  frames: number
  /** SHA-256 of the data set bytes after group 0002, hex. */
  ds: string
  /** `file`, `stream` or `assembled`. */
  origin: string
  received_at: string
  source: string
  /** JSON array of leniency names used to read it. */
  leniencies: string
  /** Which node's inbox; '' on a single machine. */
  node: string
  /** Journal segment number, 0 when the bytes are in a spool file, -1 when the inbox has given them up to the vault. */
  segment: number
  spool: string
  /** Where the payload begins in the segment or spool file, and its length, in bytes. */
  start: number
  length: number
  /** Bytes of the payload before the data set: preamble and meta group. */
  ds_start: number
  /** 1 when it lies in the vault (`sealed`), 0 while only the inbox has it. */
  sealed: number
}

/** archive. What reading needs and finding does not: beside the rows, so that they stay small. */
export interface InstanceHeadersTable {
  id: number
  /** zstd of the instance's DICOM JSON object as text, bulk data by relative URI. */
  metadata: Uint8Array
  /** Where frames lie in the payload, as `archive/frame-table.ts` packs it; empty when there are none. */
  frames: Uint8Array
}

/** archive. Person names cut up for searching; see `dicom/person-name.ts`. */
export interface PersonNamesTable {
  study_uid: string
  /** Keyword: PatientName, ReferringPhysicianName. */
  attribute: string
  /** 0 alphabetic, 1 ideographic, 2 phonetic. */
  component_group: number
  /** Case folded, accents removed, components separated by `^`. */
  normalised: string
}

/**
 * archive. The words a study is found by from the worklist's search box; see `archive/words.ts`. Looked up both ways:
 * the beginning of a word gives studies, a study its words.
 */
export interface StudyWordsTable {
  study_uid: string
  word: string
}

/** archive. Where an instance lies in the vault, in the form it is kept in. */
export interface SealedTable {
  id: number
  /** The pack's name in the vault. */
  pack: string
  /** Bytes of the pack: the stored file, and its recipe; `recipe_length` is 0 when it lies as received. */
  start: number
  length: number
  ds_start: number
  recipe_start: number
  recipe_length: number
  /** Why it lies as received, in words; '' when it does not. */
  why: string
  /** The packed frame table of the stored file; empty when it lies as received: then the header's holds. */
  frames: Uint8Array
}

/** archive. What a person must look at: two contents under one SOP Instance UID, or two patients under one study. */
export interface ConflictsTable {
  /** Ledger number of the event that raised it. */
  id: number
  /** `instance` or `patient`. */
  kind: string
  study_uid: string
  sop_uid: string
  kept_id: number
  other_id: number
  /** The other patient's key when the kind is `patient`: one conflict a study and patient. Else ''. */
  subject: string
  raised_at: string
}

/** ledger. Every act, as journaled. */
export interface EventsTable {
  n: number
  ts: string
  type: string
  actor: string
  study_uid: string
  patient_key: string
  /** The leaf's exact bytes, as text (it is ASCII-safe UTF-8 JSON). */
  leaf: string
  body: string
  salt: string
}

/** ledger. One salt a study and a patient, kept beside the bodies, never in the log. */
export interface SaltsTable {
  kind: string // 'study' | 'patient'
  id: string
  salt: string // 64 hex digits
}

/** archive. How far the journal has been applied to this index, by node. */
export interface JournalPositionsTable {
  node: string
  segment: number
  /** Number of the last applied group. */
  group_number: number
  /** End of that group in the segment, in bytes. */
  end_offset: number
  /** The next ledger number to give. */
  next_n: number
}

/** archive. Rules of retention, from the journal's `rules` facts. */
export interface RuleAdoptionsTable {
  /** The n of the event that proposed it. */
  id: number
  jurisdictions: string
  institution: string
  opt_in: string
  mode: 'governance' | 'compliance'
  /** 1: of those adopted before; 0: beside them. */
  instead: number
  reason: string
  digest: string
  /** Canonical JSON of the rule sets. */
  sets: string
  proposed_by: string
  proposed_at: string
  first_by: string
  first_at: string
  adopted_by: string
  adopted_at: string
  ended_by: string
  ended_at: string
  ended_reason: string
  replaced_at: string
}

/** archive. What people say of studies, patients and trials, from the journal's `retain` facts. */
export interface RetentionFactsTable {
  kind: 'study' | 'patient' | 'trial'
  /** Study Instance UID, `issuer|id`, or the trial's name. */
  subject: string
  name: string
  value: string
  reason: string
  told_by: string
  told_at: string
  /** The n of the event that said it. */
  told_n: number
}

/** archive. Dates that are to be let go, from the same facts. */
export interface RetentionReductionsTable {
  /** The n of the event that proposed it. */
  id: number
  study_uid: string
  floor: string
  reason: string
  evidence: string
  proposed_by: string
  proposed_at: string
  first_by: string
  first_at: string
  adopted_by: string
  adopted_at: string
  ended_by: string
  ended_at: string
  ended_reason: string
}

/** archive. Requests of patients that their data be erased, from the journal's `erasure` facts. */
export interface ErasureRequestsTable {
  /** The n of the event that recorded it. */
  id: number
  patient_key: string
  /** Study UIDs it names, joined by spaces; '' for all of the patient's. */
  studies: string
  asked_on: string
  asked_by: string
  identity: string
  recorded_by: string
  recorded_at: string
  /** Canonical JSON of what was answered of each study; '' until then. */
  answer: string
  answered_by: string
  answered_at: string
  answered_reason: string
}

/** archive. Legal holds, from the journal's `hold` facts. */
export interface HoldsTable {
  /** The n of the event that placed it. */
  id: number
  matter: string
  reason: string
  /** Canonical JSON of a search of the worklist; '' for none. */
  query: string
  placed_by: string
  placed_at: string
  /** Who asked for its release, when and why; '' while nobody did. */
  asked_by: string
  asked_at: string
  asked_reason: string
  /** The second person, and when; '' while it lasts. */
  released_by: string
  released_at: string
}

/** archive. Rejections, from the journal's `reject` facts. */
export interface RejectionsTable {
  /** The n of the event. */
  id: number
  /** DCM 113001, 113037, 113038 or 113039. */
  code: string
  study_uid: string
  /** SOP Instance UID of the rejection note. */
  note_uid: string
  reason: string
  rejected_by: string
  rejected_at: string
  /** Who took it back, when and why; '' while it lasts. */
  restored_by: string
  restored_at: string
  restored_reason: string
}

/** archive. What a rejection is of. */
export interface RejectedInstancesTable {
  instance_id: number
  rejection_id: number
  /** '' while it is rejected. */
  restored_at: string
}

/** archive. What was proposed for destruction, from the journal's `dispose` facts. */
export interface DispositionsTable {
  /** The n of the event that proposed it. */
  id: number
  reason: string
  /** Canonical JSON: by step, the paper that says it was done. */
  papers: string
  /** SHA-256 of the rule sets. */
  rules: string
  proposed_by: string
  proposed_at: string
  /** Who approved, and when; '' while nobody did. */
  first_by: string
  first_at: string
  second_by: string
  second_at: string
  /** The end of the cooling-off; '' until two have approved. */
  destroy_from: string
  /** Who called it off; '' while nobody did. */
  ended_by: string
  ended_at: string
  ended_reason: string
}

/** archive. The studies of a disposition. */
export interface DispositionStudiesTable {
  disposition_id: number
  study_uid: string
  eligible_on: string
  /** Ids of rules, parted by spaces. */
  governing: string
  acknowledged: string
}

/** archive. What is left of a study that was destroyed. */
export interface TombstonesTable {
  /** The n of its leaf. */
  id: number
  study_uid: string
  disposition_id: number
  study_date: string
  modalities: string
  series: number
  instances: number
  bytes: number
  /** SHA-256 of what was destroyed, instance by instance. */
  manifest: string
  written_at: string
  /** The n of the leaf that says every copy is gone; 0 until then. */
  done: number
  done_at: string
  copies: string
}

/** archive. What a hold names. */
export interface HoldScopesTable {
  kind: string // 'study' | 'patient'
  subject: string
  hold_id: number
}

/** archive. What a hospital's system told, as it came; see `archive/workflow/`. */
export interface MessagesTable {
  /** The `n` of its event. */
  id: number
  received_at: string
  address: string
  /** MSH-3 and MSH-4: `application|facility`. */
  sender: string
  control_id: string
  type: string
  /** SHA-256 of its type and all that follows MSH: the same when it is sent again. */
  digest: string
  outcome: 'AA' | 'AE' | 'AR'
  why: string
  /** What did not follow although it was accepted. */
  note: string
  patient_key: string
  accession: string
  study_uid: string
  character_set: string
  /** Base64. */
  raw: string
  attention: number
  settled_by: string
  settled_at: string
  settled_reason: string
}

/** archive. What was last told of a patient, by ID and issuer. */
export interface PersonsTable {
  patient_key: string
  patient_id: string
  issuer: string
  name: string
  birth_date: string
  sex: string
  told_by: string
  /** Microseconds since 1970 UTC. */
  told_at: number
  message_id: number
}

/** archive. Patient keys of persons who have several, from the journal's `person` and `message` facts. */
export interface PersonKeysTable {
  patient_key: string
  /** The one that stands for the person. */
  person_key: string
  patient_id: string
  issuer: string
  /** The ID as the worklist's search box looks for it. */
  word: string
}

/** archive. What makes one person of two keys, also what was taken back. */
export interface PersonRelationsTable {
  /** Of a merge the key that is given up; of a link the first by bytes. */
  from_key: string
  into_key: string
  kind: 'merge' | 'link'
  active: number
  /** The sender, or who did it here. */
  told_by: string
  /** Microseconds since 1970 UTC. */
  told_at: number
  changed_at: string
  changed_by: string
  reason: string
  event_n: number
}

/** archive. Merges and links that a person must look at. */
export interface PersonReviewsTable {
  id: number
  nth: number
  why: 'circle' | 'elsewhere' | 'facts'
  kind: 'merge' | 'link'
  from_key: string
  into_key: string
  followed: number
  told_by: string
  raised_at: string
  settled_by: string
  settled_at: string
  settled_reason: string
}

/** archive. One row a scheduled procedure step. */
export interface OrdersTable {
  order_key: string
  placer: string
  filler: string
  accession: string
  step: string
  study_uid: string
  patient_key: string
  modality: string
  station_aet: string
  start_date: string
  start_time: string
  status: string
  told_by: string
  told_at: number
  message_id: number
  /** Canonical JSON of `OrderDetails`. */
  details: string
}

/** archive. One row a Modality Performed Procedure Step. */
export interface ProceduresTable {
  sop_uid: string
  study_uid: string
  accession: string
  aet: string
  status: string
  told_at: string
  changed: number
  expected: string
  attributes: string
}

/** archive. Studies that went to the cold store, and those that came back. */
export interface TiersTable {
  study_uid: string
  /** Ledger number of the event that tells of its last move. */
  moved_n: number
  /** `cold` or `hot`. */
  tier: string
  moved_at: string
  /** Of its object in the cold store. */
  bytes: number
  /** 1 once the vault's own folder was seen to hold nothing of it any more; not from the journal. */
  dropped: number
}

export interface Schema {
  tiers: TiersTable
  lookouts: LookoutsTable
  lookout_warnings: LookoutWarningsTable
  redactions: RedactionsTable
  restrictions: RestrictionsTable
  restriction_admits: RestrictionAdmitsTable
  study_restrictions: StudyRestrictionsTable
  study_labels: StudyLabelsTable
  emergencies: EmergenciesTable
  access_reviews: AccessReviewsTable
  messages: MessagesTable
  persons: PersonsTable
  person_keys: PersonKeysTable
  person_relations: PersonRelationsTable
  person_reviews: PersonReviewsTable
  orders: OrdersTable
  procedures: ProceduresTable
  studies: StudiesTable
  series: SeriesTable
  instances: InstancesTable
  instance_headers: InstanceHeadersTable
  person_names: PersonNamesTable
  study_words: StudyWordsTable
  sealed: SealedTable
  conflicts: ConflictsTable
  rule_adoptions: RuleAdoptionsTable
  retention_facts: RetentionFactsTable
  retention_reductions: RetentionReductionsTable
  erasure_requests: ErasureRequestsTable
  holds: HoldsTable
  hold_scopes: HoldScopesTable
  dispositions: DispositionsTable
  disposition_studies: DispositionStudiesTable
  tombstones: TombstonesTable
  rejections: RejectionsTable
  rejected_instances: RejectedInstancesTable
  events: EventsTable
  salts: SaltsTable
  journal_positions: JournalPositionsTable
}
