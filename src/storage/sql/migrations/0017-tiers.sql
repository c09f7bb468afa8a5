-- 0017 Tiers
--
-- Made of the journal's `tier` facts: studies that went to the cold store, and those that came back.

create table tiers (
  study_uid {{key}} primary key,
  moved_n   {{bigint}} not null,      -- the n of the event that tells of its last move
  tier      {{key}} not null,         -- `cold`: its images are in the cold store; `hot`: it is recalled
  moved_at  {{key}} not null,
  bytes     {{bigint}} not null,      -- of its object there
  -- Not from the journal: 1 once the vault's own folder was seen to hold nothing of it any more.
  dropped   {{bigint}} not null
);
create index tiers_by_tier on tiers (tier, study_uid);
create index tiers_dropping on tiers (study_uid) where tier = 'cold' and dropped = 0;
