/** SQL of a migration's book: what the old archive lists, and what became of it. Read and written only by `book.ts`. */
import type { ControlStore } from '../../storage/sql/control-store.ts'

export const BOOK_MIGRATIONS: readonly string[] = [
  `create table facts (name text primary key, value text not null) strict;
   create table slices (                                     -- dates that were asked about in this run
     first text not null, last text not null, studies integer not null,
     primary key (first, last)
   ) strict;
   create table studies (
     study     text primary key,
     date      text not null,
     run       integer not null,                              -- the last one that listed it
     stated    integer not null,                              -- objects the archive says it has; -1: it does not say
     listed    integer not null,                              -- 1: its objects are listed in this run
     pulled    integer not null                               -- 1: they were fetched in this run, as far as they can be
   ) strict;
   create index studies_open on studies (run, pulled);
   create table identities (                                  -- whose the archive says a study is
     study text not null, id text not null, issuer text not null, name text not null, birth text not null,
     sex text not null, run integer not null,
     primary key (study, id, issuer, name, birth, sex)
   ) strict;
   create index identities_by_patient on identities (id, issuer);
   create table objects (
     study     text not null,
     series    text not null,
     instance  text not null,
     sop_class text not null,
     run       integer not null,                              -- the last one that listed it
     came      integer not null,                              -- the last one that fetched it; 0: none
     ds        text not null,                                 -- SHA-256 of its data set as it came last; ''
     outcome   text not null,                                 -- '', stored, already, conflict, refused, failed
     code      text not null,
     why       text not null,
     primary key (study, series, instance)
   ) strict;
   create index objects_by_instance on objects (instance);
   create table differences (                                 -- of what is here and what was listed, study by study
     study text not null, instance text not null, kind text not null check (kind in ('missing', 'extra')),
     primary key (study, instance, kind)
   ) strict;`,
]

export interface StudyRow {
  readonly study: string
  readonly date: string
  readonly run: number
  readonly stated: number
  readonly listed: number
  readonly pulled: number
}
export interface ObjectRow {
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly sop_class: string
  readonly run: number
  readonly came: number
  readonly ds: string
  readonly outcome: string
  readonly code: string
  readonly why: string
}
export interface IdentityRow {
  readonly study: string
  readonly id: string
  readonly issuer: string
  readonly name: string
  readonly birth: string
  readonly sex: string
}

export const fact = (store: ControlStore, name: string) =>
  store.one<{ value: string }>('select value from facts where name = ?', name)?.value
export const setFact = (store: ControlStore, name: string, value: string) =>
  store.run(
    'insert into facts (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
    name,
    value,
  )

export const slice = (store: ControlStore, first: string, last: string) =>
  store.one<{ studies: number }>('select studies from slices where first = ? and last = ?', first, last)
export const addSlice = (store: ControlStore, first: string, last: string, studies: number) =>
  store.run('insert or replace into slices (first, last, studies) values (?, ?, ?)', first, last, studies)
export const dropSlices = (store: ControlStore) => store.run('delete from slices')

export const putStudy = (store: ControlStore, study: string, date: string, run: number, stated: number) =>
  store.run(
    `insert into studies (study, date, run, stated, listed, pulled) values (?, ?, ?, ?, 0, 0)
     on conflict (study) do update set
       date = excluded.date, stated = excluded.stated,
       listed = case when studies.run = excluded.run then studies.listed else 0 end,
       pulled = case when studies.run = excluded.run then studies.pulled else 0 end,
       run = excluded.run`,
    study,
    date,
    run,
    stated,
  )
export const hasStudy = (store: ControlStore, study: string, run: number) =>
  store.one('select 1 from studies where study = ? and run = ?', study, run) !== undefined
export const putIdentity = (store: ControlStore, row: IdentityRow, run: number) =>
  store.run(
    `insert into identities (study, id, issuer, name, birth, sex, run) values (?, ?, ?, ?, ?, ?, ?)
     on conflict do update set run = excluded.run`,
    row.study,
    row.id,
    row.issuer,
    row.name,
    row.birth,
    row.sex,
    run,
  )
export const openStudies = (store: ControlStore, run: number) =>
  store.all<StudyRow>('select * from studies where run = ? and pulled = 0 order by date desc, study', run)
export const countStudies = (store: ControlStore, run: number) =>
  store.one<{ studies: number; pulled: number }>(
    'select count(*) as studies, coalesce(sum(pulled), 0) as pulled from studies where run = ?',
    run,
  ) ?? { studies: 0, pulled: 0 }
export const allStudies = (store: ControlStore, run: number, after: string, limit: number) =>
  store.all<StudyRow>('select * from studies where run = ? and study > ? order by study limit ?', run, after, limit)
export const markListed = (store: ControlStore, study: string) =>
  store.run('update studies set listed = 1 where study = ?', study)
export const markPulled = (store: ControlStore, study: string) =>
  store.run('update studies set pulled = 1 where study = ?', study)

export const putObject = (
  store: ControlStore,
  row: Pick<ObjectRow, 'study' | 'series' | 'instance' | 'sop_class'>,
  run: number,
) =>
  store.run(
    `insert into objects (study, series, instance, sop_class, run, came, ds, outcome, code, why)
     values (?, ?, ?, ?, ?, 0, '', '', '', '')
     on conflict do update set run = excluded.run, sop_class = excluded.sop_class`,
    row.study,
    row.series,
    row.instance,
    row.sop_class,
    run,
  )
export const objectsOf = (store: ControlStore, study: string) =>
  store.all<ObjectRow>('select * from objects where study = ? order by series, instance', study)
export const setObject = (
  store: ControlStore,
  study: string,
  instance: string,
  run: number,
  of: Pick<ObjectRow, 'ds' | 'outcome' | 'code' | 'why'>,
) =>
  store.run(
    'update objects set came = ?, ds = ?, outcome = ?, code = ?, why = ? where study = ? and instance = ?',
    run,
    of.ds,
    of.outcome,
    of.code,
    of.why,
    study,
    instance,
  )

export const replaceDifferences = (
  store: ControlStore,
  study: string,
  rows: readonly { readonly instance: string; readonly kind: 'missing' | 'extra' }[],
) =>
  store.together(() => {
    store.run('delete from differences where study = ?', study)
    for (const { instance, kind } of rows)
      store.run('insert into differences (study, instance, kind) values (?, ?, ?)', study, instance, kind)
  })

export const differencesOf = (store: ControlStore, kind: 'missing' | 'extra', run: number) =>
  store.all<{ study: string; instance: string; outcome: string | null; code: string | null; why: string | null }>(
    `select d.study, d.instance, o.outcome, o.code, o.why
       from differences d join studies s on s.study = d.study and s.run = ?
       left join objects o on o.study = d.study and o.instance = d.instance and o.run = ?
      where d.kind = ? group by d.study, d.instance order by d.study, d.instance`,
    run,
    run,
    kind,
  )
/** Objects that came in this run with other content than is here. */
export const changedObjects = (store: ControlStore, run: number) =>
  store.all<ObjectRow>(
    `select * from objects where run = ? and came = ? and outcome = 'conflict' order by study, series, instance`,
    run,
    run,
  )
/** Refused by this archive, or never given by the old one. */
export const failedObjects = (store: ControlStore, run: number) =>
  store.all<ObjectRow>(
    `select * from objects where run = ? and outcome in ('refused', 'failed') order by study, series, instance`,
    run,
  )
/** One UID in several places of the old archive. */
export const duplicates = (store: ControlStore, run: number) =>
  store.all<{ instance: string; places: number; studies: string }>(
    `select instance, count(*) as places, group_concat(distinct study) as studies
       from objects where run = ? group by instance having count(*) > 1 order by instance`,
    run,
  )
/** A study of two patients, or an ID of two persons. */
export const studiesOfSeveral = (store: ControlStore, run: number) =>
  store.all<{ study: string }>(
    `select study from identities where run = ? group by study
      having count(distinct issuer || '|' || id) > 1 order by study`,
    run,
  )
export const patientsOfSeveral = (store: ControlStore, run: number) =>
  store.all<{ id: string; issuer: string }>(
    `select id, issuer from identities where run = ? and id <> '' group by id, issuer
      having count(distinct nullif(birth, '')) > 1 or count(distinct nullif(sex, '')) > 1 order by issuer, id`,
    run,
  )
export const identitiesOfStudy = (store: ControlStore, study: string, run: number) =>
  store.all<IdentityRow>('select * from identities where study = ? and run = ? order by issuer, id', study, run)
export const identitiesOfPatient = (store: ControlStore, id: string, issuer: string, run: number) =>
  store.all<IdentityRow>(
    'select * from identities where id = ? and issuer = ? and run = ? order by study limit 20',
    id,
    issuer,
    run,
  )
export const countObjects = (store: ControlStore, run: number) =>
  store.one<{ listed: number; came: number }>(
    'select count(*) as listed, coalesce(sum(came = ?), 0) as came from objects where run = ?',
    run,
    run,
  ) ?? { listed: 0, came: 0 }
/** Listed by an earlier run, and no more by this one. */
export const goneStudies = (store: ControlStore, run: number) =>
  store.all<StudyRow>('select * from studies where run < ? order by study', run)
export const goneObjects = (store: ControlStore, run: number) =>
  store.all<ObjectRow>(
    `select o.* from objects o join studies s on s.study = o.study and s.run = ?
      where o.run < ? order by o.study, o.instance`,
    run,
    run,
  )
