/**
 * The DICOM door: one port, associations as acceptor, our services on them.
 *
 * Admits callers (limits, AE titles, listed devices), negotiates, and hands each request to the service that takes it.
 * Errors of one association end that association; nothing here ends the process.
 */
import type { Socket } from 'node:net'
import type { Archive } from '../archive/archive.ts'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import { type Act, may } from '../compliance/access.ts'
import type { Commitments } from '../compliance/commitments.ts'
import type { Devices } from '../compliance/devices.ts'
import type { Identified, Identities, StatedIdentity } from '../compliance/identities.ts'
import { EXCHANGE_LIMITS, type ExchangeLimits, type Operation } from './dimse/exchange.ts'
import { policyOf } from './policy.ts'
import { RefusedCallers } from './refused-callers.ts'
import { commitmentService } from './services/commitment.ts'
import { openReports } from './services/commitment-reports.ts'
import { echoService } from './services/echo.ts'
import { findService } from './services/find.ts'
import type { Destination } from './services/link.ts'
import { type NoticesOptions, openTelling } from './services/notices.ts'
import { createService, setService, type Taken } from './services/performed.ts'
import { getService, moveService } from './services/retrieve.ts'
import { contextOf, type Peer, type Service } from './services/service.ts'
import { storeService } from './services/store.ts'
import { worklistService } from './services/worklist.ts'
import { Session } from './session.ts'
import type { AssociationSummary } from './summary.ts'
import { UPPER_LAYER_DEFAULTS, type UpperLayerOptions } from './upper-layer/association.ts'
import { listenForTransport, type TransportListener } from './upper-layer/listener.ts'
import { REJECTION } from './upper-layer/negotiation.ts'
import type { AssociateRj, AssociateRq } from './upper-layer/pdu.ts'
import type { TlsMaterial } from './upper-layer/tls.ts'

/** What we log through; a pino logger is one. Facts hold no patient data. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface DicomListenerOptions {
  readonly archive: Pick<
    Archive,
    | 'receive'
    | 'record'
    | 'find'
    | 'inSight'
    | 'instances'
    | 'file'
    | 'commit'
    | 'scheduled'
    | 'createProcedure'
    | 'setProcedure'
    | 'procedure'
  >
  readonly devices: Pick<Devices, 'isKnown' | 'actsOf' | 'noteRefused'>
  /** Storage commitments that wait for their answer. */
  readonly commitments: Commitments
  /** How soon a report that did not get through is tried again, and how long, in milliseconds. */
  readonly reports?: { readonly retryMs: number; readonly giveUpMs: number }
  readonly aeTitle: string
  /** Looks up who a person says to be; without it user identities are left unanswered. */
  readonly identities?: Identities
  /** Who is told of performed procedures, and what waits for them; without it nobody is. */
  readonly notices?: Pick<NoticesOptions, 'notices' | 'stepsTo' | 'availabilityTo'> &
    Partial<Pick<NoticesOptions, 'retryMs' | 'giveUpMs' | 'wholeMs'>>
  /** Where objects may be sent by C-MOVE, and where reports of storage commitments go. */
  readonly destinations?: readonly Destination[]
  readonly host: string
  /** 0 picks a free one; undefined opens none without TLS. */
  readonly port: number | undefined
  /** A second port, with TLS. */
  readonly tls?: TlsMaterial & { readonly port: number }
  /** Calling AE titles that are no listed device. Under `accept` the door vouches for them: they may do what devices may. */
  readonly unknownCallers: 'refuse' | 'accept'
  /** Accept associations whatever AE title they call us by. Default true. */
  readonly anyCalledAet?: boolean
  readonly acceptUnknownSopClasses?: boolean
  /** Transfer syntaxes that are not in our table and are taken nevertheless, by UID. */
  readonly extraTransferSyntaxes?: readonly string[]
  /** At the same time. Default 200. */
  readonly maxAssociations?: number
  /** From one address at the same time. Default: half of all. */
  readonly maxAssociationsPerPeer?: number
  /** Operations of one association performed at the same time, for peers that ask for it. Default 8. */
  readonly asyncWindow?: number
  /** Sizes and timers; see `UPPER_LAYER_DEFAULTS`. */
  readonly upperLayer?: Partial<UpperLayerOptions>
  readonly limits?: Partial<ExchangeLimits>
  /** How long `close` lets associations finish, in milliseconds. Default 5000. */
  readonly graceMs?: number
  /** Told of each association when it has ended. */
  readonly ended?: (summary: AssociationSummary) => void
  readonly log: Log
  readonly now: () => Date
}

export interface DicomListener {
  /** Without TLS, or the one with it when there is no other. */
  readonly port: number
  readonly tlsPort: number | undefined
  /** What is served, and the act each is. */
  readonly services: readonly Pick<Service, 'commandField' | 'act'>[]
  /** Those open now, then the last that ended, newest first. */
  associations(): readonly AssociationSummary[]
  /** Takes no new associations, lets those there are finish for a while, then aborts them. */
  close(): Promise<void>
}

/** Connections above the association limits: those being told no, or hanging up. */
const SPARE_CONNECTIONS = 64
const SPARE_CONNECTIONS_PER_ADDRESS = 32
const REMEMBERED = 100
/** A minute first, a week at most; an hour for a complete step to have all of its instances. */
const NOTICE_TIMES = { retryMs: 60_000, giveUpMs: 7 * 86_400_000, wholeMs: 3_600_000 }

export async function openDicomListener(options: DicomListenerOptions): Promise<DicomListener> {
  const { archive, devices, log, now } = options
  const maxAssociations = options.maxAssociations ?? 200
  const maxPerPeer = options.maxAssociationsPerPeer ?? Math.ceil(maxAssociations / 2)
  const layerOptions: UpperLayerOptions = { ...UPPER_LAYER_DEFAULTS, ...options.upperLayer }
  const limits: ExchangeLimits = { ...EXCHANGE_LIMITS, ...options.limits }
  const stored = { acceptUnknownSopClasses: options.acceptUnknownSopClasses ?? true }
  const vouchForAll = options.unknownCallers === 'accept'
  const destination = (aet: string) => options.destinations?.find((one) => one.aet === aet)
  const reports = openReports({
    archive,
    commitments: options.commitments,
    aeTitle: options.aeTitle,
    destination,
    retryMs: 60_000,
    giveUpMs: 7 * 86_400_000,
    ...options.reports,
    log,
    now,
  })
  const telling =
    options.notices &&
    openTelling({ archive, destination, aeTitle: options.aeTitle, log, now, ...NOTICE_TIMES, ...options.notices })
  const taken: Taken = (kind, sop, attributes) => telling?.performed(kind, sop, attributes)
  const services: readonly Service[] = [
    echoService,
    storeService(archive, stored, now),
    findService(archive, options.aeTitle, now),
    worklistService(archive, now),
    createService(archive, taken, now),
    setService(archive, taken, now),
    getService(archive, now),
    moveService(archive, { aeTitle: options.aeTitle, destination }, now),
    commitmentService(archive, options.commitments, reports.taken, now),
  ]
  const policy = policyOf({ ...options, maxPdu: layerOptions.maxPdu })

  const sessions = new Set<Session>()
  const past: AssociationSummary[] = []
  const refusals = new RefusedCallers()
  const handshakes = new RefusedCallers()
  let closing = false
  let lastId = 0
  let allEnded: (() => void) | undefined

  /** Why this caller gets no association, if so (PS3.8 section 9.3.4). */
  function judge(
    request: AssociateRq,
    caller: { aet: string; address: string; listed: boolean },
  ): AssociateRj | undefined {
    if (closing) return REJECTION.temporaryCongestion
    const called = request.calledAet.trim()
    if (options.anyCalledAet === false && called !== options.aeTitle) return REJECTION.calledAeTitleNotRecognized
    if (!caller.listed && options.unknownCallers === 'refuse') return REJECTION.callingAeTitleNotRecognized
    let here = 0
    let all = 0
    for (const session of sessions) {
      if (!session.isAssociation) continue
      all += 1
      if (session.address === caller.address) here += 1
    }
    return all >= maxAssociations || here >= maxPerPeer ? REJECTION.localLimitExceeded : undefined
  }

  /** The archive asks again; here it is asked before a data set is read, and for what no archive is needed. */
  async function admit(act: Act, peer: Peer, operation: Pick<Operation, 'signal'>): Promise<void> {
    const context = contextOf(peer, operation, now)
    const decision = may(context.principal, act)
    if (decision.allowed) return
    await archive.record(
      context,
      {
        type: 'aud.110113',
        action: 'E',
        outcome: 4,
        detail: { alert: 'restricted function refused', act, because: decision.because },
      },
      'soon',
    )
    throw new ArchiveError('ACCESS_DENIED', { who: peer.callingAet, act })
  }

  /** An unknown caller: a line in the list of refused callers, and an event, unless there were many just now. */
  function noteRefused(aet: string, session: Session, calledAet: string): void {
    const at = now()
    devices.noteRefused(aet, session.address, at)
    const refusal = refusals.note(aet, session.address, at)
    if (refusal === undefined) return
    archive
      .record(
        {
          principal: { kind: 'device', aeTitle: aet, known: false },
          client: { address: session.address, port: session.port, aeTitle: aet },
          now,
          signal: new AbortController().signal,
        },
        {
          type: 'aud.110113',
          action: 'E',
          outcome: 4,
          detail: {
            alert: 'calling AE title not recognized',
            alertType: '110126', // CID 403: Node Authentication
            callingAet: aet,
            calledAet,
            address: session.address,
            times: refusal.times,
            otherRefusals: refusal.others,
          },
        },
        'soon',
      )
      .catch((thrown: unknown) => log.error({ error: asArchiveError(thrown).message }, 'a refusal was not recorded'))
  }

  /** A handshake that failed: a line in the log, and an event, unless there were many just now. */
  function noteHandshake(why: string, address: string): void {
    log.warn({ address, why }, 'a TLS handshake was refused')
    const refusal = handshakes.note('', address, now())
    if (refusal === undefined) return
    archive
      .record(
        {
          principal: { kind: 'device', aeTitle: '', known: false },
          client: { address },
          now,
          signal: new AbortController().signal,
        },
        {
          type: 'aud.110113',
          action: 'E',
          outcome: 4,
          detail: {
            alert: `a TLS handshake from ${address} was refused: ${why}`,
            alertType: '110126', // CID 403: Node Authentication
            address,
            times: refusal.times,
            otherRefusals: refusal.others,
          },
        },
        'soon',
      )
      .catch((thrown: unknown) => log.error({ error: asArchiveError(thrown).message }, 'a refusal was not recorded'))
  }

  /** Who a person says to be; each answer is an event, as a login at the web door is. */
  async function identified(identities: Identities, stated: StatedIdentity, peer: Peer): Promise<Identified> {
    const found = await identities.identify(stated, peer.address)
    if (found.is !== 'person' && found.is !== 'wrong') return found
    const wrong = found.is === 'wrong'
    const context = contextOf(wrong ? peer : { ...peer, person: found }, { signal: new AbortController().signal }, now)
    await archive.record(
      context,
      {
        type: 'aud.110114', // PS3.15 A.5.3.12
        action: 'E',
        outcome: wrong ? 4 : 0,
        detail: {
          what: '110122', // login
          name: wrong ? found.name : found.account.name,
          ...(wrong && { why: found.why }),
        },
      },
      wrong ? 'soon' : 'now',
    )
    return found
  }

  const transportLimits = {
    maxConnections: maxAssociations + SPARE_CONNECTIONS,
    maxConnectionsPerAddress: Math.min(maxPerPeer, maxAssociations) + SPARE_CONNECTIONS_PER_ADDRESS,
  }
  const connected = (socket: Socket, address: string): void => {
    lastId += 1
    const session = new Session(lastId, socket, address, {
      services,
      policy,
      layer: layerOptions,
      limits,
      now,
      judge,
      isListed: (aet, certificate) => devices.isKnown(aet, address, certificate),
      actsOf: (aet, certificate) => devices.actsOf(aet, address, certificate),
      admit,
      vouchForAll,
      ...(options.identities && {
        identify: (identity, peer) => identified(options.identities as Identities, identity, peer),
      }),
      rejected: (rejection, aet, calledAet) => {
        if (rejection === REJECTION.callingAeTitleNotRecognized) noteRefused(aet, session, calledAet)
      },
      failed: (error, peer) => logFailure(log, error, peer),
      ended: (summary) => {
        if (summary !== undefined) {
          past.unshift(summary)
          past.length = Math.min(past.length, REMEMBERED)
          log.info(logLine(summary), 'association ended')
          options.ended?.(summary)
        }
      },
      closed: () => {
        sessions.delete(session)
        if (sessions.size === 0) allEnded?.()
      },
    })
    sessions.add(session)
    session.start()
  }
  const transports: TransportListener[] = []
  try {
    if (options.port !== undefined)
      transports.push(await listenForTransport(options.host, options.port, transportLimits, connected))
    if (options.tls !== undefined)
      transports.push(
        await listenForTransport(options.host, options.tls.port, transportLimits, connected, {
          ...options.tls,
          handshakeMs: layerOptions.artimMs,
          refused: noteHandshake,
        }),
      )
  } catch (thrown) {
    for (const transport of transports) await transport.close()
    await Promise.all([reports.close(), telling?.close()])
    throw thrown
  }

  return {
    port: transports[0]?.port ?? 0,
    tlsPort: options.tls === undefined ? undefined : transports.at(-1)?.port,
    services,
    associations: () => [
      ...[...sessions].filter((session) => session.isAssociation).map((session) => session.summary()),
      ...past,
    ],
    close: async () => {
      closing = true
      await Promise.all([reports.close(), telling?.close()])
      for (const transport of transports) transport.stop()
      for (const session of sessions) session.finish()
      if (sessions.size > 0) {
        let timer: NodeJS.Timeout | undefined
        await Promise.race([
          new Promise<void>((resolve) => {
            allEnded = resolve
          }),
          new Promise<void>((resolve) => {
            timer = setTimeout(resolve, options.graceMs ?? 5000)
          }),
        ])
        clearTimeout(timer)
        for (const session of sessions) session.abort('the archive is stopping')
      }
      for (const transport of transports) await transport.close()
    },
  }
}

function logFailure(
  log: Log,
  error: ArchiveError,
  peer: { readonly callingAet: string; readonly address: string },
): void {
  const facts = { code: error.code, caller: peer.callingAet, address: peer.address, why: error.fact }
  if (error.code === 'DEFECT') log.error({ ...facts, cause: error.cause }, 'an operation met a defect')
  else log.warn(facts, 'an operation was refused')
}

function logLine({ contexts, refusals: _, ...summary }: AssociationSummary): object {
  return { ...summary, contexts: contexts.length, accepted: contexts.filter((context) => context.accepted).length }
}
