/**
 * One association as acceptor, from the connection to its end: admission, negotiation, operations, summary.
 */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import type { Act } from '../compliance/access.ts'
import type { Identified } from '../compliance/identities.ts'
import { Exchange, type ExchangeLimits, type Final, type Operation, type Response } from './dimse/exchange.ts'
import { STATUS } from './dimse/statuses.ts'
import { type Outcome, type Peer, refusal, type Service } from './services/service.ts'
import { type AssociationSummary, summariseContexts } from './summary.ts'
import { type ServiceUser, UpperLayer, type UpperLayerOptions } from './upper-layer/association.ts'
import { type Ending, endingInWords } from './upper-layer/ending.ts'
import { negotiate, type Policy, REJECTION } from './upper-layer/negotiation.ts'
import { type AssociateRj, type AssociateRq, DICOM_APPLICATION_CONTEXT } from './upper-layer/pdu.ts'
import type { Fragment } from './upper-layer/pdu-reader.ts'
import { fingerprint } from './upper-layer/tls.ts'
import type { UserIdentity } from './upper-layer/user-information.ts'

export interface SessionOptions {
  readonly services: readonly Service[]
  readonly policy: Policy
  readonly layer: UpperLayerOptions
  readonly limits: ExchangeLimits
  readonly now: () => Date
  /** @param certificate  SHA-256 of the caller's, or '' */
  readonly isListed: (callingAet: string, certificate: string) => boolean
  /** What a listed caller may do; undefined, or no such function: whatever devices may. */
  readonly actsOf?: (callingAet: string, certificate: string) => readonly string[] | undefined
  /** Asked before each operation; what it throws is the answer. */
  readonly admit?: (act: Act, peer: Peer, operation: Operation) => Promise<void>
  readonly vouchForAll: boolean
  /** Who the user identity of a request is (PS3.7 D.3.3.7); without it identities are left unanswered. */
  readonly identify?: (identity: UserIdentity, peer: Peer) => Promise<Identified>
  readonly judge: (
    request: AssociateRq,
    caller: { readonly aet: string; readonly address: string; readonly listed: boolean },
  ) => AssociateRj | undefined
  readonly rejected: (rejection: AssociateRj, callingAet: string, calledAet: string) => void
  readonly failed: (error: ArchiveError, peer: Pick<Peer, 'callingAet' | 'address'>) => void
  /** The summary is undefined when no association was asked for. */
  readonly ended: (summary: AssociationSummary | undefined) => void
  readonly closed: () => void
}

/** PS3.8 section D.1 makes the item mandatory; a peer that leaves it out takes what every peer takes. */
const MAX_PDU_UNSTATED = 16_384

export class Session implements ServiceUser {
  readonly id: number
  readonly address: string
  readonly port: number
  readonly #socket: Socket
  readonly #options: SessionOptions
  #layer: UpperLayer | undefined
  #exchange: Exchange | undefined
  #request: AssociateRq | undefined
  #peer: Peer | undefined
  #listed = false
  #contexts: AssociationSummary['contexts'] = []
  #startedAt = ''
  #endedAt: string | undefined
  #state = 'open'
  readonly #counts: Record<Outcome, number> = {
    echo: 0,
    stored: 0,
    already: 0,
    conflict: 0,
    found: 0,
    retrieved: 0,
    committed: 0,
    performed: 0,
    refused: 0,
  }

  readonly #refusals = new Map<string, { code: string; fact: string; remedy: string; times: number }>()

  constructor(id: number, socket: Socket, address: string, options: SessionOptions) {
    this.id = id
    this.address = address
    this.port = socket.remotePort ?? 0
    this.#socket = socket
    this.#options = options
  }

  start(): void {
    this.#layer = UpperLayer.accept(this.#socket, this, this.#options.layer)
  }

  /** Is there an association: was one asked for and accepted, and has it not ended? */
  get isAssociation(): boolean {
    return this.#exchange !== undefined && this.#endedAt === undefined
  }

  /** The listener stops: a connection without an association is of no more use. */
  finish(): void {
    if (!this.isAssociation) this.#layer?.abort('the archive is stopping')
  }

  abort(why: string): void {
    this.#layer?.abort(why)
  }

  // --- the service user of the upper layer -------------------------------------------------------

  associateIndicated(request: AssociateRq): void {
    const layer = this.#layer
    if (layer === undefined) return
    const { now, identify } = this.#options
    const callingAet = printable(request.callingAet)
    const calledAet = printable(request.calledAet)
    this.#request = request
    this.#startedAt = now().toISOString()
    const certificate = certificateOf(this.#socket)
    this.#listed = callingAet !== '' && this.#options.isListed(callingAet, certificate)
    const acts = this.#listed ? this.#options.actsOf?.(callingAet, certificate) : undefined
    const peer: Peer = {
      callingAet,
      calledAet,
      address: this.address,
      port: this.port,
      implementationClassUid: request.user.implementationClassUid,
      implementationVersion: request.user.implementationVersion,
      known: this.#listed || this.#options.vouchForAll,
      ...(acts !== undefined && { acts }),
    }
    this.#peer = peer

    const rejection = this.#rejectionOf(request, callingAet)
    if (rejection !== undefined) {
      this.#options.rejected(rejection, callingAet, calledAet)
      layer.reject(rejection)
      return
    }
    const { identity } = request.user
    if (identity === undefined || identify === undefined) this.#accept(layer, request, peer, false)
    else
      identify(identity, peer).then(
        (found) => this.#identified(layer, request, peer, found),
        (thrown: unknown) => {
          this.failed(thrown)
          layer.abort('the user identity could not be looked up')
        },
      )
  }

  #identified(layer: UpperLayer, request: AssociateRq, peer: Peer, found: Identified): void {
    if (this.#endedAt !== undefined) return // the peer did not wait
    if (found.is === 'wrong') {
      const error = new ArchiveError('NET_IDENTITY', { why: found.why })
      this.#options.failed(error, peer)
      this.#noteRefusal(error)
      layer.reject(REJECTION.noReason)
      return
    }
    if (found.is === 'not taken') this.#noteRefusal(new ArchiveError('NET_IDENTITY', { why: found.why }))
    // Others may have come meanwhile.
    const rejection = this.#rejectionOf(request, peer.callingAet)
    if (rejection !== undefined) {
      layer.reject(rejection)
      return
    }
    const identified = found.is === 'person' ? { ...peer, person: found } : peer
    this.#peer = identified
    this.#accept(layer, request, identified, found.is !== 'not taken')
  }

  #accept(layer: UpperLayer, request: AssociateRq, peer: Peer, identified: boolean): void {
    const { policy, limits } = this.#options
    const { callingAet } = peer
    const { answer, contexts, performed } = negotiate(request, policy, identified)
    this.#contexts = summariseContexts(request, answer.contexts)
    const agreed: Peer = {
      ...peer,
      extended: new Map((answer.user.extended ?? []).map(({ sopClass, information }) => [sopClass, information])),
    }
    this.#exchange = new Exchange(layer, {
      peer: callingAet,
      contexts,
      peerMaxPdu: request.user.maximumLength ?? MAX_PDU_UNSTATED,
      window: { performed, invoked: 1 },
      limits,
      perform: (operation) => this.#perform(operation, agreed),
      failed: (_, error) => this.#refuse(error, agreed),
    })
    layer.accept(answer)
  }

  #rejectionOf(request: AssociateRq, callingAet: string): AssociateRj | undefined {
    if (request.applicationContext !== DICOM_APPLICATION_CONTEXT) return REJECTION.applicationContextNotSupported
    const maxPdu = request.user.maximumLength ?? MAX_PDU_UNSTATED
    if (maxPdu > 0 && maxPdu < SMALLEST_PDU) return REJECTION.noReason
    return this.#options.judge(request, { aet: callingAet, address: this.address, listed: this.#listed })
  }

  dataIndicated(fragment: Fragment): void {
    this.#exchange?.take(fragment)
  }

  releaseIndicated(): void {
    this.#exchange?.releaseIndicated()
  }

  isOurTurn(): boolean {
    return this.#exchange?.isOurTurn ?? true
  }

  ended(ending: Ending): void {
    this.#endedAt = this.#options.now().toISOString()
    this.#state = endingInWords(ending)
    this.#exchange?.ended(ending)
    this.#options.ended(this.#request === undefined ? undefined : this.summary())
  }

  closed(): void {
    this.#options.closed()
  }

  failed(thrown: unknown): void {
    this.#options.failed(asArchiveError(thrown), { callingAet: this.#peer?.callingAet ?? '', address: this.address })
  }

  // --- operations ------------------------------------------------------------------------------------

  async #perform(operation: Operation, peer: Peer): Promise<Final> {
    const { commandField } = operation.command
    const candidates = this.#options.services.filter((service) => service.commandField === commandField)
    if (candidates.length === 0) return { response: this.#count('refused', { status: STATUS.unrecognizedOperation }) }
    const common = this.#request?.user.commonExtended?.find(
      (entry) => entry.sopClass === operation.context.abstractSyntax,
    )
    const service = candidates.find((candidate) => candidate.serves(operation.context.abstractSyntax, common))
    if (service === undefined) return { response: this.#count('refused', { status: STATUS.sopClassNotSupported }) }
    await this.#options.admit?.(service.act, peer, operation)
    const { response, dataSet, outcome, answered } = await service.perform(operation, peer)
    return { response: this.#count(outcome, response), dataSet, answered }
  }

  #refuse(error: ArchiveError, peer: Peer): Response {
    this.#options.failed(error, peer)
    this.#noteRefusal(error)
    return this.#count('refused', refusal(error))
  }

  #count(outcome: Outcome, response: Response): Response {
    this.#counts[outcome] += 1
    return response
  }

  #noteRefusal(error: ArchiveError): void {
    const { code, remedy } = error
    // A defect may say anything: what it was is in the log.
    const fact = code === 'DEFECT' ? 'The archive met a defect of its own; see its log.' : error.fact
    const known = this.#refusals.get(code)
    if (known !== undefined) known.times += 1
    else if (this.#refusals.size < KINDS_OF_REFUSAL) this.#refusals.set(code, { code, fact, remedy, times: 1 })
  }

  summary(): AssociationSummary {
    return {
      id: this.id,
      callingAet: this.#peer?.callingAet ?? '',
      calledAet: this.#peer?.calledAet ?? '',
      address: this.address,
      port: this.port,
      listed: this.#listed,
      implementationClassUid: this.#peer?.implementationClassUid?.slice(0, 64) ?? '',
      implementationVersion: printable(this.#peer?.implementationVersion ?? ''),
      maxPdu: this.#request?.user.maximumLength ?? MAX_PDU_UNSTATED,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      contexts: this.#contexts,
      counts: { ...this.#counts },
      refusals: [...this.#refusals.values()].map((refusal) => ({ ...refusal })),
      bytesReceived: this.#layer?.bytesRead ?? 0,
      bytesSent: this.#layer?.bytesWritten ?? 0,
      state: this.#state,
    }
  }
}

/** What the caller's TLS certificate is listed by; '' without one. */
function certificateOf(socket: Socket): string {
  if (!(socket instanceof TLSSocket)) return ''
  const { fingerprint256 = '' } = socket.getPeerCertificate()
  return fingerprint(fingerprint256)
}

/** Kinds of errors an association's summary tells apart. */
const KINDS_OF_REFUSAL = 16

/** A PDV item header and two bytes: less cannot carry anything (PS3.8 section 9.3.5.1). */
const SMALLEST_PDU = 8

/** AE titles and version names come from strangers and go to logs and pages. */
const printable = (text: string): string => text.replace(/[^\x20-\x5b\x5d-\x7e]/g, '?').trim()
