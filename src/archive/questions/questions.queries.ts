/**
 * SQL of the four questions: arrivals held against what is here, acts of some types, and where the log has gaps. Reads
 * `events`, `instances`, `sealed`, `studies`, `tombstones`, `conflicts`, `rejected_instances`; writes nothing.
 */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { EventType } from '../../ledger/event.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { EventsTable } from '../../storage/sql/schema.ts'
import { RECORD_COLUMNS, type RecordRow } from '../instance-record.ts'
import { keysOf, personsOfKeys } from '../persons/persons.queries.ts'

export type ActRow = Pick<EventsTable, 'n' | 'ts' | 'type' | 'actor' | 'study_uid' | 'body'>

/** Acts about a study, about a patient under any of the person's keys, or of a span of leaves, both ends included. */
export type About = { readonly study: string } | { readonly patient: string } | Span
export interface Span {
  readonly first: number
  readonly last: number
}

/**
 * SQLite has no statistics and takes any index that fits: a plus hides a column from it, so that the narrow one leads.
 * PostgreSQL knows better, and has no such plus.
 */
const hidden = (db: Database, column: 'type' | 'study_uid') =>
  sql<string>`${sql.raw(db.dialect === 'sqlite' ? '+' : '')}${sql.ref(column)}`

/** Acts of these types, oldest first. Uses events_by_study, events_by_patient or events_by_type. */
export async function actsOfTypes(
  db: Database,
  about: About,
  types: readonly EventType[],
  { upTo, limit }: { readonly upTo: number; readonly limit: number },
): Promise<readonly ActRow[]> {
  let query = db.read
    .selectFrom('events')
    .select(['n', 'ts', 'type', 'actor', 'study_uid', 'body'])
    .where('n', '<=', upTo)
    .orderBy('n')
    .limit(limit)
  if ('study' in about) query = query.where('study_uid', '=', about.study).where(hidden(db, 'type'), 'in', types)
  else if ('patient' in about)
    query = query.where('patient_key', 'in', await keysOf(db, about.patient)).where(hidden(db, 'type'), 'in', types)
  else query = query.where('type', 'in', types).where('n', '>=', about.first).where('n', '<=', about.last)
  return (await query.execute()).map((row) => ({ ...row, n: Number(row.n) }))
}

/** Arrivals of a study. Uses events_by_study. */
export async function arrivalsOf(db: Database, study: string): Promise<ReadonlyMap<number, string>> {
  const rows = await db.read
    .selectFrom('events')
    .select(['n', 'body'])
    .where('study_uid', '=', study)
    .where(hidden(db, 'type'), '=', 'obj.ingest')
    .execute()
  return new Map(rows.map(({ n, body }) => [Number(n), body]))
}

/** How many acts are about a study. Uses events_by_study. */
export async function countActsOf(db: Database, study: string, upTo: number): Promise<number> {
  const row = await db.read
    .selectFrom('events')
    .select((be) => be.fn.countAll<number>().as('entries'))
    .where('study_uid', '=', study)
    .where('n', '<=', upTo)
    .executeTakeFirst()
  return Number(row?.entries ?? 0)
}

export type KeptRow = RecordRow & { readonly sealed: number; readonly recipe_length: number | null }

/** Every version of a study that is here, and in which form. Uses instances_by_series. */
export async function keptOf(db: Database, study: string): Promise<readonly KeptRow[]> {
  return db.read
    .selectFrom('instances as i')
    .leftJoin('sealed as v', 'v.id', 'i.id')
    .select(RECORD_COLUMNS.map((column) => `i.${column}` as const))
    .select(['i.sealed', 'v.recipe_length'])
    .where('i.study_uid', '=', study)
    .orderBy('i.series_uid')
    .orderBy('i.id')
    .execute()
}

/** The patient an act about a study names last; '' when none does. Uses events_by_study. */
export async function patientNamed(db: Database, study: string): Promise<string> {
  const row = await db.read
    .selectFrom('events')
    .select('patient_key')
    .where('study_uid', '=', study)
    .where('patient_key', '<>', '')
    .orderBy('n', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.patient_key ?? ''
}

/** Every study that an act about a patient names. Uses events_by_patient. */
export async function studiesNamedWith(db: Database, patient: string): Promise<readonly string[]> {
  const rows = await db.read
    .selectFrom('events')
    .select('study_uid')
    .distinct()
    .where('patient_key', 'in', await keysOf(db, patient))
    .where('study_uid', '<>', '')
    .execute()
  return rows.map(({ study_uid }) => study_uid)
}

/** What is counted together: some studies, or what arrived in a span. */
export type Counted = { readonly studies: readonly string[] } | Span

const CHUNK = 500

async function inParts<Row>(
  counted: Counted,
  run: (part: Counted) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  if (!('studies' in counted)) return run(counted)
  const rows: Row[] = []
  for (let at = 0; at < counted.studies.length; at += CHUNK)
    rows.push(...(await run({ studies: counted.studies.slice(at, at + CHUNK) })))
  return rows
}

/** Arrivals, study by study; of a span together, under ''. */
export async function countArrivals(db: Database, counted: Counted): Promise<ReadonlyMap<string, number>> {
  if (!('studies' in counted)) {
    const row = await db.read
      .selectFrom('events')
      .select((be) => be.fn.countAll<number>().as('count'))
      .where('type', '=', 'obj.ingest')
      .where('n', '>=', counted.first)
      .where('n', '<=', counted.last)
      .executeTakeFirst()
    return new Map([['', Number(row?.count ?? 0)]])
  }
  const rows = await inParts(counted, (part) =>
    db.read
      .selectFrom('events')
      .select((be) => ['study_uid', be.fn.countAll<number>().as('count')])
      .where('study_uid', 'in', 'studies' in part ? part.studies : [])
      .where(hidden(db, 'type'), '=', 'obj.ingest')
      .groupBy('study_uid')
      .execute(),
  )
  return new Map(rows.map(({ study_uid, count }) => [study_uid, Number(count)]))
}

/** What is here, study by study. Of a span it walks the primary key. */
export async function countHere(db: Database, counted: Counted): Promise<ReadonlyMap<string, number>> {
  const rows = await inParts(counted, (part) => {
    const query = db.read
      .selectFrom('instances')
      .select((be) => ['study_uid', be.fn.countAll<number>().as('count')])
      .groupBy('study_uid')
    return (
      'studies' in part
        ? query.where('study_uid', 'in', part.studies)
        : query.where('id', '>=', part.first).where('id', '<=', part.last)
    ).execute()
  })
  return new Map(rows.map(({ study_uid, count }) => [study_uid, Number(count)]))
}

export interface Numbered {
  readonly n: number
  readonly study: string
}

/** Arrivals of which nothing is here. */
export async function arrivalsNotHere(db: Database, counted: Counted, limit: number): Promise<readonly Numbered[]> {
  const rows = await inParts(counted, (part) => {
    const query = db.read
      .selectFrom('events')
      .select(['n', 'study_uid'])
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('instances').select('id').whereRef('instances.id', '=', 'events.n'))),
      )
      .limit(limit)
    return (
      'studies' in part
        ? query.where('study_uid', 'in', part.studies).where(hidden(db, 'type'), '=', 'obj.ingest')
        : query.where('type', '=', 'obj.ingest').where('n', '>=', part.first).where('n', '<=', part.last)
    ).execute()
  })
  return rows.map(({ n, study_uid }) => ({ n: Number(n), study: study_uid }))
}

/** What is here and has no arrival in the log. */
export async function hereNotArrived(db: Database, counted: Counted, limit: number): Promise<readonly Numbered[]> {
  const rows = await inParts(counted, (part) => {
    const query = db.read
      .selectFrom('instances')
      .select(['id', 'study_uid'])
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('events')
              .select('n')
              .whereRef('events.n', '=', 'instances.id')
              .where(sql<SqlBool>`${hidden(db, 'type')} = 'obj.ingest'` as Expression<SqlBool>),
          ),
        ),
      )
      .limit(limit)
    return (
      'studies' in part
        ? query.where('study_uid', 'in', part.studies)
        : query.where('id', '>=', part.first).where('id', '<=', part.last)
    ).execute()
  })
  return rows.map(({ id, study_uid }) => ({ n: Number(id), study: study_uid }))
}

/** Out of sight now, study by study. Uses instances_by_series, or the primary key of the rejected. */
export async function countRejected(db: Database, counted: Counted): Promise<ReadonlyMap<string, number>> {
  const rows = await inParts(counted, (part) => {
    const query = db.read
      .selectFrom('rejected_instances as m')
      .innerJoin('instances as i', 'i.id', 'm.instance_id')
      .select((be) => ['i.study_uid', be.fn.count('m.instance_id').distinct().as('count')])
      .where('m.restored_at', '=', '')
      .groupBy('i.study_uid')
    return (
      'studies' in part
        ? query.where('i.study_uid', 'in', part.studies)
        : query.where('m.instance_id', '>=', part.first).where('m.instance_id', '<=', part.last)
    ).execute()
  })
  return new Map(rows.map(({ study_uid, count }) => [study_uid, Number(count)]))
}

/** Conflicts for a person to look at, study by study. Uses conflicts_by_study, or the primary key. */
export async function countConflicts(db: Database, counted: Counted): Promise<ReadonlyMap<string, number>> {
  const rows = await inParts(counted, (part) => {
    const query = db.read
      .selectFrom('conflicts')
      .select((be) => ['study_uid', be.fn.countAll<number>().as('count')])
      .groupBy('study_uid')
    return (
      'studies' in part
        ? query.where('study_uid', 'in', part.studies)
        : query.where('id', '>=', part.first).where('id', '<=', part.last)
    ).execute()
  })
  return new Map(rows.map(({ study_uid, count }) => [study_uid, Number(count)]))
}

/** Tombstones of these studies, or written in a span. Uses tombstones_by_study, or the primary key. */
export async function tombstonesIn(
  db: Database,
  counted: Counted,
): Promise<
  readonly {
    readonly id: number
    readonly study: string
    readonly at: string
    readonly instances: number
    readonly done: number
  }[]
> {
  const rows = await inParts(counted, (part) => {
    const query = db.read
      .selectFrom('tombstones')
      .select(['id', 'study_uid', 'written_at', 'instances', 'done'])
      .orderBy('id')
    return (
      'studies' in part
        ? query.where('study_uid', 'in', part.studies)
        : query.where('id', '>=', part.first).where('id', '<=', part.last)
    ).execute()
  })
  return rows.map(({ id, study_uid, written_at, instances, done }) => ({
    id: Number(id),
    study: study_uid,
    at: written_at,
    instances: Number(instances),
    done: Number(done),
  }))
}

/** Leaves in a time; undefined when there are none. `until` is not included. Uses events_by_time. */
export async function spanOf(db: Database, from: string, until: string): Promise<Span | undefined> {
  const at = (order: 'asc' | 'desc') =>
    db.read
      .selectFrom('events')
      .select('n')
      .where('ts', '>=', from)
      .where('ts', '<', until)
      .orderBy('ts', order)
      .orderBy('n', order)
      .limit(1)
      .executeTakeFirst()
  const [first, last] = [await at('asc'), await at('desc')]
  return first && last && { first: Number(first.n), last: Number(last.n) }
}

/** The first act that names a patient. Uses events_by_patient. */
export async function firstAbout(db: Database, patient: string): Promise<{ n: number; ts: string } | undefined> {
  const row = await db.read
    .selectFrom('events')
    .select(['n', 'ts'])
    .where('patient_key', 'in', await keysOf(db, patient))
    .orderBy('n')
    .limit(1)
    .executeTakeFirst()
  return row && { n: Number(row.n), ts: row.ts }
}

/** How many leaves the index has of a span. Walks the primary key. */
export async function countEntries(db: Database, { first, last }: Span): Promise<number> {
  const row = await db.read
    .selectFrom('events')
    .select((be) => be.fn.countAll<number>().as('entries'))
    .where('n', '>=', first)
    .where('n', '<=', last)
    .executeTakeFirst()
  return Number(row?.entries ?? 0)
}

/** Type and time of leaves. Uses the primary key. */
export async function leavesAt(
  db: Database,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, { readonly ts: string; readonly type: string; readonly body: string }>> {
  const found = new Map<number, { ts: string; type: string; body: string }>()
  for (let at = 0; at < numbers.length; at += CHUNK)
    for (const { n, ts, type, body } of await db.read
      .selectFrom('events')
      .select(['n', 'ts', 'type', 'body'])
      .where('n', 'in', numbers.slice(at, at + CHUNK))
      .execute())
      found.set(Number(n), { ts, type, body })
  return found
}

/** Studies by accession number or UID, of those that are here. Uses studies_by_accession and the primary key. */
export async function studiesCalled(db: Database, words: string, patients: readonly string[], limit: number) {
  const persons = [...(await personsOfKeys(db, patients)).values()]
  return db.read
    .selectFrom('studies')
    .select(['study_uid', 'person_key', 'study_date', 'modalities'])
    .where((be) =>
      be.or([
        be('study_uid', '=', words),
        be('accession', '=', words),
        ...(persons.length === 0 ? [] : [be('person_key', 'in', persons)]),
      ]),
    )
    .orderBy('study_date', 'desc')
    .orderBy('study_uid')
    .limit(limit)
    .execute()
}

/** Which of these does an act name? Uses events_by_patient. */
export async function patientsActedOn(db: Database, patients: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const patient of patients) if ((await firstAbout(db, patient)) !== undefined) found.push(patient)
  return found
}

/** Leaves after this one whose body holds a text, of one type. Uses events_by_type. */
export async function leafSaying(
  db: Database,
  type: EventType,
  after: number,
  says: string,
): Promise<EventsTable | undefined> {
  return db.read
    .selectFrom('events')
    .selectAll()
    .where('type', '=', type)
    .where('n', '>', after)
    .where('body', 'like', `%${says}%`)
    .orderBy('n')
    .limit(1)
    .executeTakeFirst()
}

/** A leaf as the log has it, with what its commitments are made of. Uses the primary key. */
export async function entriesAt(db: Database, numbers: readonly number[]): Promise<readonly EventsTable[]> {
  const rows: EventsTable[] = []
  for (let at = 0; at < numbers.length; at += CHUNK)
    rows.push(
      ...(await db.read
        .selectFrom('events')
        .selectAll()
        .where('n', 'in', numbers.slice(at, at + CHUNK))
        .orderBy('n')
        .execute()),
    )
  return rows
}

/** Holds that lasted at a moment and name the study or its person. Uses the primary key of hold_scopes. */
export async function holdsNamedAt(
  db: Database,
  study: string,
  patient: string,
  at: string,
): Promise<readonly { readonly id: number; readonly matter: string }[]> {
  const keys = patient === '' ? [] : await keysOf(db, patient)
  const rows = await db.read
    .selectFrom('holds as h')
    .innerJoin('hold_scopes as s', 's.hold_id', 'h.id')
    .select(['h.id', 'h.matter'])
    .distinct()
    .where('h.placed_at', '<=', at)
    .where((be) => be.or([be('h.released_at', '=', ''), be('h.released_at', '>', at)]))
    .where((be) =>
      be.or([
        be.and([be('s.kind', '=', 'study'), be('s.subject', '=', study)]),
        ...(keys.length === 0 ? [] : [be.and([be('s.kind', '=', 'patient'), be('s.subject', 'in', keys)])]),
      ]),
    )
    .execute()
  return rows.map(({ id, matter }) => ({ id: Number(id), matter }))
}
