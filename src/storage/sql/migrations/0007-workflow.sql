-- 0007 Workflow: messages, persons, orders, procedures
--
-- Made of the journal's `message` and `procedure` facts: what the hospital's systems told of patients and orders, the
-- worklist that follows from it, and what modalities said they performed.

create table messages (
  id             {{bigint}} primary key,          -- the n of its event
  received_at    {{key}} not null,
  address        {{key}} not null,
  sender         {{key}} not null,                -- MSH-3|MSH-4
  control_id     {{key}} not null,                -- MSH-10
  type           {{key}} not null,                -- ADT^A08
  digest         {{key}} not null,                -- SHA-256 of its type and all that follows MSH
  outcome        {{key}} not null check (outcome in ('AA', 'AE', 'AR')),
  why            text    not null,                -- of AE and AR
  note           text    not null,                -- what did not follow although it was accepted
  patient_key    {{key}} not null,
  accession      {{key}} not null,
  study_uid      {{key}} not null,
  character_set  {{key}} not null,
  raw            text    not null,                -- as it came, base64
  attention      {{bigint}} not null,             -- 1 while a person should look at it
  settled_by     {{key}} not null,
  settled_at     {{key}} not null,
  settled_reason text    not null
);
create index messages_by_control on messages (control_id, sender);
create index messages_attention on messages (id) where attention = 1;
create index messages_by_study on messages (study_uid);
create index messages_by_accession on messages (accession);

create table persons (
  patient_key {{key}} primary key,
  patient_id  {{key}} not null,
  issuer      {{key}} not null,
  name        text    not null,                   -- PN
  birth_date  {{key}} not null,
  sex         {{key}} not null,
  told_by     {{key}} not null,                   -- the sender
  told_at     {{bigint}} not null,                -- MSH-7, microseconds since 1970
  message_id  {{bigint}} not null
);

create table orders (
  order_key   {{key}} primary key,
  placer      {{key}} not null,
  filler      {{key}} not null,
  accession   {{key}} not null,
  step        {{key}} not null,
  study_uid   {{key}} not null,
  patient_key {{key}} not null,
  modality    {{key}} not null,
  station_aet {{key}} not null,
  start_date  {{key}} not null,                   -- YYYYMMDD, or ''
  start_time  {{key}} not null,
  status      {{key}} not null,                   -- scheduled, started, completed, discontinued, cancelled
  told_by     {{key}} not null,
  told_at     {{bigint}} not null,
  message_id  {{bigint}} not null,
  details     text    not null                    -- canonical JSON
);
create index orders_open on orders (start_date) where status in ('scheduled', 'started');
create index orders_by_placer on orders (placer);
create index orders_by_filler on orders (filler);
create index orders_by_accession on orders (accession);
create index orders_by_study on orders (study_uid);
create index orders_by_patient on orders (patient_key);

create table procedures (
  sop_uid    {{key}} primary key,                 -- of the MPPS
  study_uid  {{key}} not null,
  accession  {{key}} not null,
  aet        {{key}} not null,
  status     {{key}} not null,                    -- IN PROGRESS, COMPLETED, DISCONTINUED
  told_at    {{key}} not null,
  changed    {{bigint}} not null,                 -- the n of the last event about it
  expected   text    not null,                    -- canonical JSON: the instances it names, by series
  attributes text    not null                     -- DICOM JSON
);
create index procedures_by_study on procedures (study_uid);
