/**
 * `/api/restrictions`: who is restricted or watched, and who is let in. `/api/emergencies`: opening what is kept from one.
 * `/api/reviews`: a person looks at it afterwards.
 */
import type { z } from 'zod'
import {
  BreakGlass,
  Emergencies,
  Emergency,
  LiftRestriction,
  PlaceRestriction,
  Restriction,
  Restrictions,
  Review,
  ReviewAnswer,
  Reviews,
  ReviewsAsk,
} from '../../api/restrictions.ts'
import type { Archive } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Accounts } from '../../compliance/accounts.ts'
import { patientKey, splitPatientKey } from '../../ledger/subject.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { patientAddress } from './record.ts'

type Given = Awaited<ReturnType<Archive['restrictions']>>[number]

export function restrictionRoutes(archive: Archive, accounts: Pick<Accounts, 'byId' | 'byName'>): readonly Route[] {
  /** Names as people know them, as lists have them. @throws {ArchiveError} `NOT_FOUND` for a name nobody has */
  const admitted = ({ accounts: names, roles, devices }: z.output<typeof PlaceRestriction>['admits']) => [
    ...names.map((name) => {
      const account = accounts.byName(name)
      if (account === undefined) throw new ArchiveError('NOT_FOUND', { what: `account called ${name}` })
      return account.id
    }),
    ...roles.map((role) => `role:${role}`),
    ...devices.map((aet) => `ae:${aet.trim()}`),
  ]

  const shown = ({ id, kind, subject, level, admits, reason, covers, placed, lifted }: Given): Restriction => ({
    id,
    kind,
    subject,
    patient: kind === 'patient' ? patientOf(subject) : null,
    level,
    admits: {
      accounts: admits.filter((who) => who.startsWith('u:')).map((who) => accounts.byId(who)?.name ?? who),
      roles: after(admits, 'role:'),
      devices: after(admits, 'ae:'),
    },
    reason,
    covers,
    placed,
    lifted: lifted ?? null,
  })

  return [
    route({
      method: 'GET',
      url: '/api/restrictions',
      act: 'restriction.see',
      says: 'Who and what is restricted or watched, and who is let in; newest first, lifted ones too.',
      answers: [{ status: 200, says: 'The restrictions.', shape: Restrictions }],
      handle: async ({ context }): Promise<z.infer<typeof Restrictions>> => ({
        restrictions: (await archive.restrictions(context)).map(shown),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/restrictions',
      act: 'restriction.manage',
      says: 'Restricts a patient, a study, or whatever has an institution, a source or a confidentiality code; or has it watched.',
      body: PlaceRestriction,
      answers: [
        { status: 200, says: 'The restriction.', shape: Restriction },
        { status: 400, says: 'It is of nobody, or lets nobody in.' },
        { status: 404, says: 'There is no such account.' },
      ],
      handle: async ({ context, body }): Promise<Restriction> => {
        const { kind, subject, patient, level, admits, reason } = body
        if ((kind === 'patient') !== (patient !== undefined))
          throw new ArchiveError('BAD_REQUEST', { why: 'a patient is named by ID and issuer, and nothing else is' })
        return shown(
          await archive.restrict(context, {
            kind,
            subject: patient === undefined ? subject : patientKey(patient.issuer, patient.id),
            level,
            admits: admitted(admits),
            reason,
          }),
        )
      },
    }),
    route({
      method: 'POST',
      url: '/api/restrictions/:restriction/lift',
      act: 'restriction.manage',
      says: 'Lifts it: from then on everybody sees again what they saw before.',
      body: LiftRestriction,
      answers: [
        { status: 200, says: 'The restriction as it is now.', shape: Restriction },
        { status: 404, says: 'There is no such restriction.' },
        { status: 409, says: 'It was lifted already.' },
      ],
      handle: async (ask): Promise<Restriction> =>
        shown(await archive.liftRestriction(ask.context, numberIn(ask, 'restriction'), ask.body.reason)),
    }),
    route({
      method: 'GET',
      url: '/api/emergencies',
      act: 'emergency',
      says: 'One’s own emergencies that last.',
      answers: [{ status: 200, says: 'The emergencies.', shape: Emergencies }],
      handle: async ({ context }): Promise<z.infer<typeof Emergencies>> => ({
        emergencies: (await archive.emergencies(context)).map(emergencyRow),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/emergencies',
      act: 'emergency',
      says: 'Breaks the glass: opens one restricted patient for a while, with a reason. It is told of at once and looked at afterwards.',
      body: BreakGlass,
      answers: [
        { status: 200, says: 'Until when.', shape: Emergency },
        { status: 400, says: 'No reason, or several patients have this ID.' },
        { status: 404, says: 'Nothing of such a patient is kept from the asker.' },
      ],
      handle: async ({ context, body }): Promise<Emergency> => {
        const { issuer, ...ask } = body
        return emergencyRow(await archive.breakGlass(context, { ...ask, ...(issuer !== undefined && { issuer }) }))
      },
    }),
    route({
      method: 'POST',
      url: '/api/emergencies/:emergency/end',
      act: 'emergency',
      says: 'Ends one of one’s own emergencies before its time.',
      answers: [
        { status: 204, says: 'It is over.' },
        { status: 404, says: 'There is no such emergency.' },
      ],
      handle: async (ask, reply) => {
        await archive.endEmergency(ask.context, numberIn(ask, 'emergency'))
        return reply.status(204).send()
      },
    }),
    route({
      method: 'GET',
      url: '/api/reviews',
      act: 'review.see',
      says: 'Emergencies, and openings of images of who is watched: those nobody has looked at, or all.',
      query: ReviewsAsk,
      answers: [{ status: 200, says: 'Newest first, and how many wait.', shape: Reviews }],
      handle: async ({ context, query }): Promise<z.infer<typeof Reviews>> => {
        const { reviews, waiting } = await archive.accessReviews(context, { waiting: query.waiting === 'yes' })
        return { reviews: reviews.map(reviewRow), waiting }
      },
    }),
    route({
      method: 'POST',
      url: '/api/reviews/:review',
      act: 'review',
      says: 'Says whether it was justified; never of what one did oneself.',
      body: ReviewAnswer,
      answers: [
        { status: 200, says: 'The entry as it is now.', shape: Review },
        { status: 403, says: 'It takes another person.' },
        { status: 404, says: 'There is no such entry.' },
        { status: 409, says: 'Somebody has looked at it already.' },
      ],
      handle: async (ask): Promise<Review> =>
        reviewRow(await archive.review(ask.context, numberIn(ask, 'review'), ask.body.outcome, ask.body.words)),
    }),
  ]
}

const after = (admits: readonly string[], prefix: string): string[] =>
  admits.filter((who) => who.startsWith(prefix)).map((who) => who.slice(prefix.length))

const patientOf = (key: string) => {
  const { id = '', issuer = '' } = splitPatientKey(key) ?? {}
  return { key: patientAddress(key), id, issuer }
}

const emergencyRow = ({ patient, ...rest }: Awaited<ReturnType<Archive['breakGlass']>>): Emergency => ({
  ...rest,
  patient: patientOf(patient),
})

const reviewRow = ({ actor: _, patient, reviewed, ...rest }: Awaited<ReturnType<Archive['review']>>): Review => ({
  ...rest,
  patient: patientOf(patient),
  reviewed: reviewed ?? null,
})

function numberIn({ params }: Pick<Ask, 'params'>, name: string): number {
  const text = params[name] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: `such ${name}` })
  return Number(text)
}
