-- 0006 Rules of retention that were adopted
--
-- Made of the journal's `rules` facts. All that were adopted and not replaced count together: the longest wins.

create table rule_adoptions (
  id            {{bigint}} primary key,         -- the n of the event that proposed it
  jurisdictions text    not null,               -- by name, joined by commas; '' for none
  institution   {{key}} not null,               -- what kind of institution, or ''
  opt_in        text    not null,               -- recommendations that count, ids joined by spaces
  mode          {{key}} not null check (mode in ('governance', 'compliance')),
  instead       integer not null,               -- 1: of those adopted before, else beside them
  reason        text    not null,
  digest        {{key}} not null,               -- SHA-256 of the rule sets
  sets          text    not null,               -- canonical JSON of the rule sets, as they were proposed
  proposed_by   {{key}} not null,
  proposed_at   {{key}} not null,
  first_by      {{key}} not null,               -- where a first approval is wanted, or ''
  first_at      {{key}} not null,
  adopted_by    {{key}} not null,               -- the last person, or ''
  adopted_at    {{key}} not null,
  ended_by      {{key}} not null,               -- who withdrew or refused it, or ''
  ended_at      {{key}} not null,
  ended_reason  text    not null,
  replaced_at   {{key}} not null                -- when others were adopted instead, or ''
);
create index rule_adoptions_in_force on rule_adoptions (id) where adopted_at <> '' and replaced_at = '';
