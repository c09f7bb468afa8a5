/**
 * Finding: studies, series and instances by matching keys, for QIDO-RS and C-FIND alike (PS3.18 10.6, PS3.4 C.4.1).
 *
 * SQL answers what stands in columns, names and counts; other attributes are tested on what is kept with each study,
 * series or instance, page by page, newest study first, until the answer is full. A search that would have to look
 * through too much stops and says so.
 */
import { setImmediate } from 'node:timers/promises'
import { zstdDecompressSync } from 'node:zlib'
import type { Context } from '../base/context.ts'
import { tagText } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { DicomJson } from '../dicom/json.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, FindAnswer, Query } from './archive.ts'
import {
  asksForPerson,
  type CandidateRow,
  candidates,
  instanceIds,
  metadataOf,
  placeOf,
  planCandidates,
  seriesOf,
  sopClasses,
} from './find.queries.ts'
import { askedPatient, type FindPlan, planFind, type Test } from './find-plan.ts'
import { type Candidate, needsInstanceAttributes, type ResultShape, result, shapeOf } from './find-results.ts'
import { COLUMN_KEYS } from './keys.ts'
import { levelOf } from './levels.ts'
import { asPerson, personsNamed } from './persons/naming.ts'
import { placeIn, placeText } from './place.ts'
import { sightOf } from './restrictions/guard.ts'
import type { Sight } from './restrictions/restrictions.queries.ts'
import { studyPage, worklist } from './worklist.ts'

/** An answer holds no more results than this, whatever is asked. */
export const MOST_RESULTS = 10_000
/** Attribute sets a search may look at beyond SQL before it gives up and says so. */
export const MOST_LOOKS = 20_000

export interface FindParts {
  readonly db: Database
  readonly acts: Acts
  /** Smaller in tests. */
  readonly mostResults?: number
  readonly mostLooks?: number
}

/** The archive's finding side. */
export function openFind(parts: FindParts): Pick<Archive, 'find' | 'worklist' | 'study'> {
  return {
    find: (context, query) => find(parts, context, query),
    worklist: (context, query) => worklist(parts, context, query),
    study: (context, study) => studyPage(parts, context, study),
  }
}

async function find(parts: FindParts, context: Context, query: Query): Promise<FindAnswer> {
  const { db, acts, mostResults = MOST_RESULTS } = parts
  await admit(acts, context, 'find')
  const patient = askedPatient(query)
  const several = patient !== undefined && (await asksForPerson(db, patient.id, patient.issuer))
  const plan = planFind(db, query, several ? patient : undefined)
  const shape = shapeOf(query, plan.asked)
  const wanted = Math.min(query.limit ?? mostResults, mostResults)
  const search = { parts, query, plan, shape, offset: query.offset ?? 0, wanted, sight: sightOf(context) }
  const { matches, more, gaveUp } = await (plan.tested ? searched(search, context.signal) : listed(search))
  const results = await withSopClasses(db, matches, shape)
  const last = matches.at(-1)
  const truncated = gaveUp || (more && (query.limit === undefined || query.limit > wanted))
  await acts.event(
    context,
    {
      type: 'aud.110112',
      action: 'E',
      outcome: 0,
      ...(query.study !== undefined && { study: query.study }),
      detail: { query: query.raw, level: query.level, results: results.length, truncated },
    },
    'soon',
  )
  const received = matches.map(({ row }) => row.received_last)
  return { results, truncated, more, received, ...(last !== undefined && { end: placeText(placeOf(last.row)) }) }
}

interface Search {
  readonly parts: FindParts
  readonly query: Query
  readonly plan: FindPlan
  readonly shape: ResultShape
  readonly offset: number
  readonly wanted: number
  /** What the asker may see; undefined: everything. */
  readonly sight: Sight | undefined
}

interface Found {
  readonly matches: readonly Candidate[]
  /** More would match. */
  readonly more: boolean
  /** The search looked at all it may and had not seen everything. */
  readonly gaveUp: boolean
}

const pagesOf = ({ parts, query, plan, shape, sight }: Search) =>
  planCandidates(parts.db, {
    sight,
    level: query.level,
    drivers: plan.drivers,
    conditions: plan.conditions,
    studyAttributes: shape.withStudy || shape.named === 'all' || shape.named.size > 0 || plan.tests.study.length > 0,
    seriesAttributes: query.level !== 'study',
    ...(query.after !== undefined && { after: placeIn(query.after, query.level) }),
    ...(query.level === 'study' && {
      ...(query.onePerPatient === true && { onePerPatient: true }),
      ...(query.received !== undefined && { received: query.received }),
      ...(query.oldestFirst === true && { oldestFirst: true }),
    }),
    metadata:
      query.level === 'instance' && (plan.tests.instance.length > 0 || needsInstanceAttributes(shape, isOfInstance)),
  })

/** Attributes that only the instance's own metadata holds; the columns give the others. */
const isOfInstance = (tag: Parameters<typeof levelOf>[0]): boolean =>
  levelOf(tag) === 'instance' && COLUMN_KEYS.get(tag)?.level !== 'instance'

/** Candidates read before others get their turn. */
const BREATH = 100

/** SQL answers all: one page. */
async function listed(search: Search): Promise<Found> {
  const page = await pagesOf(search)
  const rows = await candidates(search.parts.db, page(search.wanted + 1, search.offset))
  const matches: Candidate[] = []
  for (const [index, row] of rows.slice(0, search.wanted).entries()) {
    if (index % BREATH === BREATH - 1) await setImmediate()
    matches.push(read(row))
  }
  return { matches, more: rows.length > search.wanted, gaveUp: false }
}

/** Pages of candidates, each larger than the one before, tested one by one. */
async function searched(search: Search, signal: AbortSignal): Promise<Found> {
  const { parts, plan, offset, wanted } = search
  const page = await pagesOf(search)
  const looks = { left: parts.mostLooks ?? MOST_LOOKS }
  const matches: Candidate[] = []
  const seen = new Set<string>()
  let skip = offset
  let size = Math.max(100, Math.min(wanted + 1, 1000))
  for (let at = 0; ; at += size, size = Math.min(size * 4, 4000)) {
    signal.throwIfAborted()
    const rows = await candidates(parts.db, page(size, at))
    for (const [index, row] of rows.entries()) {
      if (index % BREATH === BREATH - 1) await setImmediate() // sockets are served meanwhile
      const name = `${row.study_uid}/${row.series_uid}/${row.id}`
      if (seen.has(name)) continue // a study that arrived meanwhile moved the pages by one
      seen.add(name)
      if (looks.left <= 0) return { matches, more: true, gaveUp: true }
      looks.left -= 1
      const candidate = read(row)
      if (!(await passes(search, candidate, looks))) continue
      if (skip > 0) skip -= 1
      else if (matches.length < wanted) matches.push(candidate)
      else return { matches, more: true, gaveUp: false }
    }
    if (rows.length < size) return { matches, more: false, gaveUp: looks.left <= 0 && plan.tested }
  }
}

async function passes(search: Search, candidate: Candidate, looks: { left: number }): Promise<boolean> {
  const { plan, query, parts } = search
  const { tests, below } = plan
  if (!holds(tests.study, candidate.study)) return false
  if (query.level === 'instance')
    return holds(tests.series, candidate.series) && holds(tests.instance, candidate.instance)
  const { study_uid, series_uid } = candidate.row
  if (query.level === 'series')
    return holds(tests.series, candidate.series) && (await anyInstance(parts.db, study_uid, series_uid, plan, looks))
  if (tests.series.length === 0) return anyInstance(parts.db, study_uid, undefined, plan, looks)
  for (const series of await seriesOf(parts.db, [study_uid], below.series)) {
    looks.left -= 1
    if (!holds(tests.series, JSON.parse(series.attributes) as DicomJson)) continue
    if (await anyInstance(parts.db, study_uid, series.series_uid, plan, looks)) return true
  }
  return false
}

const holds = (tests: readonly Test[], attributes: DicomJson): boolean => tests.every((test) => test(attributes))

const CHUNK = 50

/** Does some instance there pass the tests of its level? Looked through in the order of arrival. */
async function anyInstance(
  db: Database,
  study: string,
  series: string | undefined,
  { tests, below }: FindPlan,
  looks: { left: number },
): Promise<boolean> {
  if (tests.instance.length === 0) return true
  const ids = await instanceIds(db, study, series, below.instance, Math.max(looks.left, 0))
  for (let at = 0; at < ids.length; at += CHUNK) {
    const chunk = ids.slice(at, at + CHUNK)
    looks.left -= chunk.length
    for (const metadata of (await metadataOf(db, chunk)).values())
      if (holds(tests.instance, readMetadata(metadata))) return true
  }
  return false
}

const NOTHING: DicomJson = {}

function read(row: CandidateRow): Candidate {
  return {
    row,
    study: readAttributes(row.study_attributes),
    series: readAttributes(row.series_attributes),
    instance: row.metadata ? readMetadata(row.metadata) : NOTHING,
  }
}

const readAttributes = (text: string | null | undefined): DicomJson =>
  text === null || text === undefined ? NOTHING : (JSON.parse(text) as DicomJson)

const readMetadata = (metadata: Uint8Array): DicomJson =>
  JSON.parse(zstdDecompressSync(metadata).toString()) as DicomJson

/** SOP Classes in Study stands nowhere: counted from the instances of the answer, when it is asked for. */
async function withSopClasses(
  db: Database,
  matches: readonly Candidate[],
  shape: ResultShape,
): Promise<readonly DicomJson[]> {
  const person = await personsNamed(
    db,
    matches.map(({ row }) => row),
  )
  const results = matches.map((one) => result({ ...one, study: asPerson(one.study, person(one.row)) }, shape))
  const named = shape.named !== 'all' && shape.named.has(T.SOPClassesInStudy)
  if (!shape.withStudy || !(named || (shape.named === 'all' && shape.level === 'study')) || results.length === 0)
    return results
  const classes = await sopClasses(db, [...new Set(matches.map(({ row }) => row.study_uid))])
  return results.map((answer, at) => ({
    ...answer,
    [tagText(T.SOPClassesInStudy)]: { vr: 'UI', Value: classes.get(matches[at]?.row.study_uid ?? '') ?? [] },
  }))
}
