/**
 * Persons at the desk: which patient IDs are one person, who said so, what waits for somebody to decide; and merging, linking
 * and taking back by people. HL7 does the same from `workflow/messages.ts`; both go by `deciding.ts`, one at a time.
 */
import type { Json } from '../../base/canonical-json.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { EventType } from '../../ledger/event.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { PersonReviewsTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { column } from '../column.ts'
import { openGuard } from '../restrictions/guard.ts'
import { asFacts, decideIdentity } from './deciding.ts'
import { contradictions } from './facts.ts'
import { type PersonFact, personText } from './person-rows.ts'
import {
  countOpenReviews,
  factsOf,
  keysOf,
  newestStudy,
  personOf,
  relationsOf,
  reviewRow,
  someReviews,
} from './persons.queries.ts'
import type { Kind, Op } from './relations.ts'

/** One patient ID of a person, and what is known under it. */
export interface KeyView {
  readonly key: string
  readonly id: string
  readonly issuer: string
  readonly name: string
  readonly birthDate: string
  readonly sex: string
  /** Where that is known from. */
  readonly told: 'message' | 'images' | 'nothing'
  readonly studies: number
}

export interface RelationView {
  readonly kind: Kind
  readonly from: string
  readonly into: string
  readonly active: boolean
  readonly by: string
  readonly at: string
  readonly reason: string
}

export interface PersonView {
  /** The key that stands for the person. */
  readonly person: string
  /** The key that stands for it first. */
  readonly keys: readonly KeyView[]
  /** Those taken back too, newest first. */
  readonly relations: readonly RelationView[]
  readonly contradictions: readonly ('birthDate' | 'sex')[]
}

export interface ReviewView {
  readonly id: number
  readonly nth: number
  readonly why: PersonReviewsTable['why']
  readonly kind: Kind
  /** It was done all the same. */
  readonly followed: boolean
  readonly by: string
  readonly at: string
  readonly from: KeyView
  readonly into: KeyView
  readonly contradictions: readonly ('birthDate' | 'sex')[]
  readonly settled: { readonly by: string; readonly at: string; readonly reason: string } | undefined
}

export interface RelateAsk {
  readonly op: Op
  readonly from: string
  readonly into: string
  readonly reason: string
  /** The person saw that facts contradict each other. */
  readonly sure: boolean
}

export interface Persons {
  /** @throws {ArchiveError} `NOT_FOUND` when nothing is known under the key */
  person(context: Context, key: string): Promise<PersonView>
  /** @throws {ArchiveError} `NOT_FOUND`, `PERSON_STATE`, `PERSON_CONTRADICTS` */
  relate(context: Context, ask: RelateAsk): Promise<PersonView>
  /** Newest first; how many are open, of all. */
  reviews(
    context: Context,
    ask: { readonly open: boolean; readonly limit: number },
  ): Promise<{ readonly reviews: readonly ReviewView[]; readonly open: number }>
  /** @throws {ArchiveError} `NOT_FOUND`, `PERSON_STATE` */
  settleReview(context: Context, review: { readonly id: number; readonly nth: number }, reason: string): Promise<void>
}

const EVENTS = {
  merge: 'pat.merge',
  unmerge: 'pat.unmerge',
  link: 'pat.link',
  unlink: 'pat.unlink',
  settle: 'pat.settle',
} as const satisfies Readonly<Record<PersonFact['op'], EventType>>

/** @param inTurn  shared with the messages: what a step rests on is read before it is journaled */
export function openPersons({
  db,
  acts,
  inTurn,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
}): Persons {
  const guard = openGuard({ db, acts })
  const journal = async (context: Context, fact: PersonFact, patient: string): Promise<void> => {
    const text = personText(fact)
    await acts.event(
      context,
      { type: EVENTS[fact.op], action: 'U', outcome: 0, patient, detail: { identity: JSON.parse(text) as Json } },
      'now',
      { type: 'person', text },
    )
  }

  const keyView = async (key: string, person: string): Promise<KeyView> => {
    const { name, birth_date, sex, told, studies } = await factsOf(db, key, person)
    const { id = '', issuer = '' } = splitPatientKey(key) ?? {}
    return { key, id, issuer, name, birthDate: birth_date, sex, told, studies }
  }

  const asImaged = async (view: KeyView): Promise<KeyView> => {
    const newest = await newestStudy(db, view.key, await personOf(db, view.key))
    const { patient_name: name = '', birth_date: birthDate = '', sex = '' } = newest ?? {}
    return { ...view, name, birthDate, sex, told: 'images' }
  }

  const personView = async (key: string): Promise<PersonView> => {
    const person = await personOf(db, key)
    const keys = await keysOf(db, key)
    const views = await Promise.all(keys.map((one) => keyView(one, person)))
    const relations = await relationsOf(db, keys)
    if (relations.length === 0 && views.every(({ told }) => told === 'nothing'))
      throw new ArchiveError('NOT_FOUND', { what: 'such patient' })
    const against = views.flatMap((one, at) => views.slice(at + 1).flatMap((other) => contradictions(one, other)))
    return {
      person,
      keys: views.sort((one, other) => Number(other.key === person) - Number(one.key === person)),
      relations: relations
        .map(({ kind, from_key, into_key, active, changed_by, changed_at, reason }) => ({
          kind,
          from: from_key,
          into: into_key,
          active: Number(active) === 1,
          by: changed_by,
          at: changed_at,
          reason,
        }))
        .reverse(),
      contradictions: [...new Set(against)],
    }
  }

  const looked = (context: Context, query: string, results: number, patient?: string) =>
    acts.event(
      context,
      {
        type: 'aud.110112',
        action: 'E',
        outcome: 0,
        ...(patient !== undefined && { patient }),
        detail: { query, level: 'person', results },
      },
      'soon',
    )

  /** @throws {ArchiveError} `NOT_FOUND`: nobody merges with what is mistyped */
  const known = async (key: string): Promise<void> => {
    const facts = await factsOf(db, key, await personOf(db, key))
    if (facts.told === 'nothing' && (await relationsOf(db, [key])).length === 0)
      throw new ArchiveError('NOT_FOUND', { what: 'such patient' })
  }

  return {
    person: async (context, key) => {
      await admit(acts, context, 'identity.see')
      await guard.patient(context, column(key))
      const view = await personView(column(key))
      await looked(context, 'identity of a patient', 1, view.person)
      return view
    },
    relate: async (context, { op, from, into, reason, sure }) => {
      await admit(acts, context, 'identity.change')
      return inTurn(async () => {
        const [one, other] = [column(from), column(into)]
        await guard.patient(context, one)
        await guard.patient(context, other)
        await known(one)
        await known(other)
        const now = context.now()
        const by = nameOf(context)
        const telling = { by, at: now.getTime() * 1000, came: now.toISOString(), reason }
        const { change, outcomes } = await decideIdentity(db, [{ op, from: one, into: other }], telling)
        const [outcome] = outcomes
        const why = outcome === undefined || outcome === 'followed' ? undefined : REFUSED[outcome]
        if (why !== undefined) throw new ArchiveError('PERSON_STATE', { why })
        if (op === 'unlink' && change.keys.length === 0)
          throw new ArchiveError('PERSON_STATE', { why: REFUSED.already })
        if (change.reviews.length > 0 && !sure) {
          const [a, b] = await Promise.all([one, other].map(async (key) => factsOf(db, key, await personOf(db, key))))
          const what = a && b ? contradictions(asFacts(a), asFacts(b)) : []
          throw new ArchiveError('PERSON_CONTRADICTS', { what: what.map((fact) => WORDS[fact]).join(' and ') })
        }
        const { relations, keys } = change
        await journal(
          context,
          { v: 1, op, from: one, into: other, reason, by, at: telling.came, relations, keys },
          other,
        )
        return personView(other)
      })
    },
    reviews: async (context, ask) => {
      await admit(acts, context, 'identity.see')
      const reviews: ReviewView[] = []
      const shown = await guard.rows(context, await someReviews(db, ask), ({ from_key, into_key }) => ({
        patients: [from_key, into_key],
      }))
      for (const row of shown) {
        const [from, told] = await Promise.all(
          [row.from_key, row.into_key].map(async (key) => keyView(key, await personOf(db, key))),
        )
        if (from === undefined || told === undefined) continue
        // Of one ID: what HL7 tells, and what its images say.
        const into = row.from_key === row.into_key ? await asImaged(told) : told
        reviews.push({
          id: Number(row.id),
          nth: Number(row.nth),
          why: row.why,
          kind: row.kind,
          followed: Number(row.followed) === 1,
          by: row.told_by,
          at: row.raised_at,
          from,
          into,
          contradictions: contradictions(from, into),
          settled:
            row.settled_at === '' ? undefined : { by: row.settled_by, at: row.settled_at, reason: row.settled_reason },
        })
      }
      await looked(context, ask.open ? 'identities to be decided' : 'identities that were looked at', reviews.length)
      return { reviews, open: await countOpenReviews(db) }
    },
    settleReview: async (context, { id, nth }, reason) => {
      await admit(acts, context, 'identity.change')
      await inTurn(async () => {
        const row = await reviewRow(db, id, nth)
        const named = ({ from_key, into_key }: PersonReviewsTable) => ({ patients: [from_key, into_key] })
        if (row === undefined || (await guard.rows(context, [row], named)).length === 0)
          throw new ArchiveError('NOT_FOUND', { what: 'such question about a patient' })
        if (row.settled_at !== '') throw new ArchiveError('PERSON_STATE', { why: 'it was settled already' })
        const at = context.now().toISOString()
        await journal(context, { v: 1, op: 'settle', review: id, nth, reason, by: nameOf(context), at }, row.into_key)
      })
    },
  }
}

const nameOf = ({ principal }: Context): string =>
  principal.kind === 'device' ? `ae:${principal.aeTitle}` : principal.name

const REFUSED: Readonly<Record<'already' | 'late' | 'circle' | 'elsewhere', string>> = {
  already: 'it is so already',
  late: 'somebody has said otherwise since',
  circle: 'the one that is to be kept was itself given up for the other; take that back first',
  elsewhere: 'the one that is to be given up was given up for another; take that back first',
}

const WORDS = { birthDate: 'birth dates', sex: 'sexes' } as const
