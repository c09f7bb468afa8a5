/** SQL of what came when. Reads `studies` and `series`, a hundredth of the instances; writes nothing. */
import { sql } from 'kysely'
import type { Database } from '../storage/sql/database.ts'

export interface DayRow {
  /** YYYY-MM-DD, UTC */
  readonly day: string
  readonly modality: string
  readonly objects: number
  readonly bytes: number
}

/** By the day a study's first object came, and by modality. What was disposed of counts no more. */
export async function arrivalsByDay(db: Database): Promise<readonly DayRow[]> {
  const rows = await db.read
    .selectFrom('studies as s')
    .innerJoin('series as e', 'e.study_uid', 's.study_uid')
    .select((be) => [
      sql<string>`substr(s.received_first, 1, 10)`.as('day'),
      'e.modality',
      be.fn.sum('e.instance_count').as('objects'),
      be.fn.sum('e.bytes').as('bytes'),
    ])
    .groupBy(['day', 'e.modality'])
    .orderBy('day')
    .execute()
  return rows.map(({ day, modality, objects, bytes }) => ({
    day,
    modality,
    objects: Number(objects),
    bytes: Number(bytes),
  }))
}
