/**
 * Requests for erasure (GDPR Art. 17): recorded when they come, answered by what the rules say of each study that day. A
 * refusal cites its rule; what no rule keeps is a candidate, which people then propose for destruction as any other.
 */
import type { Json } from '../../base/canonical-json.ts'
import { type Context, nameOf } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { isDate } from '../../compliance/retention/calendar.ts'
import { answerDue, erasureFinding } from '../../compliance/retention/erasure.ts'
import { letterLines } from '../../compliance/retention/erasure-letter.ts'
import { byLawAlone } from '../../compliance/retention/told.ts'
import type { Database } from '../../storage/sql/database.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { ErasureRequestsTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Archive, ErasureRequest, ErasureStudy } from '../archive.ts'
import { holdsOn } from '../holds.ts'
import { openGuard } from '../restrictions/guard.ts'
import { retentionFacts } from '../retention.queries.ts'
import { decideStudy } from '../retention.ts'
import type { SiteRulesSource } from '../rules/site-rules.ts'
import { type AskedStudy, erasureRow, newestErasures, studiesAsked } from './erasure.queries.ts'
import { type AnsweredStudy, type ErasureFact, erasureText } from './erasure-rows.ts'

const NEWEST = 200
const EVENTS = { record: 'erasure.request', answer: 'erasure.answer' } as const

export function openErasure({
  db,
  acts,
  site,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly site: SiteRulesSource
}): Pick<Archive, 'erasures' | 'erasure' | 'recordErasure' | 'answerErasure' | 'erasureLetter'> {
  // What a step rests on is read before it is journaled: no other step may come between.
  const inTurn = oneAtATime()

  const guard = openGuard({ db, acts })

  const journal = async (context: Context, fact: ErasureFact, patient: string): Promise<void> => {
    const text = erasureText(fact)
    await acts.event(
      context,
      {
        type: EVENTS[fact.op],
        action: fact.op === 'record' ? 'C' : 'U',
        outcome: 0,
        patient,
        detail: { erasure: JSON.parse(text) as Json },
      },
      'now',
      { type: 'erasure', text },
    )
  }

  const known = async (id: number): Promise<ErasureRequestsTable> => {
    const row = await erasureRow(db, id)
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `request ${id} for erasure` })
    return row
  }

  const asked = async ({ patient_key, studies }: ErasureRequestsTable): Promise<readonly AskedStudy[]> => {
    const named = new Set(studies.split(' ').filter((one) => one !== ''))
    return (await studiesAsked(db, patient_key)).filter(({ study_uid }) => named.size === 0 || named.has(study_uid))
  }

  /** What the rules, the holds and what is known say of it today. */
  const decided = async (study: string, now: Date): Promise<AnsweredStudy | undefined> => {
    const row = await retentionFacts(db, study)
    if (row === undefined) return undefined
    const rules = await site.now()
    const holds = await holdsOn(db, study, row.person_key, now)
    const today = now.toISOString().slice(0, 10)
    // What people promised or asked for is no law: it counts only where no law keeps the study any longer.
    const law = decideStudy(rules, { ...row, told: byLawAlone(row.told) }, holds)
    const mayGo = law.eligibleOn !== undefined && law.eligibleOn <= today
    const decision = mayGo ? decideStudy(rules, row, holds) : law
    const governing = (await Promise.all(decision.governing.map((id) => site.find(id)))).filter(
      (one) => one !== undefined,
    )
    const { until = '', ...finding } = erasureFinding({
      configured: rules.jurisdictions.length > 0,
      decision,
      held: holds.length > 0,
      rules: governing,
      today,
    })
    return { study, until, ...finding }
  }

  /** As it was answered; until then, as it would be today. */
  const studiesOf = async (row: ErasureRequestsTable, now: Date): Promise<readonly ErasureStudy[]> => {
    const here = new Map((await asked(row)).map((study) => [study.study_uid, study]))
    const answered = row.answer === '' ? undefined : (JSON.parse(row.answer) as readonly AnsweredStudy[])
    const all = answered ?? (await Promise.all([...here.keys()].map((study) => decided(study, now))))
    return all.flatMap((one) => {
      if (one === undefined) return []
      const { study_date = '', modalities = '', description = '' } = here.get(one.study) ?? {}
      return [{ ...one, here: here.has(one.study), studyDate: study_date, modalities: split(modalities), description }]
    })
  }

  const view = async (row: ErasureRequestsTable, now: Date): Promise<ErasureRequest> => {
    const studies = await studiesOf(row, now)
    const open = studies.some(({ outcome }) => outcome === 'open')
    return {
      id: Number(row.id),
      patient: row.patient_key,
      named: row.studies !== '',
      askedOn: row.asked_on,
      askedBy: row.asked_by,
      identity: row.identity,
      recorded: { by: row.recorded_by, at: row.recorded_at },
      answerBy: answerDue(row.asked_on),
      state: row.answered_at === '' ? 'recorded' : open ? 'answered in part' : 'answered',
      answered:
        row.answered_at === '' ? undefined : { by: row.answered_by, at: row.answered_at, reason: row.answered_reason },
      studies,
    }
  }

  return {
    erasures: async (context) => {
      await admit(acts, context, 'erasure.see')
      const newest = await newestErasures(db, NEWEST)
      const rows = await guard.rows(context, newest, (row) => ({ patients: [row.patient_key] }))
      return Promise.all(rows.map((row) => view(row, context.now())))
    },

    erasure: async (context, id) => {
      await admit(acts, context, 'erasure.see')
      const row = await known(id)
      await guard.patient(context, row.patient_key)
      const about = { patient: row.patient_key, detail: { erasure: { request: id } } }
      await acts.event(context, { type: 'aud.110112', action: 'E', outcome: 0, ...about }, 'soon')
      return view(row, context.now())
    },

    recordErasure: async (context, { patient, studies, askedOn, askedBy, identity }) => {
      await admit(acts, context, 'erasure.record')
      const bad = (why: string) => new ArchiveError('BAD_REQUEST', { why })
      if (!isDate(askedOn)) throw bad('the day it was asked for is a day, YYYY-MM-DD')
      if (askedOn > context.now().toISOString().slice(0, 10)) throw bad('the day it was asked for lies ahead')
      if (patient === '') throw bad('it names no patient')
      await guard.patient(context, patient)
      const here = new Set((await studiesAsked(db, patient)).map(({ study_uid }) => study_uid))
      for (const study of studies) if (!here.has(study)) throw bad(`study ${study} is not this patient’s, or not here`)
      return inTurn(async () => {
        const [by, at] = [nameOf(context.principal), context.now().toISOString()]
        await journal(context, { v: 1, op: 'record', patient, studies, askedOn, askedBy, identity, by, at }, patient)
        const [newest] = await newestErasures(db, 1)
        if (newest === undefined)
          throw new ArchiveError('DEFECT', { what: 'a request was journaled and is not in the index' })
        return view(newest, context.now())
      })
    },

    answerErasure: async (context, request, reason) => {
      await admit(acts, context, 'erasure.answer')
      return inTurn(async () => {
        const row = await known(request)
        await guard.patient(context, row.patient_key)
        const now = context.now()
        if ((await view(row, now)).state === 'answered')
          throw new ArchiveError('ERASURE_STATE', { request, why: 'was answered already' })
        const found = await Promise.all((await asked(row)).map(({ study_uid }) => decided(study_uid, now)))
        const studies = found.filter((one) => one !== undefined)
        const [by, at, { digest: rules }] = [nameOf(context.principal), now.toISOString(), await site.now()]
        await journal(context, { v: 1, op: 'answer', request, studies, rules, reason, by, at }, row.patient_key)
        return view(await known(request), now)
      })
    },

    erasureLetter: async (context, request) => {
      await admit(acts, context, 'erasure.see')
      const row = await known(request)
      await guard.patient(context, row.patient_key)
      if (row.answered_at === '') throw new ArchiveError('ERASURE_STATE', { request, why: 'has not been answered yet' })
      const about = { patient: row.patient_key, detail: { erasure: { letter: request } } }
      await acts.event(context, { type: 'aud.110112', action: 'E', outcome: 0, ...about }, 'now')
      const [one] = await asked(row)
      return letterLines({
        request,
        askedOn: row.asked_on,
        answeredOn: row.answered_at.slice(0, 10),
        patient: (one?.patient_name.split('=')[0] ?? '').split('^').filter(Boolean).join(' '),
        reason: row.answered_reason,
        studies: (await studiesOf(row, context.now())).map(({ until, studyDate, ...study }) => ({
          ...study,
          until: until === '' ? undefined : until,
          studyDate: studyDate.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
        })),
      })
    },
  }
}

const split = (modalities: string): readonly string[] => modalities.split('\\').filter((one) => one !== '')
