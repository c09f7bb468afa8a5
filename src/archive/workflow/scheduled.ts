/**
 * The Modality Worklist (PS3.4 Annex K): which scheduled procedure steps match a modality's question, and the list of
 * orders a person sees.
 */
import { type Tag, tagText } from '../../dicom/data-set.ts'
import { combinedRange, dateRange, timeRange } from '../../dicom/date-time.ts'
import { implicitVr, T } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { OrdersTable, PersonsTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Match } from '../archive.ts'
import { momentOf, readWanted, satisfiesPath, type Wanted, within } from '../matching.ts'
import { personsOfKeys } from '../persons/persons.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import { type OrderDetails, worklistItem } from './orders.ts'
import { openSteps, personRows, someOrders } from './workflow.queries.ts'
import type { OrderView, Workflow } from './workflow.ts'
import type { StepStatus } from './workflow-rows.ts'

/** Steps that are looked at for one question: a hospital's fortnight. */
const MOST_LOOKS = 20_000
const MOST_ANSWERS = 2000

const STEP = T.ScheduledProcedureStepSequence

export function openScheduled({
  db,
  acts,
}: {
  readonly db: Database
  readonly acts: Acts
}): Pick<Workflow, 'scheduled' | 'orders'> {
  const guard = openGuard({ db, acts })
  const aboutOf = (row: OrdersTable) => ({ studies: [row.study_uid], patients: [row.patient_key] })
  return {
    scheduled: async (context, { matches, raw }) => {
      await admit(acts, context, 'find')
      const asked = readMatches(matches)
      const found = await openSteps(db, { from: asked.from, to: asked.to, limit: MOST_LOOKS + 1 })
      const rows = await guard.rows(context, found, aboutOf)
      const items: DicomJson[] = []
      let truncated = found.length > MOST_LOOKS
      for (const [row, person] of await withPersons(db, rows.slice(0, MOST_LOOKS))) {
        const item = worklistItem(row, person)
        if (!asked.tests.every((test) => test(item))) continue
        if (items.length === MOST_ANSWERS) {
          truncated = true
          break
        }
        items.push(item)
      }
      await acts.event(
        context,
        {
          type: 'aud.110112',
          action: 'E',
          outcome: 0,
          detail: { query: raw, level: 'worklist', results: items.length },
        },
        'soon',
      )
      return { items, truncated }
    },
    orders: async (context, { open, limit }) => {
      await admit(acts, context, 'find')
      const found = open ? await openSteps(db, { from: '', to: '', limit }) : await someOrders(db, limit)
      const rows = await guard.rows(context, found, aboutOf)
      const query = open ? 'orders to be done' : 'orders'
      await acts.event(
        context,
        { type: 'aud.110112', action: 'E', outcome: 0, detail: { query, level: 'worklist', results: rows.length } },
        'soon',
      )
      return (await withPersons(db, rows)).map(([row, person]) => view(row, person))
    },
  }
}

interface Asked {
  readonly tests: readonly ((item: DicomJson) => boolean)[]
  /** Dates no match lies before or after, '' open. */
  readonly from: string
  readonly to: string
}

/** @throws {ArchiveError} `BAD_REQUEST` for a value that is none of its attribute */
function readMatches(matches: readonly Match[]): Asked {
  const date = valueAt(matches, T.ScheduledProcedureStepStartDate)
  const time = valueAt(matches, T.ScheduledProcedureStepStartTime)
  const dates = date === undefined ? undefined : dateRange(date)
  const times = time === undefined ? undefined : timeRange(time)
  // PS3.4 Table K.6-1: ranges of both are one period, from the first time of the first day to the last of the last.
  const both =
    dates !== undefined && times !== undefined && date?.includes('-') === true && time?.includes('-') === true
  const period = both ? combinedRange(dates, times) : undefined
  const tests = matches.flatMap(({ path, value }) => {
    const tag = path.at(-1)
    if (tag === undefined) return []
    if (
      period !== undefined &&
      (tag === T.ScheduledProcedureStepStartDate || tag === T.ScheduledProcedureStepStartTime)
    )
      return []
    const wanted: Wanted = readWanted(implicitVr(tag), value, false, tagText(tag))
    return wanted.kind === 'any' ? [] : [(item: DicomJson) => satisfiesPath(wanted, path, item)]
  })
  if (period !== undefined)
    tests.push((item) => {
      const [step] = item[tagText(STEP)]?.Value ?? []
      return within(
        period,
        momentOf(step as DicomJson, T.ScheduledProcedureStepStartDate, T.ScheduledProcedureStepStartTime),
      )
    })
  return { tests, from: dates?.from ?? '', to: dates?.to ?? '' }
}

const valueAt = (matches: readonly Match[], tag: Tag): string | undefined => {
  const found = matches.find(({ path }) => path.length === 2 && path[0] === STEP && path[1] === tag)?.value.trim()
  return found === '' || found === '*' ? undefined : found
}

async function withPersons(
  db: Database,
  rows: readonly OrdersTable[],
): Promise<readonly (readonly [OrdersTable, PersonsTable | undefined])[]> {
  const persons = new Map<string, PersonsTable>()
  const owners = await personsOfKeys(
    db,
    rows.map(({ patient_key }) => patient_key),
  )
  const keys = [...new Set(owners.values())]
  for (let at = 0; at < keys.length; at += 1000)
    for (const [key, person] of await personRows(db, keys.slice(at, at + 1000))) persons.set(key, person)
  // An order of an ID that was given up is one of whoever that is now.
  return rows.map((row) => {
    const owner = owners.get(row.patient_key) ?? row.patient_key
    return [{ ...row, patient_key: owner }, persons.get(owner)]
  })
}

function view(row: OrdersTable, person: PersonsTable | undefined): OrderView {
  const { id = '', issuer = '' } = splitPatientKey(row.patient_key) ?? {}
  return {
    ...(JSON.parse(row.details) as OrderDetails),
    key: row.order_key,
    placer: row.placer,
    filler: row.filler,
    accession: row.accession,
    step: row.step,
    study: row.study_uid,
    patient: {
      id: person?.patient_id ?? id,
      issuer: person?.issuer ?? issuer,
      name: person?.name ?? '',
      birthDate: person?.birth_date ?? '',
    },
    modality: row.modality,
    stationAet: row.station_aet,
    date: row.start_date,
    time: row.start_time,
    status: row.status as StepStatus,
  }
}
