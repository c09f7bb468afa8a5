-- 0003 Legal holds
--
-- Made of the journal's `hold` facts. While a hold is not released nothing it covers may be destroyed, whatever its date.

create table holds (
  id           {{bigint}} primary key,          -- the n of the event that placed it
  matter       text    not null,
  reason       text    not null,
  query        text    not null,                -- canonical JSON of a search of the worklist, or ''
  placed_by    {{key}} not null,
  placed_at    {{key}} not null,
  asked_by     {{key}} not null,                -- who asked for its release, or ''
  asked_at     {{key}} not null,
  asked_reason text    not null,
  released_by  {{key}} not null,                -- the second person, or ''
  released_at  {{key}} not null
);
create index holds_active on holds (id) where released_at = '';

create table hold_scopes (
  kind    {{key}} not null check (kind in ('study', 'patient')),
  subject {{key}} not null,                     -- Study Instance UID, or issuer|id
  hold_id {{bigint}} not null,
  primary key (kind, subject, hold_id)
);
create index hold_scopes_by_hold on hold_scopes (hold_id);
