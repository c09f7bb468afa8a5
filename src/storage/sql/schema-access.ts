/** The tables of who sees what, and of entries that were erased; migrations 0013 and 0014 say what their columns hold. */
/** archive. Who is let in to what not everybody sees, from the journal's `access` facts. */
export interface RestrictionsTable {
  /** The n of the event that placed it. */
  id: number
  kind: string
  subject: string
  /** `restricted` or `watched`. */
  level: string
  reason: string
  placed_by: string
  placed_at: string
  /** Who ended it, when and why; '' while it lasts. */
  lifted_by: string
  lifted_at: string
  lifted_reason: string
}

/** archive. */
export interface RestrictionAdmitsTable {
  restriction_id: number
  /** `u:…`, `role:…`, `ae:…`, `ae:*`. */
  who: string
}

/** archive. Which studies restrictions that last cover now. */
export interface StudyRestrictionsTable {
  study_uid: string
  restriction_id: number
  level: string
  patient_key: string
}

/** archive. By what a rule may cover a study: `institution:…`, `source:…`, `code:…`. */
export interface StudyLabelsTable {
  label: string
  study_uid: string
}

/** archive. Who opened what a restriction kept from them. */
export interface EmergenciesTable {
  /** The n of the event that began it. */
  id: number
  actor: string
  name: string
  patient_key: string
  cause: string
  reason: string
  begun_at: string
  until: string
  /** '' while nobody ended it. */
  ended_at: string
  ended_why: string
}

/** archive. What a person looks at afterwards. */
export interface AccessReviewsTable {
  /** The n of the event that is looked at. */
  id: number
  kind: string
  actor: string
  name: string
  patient_key: string
  study_uid: string
  reason: string
  raised_at: string
  reviewed_by: string
  reviewed_at: string
  outcome: string
  words: string
}

/** archive. Searches of the audit log that warn, from the journal's `lookout` facts. */
export interface LookoutsTable {
  /** The n of the event that saved it first, and of the one that saved it last. */
  id: number
  since_n: number
  name: string
  /** What it looks for and whom it tells: JSON of a `LookoutAsk`. */
  ask: string
  /** Pseudonym. */
  owner: string
  saved_by: string
  saved_at: string
  /** '' while it lasts. */
  stopped_by: string
  stopped_at: string
  stopped_reason: string
}

/** archive. What they warned of. */
export interface LookoutWarningsTable {
  /** The n of the event that warned. */
  id: number
  lookout_id: number
  /** The entry it is about. */
  entry_n: number
  entry_ts: string
  type: string
  actor: string
  who: string
  patient_key: string
  study_uid: string
  seen: number
  raised_at: string
  /** '' while nobody has looked at it. */
  settled_by: string
  settled_at: string
  words: string
}

/** archive. Bodies and salts of events taken out, from the journal's `erase` facts. */
export interface RedactionsTable {
  /** The n of the event that proposed it. */
  id: number
  /** Events before this moment. */
  until: string
  reason: string
  proposed_by: string
  proposed_at: string
  approved_by: string
  approved_at: string
  ended_by: string
  ended_at: string
  ended_reason: string
  events: number
  /** '' until no byte of them was left. */
  done_at: string
}
