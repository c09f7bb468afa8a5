/**
 * SQL of the worklist and the study page. Reads `studies`, `series`, `study_words` and `person_keys`; writes nothing.
 *
 * A page walks studies newest first (index studies_by_time) from where the last one ended. A word that few studies have
 * leads instead: its rows in study_words (primary key: word, study) are counted up to a bound first.
 */
import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Database } from '../storage/sql/database.ts'
import type { Schema, SeriesTable, StudiesTable } from '../storage/sql/schema.ts'
import { ONE_BY_ONE, SHORT } from './find.queries.ts'
import { type Sight, studyInSight } from './restrictions/restrictions.queries.ts'
import type { Term } from './worklist-words.ts'

export const SUMMARY_COLUMNS = [
  'study_uid',
  'patient_key',
  'person_key',
  'patient_name',
  'patient_id',
  'issuer',
  'birth_date',
  'sex',
  'study_date',
  'study_time',
  'accession',
  'description',
  'modalities',
  'series_count',
  'instance_count',
  'bytes',
  'received_first',
  'received_last',
] as const satisfies readonly (keyof StudiesTable)[]
export type SummaryRow = Pick<StudiesTable, (typeof SUMMARY_COLUMNS)[number]>

/** Where a page ended: the order of the walk. */
export interface Place {
  readonly date: string
  readonly time: string
  readonly received: string
  readonly study: string
}

export interface WorklistPage {
  readonly terms: readonly Term[]
  readonly modality: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  /** Only these, by primary key. */
  readonly studies?: readonly string[] | undefined
  readonly after: Place | undefined
  /** Only what this person may see; undefined: everything. */
  readonly sight?: Sight | undefined
  /** Those too all of whose instances are rejected: a hold covers them. */
  readonly rejectedToo?: boolean
  readonly limit: number
}

type Fragment = RawBuilder<boolean>

/** Beyond every word that begins alike: a noncharacter, last in byte order. */
const LAST = '\u{10FFFF}'

const wordRange = (word: string) => sql<boolean>`w.word >= ${word} and w.word < ${word + LAST}`

/** Studies with a word that begins so: as a list of its own, and as a look for the study at hand. */
const byWord = (word: string) => ({
  list: sql`select w.study_uid from study_words w where ${wordRange(word)}`,
  look: sql<boolean>`exists (select 1 from study_words w where w.study_uid = s.study_uid and ${wordRange(word)} ${ONE_BY_ONE})`,
})
const byModality = (modality: string) => ({
  list: sql`select e.study_uid from series e where e.modality = ${modality}`,
  look: sql<boolean>`exists (select 1 from series e where e.study_uid = s.study_uid and e.modality = ${modality} ${ONE_BY_ONE})`,
})

async function isShort(db: Kysely<Schema>, list: RawBuilder<unknown>): Promise<boolean> {
  const counted = await sql<{ n: number | string }>`
    select count(*) as n from (${list} limit ${SHORT + 1}) as counted
  `.execute(db)
  return Number(counted.rows[0]?.n ?? 0) <= SHORT
}

async function inOrLook(
  db: Kysely<Schema>,
  way: { readonly list: RawBuilder<unknown>; readonly look: Fragment },
): Promise<Fragment> {
  return (await isShort(db, way.list)) ? sql<boolean>`s.study_uid in (${way.list})` : way.look
}

/** Studies of a person one of whose several IDs begins so. Uses person_keys_by_word and studies_by_person. */
const byPerson = (word: string): Fragment =>
  sql<boolean>`s.person_key in (select k.person_key from person_keys k where k.word >= ${word} and k.word < ${word + LAST})`

async function anyPerson(db: Kysely<Schema>, word: string): Promise<boolean> {
  const row = await db
    .selectFrom('person_keys')
    .select('patient_key')
    .where('word', '>=', word)
    .where('word', '<', word + LAST)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** One typed word: it may be a beginning of a word, a modality or a date, whichever of them it can be. */
async function termCondition(db: Kysely<Schema>, term: Term): Promise<Fragment> {
  const ways: Promise<Fragment>[] = []
  const words = term.words.map((word) => inOrLook(db, byWord(word)))
  if (words.length > 0) ways.push(Promise.all(words).then((all) => sql<boolean>`(${sql.join(all, sql` and `)})`))
  if (term.modality !== undefined) ways.push(inOrLook(db, byModality(term.modality)))
  const fragments = await Promise.all(ways)
  const id = term.words.join('')
  if (id !== '' && (await anyPerson(db, id))) fragments.push(byPerson(id))
  if (term.dates)
    fragments.push(sql<boolean>`(s.study_date >= ${term.dates.from} and s.study_date <= ${term.dates.to})`)
  return fragments.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`(${sql.join(fragments, sql` or `)})`
}

export async function worklistPage(db: Database, page: WorklistPage): Promise<readonly SummaryRow[]> {
  const query = await worklistQuery(db.read, page)
  return query.execute()
}

export async function worklistQuery(
  db: Kysely<Schema>,
  { terms, modality, from, to, studies, after, sight, rejectedToo, limit }: WorklistPage,
): Promise<SelectQueryBuilder<{ s: StudiesTable }, 's', SummaryRow>> {
  const conditions = await Promise.all([
    ...terms.map((term) => termCondition(db, term)),
    ...(modality === undefined ? [] : [inOrLook(db, byModality(modality))]),
  ])
  let query = db
    .selectFrom('studies as s')
    .select(SUMMARY_COLUMNS)
    .orderBy('s.study_date', 'desc')
    .orderBy('s.study_time', 'desc')
    .orderBy('s.received_first', 'desc')
    .orderBy('s.study_uid', 'desc')
    .limit(limit)
  if (rejectedToo !== true) query = query.where('s.instance_count', '>', 0)
  if (sight !== undefined) query = query.where(studyInSight(sight, sql`s.study_uid`))
  for (const condition of conditions) query = query.where(condition)
  if (studies !== undefined) query = query.where('s.study_uid', 'in', studies)
  if (from !== undefined) query = query.where('s.study_date', '>=', from)
  if (to !== undefined) query = query.where('s.study_date', '<=', to).where('s.study_date', '>', '')
  if (after !== undefined)
    query = query.where(
      sql<boolean>`(s.study_date, s.study_time, s.received_first, s.study_uid)
        < (${after.date}, ${after.time}, ${after.received}, ${after.study})`,
    )
  return query
}

export async function summaryOf(db: Database, study: string): Promise<SummaryRow | undefined> {
  return db.read.selectFrom('studies').select(SUMMARY_COLUMNS).where('study_uid', '=', study).executeTakeFirst()
}

export type SeriesSummaryRow = Omit<
  SeriesTable,
  'study_uid' | 'laterality' | 'performed_date' | 'performed_time' | 'attributes'
>

export async function seriesOfStudy(db: Database, study: string): Promise<readonly SeriesSummaryRow[]> {
  return db.read
    .selectFrom('series')
    .select(['series_uid', 'modality', 'series_number', 'description', 'body_part', 'instance_count', 'bytes'])
    .where('study_uid', '=', study)
    .orderBy(sql`series_number is null`)
    .orderBy('series_number')
    .orderBy('series_uid')
    .execute()
}
