-- 0005 Disposition
--
-- Made of the journal's `dispose` facts: what was proposed for destruction, who approved it, and what is left of a study
-- that was destroyed. A tombstone is written before the first byte goes, and stays for ever.

create table dispositions (
  id           {{bigint}} primary key,          -- the n of the event that proposed it
  reason       text    not null,
  papers       text    not null,                -- canonical JSON: what the law wants first, and the paper that says it was done
  rules        {{key}} not null,                -- SHA-256 of the rule sets
  proposed_by  {{key}} not null,
  proposed_at  {{key}} not null,
  first_by     {{key}} not null,                -- who approved, or ''
  first_at     {{key}} not null,
  second_by    {{key}} not null,
  second_at    {{key}} not null,
  destroy_from {{key}} not null,                -- the end of the cooling-off, or ''
  ended_by     {{key}} not null,                -- who called it off, or ''
  ended_at     {{key}} not null,
  ended_reason text    not null
);

create table disposition_studies (
  disposition_id {{bigint}} not null,
  study_uid      {{key}} not null,
  eligible_on    {{key}} not null,              -- YYYY-MM-DD
  governing      text    not null,              -- ids of rules, parted by spaces
  acknowledged   text    not null,              -- what was assumed and looked at, parted by spaces
  primary key (study_uid, disposition_id)
);
create index disposition_studies_by_disposition on disposition_studies (disposition_id);

create table tombstones (
  id             {{bigint}} primary key,        -- the n of its leaf
  study_uid      {{key}} not null,
  disposition_id {{bigint}} not null,
  study_date     {{key}} not null,
  modalities     text    not null,
  series         {{bigint}} not null,
  instances      {{bigint}} not null,
  bytes          {{bigint}} not null,
  manifest       {{key}} not null,              -- SHA-256 of what was destroyed, instance by instance
  written_at     {{key}} not null,
  done           {{bigint}} not null,           -- the n of the leaf that says every copy is gone; 0 until then
  done_at        {{key}} not null,
  copies         text    not null               -- canonical JSON: what was done to each
);
create index tombstones_by_study on tombstones (study_uid);
create index tombstones_unfinished on tombstones (id) where done = 0;
