-- 0011 Persons: several patient IDs that are one person
--
-- Made of the journal's `person` and `message` facts. A merge or a link is decided when it is told and changes no object:
-- `studies.person_key` says whose a study is, so that a query by patient is one look, as before.
-- Why: docs/decisions/0030-persons-are-relations.md

alter table studies add column person_key {{key}} not null default '';
update studies set person_key = patient_key;
drop index studies_by_patient;
create index studies_by_person on studies (person_key, study_date);

create table person_keys (
  patient_key {{key}} primary key,                -- issuer|id; only of persons who have several
  person_key  {{key}} not null,                   -- the one of them that stands for the person
  patient_id  {{key}} not null,
  issuer      {{key}} not null,
  word        {{key}} not null                    -- the ID folded as archive/words.ts does
);
create index person_keys_by_person on person_keys (person_key);
create index person_keys_by_id on person_keys (patient_id);
create index person_keys_by_word on person_keys (word);

create table person_relations (
  from_key   {{key}} not null,                    -- of a merge the ID that is given up; of a link the first by bytes
  into_key   {{key}} not null,
  kind       {{key}} not null check (kind in ('merge', 'link')),
  active     {{bigint}} not null check (active in (0, 1)),
  told_by    {{key}} not null,                    -- the sender, or who did it here
  told_at    {{bigint}} not null,                 -- MSH-7 or the time of the act, microseconds since 1970
  changed_at {{key}} not null,
  changed_by {{key}} not null,
  reason     text    not null,
  event_n    {{bigint}} not null,
  primary key (from_key, into_key, kind)
);
create index person_relations_by_into on person_relations (into_key);

create table person_reviews (
  id             {{bigint}} not null,             -- the n of the event that raised it
  nth            {{bigint}} not null,             -- a message may raise several
  why            {{key}} not null check (why in ('circle', 'elsewhere', 'facts')),
  kind           {{key}} not null check (kind in ('merge', 'link')),
  from_key       {{key}} not null,
  into_key       {{key}} not null,
  followed       {{bigint}} not null check (followed in (0, 1)),
  told_by        {{key}} not null,
  raised_at      {{key}} not null,
  settled_by     {{key}} not null,
  settled_at     {{key}} not null,
  settled_reason text    not null,
  primary key (id, nth)
);
create index person_reviews_open on person_reviews (id) where settled_at = '';
