/**
 * The web door: one HTTP server with the app, our API and DICOMweb. It translates and authenticates; what is asked and
 * answered is the archive's.
 *
 * `server.ts` builds the rooms beneath and refuses `--open` on anything but loopback.
 */
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import type { Association, EchoDevice, Echoed } from '../api/admin.ts'
import type { Archive } from '../archive/archive.ts'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import type { Control } from '../compliance/control.ts'
import { loginLimit } from '../compliance/login-limit.ts'
import type { AuditSource } from '../ledger/audit/message.ts'
import type { Capsules, PatientRecord } from '../record/record.ts'
import { serveApp } from './app.ts'
import { authenticator } from './authenticate.ts'
import { shareWith } from './cross-origin.ts'
import { openDemoRun } from './demo/run.ts'
import { dicomWebRoutes } from './dicomweb/all.ts'
import { answerFailures, fail, serveRoutes } from './doors.ts'
import { auditEventRoutes } from './fhir/audit-events.ts'
import { imagingRoutes } from './fhir/imaging.ts'
import { accessRoutes } from './json/access.ts'
import { accountRoutes } from './json/accounts.ts'
import { adminRoutes } from './json/admin.ts'
import { answerRoutes } from './json/answers.ts'
import { auditRoutes } from './json/audit.ts'
import { changeRoutes } from './json/changes.ts'
import { demoRoutes } from './json/demo.ts'
import { dispositionRoutes } from './json/dispositions.ts'
import { erasureRoutes } from './json/erasures.ts'
import { type EventTimes, eventFeed } from './json/events.ts'
import { evidenceRoutes } from './json/evidence.ts'
import { holdRoutes } from './json/holds.ts'
import { identityRoutes } from './json/identity.ts'
import { instanceRoutes } from './json/instances.ts'
import { inventoryRoutes } from './json/inventory.ts'
import { knownRoutes } from './json/known.ts'
import { lookoutRoutes } from './json/lookouts.ts'
import { measurementRoutes } from './json/measurements.ts'
import { migrationRoutes } from './json/migrations.ts'
import { ownSessionRoutes, tellEnded } from './json/own-sessions.ts'
import { paperRoutes } from './json/papers.ts'
import { priorRuleRoutes } from './json/prior-rules.ts'
import { providerLoginRoutes } from './json/provider-login.ts'
import { recordRoutes } from './json/record.ts'
import { redactionRoutes } from './json/redactions.ts'
import { rejectionRoutes } from './json/rejections.ts'
import { reportRoutes } from './json/reports.ts'
import { restrictionRoutes } from './json/restrictions.ts'
import { retentionRoutes } from './json/retention.ts'
import { type RoutingState, routingRoutes } from './json/routing.ts'
import { ruleRoutes } from './json/rules.ts'
import { secondFactorRoutes } from './json/second-factor.ts'
import { sessionRoutes } from './json/session.ts'
import { storageRoutes } from './json/storage.ts'
import { studyRoutes } from './json/studies.ts'
import { viewRoutes } from './json/views.ts'
import { workflowRoutes } from './json/workflow.ts'
import { logRoutes } from './log.ts'
import { begunLogins } from './login/begun.ts'
import { openLoginProvider, type ProviderOptions } from './login/provider.ts'
import { metricsRoutes, type WebMeter } from './metrics.ts'
import { openApi } from './openapi.ts'
import { type Route, route } from './routes.ts'
import { openSessions, SESSION_TIMES, type SessionTimes } from './sessions.ts'
import { openSigning } from './sign.ts'

export interface WebOptions {
  readonly archive: Archive
  /** Patients over time; without it there are no timelines and no priors. */
  readonly record?: PatientRecord
  readonly capsules?: Capsules
  readonly control: Control
  /** Where objects go by themselves; without it there is no routing. */
  readonly routing?: RoutingState
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** No login. The caller has made sure that `host` is loopback. */
  readonly open: boolean
  readonly aeTitle: string
  /** As whom audit messages are given out; else by the AE title. */
  readonly auditSource?: AuditSource
  readonly dicomPort: number
  /** What the DICOM door knows of its associations. */
  readonly associations?: () => readonly Association[]
  /** Calls a device, for the page of connections. */
  readonly echo?: (device: EchoDevice, signal: AbortSignal) => Promise<Echoed>
  /** What Vite built: `dist/app`. */
  readonly appFolder: string
  /** Takes the time of answers and serves `/metrics`; without it there is none. */
  readonly meter?: WebMeter
  readonly version: string
  /** Other origins whose pages may ask for DICOM and FHIR, such as `https://viewer.example`. */
  readonly origins?: readonly string[]
  readonly sessions?: SessionTimes
  /** What people may log in with beside local accounts. */
  readonly provider?: ProviderOptions
  readonly events?: EventTimes
  readonly log?: FastifyBaseLogger
  readonly now?: () => Date
}

export interface Web {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** Of a body that is gathered; streams have no limit. */
const BODY_LIMIT = 1024 * 1024
const HEADER_LIMIT = 32 * 1024
const HEADERS_SECONDS = 30
/** A connection on which nothing moves for this long is given up, whatever it was doing. */
const IDLE_SECONDS = 300
const KEEP_ALIVE_SECONDS = 75
const CONNECTIONS_AT_MOST = 4000
/** Sessions that ended by themselves are told to the audit log after so long, at most. */
const SWEEP_MS = 5000
/** Answers in hand may end before the connections are cut. */
const CLOSE_SECONDS = 10

export async function openWeb(options: WebOptions): Promise<Web> {
  const { archive, control, open, host, now = () => new Date() } = options
  const server = makeServer(options.log)
  let port = options.port

  await server.register(cookie)
  await server.register(helmet, SECURITY_HEADERS)
  server.addHook('onRequest', async (request, reply) => {
    // No answer is kept anywhere unless its route says so.
    reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' })
  })
  answerFailures(server, BODY_LIMIT)
  const { origins = [] } = options
  shareWith(server, origins)
  // Told by the route's pattern: what was asked for holds UIDs and names.
  if (options.meter !== undefined)
    server.addHook('onRequest', async (request, reply) => {
      reply.raw.once('close', () => {
        const { url = 'none' } = request.routeOptions
        options.meter?.answered(request.method, url, reply.raw.statusCode, reply.elapsedTime / 1000)
      })
    })
  server.removeContentTypeParser('text/plain') // what a foreign page may send without asking first
  // DICOM bodies are streams: handed on as they come, never gathered.
  for (const type of ['multipart/related', 'application/dicom'])
    server.addContentTypeParser(type, (_request, payload, done) => done(null, payload))

  const times = options.sessions ?? SESSION_TIMES
  const sessions = openSessions(now, times)
  const sweeping = setInterval(() => {
    tellEnded(archive, sessions, control.accounts, now).catch((thrown: unknown) =>
      options.log?.error({ error: asArchiveError(thrown).message }, 'the end of a session was not recorded'),
    )
  }, SWEEP_MS).unref()
  server.addHook('preClose', async () => clearInterval(sweeping))
  const authenticated = authenticator({ control, sessions, open, origins })
  const events = eventFeed(archive, options.events)
  server.addHook('preClose', async () => events.close())
  const demo = openDemoRun(archive)
  const limit = loginLimit(now)
  const provider =
    options.provider === undefined || open
      ? undefined
      : openLoginProvider(
          options.provider,
          () => addressOf(host, port),
          (why) => options.log?.warn({ why }, 'a login by the provider failed'),
        )
  const begun = begunLogins(now)
  const routes: Route[] = [
    ...adminRoutes({ archive, control, associations: options.associations ?? (() => []), echo: options.echo }),
    ...sessionRoutes({
      archive,
      control,
      sessions,
      limit,
      authenticator: authenticated,
      open,
      idleSeconds: () => times.idleSeconds,
      product: () => ({
        version: options.version,
        aeTitle: options.aeTitle,
        dicomPort: options.dicomPort,
        httpPort: port,
      }),
      provider,
      begun,
    }),
    ...providerLoginRoutes({ archive, control, sessions, authenticator: authenticated, provider, begun }),
    ...secondFactorRoutes({
      archive,
      control,
      sessions,
      limit,
      authenticator: authenticated,
      issuer: options.aeTitle,
    }),
    ...accountRoutes({ archive, control, sessions }),
    ...ownSessionRoutes(archive, sessions),
    ...studyRoutes(archive),
    ...(options.record === undefined
      ? []
      : [
          ...recordRoutes(options.record),
          ...priorRuleRoutes(options.record),
          ...measurementRoutes(archive, options.record),
        ]),
    ...instanceRoutes(archive),
    ...viewRoutes(archive),
    ...events.routes,
    ...dicomWebRoutes(archive),
    ...logRoutes(archive),
    ...auditRoutes(archive, control.accounts),
    ...auditEventRoutes({
      archive,
      accounts: control.accounts,
      source: options.auditSource ?? { id: options.aeTitle, site: '', aeTitle: options.aeTitle, host },
      version: options.version,
    }),
    ...imagingRoutes(archive),
    ...changeRoutes(archive),
    ...demoRoutes(demo),
    ...storageRoutes(archive),
    ...accessRoutes(archive),
    ...answerRoutes(archive),
    ...evidenceRoutes(archive, options.capsules),
    ...inventoryRoutes(archive),
    ...dispositionRoutes(archive),
    ...holdRoutes(archive),
    ...workflowRoutes(archive),
    ...identityRoutes(archive),
    ...migrationRoutes(archive),
    ...reportRoutes(archive),
    ...(options.routing === undefined ? [] : routingRoutes(archive, control.routes, options.routing)),
    ...rejectionRoutes(archive),
    ...retentionRoutes(archive),
    ...ruleRoutes(archive),
    ...knownRoutes(archive),
    ...paperRoutes(archive),
    ...erasureRoutes(archive),
    ...redactionRoutes(archive),
    ...lookoutRoutes(archive, control.accounts),
    ...restrictionRoutes(archive, control.accounts),
    ...(options.meter === undefined ? [] : metricsRoutes(options.meter)),
  ]
  routes.push(apiDescription(routes, options.version))
  serveRoutes(server, routes, {
    archive,
    authenticator: authenticated,
    sign: openSigning({ archive, control, limit, now }),
    now,
  })
  serveApp(server, options.appFolder)

  await server.listen({ host, port: options.port })
  const [address] = server.addresses()
  if (typeof address === 'object') port = address.port
  return {
    port,
    url: addressOf(host, port),
    async close() {
      const late = setTimeout(() => server.server.closeAllConnections(), CLOSE_SECONDS * 1000)
      await Promise.all([server.close(), demo.close()])
      clearTimeout(late)
    },
  }
}

const addressOf = (host: string, port: number) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`

function makeServer(log: FastifyBaseLogger | undefined): FastifyInstance {
  const server = Fastify({
    ...(log === undefined ? { logger: false } : { loggerInstance: log }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    // An upload may take hours: its pace is watched where it is read (`dicomweb/paced.ts`), small bodies in `doors.ts`.
    requestTimeout: 0,
    connectionTimeout: IDLE_SECONDS * 1000,
    keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 4096 },
    http: { maxHeaderSize: HEADER_LIMIT, noDelay: true, headersTimeout: HEADERS_SECONDS * 1000 },
    genReqId: () => crypto.randomUUID(),
    // Shapes are zod's, asked in `doors.ts`: the compilers Fastify would load for JSON Schema are 100 modules nobody calls.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    frameworkErrors: (_error, _request, reply) =>
      fail(reply as FastifyReply, new ArchiveError('BAD_REQUEST', { why: 'its address cannot be read' })),
  })
  server.server.maxConnections = CONNECTIONS_AT_MOST
  return server as unknown as FastifyInstance
}

function noSchemas(): never {
  throw new Error('a route has a schema of Fastify’s own; routes say their shapes with zod (routes.ts)')
}

/**
 * Only what comes from here runs. WebAssembly for the viewer's decoders, workers from blobs because it makes them so.
 * Styles may stand in the page: the UI kit writes its variables there; a style runs nothing.
 */
const SECURITY_HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      workerSrc: ["'self'", 'blob:'],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'", 'blob:'],
      manifestSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  },
  frameguard: { action: 'deny' as const },
  referrerPolicy: { policy: 'no-referrer' as const },
  // Whoever ends TLS in front of us decides for his domain.
  strictTransportSecurity: false,
}

function apiDescription(routes: readonly Route[], version: string): Route {
  let made: string | undefined
  const described = route({
    method: 'GET',
    url: '/api/openapi.json',
    act: 'account',
    says: 'This description.',
    answers: [{ status: 200, says: 'OpenAPI 3.1.', types: ['application/json'] }],
    handle: async (_ask, reply) => {
      made ??= JSON.stringify(openApi([...routes], version))
      return reply.type('application/json; charset=utf-8').send(made)
    },
  })
  return described
}
