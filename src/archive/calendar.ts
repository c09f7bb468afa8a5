/**
 * The calendar of retention: every study decided, and what is due when (compliance specification 2.6, product: "what would
 * be deletable in 2031, how many bytes"). Also by other rules than the site's, to see what changing them would do before
 * anybody does.
 *
 * It walks the studies patient by patient, a page at a time, and keeps only sums: memory stays flat whatever the archive's
 * size, and others are served between pages. Nothing is stored, and nothing here removes anything.
 */
import { addYears } from '../compliance/retention/calendar.ts'
import type { Decision } from '../compliance/retention/decide.ts'
import type { ReadRule } from '../compliance/retention/rules.ts'
import { NOTHING_TOLD, type Told } from '../compliance/retention/told.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, CalendarAsk, DueStudy, RetentionCalendar, Tally } from './archive.ts'
import type { HoldQuery } from './hold-rows.ts'
import { activeScopes, searchingHolds } from './holds.queries.ts'
import { found } from './holds.ts'
import { isAnythingSaid } from './known/known.queries.ts'
import { toldAmong } from './known/sayings.ts'
import { personsOfKeys } from './persons/persons.queries.ts'
import { openGuard } from './restrictions/guard.ts'
import { type CalendarRow, latest, type RetentionRow, studiesByPatient } from './retention.queries.ts'
import { decideStudy } from './retention.ts'
import { layersOf, type SiteRules, type SiteRulesSource } from './rules/site-rules.ts'

const PAGE = 2000
/** More than these are not listed at once: a person works through them. */
const MOST_LISTED = 500

interface Decided {
  readonly row: CalendarRow
  readonly decision: Decision
}

/** What reaches furthest where it is no rule: the ratchet floor (compliance specification 2.5). */
const NO_RULE = { title: 'A later date than the rules give stands', source: 'promised before more was known' }

export function openCalendar({
  db,
  acts,
  site,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly site: SiteRulesSource
}): Pick<Archive, 'calendar' | 'dueStudies'> {
  /** The site's rules, or those of the question. */
  const asked = async ({ jurisdictions, institution, instead = false }: CalendarAsk): Promise<SiteRules> => {
    const now = await site.now()
    if (jurisdictions === undefined && institution === undefined) return now
    const choice = {
      jurisdictions: jurisdictions ?? now.jurisdictions,
      institution: institution ?? now.institution,
    }
    return site.withChoice(choice, instead)
  }

  const told = (context: Parameters<Archive['calendar']>[0], detail: { readonly [key: string]: string }) =>
    acts.event(context, { type: 'aud.110112', action: 'E', outcome: 0, detail: { calendar: detail } }, 'soon')

  return {
    calendar: async (context, ask) => {
      await admit(acts, context, 'retention.see')
      const by = await asked(ask)
      const today = context.now().toISOString().slice(0, 10)
      const sums = openSums(
        today,
        layersOf(by).flatMap(({ rules }) => rules),
      )
      for await (const one of decided(db, by, context.now(), context.signal)) sums.add(one)
      const { jurisdictions, institution } = by
      await told(context, { jurisdictions: jurisdictions.join(), institution })
      return { ...sums.all(), jurisdictions, institution, today, rules: by.digest }
    },
    dueStudies: async (context, { from, until }) => {
      await admit(acts, context, 'retention.see')
      const due: DueStudy[] = []
      for await (const { row, decision } of decided(db, await site.now(), context.now(), context.signal)) {
        const { eligibleOn } = decision
        if (eligibleOn === undefined || eligibleOn < from || eligibleOn >= until) continue
        due.push({
          study: row.study_uid,
          eligibleOn,
          studyDate: row.study_date,
          modalities: row.modalities.split('\\').filter((one) => one !== ''),
          description: row.description,
          bytes: Number(row.bytes),
          governing: decision.governing,
          assumed: decision.flags.length > 0,
        })
        if (due.length > MOST_LISTED) break
      }
      await told(context, { from, until })
      const shown = await openGuard({ db, acts }).rows(context, due.slice(0, MOST_LISTED), ({ study }) => ({
        studies: [study],
      }))
      return { studies: shown, truncated: due.length > MOST_LISTED }
    },
  }
}

/** Every study with its decision. */
async function* decided(db: Database, site: SiteRules, now: Date, signal: AbortSignal): AsyncGenerator<Decided> {
  const held = await heldNow(db, now)
  for await (const studies of patients(db, await isAnythingSaid(db))) {
    signal.throwIfAborted()
    const last = latest(studies.map(({ study_date }) => study_date))
    const born = latest(studies.map(({ birth_date }) => birth_date))
    const mammograms = studies
      .filter(({ modalities }) => modalities.split('\\').includes('MG'))
      .map(({ study_date }) => study_date)
    for (const row of studies) {
      const facts: RetentionRow = {
        ...row,
        birth_date: row.birth_date || (row.person_key === '' ? '' : born),
        last_imaging: last || row.study_date,
        mammograms,
      }
      const holds = held(row) ? [{ id: 0 }] : []
      yield { row, decision: decideStudy(site, facts, holds) }
    }
  }
}

/** A study as it is decided: what the index has of it, and what people said. */
interface KnownRow extends CalendarRow {
  readonly told: Told
}

/**
 * The studies of a patient at a time; a study without a patient is one of its own.
 *
 * @param said  whether people have said anything of any of them
 */
async function* patients(db: Database, said: boolean): AsyncGenerator<readonly KnownRow[]> {
  let gathered: KnownRow[] = []
  for (let after: CalendarRow | undefined; ; ) {
    const rows = await studiesByPatient(db, after, PAGE)
    const told = said ? await toldAmong(db, rows) : () => NOTHING_TOLD
    for (const one of rows) {
      const row = { ...one, told: told(one.study_uid, one.person_key) }
      const [first] = gathered
      if (first !== undefined && (first.person_key !== row.person_key || row.person_key === '')) {
        yield gathered
        gathered = []
      }
      gathered.push(row)
    }
    after = rows.at(-1)
    if (rows.length < PAGE) break
  }
  if (gathered.length > 0) yield gathered
}

/** Which studies a hold covers, by name or because its search finds them now. */
async function heldNow(db: Database, now: Date): Promise<(row: CalendarRow) => boolean> {
  const scopes = await activeScopes(db)
  const named = (kind: string) => new Set(scopes.filter((scope) => scope.kind === kind).map(({ subject }) => subject))
  const studies = named('study')
  // A hold of one ID of a person holds what came under the others too.
  const persons = new Set((await personsOfKeys(db, [...named('patient')])).values())
  for (const hold of await searchingHolds(db))
    for (const { study_uid } of await found(db, JSON.parse(hold.query) as HoldQuery, now)) studies.add(study_uid)
  return ({ study_uid, person_key }) => studies.has(study_uid) || (person_key !== '' && persons.has(person_key))
}

function openSums(today: string, rules: readonly ReadRule[]) {
  const nothing = (): { studies: number; bytes: number } => ({ studies: 0, bytes: 0 })
  const sums = {
    all: nothing(),
    due: nothing(),
    later: nothing(),
    indefinite: nothing(),
    undetermined: nothing(),
    held: nothing(),
    pastMaximum: nothing(),
    nearMaximum: nothing(),
  }
  const inAYear = addYears(today, 1)
  const months = new Map<string, { studies: number; bytes: number }>()
  const governing = new Map<string, { studies: number; bytes: number }>()
  const count = (tally: { studies: number; bytes: number }, bytes: number) => {
    tally.studies += 1
    tally.bytes += bytes
  }
  const within = (of: Map<string, { studies: number; bytes: number }>, key: string, bytes: number) => {
    const tally = of.get(key) ?? nothing()
    of.set(key, tally)
    count(tally, bytes)
  }
  const sorted = (of: ReadonlyMap<string, Tally>) => [...of].sort(([a], [b]) => (a < b ? -1 : 1))

  return {
    add: ({ row, decision: { status, eligibleOn, governing: by, destroyBy } }: Decided): void => {
      const bytes = Number(row.bytes)
      count(sums.all, bytes)
      for (const rule of by) within(governing, rule, bytes)
      if (status !== 'HELD' && destroyBy !== undefined && destroyBy <= inAYear)
        count(destroyBy < today ? sums.pastMaximum : sums.nearMaximum, bytes)
      if (status === 'HELD') count(sums.held, bytes)
      else if (eligibleOn !== undefined) {
        count(eligibleOn <= today ? sums.due : sums.later, bytes)
        within(months, eligibleOn.slice(0, 7), bytes)
      } else count(status === 'UNDETERMINED' ? sums.undetermined : sums.indefinite, bytes)
    },
    all: (): Omit<RetentionCalendar, 'jurisdictions' | 'institution' | 'today' | 'rules'> => ({
      ...sums,
      months: sorted(months).map(([month, tally]) => ({ month, ...tally })),
      governing: sorted(governing).map(([id, tally]) => {
        const { title, source } = rules.find((rule) => rule.id === id) ?? NO_RULE
        return { id, title, source, ...tally }
      }),
    }),
  }
}
