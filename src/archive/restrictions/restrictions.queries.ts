/**
 * SQL of restricted patients. Writes `restrictions`, `restriction_admits`, `study_restrictions`, `study_labels`,
 * `emergencies` and `access_reviews`; reads `studies` too.
 *
 * What a person sees is a condition on a study's UID that other queries carry: `study_restrictions` has a row for what a
 * restriction covers and for nothing else, so where nobody is restricted the condition is one look at an empty index.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { Database } from '../../storage/sql/database.ts'
import type {
  AccessReviewsTable,
  EmergenciesTable,
  RestrictionAdmitsTable,
  RestrictionsTable,
  Schema,
  StudyLabelsTable,
} from '../../storage/sql/schema.ts'
import { keysOf } from '../persons/persons.queries.ts'
import type { RestrictionKind, RestrictionLevel } from './access-rows.ts'

type Placed = 'id' | 'kind' | 'subject' | 'level' | 'reason' | 'placed_by' | 'placed_at'
type Lifted = 'lifted_by' | 'lifted_at' | 'lifted_reason'
type Raised = 'id' | 'kind' | 'actor' | 'name' | 'patient_key' | 'study_uid' | 'reason' | 'raised_at'
type Reviewed = 'reviewed_by' | 'reviewed_at' | 'outcome' | 'words'

export interface RestrictionStatements {
  insertRestriction(row: Pick<RestrictionsTable, Placed>): CompiledQuery
  insertAdmitted(row: RestrictionAdmitsTable): CompiledQuery
  setLifted(id: number, changes: Pick<RestrictionsTable, Lifted>): CompiledQuery
  /** Whatever is here that the restriction is of. */
  coverStudies(restriction: Pick<RestrictionsTable, 'id' | 'kind' | 'subject' | 'level'>): CompiledQuery
  /** A study that came, or that has a label more, is covered by what lasts. */
  coverStudy(study: string): CompiledQuery
  uncover(restriction: number): CompiledQuery
  insertLabel(row: StudyLabelsTable): CompiledQuery
  insertEmergency(row: Omit<EmergenciesTable, 'ended_at' | 'ended_why'>): CompiledQuery
  setEnded(id: number, changes: Pick<EmergenciesTable, 'ended_at' | 'ended_why'>): CompiledQuery
  /** Restrictions of a patient cover the person: whoever two IDs turned out to be, or not to be, is covered anew. */
  uncoverPerson(person: string): CompiledQuery
  coverPerson(person: string): CompiledQuery
  insertAccessReview(row: Pick<AccessReviewsTable, Raised>): CompiledQuery
  setReviewed(id: number, changes: Pick<AccessReviewsTable, Reviewed>): CompiledQuery
}

export function restrictionStatements(db: Kysely<Schema>): RestrictionStatements {
  const cover = (which: RawBuilder<unknown>) =>
    sql`insert into study_restrictions
      (study_uid, restriction_id, level, patient_key) ${which} on conflict do nothing`.compile(db)
  const covered = cover(sql`select s.study_uid, r.id, r.level, s.patient_key from studies s, restrictions r
      where s.study_uid = ${''} and r.lifted_at = '' and ((r.kind = 'patient' and s.patient_key <> ''
          and (r.subject = s.patient_key or r.subject in (select k.patient_key from person_keys k where k.person_key = s.person_key)))
        or (r.kind = 'study' and r.subject = s.study_uid)
        or (r.kind in ('institution', 'source', 'code') and exists (select 1 from study_labels l
          where l.study_uid = s.study_uid and l.label = r.kind || ':' || r.subject)))`)
  return {
    insertRestriction: (row) =>
      db
        .insertInto('restrictions')
        .values({ ...row, lifted_by: '', lifted_at: '', lifted_reason: '' })
        .compile(),
    insertAdmitted: (row) =>
      db
        .insertInto('restriction_admits')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .compile(),
    setLifted: (id, changes) => db.updateTable('restrictions').set(changes).where('id', '=', id).compile(),
    coverStudies: ({ id, kind, subject, level }) => cover(coveredBy(id, kind as RestrictionKind, subject, level)),
    coverStudy: (study) => ({ ...covered, parameters: [study] }),
    uncover: (restriction) => db.deleteFrom('study_restrictions').where('restriction_id', '=', restriction).compile(),
    insertLabel: (row) =>
      db
        .insertInto('study_labels')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .compile(),
    insertEmergency: (row) =>
      db
        .insertInto('emergencies')
        .values({ ...row, ended_at: '', ended_why: '' })
        .compile(),
    setEnded: (id, changes) => db.updateTable('emergencies').set(changes).where('id', '=', id).compile(),
    uncoverPerson: (person) =>
      sql`delete from study_restrictions where study_uid in (select study_uid from studies where person_key = ${person})
        and restriction_id in (select id from restrictions where kind = 'patient')`.compile(db),
    coverPerson: (person) =>
      cover(sql`select s.study_uid, r.id, r.level, s.patient_key from restrictions r, studies s
        where r.kind = 'patient' and r.lifted_at = '' and s.person_key = ${person} and s.patient_key <> ''
          and (r.subject = ${person} or r.subject in (select k.patient_key from person_keys k where k.person_key = ${person}))`),
    insertAccessReview: (row) =>
      db
        .insertInto('access_reviews')
        .values({ ...row, reviewed_by: '', reviewed_at: '', outcome: '', words: '' })
        .compile(),
    setReviewed: (id, changes) => db.updateTable('access_reviews').set(changes).where('id', '=', id).compile(),
  }
}

function coveredBy(id: number, kind: RestrictionKind, subject: string, level: string): RawBuilder<unknown> {
  const row = sql`select s.study_uid, cast(${id} as bigint), cast(${level} as text), s.patient_key from studies s`
  if (kind === 'patient')
    return sql`${row} where s.person_key = coalesce((select k.person_key from person_keys k where k.patient_key = ${subject}), ${subject})`
  if (kind === 'study') return sql`${row} where s.study_uid = ${subject}`
  return sql`${row} where s.study_uid in (select l.study_uid from study_labels l where l.label = ${`${kind}:${subject}`})`
}

// --- who sees what ------------------------------------------------------------------

/** Who looks: of each list one entry must be let in. */
export interface Sight {
  readonly lists: readonly (readonly string[])[]
  /** Pseudonym, for emergencies. */
  readonly actor: string
  readonly now: string
}

type Fragment = RawBuilder<boolean>

/** Is he kept out of what the restriction is of? */
const keptOut = ({ lists }: Sight, restriction: RawBuilder<unknown>): Fragment =>
  sql<boolean>`(${sql.join(
    lists.map(
      (list) => sql`not exists (select 1 from restriction_admits a
        where a.restriction_id = ${restriction} and a.who in (${sql.join(list.length === 0 ? [''] : list)}))`,
    ),
    sql` or `,
  )})`

const noEmergency = ({ actor, now }: Sight, patient: RawBuilder<unknown>): Fragment =>
  sql<boolean>`not exists (select 1 from emergencies g where g.actor = ${actor} and g.ended_at = '' and g.until > ${now}
    and g.patient_key <> '' and (g.patient_key = ${patient} or exists (select 1 from person_keys a, person_keys b
      where a.patient_key = ${patient} and b.person_key = a.person_key and b.patient_key = g.patient_key)))`

/** The study is in sight. Uses the primary keys. */
export const studyInSight = (sight: Sight, study: RawBuilder<unknown>): Fragment =>
  sql<boolean>`not exists (select 1 from study_restrictions r where r.study_uid = ${study} and r.level = 'restricted'
    and ${keptOut(sight, sql`r.restriction_id`)} and ${noEmergency(sight, sql`r.patient_key`)})`

/** The patient is, as far as restrictions name patients, or other IDs of theirs. Uses restrictions_lasting and person_keys. */
export const patientInSight = (sight: Sight, patient: RawBuilder<unknown>): Fragment =>
  sql<boolean>`not exists (select 1 from restrictions p where p.kind = 'patient' and p.subject = ${patient}
    and p.lifted_at = '' and p.level = 'restricted' and ${keptOut(sight, sql`p.id`)}
    and ${noEmergency(sight, sql`p.subject`)})
    and not exists (select 1 from person_keys pa, person_keys pb, restrictions p where pa.patient_key = ${patient}
    and pb.person_key = pa.person_key and p.kind = 'patient' and p.subject = pb.patient_key
    and p.lifted_at = '' and p.level = 'restricted' and ${keptOut(sight, sql`p.id`)}
    and ${noEmergency(sight, sql`p.subject`)})`

/** An act is about a study, a patient, both or none: neither may be out of sight. On `events`. */
export const eventInSight = (sight: Sight): readonly Fragment[] => [
  studyInSight(sight, sql.ref('events.study_uid')),
  patientInSight(sight, sql.ref('events.patient_key')),
]

/** Which of these studies are out of sight. */
export async function hiddenStudies(
  db: Database,
  sight: Sight,
  studies: readonly string[],
): Promise<ReadonlySet<string>> {
  const hidden = new Set<string>()
  for (let at = 0; at < studies.length; at += CHUNK) {
    const { rows } = await sql<{ study_uid: string }>`
      select distinct r.study_uid from study_restrictions r
       where r.study_uid in (${sql.join(studies.slice(at, at + CHUNK))}) and r.level = 'restricted'
         and ${keptOut(sight, sql`r.restriction_id`)} and ${noEmergency(sight, sql`r.patient_key`)}
    `.execute(db.read)
    for (const { study_uid } of rows) hidden.add(study_uid)
  }
  return hidden
}

/** Which of these patients are, by a restriction of theirs. */
export async function hiddenPatients(
  db: Database,
  sight: Sight,
  patients: readonly string[],
): Promise<ReadonlySet<string>> {
  const hidden = new Set<string>()
  for (let at = 0; at < patients.length; at += CHUNK) {
    const some = sql.join(patients.slice(at, at + CHUNK))
    const hides = sql`p.kind = 'patient' and p.lifted_at = '' and p.level = 'restricted'
         and ${keptOut(sight, sql`p.id`)} and ${noEmergency(sight, sql`p.subject`)}`
    const { rows } = await sql<{ subject: string }>`
      select p.subject from restrictions p where p.subject in (${some}) and ${hides}
       union select pa.patient_key from person_keys pa, person_keys pb, restrictions p
       where pa.patient_key in (${some}) and pb.person_key = pa.person_key and p.subject = pb.patient_key and ${hides}
    `.execute(db.read)
    for (const { subject } of rows) hidden.add(subject)
  }
  return hidden
}

/** Is any study of the patient out of sight, or of another ID of theirs, whatever hides it? Uses study_restrictions_by_patient. */
export async function anyHiddenOf(db: Database, sight: Sight, patient: string): Promise<boolean> {
  const { rows } = await sql<{ one: number }>`
    select 1 as one from study_restrictions r
     where r.patient_key in (${sql.join(await keysOf(db, patient))}) and r.level = 'restricted'
       and ${keptOut(sight, sql`r.restriction_id`)} and ${noEmergency(sight, sql`r.patient_key`)} limit 1
  `.execute(db.read)
  return rows.length > 0
}

const CHUNK = 500

/** Which of these studies a restriction of this level covers, whoever asks. */
export async function coveredAmong(
  db: Database,
  studies: readonly string[],
  level: RestrictionLevel,
): Promise<ReadonlySet<string>> {
  if (studies.length === 0) return new Set()
  const rows = await db.read
    .selectFrom('study_restrictions')
    .select('study_uid')
    .where('study_uid', 'in', studies)
    .where('level', '=', level)
    .execute()
  return new Set(rows.map(({ study_uid }) => study_uid))
}

/** Of whom there was an emergency ever. */
export async function emergencyPatients(db: Database): Promise<readonly string[]> {
  const rows = await db.read.selectFrom('emergencies').select('patient_key').distinct().execute()
  return rows.map(({ patient_key }) => patient_key)
}

// --- lists ----------------------------------------------------------------------------

/** Newest first. */
export async function allRestrictions(db: Database, limit: number): Promise<readonly RestrictionsTable[]> {
  return db.read.selectFrom('restrictions').selectAll().orderBy('id', 'desc').limit(limit).execute()
}

export async function restrictionRow(db: Database, id: number): Promise<RestrictionsTable | undefined> {
  return db.read.selectFrom('restrictions').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function admittedTo(
  db: Database,
  restrictions: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (restrictions.length === 0) return new Map()
  const rows = await db.read
    .selectFrom('restriction_admits')
    .selectAll()
    .where('restriction_id', 'in', restrictions)
    .orderBy('who')
    .execute()
  const found = new Map<number, string[]>()
  for (const { restriction_id, who } of rows)
    found.set(Number(restriction_id), [...(found.get(Number(restriction_id)) ?? []), who])
  return found
}

/** How many studies each covers now. */
export async function coveredCounts(
  db: Database,
  restrictions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (restrictions.length === 0) return new Map()
  const rows = await db.read
    .selectFrom('study_restrictions')
    .select((be) => ['restriction_id', be.fn.countAll<number>().as('studies')])
    .where('restriction_id', 'in', restrictions)
    .groupBy('restriction_id')
    .execute()
  return new Map(rows.map(({ restriction_id, studies }) => [Number(restriction_id), Number(studies)]))
}

/** Keys under which a patient with this ID is here. Uses studies_by_patient_id and person_keys_by_id. */
export async function patientsCalled(db: Database, id: string): Promise<readonly string[]> {
  const rows = await db.read
    .selectFrom('studies')
    .select('patient_key')
    .distinct()
    .where('patient_id', '=', id)
    .where('patient_key', '<>', '')
    .union(db.read.selectFrom('person_keys').select('patient_key').where('patient_id', '=', id))
    .orderBy('patient_key')
    .limit(50)
    .execute()
  return rows.map(({ patient_key }) => patient_key)
}

export async function emergencyRow(db: Database, id: number): Promise<EmergenciesTable | undefined> {
  return db.read.selectFrom('emergencies').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Those nobody has ended; some may be over by time. Uses emergencies_lasting. */
export async function lastingEmergencies(db: Database, actor?: string): Promise<readonly EmergenciesTable[]> {
  let query = db.read.selectFrom('emergencies').selectAll().where('ended_at', '=', '').orderBy('id', 'desc')
  if (actor !== undefined) query = query.where('actor', '=', actor)
  return query.execute()
}

/** Newest first; those that wait, or all. Uses access_reviews_waiting, or the primary key. */
export async function someReviews(
  db: Database,
  { waiting, limit }: { readonly waiting: boolean; readonly limit: number },
): Promise<readonly AccessReviewsTable[]> {
  let query = db.read.selectFrom('access_reviews').selectAll().orderBy('id', 'desc').limit(limit)
  if (waiting) query = query.where('reviewed_at', '=', '')
  return query.execute()
}

export async function reviewRow(db: Database, id: number): Promise<AccessReviewsTable | undefined> {
  return db.read.selectFrom('access_reviews').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function countWaiting(db: Database): Promise<number> {
  const row = await db.read
    .selectFrom('access_reviews')
    .select((be) => be.fn.countAll<number>().as('waiting'))
    .where('reviewed_at', '=', '')
    .executeTakeFirstOrThrow()
  return Number(row.waiting)
}

/** Emergencies of these people since a moment. Uses access_reviews_by_actor. */
export async function emergenciesSince(
  db: Database,
  actors: readonly string[],
  since: string,
): Promise<ReadonlyMap<string, number>> {
  if (actors.length === 0) return new Map()
  const rows = await db.read
    .selectFrom('access_reviews')
    .select((be) => ['actor', be.fn.countAll<number>().as('times')])
    .where('actor', 'in', actors)
    .where('raised_at', '>=', since)
    .where('kind', '=', 'emergency')
    .groupBy('actor')
    .execute()
  return new Map(rows.map(({ actor, times }) => [actor, Number(times)]))
}
