/**
 * SQL of the audit search: reads `events` and `salts`, newest first, a page at a time; writes nothing.
 *
 * Ledger numbers and times rise together (`decide.ts`), so a span of time is a span of numbers, found by events_by_time:
 * whatever else is asked, rows then come by one of the indexes that end in `n`, already in order.
 */
import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Database } from '../storage/sql/database.ts'
import type { EventsTable, Schema } from '../storage/sql/schema.ts'
import type { EventType } from './event.ts'
import { patientKey, splitPatientKey } from './subject.ts'

export type AuditRow = Pick<EventsTable, 'n' | 'ts' | 'type' | 'actor' | 'body'>

export interface AuditPage {
  readonly actor?: string | undefined
  readonly study?: string | undefined
  /** Keys of a patient: one for each issuer the ID is known under. */
  readonly patients?: readonly string[] | undefined
  readonly type?: EventType | undefined
  /** One of these. */
  readonly types?: readonly EventType[] | undefined
  /** The first moment, and the first one that is not asked for any more. */
  readonly from?: string | undefined
  readonly until?: string | undefined
  /** Only leaves before this one. */
  readonly before?: number | undefined
  /** Conditions on what an event is about: who asks may not see every patient. */
  readonly only?: readonly RawBuilder<boolean>[] | undefined
  readonly limit: number
}

export async function auditPage(db: Database, page: AuditPage): Promise<readonly AuditRow[]> {
  const { actor, study, patients, type, types, from, until, before, only = [], limit } = page
  const first = from === undefined ? undefined : await firstSince(db, from)
  const end = until === undefined ? undefined : await firstSince(db, until)
  if (from !== undefined && first === undefined) return []
  let query: SelectQueryBuilder<Schema, 'events', AuditRow> = db.read
    .selectFrom('events')
    .select(['n', 'ts', 'type', 'actor', 'body'])
    // Erased: the entry of the redaction tells of it.
    .where('body', '<>', '')
    .orderBy('n', 'desc')
    .limit(limit)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (study !== undefined) query = query.where('study_uid', '=', study)
  if (patients !== undefined) query = query.where('patient_key', 'in', patients)
  // SQLite has no statistics and would as soon take events_by_type: who, study and patient are narrower.
  const narrow = actor !== undefined || study !== undefined || patients !== undefined
  const typed = sql<string>`${sql.raw(narrow && db.dialect === 'sqlite' ? '+' : '')}type`
  if (type !== undefined) query = query.where(typed, '=', type)
  if (types !== undefined) query = query.where(typed, 'in', types.length === 0 ? [''] : types)
  if (first !== undefined) query = query.where('n', '>=', first)
  if (end !== undefined) query = query.where('n', '<', end)
  if (before !== undefined) query = query.where('n', '<', before)
  for (const condition of only) query = query.where(condition)
  return query.execute()
}

/** The first leaf at this moment or later. */
export async function firstSince(db: Database, moment: string): Promise<number | undefined> {
  const row = await db.read
    .selectFrom('events')
    .select('n')
    .where('ts', '>=', moment)
    .orderBy('ts')
    .orderBy('n')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? undefined : Number(row.n)
}

/**
 * Keys of patients with this ID, whoever issued it, among all that events name: each has a salt. A study may name another
 * patient by now, so studies are not asked. Walks from issuer to issuer by the primary key: one look for each.
 */
export async function patientKeys(db: Database, patientId: string): Promise<readonly string[]> {
  const keys = [patientKey('', patientId)]
  for (let from = ''; ; ) {
    const row = await db.read
      .selectFrom('salts')
      .select('id')
      .where('kind', '=', 'patient')
      .where('id', '>=', from)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    const issuer = row && splitPatientKey(row.id)?.issuer
    if (issuer === undefined) return keys
    keys.push(patientKey(issuer, patientId))
    // Beyond the last key of this issuer: `}` follows `|`, which no issuer in a key holds.
    from = `${patientKey(issuer, 'x').slice(0, -2)}}`
  }
}
