/**
 * `/api/session`: logging in, out, and who is logged in. `/api/account/password`: one's own password.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Left, Login, LogOut, PasswordChange, Session as SessionShape } from '../../api/session.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { actsOf } from '../../compliance/access.ts'
import type { Account } from '../../compliance/accounts.ts'
import type { Control } from '../../compliance/control.ts'
import type { LoginLimit } from '../../compliance/login-limit.ts'
import { problemOf } from '../answers.ts'
import { type Authenticator, methodOf, principalOf, type Visitor } from '../authenticate.ts'
import type { BegunLogins } from '../login/begun.ts'
import type { LoginProvider } from '../login/provider.ts'
import { type Ask, type Route, route } from '../routes.ts'
import type { Session, Sessions } from '../sessions.ts'
import { failureOf } from './provider-login.ts'

export interface SessionParts {
  readonly archive: Archive
  readonly control: Control
  readonly sessions: Sessions
  readonly limit: LoginLimit
  readonly authenticator: Authenticator
  readonly open: boolean
  /** After which a page nobody touches is locked. */
  readonly idleSeconds: () => number
  readonly product: () => SessionShape['product']
  readonly provider: LoginProvider | undefined
  readonly begun: BegunLogins
}

export function sessionRoutes(parts: SessionParts): readonly Route[] {
  const { archive, control, sessions, limit, authenticator, open, idleSeconds, product, provider, begun } = parts

  const shown = (visitor: Visitor, request: FastifyRequest): SessionShape => ({
    user: userOf(visitor),
    acts: visitor.kind === 'nobody' ? [] : actsOf(visitor.principal),
    csrf: visitor.kind === 'account' ? (visitor.session?.csrf ?? '') : '',
    open,
    provider: provider?.name ?? null,
    refusal: refusal(visitor, request),
    idleSeconds: idleSeconds(),
    product: product(),
  })

  function refusal(visitor: Visitor, request: FastifyRequest): SessionShape['refusal'] {
    const failure = visitor.kind === 'nobody' ? failureOf(request, begun) : undefined
    return failure === undefined ? null : problemOf(failure, request.id)
  }

  const entered = (account: Account, session: Session): SessionShape => ({
    user: personOf(account),
    acts: actsOf(principalOf(account, methodOf(account), session.tail)),
    csrf: session.csrf,
    open,
    provider: provider?.name ?? null,
    refusal: null,
    idleSeconds: idleSeconds(),
    product: product(),
  })

  /** PS3.15 A.5.3.12: 110122 Login, 110123 Logout. */
  const authentication = (
    context: Context,
    what: '110122' | '110123',
    outcome: 0 | 4,
    name: string,
    why?: string,
    factor?: 'app' | 'recovery',
  ) =>
    archive.record(
      context,
      { type: 'aud.110114', action: 'E', outcome, detail: { what, name: name.slice(0, 200), why, factor } },
      outcome === 0 ? 'now' : 'soon',
    )

  /** How the second factor was proved. @throws {ArchiveError} `ACCESS_CODE_NEEDED`, `ACCESS_BAD_CODE`, `ACCESS_TOO_MANY` */
  async function secondFactor(context: Context, account: Account, code: string | undefined) {
    if (code === undefined) throw new ArchiveError('ACCESS_CODE_NEEDED')
    const verdict = control.secondFactors.check(account.id, code)
    if (verdict === 'app' || verdict === 'recovery') return verdict
    await authentication(context, '110122', 4, account.name, 'second factor wrong')
    if (verdict === 'wrong') throw new ArchiveError('ACCESS_BAD_CODE')
    throw new ArchiveError('ACCESS_TOO_MANY', { seconds: verdict.wait })
  }

  /** The session here is over whatever the provider answers. */
  const leaving = async (idToken: string) => provider?.leave(idToken).catch(() => undefined)

  async function logIn(ask: Ask<undefined, Login>, reply: FastifyReply): Promise<SessionShape> {
    const { name, password, code } = ask.body
    const { address } = ask.context.client
    if (open) throw new ArchiveError('BAD_REQUEST', { why: 'the archive was started with --open: there is no login' })
    const seconds = limit.attempt(name, address)
    if (seconds > 0) throw new ArchiveError('ACCESS_TOO_MANY', { seconds })
    const account = await control.accounts.login(name, password)
    if (account === undefined) {
      await authentication(ask.context, '110122', 4, name, 'name or password wrong')
      throw new ArchiveError('ACCESS_BAD_CREDENTIALS')
    }
    const factor = account.secondFactor === 'on' ? await secondFactor(ask.context, account, code) : undefined
    // Only now: who has the password and not the code must not begin to count anew.
    limit.succeeded(name, address)
    if (ask.visitor.kind === 'account' && ask.visitor.session !== undefined) sessions.end(ask.visitor.session.id)
    const session = sessions.begin(account, ask.context.client)
    const { id, roles } = account
    const principal = {
      kind: 'user',
      id,
      name: account.name,
      roles,
      authMethod: 'password',
      session: session.tail,
    } as const
    await authentication({ ...ask.context, principal }, '110122', 0, account.name, undefined, factor)
    authenticator.setCookie(reply, session)
    return entered(account, session)
  }

  return [
    route({
      method: 'GET',
      url: '/api/session',
      act: 'anyone',
      says: 'Who is logged in, and the CSRF token of the session.',
      answers: [{ status: 200, says: 'The session; user is null when nobody is logged in.', shape: SessionShape }],
      handle: async ({ visitor, request }) => shown(visitor, request),
    }),
    route({
      method: 'POST',
      url: '/api/session',
      act: 'anyone',
      says: 'Logs in with name and password, and a code when the account has a second factor; sets the session cookie.',
      body: Login,
      answers: [
        { status: 200, says: 'Logged in.', shape: SessionShape },
        { status: 401, says: 'The name, the password or the code is wrong, or a code is needed.' },
        { status: 429, says: 'Too many attempts; Retry-After says how long to wait.' },
      ],
      handle: logIn,
    }),
    route({
      method: 'DELETE',
      url: '/api/session',
      act: 'account',
      says: 'Logs out.',
      query: LogOut,
      answers: [
        { status: 204, says: 'The session is over.' },
        { status: 200, says: 'It is over here; the address to go to for the provider’s.', shape: Left },
      ],
      handle: async ({ visitor, query, context }, reply) => {
        const session = visitor.kind === 'account' ? visitor.session : undefined
        if (visitor.kind === 'account' && session !== undefined) {
          sessions.end(session.id)
          await authentication(context, '110123', 0, visitor.account.name, query.why)
        }
        authenticator.clearCookie(reply)
        // A page that locked itself leads back to where it was; whoever logs out leaves the provider too.
        const leave =
          query.why === undefined && session?.idToken !== undefined ? await leaving(session.idToken) : undefined
        return leave === undefined ? reply.status(204).send() : { leave }
      },
    }),
    route({
      method: 'POST',
      url: '/api/account/password',
      act: 'account',
      says: 'Changes one’s own password; every other session of the account ends.',
      body: PasswordChange,
      answers: [
        { status: 200, says: 'Changed; the session goes on.', shape: SessionShape },
        { status: 400, says: 'The new password is not taken.' },
        { status: 401, says: 'The current password is wrong.' },
      ],
      handle: async ({ visitor, body, context }, reply) => {
        if (visitor.kind !== 'account' || visitor.session === undefined)
          throw new ArchiveError('BAD_REQUEST', { why: 'a password is changed in a session of its own account' })
        const { account, session } = visitor
        const seconds = limit.attempt(account.name, context.client.address)
        if (seconds > 0) throw new ArchiveError('ACCESS_TOO_MANY', { seconds })
        await control.accounts.changePassword(account.id, body.current, body.next)
        limit.succeeded(account.name, context.client.address)
        sessions.endAll(account.id)
        const changed = control.accounts.byId(account.id) ?? account
        const next = sessions.begin(changed, context.client, session)
        await archive.record(
          context,
          { type: 'acl.change', action: 'U', outcome: 0, detail: { what: 'own password' } },
          'now',
        )
        authenticator.setCookie(reply, next)
        return entered(changed, next)
      },
    }),
  ]
}

function userOf(visitor: Visitor): SessionShape['user'] {
  if (visitor.kind === 'nobody') return null
  if (visitor.kind === 'account') return personOf(visitor.account)
  const { principal } = visitor
  return principal.kind === 'user'
    ? {
        name: principal.name,
        roles: [...principal.roles],
        mustChangePassword: false,
        mustEnrol: false,
        byProvider: false,
      }
    : null
}

const personOf = ({
  name,
  roles,
  mustChangePassword,
  secondFactor,
  provider,
}: Account): NonNullable<SessionShape['user']> => ({
  name,
  roles: [...roles],
  mustChangePassword,
  mustEnrol: secondFactor === 'due',
  byProvider: provider !== '',
})
