/**
 * SQL of what people say of studies, patients and trials. Writes `retention_facts` and `retention_reductions`; reads `studies`
 * and `person_keys`.
 */
import type { Kysely } from 'kysely'
import { type SubjectKind, TRIAL } from '../../compliance/retention/told.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { RetentionFactsTable, RetentionReductionsTable, Schema } from '../../storage/sql/schema.ts'
import { personOf } from '../persons/persons.queries.ts'
import type { KnownStatements } from './known-rows.ts'

export const knownStatements = (db: Kysely<Schema>): KnownStatements => ({
  setFact: (row) =>
    db
      .insertInto('retention_facts')
      .values(row)
      .onConflict((conflict) => {
        const { value, reason, told_by, told_at, told_n } = row
        return conflict.columns(['kind', 'subject', 'name']).doUpdateSet({ value, reason, told_by, told_at, told_n })
      })
      .compile(),
  forgetFact: (kind, subject, name) =>
    db
      .deleteFrom('retention_facts')
      .where('kind', '=', kind)
      .where('subject', '=', subject)
      .where('name', '=', name)
      .compile(),
  insertReduction: (row) =>
    db
      .insertInto('retention_reductions')
      .values({
        ...row,
        first_by: '',
        first_at: '',
        adopted_by: '',
        adopted_at: '',
        ended_by: '',
        ended_at: '',
        ended_reason: '',
      })
      .compile(),
  setReduction: (id, changes) => db.updateTable('retention_reductions').set(changes).where('id', '=', id).compile(),
})

export type SaidRow = Pick<RetentionFactsTable, 'kind' | 'subject' | 'name' | 'value'>

/** What is said of these. Uses the primary key. */
export async function saidOf(
  db: Database,
  kind: SubjectKind,
  subjects: readonly string[],
): Promise<readonly RetentionFactsTable[]> {
  if (subjects.length === 0) return []
  return db.read
    .selectFrom('retention_facts')
    .selectAll()
    .where('kind', '=', kind)
    .where('subject', 'in', subjects)
    .orderBy('subject')
    .orderBy('name')
    .execute()
}

export async function isAnythingSaid(db: Database): Promise<boolean> {
  return (await db.read.selectFrom('retention_facts').select('name').limit(1).executeTakeFirst()) !== undefined
}

/** The studies said to be in a trial, by themselves or through their patient. Uses retention_facts_in_trial. */
export async function studiesInTrial(db: Database, trial: string): Promise<readonly string[]> {
  const members = await db.read
    .selectFrom('retention_facts')
    .select(['kind', 'subject'])
    .where('name', '=', TRIAL)
    .where('value', '=', trial)
    .execute()
  const named = members.flatMap(({ kind, subject }) => (kind === 'study' ? [subject] : []))
  const studies = new Set(named)
  for (const { kind, subject } of members)
    if (kind === 'patient') for (const study of await studiesOfPatient(db, subject)) studies.add(study)
  return [...studies].sort()
}

/** Of the person whose key this is, under whatever key. Uses studies_by_person. */
export async function studiesOfPatient(db: Database, patient: string): Promise<readonly string[]> {
  const person = await personOf(db, patient)
  const rows = await db.read
    .selectFrom('studies')
    .select('study_uid')
    .where('person_key', '=', person)
    .orderBy('study_uid')
    .execute()
  return rows.map(({ study_uid }) => study_uid)
}

/** Keys of these persons, and whose each is: their own, and others of those who have several. Uses person_keys_by_person. */
export async function keysOfPersons(db: Database, persons: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const keys = new Map(persons.map((person) => [person, person]))
  if (persons.length === 0) return keys
  const others = await db.read
    .selectFrom('person_keys')
    .select(['patient_key', 'person_key'])
    .where('person_key', 'in', persons)
    .execute()
  for (const { patient_key, person_key } of others) keys.set(patient_key, person_key)
  return keys
}

/** Newest first. */
export async function newestReductions(db: Database, limit: number): Promise<readonly RetentionReductionsTable[]> {
  return db.read.selectFrom('retention_reductions').selectAll().orderBy('id', 'desc').limit(limit).execute()
}

export async function reductionRow(db: Database, id: number): Promise<RetentionReductionsTable | undefined> {
  return db.read.selectFrom('retention_reductions').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The one about a study that waits for somebody. Uses retention_reductions_open. */
export async function openReductionOf(db: Database, study: string): Promise<number | undefined> {
  const row = await db.read
    .selectFrom('retention_reductions')
    .select('id')
    .where('study_uid', '=', study)
    .where('adopted_at', '=', '')
    .where('ended_at', '=', '')
    .executeTakeFirst()
  return row === undefined ? undefined : Number(row.id)
}
