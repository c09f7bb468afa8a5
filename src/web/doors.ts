/**
 * Serves a table of routes: for each request finds the visitor, asks compliance about the route's act, reads query and
 * body in their shapes, and turns what is thrown into an answer. No route is reached around this file.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Signed } from '../api/signing.ts'
import type { Archive } from '../archive/archive.ts'
import type { Context, Principal } from '../base/context.ts'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import { type Act, may, SIGNED } from '../compliance/access.ts'
import { problemOf, refusalOf } from './answers.ts'
import { type Authenticator, clientOf, type Visitor } from './authenticate.ts'
import { FHIR_JSON, isFhir, operationOutcome } from './fhir/outcome.ts'
import { inShape, type Route } from './routes.ts'
import type { Sign } from './sign.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    act?: Route['act']
    /** Media types of bodies, for the answer to others. */
    takes?: string
  }
}

/** For what happens at the door before anybody is known. */
export const DOOR: Principal = { kind: 'job', name: 'web' }

const JSON_TYPE = 'application/json'
/** A small body must be there after this. */
const BODY_SECONDS = 30
/** What is left of a refused body is read for so long, so that the sender gets to read why. */
const LINGER_SECONDS = 5

export interface DoorOptions {
  readonly archive: Archive
  readonly authenticator: Authenticator
  readonly sign: Sign
  readonly now: () => Date
}

export function serveRoutes(server: FastifyInstance, routes: readonly Route[], options: DoorOptions): void {
  const { archive, authenticator, sign, now } = options
  const visitors = new WeakMap<FastifyRequest, Visitor>()

  /** Before the body is read: who has no business here sends none. */
  async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const act = request.routeOptions.config.act
    if (act === undefined) throw new ArchiveError('DEFECT', { what: 'a route without an act' })
    const visitor = await visitorOf(request, reply)
    visitors.set(request, visitor)
    if (act === 'anyone') return
    if (visitor.kind === 'nobody') throw new ArchiveError('ACCESS_LOGIN')
    if (act === 'account') return
    if (visitor.kind === 'account' && visitor.account.mustChangePassword) throw new ArchiveError('ACCESS_MUST_CHANGE')
    // A token was made by somebody who had logged in: programs go on while their owner has a factor to set up.
    if (visitor.kind === 'account' && visitor.session !== undefined && visitor.account.secondFactor === 'due')
      throw new ArchiveError('ACCESS_MUST_ENROL')
    const decision = may(visitor.principal, act)
    if (!decision.allowed) await refuse(contextOf(request, reply, visitor.principal), act, decision.because)
  }

  /** A token used from where it may not be was perhaps stolen: somebody has to learn of it. */
  async function visitorOf(request: FastifyRequest, reply: FastifyReply): Promise<Visitor> {
    try {
      return authenticator.visitor(request)
    } catch (thrown) {
      if (thrown instanceof ArchiveError && thrown.code === 'ACCESS_TOKEN_ADDRESS') {
        const detail = {
          alert: 'API token used from another address',
          alertType: '110132',
          token: thrown.facts['token'],
        }
        const context = contextOf(request, reply, DOOR)
        await archive.record(context, { type: 'aud.110113', action: 'E', outcome: 4, detail }, 'soon')
      }
      throw thrown
    }
  }

  async function refuse(context: Context, act: Act, because: string): Promise<never> {
    await archive.record(
      context,
      { type: 'aud.110113', action: 'E', outcome: 4, detail: { alert: 'restricted function refused', act, because } },
      'soon',
    )
    throw new ArchiveError('ACCESS_DENIED', { who: 'This account', act })
  }

  function contextOf(request: FastifyRequest, reply: FastifyReply, principal: Principal): Context {
    const gone = new AbortController()
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort()
    })
    return { principal, client: clientOf(request), now, signal: gone.signal }
  }

  for (const each of routes)
    server.route({
      method: each.method,
      url: each.url,
      config: { act: each.act, takes: each.streams?.join(', ') ?? JSON_TYPE },
      onRequest: admit,
      ...(each.streams === undefined ? { preParsing: hurry } : {}),
      handler: async (request, reply) => {
        const visitor = visitors.get(request) ?? { kind: 'nobody' }
        const principal = visitor.kind === 'nobody' ? DOOR : visitor.principal
        const context = contextOf(request, reply, principal)
        const query = each.query === undefined ? undefined : inShape(each.query, request.query, 'the query')
        const body = each.body === undefined ? request.body : inShape(each.body, jsonOf(request), 'the body')
        const isSigned = each.act !== 'anyone' && each.act !== 'account' && SIGNED.has(each.act)
        const signature = isSigned ? await sign(context, visitor, body as Signed) : undefined
        const answer = await each.handle(
          {
            context: signature === undefined ? context : { ...context, signature },
            visitor,
            params: request.params as Readonly<Record<string, string>>,
            query,
            body,
            request,
          },
          reply,
        )
        return reply.sent || answer === reply ? reply : reply.send(answer)
      },
    })
}

/** The streams of other routes are no JSON. */
function jsonOf(request: FastifyRequest): unknown {
  if (request.body !== request.raw) return request.body
  throw new ArchiveError('UNSUPPORTED_MEDIA_TYPE', { type: 'DICOM', offer: JSON_TYPE })
}

/** A connection is not held open letter by letter. */
async function hurry(request: FastifyRequest): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') endWithin(request, BODY_SECONDS)
}

function endWithin(request: FastifyRequest, seconds: number): void {
  const timer = setTimeout(() => request.raw.destroy(), seconds * 1000).unref()
  const done = () => clearTimeout(timer)
  request.raw.once('end', done).once('close', done)
}

/** Drops what is left of a body nobody reads: else it would be taken for the next request, or hide the answer. */
export function dropRest(request: FastifyRequest): void {
  if (request.raw.complete) return
  endWithin(request, LINGER_SECONDS)
  request.raw.resume()
}

/** Every failure becomes a `Problem` with the status of its row. */
export function answerFailures(server: FastifyInstance, bodyLimit: number): void {
  server.setErrorHandler((thrown, request, reply) => {
    const takes = request.routeOptions.config.takes ?? JSON_TYPE
    const error = refusalOf(thrown, bodyLimit, takes) ?? asArchiveError(thrown)
    if (error.code === 'DEFECT') request.log.error({ err: thrown, request: request.id }, error.fact)
    else if (error.http >= 500) request.log.warn({ code: error.code, request: request.id }, error.fact)
    fail(reply, error)
  })
}

export function fail(reply: FastifyReply, error: ArchiveError): FastifyReply {
  const { request } = reply
  if (error.code === 'ACCESS_LOGIN') reply.header('www-authenticate', 'Bearer realm="clearkeep"')
  if (error.code === 'ACCESS_TOO_MANY') reply.header('retry-after', String(error.facts['seconds'] ?? 60))
  if (error.code === 'STUDY_NEARLINE') reply.header('retry-after', String(error.facts['seconds'] ?? 60))
  if (error.code === 'STORE_BUSY') reply.header('retry-after', '2')
  if (error.code === 'RANGE_UNSATISFIABLE') reply.header('content-range', `bytes */${error.facts['size'] ?? '*'}`)
  dropRest(request)
  reply.status(error.http)
  if (isFhir(request.url)) return reply.type(FHIR_JSON).send(JSON.stringify(operationOutcome(error, request.id)))
  return reply.type('application/json; charset=utf-8').send(problemOf(error, request.id))
}
