/**
 * Cross-origin requests (WHATWG Fetch, section 3.3): pages of other origins may ask for DICOM and FHIR when the
 * configuration names their origin, and nothing else.
 *
 * They bring an API token: `Access-Control-Allow-Credentials` is never answered, so a browser gives no such page
 * anything that our cookie opened. `/api`, with logins, accounts and settings, is for our own pages only.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** What another origin may ask for. */
const SHARED = /^\/(dicom-web|wado|fhir)(\/|\?|$)/
const METHODS = 'GET, HEAD, POST, OPTIONS'
/** Beyond those a page may always send. */
const REQUEST_HEADERS = 'Accept, Authorization, Content-Type, If-None-Match, If-Range, Range'
/** Beyond those a page may always read. */
const RESPONSE_HEADERS =
  'Accept-Ranges, Content-Disposition, Content-Length, Content-Location, Content-Range, ETag, Link, Retry-After, Warning, WWW-Authenticate, X-Request-Id'
/** How long a browser keeps the answer to a preflight. */
const PREFLIGHT_SECONDS = 600

/** Does a page ask that the configuration lets in, for something it may ask for? */
export function isShared(request: FastifyRequest, origins: readonly string[]): boolean {
  return origins.includes(request.headers.origin ?? '') && SHARED.test(request.url)
}

/** Answers preflights, and lets the pages of these origins read what they ask for. */
export function shareWith(server: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return
  server.addHook('onRequest', async (request, reply) => {
    if (!SHARED.test(request.url)) return
    reply.header('vary', 'origin')
    if (!isShared(request, origins)) return
    reply.header('access-control-allow-origin', request.headers.origin ?? '')
    const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
    if (!preflight) {
      reply.header('access-control-expose-headers', RESPONSE_HEADERS)
      return
    }
    // Nobody is known yet, and nothing is told but what the configuration says of this origin.
    return reply
      .status(204)
      .headers({
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': String(PREFLIGHT_SECONDS),
      })
      .send()
  })
}
