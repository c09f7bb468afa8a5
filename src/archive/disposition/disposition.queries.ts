/**
 * SQL of disposition. Writes `dispositions`, `disposition_studies`, `tombstones`; with a tombstone it deletes what the
 * other tables know of the study, and nothing else in the house deletes an instance.
 */
import { type Kysely, sql } from 'kysely'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { Database } from '../../storage/sql/database.ts'
import type {
  DispositionStudiesTable,
  DispositionsTable,
  EventsTable,
  InstancesTable,
  Schema,
  TombstonesTable,
} from '../../storage/sql/schema.ts'

type Given = 'id' | 'reason' | 'papers' | 'rules' | 'proposed_by' | 'proposed_at'

export interface DispositionStatements {
  insertDisposition(row: Pick<DispositionsTable, Given>): CompiledQuery
  insertStudyOf(row: DispositionStudiesTable): CompiledQuery
  setDisposition(id: number, changes: Partial<Omit<DispositionsTable, Given>>): CompiledQuery
  insertTombstone(row: Omit<TombstonesTable, 'done' | 'done_at' | 'copies'>): CompiledQuery
  setTombstone(id: number, changes: Pick<TombstonesTable, 'done' | 'done_at' | 'copies'>): CompiledQuery
  /** Everything the index knows of a study, but for acts and holds. @param n  of the tombstone */
  forget(study: string, n: number, instances: readonly number[]): readonly CompiledQuery[]
}

/** Ids in one statement. */
const CHUNK = 1000

export function dispositionStatements(db: Kysely<Schema>): DispositionStatements {
  return {
    insertDisposition: (row) =>
      db
        .insertInto('dispositions')
        .values({
          ...row,
          first_by: '',
          first_at: '',
          second_by: '',
          second_at: '',
          destroy_from: '',
          ended_by: '',
          ended_at: '',
          ended_reason: '',
        })
        .compile(),
    insertStudyOf: (row) => db.insertInto('disposition_studies').values(row).compile(),
    setDisposition: (id, changes) => db.updateTable('dispositions').set(changes).where('id', '=', id).compile(),
    insertTombstone: (row) =>
      db
        .insertInto('tombstones')
        .values({ ...row, done: 0, done_at: '', copies: '' })
        .compile(),
    setTombstone: (id, changes) => db.updateTable('tombstones').set(changes).where('id', '=', id).compile(),
    forget: (study, n, instances) => {
      const statements: CompiledQuery[] = []
      for (let at = 0; at < instances.length; at += CHUNK) {
        const ids = instances.slice(at, at + CHUNK)
        statements.push(
          db.deleteFrom('instance_headers').where('id', 'in', ids).compile(),
          db.deleteFrom('sealed').where('id', 'in', ids).compile(),
          db
            .deleteFrom('conflicts')
            .where((be) => be.or([be('kept_id', 'in', ids), be('other_id', 'in', ids)]))
            .compile(),
          db.deleteFrom('instances').where('id', 'in', ids).compile(),
        )
      }
      const rejections = db.selectFrom('rejections').select('id').where('study_uid', '=', study).where('id', '<', n)
      return [
        ...statements,
        db.deleteFrom('rejected_instances').where('rejection_id', 'in', rejections).compile(),
        db.deleteFrom('rejections').where('study_uid', '=', study).where('id', '<', n).compile(),
        db.deleteFrom('retention_facts').where('kind', '=', 'study').where('subject', '=', study).compile(),
        // What was said of a patient goes with the last of the patient's studies.
        db
          .deleteFrom('retention_facts')
          .where('kind', '=', 'patient')
          .where(
            sql<boolean>`exists (select 1 from studies s where s.study_uid = ${study}
              and (retention_facts.subject = s.patient_key
                or retention_facts.subject in (select k.patient_key from person_keys k where k.person_key = s.person_key))
              and not exists (select 1 from studies o where o.person_key = s.person_key and o.study_uid <> s.study_uid))`,
          )
          .compile(),
        db.deleteFrom('person_names').where('study_uid', '=', study).compile(),
        db.deleteFrom('study_words').where('study_uid', '=', study).compile(),
        db.deleteFrom('study_restrictions').where('study_uid', '=', study).compile(),
        db.deleteFrom('tiers').where('study_uid', '=', study).compile(),
        db.deleteFrom('study_labels').where('study_uid', '=', study).compile(),
        db.deleteFrom('series').where('study_uid', '=', study).compile(),
        db.deleteFrom('studies').where('study_uid', '=', study).compile(),
      ]
    },
  }
}

export async function dispositionRow(db: Database, id: number): Promise<DispositionsTable | undefined> {
  return db.read.selectFrom('dispositions').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Newest first. */
export async function newestDispositions(db: Database, limit: number): Promise<readonly DispositionsTable[]> {
  return db.read.selectFrom('dispositions').selectAll().orderBy('id', 'desc').limit(limit).execute()
}

/** Approved by two, not called off, and with a study that has no tombstone of it; oldest first. */
export async function approvedDispositions(db: Database): Promise<readonly DispositionsTable[]> {
  return db.read
    .selectFrom('dispositions as d')
    .selectAll('d')
    .where('d.second_at', '<>', '')
    .where('d.ended_at', '=', '')
    .where(
      sql<boolean>`exists (select 1 from disposition_studies s where s.disposition_id = d.id and not exists (
        select 1 from tombstones t where t.disposition_id = d.id and t.study_uid = s.study_uid))`,
    )
    .orderBy('d.id')
    .execute()
}

export async function studiesOf(db: Database, id: number): Promise<readonly DispositionStudiesTable[]> {
  return db.read
    .selectFrom('disposition_studies')
    .selectAll()
    .where('disposition_id', '=', id)
    .orderBy('study_uid')
    .execute()
}

export async function tombstonesOf(db: Database, disposition: number): Promise<readonly TombstonesTable[]> {
  return db.read.selectFrom('tombstones').selectAll().where('disposition_id', '=', disposition).orderBy('id').execute()
}

export async function tombstoneRow(db: Database, id: number): Promise<TombstonesTable | undefined> {
  return db.read.selectFrom('tombstones').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Newest first. Uses tombstones_by_study. */
export async function tombstonesOfStudy(db: Database, study: string): Promise<readonly TombstonesTable[]> {
  return db.read.selectFrom('tombstones').selectAll().where('study_uid', '=', study).orderBy('id', 'desc').execute()
}

/** Whose bytes may not all be gone yet. Uses tombstones_unfinished. */
export async function unfinishedTombstones(db: Database): Promise<readonly TombstonesTable[]> {
  return db.read.selectFrom('tombstones').selectAll().where('done', '=', 0).orderBy('id').execute()
}

/** Destroyed, with something left that a lock holds, unreadable. Asked once, at the start. */
export async function lockedTombstones(db: Database): Promise<readonly TombstonesTable[]> {
  return db.read
    .selectFrom('tombstones')
    .selectAll()
    .where('done', '>', 0)
    .where('copies', 'like', '%"locked"%')
    .orderBy('id')
    .execute()
}

/** Is the study in a disposition that goes on? */
export async function openDispositionOf(db: Database, study: string): Promise<number | undefined> {
  const row = await db.read
    .selectFrom('disposition_studies as s')
    .innerJoin('dispositions as d', 'd.id', 's.disposition_id')
    .select('d.id')
    .where('s.study_uid', '=', study)
    .where('d.ended_at', '=', '')
    .where(
      sql<boolean>`not exists (select 1 from tombstones t where t.disposition_id = d.id and t.study_uid = s.study_uid)`,
    )
    .executeTakeFirst()
  return row === undefined ? undefined : Number(row.id)
}

export type InstanceHere = Pick<
  InstancesTable,
  'id' | 'series_uid' | 'sop_uid' | 'ds' | 'length' | 'sealed' | 'segment' | 'spool'
>

/** Every version of a study, wherever it lies. Uses instances_by_series. */
export async function everythingOf(db: Database, study: string): Promise<readonly InstanceHere[]> {
  return db.read
    .selectFrom('instances')
    .select(['id', 'series_uid', 'sop_uid', 'ds', 'length', 'sealed', 'segment', 'spool'])
    .where('study_uid', '=', study)
    .orderBy('id')
    .execute()
}

/** Studies that were destroyed once and that nobody has let in again: rows of `{study_uid}`. */
export const destroyedAmong = (db: Kysely<Schema>, studies: readonly string[]): CompiledQuery =>
  db
    .selectFrom('tombstones as t')
    .select('t.study_uid')
    .where('t.study_uid', 'in', studies)
    .where(
      sql<boolean>`not exists (select 1 from rejections r
        where r.study_uid = t.study_uid and r.code = 'destroyed' and r.id > t.id and r.restored_at <> '')`,
    )
    .groupBy('t.study_uid')
    .compile()

/** An act as the log has it. Uses the primary key. */
export async function eventAt(db: Database, n: number): Promise<EventsTable | undefined> {
  return db.read.selectFrom('events').selectAll().where('n', '=', n).executeTakeFirst()
}

/** What deletion leaves readable in the files is taken out of them: pages are zeroed already, the log of writes is not. */
export async function purge(db: Database): Promise<void> {
  if (db.dialect === 'sqlite') await db.settle()
  else
    for (const table of [
      'instances',
      'instance_headers',
      'studies',
      'series',
      'person_names',
      'study_words',
      'retention_facts',
    ] as const)
      await sql`vacuum ${sql.table(table)}`.execute(db.read)
}
