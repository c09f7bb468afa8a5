/**
 * The fourth question of an audit: is the record complete, of a patient or of a time? Every arrival the log tells of is held
 * against what is here and against the tombstones: what is in neither is missing. Asking is itself an act.
 */
import { ArchiveError } from '../../base/errors.ts'
import type { EventType } from '../../ledger/event.ts'
import type { TransparencyLog } from '../../ledger/log/log.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Answers, CompletenessReport, Expectation, StudyAccount } from '../answers.ts'
import { studiesOfPatient } from '../evidence/evidence.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import {
  type ActRow,
  actsOfTypes,
  arrivalsNotHere,
  type Counted,
  countArrivals,
  countConflicts,
  countEntries,
  countHere,
  countRejected,
  firstAbout,
  hereNotArrived,
  leavesAt,
  type Numbered,
  type Span,
  spanOf,
  studiesNamedWith,
  tombstonesIn,
} from './questions.queries.ts'
import { bodyOf, counted, lastCheckpoint, list, member, number, told, words } from './telling.ts'

export interface CompletenessParts {
  readonly db: Database
  readonly acts: Acts
  readonly ledger: Pick<TransparencyLog, 'sign' | 'state' | 'years' | 'checkpoint'>
}

/** What a person has to know of who asks whether everything is there. */
const INCIDENTS: readonly EventType[] = ['obj.conflict', 'obj.refuse', 'obj.reject', 'study.damage']
const MOST_INCIDENTS = 1000
const MOST_STUDIES = 1000
const MOST_OUTAGES = 500
const MOST_ASKED = 5000
/** Arrivals of which nothing is here: those of tombstones among them. */
const MOST_GONE = 1_000_000

export function openCompleteness({ db, acts, ledger }: CompletenessParts): Pick<Answers, 'completeness'> {
  return {
    completeness: async (context, ask) => {
      await admit(acts, context, 'audit.see')
      const patient = 'patient' in ask ? ask.patient : ''
      const guard = openGuard({ db, acts })
      await guard.patient(context, patient)
      if ('from' in ask && ask.from >= ask.until)
        throw new ArchiveError('BAD_REQUEST', { why: 'the time asked for ends before it begins' })
      await acts.event(
        context,
        {
          type: 'aud.110101',
          action: 'R',
          outcome: 0,
          ...(patient !== '' && { patient }),
          detail: { what: 'completeness report', ...('from' in ask && { from: ask.from, until: ask.until }) },
        },
        'now',
      )
      await ledger.sign()
      const last = ledger.state.signed - 1
      const at = context.now().toISOString()
      const studies =
        patient === ''
          ? []
          : [...new Set([...(await studiesOfPatient(db, patient)), ...(await studiesNamedWith(db, patient))])].sort()
      const begun = patient === '' ? undefined : await firstAbout(db, patient)
      if (patient !== '' && studies.length === 0) throw new ArchiveError('NOT_FOUND', { what: 'such patient' })
      const found: Span | undefined =
        'from' in ask ? await spanOf(db, ask.from, ask.until) : { first: begun?.n ?? 0, last }
      const span = { first: found?.first ?? 0, last: Math.min(found?.last ?? -1, last) }
      const whole: Counted = patient === '' ? span : { studies }

      // A time has studies of everybody: those out of sight count in the sums, and are not named.
      const named = ({ study }: { readonly study: string }) => ({ studies: [study] })
      const accounts = await account(db, whole)
      const tombstones = await guard.rows(context, await tombstonesIn(db, whole), named)
      const incidents = (
        await guard.rows(
          context,
          await incidentsOf(db, patient === '' ? [span] : aboutAll(studies, patient), last),
          ({ study_uid, body: text }) => {
            const body = bodyOf(text)
            return { studies: [study_uid], patients: [words(body['patient'])] }
          },
        )
      ).map(told)
      const shown = await guard.rows(
        context,
        patient === '' ? accounts.studies.filter(remarkable) : accounts.studies,
        named,
      )
      const expected = await expectations(db, patient === '' ? [span] : aboutAll(studies, patient), last)
      const entries = span.last < span.first ? 0 : await countEntries(db, span)
      const report = {
        patientKey: patient,
        from: 'from' in ask ? ask.from : (begun?.ts ?? ''),
        until: 'from' in ask ? ask.until : at,
        at,
        totals: accounts.totals,
        ...cut(shown, MOST_STUDIES),
        destroyed: tombstones.map(({ id, study, at: when, instances, done }) => ({
          tombstone: id,
          study,
          at: when,
          instances,
          done: done > 0,
        })),
        incidents,
        expected,
        log: { ...span, entries, gaps: Math.max(0, span.last - span.first + 1) - entries },
        outages: await outagesIn(db, span, last),
        checkpoint: lastCheckpoint(ledger),
      }
      return { ...report, ...verdictOf(report) }
    },
  }
}

const aboutAll = (studies: readonly string[], patient: string) => [{ patient }, ...studies.map((study) => ({ study }))]

const cut = (studies: readonly StudyAccount[], most: number) => ({
  studies: studies.slice(0, most),
  truncated: studies.length > most,
})

const remarkable = ({ destroyed, missing, unlogged, rejected, conflicts }: StudyAccount): boolean =>
  destroyed + missing.length + unlogged.length + rejected + conflicts > 0

/** Arrivals held against what is here and what was destroyed, study by study. */
async function account(
  db: Database,
  whole: Counted,
): Promise<{ readonly studies: readonly StudyAccount[]; readonly totals: CompletenessReport['totals'] }> {
  const [arrivals, here, gone, unlogged, rejected, conflicts] = await Promise.all([
    countArrivals(db, whole),
    countHere(db, whole),
    arrivalsNotHere(db, whole, MOST_GONE),
    hereNotArrived(db, whole, MOST_GONE),
    countRejected(db, whole),
    countConflicts(db, whole),
  ])
  const buried = await buriedAmong(db, gone)
  const names = new Set(
    [here.keys(), gone.map(({ study }) => study), rejected.keys(), conflicts.keys()].flatMap((of) => [...of]),
  )
  for (const study of arrivals.keys()) if (study !== '') names.add(study)
  const lost = Map.groupBy(gone, ({ study }) => study)
  const strange = Map.groupBy(unlogged, ({ study }) => study)
  const studies = [...names].sort().map((study): StudyAccount => {
    const absent = lost.get(study) ?? []
    const unknown = strange.get(study) ?? []
    const present = here.get(study) ?? 0
    return {
      study,
      received: arrivals.get(study) ?? present - unknown.length + absent.length,
      here: present,
      destroyed: absent.filter(({ n }) => buried.has(n)).length,
      missing: absent.filter(({ n }) => !buried.has(n)).map(({ n }) => n),
      unlogged: unknown.map(({ n }) => n),
      rejected: rejected.get(study) ?? 0,
      conflicts: conflicts.get(study) ?? 0,
    }
  })
  const sum = (of: (account: StudyAccount) => number) => studies.reduce((all, one) => all + of(one), 0)
  return {
    studies,
    totals: {
      studies: studies.length,
      received: [...arrivals.values()].reduce((all, one) => all + one, 0),
      here: sum((one) => one.here),
      destroyed: sum((one) => one.destroyed),
      missing: sum((one) => one.missing.length),
      unlogged: sum((one) => one.unlogged.length),
      rejected: sum((one) => one.rejected),
      conflicts: sum((one) => one.conflicts),
    },
  }
}

/** Of these arrivals, those that a tombstone lists. */
async function buriedAmong(db: Database, gone: readonly Numbered[]): Promise<ReadonlySet<number>> {
  const studies = [...new Set(gone.map(({ study }) => study))]
  const tombstones = await tombstonesIn(db, { studies })
  const bodies = await leavesAt(
    db,
    tombstones.map(({ id }) => id),
  )
  const buried = new Set<number>()
  for (const { body } of bodies.values())
    for (const one of list(member(bodyOf(body), 'disposition'), 'instances'))
      if (Array.isArray(one)) buried.add(number(one[0]))
  return buried
}

type Abouts = readonly Parameters<typeof actsOfTypes>[1][]

/** The same act may name the patient and the study. */
async function merged(
  db: Database,
  abouts: Abouts,
  types: readonly EventType[],
  upTo: number,
  limit: number,
): Promise<readonly ActRow[]> {
  const found = new Map<number, ActRow>()
  for (const about of abouts)
    for (const row of await actsOfTypes(db, about, types, { upTo, limit })) found.set(row.n, row)
  return [...found.values()].sort((a, b) => a.n - b.n).slice(0, limit)
}

function incidentsOf(db: Database, abouts: Abouts, upTo: number): Promise<readonly ActRow[]> {
  return merged(db, abouts, INCIDENTS, upTo, MOST_INCIDENTS)
}

/** What senders asked to be kept (PS3.4 Annex J), and how much of it was. */
async function expectations(db: Database, abouts: Abouts, upTo: number): Promise<readonly Expectation[]> {
  const rows = await merged(db, abouts, ['aud.110104'], upTo, MOST_ASKED)
  return rows.flatMap(({ n, ts, body: text }): Expectation[] => {
    const body = bodyOf(text)
    if (body['what'] !== 'commitment') return []
    const by = words(member(body, 'actor')['userId']).replace(/^ae:/, '')
    return [
      { source: 'storage commitment', n, at: ts, by, expected: number(body['instances']), found: number(body['kept']) },
    ]
  })
}

/** PS3.15 A.5.3.1: a start tells of the time before it; how it ended, the entry before the start says. */
async function outagesIn(db: Database, span: Span, upTo: number): Promise<CompletenessReport['outages']> {
  const starts = (await actsOfTypes(db, span, ['aud.110100'], { upTo, limit: MOST_OUTAGES })).filter(
    ({ body }) => bodyOf(body)['subtype'] === '110120',
  )
  const before = await leavesAt(
    db,
    starts.map(({ n }) => n - 1),
  )
  return starts.flatMap(({ n, ts }) => {
    const last = before.get(n - 1)
    if (last === undefined || last.type === 'log.open') return []
    return [{ from: last.ts, until: ts, orderly: bodyOf(last.body)['subtype'] === '110121' }]
  })
}

function verdictOf({
  totals,
  log,
  incidents,
  expected,
  patientKey,
}: Pick<CompletenessReport, 'totals' | 'log' | 'incidents' | 'expected' | 'patientKey'>): Pick<
  CompletenessReport,
  'verdict' | 'answer'
> {
  const of = patientKey === '' ? 'in this time' : 'for this patient'
  const gap =
    log.entries === 0
      ? 'The log has no entry here.'
      : log.gaps === 0
        ? `The log has no gap: entries ${log.first} to ${log.last} are all there.`
        : `${counted(log.gaps, 'entry', 'entries')} of the log ${log.gaps === 1 ? 'is' : 'are'} not in the index: verify the data folder.`
  const wrong = [
    ...(totals.missing > 0
      ? [
          `${counted(totals.missing, 'object')} that ${totals.missing === 1 ? 'was' : 'were'} received ${totals.missing === 1 ? 'is' : 'are'} neither here nor lawfully destroyed`,
        ]
      : []),
    ...(totals.unlogged > 0
      ? [`${counted(totals.unlogged, 'object')} here never arrived as far as the log knows`]
      : []),
  ]
  if (wrong.length > 0 || log.gaps > 0)
    return { verdict: 'incomplete', answer: `Not complete: ${[...wrong, gap].join('. ')}`.replace(/\.?$/, '.') }
  const where = [
    `${counted(totals.here, 'is', 'are')} here`,
    ...(totals.destroyed > 0 ? [`${counted(totals.destroyed, 'was', 'were')} lawfully destroyed`] : []),
  ].join(', ')
  const all =
    totals.received === 0
      ? `Nothing was received ${of}.`
      : `Complete: of ${counted(totals.received, 'object')} received ${of}, ${where}, and none is missing.`
  const short = expected.filter((one) => one.found < one.expected).length
  const looked = [
    ...(totals.conflicts > 0 ? [counted(totals.conflicts, 'conflict')] : []),
    ...(totals.rejected > 0 ? [`${counted(totals.rejected, 'object')} out of sight`] : []),
    ...(incidents.some(({ type }) => type === 'obj.refuse')
      ? [counted(incidents.filter(({ type }) => type === 'obj.refuse').length, 'refused object')]
      : []),
    ...(incidents.some(({ type }) => type === 'study.damage')
      ? [
          counted(incidents.filter(({ type }) => type === 'study.damage').length, 'time', 'times') +
            ' something was found damaged',
        ]
      : []),
    ...(short > 0 ? [`${counted(short, 'sender’s question', 'senders’ questions')} that named more than is kept`] : []),
  ]
  const answer = `${all} ${gap}${looked.length > 0 ? ` Look at: ${looked.join(', ')}.` : ''}`
  return { verdict: looked.length > 0 ? 'open' : 'complete', answer }
}
