/** SQL of tiers. Writes `tiers`; reads `studies`, `instances`, `events`. */
import { type Kysely, sql } from 'kysely'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Schema, TiersTable } from '../../storage/sql/schema.ts'

export interface TierStatements {
  setTier(row: TiersTable): CompiledQuery
}

export const tierStatements = (db: Kysely<Schema>): TierStatements => ({
  setTier: (row) =>
    db
      .insertInto('tiers')
      .values(row)
      .onConflict((conflict) =>
        conflict.column('study_uid').doUpdateSet({
          moved_n: row.moved_n,
          tier: row.tier,
          moved_at: row.moved_at,
          bytes: row.bytes,
          dropped: row.dropped,
        }),
      )
      .compile(),
})

/** Undefined for a study that never went anywhere. Uses the primary key. */
export async function tierOf({ read }: Database, study: string): Promise<TiersTable | undefined> {
  const row = await read.selectFrom('tiers').selectAll().where('study_uid', '=', study).executeTakeFirst()
  return row && { ...row, bytes: Number(row.bytes), moved_n: Number(row.moved_n), dropped: Number(row.dropped) }
}

/** Studies in the cold store of which the vault's folder may hold something still. Uses tiers_dropping. */
export async function dropping({ read }: Database, limit: number): Promise<readonly string[]> {
  const rows = await read
    .selectFrom('tiers')
    .select('study_uid')
    .where('tier', '=', 'cold')
    .where('dropped', '=', 0)
    .orderBy('study_uid')
    .limit(limit)
    .execute()
  return rows.map(({ study_uid }) => study_uid)
}

export const markDropped = ({ read }: Pick<Database, 'read'>, study: string, dropped: 0 | 1): CompiledQuery =>
  read.updateTable('tiers').set({ dropped }).where('study_uid', '=', study).where('tier', '=', 'cold').compile()

/** What the cold store has. Uses tiers_by_tier. */
export async function coldTotals({ read }: Database): Promise<{ readonly studies: number; readonly bytes: number }> {
  const row = await read
    .selectFrom('tiers')
    .select(({ fn }) => [fn.countAll().as('studies'), fn.sum('bytes').as('bytes')])
    .where('tier', '=', 'cold')
    .executeTakeFirst()
  return { studies: Number(row?.studies ?? 0), bytes: Number(row?.bytes ?? 0) }
}

/** Instances of a study that are not in the vault. Uses instances_by_series. */
export async function unsealedOf({ read }: Database, study: string): Promise<number> {
  const row = await read
    .selectFrom('instances')
    .select(({ fn }) => fn.countAll().as('unsealed'))
    .where('study_uid', '=', study)
    .where('sealed', '=', 0)
    .executeTakeFirst()
  return Number(row?.unsealed ?? 0)
}

/** What a rule goes by. */
export interface MovableRow {
  readonly study_uid: string
  readonly study_date: string
  readonly modalities: string
  readonly received_last: string
  /** When it was last looked at; '' when nobody ever did. */
  readonly seen: string
  /** When it last moved; '' when it never did. */
  readonly moved_at: string
  /** Houses its series were made in, as they name themselves. */
  readonly institutions: readonly string[]
}

/** Events that say a study was looked at: DICOM Instances Accessed (PS3.15 A.5.3.6). */
const SEEING = 'aud.110103'

/** Studies that are in the vault whole, in order of UID, and the last one looked at. Uses the primary keys. */
export async function movable(
  { read }: Database,
  after: string,
  limit: number,
): Promise<{ readonly rows: readonly MovableRow[]; readonly last: string | undefined }> {
  const studies = await read
    .selectFrom('studies as s')
    .leftJoin('tiers as t', 't.study_uid', 's.study_uid')
    .select(['s.study_uid', 's.study_date', 's.modalities', 's.received_last', 't.tier', 't.moved_at'])
    .select(
      sql<string | null>`(select max(e.ts) from events e where e.study_uid = s.study_uid and e.type = ${SEEING})`.as(
        'seen',
      ),
    )
    .select(
      sql<number>`(select count(*) from instances i where i.study_uid = s.study_uid and i.sealed = 0)`.as('unsealed'),
    )
    .where('s.study_uid', '>', after)
    .orderBy('s.study_uid')
    .limit(limit)
    .execute()
  const here = studies.filter(({ tier, unsealed }) => tier !== 'cold' && Number(unsealed) === 0)
  const labels =
    here.length === 0
      ? []
      : await read
          .selectFrom('study_labels')
          .select(['study_uid', 'label'])
          .where(
            'study_uid',
            'in',
            here.map(({ study_uid }) => study_uid),
          )
          .where('label', 'like', 'institution:%')
          .execute()
  const houses = Map.groupBy(labels, ({ study_uid }) => study_uid)
  return {
    rows: here.map((row) => ({
      study_uid: row.study_uid,
      study_date: row.study_date,
      modalities: row.modalities,
      received_last: row.received_last,
      seen: row.seen ?? '',
      moved_at: row.moved_at ?? '',
      institutions: (houses.get(row.study_uid) ?? []).map(({ label }) => label.slice('institution:'.length)),
    })),
    last: studies.at(-1)?.study_uid,
  }
}

/** Uses the primary key. */
export async function studyIsHere({ read }: Database, study: string): Promise<boolean> {
  const row = await read.selectFrom('studies').select('study_uid').where('study_uid', '=', study).executeTakeFirst()
  return row !== undefined
}
