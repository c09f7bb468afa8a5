/**
 * SQL of rejections. Writes `rejections`, `rejected_instances`, and which instances are current; reads `instances`,
 * `series` and `studies` too.
 */
import { type Kysely, sql } from 'kysely'
import type { CompiledQuery } from '../storage/sql/compiled.ts'
import type { Database } from '../storage/sql/database.ts'
import type { RejectionsTable, Schema } from '../storage/sql/schema.ts'
import { RECORD_COLUMNS, type RecordRow } from './instance-record.ts'

export interface RejectionStatements {
  insertRejection(row: Omit<RejectionsTable, 'restored_by' | 'restored_at' | 'restored_reason'>): CompiledQuery
  /** One a study, while it lasts. */
  insertQuarantine(n: number, study: string, at: string): CompiledQuery
  insertQuarantined(study: string, instance: number): CompiledQuery
  insertMembers(rejection: number, instances: readonly number[]): CompiledQuery
  setRestored(
    rejection: number,
    changes: Pick<RejectionsTable, 'restored_by' | 'restored_at' | 'restored_reason'>,
  ): CompiledQuery
  /** All but the note, which means nothing any more and stays out of sight. */
  restoreMembers(rejection: number, at: string): CompiledQuery
  /** One instance, from every rejection because its retention had expired. */
  returnInstance(instance: number, at: string): CompiledQuery
  /** Makes current what is the first version and not rejected, and nothing else. */
  showMembers(rejection: number): CompiledQuery
  showInstance(instance: number): CompiledQuery
  /** Counts of a study and its series, of what is current. */
  recount(study: string): readonly CompiledQuery[]
}

export function rejectionStatements(db: Kysely<Schema>): RejectionStatements {
  const shown = sql<number>`case when version = 1 and not exists (
    select 1 from rejected_instances m where m.instance_id = instances.id and m.restored_at = '') then 1 else 0 end`
  const members = (rejection: number) =>
    db.selectFrom('rejected_instances').select('instance_id').where('rejection_id', '=', rejection)
  return {
    insertRejection: (row) =>
      db
        .insertInto('rejections')
        .values({ ...row, restored_by: '', restored_at: '', restored_reason: '' })
        .compile(),
    insertQuarantine: (n, study, at) =>
      sql`insert into rejections (id, code, study_uid, note_uid, reason, rejected_by, rejected_at,
            restored_by, restored_at, restored_reason)
          select cast(${n} as bigint), 'destroyed', s.study_uid, '', '', 'archive', ${at}, '', '', '' from studies s
           where s.study_uid = ${study} and not exists (
             select 1 from rejections r where r.study_uid = ${study} and r.code = 'destroyed' and r.restored_at = '')`.compile(
        db,
      ),
    insertQuarantined: (study, instance) =>
      sql`insert into rejected_instances (instance_id, rejection_id, restored_at)
          select i.id, r.id, '' from rejections r, instances i
           where i.id = ${instance} and r.study_uid = ${study} and r.code = 'destroyed' and r.restored_at = ''`.compile(
        db,
      ),
    insertMembers: (rejection, instances) =>
      db
        .insertInto('rejected_instances')
        .values(instances.map((instance) => ({ instance_id: instance, rejection_id: rejection, restored_at: '' })))
        .compile(),
    setRestored: (rejection, changes) =>
      db.updateTable('rejections').set(changes).where('id', '=', rejection).compile(),
    restoreMembers: (rejection, at) =>
      db
        .updateTable('rejected_instances')
        .set({ restored_at: at })
        .where('rejection_id', '=', rejection)
        .where('restored_at', '=', '')
        .where(
          'instance_id',
          'not in',
          db
            .selectFrom('instances as i')
            .innerJoin('rejections as r', 'r.note_uid', 'i.sop_uid')
            .select('i.id')
            .where('r.id', '=', rejection),
        )
        .compile(),
    returnInstance: (instance, at) =>
      db
        .updateTable('rejected_instances')
        .set({ restored_at: at })
        .where('instance_id', '=', instance)
        .where('restored_at', '=', '')
        .where('rejection_id', 'in', db.selectFrom('rejections').select('id').where('code', '=', '113039'))
        .compile(),
    showMembers: (rejection) =>
      db.updateTable('instances').set({ current: shown }).where('id', 'in', members(rejection)).compile(),
    showInstance: (instance) =>
      db.updateTable('instances').set({ current: shown }).where('id', '=', instance).compile(),
    recount: (study) => [
      sql`update series set instance_count = (
            select count(*) from instances i
             where i.study_uid = series.study_uid and i.series_uid = series.series_uid and i.current = 1)
          where study_uid = ${study}`.compile(db),
      sql`update studies set
            instance_count = (select coalesce(sum(e.instance_count), 0) from series e where e.study_uid = ${study}),
            series_count = (select count(*) from series e where e.study_uid = ${study} and e.instance_count > 0)
          where study_uid = ${study}`.compile(db),
    ],
  }
}

/**
 * How strictly an instance is rejected, as a column of `instances`: null not at all, 1 for its quality or in quarantine, 2 because its
 * retention had expired, 3 for the patient's safety or as another patient's.
 */
export const STRICTNESS = sql<number | null>`(
  select max(case r.code when '113001' then 1 when 'destroyed' then 1 when '113039' then 2 else 3 end)
    from rejected_instances m join rejections r on r.id = m.rejection_id
   where m.instance_id = instances.id and m.restored_at = '')`

/** Of a study, or the newest of all. Uses rejections_by_study, or the primary key. */
export async function rejectionsOf(
  db: Database,
  study: string | undefined,
  limit: number,
): Promise<readonly RejectionsTable[]> {
  let query = db.read.selectFrom('rejections').selectAll().orderBy('id', 'desc').limit(limit)
  if (study !== undefined) query = query.where('study_uid', '=', study)
  return query.execute()
}

export async function rejectionRow(db: Database, id: number): Promise<RejectionsTable | undefined> {
  return db.read.selectFrom('rejections').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Uses rejections_by_note. */
export async function rejectionOfNote(db: Database, note: string): Promise<RejectionsTable | undefined> {
  return db.read
    .selectFrom('rejections')
    .selectAll()
    .where('note_uid', '=', note)
    .orderBy('id', 'desc')
    .executeTakeFirst()
}

/** How many instances each of these is of, without its note. Uses rejected_by_rejection. */
export async function membersOf(db: Database, rejections: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (rejections.length === 0) return new Map()
  const rows = await db.read
    .selectFrom('rejected_instances as m')
    .innerJoin('rejections as r', 'r.id', 'm.rejection_id')
    .innerJoin('instances as i', 'i.id', 'm.instance_id')
    .select((be) => ['m.rejection_id', be.fn.count('i.sop_uid').distinct().as('n')])
    .where('m.rejection_id', 'in', rejections)
    .whereRef('i.sop_uid', '<>', 'r.note_uid')
    .groupBy('m.rejection_id')
    .execute()
  return new Map(rows.map(({ rejection_id, n }) => [Number(rejection_id), Number(n)]))
}

/** What a rejection is of, the note too, in order of arrival. Uses rejected_by_rejection. */
export async function rejectedOf(db: Database, rejection: number, limit: number): Promise<readonly RecordRow[]> {
  return db.read
    .selectFrom('instances')
    .select(RECORD_COLUMNS)
    .where(
      'id',
      'in',
      db.read.selectFrom('rejected_instances').select('instance_id').where('rejection_id', '=', rejection),
    )
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Is this version rejected? */
export async function rejectedIds(db: Database, ids: readonly number[]): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set()
  const rows = await db.read
    .selectFrom('rejected_instances')
    .select('instance_id')
    .where('instance_id', 'in', ids)
    .where('restored_at', '=', '')
    .execute()
  return new Set(rows.map(({ instance_id }) => Number(instance_id)))
}

/** Does a study have a rejection that lasts? */
export async function isRejectedIn(db: Database, study: string): Promise<boolean> {
  const row = await db.read
    .selectFrom('rejections')
    .select('id')
    .where('study_uid', '=', study)
    .where('restored_at', '=', '')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export interface NamedRow {
  readonly id: number
  readonly study_uid: string
  readonly series_uid: string
  readonly sop_uid: string
  readonly sop_class_uid: string
}

/** Every version under these SOP Instance UIDs. Uses instances_by_sop. */
export async function versionsNamed(db: Database, instances: readonly string[]): Promise<readonly NamedRow[]> {
  const found: NamedRow[] = []
  for (let at = 0; at < instances.length; at += 1000)
    found.push(
      ...(await db.read
        .selectFrom('instances')
        .select(['id', 'study_uid', 'series_uid', 'sop_uid', 'sop_class_uid'])
        .where('sop_uid', 'in', instances.slice(at, at + 1000))
        .orderBy('id')
        .execute()),
    )
  return found
}

/** Attributes of patient and study, as DICOM JSON. */
export async function studyAttributes(db: Database, study: string): Promise<string | undefined> {
  const row = await db.read.selectFrom('studies').select('attributes').where('study_uid', '=', study).executeTakeFirst()
  return row?.attributes
}

/** What was in sight at a moment: received by then, the first version, and not rejected then. Uses instances_by_series. */
export async function instancesAsOf(db: Database, study: string, asOf: string): Promise<readonly RecordRow[]> {
  return db.read
    .selectFrom('instances')
    .select(RECORD_COLUMNS)
    .where('study_uid', '=', study)
    .where('version', '=', 1)
    .where('received_at', '<=', asOf)
    .where(
      sql<boolean>`not exists (select 1 from rejected_instances m join rejections r on r.id = m.rejection_id
        where m.instance_id = instances.id and r.rejected_at <= ${asOf} and (m.restored_at = '' or m.restored_at > ${asOf}))`,
    )
    .orderBy('series_uid')
    .orderBy('id')
    .execute()
}
