-- 0001 The index
--
-- Studies, series, instances and what is found by them; events and salts as journaled; how far the journal has been
-- applied. A cache of the truth in inbox and vault: `clearkeep rebuild` makes all of it again.
-- Why: docs/decisions/0004-homes-of-facts.md
--
-- {{key}} is text that sorts by its bytes, {{bigint}} a 64-bit integer, {{blob}} bytes.

create table studies (
  study_uid      {{key}} primary key,
  patient_key    {{key}} not null,              -- issuer|id, or '' when no Patient ID came
  patient_id     {{key}} not null,
  issuer         {{key}} not null,
  patient_name   {{key}} not null,
  birth_date     {{key}} not null,              -- YYYYMMDD, or ''
  sex            {{key}} not null,
  study_date     {{key}} not null,              -- YYYYMMDD, or ''
  study_time     {{key}} not null,
  accession      {{key}} not null,
  study_id       {{key}} not null,
  description    {{key}} not null,
  referring      {{key}} not null,
  modalities     {{key}} not null,              -- CT\SR, sorted
  series_count   {{bigint}} not null,
  instance_count {{bigint}} not null,
  bytes          {{bigint}} not null,
  received_first {{key}} not null,              -- RFC 3339, UTC, ms
  received_last  {{key}} not null,
  attributes     text    not null               -- DICOM JSON
);
create index studies_by_time on studies (study_date, study_time, received_first, study_uid); -- read backwards
create index studies_by_received on studies (received_last, study_uid);
create index studies_by_patient on studies (patient_key, study_date);
create index studies_by_patient_id on studies (patient_id);
create index studies_by_accession on studies (accession);
create index studies_by_study_id on studies (study_id);
create index studies_by_description on studies (description);
create index studies_by_birth_date on studies (birth_date);

create table series (
  study_uid      {{key}} not null,
  series_uid     {{key}} not null,
  modality       {{key}} not null,
  series_number  {{bigint}},
  description    {{key}} not null,
  body_part      {{key}} not null,
  laterality     {{key}} not null,
  performed_date {{key}} not null,
  performed_time {{key}} not null,
  instance_count {{bigint}} not null,
  bytes          {{bigint}} not null,
  attributes     text    not null,
  primary key (study_uid, series_uid)           -- a Series UID is unique only as far as devices keep to it
);
create index series_by_modality on series (modality, study_uid);
create index series_by_uid on series (series_uid);

create table instances (
  id              {{bigint}} primary key,       -- the n of its obj.ingest leaf
  sop_uid         {{key}} not null,
  version         {{bigint}} not null,
  current         {{bigint}} not null check (current in (0, 1)),
  study_uid       {{key}} not null,
  series_uid      {{key}} not null,
  sop_class_uid   {{key}} not null,
  instance_number {{bigint}},
  transfer_syntax {{key}} not null,
  rows            {{bigint}} not null,
  columns         {{bigint}} not null,
  frames          {{bigint}} not null,
  ds              {{key}} not null,             -- SHA-256 of the data set, hex
  origin          {{key}} not null check (origin in ('file', 'stream', 'assembled')),
  received_at     {{key}} not null,
  source          text    not null,
  leniencies      text    not null,
  node            {{key}} not null,
  segment         {{bigint}} not null,          -- 0 when the bytes are in a spool file
  spool           {{key}} not null,
  start           {{bigint}} not null,
  length          {{bigint}} not null,
  ds_start        {{bigint}} not null
);
create unique index instances_by_sop on instances (sop_uid, version);
create index instances_by_series on instances (study_uid, series_uid, instance_number, sop_uid);
create index instances_by_class on instances (sop_class_uid);
create index instances_by_spool on instances (spool) where spool <> ''; -- few: objects over a megabyte

create table instance_headers (
  id       {{bigint}} primary key,
  metadata {{blob}} not null,
  frames   {{blob}} not null
);

create table person_names (
  study_uid       {{key}} not null,
  attribute       {{key}} not null,
  component_group {{bigint}} not null,
  normalised      {{key}} not null,
  primary key (study_uid, attribute, component_group, normalised)
);
create index person_names_by_name on person_names (normalised, attribute, study_uid);

create table study_words (
  study_uid {{key}} not null,
  word      {{key}} not null,                   -- folded as archive/words.ts does
  primary key (study_uid, word)
);
create index study_words_by_word on study_words (word, study_uid);

create table conflicts (
  id        {{bigint}} primary key,             -- the n of the event that raised it
  kind      {{key}} not null check (kind in ('instance', 'patient')),
  study_uid {{key}} not null,
  sop_uid   {{key}} not null,
  kept_id   {{bigint}} not null,
  other_id  {{bigint}} not null,
  subject   {{key}} not null,                   -- the other patient's key, or ''
  raised_at {{key}} not null
);
create index conflicts_by_sop on conflicts (sop_uid);
create index conflicts_by_study on conflicts (study_uid, kind);

create table events (
  n           {{bigint}} primary key,
  ts          {{key}} not null,
  type        {{key}} not null,
  actor       {{key}} not null,
  study_uid   {{key}} not null,
  patient_key {{key}} not null,
  leaf        text    not null,
  body        text    not null,
  salt        {{key}} not null
);
create index events_by_time on events (ts);
create index events_by_study on events (study_uid, n);
create index events_by_patient on events (patient_key, n);
create index events_by_actor on events (actor, n);

create table salts (
  kind {{key}} not null check (kind in ('study', 'patient')),
  id   {{key}} not null,
  salt {{key}} not null,
  primary key (kind, id)
);

create table journal_positions (
  node         {{key}} primary key,
  segment      {{bigint}} not null,
  group_number {{bigint}} not null,
  end_offset   {{bigint}} not null,
  next_n       {{bigint}} not null
);
