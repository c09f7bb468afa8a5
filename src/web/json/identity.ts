/** `/api/patients/{key}/identity`, `/api/identity`: which patient IDs are one person, merging and linking, and what waits. */
import {
  type IdentityReview,
  IdentityReviews,
  Person,
  type PersonKey,
  Relate,
  ReviewsQuery,
  Settled,
  SettleReview,
} from '../../api/identity.ts'
import type { KeyView, Persons, PersonView, ReviewView } from '../../archive/persons/persons.ts'
import type { Principal } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { may } from '../../compliance/access.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import { type Route, route } from '../routes.ts'
import { patientAddress, patientKeyAt } from './record.ts'

export function identityRoutes(archive: Persons): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/patients/:key/identity',
      act: 'identity.see',
      says: 'The patient IDs that are this person, what is known under each, and who merged or linked them.',
      answers: [
        { status: 200, says: 'The person.', shape: Person },
        { status: 404, says: 'Nothing is known of this patient.' },
      ],
      handle: async ({ context, params }): Promise<Person> =>
        personRow(await archive.person(context, patientKeyAt(params['key'] ?? '')), context.principal),
    }),
    route({
      method: 'POST',
      url: '/api/identity/relations',
      act: 'identity.change',
      says: 'Merges or links two patients, or takes that back. No object is changed.',
      body: Relate,
      answers: [
        { status: 200, says: 'The person of the second of the two as it is now.', shape: Person },
        { status: 404, says: 'Nothing is known of one of the two.' },
        { status: 409, says: 'It is so already, cannot be, or the facts of the two contradict each other.' },
      ],
      handle: async ({ context, body }): Promise<Person> => {
        const { from, into, ...rest } = body
        const asked = { ...rest, from: patientKeyAt(from), into: patientKeyAt(into) }
        return personRow(await archive.relate(context, asked), context.principal)
      },
    }),
    route({
      method: 'GET',
      url: '/api/identity/reviews',
      act: 'identity.see',
      says: 'Merges and links told by HL7 that could not be followed, or whose facts contradict each other.',
      query: ReviewsQuery,
      answers: [{ status: 200, says: 'Newest first.', shape: IdentityReviews }],
      handle: async ({ context, query: { open, limit } }): Promise<IdentityReviews> => {
        const found = await archive.reviews(context, { open: open === 'true', limit })
        return {
          reviews: found.reviews.map(reviewRow),
          open: found.open,
          mayChange: may(context.principal, 'identity.change').allowed,
        }
      },
    }),
    route({
      method: 'POST',
      url: '/api/identity/reviews/:review/settle',
      act: 'identity.change',
      says: 'Says that somebody has looked at such a question, and what was done about it.',
      body: SettleReview,
      answers: [
        { status: 200, says: 'How many wait now.', shape: Settled },
        { status: 404, says: 'There is no such question.' },
        { status: 409, says: 'It was settled already.' },
      ],
      handle: async ({ context, params, body }) => {
        await archive.settleReview(context, reviewAt(params['review'] ?? ''), body.reason)
        return { open: (await archive.reviews(context, { open: true, limit: 1 })).open }
      },
    }),
  ]
}

function reviewAt(address: string): { readonly id: number; readonly nth: number } {
  const [, id, nth] = /^(\d{1,15})-(\d{1,3})$/.exec(address) ?? []
  if (id === undefined || nth === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such question' })
  return { id: Number(id), nth: Number(nth) }
}

const keyRow = ({ key, ...rest }: KeyView): PersonKey => ({ ...rest, key: patientAddress(key) })

const numberRow = (key: string) => ({ id: '', issuer: '', ...splitPatientKey(key), key: patientAddress(key) })

const personRow = ({ person, keys, relations, contradictions }: PersonView, principal: Principal): Person => ({
  person: patientAddress(person),
  keys: keys.map(keyRow),
  relations: relations.map((one) => ({ ...one, from: numberRow(one.from), into: numberRow(one.into) })),
  contradictions: [...contradictions],
  mayChange: may(principal, 'identity.change').allowed,
})

const reviewRow = ({ id, nth, from, into, contradictions, settled, ...rest }: ReviewView): IdentityReview => ({
  ...rest,
  review: `${id}-${nth}`,
  from: keyRow(from),
  into: keyRow(into),
  contradictions: [...contradictions],
  settled: settled ?? null,
})
