-- 0015 Lookouts
--
-- Made of the journal's `lookout` facts: saved searches of the audit log that warn, and what they warned of.

create table lookouts (
  id             {{bigint}} primary key,          -- the n of the event that saved it first
  since_n        {{bigint}} not null,             -- of the one that saved it last: it warns of later entries
  name           {{key}} not null,
  ask            text    not null,                -- what it looks for and whom it tells, JSON
  owner          {{key}} not null,                -- pseudonym of who saved it first
  saved_by       {{key}} not null,
  saved_at       {{key}} not null,
  stopped_by     {{key}} not null,                -- '' while it lasts
  stopped_at     {{key}} not null,
  stopped_reason text    not null
);

create table lookout_warnings (
  id          {{bigint}} primary key,             -- the n of the event that warned
  lookout_id  {{bigint}} not null,
  entry_n     {{bigint}} not null,                -- the entry it is about
  entry_ts    {{key}} not null,
  type        {{key}} not null,
  actor       {{key}} not null,
  who         {{key}} not null,
  patient_key {{key}} not null,
  study_uid   {{key}} not null,
  seen        {{bigint}} not null,                -- how many were counted; 1 without a threshold
  raised_at   {{key}} not null,
  settled_by  {{key}} not null,                   -- who has looked at it, or ''
  settled_at  {{key}} not null,
  words       text    not null
);
create unique index lookout_warnings_once on lookout_warnings (lookout_id, entry_n);
create index lookout_warnings_by_person on lookout_warnings (lookout_id, actor, entry_ts);
create index lookout_warnings_waiting on lookout_warnings (id) where settled_at = '';
