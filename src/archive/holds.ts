/**
 * Legal holds: while one lasts, nothing it covers may be destroyed, whatever its date (compliance specification 2.5).
 *
 * It covers studies, patients, and what a search of the worklist finds, today or later. Its release takes two people: one
 * asks, another with the privacy role releases. Nothing of it is ever changed: each step is a fact of the journal beside
 * its event, and both say the same.
 */
import type { Json } from '../base/canonical-json.ts'
import { type Context, nameOf } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Act } from '../compliance/access.ts'
import type { EventType } from '../ledger/event.ts'
import type { Database } from '../storage/sql/database.ts'
import { oneAtATime } from '../storage/sql/one-at-a-time.ts'
import type { HoldsTable } from '../storage/sql/schema.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, LegalHold } from './archive.ts'
import { type HoldFact, type HoldQuery, type HoldScope, holdText } from './hold-rows.ts'
import {
  activeScopes,
  allHolds,
  holdRow,
  holdsNaming,
  scopesOf,
  searchingHolds,
  studiesNamed,
} from './holds.queries.ts'
import { keysOf } from './persons/persons.queries.ts'
import { openGuard } from './restrictions/guard.ts'
import { worklistPage } from './worklist.queries.ts'
import { readTerms } from './worklist-words.ts'

/** A hold's studies are counted up to here. */
const MOST_COUNTED = 10_000

const EVENTS: Readonly<Record<HoldFact['op'], EventType>> = {
  place: 'hold.place',
  ask: 'hold.ask',
  keep: 'hold.keep',
  release: 'hold.release',
}

export function openHolds({
  db,
  acts,
}: {
  readonly db: Database
  readonly acts: Acts
}): Pick<Archive, 'holds' | 'placeHold' | 'askRelease' | 'keepHold' | 'releaseHold'> {
  // What a step rests on is read before it is journaled: no other step may come between.
  const inTurn = oneAtATime()
  const guard = openGuard({ db, acts })

  const journal = async (context: Context, fact: HoldFact): Promise<void> => {
    const one = fact.op === 'place' && fact.query === undefined && fact.studies.length + fact.patients.length === 1
    const [study] = one ? fact.studies : []
    const [patient] = one ? fact.patients : []
    const text = holdText(fact)
    await acts.event(
      context,
      {
        type: EVENTS[fact.op],
        action: fact.op === 'place' ? 'C' : 'U',
        outcome: 0,
        ...(study !== undefined && { study }),
        ...(patient !== undefined && { patient }),
        detail: { hold: JSON.parse(text) as Json },
      },
      'now',
      { type: 'hold', text },
    )
  }

  /** @throws {ArchiveError} `NOT_FOUND`, `HOLD_STATE` */
  const lasting = async (id: number): Promise<HoldsTable> => {
    const row = await holdRow(db, id)
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `legal hold ${id}` })
    if (row.released_at !== '') throw new ArchiveError('HOLD_STATE', { hold: id, why: 'was released already' })
    return row
  }

  const step = (
    op: 'ask' | 'keep' | 'release',
    act: Act,
    check: (row: HoldsTable, by: string) => void,
  ): ((context: Context, id: number, reason: string) => Promise<LegalHold>) => {
    return async (context, id, reason) => {
      await admit(acts, context, act)
      return inTurn(async () => {
        const by = nameOf(context.principal)
        const before = await lasting(id)
        const shown = await guard.rows(context, [await view(before)], ({ scope }) => scope)
        if (shown.length === 0) throw new ArchiveError('NOT_FOUND', { what: `legal hold ${id}` })
        check(before, by)
        await journal(context, { v: 1, op, hold: id, reason, by, at: context.now().toISOString() })
        const row = await holdRow(db, id)
        if (row === undefined)
          throw new ArchiveError('DEFECT', { what: 'a hold was journaled and is not in the index' })
        return view(row)
      })
    }
  }
  const asked = ({ id, asked_at }: HoldsTable): void => {
    if (asked_at === '') throw new ArchiveError('HOLD_STATE', { hold: id, why: 'has nobody who asked for its release' })
  }

  const view = async (row: HoldsTable): Promise<LegalHold> => {
    const scopes = await scopesOf(db, [row.id])
    const named = (kind: string) => scopes.filter((scope) => scope.kind === kind).map(({ subject }) => subject)
    const query = row.query === '' ? undefined : (JSON.parse(row.query) as HoldQuery)
    const scope: HoldScope = { studies: named('study'), patients: named('patient'), ...(query && { query }) }
    return {
      id: Number(row.id),
      matter: row.matter,
      reason: row.reason,
      scope,
      placed: { by: row.placed_by, at: row.placed_at },
      asked: row.asked_at === '' ? undefined : { by: row.asked_by, at: row.asked_at, reason: row.asked_reason },
      released: row.released_at === '' ? undefined : { by: row.released_by, at: row.released_at },
      covers: row.released_at === '' ? (await covered(db, scope, new Date())).size : 0,
    }
  }

  return {
    holds: async (context) => {
      await admit(acts, context, 'hold.see')
      const holds: LegalHold[] = []
      for (const row of await allHolds(db)) holds.push(await view(row))
      return guard.rows(context, holds, ({ scope }) => scope)
    },
    placeHold: async (context, { matter, reason, scope }) => {
      await admit(acts, context, 'hold.place')
      if (scope.studies.length + scope.patients.length === 0 && scope.query === undefined)
        throw new ArchiveError('BAD_REQUEST', { why: 'a hold names studies, patients or a search' })
      if (scope.query !== undefined && Object.values(scope.query).every((part) => part === undefined || part === ''))
        throw new ArchiveError('BAD_REQUEST', { why: 'the search of a hold says nothing, and would hold everything' })
      return inTurn(async () => {
        const by = nameOf(context.principal)
        await journal(context, { v: 1, op: 'place', matter, reason, ...scope, by, at: context.now().toISOString() })
        const [newest] = await allHolds(db)
        if (newest === undefined)
          throw new ArchiveError('DEFECT', { what: 'a hold was journaled and is not in the index' })
        return view(newest)
      })
    },
    askRelease: step('ask', 'hold.place', ({ id, asked_by }) => {
      if (asked_by !== '')
        throw new ArchiveError('HOLD_STATE', { hold: id, why: 'has somebody who asked for its release' })
    }),
    keepHold: step('keep', 'hold.place', asked),
    releaseHold: step('release', 'hold.release', (row, by) => {
      asked(row)
      if (row.asked_by === by) throw new ArchiveError('HOLD_SAME_PERSON')
    }),
  }
}

/** The studies a hold covers now, `MOST_COUNTED` at most of those its search finds. */
export async function covered(db: Database, scope: HoldScope, now: Date): Promise<ReadonlySet<string>> {
  const studies = new Set(await studiesNamed(db, scope.studies, scope.patients))
  if (scope.query !== undefined)
    for (const { study_uid } of await found(db, scope.query, now, MOST_COUNTED)) studies.add(study_uid)
  return studies
}

/** @param limit  without one, all of them */
export const found = (
  db: Database,
  { words, modality, from, to }: HoldQuery,
  now: Date,
  limit = Number.MAX_SAFE_INTEGER,
  only?: readonly string[],
) =>
  worklistPage(db, {
    terms: readTerms(words, now),
    modality: modality === '' ? undefined : modality,
    from,
    to,
    ...(only !== undefined && { studies: only }),
    rejectedToo: true,
    after: undefined,
    limit,
  })

/** Which of a patient's studies a lasting hold covers, by name or because its search finds them. */
export async function heldAmong(
  db: Database,
  patient: string,
  studies: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const named = await activeScopes(db)
  const keys = new Set(await keysOf(db, patient))
  if (named.some(({ kind, subject }) => kind === 'patient' && keys.has(subject))) return new Set(studies)
  const held = new Set(named.filter(({ kind }) => kind === 'study').map(({ subject }) => subject))
  for (const { query } of await searchingHolds(db))
    for (const { study_uid } of await found(db, JSON.parse(query) as HoldQuery, now, studies.length, studies))
      held.add(study_uid)
  return new Set(studies.filter((study) => held.has(study)))
}

/** The holds that last and cover this study, by name or because their search finds it. */
export async function holdsOn(
  db: Database,
  study: string,
  patient: string,
  now: Date,
): Promise<readonly { readonly id: number; readonly matter: string; readonly since: string }[]> {
  const holds = new Map((await holdsNaming(db, study, patient)).map((row) => [Number(row.id), row]))
  for (const row of await searchingHolds(db)) {
    if (holds.has(Number(row.id))) continue
    const [one] = await found(db, JSON.parse(row.query) as HoldQuery, now, 1, [study])
    if (one !== undefined) holds.set(Number(row.id), row)
  }
  return [...holds.values()]
    .sort((a, b) => Number(a.id) - Number(b.id))
    .map(({ id, matter, placed_at }) => ({ id: Number(id), matter, since: placed_at }))
}
