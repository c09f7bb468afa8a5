/** SQL of routing. Reads `instances`, `instance_headers`, `series` and `studies`; writes nothing. */
import { zstdDecompressSync } from 'node:zlib'
import type { DicomJson } from '../../dicom/json.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Arrived } from './rule.ts'

/** The number of the last arrival; -1 before the first. Uses the primary key. */
export async function lastArrival({ read }: Pick<Database, 'read'>): Promise<number> {
  const row = await read.selectFrom('instances').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return row === undefined ? -1 : Number(row.id)
}

/** What arrived behind a number and is in sight, in order, and the number that was looked at last. Uses the primary keys. */
export async function arrivals(
  { read }: Pick<Database, 'read'>,
  after: number,
  limit: number,
): Promise<{ readonly arrived: readonly Arrived[]; readonly next: number }> {
  const rows = await read
    .selectFrom('instances as i')
    .innerJoin('instance_headers as h', 'h.id', 'i.id')
    .select([
      'i.current',
      'i.id',
      'i.study_uid',
      'i.series_uid',
      'i.sop_uid',
      'i.received_at',
      'i.source',
      'h.metadata',
    ])
    .where('i.id', '>', after)
    .orderBy('i.id')
    .limit(limit)
    .execute()
  return {
    arrived: rows.filter(({ current }) => Number(current) === 1).map(arrivedOf),
    next: Number(rows.at(-1)?.id ?? after),
  }
}

/** The first image of each series of the studies that came last. Uses studies_by_received and instances_by_series. */
export async function recentSeries(
  { read }: Pick<Database, 'read'>,
  studies: number,
): Promise<readonly { readonly study: RecentStudy; readonly series: readonly Arrived[] }[]> {
  const recent = await read
    .selectFrom('studies')
    .select(['study_uid', 'study_date', 'modalities', 'received_last', 'series_count', 'instance_count'])
    .where('instance_count', '>', 0)
    .orderBy('received_last', 'desc')
    .orderBy('study_uid')
    .limit(studies)
    .execute()
  const found: { study: RecentStudy; series: readonly Arrived[] }[] = []
  for (const study of recent) {
    const rows = await read
      .selectFrom('instances as i')
      .innerJoin('instance_headers as h', 'h.id', 'i.id')
      .select(['i.id', 'i.study_uid', 'i.series_uid', 'i.sop_uid', 'i.received_at', 'i.source', 'h.metadata'])
      .where('i.id', 'in', (be) =>
        be
          .selectFrom('instances')
          .select(({ fn }) => fn.min('id').as('first'))
          .where('study_uid', '=', study.study_uid)
          .where('current', '=', 1)
          .groupBy('series_uid'),
      )
      .orderBy('i.id')
      .limit(MOST_SERIES)
      .execute()
    found.push({ study, series: rows.map(arrivedOf) })
  }
  return found
}

/** Of a study, for one question. */
const MOST_SERIES = 50

export interface RecentStudy {
  readonly study_uid: string
  readonly study_date: string
  readonly modalities: string
  readonly received_last: string
}

function arrivedOf(row: {
  readonly id: number
  readonly study_uid: string
  readonly series_uid: string
  readonly sop_uid: string
  readonly received_at: string
  readonly source: string
  readonly metadata: Uint8Array
}): Arrived {
  const { door = '', callingAet = '' } = JSON.parse(row.source) as { door?: string; callingAet?: string }
  return {
    n: Number(row.id),
    study: row.study_uid,
    series: row.series_uid,
    instance: row.sop_uid,
    receivedAt: row.received_at,
    door,
    from: callingAet,
    attributes: JSON.parse(zstdDecompressSync(row.metadata).toString()) as DicomJson,
  }
}
