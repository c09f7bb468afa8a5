/**
 * Who asks? A request becomes a visitor: an account by session cookie or API token, everybody when the archive was
 * started with `--open`, or nobody. Whether the visitor may do it is asked elsewhere (`doors.ts`, compliance).
 *
 * Requests made by other sites in a person's browser are stopped here: the cookie is SameSite=Strict, what changes
 * something needs the session's CSRF token, and a foreign Origin is refused. With `--open` there is no secret to
 * protect a page's visitor, so there the Host must be a loopback name (a name that was made to point here, DNS
 * rebinding, is none) and every request a foreign page makes is refused.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type {} from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Client, Principal } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import { actsOfScopes } from '../compliance/access.ts'
import { type Account, ROLES } from '../compliance/accounts.ts'
import type { Control } from '../compliance/control.ts'
import { usableFrom } from '../compliance/tokens.ts'
import { isShared } from './cross-origin.ts'
import type { Session, Sessions } from './sessions.ts'

export const COOKIE = 'clearkeep'

export type Visitor =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'open'; readonly principal: Principal }
  | {
      readonly kind: 'account'
      readonly principal: Principal
      readonly account: Account
      /** Undefined for API tokens. */
      readonly session: Session | undefined
    }

const NOBODY: Visitor = { kind: 'nobody' }

/** With `--open` everybody who reaches the port may do everything. */
const OPEN: Visitor = {
  kind: 'open',
  principal: { kind: 'user', id: 'u:open', name: 'open', roles: ROLES, authMethod: 'open' },
}

export interface Authenticator {
  /**
   * @throws {ArchiveError} `ACCESS_ORIGIN`, `ACCESS_CSRF`, `ACCESS_LOGIN` for a token or session that is over,
   *   `ACCESS_TOKEN_ADDRESS` for a token used from elsewhere
   */
  visitor(request: FastifyRequest): Visitor
  setCookie(reply: FastifyReply, session: Session): void
  clearCookie(reply: FastifyReply): void
}

export function authenticator({
  control,
  sessions,
  open,
  origins,
}: {
  readonly control: Control
  readonly sessions: Sessions
  readonly open: boolean
  /** Other origins whose pages may ask for DICOM and FHIR. */
  readonly origins: readonly string[]
}): Authenticator {
  function bySession(request: FastifyRequest, id: string): Visitor {
    const session = sessions.use(id, idleOf(request))
    const account = session === undefined ? undefined : control.accounts.byId(session.account)
    if (session === undefined || account === undefined) return NOBODY
    if (account.disabled || account.passwordSetAt !== session.passwordSetAt) {
      sessions.end(id)
      return NOBODY
    }
    if (changes(request) && !equalText(headerOf(request, 'x-csrf-token'), session.csrf))
      throw new ArchiveError('ACCESS_CSRF')
    return { kind: 'account', principal: principalOf(account, methodOf(account), session.tail), account, session }
  }

  function byToken(secret: string, address: string): Visitor {
    const used = control.tokens.use(secret)
    const account = used === undefined ? undefined : control.accounts.byId(used.account)
    if (used === undefined || account === undefined || account.disabled) throw new ArchiveError('ACCESS_LOGIN')
    const { id, scopes, addresses } = used.token
    if (!usableFrom(addresses, address)) throw new ArchiveError('ACCESS_TOKEN_ADDRESS', { token: id })
    const principal = principalOf(account, 'token')
    const limited = scopes.length === 0 ? principal : { ...principal, acts: actsOfScopes(scopes) }
    return { kind: 'account', principal: limited, account, session: undefined }
  }

  return {
    visitor(request) {
      if (open) {
        if (!isLoopbackHost(request.headers.host)) throw new ArchiveError('ACCESS_ORIGIN')
        if (isForeign(request) && !isShared(request, origins)) throw new ArchiveError('ACCESS_ORIGIN')
        return OPEN
      }
      const bearer = /^Bearer +(\S+)$/i.exec(headerOf(request, 'authorization'))?.[1]
      // A token is no cookie: no page can make a browser send it, so it needs no protection from pages.
      if (bearer !== undefined) return byToken(bearer, clientOf(request).address)
      // Nothing that our cookie opens is for a page of another origin, a configured one included.
      if (isShared(request, origins)) return NOBODY
      if (changes(request) && isForeign(request)) throw new ArchiveError('ACCESS_ORIGIN')
      const cookie = request.cookies[COOKIE]
      return cookie === undefined ? NOBODY : bySession(request, cookie)
    },

    setCookie(reply, session) {
      reply.setCookie(COOKIE, session.id, cookieOptions(reply.request))
    },
    clearCookie(reply) {
      reply.clearCookie(COOKIE, cookieOptions(reply.request))
    },
  }
}

/** For how long nobody touched the page, as it says itself; a stream that opens itself again is no person. */
function idleOf(request: FastifyRequest): number {
  if (request.url.startsWith('/api/events')) return Infinity
  const said = headerOf(request, 'x-idle-seconds')
  return /^\d{1,6}$/.test(said) ? Number(said) : 0
}

const cookieOptions = (request: FastifyRequest) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: schemeOf(request) === 'https',
})

export const methodOf = ({ provider }: Account) => (provider === '' ? 'password' : 'provider')

export function principalOf(
  account: Account,
  authMethod: 'password' | 'token' | 'provider',
  session?: string,
): Extract<Principal, { kind: 'user' }> {
  const { id, name, roles } = account
  return { kind: 'user', id, name, roles, authMethod, ...(session === undefined ? {} : { session }) }
}

const changes = (request: FastifyRequest) => !['GET', 'HEAD', 'OPTIONS'].includes(request.method)

/**
 * The scheme the asker used. What a proxy says about it is believed of anybody, since it changes nothing but the
 * asker's own answer: addresses in it, and whether the cookie is only for https.
 */
export function schemeOf(request: FastifyRequest): 'http' | 'https' {
  const said = headerOf(request, 'x-forwarded-proto').split(',')[0]?.trim().toLowerCase()
  return said === 'https' || request.protocol === 'https' ? 'https' : 'http'
}

/** A request's header as one text; '' when it is not there. */
export function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : (value?.join(', ') ?? '')
}

/** Did a page of another origin make this request? Programs send neither header. */
export function isForeign(request: FastifyRequest): boolean {
  const origin = headerOf(request, 'origin')
  if (origin !== '' && !sameHost(origin, headerOf(request, 'host'))) return true
  const site = headerOf(request, 'sec-fetch-site')
  if (site === '' || site === 'same-origin' || site === 'none') return false
  // A link on another site may lead to the page itself; what the page then asks is its own.
  return !(request.method === 'GET' && headerOf(request, 'sec-fetch-mode') === 'navigate' && !isData(request.url))
}

/** Addresses that answer with data, not with the app. */
export const isData = (url: string): boolean => /^\/(api|dicom-web|wado|fhir|log)(\/|\?|$)/.test(url)

function sameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}

function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return true // HTTP/1.0 programs
  const name = host.toLowerCase().replace(/:\d+$/, '')
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}

/** Takes the same time wherever the texts differ. */
function equalText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

export function clientOf(request: FastifyRequest): Client {
  const userAgent = headerOf(request, 'user-agent').slice(0, 300)
  const port = request.socket.remotePort
  return {
    address: request.ip.replace(/^::ffff:(?=\d+\.)/i, ''),
    ...(port === undefined ? {} : { port }),
    ...(userAgent === '' ? {} : { userAgent }),
  }
}
