/**
 * SQL of finding: conditions on the index's columns, and the pages of candidates in a stable order. Reads `studies`,
 * `series`, `instances`, `instance_headers` and `person_names`; writes nothing.
 *
 * Every query walks studies newest first (index studies_by_time) or starts from a short list of them: what a condition
 * on another table or index would give is counted first, up to a bound, and drives the query only when it is short. So
 * no query costs more than its answer and the bound, but for the few keys no index can serve.
 *
 * Patterns mean the same in both engines: GLOB in SQLite, LIKE in PostgreSQL, both case sensitive, `?` one character.
 */
import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { NamePiece } from '../dicom/name-search.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Level } from './archive.ts'
import type { Wanted } from './matching.ts'
import type { Place } from './place.ts'
import { type Sight, studyInSight } from './restrictions/restrictions.queries.ts'

export type Fragment = RawBuilder<unknown>

const all = (conditions: readonly Fragment[]): Fragment =>
  conditions.length === 0 ? sql`1 = 1` : sql.join(conditions, sql` and `)
const any = (conditions: readonly Fragment[]): Fragment => sql`(${sql.join(conditions, sql` or `)})`

// --- conditions on one column -----------------------------------------------------

/** The column keys may name; `s` is studies, `e` series, `i` instances. */
export type ColumnName =
  | `s.${'study_uid' | 'patient_name' | 'patient_id' | 'issuer' | 'birth_date' | 'sex' | 'study_date' | 'study_time' | 'accession'}`
  | `s.${'study_id' | 'description' | 'referring' | 'modalities' | 'series_count' | 'instance_count'}`
  | `e.${'series_uid' | 'modality' | 'series_number' | 'description' | 'body_part' | 'laterality'}`
  | `e.${'performed_date' | 'performed_time' | 'instance_count'}`
  | `i.${'sop_uid' | 'sop_class_uid' | 'instance_number' | 'transfer_syntax' | 'rows' | 'columns' | 'frames'}`

/** A condition in SQL; undefined for universal matching, and for kinds that no column answers. */
export function columnCondition(
  { dialect }: Pick<Database, 'dialect'>,
  column: Fragment,
  wanted: Wanted,
  numeric = false,
): Fragment | undefined {
  switch (wanted.kind) {
    case 'empty':
      return numeric ? sql`${column} is null` : sql`${column} = ''`
    case 'number':
    case 'text':
      return sql`${column} in (${sql.join(wanted.values)})`
    case 'pattern':
      return any(wanted.likes.map((like) => patternCondition(dialect, column, like)))
    case 'date':
      return all([
        wanted.from === '' ? sql`${column} > ''` : sql`${column} >= ${wanted.from}`,
        ...(wanted.to === '' ? [] : [sql`${column} <= ${wanted.to}`]),
      ])
    case 'time':
      return all([
        sql`${column} <> ''`,
        ...(wanted.from === '' ? [] : [sql`${wholeTime(column)} >= ${wanted.from}`]),
        ...(wanted.to === '' ? [] : [sql`${wholeTime(column)} <= ${wanted.to}`]),
      ])
    default:
      return undefined
  }
}

/** `HHMM` and the like filled up to `HHMMSS.FFFFFF`. */
const wholeTime = (column: Fragment): Fragment => sql`${column} || substr('000000.000000', length(${column}) + 1)`

/** A date and its time within one range of moments (PS3.4 C.2.2.2.5.1); the date's range alone is what an index serves. */
export function momentCondition(
  date: Fragment,
  time: Fragment,
  range: { readonly from: string; readonly to: string },
): Fragment {
  const moment = sql`${date} || ${wholeTime(time)}`
  return all([
    sql`${date} > ''`,
    ...(range.from === '' ? [] : [sql`${date} >= ${range.from.slice(0, 8)}`, sql`${moment} >= ${range.from}`]),
    ...(range.to === '' ? [] : [sql`${date} <= ${range.to.slice(0, 8)}`, sql`${moment} <= ${range.to}`]),
  ])
}

/** Beyond every character a value can hold, in byte order: a noncharacter. */
const LAST = '\u{10FFFF}'

/** A LIKE pattern as a range an index serves, and as itself where the range does not say all. */
export function patternCondition(dialect: Database['dialect'], column: Fragment, like: string): Fragment {
  const signs = [...like.matchAll(/\\([\s\S])|([\s\S])/gu)].map(([, escaped, plain = '']) =>
    escaped === undefined ? { letter: plain, wild: plain === '%' || plain === '_' } : { letter: escaped, wild: false },
  )
  const wild = signs.findIndex((sign) => sign.wild)
  const prefix = signs
    .slice(0, wild < 0 ? undefined : wild)
    .map((sign) => sign.letter)
    .join('')
  if (wild < 0) return sql`${column} = ${prefix}`
  const range = prefix === '' ? [] : [sql`${column} >= ${prefix}`, sql`${column} < ${prefix + LAST}`]
  if (wild === signs.length - 1 && signs[wild]?.letter === '%') return all(range)
  const glob = signs.map(({ letter, wild }) => {
    if (wild) return letter === '%' ? '*' : '?'
    return /[*?[]/.test(letter) ? `[${letter}]` : letter
  })
  const whole = dialect === 'sqlite' ? sql`${column} glob ${glob.join('')}` : sql`${column} like ${like} escape ${'\\'}`
  return all([...range, whole])
}

/** Does the pattern leave an index nothing to begin with? */
export const beginsWild = (like: string): boolean => /^[%_]/.test(like)

/** Does the JSON text hold one of these runs of letters? Much cheaper than to read it. */
export function holdsLetters(
  { dialect }: Pick<Database, 'dialect'>,
  json: 's.attributes' | 'e.attributes',
  letters: readonly string[],
): Fragment {
  const find = sql.raw(dialect === 'sqlite' ? 'instr' : 'strpos')
  return any(letters.map((run) => sql`${find}(${sql.ref(json)}, ${run}) > 0`))
}

// --- what narrows studies down ----------------------------------------------------

/** A condition on studies that another table or index could answer on its own. */
export interface Driver {
  /** Gives study_uid. */
  readonly subquery: Fragment
  /** The same as a condition on the row of `s` at hand; undefined when the query holds it already. */
  readonly check: Fragment | undefined
  /** `always`: known to be short, or cheaper as one scan; `count`: look first; `never`: no index leads there. */
  readonly leads: 'always' | 'count' | 'never'
}

/** Keeps PostgreSQL from gathering the whole list first where a look for the study at hand is meant. */
export const ONE_BY_ONE = sql`limit 1 offset 0`

/** A name under an attribute, in a component group or in any. Uses person_names_by_name. */
export function nameDriver({ dialect }: Pick<Database, 'dialect'>, attribute: string, piece: NamePiece): Driver {
  const condition = all([
    sql`n.attribute = ${attribute}`,
    ...(piece.group === 'any' ? [] : [sql`n.component_group = ${piece.group}`]),
    any(piece.anyOf.map((like) => patternCondition(dialect, sql.ref('n.normalised'), like))),
  ])
  return {
    subquery: sql`select n.study_uid from person_names n where ${condition}`,
    check: sql`exists (select 1 from person_names n where n.study_uid = s.study_uid and ${condition} ${ONE_BY_ONE})`,
    // A pattern that begins with a wildcard has no range: one scan of the narrow index beats a look for every study.
    leads: piece.anyOf.some(beginsWild) ? 'always' : 'count',
  }
}

/** A condition on a column of studies. Uses the column's index, or keeps the walk from being left for it. */
export function studyDriver(
  { dialect }: Pick<Database, 'dialect'>,
  column: string,
  condition: (column: Fragment) => Fragment,
  leads: Driver['leads'],
): Driver {
  const here = sql.ref(`s.${column}`)
  return {
    subquery: sql`select d.study_uid from studies d where ${condition(sql.ref(`d.${column}`))}`,
    // SQLite, which has no statistics, would take any index that fits and then sort all it found; `+` hides it.
    check: condition(dialect === 'sqlite' && leads === 'count' ? sql`+${here}` : here),
    leads,
  }
}

/** Keys of persons who have several, by the ID and the issuer asked for. Uses person_keys_by_id. */
const keysAsked = (db: Pick<Database, 'dialect'>, id: Wanted, issuer: Wanted | undefined): Fragment | undefined => {
  const byId = columnCondition(db, sql.ref('k.patient_id'), id)
  const byIssuer = issuer && columnCondition(db, sql.ref('k.issuer'), issuer)
  return byId && sql`select k.person_key from person_keys k where ${all([byId, ...(byIssuer ? [byIssuer] : [])])}`
}

/** Is one of several IDs of a person asked for? */
export async function asksForPerson(db: Database, id: Wanted, issuer: Wanted | undefined): Promise<boolean> {
  const keys = keysAsked(db, id, issuer)
  if (keys === undefined) return false
  return (await sql`${keys} limit 1`.execute(db.read)).rows.length > 0
}

/**
 * Studies that bear an ID, and those of the person whose ID it is that bear another. Uses studies_by_patient_id,
 * studies_by_person and person_keys_by_id.
 */
export function personDriver(
  db: Pick<Database, 'dialect'>,
  id: Wanted,
  issuer: Wanted | undefined,
  leads: Driver['leads'],
): Driver {
  const keys = keysAsked(db, id, issuer) ?? sql`select ''`
  const at = (table: 's' | 'd'): Fragment => {
    const own = [
      columnCondition(db, sql.ref(`${table}.patient_id`), id),
      issuer && columnCondition(db, sql.ref(`${table}.issuer`), issuer),
    ].filter((condition) => condition !== undefined)
    return sql`((${all(own)}) or ${sql.ref(`${table}.person_key`)} in (${keys}))`
  }
  return { subquery: sql`select d.study_uid from studies d where ${at('d')}`, check: at('s'), leads }
}

/**
 * Studies with a series, and perhaps an instance of it, for which all of this holds.
 *
 * @param leads  which of the two an index leads to, if any
 */
export function partsDriver(
  series: readonly Fragment[],
  instance: readonly Fragment[],
  leads: 'series' | 'instance' | 'never',
): Driver {
  const ofSeries = all([sql`e.instance_count > 0`, ...series, ...(instance.length === 0 ? [] : [seriesWith(instance)])])
  const ofInstance = all([sql`i.current = 1`, ...instance])
  const fromInstances =
    series.length === 0
      ? sql`select i.study_uid from instances i where ${ofInstance}`
      : sql`select i.study_uid from instances i cross join series e
          where e.study_uid = i.study_uid and e.series_uid = i.series_uid and ${ofInstance} and ${all(series)}`
  return {
    subquery:
      leads === 'instance' || series.length === 0
        ? fromInstances
        : sql`select e.study_uid from series e where ${ofSeries}`,
    check:
      series.length === 0
        ? sql`exists (select 1 from instances i where i.study_uid = s.study_uid and ${ofInstance} ${ONE_BY_ONE})`
        : sql`exists (select 1 from series e where e.study_uid = s.study_uid and ${ofSeries} ${ONE_BY_ONE})`,
    leads: leads === 'never' ? 'never' : 'count',
  }
}

/** Series that hold an instance for which all of this holds. */
export const seriesWith = (instance: readonly Fragment[]): Fragment =>
  sql`exists (select 1 from instances i where i.study_uid = e.study_uid and i.series_uid = e.series_uid and i.current = 1 and ${all(instance)})`

/** A list is short enough to begin with when it has no more than this. */
export const SHORT = 1000

async function isShort(db: Database, { subquery, leads }: Driver): Promise<boolean> {
  if (leads !== 'count') return leads === 'always'
  const counted = await sql<{ n: number | string }>`
    select count(*) as n from (${subquery} limit ${SHORT + 1}) as counted
  `.execute(db.read)
  return Number(counted.rows[0]?.n ?? 0) <= SHORT
}

// --- pages of candidates ------------------------------------------------------------

export interface CandidateQuery {
  readonly level: Level
  readonly drivers: readonly Driver[]
  /** Conditions on `s`, `e` and `i` that no driver stands for; those of levels below the query's are in drivers. */
  readonly conditions: readonly Fragment[]
  /** Is anything of the study needed beyond its UID? Then its attributes come along. */
  readonly studyAttributes: boolean
  /** The same for the series' attributes at instance level. */
  readonly seriesAttributes: boolean
  /** Each instance's metadata, compressed. */
  readonly metadata: boolean
  /** Only what comes after this place in the order. */
  readonly after?: Place
  readonly onePerPatient?: boolean
  readonly received?: { readonly from?: string; readonly until?: string }
  readonly oldestFirst?: boolean
  /** Only what this person may see; undefined: everything. */
  readonly sight: Sight | undefined
}

export interface CandidateRow {
  readonly study_uid: string
  readonly study_date: string
  readonly study_time: string
  readonly received_first: string
  readonly received_last: string
  readonly series_number?: number | null
  readonly study_attributes: string | null
  readonly patient_key: string
  readonly person_key: string
  readonly modalities: string
  readonly series_count: number
  readonly study_instances: number
  readonly series_uid?: string
  readonly series_attributes?: string | null
  readonly series_instances?: number
  readonly id?: number
  readonly sop_uid?: string
  readonly sop_class_uid?: string
  readonly instance_number?: number | null
  readonly transfer_syntax?: string
  readonly rows?: number
  readonly columns?: number
  readonly frames?: number
  /** The first bytes of the frame table. */
  readonly frames_head?: Uint8Array
  readonly metadata?: Uint8Array | null
  /** `cold`: its images are in the cold store. */
  readonly tier: string | null
}

/** Newest study first; UIDs decide between equals, so that pages never overlap. */
const STUDY_ORDER = sql`s.study_date desc, s.study_time desc, s.received_first desc, s.study_uid desc`
const OLDEST_FIRST = sql`s.study_date, s.study_time, s.received_first, s.study_uid`
const SERIES_ORDER = sql`e.series_number is null, e.series_number, e.series_uid`
const INSTANCE_ORDER = sql`i.instance_number is null, i.instance_number, i.sop_uid, i.id`

/** Where a result stands in these orders. */
export const placeOf = (row: CandidateRow): Place => ({
  study: [row.study_date, row.study_time, row.received_first, row.study_uid],
  ...(row.series_uid !== undefined && { series: [row.series_number ?? null, row.series_uid] }),
  ...(row.id !== undefined && { instance: [row.instance_number ?? null, row.sop_uid ?? '', Number(row.id)] }),
})

/** The orders above as comparisons of rows. The first one alone is what studies_by_time serves. */
function comesAfter({ study, series, instance }: Place, oldestFirst: boolean): Fragment {
  const row = (parts: readonly unknown[]) => sql`(${sql.join(parts.map((part) => sql`${part}`))})`
  const numbered = (name: string) => [
    sql`case when ${sql.ref(name)} is null then 1 else 0 end`,
    sql`coalesce(${sql.ref(name)}, 0)`,
  ]
  const number = (value: number | null) => [value === null ? 1 : 0, value ?? 0]
  const studies = sql`(s.study_date, s.study_time, s.received_first, s.study_uid)`
  if (series === undefined) return sql`${studies} ${sql.raw(oldestFirst ? '>' : '<')} ${row(study)}`
  const ofSeries = sql`(${sql.join([...numbered('e.series_number'), sql`e.series_uid`])})`
  const seriesPlace = row([...number(series[0]), series[1]])
  const inStudy =
    instance === undefined
      ? sql`${ofSeries} > ${seriesPlace}`
      : sql`(${ofSeries} > ${seriesPlace} or (${ofSeries} = ${seriesPlace} and
          (${sql.join([...numbered('i.instance_number'), sql`i.sop_uid`, sql`i.id`])}) > ${row([...number(instance[0]), instance[1], instance[2]])}))`
  return sql`${studies} <= ${row(study)} and (${studies} < ${row(study)} or ${inStudy})`
}

/** The newest study of its person that is in sight. Uses studies_by_person. */
const standsForPatient = (sight: Sight | undefined) => sql`s.person_key <> '' and not exists (select 1 from studies n
  where n.person_key = s.person_key and n.instance_count > 0 and n.study_date >= s.study_date
  and ${sight === undefined ? sql`1 = 1` : studyInSight(sight, sql`n.study_uid`)}
  and (n.study_date, n.study_time, n.received_first, n.study_uid) > (s.study_date, s.study_time, s.received_first, s.study_uid))`

/** Settles how the studies are reached, once for all pages. */
export async function planCandidates(
  db: Database,
  query: CandidateQuery,
): Promise<(limit: number, offset: number) => CompiledQuery<CandidateRow>> {
  const narrowed = await Promise.all(
    query.drivers.map(async (driver) =>
      (await isShort(db, driver)) ? sql`s.study_uid in (${driver.subquery})` : driver.check,
    ),
  )
  const where = all([
    ...narrowed.filter((condition) => condition !== undefined),
    // What is rejected is not found.
    query.level === 'study' ? sql`s.instance_count > 0` : sql`e.instance_count > 0`,
    ...query.conditions,
    ...(query.sight === undefined ? [] : [studyInSight(query.sight, sql`s.study_uid`)]),
    ...(query.onePerPatient === true ? [standsForPatient(query.sight)] : []),
    ...(query.received?.from === undefined ? [] : [sql`s.received_last >= ${query.received.from}`]),
    ...(query.received?.until === undefined ? [] : [sql`s.received_last < ${query.received.until}`]),
    ...(query.after === undefined ? [] : [comesAfter(query.after, query.oldestFirst === true)]),
  ])
  const study = sql`s.study_uid, s.patient_key, s.person_key, s.study_date, s.study_time, s.received_first, s.received_last, ${query.studyAttributes ? sql`s.attributes` : sql`null`} as study_attributes,
    s.modalities, s.series_count, s.instance_count as study_instances,
    (select t.tier from tiers t where t.study_uid = s.study_uid) as tier`
  const series = sql`e.series_uid, e.series_number, ${query.seriesAttributes ? sql`e.attributes` : sql`null`} as series_attributes,
    e.instance_count as series_instances`
  // "cross join" keeps SQLite to this order of loops; the drivers have settled which one is right.
  const from = {
    study: sql`select ${study} from studies s where ${where} order by ${query.oldestFirst === true ? OLDEST_FIRST : STUDY_ORDER}`,
    series: sql`select ${study}, ${series} from studies s cross join series e
      where e.study_uid = s.study_uid and ${where} order by ${STUDY_ORDER}, ${SERIES_ORDER}`,
    instance: sql`select ${study}, ${series}, i.id, i.sop_uid, i.sop_class_uid, i.instance_number, i.transfer_syntax,
      i.rows, i.columns, i.frames, substr(h.frames, 1, 24) as frames_head,
      ${query.metadata ? sql`h.metadata` : sql`null`} as metadata
      from studies s cross join series e cross join instances i cross join instance_headers h
      where e.study_uid = s.study_uid and i.study_uid = e.study_uid and i.series_uid = e.series_uid
      and i.current = 1 and h.id = i.id and ${where} order by ${STUDY_ORDER}, ${SERIES_ORDER}, ${INSTANCE_ORDER}`,
  }[query.level]
  return (limit, offset) => sql<CandidateRow>`${from} limit ${limit} offset ${offset}`.compile(db.read)
}

export async function candidates(db: Database, page: CompiledQuery<CandidateRow>): Promise<readonly CandidateRow[]> {
  return (await db.read.executeQuery(page)).rows
}

// --- attributes below the level asked for ---------------------------------------------

export interface SeriesPart {
  readonly study_uid: string
  readonly series_uid: string
  readonly attributes: string
}

/** Series of these studies that meet the conditions. Uses the primary key. */
export async function seriesOf(
  db: Database,
  studies: readonly string[],
  conditions: readonly Fragment[],
): Promise<readonly SeriesPart[]> {
  const result = await sql<SeriesPart>`
    select e.study_uid, e.series_uid, e.attributes from series e
     where e.study_uid in (${sql.join(studies)}) and ${all(conditions)}
  `.execute(db.read)
  return result.rows
}

/** Ids of the current instances of a study or series that meet the conditions. Uses instances_by_series. */
export async function instanceIds(
  db: Database,
  study: string,
  series: string | undefined,
  conditions: readonly Fragment[],
  limit: number,
): Promise<readonly number[]> {
  const within = series === undefined ? [] : [sql`i.series_uid = ${series}`]
  const result = await sql<{ id: number }>`
    select i.id from instances i
     where ${all([sql`i.study_uid = ${study}`, ...within, sql`i.current = 1`, ...conditions])}
     order by i.id limit ${limit}
  `.execute(db.read)
  return result.rows.map(({ id }) => Number(id))
}

/** Compressed metadata by id. Uses the primary key. */
export async function metadataOf(db: Database, ids: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
  if (ids.length === 0) return new Map()
  const rows = await db.read.selectFrom('instance_headers').select(['id', 'metadata']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, metadata }) => [Number(id), metadata]))
}

/** SOP classes of the current instances of these studies. */
export async function sopClasses(db: Database, studies: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const rows = await db.read
    .selectFrom('instances')
    .select(['study_uid', 'sop_class_uid'])
    .where('study_uid', 'in', studies)
    .where('current', '=', 1)
    .groupBy(['study_uid', 'sop_class_uid'])
    .orderBy('sop_class_uid')
    .execute()
  const byStudy = new Map<string, string[]>()
  for (const { study_uid, sop_class_uid } of rows)
    byStudy.set(study_uid, [...(byStudy.get(study_uid) ?? []), sop_class_uid])
  return byStudy
}

export const column = (name: ColumnName): Fragment => sql.ref(name)
