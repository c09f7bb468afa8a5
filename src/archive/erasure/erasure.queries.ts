/** SQL of requests for erasure. Writes `erasure_requests`; reads `studies` and `person_keys` too. */
import type { Kysely } from 'kysely'
import type { Database } from '../../storage/sql/database.ts'
import type { ErasureRequestsTable, Schema, StudiesTable } from '../../storage/sql/schema.ts'
import { personOf } from '../persons/persons.queries.ts'
import type { ErasureStatements } from './erasure-rows.ts'

export const erasureStatements = (db: Kysely<Schema>): ErasureStatements => ({
  insertErasure: (row) =>
    db
      .insertInto('erasure_requests')
      .values({ ...row, answer: '', answered_by: '', answered_at: '', answered_reason: '' })
      .compile(),
  answerErasure: (id, answer) => db.updateTable('erasure_requests').set(answer).where('id', '=', id).compile(),
})

export async function erasureRow(db: Database, id: number): Promise<ErasureRequestsTable | undefined> {
  return db.read.selectFrom('erasure_requests').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Newest first. */
export async function newestErasures(db: Database, limit: number): Promise<readonly ErasureRequestsTable[]> {
  return db.read.selectFrom('erasure_requests').selectAll().orderBy('id', 'desc').limit(limit).execute()
}

export type AskedStudy = Pick<StudiesTable, 'study_uid' | 'patient_name' | 'study_date' | 'modalities' | 'description'>

/** A patient's studies, under whatever ID, oldest first. Uses studies_by_person. */
export async function studiesAsked(db: Database, patient: string): Promise<readonly AskedStudy[]> {
  return db.read
    .selectFrom('studies')
    .select(['study_uid', 'patient_name', 'study_date', 'modalities', 'description'])
    .where('person_key', '=', await personOf(db, patient))
    .orderBy('study_date')
    .orderBy('study_uid')
    .execute()
}
