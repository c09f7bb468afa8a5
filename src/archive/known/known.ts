/**
 * What people say of a study, of a patient or of a trial, so that it is kept as long as the law says. What is said changes
 * dates: a later one counts at once; where the date would end earlier the promised one stands, until three people let it
 * go (compliance specification 2.5). Only the studies it is about are decided anew.
 */
import type { Json } from '../../base/canonical-json.ts'
import { type Context, nameOf } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Decision } from '../../compliance/retention/decide.ts'
import { type ChangedFact, floorOf } from '../../compliance/retention/ratchet.ts'
import { FLOOR, whyNotSaid } from '../../compliance/retention/told.ts'
import type { EventType } from '../../ledger/event.ts'
import type { Database } from '../../storage/sql/database.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { RetentionReductionsTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Archive, Reduction, TellAnswer, TellAsk } from '../archive.ts'
import { keysOf } from '../persons/persons.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import { retentionFacts } from '../retention.queries.ts'
import { decideStudy } from '../retention.ts'
import { type SiteRules, type SiteRulesSource, tagsOf } from '../rules/site-rules.ts'
import {
  newestReductions,
  openReductionOf,
  reductionRow,
  saidOf,
  studiesInTrial,
  studiesOfPatient,
} from './known.queries.ts'
import { type DateChange, type DateOf, type RetainFact, retainText, type Subject } from './known-rows.ts'
import type { Saying } from './sayings.ts'

const EVENTS: Readonly<Record<RetainFact['op'], EventType>> = {
  tell: 'retention.set',
  propose: 'retention.reduceProposed',
  approve: 'retention.reduceApproved',
  adopt: 'retention.reduce',
  end: 'retention.reduceEnded',
}
const NEWEST = 200

/** Days YYYYMMDD that the hospital's systems tell of a patient. */
export type Learn = (
  context: Context,
  patient: string,
  days: { readonly death?: string; readonly lastSeen?: string; readonly discharge?: string },
  reason: string,
) => Promise<void>

export type Known = Pick<
  Archive,
  'toldFacts' | 'tellFacts' | 'reductions' | 'proposeReduction' | 'approveReduction' | 'endReduction'
>

export function openKnown({
  db,
  acts,
  site,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly site: SiteRulesSource
}): Known & { readonly learn: Learn } {
  // What a step rests on is read before it is journaled: no other step may come between.
  const inTurn = oneAtATime()

  const guard = openGuard({ db, acts })
  /** What is said of a trial names nobody. */
  const mayLook = async (context: Context, { kind, id }: Subject): Promise<void> => {
    if (kind === 'study') await guard.study(context, id)
    else if (kind === 'patient') await guard.patient(context, id)
  }

  const journal = async (
    context: Context,
    fact: RetainFact,
    about: { readonly study?: string; readonly patient?: string },
  ): Promise<void> => {
    const text = retainText(fact)
    await acts.event(
      context,
      {
        type: EVENTS[fact.op],
        action: fact.op === 'propose' ? 'C' : 'U',
        outcome: 0,
        ...about,
        detail: { retention: JSON.parse(text) as Json },
      },
      'now',
      { type: 'retain', text },
    )
  }

  /** The decision by the rules alone: a hold ends, a date stays. */
  const decided = async (rules: SiteRules, study: string, saying?: Saying): Promise<Decision | undefined> => {
    const row = await retentionFacts(db, study, saying)
    return row && decideStudy(rules, row)
  }

  /** What saying this does to each study it is about. */
  const consequences = async (
    rules: SiteRules,
    studies: readonly string[],
    saying: Saying,
    changed: readonly ChangedFact[],
  ): Promise<readonly DateChange[]> => {
    const dates: DateChange[] = []
    for (const study of studies) {
      const [before, after] = [await decided(rules, study), await decided(rules, study, saying)]
      if (before === undefined || after === undefined) continue
      const floor = floorOf(before, after, changed)
      const [was, now] = [dateOf(before), floor === undefined ? dateOf(after) : dateOf(before)]
      if (floor !== undefined || was.status !== now.status || was.through !== now.through)
        dates.push({ study, was, now, ...(floor !== undefined && { floor }) })
    }
    return dates
  }

  const studiesAbout = async ({ kind, id }: Subject): Promise<readonly string[]> => {
    if (kind === 'trial') return studiesInTrial(db, id)
    const studies = kind === 'study' ? [id] : await studiesOfPatient(db, id)
    const here = kind === 'patient' ? studies.length > 0 : (await retentionFacts(db, id)) !== undefined
    if (!here)
      throw new ArchiveError('NOT_FOUND', { what: kind === 'study' ? `study ${id}` : 'a study of this patient' })
    return studies
  }

  /** Of a patient with several IDs what is changed is said under the one it was said under. */
  const subjectOf = async (about: Subject, names: readonly string[]): Promise<Subject> => {
    if (about.kind !== 'patient') return about
    const said = await saidOf(db, 'patient', await keysOf(db, about.id))
    const before = said.find(({ subject, name }) => subject !== about.id && names.includes(name))
    return said.some(({ subject, name }) => subject === about.id && names.includes(name)) || before === undefined
      ? about
      : { kind: 'patient', id: before.subject }
  }

  const tell = async (context: Context, { about: asked, set, reason, preview }: TellAsk): Promise<TellAnswer> => {
    const studies = await studiesAbout(asked)
    const about = await subjectOf(asked, Object.keys(set))
    const today = context.now().toISOString().slice(0, 10)
    for (const [name, value] of Object.entries(set)) {
      const why = whyNotSaid(about.kind, name, value, today)
      if (why !== undefined) throw new ArchiveError('BAD_REQUEST', { why })
    }
    const before = new Map((await saidOf(db, about.kind, [about.id])).map(({ name, value }) => [name, value]))
    const changed = Object.entries(set)
      .map(([name, now]) => ({ name, was: before.get(name) ?? '', now }))
      .filter(({ was, now }) => was !== now)
    if (changed.length === 0) throw new ArchiveError('BAD_REQUEST', { why: 'nothing of it is new' })
    const rules = await site.now()
    const news = Object.fromEntries(changed.map(({ name, now }) => [name, now]))
    const dates = await consequences(rules, studies, { about, set: news }, changed)
    const [by, at] = [nameOf(context.principal), context.now().toISOString()]
    if (preview !== true)
      await journal(
        context,
        { v: 1, op: 'tell', about, set: news, dates, rules: rules.digest, reason, by, at },
        about.kind === 'trial' ? {} : { [about.kind]: about.id },
      )
    return { dates, studies: studies.length }
  }

  const view = async (id: number): Promise<Reduction> => {
    const row = await reductionRow(db, id)
    if (row === undefined)
      throw new ArchiveError('DEFECT', { what: 'a reduction was journaled and is not in the index' })
    return reductionOf(row)
  }

  /** @throws {ArchiveError} `NOT_FOUND`, `REDUCTION_STATE` */
  const open = async (reduction: number): Promise<RetentionReductionsTable> => {
    const row = await reductionRow(db, reduction)
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `reduction ${reduction}` })
    if (row.ended_at !== '') throw new ArchiveError('REDUCTION_STATE', { reduction, why: 'was withdrawn or refused' })
    if (row.adopted_at !== '') throw new ArchiveError('REDUCTION_STATE', { reduction, why: 'was done already' })
    return row
  }

  const standingOf = async (study: string): Promise<string> =>
    (await saidOf(db, 'study', [study])).find(({ name }) => name === FLOOR)?.value ?? ''

  /** What compliance mode holds nobody shortens. */
  const lockedBy = async (): Promise<number | undefined> =>
    (await site.now()).layers.find(({ mode }) => mode === 'compliance')?.id

  const letGo = (study: string): Saying => ({ about: { kind: 'study', id: study }, set: {}, withoutFloor: true })

  return {
    toldFacts: async (context, { kind, id }) => {
      await admit(acts, context, 'retention.see')
      await mayLook(context, { kind, id })
      const about = kind === 'trial' ? {} : { [kind]: id }
      const ids = kind === 'patient' ? await keysOf(db, id) : [id]
      const rows = (await saidOf(db, kind, ids)).filter(({ name }) => name !== FLOOR)
      const detail = { facts: kind, results: rows.length }
      await acts.event(context, { type: 'aud.110112', action: 'E', outcome: 0, ...about, detail }, 'soon')
      const facts = rows.map(({ name, value, reason, told_by: by, told_at: at }) => ({ name, value, reason, by, at }))
      return { facts, tags: tagsOf(await site.now()) }
    },

    /**
     * Of a patient who has studies here. A contact before one that is known changes nothing; what promised dates do when it
     * changes is as when a person says it.
     */
    learn: (context, patient, days, reason) =>
      inTurn(async () => {
        if ((await studiesOfPatient(db, patient)).length === 0) return
        const said = new Map(
          (await saidOf(db, 'patient', await keysOf(db, patient))).map(({ name, value }) => [name, value]),
        )
        const today = context.now().toISOString().slice(0, 10)
        const news = Object.entries(days)
          .map(([name, day]) => [name, day.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')] as const)
          .filter(([name, day]) => {
            const known = said.get(name) ?? ''
            const isNew = name === 'death' ? day !== known : day > known
            return isNew && whyNotSaid('patient', name, day, today) === undefined
          })
        if (news.length > 0)
          await tell(context, { about: { kind: 'patient', id: patient }, set: Object.fromEntries(news), reason })
      }),

    tellFacts: async (context, asked) => {
      await admit(acts, context, 'retention.tell')
      await mayLook(context, asked.about)
      const { dates, ...told } = await inTurn(() => tell(context, asked))
      return { ...told, dates: await guard.rows(context, dates, ({ study }) => ({ studies: [study] })) }
    },

    reductions: async (context) => {
      await admit(acts, context, 'retention.see')
      const newest = await newestReductions(db, NEWEST)
      return (await guard.rows(context, newest, (row) => ({ studies: [row.study_uid] }))).map(reductionOf)
    },

    proposeReduction: async (context, { study, evidence, reason }) => {
      await admit(acts, context, 'reduction.propose')
      await guard.study(context, study)
      return inTurn(async () => {
        const floor = await standingOf(study)
        const bad = (why: string) => new ArchiveError('BAD_REQUEST', { why })
        if (floor === '') throw bad('no date of it stands that its facts would not lead to')
        const locked = await lockedBy()
        if (locked !== undefined) throw bad(`rules ${locked} were adopted in compliance mode: no date is let go`)
        const other = await openReductionOf(db, study)
        if (other !== undefined) throw bad(`reduction ${other} is about it already`)
        const after = await decided(await site.now(), study, letGo(study))
        if (after === undefined) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
        const [by, at] = [nameOf(context.principal), context.now().toISOString()]
        const then = dateOf(after)
        await journal(context, { v: 1, op: 'propose', study, floor, then, evidence, reason, by, at }, { study })
        const [newest] = await newestReductions(db, 1)
        return view(Number(newest?.id))
      })
    },

    approveReduction: async (context, reduction, which, reason) => {
      await admit(acts, context, `reduction.approve.${which}`)
      return inTurn(async () => {
        const row = await open(reduction)
        await guard.study(context, row.study_uid)
        const refuse = (why: string) => new ArchiveError('REDUCTION_STATE', { reduction, why })
        if (which === 'first' && row.first_at !== '') throw refuse('was approved a first time already')
        if (which === 'second' && row.first_at === '') throw refuse('has not been approved a first time')
        const by = nameOf(context.principal)
        if ([row.proposed_by, row.first_by].includes(by)) throw new ArchiveError('REDUCTION_SAME_PERSON')
        const locked = await lockedBy()
        if (locked !== undefined) throw refuse(`cannot be done: rules ${locked} were adopted in compliance mode`)
        const study = row.study_uid
        if ((await standingOf(study)) !== row.floor) throw refuse('is about a date that does not stand any more')
        const at = context.now().toISOString()
        if (which === 'first') await journal(context, { v: 1, op: 'approve', reduction, reason, by, at }, { study })
        else {
          const rules = await site.now()
          const [before, after] = [await decided(rules, study), await decided(rules, study, letGo(study))]
          const dates = before && after ? [{ study, was: dateOf(before), now: dateOf(after) }] : []
          await journal(context, { v: 1, op: 'adopt', reduction, study, dates, reason, by, at }, { study })
        }
        return view(reduction)
      })
    },

    endReduction: async (context, reduction, reason) => {
      await admit(acts, context, 'reduction.propose')
      return inTurn(async () => {
        const { study_uid: study } = await open(reduction)
        await guard.study(context, study)
        const [by, at] = [nameOf(context.principal), context.now().toISOString()]
        await journal(context, { v: 1, op: 'end', reduction, reason, by, at }, { study })
        return view(reduction)
      })
    },
  }
}

const dateOf = ({ status, retainThrough }: Decision): DateOf => ({
  status,
  ...(retainThrough !== undefined && { through: retainThrough }),
})

function reductionOf(row: RetentionReductionsTable): Reduction {
  const deed = (by: string, at: string) => (at === '' ? undefined : { by, at })
  return {
    id: Number(row.id),
    study: row.study_uid,
    floor: row.floor,
    reason: row.reason,
    evidence: row.evidence,
    state: stateOf(row),
    proposed: { by: row.proposed_by, at: row.proposed_at },
    first: deed(row.first_by, row.first_at),
    adopted: deed(row.adopted_by, row.adopted_at),
    ended: row.ended_at === '' ? undefined : { by: row.ended_by, at: row.ended_at, reason: row.ended_reason },
  }
}

function stateOf(row: RetentionReductionsTable): Reduction['state'] {
  if (row.adopted_at !== '') return 'let go'
  if (row.ended_at !== '') return 'ended'
  return row.first_at === '' ? 'proposed' : 'approved'
}
