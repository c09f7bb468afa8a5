/**
 * From a query to a plan: which keys SQL answers on columns and names, and which are tested on the attributes kept as
 * JSON, at which level of the information model. Pure; `find.ts` carries it out.
 */
import { ArchiveError } from '../base/errors.ts'
import { type Tag, tagText, type Vr } from '../dicom/data-set.ts'
import { combinedRange, type TextRange } from '../dicom/date-time.ts'
import { lookUp, T } from '../dicom/dictionary.ts'
import type { DicomJson } from '../dicom/json.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Level, Match, Query } from './archive.ts'
import {
  beginsWild,
  column,
  columnCondition,
  type Driver,
  type Fragment,
  holdsLetters,
  momentCondition,
  nameDriver,
  partsDriver,
  personDriver,
  seriesWith,
  studyDriver,
} from './find.queries.ts'
import { COLUMN_KEYS, MOMENTS, NAME_KEYS, NOT_MATCHED, NUMERIC, PARTS_LEADERS } from './keys.ts'
import { levelOf } from './levels.ts'
import { momentOf, readWanted, satisfiesPath, type Wanted, within } from './matching.ts'

export type Test = (attributes: DicomJson) => boolean
export type Tests = Readonly<Record<Level, readonly Test[]>>

export interface FindPlan {
  readonly drivers: readonly Driver[]
  readonly conditions: readonly Fragment[]
  /** Conditions on the levels below the query's, for the tests that look there. */
  readonly below: { readonly series: readonly Fragment[]; readonly instance: readonly Fragment[] }
  readonly tests: Tests
  /** Does anything need a test that SQL cannot make? */
  readonly tested: boolean
  /** The tags that were asked about: they come back too. */
  readonly asked: readonly Tag[]
}

interface Key {
  readonly tag: Tag
  readonly path: readonly Tag[]
  readonly vr: Vr
  readonly wanted: Wanted
}

/** The Patient ID that is asked for, and its issuer where both are. */
export interface AskedPatient {
  readonly id: Wanted
  readonly issuer: Wanted | undefined
}

export function askedPatient(query: Query): AskedPatient | undefined {
  const keys = keysOf(query).filter(({ path, wanted }) => path.length === 1 && wanted.kind !== 'any')
  const id = keys.find(({ tag }) => tag === T.PatientID)?.wanted
  if (id === undefined || (id.kind !== 'text' && id.kind !== 'pattern')) return undefined
  return { id, issuer: keys.find(({ tag }) => tag === T.IssuerOfPatientID)?.wanted }
}

const keysOf = (query: Query): readonly Key[] =>
  query.matches
    .filter((match) => !NOT_MATCHED.has(match.path[0] ?? T.SpecificCharacterSet))
    .map((match) => readKey(match, query.fuzzy))

/** @param person  whose studies are asked for, where the ID is one of several of a person */
export function planFind(db: Pick<Database, 'dialect'>, query: Query, person?: AskedPatient): FindPlan {
  const keys = keysOf(query)
  const plan = new Plan(db, query)
  const paired = query.combined === false ? new Set<Key>() : new Set(plan.pairs(keys))
  if (person !== undefined) {
    plan.person(person)
    for (const key of keys)
      if (key.path.length === 1 && (key.tag === T.PatientID || key.tag === T.IssuerOfPatientID)) paired.add(key)
  }
  for (const key of keys) if (key.wanted.kind !== 'any' && !paired.has(key)) plan.add(key)
  return plan.settle(keys.map((key) => key.tag))
}

function readKey({ path, value }: Match, fuzzy: boolean): Key {
  const [first, last] = [path[0], path.at(-1)]
  if (first === undefined || last === undefined)
    throw new ArchiveError('BAD_REQUEST', { why: 'a key names no attribute' })
  const attribute = lookUp(last)
  const vr = attribute?.vr ?? 'UN'
  return { tag: first, path, vr, wanted: readWanted(vr, value, fuzzy, attribute?.keyword ?? tagText(last)) }
}

class Plan {
  private readonly db: Pick<Database, 'dialect'>
  private readonly query: Query
  private readonly drivers: Driver[] = []
  private readonly columns: Record<Level, Fragment[]> = { study: [], series: [], instance: [] }
  private readonly tests: Record<Level, Test[]> = { study: [], series: [], instance: [] }
  private readonly partsKeys = new Set<Tag>()

  constructor(db: Pick<Database, 'dialect'>, query: Query) {
    this.db = db
    this.query = query
  }

  add(key: Key): void {
    const { tag, wanted } = key
    if (key.path.length > 1) this.test(key)
    else if (tag === T.ModalitiesInStudy) this.modalities(wanted)
    else if (tag === T.SOPClassesInStudy)
      this.drivers.push(partsDriver([], [this.onColumn('i.sop_class_uid', wanted)], 'instance'))
    else if (NAME_KEYS.has(tag)) this.name(tag, wanted)
    else if (COLUMN_KEYS.has(tag)) this.column(tag, wanted)
    else this.test(key)
  }

  /** Takes the pairs of date and time whose ranges are one; gives the keys it took. */
  pairs(keys: readonly Key[]): ReadonlySet<Key> {
    const taken = new Set<Key>()
    for (const [dateTag, timeTag] of MOMENTS) {
      const date = keys.find((key) => key.tag === dateTag && key.path.length === 1)
      const time = keys.find((key) => key.tag === timeTag && key.path.length === 1)
      if (date?.wanted.kind !== 'date' || time?.wanted.kind !== 'time') continue
      if (!date.wanted.range || !time.wanted.range || !sameForm(date.wanted, time.wanted)) continue
      taken.add(date).add(time)
      const range = combinedRange(date.wanted, time.wanted)
      const [dateKey, timeKey] = [COLUMN_KEYS.get(dateTag), COLUMN_KEYS.get(timeTag)]
      if (dateKey && timeKey)
        this.columns[dateKey.level].push(momentCondition(column(dateKey.column), column(timeKey.column), range))
      else this.tests[levelOf(dateTag)].push((attributes) => within(range, momentOf(attributes, dateTag, timeTag)))
    }
    return taken
  }

  person({ id, issuer }: AskedPatient): void {
    const wild = id.kind === 'pattern' && id.likes.some(beginsWild)
    this.drivers.push(personDriver(this.db, id, issuer, wild ? 'never' : 'count'))
  }

  private onColumn(name: Parameters<typeof column>[0], wanted: Wanted): Fragment {
    const condition = columnCondition(this.db, column(name), wanted, NUMERIC.has(name))
    if (condition === undefined)
      throw new ArchiveError('DEFECT', { what: `a column cannot answer ${wanted.kind} matching` })
    return condition
  }

  private modalities(wanted: Wanted): void {
    if (wanted.kind === 'empty') this.columns.study.push(this.onColumn('s.modalities', wanted))
    else this.drivers.push(partsDriver([this.onColumn('e.modality', wanted)], [], 'series'))
  }

  private name(tag: Tag, wanted: Wanted): void {
    if (wanted.kind === 'name')
      for (const piece of wanted.pieces) this.drivers.push(nameDriver(this.db, NAME_KEYS.get(tag) ?? '', piece))
    else this.columns.study.push(this.onColumn(tag === T.PatientName ? 's.patient_name' : 's.referring', wanted))
  }

  private column(tag: Tag, wanted: Wanted): void {
    const key = COLUMN_KEYS.get(tag)
    if (key === undefined) return
    if (key.level !== 'study') {
      this.columns[key.level].push(this.onColumn(key.column, wanted))
      this.partsKeys.add(tag)
      return
    }
    const numeric = NUMERIC.has(key.column)
    this.drivers.push(
      studyDriver(
        this.db,
        key.column.slice(2),
        (at) => columnCondition(this.db, at, wanted, numeric) ?? this.onColumn(key.column, wanted),
        wanted.kind === 'pattern' && wanted.likes.some(beginsWild) ? 'never' : key.leads,
      ),
    )
  }

  /** Tested on the JSON kept; before that, SQL leaves out whatever does not even hold the letters asked for. */
  private test({ path, wanted, tag }: Key): void {
    const level = levelOf(tag)
    this.tests[level].push((attributes) => satisfiesPath(wanted, path, attributes))
    if (level === 'instance') return
    const letters = lettersOf(wanted)
    if (letters.length === 0) return
    const condition = holdsLetters(this.db, level === 'study' ? 's.attributes' : 'e.attributes', letters)
    this.columns[level].push(condition)
  }

  /** The level whose index leads to the fewest, by what is asked for. */
  private partsLead(): 'series' | 'instance' | 'never' {
    const leader = PARTS_LEADERS.find((tag) => this.partsKeys.has(tag))
    const level = leader && COLUMN_KEYS.get(leader)?.level
    return level === 'series' || level === 'instance' ? level : 'never'
  }

  settle(asked: readonly Tag[]): FindPlan {
    const { query, columns, tests } = this
    const { study, series, instance } = columns
    const conditions = [...study]
    if (query.study !== undefined)
      conditions.push(columnCondition(this.db, column('s.study_uid'), uid(query.study)) as Fragment)
    if (query.series !== undefined) this.partsKeys.add(T.SeriesInstanceUID)
    if (query.series !== undefined)
      series.push(columnCondition(this.db, column('e.series_uid'), uid(query.series)) as Fragment)
    const drivers = [...this.drivers]
    const parts = series.length + instance.length > 0 && partsDriver(series, instance, this.partsLead())
    if (query.level === 'study') {
      if (parts) drivers.push(parts)
    } else {
      conditions.push(...series)
      if (query.level === 'instance') conditions.push(...instance)
      else if (instance.length > 0) conditions.push(seriesWith(instance))
      if (parts && parts.leads !== 'never') drivers.push({ ...parts, check: undefined })
    }
    return {
      // One study is a short list already.
      drivers: query.study === undefined ? drivers : drivers.map((driver) => ({ ...driver, leads: 'never' as const })),
      conditions,
      below: { series, instance },
      tests,
      tested: tests.study.length + tests.series.length + tests.instance.length > 0,
      asked,
    }
  }
}

/** One of these stands in the JSON text of whatever can match; none when that cannot be said. */
function lettersOf(wanted: Wanted): readonly string[] {
  const letters =
    wanted.kind === 'text' ? wanted.values : wanted.kind === 'pattern' ? wanted.likes.map(longestLetters) : []
  return letters.includes('') ? [] : letters.map((run) => JSON.stringify(run).slice(1, -1))
}

/** The longest run without a wildcard. */
const longestLetters = (like: string): string =>
  like
    .split(/(?<!\\)(?:\\\\)*[%_]/)
    .map((run) => run.replace(/\\(.)/gs, '$1'))
    .reduce((longest, run) => (run.length > longest.length ? run : longest), '')

const uid = (value: string): Wanted => ({ kind: 'text', values: [value] })

/** "the same form of range matching": both ends are given, or the same one. */
const sameForm = (date: TextRange, time: TextRange): boolean =>
  (date.from === '') === (time.from === '') && (date.to === '') === (time.to === '')
