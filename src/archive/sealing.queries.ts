/**
 * SQL of sealing: which studies are due, what of them is not sealed, and what of the inbox is not needed any more. Reads
 * `instances`, `series`, `sealed`; writes where in the inbox instances lie.
 */
import { sql } from 'kysely'
import type { CompiledQuery } from '../storage/sql/compiled.ts'
import type { Database } from '../storage/sql/database.ts'

export interface UnsealedStudy {
  readonly study_uid: string
  readonly instances: number
  readonly bytes: number
}

/** When a study's new instances are to be sealed; times as `received_at` has them. */
export interface Due {
  /** Nothing came since. */
  readonly quietSince: string
  /** The same for a study that has a sealed version already: late arrivals gather. */
  readonly lateQuietSince: string
  /** Whatever still comes: the first came before. */
  readonly oldest: string
}

/** Oldest first. Uses instances_unsealed, so it costs what is unsealed and not what there is. */
export async function studiesDue(db: Database, node: string, due: Due, limit: number): Promise<UnsealedStudy[]> {
  const rows = await db.read
    .selectFrom('instances as i')
    .select((be) => ['i.study_uid', be.fn.countAll().as('instances'), be.fn.sum('i.length').as('bytes')])
    .where('i.sealed', '=', 0)
    .where('i.node', '=', node)
    .groupBy('i.study_uid')
    .having((be) =>
      be.or([
        be(be.fn.min('i.received_at'), '<=', due.oldest),
        be(be.fn.max('i.received_at'), '<=', due.lateQuietSince),
        be.and([
          be(be.fn.max('i.received_at'), '<=', due.quietSince),
          sql<boolean>`not exists (select 1 from instances k where k.study_uid = i.study_uid and k.sealed = 1)`,
        ]),
      ]),
    )
    .orderBy((be) => be.fn.min('i.received_at'))
    .limit(limit)
    .execute()
  return rows.map(({ study_uid, instances, bytes }) => ({
    study_uid,
    instances: Number(instances),
    bytes: Number(bytes),
  }))
}

/** Everything not sealed, or what of one study is not. */
export async function unsealedTotals(
  db: Database,
): Promise<{ readonly studies: number; readonly instances: number; readonly bytes: number }> {
  const row = await db.read
    .selectFrom('instances')
    .select((be) => [
      be.fn.count('study_uid').distinct().as('studies'),
      be.fn.countAll().as('instances'),
      be.fn.sum('length').as('bytes'),
    ])
    .where('sealed', '=', 0)
    .executeTakeFirst()
  return { studies: Number(row?.studies ?? 0), instances: Number(row?.instances ?? 0), bytes: Number(row?.bytes ?? 0) }
}

/** What of a study is not sealed, series by series, in the order it is looked at. */
export function unsealedInstances(db: Database, node: string, study: string) {
  return db.read
    .selectFrom('instances as i')
    .leftJoin('series as e', (join) =>
      join.onRef('e.study_uid', '=', 'i.study_uid').onRef('e.series_uid', '=', 'i.series_uid'),
    )
    .selectAll('i')
    .select('e.modality')
    .where('i.study_uid', '=', study)
    .where('i.sealed', '=', 0)
    .where('i.node', '=', node)
    .orderBy(sql`e.series_number is null`)
    .orderBy('e.series_number')
    .orderBy('i.series_uid')
    .orderBy(sql`i.instance_number is null`)
    .orderBy('i.instance_number')
    .orderBy('i.id')
    .execute()
}

export interface KeptRow {
  readonly modality: string
  readonly form: 'htj2k' | 'received'
  readonly why: string
  readonly instances: number
  readonly received: number
  readonly kept: number
}

/** What the vault holds, by modality and form: bytes as received and as kept, recipes counted. */
export async function keptBytes(db: Database): Promise<readonly KeptRow[]> {
  const rows = await db.read
    .selectFrom('sealed as v')
    .innerJoin('instances as i', 'i.id', 'v.id')
    .leftJoin('series as e', (join) =>
      join.onRef('e.study_uid', '=', 'i.study_uid').onRef('e.series_uid', '=', 'i.series_uid'),
    )
    .select((be) => [
      sql<string>`coalesce(e.modality, '')`.as('modality'),
      sql<number>`case when v.recipe_length > 0 then 1 else 0 end`.as('encoded'),
      'v.why',
      be.fn.countAll().as('instances'),
      be.fn.sum('i.length').as('received'),
      sql<number>`sum(v.length + v.recipe_length)`.as('kept'),
    ])
    .groupBy(['e.modality', 'encoded', 'v.why'])
    .execute()
  return rows.map(({ modality, encoded, why, instances, received, kept }) => ({
    modality,
    form: Number(encoded) === 1 ? 'htj2k' : 'received',
    why,
    instances: Number(instances),
    received: Number(received),
    kept: Number(kept),
  }))
}

/** Segments all of whose instances are sealed, oldest first. Uses instances_by_segment: what was released costs nothing. */
export async function sealedSegments(db: Database, node: string, limit: number): Promise<readonly number[]> {
  const rows = await db.read
    .selectFrom('instances')
    .select('segment')
    .where('segment', '>', 0)
    .where('node', '=', node)
    .groupBy('segment')
    .having((be) => be(be.fn.min('sealed'), '=', 1))
    .orderBy('segment')
    .limit(limit)
    .execute()
  return rows.map(({ segment }) => Number(segment))
}

/** Spool files of sealed instances. Uses instances_by_spool. */
export async function sealedSpools(
  db: Database,
  node: string,
  limit: number,
): Promise<readonly { readonly id: number; readonly spool: string }[]> {
  const rows = await db.read
    .selectFrom('instances')
    .select(['id', 'spool'])
    .where('spool', '<>', '')
    .where('sealed', '=', 1)
    .where('node', '=', node)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id, spool }) => ({ id: Number(id), spool }))
}

const GONE = { segment: -1, spool: '', start: 0 } as const

export const releasedSegment = ({ read }: Pick<Database, 'read'>, node: string, segment: number): CompiledQuery =>
  read.updateTable('instances').set(GONE).where('segment', '=', segment).where('node', '=', node).compile()

export const releasedSpool = ({ read }: Pick<Database, 'read'>, id: number): CompiledQuery =>
  read.updateTable('instances').set(GONE).where('id', '=', id).compile()
