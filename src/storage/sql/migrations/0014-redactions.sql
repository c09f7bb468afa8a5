-- 0014 Redaction of events
--
-- Made of the journal's `erase` facts: bodies and salts of old events taken out, by two people. The leaves stay.

create table redactions (
  id           {{bigint}} primary key,          -- the n of the event that proposed it
  until        {{key}} not null,                -- events before this moment
  reason       text    not null,
  proposed_by  {{key}} not null,
  proposed_at  {{key}} not null,
  approved_by  {{key}} not null,                -- another person, or ''
  approved_at  {{key}} not null,
  ended_by     {{key}} not null,                -- who withdrew or refused it, or ''
  ended_at     {{key}} not null,
  ended_reason text    not null,
  events       {{bigint}} not null,             -- how many were erased
  done_at      {{key}} not null                 -- when no byte of them was left in the inbox; '' until then
);
