/**
 * Merges and links as the journal has them, and what the index makes of them. What follows was decided when it was told and
 * stands in the fact: a rebuild decides nothing again.
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { PersonRelationsTable, PersonReviewsTable } from '../../storage/sql/schema.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'
import type { RestrictionStatements } from '../restrictions/restrictions.queries.ts'
import { partsOf } from '../words.ts'
import type { PersonStatements } from './persons.queries.ts'

export type RelationRow = Omit<PersonRelationsTable, 'event_n'>
export type ReviewRow = Pick<
  PersonReviewsTable,
  'why' | 'kind' | 'from_key' | 'into_key' | 'followed' | 'told_by' | 'raised_at'
>

/** A key that is another person's now. */
export interface MovedKey {
  readonly key: string
  readonly was: string
  readonly person: string
  /** The person has this one key alone. */
  readonly alone: boolean
}

/** What follows from statements about who is one person. */
export interface IdentityChange {
  readonly relations: readonly RelationRow[]
  readonly keys: readonly MovedKey[]
  readonly reviews: readonly ReviewRow[]
}

/** The text of a `person` fact, and the member `identity` of its event's body. */
export type PersonFact =
  | ({
      readonly v: 1
      readonly op: 'merge' | 'unmerge' | 'link' | 'unlink'
      readonly from: string
      readonly into: string
      readonly reason: string
      readonly by: string
      readonly at: string
    } & Omit<IdentityChange, 'reviews'>)
  | {
      readonly v: 1
      readonly op: 'settle'
      readonly review: number
      readonly nth: number
      readonly reason: string
      readonly by: string
      readonly at: string
    }

export const personText = (fact: PersonFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

export type PersonChanges = PersonStatements & Pick<RestrictionStatements, 'uncoverPerson' | 'coverPerson'>

export function personFactRows(statements: PersonChanges, { n, text }: FactRecord): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as PersonFact
  if (fact.op === 'settle')
    return [
      statements.settleReview(fact.review, fact.nth, {
        settled_by: column(fact.by),
        settled_at: fact.at,
        settled_reason: column(fact.reason),
      }),
    ]
  return identityRows(statements, n, { ...fact, reviews: [] })
}

export function identityRows(
  statements: PersonChanges,
  n: number,
  { relations, keys, reviews }: IdentityChange,
): readonly CompiledQuery[] {
  return [
    ...relations.map((relation) => statements.putRelation({ ...relation, event_n: n })),
    ...keys.flatMap(({ key, was, person, alone }) => {
      const { id = '', issuer = '' } = splitPatientKey(key) ?? {}
      const row = { patient_key: key, person_key: person, patient_id: id, issuer, word: column(partsOf(id).join('')) }
      return [alone ? statements.dropKey(key) : statements.putKey(row), statements.moveStudies(key, was, person)]
    }),
    // Who may see a study may hang on whose it is.
    ...[...new Set(keys.flatMap(({ was, person }) => [was, person]))].flatMap((person) => [
      statements.uncoverPerson(person),
      statements.coverPerson(person),
    ]),
    ...reviews.map((review, nth) =>
      statements.insertReview({ ...review, id: n, nth, settled_by: '', settled_at: '', settled_reason: '' }),
    ),
  ]
}
