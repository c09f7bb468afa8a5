/** SQL of persons. Writes `person_keys`, `person_relations`, `person_reviews` and `studies.person_key`; reads `persons` too. */
import { type Kysely, sql } from 'kysely'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { Database } from '../../storage/sql/database.ts'
import type {
  PersonKeysTable,
  PersonRelationsTable,
  PersonReviewsTable,
  PersonsTable,
  Schema,
  StudiesTable,
} from '../../storage/sql/schema.ts'

export interface PersonStatements {
  putRelation(row: PersonRelationsTable): CompiledQuery
  putKey(row: PersonKeysTable): CompiledQuery
  dropKey(key: string): CompiledQuery
  /** Uses studies_by_person. */
  moveStudies(key: string, was: string, person: string): CompiledQuery
  insertReview(row: PersonReviewsTable): CompiledQuery
  /** A study that says otherwise than HL7 who its patient is: a question for a person. Uses the primary key of persons. */
  reviewStudy(study: NewStudy): CompiledQuery
  settleReview(
    id: number,
    nth: number,
    changes: Pick<PersonReviewsTable, 'settled_by' | 'settled_at' | 'settled_reason'>,
  ): CompiledQuery
}

/** The first object of a study that was not here. */
export interface NewStudy {
  readonly n: number
  readonly patientKey: string
  readonly birthDate: string
  readonly sex: string
  readonly at: string
}

export const personStatements = (db: Kysely<Schema>): PersonStatements => ({
  putRelation: (row) =>
    db
      .insertInto('person_relations')
      .values(row)
      .onConflict((conflict) => conflict.columns(['from_key', 'into_key', 'kind']).doUpdateSet(row))
      .compile(),
  putKey: (row) =>
    db
      .insertInto('person_keys')
      .values(row)
      .onConflict((conflict) => conflict.column('patient_key').doUpdateSet(row))
      .compile(),
  dropKey: (key) => db.deleteFrom('person_keys').where('patient_key', '=', key).compile(),
  moveStudies: (key, was, person) =>
    db
      .updateTable('studies')
      .set({ person_key: person })
      .where('person_key', '=', was)
      .where('patient_key', '=', key)
      .compile(),
  insertReview: (row) => db.insertInto('person_reviews').values(row).compile(),
  reviewStudy: ({ n, patientKey, birthDate, sex, at }) =>
    sql`insert into person_reviews (id, nth, why, kind, from_key, into_key, followed, told_by, raised_at,
                                    settled_by, settled_at, settled_reason)
        select cast(${n} as bigint), 0, 'facts', 'link', p.patient_key, p.patient_key, 1, 'images',
               cast(${at} as text), '', '', ''
          from persons p
         where p.patient_key = ${patientKey}
           and ((p.birth_date <> '' and ${birthDate} <> '' and p.birth_date <> ${birthDate})
                or (p.sex in ('M', 'F') and ${sex} in ('M', 'F') and p.sex <> ${sex}))`.compile(db),
  settleReview: (id, nth, changes) =>
    db.updateTable('person_reviews').set(changes).where('id', '=', id).where('nth', '=', nth).compile(),
})

/** Keys asked about at once: engines take only so many parameters. */
const CHUNK = 500

/** Whose these keys are. Uses the primary key. */
export async function personsOfKeys(
  { read }: Pick<Database, 'read'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const persons = new Map(keys.map((key) => [key, key]))
  const asked = [...persons.keys()].filter((key) => key !== '')
  for (let at = 0; at < asked.length; at += CHUNK)
    for (const { patient_key, person_key } of await read
      .selectFrom('person_keys')
      .select(['patient_key', 'person_key'])
      .where('patient_key', 'in', asked.slice(at, at + CHUNK))
      .execute())
      persons.set(patient_key, person_key)
  return persons
}

/** Whose this key is. */
export async function personOf(db: Pick<Database, 'read'>, key: string): Promise<string> {
  return (await personsOfKeys(db, [key])).get(key) ?? key
}

/** Every key of the person this one belongs to, itself at least. Uses the primary key and person_keys_by_person. */
export async function keysOf({ read }: Pick<Database, 'read'>, key: string): Promise<readonly string[]> {
  const rows = await read
    .selectFrom('person_keys as k')
    .innerJoin('person_keys as o', 'o.person_key', 'k.person_key')
    .select('k.patient_key')
    .where('o.patient_key', '=', key)
    .orderBy('k.patient_key')
    .execute()
  return rows.length === 0 ? [key] : rows.map(({ patient_key }) => patient_key)
}

/** Every key of these persons and of those these keys belong to. */
export async function keysOfAll(db: Pick<Database, 'read'>, keys: readonly string[]): Promise<readonly string[]> {
  const all = new Set<string>()
  for (const key of keys) for (const one of await keysOf(db, key)) all.add(one)
  return [...all]
}

/** Relations of these keys, those that were taken back too. Uses the primary key and person_relations_by_into. */
export async function relationsOf(
  { read }: Pick<Database, 'read'>,
  keys: readonly string[],
): Promise<readonly PersonRelationsTable[]> {
  if (keys.length === 0) return []
  return read
    .selectFrom('person_relations')
    .selectAll()
    .where((be) => be.or([be('from_key', 'in', keys), be('into_key', 'in', keys)]))
    .orderBy('event_n')
    .orderBy('from_key')
    .orderBy('into_key')
    .execute()
}

export interface KeyFacts extends Pick<StudiesTable, 'birth_date' | 'sex'> {
  readonly key: string
  readonly name: string
  readonly told: 'message' | 'images' | 'nothing'
  readonly studies: number
}

/** What is known of a key: as last told by HL7, else as its newest study says. Uses studies_by_person. */
export async function factsOf({ read }: Pick<Database, 'read'>, key: string, person: string): Promise<KeyFacts> {
  const [told, newest, counted] = await Promise.all([
    read.selectFrom('persons').selectAll().where('patient_key', '=', key).executeTakeFirst() as Promise<
      PersonsTable | undefined
    >,
    newestStudy({ read }, key, person),
    read
      .selectFrom('studies')
      .select((be) => be.fn.countAll<number>().as('count'))
      .where('person_key', '=', person)
      .where('patient_key', '=', key)
      .executeTakeFirstOrThrow(),
  ])
  return {
    key,
    name: told?.name || newest?.patient_name || '',
    birth_date: told?.birth_date || newest?.birth_date || '',
    sex: told?.sex || newest?.sex || '',
    told: told !== undefined ? 'message' : newest !== undefined ? 'images' : 'nothing',
    studies: Number(counted.count),
  }
}

/** What the newest study under a key says of who the patient is. Uses studies_by_person. */
export async function newestStudy(
  { read }: Pick<Database, 'read'>,
  key: string,
  person: string,
): Promise<Pick<StudiesTable, 'patient_name' | 'birth_date' | 'sex'> | undefined> {
  return read
    .selectFrom('studies')
    .select(['patient_name', 'birth_date', 'sex'])
    .where('person_key', '=', person)
    .where('patient_key', '=', key)
    .orderBy('study_date', 'desc')
    .orderBy('study_uid')
    .limit(1)
    .executeTakeFirst()
}

/** Newest first. Uses the primary key, or person_reviews_open. */
export async function someReviews(
  { read }: Pick<Database, 'read'>,
  { open, limit }: { readonly open: boolean; readonly limit: number },
): Promise<readonly PersonReviewsTable[]> {
  let query = read.selectFrom('person_reviews').selectAll()
  if (open) query = query.where('settled_at', '=', '')
  return query.orderBy('id', 'desc').orderBy('nth').limit(limit).execute()
}

export async function countOpenReviews({ read }: Pick<Database, 'read'>): Promise<number> {
  const row = await read
    .selectFrom('person_reviews')
    .select((be) => be.fn.countAll<number>().as('count'))
    .where('settled_at', '=', '')
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function reviewRow(
  { read }: Pick<Database, 'read'>,
  id: number,
  nth: number,
): Promise<PersonReviewsTable | undefined> {
  return read.selectFrom('person_reviews').selectAll().where('id', '=', id).where('nth', '=', nth).executeTakeFirst()
}

/** The person a new study belongs to, as a value of its row: the first parameter is its patient key, and the second. */
export const personAtInsert = sql<string>`coalesce((select k.person_key from person_keys k where k.patient_key = ${''}), ${''})`
