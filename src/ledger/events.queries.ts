/** SQL of the ledger's tables: `events` and `salts`, which only the archive's sequencer writes. Reads `studies` too. */
import type { CompiledQuery, Kysely } from 'kysely'
import { compiled, compiledList } from '../storage/sql/compiled.ts'
import type { Database } from '../storage/sql/database.ts'
import type { EventsTable, SaltsTable, Schema } from '../storage/sql/schema.ts'
import type { EventType } from './event.ts'
import type { ReportedEvent } from './repository/reporting.ts'
import { splitPatientKey } from './subject.ts'

const EVENT: EventsTable = {
  n: 0,
  ts: '',
  type: '',
  actor: '',
  study_uid: '',
  patient_key: '',
  leaf: '',
  body: '',
  salt: '',
}
const SALT: SaltsTable = { kind: '', id: '', salt: '' }

const KINDS = ['study', 'patient']

export interface EventStatements {
  insertEvent(row: EventsTable): CompiledQuery
  /** Body, salt and subjects of these are gone; the leaf stays. */
  eraseEvents(numbers: readonly number[]): CompiledQuery
  /** Salts of subjects no event names any more. */
  eraseSalts(): readonly CompiledQuery[]
  /** The first salt a study or patient was given stays. */
  insertSalt(row: SaltsTable): CompiledQuery
  /** Rows of `SaltsTable` whose id is one of these, of either kind. Uses the primary key. */
  saltsOf(ids: readonly string[]): CompiledQuery
}

export function eventStatements(db: Kysely<Schema>): EventStatements {
  const event = compiled(db.insertInto('events').values(EVENT))
  const salt = compiled(
    db
      .insertInto('salts')
      .values(SALT)
      .onConflict((conflict) => conflict.doNothing()),
  )
  const salts = compiledList(
    (sample) => db.selectFrom('salts').selectAll().where('kind', 'in', KINDS).where('id', 'in', sample),
    KINDS,
  )
  return {
    insertEvent: (row) => event(Object.keys(EVENT).map((column) => row[column as keyof EventsTable])),
    eraseEvents: (numbers) =>
      db
        .updateTable('events')
        .set({ body: '', salt: '', study_uid: '', patient_key: '' })
        .where('n', 'in', numbers)
        .compile(),
    eraseSalts: () =>
      (
        [
          ['study', 'study_uid'],
          ['patient', 'patient_key'],
        ] as const
      ).map(([kind, column]) =>
        db
          .deleteFrom('salts')
          .where('kind', '=', kind)
          .where(({ not, exists, selectFrom }) =>
            not(exists(selectFrom('events').select('n').whereRef(`events.${column}`, '=', 'salts.id'))),
          )
          .compile(),
      ),
    insertSalt: (row) => salt([row.kind, row.id, row.salt]),
    saltsOf: (ids) => salts(ids),
  }
}

/** Time of the last leaf, or '' when there is none. */
export async function lastEventTime(db: Database): Promise<string> {
  const row = await db.read.selectFrom('events').select('ts').orderBy('n', 'desc').limit(1).executeTakeFirst()
  return row?.ts ?? ''
}

/** How many leaves there are: they are numbered without a gap from 0. */
export async function countLeaves(db: Database): Promise<number> {
  const row = await db.read.selectFrom('events').select('n').orderBy('n', 'desc').limit(1).executeTakeFirst()
  return row === undefined ? 0 : Number(row.n) + 1
}

/** Events of these types behind `after` up to `to`, in order. Uses the primary key. */
export async function eventsBetween(
  db: Database,
  after: number,
  to: number,
  types: readonly EventType[],
  limit: number,
): Promise<readonly { n: number; ts: string; type: string; study: string; body: string }[]> {
  const rows = await db.read
    .selectFrom('events')
    .select(['n', 'ts', 'type', 'study_uid as study', 'body'])
    .where('n', '>', after)
    .where('n', '<=', to)
    .where('type', 'in', types)
    .orderBy('n')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, n: Number(row.n) }))
}

/** Events from this number on, in order; an act that names a study and no patient comes with the study's, as of now. */
export async function eventsFrom(db: Database, from: number, limit: number): Promise<readonly ReportedEvent[]> {
  const rows = await db.read
    .selectFrom('events')
    .leftJoin('studies', 'studies.study_uid', 'events.study_uid')
    .select(['events.n', 'events.type', 'events.ts', 'events.body', 'events.patient_key', 'studies.patient_key as of'])
    .where('events.n', '>=', from)
    // Erased: it was told when it happened, and cannot be told again.
    .where('events.body', '<>', '')
    .orderBy('events.n')
    .limit(limit)
    .execute()
  return rows.map(({ n, type, ts, body, patient_key, of }) => ({
    n: Number(n),
    type,
    ts,
    body,
    patient: patient_key === '' ? splitPatientKey(of ?? '') : undefined,
  }))
}

/** Leaves asked for at once. */
const PAGE = 1000

/** Leaves from this number on, in order, as the index holds them when each page is read. */
export async function* leavesFrom(db: Database, from: number): AsyncGenerator<{ n: number; leaf: string }> {
  for (let at = from; ; ) {
    const rows = await db.read
      .selectFrom('events')
      .select(['n', 'leaf'])
      .where('n', '>=', at)
      .orderBy('n')
      .limit(PAGE)
      .execute()
    for (const { n, leaf } of rows) yield { n: Number(n), leaf }
    if (rows.length < PAGE) return
    at = Number(rows.at(-1)?.n ?? at) + 1
  }
}
