/**
 * `/api/sessions`: where one is logged in, and logging out there. And the sessions that ended by themselves, which are
 * logouts in the audit log as well (compliance specification 5.1: the node is who logged out).
 */
import { OwnSessions } from '../../api/session.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Client, Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Accounts } from '../../compliance/accounts.ts'
import { principalOf, type Visitor } from '../authenticate.ts'
import { type Route, route } from '../routes.ts'
import type { Session, Sessions } from '../sessions.ts'

/** PS3.15 A.5.3.12: 110123 Logout. */
const logout = (archive: Pick<Archive, 'record'>, context: Context, name: string, session: string, why: string) =>
  archive.record(
    context,
    { type: 'aud.110114', action: 'E', outcome: 0, detail: { what: '110123', name, session, why } },
    'now',
  )

export function ownSessionRoutes(archive: Pick<Archive, 'record'>, sessions: Sessions): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/sessions',
      act: 'account',
      says: 'One’s own sessions: since when, from where, and when somebody last used them.',
      answers: [{ status: 200, says: 'The sessions, the last used first.', shape: OwnSessions }],
      handle: async ({ visitor }) => {
        const { account, session } = own(visitor)
        return { sessions: sessions.of(account.id).map((one) => shown(one, one.id === session.id)) }
      },
    }),
    route({
      method: 'DELETE',
      url: '/api/sessions',
      act: 'account',
      says: 'Logs out everywhere, here too.',
      answers: [{ status: 204, says: 'Every session of the account is over.' }],
      handle: async ({ visitor, context }, reply) => {
        const { account } = own(visitor)
        const ended = sessions.of(account.id)
        sessions.endAll(account.id)
        for (const one of ended) await logout(archive, context, account.name, one.tail, 'everywhere')
        return reply.status(204).send()
      },
    }),
    route({
      method: 'DELETE',
      url: '/api/sessions/:id',
      act: 'account',
      says: 'Logs out of one of one’s own sessions.',
      answers: [
        { status: 204, says: 'It is over.' },
        { status: 404, says: 'There is no such session.' },
      ],
      handle: async ({ visitor, params, context }, reply) => {
        const { account } = own(visitor)
        const found = sessions.of(account.id).find(({ tail }) => tail === params['id'])
        if (found === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such session' })
        sessions.end(found.id)
        await logout(archive, context, account.name, found.tail, 'elsewhere')
        return reply.status(204).send()
      },
    }),
  ]
}

/** Records what ended by itself; called now and then. */
export async function tellEnded(
  archive: Pick<Archive, 'record'>,
  sessions: Sessions,
  accounts: Pick<Accounts, 'byId'>,
  now: () => Date,
): Promise<void> {
  for (const [session, why] of sessions.sweep()) {
    const account = accounts.byId(session.account)
    if (account === undefined) continue
    const client: Client = { address: session.address, ...(session.userAgent && { userAgent: session.userAgent }) }
    const principal = principalOf(account, 'password', session.tail)
    const context = { principal, client, now, signal: new AbortController().signal }
    await logout(archive, context, account.name, session.tail, why)
  }
}

const shown = ({ tail, begunAt, usedAt, address, userAgent }: Session, current: boolean) => ({
  id: tail,
  begunAt: new Date(begunAt).toISOString(),
  usedAt: new Date(usedAt).toISOString(),
  address,
  userAgent,
  current,
})

function own(visitor: Visitor): { account: { id: string; name: string }; session: Session } {
  if (visitor.kind === 'account' && visitor.session !== undefined)
    return { account: visitor.account, session: visitor.session }
  throw new ArchiveError('BAD_REQUEST', { why: 'sessions are those of a person at a browser' })
}
