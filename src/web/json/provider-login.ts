/**
 * `/api/session/provider`: logging in with the OpenID Connect provider of the configuration. A browser is sent there,
 * comes back to the callback, and goes on to the page it wanted; what went wrong stands on the login page.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ProviderLogin } from '../../api/session.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { Entered } from '../../compliance/accounts.ts'
import type { Control } from '../../compliance/control.ts'
import { type Authenticator, isData, principalOf, schemeOf } from '../authenticate.ts'
import type { BegunLogins } from '../login/begun.ts'
import { CALLBACK, type LoginProvider } from '../login/provider.ts'
import { type Ask, type Route, route } from '../routes.ts'
import type { Sessions } from '../sessions.ts'

export interface ProviderLoginParts {
  readonly archive: Archive
  readonly control: Pick<Control, 'accounts'>
  readonly sessions: Sessions
  readonly authenticator: Authenticator
  /** Undefined when none is configured. */
  readonly provider: LoginProvider | undefined
  readonly begun: BegunLogins
}

/** Names the browser between its way there and its way back. Lax: the way back begins at another site. */
const LOGIN_COOKIE = 'clearkeep-login'

/** Why the last login of this browser by the provider failed. */
export const failureOf = (request: FastifyRequest, begun: BegunLogins): ArchiveError | undefined =>
  begun.failure(request.cookies[LOGIN_COOKIE] ?? '')

export function providerLoginRoutes(parts: ProviderLoginParts): readonly Route[] {
  const { archive, control, sessions, authenticator, begun } = parts

  function configured(): LoginProvider {
    if (parts.provider === undefined) throw new ArchiveError('NOT_FOUND', { what: 'login provider configured' })
    return parts.provider
  }

  /** PS3.15 A.5.3.12: 110122 Login. */
  const told = (context: Context, outcome: 0 | 4, name: string, why?: string) =>
    archive.record(
      context,
      {
        type: 'aud.110114',
        action: 'E',
        outcome,
        detail: { what: '110122', name, why, provider: configured().issuer },
      },
      outcome === 0 ? 'now' : 'soon',
    )

  async function begin(ask: Ask<ProviderLogin>, reply: FastifyReply) {
    const provider = configured()
    const to = pageOf(ask.query.to)
    try {
      const { address, begun: login } = await provider.begin(to)
      reply.setCookie(LOGIN_COOKIE, begun.keep(login), cookieOptions(reply.request))
      return reply.redirect(address, 303)
    } catch (thrown) {
      const error = asArchiveError(thrown)
      await told(ask.context, 4, '', error.code)
      return failed(reply, begun.keepFailure(error), to)
    }
  }

  function failed(reply: FastifyReply, id: string, to: string) {
    reply.setCookie(LOGIN_COOKIE, id, cookieOptions(reply.request))
    return reply.redirect(to, 303)
  }

  async function enter(context: Context, entered: Entered, idToken: string, reply: FastifyReply) {
    const { account, changed } = entered
    if (changed === 'roles') sessions.endAll(account.id)
    const session = sessions.begin(account, context.client, { idToken })
    const principal = principalOf(account, 'provider', session.tail)
    if (changed !== undefined)
      await archive.record(
        { ...context, principal },
        {
          type: 'acl.change',
          action: changed === 'made' ? 'C' : 'U',
          outcome: 0,
          detail: { account: account.id, name: account.name, roles: [...account.roles], provider: account.provider },
        },
        'now',
      )
    await told({ ...context, principal }, 0, account.name)
    authenticator.setCookie(reply, session)
  }

  async function callback({ context, visitor, request }: Ask, reply: FastifyReply) {
    const provider = configured()
    const id = request.cookies[LOGIN_COOKIE] ?? ''
    const login = begun.take(id)
    if (login === undefined) {
      // No login of this browser waits for an answer: somebody else's code, or one that was used.
      const error = new ArchiveError('LOGIN_REFUSED', { why: 'no login of this browser waits for it' })
      await told(context, 4, '', error.code)
      return failed(reply, begun.keepFailure(error), '/')
    }
    let name = ''
    try {
      const { identity, idToken } = await provider.end(request.url.slice(CALLBACK.length), login)
      name = identity.name
      if (visitor.kind === 'account' && visitor.session !== undefined) sessions.end(visitor.session.id)
      await enter(context, control.accounts.enter(identity), idToken, reply)
      reply.clearCookie(LOGIN_COOKIE, cookieOptions(request))
      return reply.redirect(login.to, 303)
    } catch (thrown) {
      const error = asArchiveError(thrown)
      await told(context, 4, name, error.code)
      return failed(reply, begun.keepFailure(error), login.to)
    }
  }

  return [
    route({
      method: 'GET',
      url: '/api/session/provider',
      act: 'anyone',
      says: 'Sends the browser to the OpenID Connect provider to log in.',
      query: ProviderLogin,
      answers: [
        { status: 303, says: 'To the provider, or back to the page, which says why not.' },
        { status: 404, says: 'No provider is configured.' },
      ],
      handle: begin,
    }),
    route({
      method: 'GET',
      url: CALLBACK,
      act: 'anyone',
      says: 'Where the provider sends the browser back to; sets the session cookie.',
      answers: [
        { status: 303, says: 'To the page one wanted to be at; when the login failed it says why.' },
        { status: 404, says: 'No provider is configured.' },
      ],
      handle: callback,
    }),
  ]
}

/** A page of the app, and nothing else: no other site, no address that answers with data. */
function pageOf(to: string | undefined): string {
  const base = 'http://archive.invalid'
  if (to === undefined || !URL.canParse(to, base)) return '/'
  const { origin, pathname, search } = new URL(to, base)
  return origin === base && !pathname.startsWith('//') && !isData(pathname) ? pathname + search : '/'
}

const cookieOptions = (request: FastifyRequest) => ({
  path: '/api/session',
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: schemeOf(request) === 'https',
})
