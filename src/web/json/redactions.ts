/** `/api/redactions`: what old entries of the audit log told is erased, by two people; the entries' leaves and proofs stay. */
import { ProposeRedaction, Redaction, RedactionStep, Redactions } from '../../api/redactions.ts'
import type { Archive } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { type Ask, type Route, route } from '../routes.ts'

type Given = Awaited<ReturnType<Archive['proposeRedaction']>>

export function redactionRoutes(
  archive: Pick<Archive, 'redactions' | 'proposeRedaction' | 'approveRedaction' | 'endRedaction'>,
): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/redactions',
      act: 'redaction.see',
      says: 'Redactions of what entries of the log told: proposed, approved, done; newest first.',
      answers: [{ status: 200, says: 'The redactions.', shape: Redactions }],
      handle: async ({ context }): Promise<Redactions> => ({
        redactions: (await archive.redactions(context)).map(shown),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/redactions',
      act: 'redaction.propose',
      says: 'Proposes that what entries before a moment tell is erased; another person approves it.',
      body: ProposeRedaction,
      answers: [
        { status: 200, says: 'The proposal.', shape: Redaction },
        { status: 409, says: 'The entries are too young.' },
      ],
      handle: async ({ context, body }): Promise<Redaction> => shown(await archive.proposeRedaction(context, body)),
    }),
    route({
      method: 'POST',
      url: '/api/redactions/:redaction/approve',
      act: 'redaction.approve',
      says: 'Approves it and carries it out: bodies and salts are gone from journal and index. There is no way back.',
      body: RedactionStep,
      answers: [
        { status: 200, says: 'What was erased.', shape: Redaction },
        { status: 401, says: 'It was not signed.' },
        { status: 403, says: 'It takes another person.' },
        { status: 404, says: 'There is no such proposal.' },
        { status: 409, says: 'It waits for no approval.' },
      ],
      handle: async (ask): Promise<Redaction> =>
        shown(await archive.approveRedaction(ask.context, numberOf(ask), ask.body.reason)),
    }),
    route({
      method: 'POST',
      url: '/api/redactions/:redaction/end',
      act: 'redaction.propose',
      says: 'Withdraws it, or refuses it.',
      body: RedactionStep,
      answers: [
        { status: 200, says: 'It is over.', shape: Redaction },
        { status: 404, says: 'There is no such proposal.' },
        { status: 409, says: 'It waits for no approval.' },
      ],
      handle: async (ask): Promise<Redaction> =>
        shown(await archive.endRedaction(ask.context, numberOf(ask), ask.body.reason)),
    }),
  ]
}

const shown = ({ approved, ended, ...rest }: Given): Redaction => ({
  ...rest,
  approved: approved ?? null,
  ended: ended ?? null,
})

function numberOf({ params }: Pick<Ask, 'params'>): number {
  const text = params['redaction'] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: 'such redaction' })
  return Number(text)
}
