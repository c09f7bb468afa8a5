/**
 * Lookouts (HIPAA 164.308(a)(1)(ii)(D), regular review of logs): searches of the audit log that somebody saved, and what
 * they warned of. Whoever may search the log sees them all; saving, stopping and settling is a privacy officer's.
 */
import type { Json } from '../../base/canonical-json.ts'
import { type Context, type Principal, pseudonym } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { admittedAs } from '../../compliance/access.ts'
import type { EventType } from '../../ledger/event.ts'
import type { Database } from '../../storage/sql/database.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { LookoutsTable, LookoutWarningsTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { openGuard, sightOf } from '../restrictions/guard.ts'
import type { LookingOut, Lookout, Warning } from './looking-out.ts'
import { allLookouts, countWarnings, lookoutRow, someWarnings, warningCounts, warningRow } from './lookout.queries.ts'
import { isZone, type LookoutAsk, NEVER } from './lookout.ts'
import { type LookoutFact, lookoutText } from './lookout-rows.ts'

const MOST = 1000
const MOST_WARNINGS = 500

const EVENTS: Readonly<Record<LookoutFact['op'], EventType>> = {
  save: 'lookout.save',
  stop: 'lookout.stop',
  warn: 'lookout.warn',
  settle: 'lookout.settle',
}

export async function journalLookout(
  acts: Pick<Acts, 'event'>,
  context: Context,
  fact: LookoutFact,
  about: { readonly study?: string; readonly patient?: string } = {},
): Promise<void> {
  const text = lookoutText(fact)
  await acts.event(
    context,
    {
      type: EVENTS[fact.op],
      action: fact.op === 'save' && fact.lookout === undefined ? 'C' : fact.op === 'warn' ? 'E' : 'U',
      outcome: 0,
      ...(about.study !== undefined && about.study !== '' && { study: about.study }),
      ...(about.patient !== undefined && about.patient !== '' && { patient: about.patient }),
      detail: { lookout: JSON.parse(text) as Json },
    },
    'now',
    { type: 'lookout', text },
  )
}

export const askOf = (row: Pick<LookoutsTable, 'ask'>): LookoutAsk => JSON.parse(row.ask) as LookoutAsk

const nameOf = (principal: Principal): string =>
  principal.kind === 'device' ? `ae:${principal.aeTitle}` : principal.name

/** Is this person warned by it? */
function isFor({ owner, ask }: Pick<LookoutsTable, 'owner' | 'ask'>, principal: Principal): boolean {
  const names = admittedAs(principal)
  if (names === 'everything') return true
  const told = [owner, ...askOf({ ask }).addressees]
  return names.every((list) => list.some((name) => told.includes(name)))
}

/** @param changed  told when a lookout was saved or stopped */
export function openLookouts({
  db,
  acts,
  changed,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly changed: () => void
}): LookingOut {
  const inTurn = oneAtATime()
  const guard = openGuard({ db, acts })
  const deed = (context: Context) => ({ v: 1, by: nameOf(context.principal), at: context.now().toISOString() }) as const

  const views = async (context: Context, rows: readonly LookoutsTable[]): Promise<readonly Lookout[]> => {
    const counts = await warningCounts(
      db,
      rows.map(({ id }) => Number(id)),
    )
    return rows.map((row) => ({
      id: Number(row.id),
      ask: askOf(row),
      owner: row.owner,
      saved: { by: row.saved_by, at: row.saved_at },
      stopped:
        row.stopped_at === '' ? undefined : { by: row.stopped_by, at: row.stopped_at, reason: row.stopped_reason },
      mine: isFor(row, context.principal),
      ...(counts.get(Number(row.id)) ?? { waiting: 0, all: 0 }),
    }))
  }
  const one = async (context: Context, row: LookoutsTable | undefined): Promise<Lookout> => {
    const [view] = row === undefined ? [] : await views(context, [row])
    if (view === undefined)
      throw new ArchiveError('DEFECT', { what: 'a lookout was journaled and is not in the index' })
    return view
  }
  const lasting = async (id: number): Promise<LookoutsTable> => {
    const row = await lookoutRow(db, id)
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such lookout' })
    if (row.stopped_at !== '') throw new ArchiveError('LOOKOUT_STATE', { what: `Lookout ${id}`, why: 'was stopped' })
    return row
  }

  return {
    lookouts: async (context) => {
      await admit(acts, context, 'lookout.see')
      return views(context, await allLookouts(db, MOST))
    },

    saveLookout: async (context, ask, lookout) => {
      await admit(acts, context, 'lookout.manage')
      const why = faultOf(ask)
      if (why !== undefined) throw new ArchiveError('BAD_REQUEST', { why })
      return inTurn(async () => {
        const before = lookout === undefined ? undefined : await lasting(lookout)
        const owner = before?.owner ?? pseudonym(context.principal)
        await journalLookout(acts, context, {
          ...deed(context),
          op: 'save',
          owner,
          ask,
          ...(lookout !== undefined && { lookout }),
        })
        changed()
        return one(context, lookout === undefined ? (await allLookouts(db, 1))[0] : await lookoutRow(db, lookout))
      })
    },

    stopLookout: async (context, lookout, reason) => {
      await admit(acts, context, 'lookout.manage')
      return inTurn(async () => {
        await lasting(lookout)
        await journalLookout(acts, context, { ...deed(context), op: 'stop', lookout, reason })
        changed()
        return one(context, await lookoutRow(db, lookout))
      })
    },

    warnings: async (context, { mine, waiting, before, limit }) => {
      await admit(acts, context, 'lookout.see')
      const rows = await allLookouts(db, MOST)
      const names = new Map(rows.map(({ id, name }) => [Number(id), name]))
      const ids = (own: boolean) =>
        rows.filter((row) => !own || isFor(row, context.principal)).map(({ id }) => Number(id))
      const sight = sightOf(context)
      const most = Math.max(1, Math.min(limit, MOST_WARNINGS))
      const found = await someWarnings(
        db,
        { lookouts: ids(mine), sight, waiting },
        { limit: most + 1, ...(before !== undefined && { before }) },
      )
      const page = found.slice(0, most)
      return {
        warnings: page.map((row) => warning(row, names.get(Number(row.lookout_id)) ?? '')),
        waiting: await countWarnings(db, { lookouts: ids(true), sight, waiting: true }),
        next: found.length > most ? Number(page.at(-1)?.id) : undefined,
      }
    },

    settleWarning: async (context, id, words) => {
      await admit(acts, context, 'lookout.manage')
      return inTurn(async () => {
        const row = await warningRow(db, id)
        const [seen] =
          row === undefined
            ? []
            : await guard.rows(context, [row], ({ study_uid, patient_key }) => ({
                studies: [study_uid],
                patients: [patient_key],
              }))
        if (seen === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such warning' })
        if (seen.settled_at !== '')
          throw new ArchiveError('LOOKOUT_STATE', { what: `Warning ${id}`, why: 'was looked at already' })
        if (seen.actor === pseudonym(context.principal)) throw new ArchiveError('REVIEW_SAME_PERSON')
        await journalLookout(
          acts,
          context,
          { ...deed(context), op: 'settle', warning: id, words },
          { study: seen.study_uid, patient: seen.patient_key },
        )
        const after = await warningRow(db, id)
        if (after === undefined) throw new ArchiveError('DEFECT', { what: 'a warning is not in the index any more' })
        return warning(after, (await lookoutRow(db, Number(after.lookout_id)))?.name ?? '')
      })
    },
  }
}

const warning = (row: LookoutWarningsTable, name: string): Warning => ({
  id: Number(row.id),
  lookout: { id: Number(row.lookout_id), name },
  entry: Number(row.entry_n),
  at: row.entry_ts,
  type: row.type,
  actor: row.actor,
  who: row.who,
  patient: row.patient_key,
  study: row.study_uid,
  seen: Number(row.seen),
  settled: row.settled_at === '' ? undefined : { by: row.settled_by, at: row.settled_at, words: row.words },
})

function faultOf(ask: LookoutAsk): string | undefined {
  if (ask.name.trim() === '') return 'a lookout has a name'
  const anything =
    ask.actor === '' &&
    ask.patients.length === 0 &&
    ask.types.length === 0 &&
    !ask.failed &&
    !ask.emergency &&
    ask.outside === null &&
    ask.threshold === null
  if (anything) return 'it would warn of every entry: say who, whom, what or when'
  if (ask.types.some((type) => NEVER.has(type))) return 'of lookouts and signs of life nobody is warned'
  if (ask.outside !== null && !isZone(ask.outside.zone)) return `there is no time zone ${ask.outside.zone}`
  if (ask.outside !== null && ask.outside.from === ask.outside.until) return 'the hours begin when they end'
  return undefined
}
