-- 0004 Rejected instances
--
-- Made of the journal's `reject` facts. What is rejected is kept as it was received and is not shown: `current` is 0
-- while a rejection of it lasts, and counts of series and studies leave it out. Bytes and modalities do not: it is kept.

create table rejections (
  id              {{bigint}} primary key,          -- the n of the event
  code            {{key}} not null,                -- DCM 113001, 113037, 113038 or 113039
  study_uid       {{key}} not null,
  note_uid        {{key}} not null,                -- SOP Instance UID of the rejection note
  reason          text    not null,
  rejected_by     {{key}} not null,
  rejected_at     {{key}} not null,
  restored_by     {{key}} not null,                -- who took it back, or ''
  restored_at     {{key}} not null,
  restored_reason text    not null
);
create index rejections_by_study on rejections (study_uid);
create index rejections_by_note on rejections (note_uid);

create table rejected_instances (
  instance_id  {{bigint}} not null,
  rejection_id {{bigint}} not null,
  restored_at  {{key}} not null,                   -- '' while it is rejected
  primary key (instance_id, rejection_id)
);
create index rejected_by_rejection on rejected_instances (rejection_id);
