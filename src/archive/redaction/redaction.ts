/**
 * Lawful redaction of events (product section 5: audit bodies are erased only by a logged act after their own retention). Two
 * people decide; then bodies and salts go out of the index and out of the journal, while leaves, tree and proofs stay.
 *
 * Order: a step names the events and what their groups are without them, and is durable, before a byte is changed; the
 * segments are written anew; that it is done is an act of its own. What a crash came into is done again at the next start.
 *
 * Not erased: arrivals and acts that a fact of the journal stands beside (holds, rejections, destructions, rules, messages,
 * restrictions), which other checks rest on; acts about who or what is under a legal hold.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Json } from '../../base/canonical-json.ts'
import type { Context, Principal } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { EventType } from '../../ledger/event.ts'
import type { Database } from '../../storage/sql/database.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { RedactionsTable } from '../../storage/sql/schema.ts'
import type { Inbox } from '../../vault/inbox/inbox.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { HoldQuery } from '../hold-rows.ts'
import { activeScopes, searchingHolds } from '../holds.queries.ts'
import { covered } from '../holds.ts'
import type { Log } from '../journal-writer.ts'
import type { Erasing, Redaction } from './erasing.ts'
import { eventsBefore, newestRedactions, purgeEvents, redactionRow, unfinishedRedactions } from './redaction.queries.ts'
import { numbersOf, type RedactionFact, redactionText, runsOf } from './redaction-rows.ts'

/** Acts whose bodies are nothing but told: no fact, image or decision rests on them. */
export const ERASABLE: readonly EventType[] = [
  'aud.110101',
  'aud.110103',
  'aud.110104',
  'aud.110106',
  'aud.110112',
  'aud.110113',
  'aud.110114',
  'obj.receipt',
  'obj.refuse',
  'acl.change',
  'cfg.change',
]

const EVENTS: Readonly<Record<RedactionFact['op'], EventType>> = {
  propose: 'log.erase.propose',
  approve: 'log.erase.approve',
  end: 'log.erase.end',
  erase: 'log.erase',
  done: 'log.erase.done',
}
const NEWEST = 200
/** Events of one step: its fact stays far below what a record may hold. */
const STEP = 10_000
const DAY_MS = 86_400_000

export interface RedactionParts {
  readonly db: Database
  readonly acts: Acts
  readonly inbox: Inbox
  readonly itself: Context
  readonly log: Log
  /** Bodies are kept at least so long (`audit.keepDays`). */
  readonly keepDays: number
}

export interface Redactions extends Erasing {
  /** Finishes what a crash came into. */
  finish(): Promise<void>
}

export function openRedactions({ db, acts, inbox, itself, log, keepDays }: RedactionParts): Redactions {
  const inTurn = oneAtATime()

  const journal = (context: Context, fact: RedactionFact): Promise<void> => {
    const text = redactionText(fact)
    return acts.event(
      context,
      {
        type: EVENTS[fact.op],
        action: fact.op === 'propose' ? 'C' : fact.op === 'erase' ? 'D' : 'U',
        outcome: 0,
        detail: { redaction: JSON.parse(text) as Json },
      },
      'now',
      { type: 'erase', text },
    )
  }
  const deed = (context: Context) => ({ v: 1, by: nameOf(context.principal), at: context.now().toISOString() }) as const

  const known = async (id: number): Promise<RedactionsTable> => {
    const row = await redactionRow(db, id)
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `redaction ${id}` })
    return row
  }
  const waiting = async (id: number): Promise<RedactionsTable> => {
    const row = await known(id)
    if (row.ended_at !== '')
      throw new ArchiveError('REDACTION_STATE', { redaction: id, why: 'was withdrawn or refused' })
    if (row.approved_at !== '')
      throw new ArchiveError('REDACTION_STATE', { redaction: id, why: 'was approved already' })
    return row
  }
  const young = (until: string, now: Date): void => {
    if (Date.parse(until) > now.getTime() - keepDays * DAY_MS)
      throw new ArchiveError('REDACTION_TOO_YOUNG', { days: keepDays })
  }

  /** Who and what legal holds cover now. */
  const held = async (now: Date): Promise<(about: { study_uid: string; patient_key: string }) => boolean> => {
    const scopes = await activeScopes(db)
    const named = (kind: string) => new Set(scopes.filter((one) => one.kind === kind).map(({ subject }) => subject))
    const [studies, patients] = [named('study'), named('patient')]
    for (const { query } of await searchingHolds(db))
      for (const study of await covered(db, { studies: [], patients: [], query: JSON.parse(query) as HoldQuery }, now))
        studies.add(study)
    for (const study of await covered(db, { studies: [], patients: [...patients] }, now)) studies.add(study)
    return ({ study_uid, patient_key }) => studies.has(study_uid) || patients.has(patient_key)
  }

  /** Segments are written anew once; of the last one recovery asks that it is as it was written. */
  const rollOver = async (): Promise<void> => {
    for (let attempt = 0; attempt < 200 && !inbox.roll(); attempt += 1) await wait(10)
  }

  /** The numbers of a step's events are gone from the segments its fact names. */
  const rewrite = async (id: number, segments: Iterable<number>, numbers: ReadonlySet<number>): Promise<void> => {
    for (const segment of segments)
      await inbox.erase(segment, numbers, { because: 'redaction', evidence: `redaction ${id}, approved by two` })
  }

  /** One step: at most so many events. Gives the last number looked at; undefined when there are no more. */
  const step = async (row: RedactionsTable, after: number): Promise<number | undefined> => {
    const isHeld = await held(itself.now())
    const rows = await eventsBefore(db, ERASABLE, row.until, { after, limit: STEP })
    const last = rows.at(-1)
    if (last === undefined) return undefined
    const wanted = new Set(rows.filter((one) => !isHeld(one)).map(({ n }) => Number(n)))
    const groups: [number, number, string][] = []
    const found: number[] = []
    if (wanted.size > 0)
      for await (const { segment, group, digest, events } of inbox.erasing(wanted)) {
        groups.push([segment, group, digest])
        found.push(...events)
      }
    if (found.length > 0) {
      const runs = runsOf(found.sort((a, b) => a - b))
      await journal(itself, { ...deed(itself), op: 'erase', redaction: Number(row.id), runs, groups })
      await rewrite(Number(row.id), new Set(groups.map(([segment]) => segment)), new Set(found))
    }
    return Number(last.n)
  }

  const carryOut = async (row: RedactionsTable): Promise<void> => {
    await rollOver()
    for (let after: number | undefined = -1; after !== undefined; ) after = await step(row, after)
    await purgeEvents(db)
    const { events } = await known(Number(row.id))
    await journal(itself, { ...deed(itself), op: 'done', redaction: Number(row.id), events: Number(events) })
  }

  /** Steps that were journaled and not carried out come first: the digests of later ones are those of what they leave. */
  const finishAll = async (): Promise<void> => {
    for (const row of await unfinishedRedactions(db)) {
      const id = Number(row.id)
      for await (const { type, text } of inbox.facts(undefined)) {
        const fact = type === 'erase' ? (JSON.parse(text) as RedactionFact) : undefined
        if (fact?.op !== 'erase' || fact.redaction !== id) continue
        await rewrite(id, new Set(fact.groups.map(([segment]) => segment)), new Set(numbersOf(fact.runs)))
      }
      await carryOut(row)
    }
  }

  const view = (row: RedactionsTable): Redaction => ({
    id: Number(row.id),
    until: row.until,
    reason: row.reason,
    proposed: { by: row.proposed_by, at: row.proposed_at },
    approved: row.approved_at === '' ? undefined : { by: row.approved_by, at: row.approved_at },
    ended: row.ended_at === '' ? undefined : { by: row.ended_by, at: row.ended_at, reason: row.ended_reason },
    events: Number(row.events),
    doneAt: row.done_at,
  })

  return {
    redactions: async (context) => {
      await admit(acts, context, 'redaction.see')
      return (await newestRedactions(db, NEWEST)).map(view)
    },

    proposeRedaction: async (context, { until, reason }) => {
      await admit(acts, context, 'redaction.propose')
      young(until, context.now())
      return inTurn(async () => {
        await journal(context, { ...deed(context), op: 'propose', until, reason })
        const [newest] = await newestRedactions(db, 1)
        if (newest === undefined)
          throw new ArchiveError('DEFECT', { what: 'a redaction was journaled and is not there' })
        return view(newest)
      })
    },

    approveRedaction: async (context, id, reason) => {
      await admit(acts, context, 'redaction.approve')
      return inTurn(async () => {
        const row = await waiting(id)
        if (row.proposed_by === nameOf(context.principal)) throw new ArchiveError('REDACTION_SAME_PERSON')
        young(row.until, context.now())
        await finishAll()
        // What is journaled from here on lies in a segment of its own: those before may be written anew.
        await rollOver()
        await journal(context, { ...deed(context), op: 'approve', redaction: id, reason })
        await carryOut(await known(id))
        return view(await known(id))
      })
    },

    endRedaction: async (context, id, reason) => {
      await admit(acts, context, 'redaction.propose')
      return inTurn(async () => {
        await waiting(id)
        await journal(context, { ...deed(context), op: 'end', redaction: id, reason })
        return view(await known(id))
      })
    },

    finish: () =>
      inTurn(finishAll).catch((thrown: unknown) =>
        log.error({ error: asArchiveError(thrown).code }, 'a redaction of events could not be finished'),
      ),
  }
}

const nameOf = (principal: Principal): string =>
  principal.kind === 'device' ? `ae:${principal.aeTitle}` : principal.name
