-- 0013 Restricted patients
--
-- Made of the journal's `access` facts and of what arrives: who is let in to what not everybody sees, which studies that
-- covers, who opened it in an emergency, and what waits for a second look.

create table restrictions (
  id            {{bigint}} primary key,         -- the n of the event that placed it
  kind          {{key}} not null check (kind in ('patient', 'study', 'institution', 'source', 'code')),
  subject       {{key}} not null,               -- issuer|id, a UID, InstitutionName, AE title, Confidentiality Code
  level         {{key}} not null check (level in ('restricted', 'watched')),
  reason        text    not null,
  placed_by     {{key}} not null,
  placed_at     {{key}} not null,
  lifted_by     {{key}} not null,               -- who ended it, or ''
  lifted_at     {{key}} not null,
  lifted_reason text    not null
);
create index restrictions_lasting on restrictions (kind, subject) where lifted_at = '';

create table restriction_admits (
  restriction_id {{bigint}} not null,
  who            {{key}} not null,              -- u:… a person, role:…, ae:… a device, ae:* every listed device
  primary key (restriction_id, who)
);

-- What restrictions that last cover now.
create table study_restrictions (
  study_uid      {{key}} not null,
  restriction_id {{bigint}} not null,
  level          {{key}} not null,
  patient_key    {{key}} not null,
  primary key (study_uid, restriction_id)
);
create index study_restrictions_by_restriction on study_restrictions (restriction_id);
create index study_restrictions_by_patient on study_restrictions (patient_key);

-- By what a restriction may cover a study: institution:…, source:…, code:…
create table study_labels (
  label     {{key}} not null,
  study_uid {{key}} not null,
  primary key (label, study_uid)
);
create index study_labels_by_study on study_labels (study_uid);

create table emergencies (
  id          {{bigint}} primary key,           -- the n of the event that began it
  actor       {{key}} not null,
  name        {{key}} not null,
  patient_key {{key}} not null,
  cause       {{key}} not null,
  reason      text    not null,
  begun_at    {{key}} not null,
  until       {{key}} not null,
  ended_at    {{key}} not null,                 -- '' while it lasts
  ended_why   {{key}} not null
);
create index emergencies_lasting on emergencies (actor, patient_key) where ended_at = '';

create table access_reviews (
  id          {{bigint}} primary key,           -- the n of the event that is looked at
  kind        {{key}} not null check (kind in ('emergency', 'watched')),
  actor       {{key}} not null,
  name        {{key}} not null,
  patient_key {{key}} not null,
  study_uid   {{key}} not null,
  reason      text    not null,
  raised_at   {{key}} not null,
  reviewed_by {{key}} not null,                 -- '' while it waits
  reviewed_at {{key}} not null,
  outcome     {{key}} not null,
  words       text    not null
);
create index access_reviews_waiting on access_reviews (id) where reviewed_at = '';
create index access_reviews_by_actor on access_reviews (actor, raised_at);
