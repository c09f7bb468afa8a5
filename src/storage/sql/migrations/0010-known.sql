-- 0010 What people say of studies, patients and trials, dates let go, and requests for erasure
--
-- Made of the journal's `retain` and `erasure` facts. What is said now: what was said before stands in the journal.

create table retention_facts (
  kind     {{key}} not null check (kind in ('study', 'patient', 'trial')),
  subject  {{key}} not null,                     -- Study Instance UID, issuer|id, or the trial's name
  name     {{key}} not null,                     -- of the fact: death, tag.cancer, trial; floor: a date that stands
  value    {{key}} not null,
  reason   text    not null,
  told_by  {{key}} not null,
  told_at  {{key}} not null,
  told_n   {{bigint}} not null,                  -- the n of the event that said it
  primary key (kind, subject, name)
);
create index retention_facts_in_trial on retention_facts (value) where name = 'trial';
create index retention_facts_floors on retention_facts (subject) where name = 'floor';

create table retention_reductions (
  id            {{bigint}} primary key,          -- the n of the event that proposed it
  study_uid     {{key}} not null,
  floor         {{key}} not null,                -- the date that is to be let go
  reason        text    not null,
  evidence      text    not null,                -- the paper it rests on
  proposed_by   {{key}} not null,
  proposed_at   {{key}} not null,
  first_by      {{key}} not null,
  first_at      {{key}} not null,
  adopted_by    {{key}} not null,
  adopted_at    {{key}} not null,
  ended_by      {{key}} not null,
  ended_at      {{key}} not null,
  ended_reason  text    not null
);
create index retention_reductions_open on retention_reductions (study_uid) where adopted_at = '' and ended_at = '';

create table erasure_requests (
  id              {{bigint}} primary key,        -- the n of the event that recorded it
  patient_key     {{key}} not null,
  studies         text    not null,              -- Study UIDs it names, joined by spaces; '' for all of the patient's
  asked_on        {{key}} not null,              -- YYYY-MM-DD
  asked_by        text    not null,              -- who asked, and how
  identity        text    not null,              -- how it was made sure who asked
  recorded_by     {{key}} not null,
  recorded_at     {{key}} not null,
  answer          text    not null,              -- canonical JSON of what was answered of each study, or ''
  answered_by     {{key}} not null,
  answered_at     {{key}} not null,
  answered_reason text    not null
);
create index erasure_requests_by_patient on erasure_requests (patient_key);
create index erasure_requests_open on erasure_requests (asked_on) where answered_at = '';
