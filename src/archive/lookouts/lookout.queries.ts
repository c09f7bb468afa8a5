/** SQL of lookouts. Writes `lookouts` and `lookout_warnings`; reads `events`. */
import { type Kysely, sql } from 'kysely'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { EventsTable, LookoutsTable, LookoutWarningsTable, Schema } from '../../storage/sql/schema.ts'
import { patientInSight, type Sight, studyInSight } from '../restrictions/restrictions.queries.ts'

type Saved = Pick<LookoutsTable, 'since_n' | 'name' | 'ask' | 'saved_by' | 'saved_at'>
type Stopped = Pick<LookoutsTable, 'stopped_by' | 'stopped_at' | 'stopped_reason'>
type Settled = Pick<LookoutWarningsTable, 'settled_by' | 'settled_at' | 'words'>

export interface LookoutStatements {
  insertLookout(row: Omit<LookoutsTable, keyof Stopped>): CompiledQuery
  setLookout(id: number, changes: Saved | Stopped): CompiledQuery
  insertWarning(row: Omit<LookoutWarningsTable, keyof Settled>): CompiledQuery
  setWarning(id: number, changes: Settled): CompiledQuery
}

export const lookoutStatements = (db: Kysely<Schema>): LookoutStatements => ({
  insertLookout: (row) =>
    db
      .insertInto('lookouts')
      .values({ ...row, stopped_by: '', stopped_at: '', stopped_reason: '' })
      .compile(),
  setLookout: (id, changes) => db.updateTable('lookouts').set(changes).where('id', '=', id).compile(),
  insertWarning: (row) =>
    db
      .insertInto('lookout_warnings')
      .values({ ...row, settled_by: '', settled_at: '', words: '' })
      .compile(),
  setWarning: (id, changes) => db.updateTable('lookout_warnings').set(changes).where('id', '=', id).compile(),
})

/** Newest first. */
export const allLookouts = ({ read }: Database, limit: number): Promise<LookoutsTable[]> =>
  read.selectFrom('lookouts').selectAll().orderBy('id', 'desc').limit(limit).execute()

export const lastingLookouts = ({ read }: Database): Promise<LookoutsTable[]> =>
  read.selectFrom('lookouts').selectAll().where('stopped_at', '=', '').orderBy('id').execute()

export const lookoutRow = ({ read }: Database, id: number): Promise<LookoutsTable | undefined> =>
  read.selectFrom('lookouts').selectAll().where('id', '=', id).executeTakeFirst()

/** How many warnings of each wait, and how many there are. */
export async function warningCounts(
  { read }: Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, { readonly waiting: number; readonly all: number }>> {
  if (ids.length === 0) return new Map()
  const rows = await read
    .selectFrom('lookout_warnings')
    .select(({ fn }) => [
      'lookout_id',
      fn.countAll<number>().as('all'),
      sql<number>`sum(case when settled_at = '' then 1 else 0 end)`.as('waiting'),
    ])
    .where('lookout_id', 'in', ids)
    .groupBy('lookout_id')
    .execute()
  return new Map(rows.map((row) => [Number(row.lookout_id), { waiting: Number(row.waiting), all: Number(row.all) }]))
}

export interface WarningsAsk {
  readonly lookouts: readonly number[]
  /** Of whom the asker may be told; undefined: of everybody. */
  readonly sight: Sight | undefined
  readonly waiting: boolean
}

const warnings = ({ read }: Database, { lookouts, sight, waiting }: WarningsAsk) => {
  let query = read.selectFrom('lookout_warnings').where('lookout_id', 'in', [-1, ...lookouts])
  if (waiting) query = query.where('settled_at', '=', '')
  if (sight !== undefined)
    query = query
      .where(studyInSight(sight, sql.ref('lookout_warnings.study_uid')))
      .where(patientInSight(sight, sql.ref('lookout_warnings.patient_key')))
  return query
}

/** Newest first. */
export const someWarnings = (
  db: Database,
  ask: WarningsAsk,
  page: { readonly before?: number; readonly limit: number },
): Promise<LookoutWarningsTable[]> => {
  const query = warnings(db, ask).selectAll().orderBy('id', 'desc').limit(page.limit)
  return (page.before === undefined ? query : query.where('id', '<', page.before)).execute()
}

export async function countWarnings(db: Database, ask: WarningsAsk): Promise<number> {
  const row = await warnings(db, ask)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

export const warningRow = ({ read }: Database, id: number): Promise<LookoutWarningsTable | undefined> =>
  read.selectFrom('lookout_warnings').selectAll().where('id', '=', id).executeTakeFirst()

/** Did it warn of this entry already? Uses lookout_warnings_once. */
export async function hasWarned({ read }: Database, lookout: number, entry: number): Promise<boolean> {
  const row = await read
    .selectFrom('lookout_warnings')
    .select('id')
    .where('lookout_id', '=', lookout)
    .where('entry_n', '=', entry)
    .executeTakeFirst()
  return row !== undefined
}

/** When it last warned of something this person did; ''. Uses lookout_warnings_by_person. */
export async function lastWarned({ read }: Database, lookout: number, actor: string): Promise<string> {
  const row = await read
    .selectFrom('lookout_warnings')
    .select('entry_ts')
    .where('lookout_id', '=', lookout)
    .where('actor', '=', actor)
    .orderBy('entry_ts', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.entry_ts ?? ''
}

export type LookedAtRow = Pick<EventsTable, 'n' | 'ts' | 'type' | 'actor' | 'study_uid' | 'patient_key' | 'body'>

/** Entries from `from` on and before `end`, of these types or of any, in order. Walks the primary key. */
export async function entriesBetween(
  { read }: Database,
  span: { readonly from: number; readonly end: number; readonly types: readonly string[]; readonly limit: number },
): Promise<readonly LookedAtRow[]> {
  let query = read
    .selectFrom('events')
    .select(['n', 'ts', 'type', 'actor', 'study_uid', 'patient_key', 'body'])
    .where('n', '>=', span.from)
    .where('n', '<', span.end)
    // Erased: nothing is left to look at.
    .where('body', '<>', '')
    .orderBy('n')
    .limit(span.limit)
  // A unary plus keeps SQLite on the primary key: a span is short, and whole types are not.
  if (span.types.length > 0) query = query.where(sql.raw<string>("events.type || ''"), 'in', span.types)
  return query.execute()
}
