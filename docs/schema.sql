-- Generated from src/storage/sql/migrations by tools/generate-schema.ts. Do not edit: npm run generate
--
-- The index as SQLite has it after 0001-index, 0002-sealed, 0003-holds, 0004-rejections, 0005-disposition, 0006-rules, 0007-workflow, 0008-events-by-type, 0010-known, 0011-persons, 0013-restricted, 0014-redactions, 0015-lookouts, 0017-tiers.
-- PostgreSQL has the same with bigint for integer, bytea for blob, and keys that collate "C".

create table studies (
  study_uid      text primary key,
  patient_key    text not null,              -- issuer|id, or '' when no Patient ID came
  patient_id     text not null,
  issuer         text not null,
  patient_name   text not null,
  birth_date     text not null,              -- YYYYMMDD, or ''
  sex            text not null,
  study_date     text not null,              -- YYYYMMDD, or ''
  study_time     text not null,
  accession      text not null,
  study_id       text not null,
  description    text not null,
  referring      text not null,
  modalities     text not null,              -- CT\SR, sorted
  series_count   integer not null,
  instance_count integer not null,
  bytes          integer not null,
  received_first text not null,              -- RFC 3339, UTC, ms
  received_last  text not null,
  attributes     text    not null               -- DICOM JSON
, person_key text not null default '');
create index studies_by_time on studies (study_date, study_time, received_first, study_uid);
create index studies_by_received on studies (received_last, study_uid);
create index studies_by_patient_id on studies (patient_id);
create index studies_by_accession on studies (accession);
create index studies_by_study_id on studies (study_id);
create index studies_by_description on studies (description);
create index studies_by_birth_date on studies (birth_date);
create index studies_by_person on studies (person_key, study_date);

create table series (
  study_uid      text not null,
  series_uid     text not null,
  modality       text not null,
  series_number  integer,
  description    text not null,
  body_part      text not null,
  laterality     text not null,
  performed_date text not null,
  performed_time text not null,
  instance_count integer not null,
  bytes          integer not null,
  attributes     text    not null,
  primary key (study_uid, series_uid)           -- a Series UID is unique only as far as devices keep to it
);
create index series_by_modality on series (modality, study_uid);
create index series_by_uid on series (series_uid);

create table instances (
  id              integer primary key,       -- the n of its obj.ingest leaf
  sop_uid         text not null,
  version         integer not null,
  current         integer not null check (current in (0, 1)),
  study_uid       text not null,
  series_uid      text not null,
  sop_class_uid   text not null,
  instance_number integer,
  transfer_syntax text not null,
  rows            integer not null,
  columns         integer not null,
  frames          integer not null,
  ds              text not null,             -- SHA-256 of the data set, hex
  origin          text not null check (origin in ('file', 'stream', 'assembled')),
  received_at     text not null,
  source          text    not null,
  leniencies      text    not null,
  node            text not null,
  segment         integer not null,          -- 0 when the bytes are in a spool file
  spool           text not null,
  start           integer not null,
  length          integer not null,
  ds_start        integer not null
, sealed integer not null default 0);
create unique index instances_by_sop on instances (sop_uid, version);
create index instances_by_series on instances (study_uid, series_uid, instance_number, sop_uid);
create index instances_by_class on instances (sop_class_uid);
create index instances_by_spool on instances (spool) where spool <> '';
create index instances_unsealed on instances (study_uid, received_at) where sealed = 0;
create index instances_by_segment on instances (segment) where segment > 0;

create table instance_headers (
  id       integer primary key,
  metadata blob not null,
  frames   blob not null
);

create table person_names (
  study_uid       text not null,
  attribute       text not null,
  component_group integer not null,
  normalised      text not null,
  primary key (study_uid, attribute, component_group, normalised)
);
create index person_names_by_name on person_names (normalised, attribute, study_uid);

create table study_words (
  study_uid text not null,
  word      text not null,                   -- folded as archive/words.ts does
  primary key (study_uid, word)
);
create index study_words_by_word on study_words (word, study_uid);

create table conflicts (
  id        integer primary key,             -- the n of the event that raised it
  kind      text not null check (kind in ('instance', 'patient')),
  study_uid text not null,
  sop_uid   text not null,
  kept_id   integer not null,
  other_id  integer not null,
  subject   text not null,                   -- the other patient's key, or ''
  raised_at text not null
);
create index conflicts_by_sop on conflicts (sop_uid);
create index conflicts_by_study on conflicts (study_uid, kind);

create table events (
  n           integer primary key,
  ts          text not null,
  type        text not null,
  actor       text not null,
  study_uid   text not null,
  patient_key text not null,
  leaf        text    not null,
  body        text    not null,
  salt        text not null
);
create index events_by_time on events (ts);
create index events_by_study on events (study_uid, n);
create index events_by_patient on events (patient_key, n);
create index events_by_actor on events (actor, n);
create index events_by_type on events (type, n);

create table salts (
  kind text not null check (kind in ('study', 'patient')),
  id   text not null,
  salt text not null,
  primary key (kind, id)
);

create table journal_positions (
  node         text primary key,
  segment      integer not null,
  group_number integer not null,
  end_offset   integer not null,
  next_n       integer not null
);

create table sealed (
  id            integer primary key,
  pack          text not null,                   -- name in the vault
  start         integer not null,
  length        integer not null,
  ds_start      integer not null,
  recipe_start  integer not null,
  recipe_length integer not null,                -- 0 when it lies as received
  why           text    not null,                   -- why it does
  frames        blob not null                   -- empty when it lies as received
);
create index sealed_by_pack on sealed (pack);

create table holds (
  id           integer primary key,          -- the n of the event that placed it
  matter       text    not null,
  reason       text    not null,
  query        text    not null,                -- canonical JSON of a search of the worklist, or ''
  placed_by    text not null,
  placed_at    text not null,
  asked_by     text not null,                -- who asked for its release, or ''
  asked_at     text not null,
  asked_reason text    not null,
  released_by  text not null,                -- the second person, or ''
  released_at  text not null
);
create index holds_active on holds (id) where released_at = '';

create table hold_scopes (
  kind    text not null check (kind in ('study', 'patient')),
  subject text not null,                     -- Study Instance UID, or issuer|id
  hold_id integer not null,
  primary key (kind, subject, hold_id)
);
create index hold_scopes_by_hold on hold_scopes (hold_id);

create table rejections (
  id              integer primary key,          -- the n of the event
  code            text not null,                -- DCM 113001, 113037, 113038 or 113039
  study_uid       text not null,
  note_uid        text not null,                -- SOP Instance UID of the rejection note
  reason          text    not null,
  rejected_by     text not null,
  rejected_at     text not null,
  restored_by     text not null,                -- who took it back, or ''
  restored_at     text not null,
  restored_reason text    not null
);
create index rejections_by_study on rejections (study_uid);
create index rejections_by_note on rejections (note_uid);

create table rejected_instances (
  instance_id  integer not null,
  rejection_id integer not null,
  restored_at  text not null,                   -- '' while it is rejected
  primary key (instance_id, rejection_id)
);
create index rejected_by_rejection on rejected_instances (rejection_id);

create table dispositions (
  id           integer primary key,          -- the n of the event that proposed it
  reason       text    not null,
  papers       text    not null,                -- canonical JSON: what the law wants first, and the paper that says it was done
  rules        text not null,                -- SHA-256 of the rule sets
  proposed_by  text not null,
  proposed_at  text not null,
  first_by     text not null,                -- who approved, or ''
  first_at     text not null,
  second_by    text not null,
  second_at    text not null,
  destroy_from text not null,                -- the end of the cooling-off, or ''
  ended_by     text not null,                -- who called it off, or ''
  ended_at     text not null,
  ended_reason text    not null
);

create table disposition_studies (
  disposition_id integer not null,
  study_uid      text not null,
  eligible_on    text not null,              -- YYYY-MM-DD
  governing      text    not null,              -- ids of rules, parted by spaces
  acknowledged   text    not null,              -- what was assumed and looked at, parted by spaces
  primary key (study_uid, disposition_id)
);
create index disposition_studies_by_disposition on disposition_studies (disposition_id);

create table tombstones (
  id             integer primary key,        -- the n of its leaf
  study_uid      text not null,
  disposition_id integer not null,
  study_date     text not null,
  modalities     text    not null,
  series         integer not null,
  instances      integer not null,
  bytes          integer not null,
  manifest       text not null,              -- SHA-256 of what was destroyed, instance by instance
  written_at     text not null,
  done           integer not null,           -- the n of the leaf that says every copy is gone; 0 until then
  done_at        text not null,
  copies         text    not null               -- canonical JSON: what was done to each
);
create index tombstones_by_study on tombstones (study_uid);
create index tombstones_unfinished on tombstones (id) where done = 0;

create table rule_adoptions (
  id            integer primary key,         -- the n of the event that proposed it
  jurisdictions text    not null,               -- by name, joined by commas; '' for none
  institution   text not null,               -- what kind of institution, or ''
  opt_in        text    not null,               -- recommendations that count, ids joined by spaces
  mode          text not null check (mode in ('governance', 'compliance')),
  instead       integer not null,               -- 1: of those adopted before, else beside them
  reason        text    not null,
  digest        text not null,               -- SHA-256 of the rule sets
  sets          text    not null,               -- canonical JSON of the rule sets, as they were proposed
  proposed_by   text not null,
  proposed_at   text not null,
  first_by      text not null,               -- where a first approval is wanted, or ''
  first_at      text not null,
  adopted_by    text not null,               -- the last person, or ''
  adopted_at    text not null,
  ended_by      text not null,               -- who withdrew or refused it, or ''
  ended_at      text not null,
  ended_reason  text    not null,
  replaced_at   text not null                -- when others were adopted instead, or ''
);
create index rule_adoptions_in_force on rule_adoptions (id) where adopted_at <> '' and replaced_at = '';

create table messages (
  id             integer primary key,          -- the n of its event
  received_at    text not null,
  address        text not null,
  sender         text not null,                -- MSH-3|MSH-4
  control_id     text not null,                -- MSH-10
  type           text not null,                -- ADT^A08
  digest         text not null,                -- SHA-256 of its type and all that follows MSH
  outcome        text not null check (outcome in ('AA', 'AE', 'AR')),
  why            text    not null,                -- of AE and AR
  note           text    not null,                -- what did not follow although it was accepted
  patient_key    text not null,
  accession      text not null,
  study_uid      text not null,
  character_set  text not null,
  raw            text    not null,                -- as it came, base64
  attention      integer not null,             -- 1 while a person should look at it
  settled_by     text not null,
  settled_at     text not null,
  settled_reason text    not null
);
create index messages_by_control on messages (control_id, sender);
create index messages_attention on messages (id) where attention = 1;
create index messages_by_study on messages (study_uid);
create index messages_by_accession on messages (accession);

create table persons (
  patient_key text primary key,
  patient_id  text not null,
  issuer      text not null,
  name        text    not null,                   -- PN
  birth_date  text not null,
  sex         text not null,
  told_by     text not null,                   -- the sender
  told_at     integer not null,                -- MSH-7, microseconds since 1970
  message_id  integer not null
);

create table orders (
  order_key   text primary key,
  placer      text not null,
  filler      text not null,
  accession   text not null,
  step        text not null,
  study_uid   text not null,
  patient_key text not null,
  modality    text not null,
  station_aet text not null,
  start_date  text not null,                   -- YYYYMMDD, or ''
  start_time  text not null,
  status      text not null,                   -- scheduled, started, completed, discontinued, cancelled
  told_by     text not null,
  told_at     integer not null,
  message_id  integer not null,
  details     text    not null                    -- canonical JSON
);
create index orders_open on orders (start_date) where status in ('scheduled', 'started');
create index orders_by_placer on orders (placer);
create index orders_by_filler on orders (filler);
create index orders_by_accession on orders (accession);
create index orders_by_study on orders (study_uid);
create index orders_by_patient on orders (patient_key);

create table procedures (
  sop_uid    text primary key,                 -- of the MPPS
  study_uid  text not null,
  accession  text not null,
  aet        text not null,
  status     text not null,                    -- IN PROGRESS, COMPLETED, DISCONTINUED
  told_at    text not null,
  changed    integer not null,                 -- the n of the last event about it
  expected   text    not null,                    -- canonical JSON: the instances it names, by series
  attributes text    not null                     -- DICOM JSON
);
create index procedures_by_study on procedures (study_uid);

create table retention_facts (
  kind     text not null check (kind in ('study', 'patient', 'trial')),
  subject  text not null,                     -- Study Instance UID, issuer|id, or the trial's name
  name     text not null,                     -- of the fact: death, tag.cancer, trial; floor: a date that stands
  value    text not null,
  reason   text    not null,
  told_by  text not null,
  told_at  text not null,
  told_n   integer not null,                  -- the n of the event that said it
  primary key (kind, subject, name)
);
create index retention_facts_in_trial on retention_facts (value) where name = 'trial';
create index retention_facts_floors on retention_facts (subject) where name = 'floor';

create table retention_reductions (
  id            integer primary key,          -- the n of the event that proposed it
  study_uid     text not null,
  floor         text not null,                -- the date that is to be let go
  reason        text    not null,
  evidence      text    not null,                -- the paper it rests on
  proposed_by   text not null,
  proposed_at   text not null,
  first_by      text not null,
  first_at      text not null,
  adopted_by    text not null,
  adopted_at    text not null,
  ended_by      text not null,
  ended_at      text not null,
  ended_reason  text    not null
);
create index retention_reductions_open on retention_reductions (study_uid) where adopted_at = '' and ended_at = '';

create table erasure_requests (
  id              integer primary key,        -- the n of the event that recorded it
  patient_key     text not null,
  studies         text    not null,              -- Study UIDs it names, joined by spaces; '' for all of the patient's
  asked_on        text not null,              -- YYYY-MM-DD
  asked_by        text    not null,              -- who asked, and how
  identity        text    not null,              -- how it was made sure who asked
  recorded_by     text not null,
  recorded_at     text not null,
  answer          text    not null,              -- canonical JSON of what was answered of each study, or ''
  answered_by     text not null,
  answered_at     text not null,
  answered_reason text    not null
);
create index erasure_requests_by_patient on erasure_requests (patient_key);
create index erasure_requests_open on erasure_requests (asked_on) where answered_at = '';

create table person_keys (
  patient_key text primary key,                -- issuer|id; only of persons who have several
  person_key  text not null,                   -- the one of them that stands for the person
  patient_id  text not null,
  issuer      text not null,
  word        text not null                    -- the ID folded as archive/words.ts does
);
create index person_keys_by_person on person_keys (person_key);
create index person_keys_by_id on person_keys (patient_id);
create index person_keys_by_word on person_keys (word);

create table person_relations (
  from_key   text not null,                    -- of a merge the ID that is given up; of a link the first by bytes
  into_key   text not null,
  kind       text not null check (kind in ('merge', 'link')),
  active     integer not null check (active in (0, 1)),
  told_by    text not null,                    -- the sender, or who did it here
  told_at    integer not null,                 -- MSH-7 or the time of the act, microseconds since 1970
  changed_at text not null,
  changed_by text not null,
  reason     text    not null,
  event_n    integer not null,
  primary key (from_key, into_key, kind)
);
create index person_relations_by_into on person_relations (into_key);

create table person_reviews (
  id             integer not null,             -- the n of the event that raised it
  nth            integer not null,             -- a message may raise several
  why            text not null check (why in ('circle', 'elsewhere', 'facts')),
  kind           text not null check (kind in ('merge', 'link')),
  from_key       text not null,
  into_key       text not null,
  followed       integer not null check (followed in (0, 1)),
  told_by        text not null,
  raised_at      text not null,
  settled_by     text not null,
  settled_at     text not null,
  settled_reason text    not null,
  primary key (id, nth)
);
create index person_reviews_open on person_reviews (id) where settled_at = '';

create table restrictions (
  id            integer primary key,         -- the n of the event that placed it
  kind          text not null check (kind in ('patient', 'study', 'institution', 'source', 'code')),
  subject       text not null,               -- issuer|id, a UID, InstitutionName, AE title, Confidentiality Code
  level         text not null check (level in ('restricted', 'watched')),
  reason        text    not null,
  placed_by     text not null,
  placed_at     text not null,
  lifted_by     text not null,               -- who ended it, or ''
  lifted_at     text not null,
  lifted_reason text    not null
);
create index restrictions_lasting on restrictions (kind, subject) where lifted_at = '';

create table restriction_admits (
  restriction_id integer not null,
  who            text not null,              -- u:… a person, role:…, ae:… a device, ae:* every listed device
  primary key (restriction_id, who)
);

create table study_restrictions (
  study_uid      text not null,
  restriction_id integer not null,
  level          text not null,
  patient_key    text not null,
  primary key (study_uid, restriction_id)
);
create index study_restrictions_by_restriction on study_restrictions (restriction_id);
create index study_restrictions_by_patient on study_restrictions (patient_key);

create table study_labels (
  label     text not null,
  study_uid text not null,
  primary key (label, study_uid)
);
create index study_labels_by_study on study_labels (study_uid);

create table emergencies (
  id          integer primary key,           -- the n of the event that began it
  actor       text not null,
  name        text not null,
  patient_key text not null,
  cause       text not null,
  reason      text    not null,
  begun_at    text not null,
  until       text not null,
  ended_at    text not null,                 -- '' while it lasts
  ended_why   text not null
);
create index emergencies_lasting on emergencies (actor, patient_key) where ended_at = '';

create table access_reviews (
  id          integer primary key,           -- the n of the event that is looked at
  kind        text not null check (kind in ('emergency', 'watched')),
  actor       text not null,
  name        text not null,
  patient_key text not null,
  study_uid   text not null,
  reason      text    not null,
  raised_at   text not null,
  reviewed_by text not null,                 -- '' while it waits
  reviewed_at text not null,
  outcome     text not null,
  words       text    not null
);
create index access_reviews_waiting on access_reviews (id) where reviewed_at = '';
create index access_reviews_by_actor on access_reviews (actor, raised_at);

create table redactions (
  id           integer primary key,          -- the n of the event that proposed it
  until        text not null,                -- events before this moment
  reason       text    not null,
  proposed_by  text not null,
  proposed_at  text not null,
  approved_by  text not null,                -- another person, or ''
  approved_at  text not null,
  ended_by     text not null,                -- who withdrew or refused it, or ''
  ended_at     text not null,
  ended_reason text    not null,
  events       integer not null,             -- how many were erased
  done_at      text not null                 -- when no byte of them was left in the inbox; '' until then
);

create table lookouts (
  id             integer primary key,          -- the n of the event that saved it first
  since_n        integer not null,             -- of the one that saved it last: it warns of later entries
  name           text not null,
  ask            text    not null,                -- what it looks for and whom it tells, JSON
  owner          text not null,                -- pseudonym of who saved it first
  saved_by       text not null,
  saved_at       text not null,
  stopped_by     text not null,                -- '' while it lasts
  stopped_at     text not null,
  stopped_reason text    not null
);

create table lookout_warnings (
  id          integer primary key,             -- the n of the event that warned
  lookout_id  integer not null,
  entry_n     integer not null,                -- the entry it is about
  entry_ts    text not null,
  type        text not null,
  actor       text not null,
  who         text not null,
  patient_key text not null,
  study_uid   text not null,
  seen        integer not null,                -- how many were counted; 1 without a threshold
  raised_at   text not null,
  settled_by  text not null,                   -- who has looked at it, or ''
  settled_at  text not null,
  words       text    not null
);
create unique index lookout_warnings_once on lookout_warnings (lookout_id, entry_n);
create index lookout_warnings_by_person on lookout_warnings (lookout_id, actor, entry_ts);
create index lookout_warnings_waiting on lookout_warnings (id) where settled_at = '';

create table tiers (
  study_uid text primary key,
  moved_n   integer not null,      -- the n of the event that tells of its last move
  tier      text not null,         -- `cold`: its images are in the cold store; `hot`: it is recalled
  moved_at  text not null,
  bytes     integer not null,      -- of its object there
  -- Not from the journal: 1 once the vault's own folder was seen to hold nothing of it any more.
  dropped   integer not null
);
create index tiers_by_tier on tiers (tier, study_uid);
create index tiers_dropping on tiers (study_uid) where tier = 'cold' and dropped = 0;
