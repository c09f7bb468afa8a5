/**
 * Associations that we ask for: the SCU side, with C-ECHO and C-STORE (PS3.7 sections 9.1.5 and 9.1.1).
 *
 * Data sets are sent as they are given, in the transfer syntax they are in: nothing here reads or changes them.
 */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ByteStream } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { COMMAND_FIELD, type CommandSet, PRIORITY } from '../dimse/commands.ts'
import {
  type AcceptedContext,
  EXCHANGE_LIMITS,
  Exchange,
  type Final,
  type Operation,
  type Reply,
} from '../dimse/exchange.ts'
import { STATUS, type StatusClass, statusClass } from '../dimse/statuses.ts'
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION } from '../implementation.ts'
import { type ServiceUser, UPPER_LAYER_DEFAULTS, UpperLayer } from '../upper-layer/association.ts'
import type { Ending } from '../upper-layer/ending.ts'
import {
  type AssociateAc,
  type AssociateRq,
  DICOM_APPLICATION_CONTEXT,
  PROTOCOL_VERSION,
  type ProposedContext,
} from '../upper-layer/pdu.ts'
import { PROFILE, type TlsMaterial, tlsFailureInWords } from '../upper-layer/tls.ts'
import type { UserInformation } from '../upper-layer/user-information.ts'

export interface ContextToPropose {
  readonly abstractSyntax: string
  /** In order of preference. */
  readonly transferSyntaxes: readonly string[]
}

/** All in milliseconds; 0 waits for ever. */
export interface ClientTimeouts {
  readonly connectMs: number
  /** From the connection to the answer to our request. */
  readonly associateMs: number
  /** From the last byte of a request to its response, and for the peer to take bytes of ours. */
  readonly responseMs: number
  readonly releaseMs: number
}

export const CLIENT_TIMEOUTS: ClientTimeouts = {
  connectMs: 10_000,
  associateMs: 30_000,
  responseMs: 300_000,
  releaseMs: 10_000,
}

export interface AssociationOptions {
  readonly host: string
  readonly port: number
  readonly calledAet: string
  readonly callingAet: string
  /** 1 to 128. */
  readonly contexts: readonly ContextToPropose[]
  /** What we take in one PDU, in bytes; 0 means no limit. Default 128 KiB. */
  readonly maxPdu?: number
  /** Operations outstanding at the peer, if it grants them. Default 1. */
  readonly asyncWindow?: number
  readonly timeouts?: Partial<ClientTimeouts>
  /** More user information: roles, extended negotiation, identity. */
  readonly user?: UserInformation
  /** By TLS; the peer's certificate must be for its host, and of one of these authorities. */
  readonly tls?: TlsMaterial
  /** Performs what the peer asks of us: the C-STOREs of a C-GET, the N-EVENT-REPORT of a commitment. */
  readonly perform?: (operation: Operation) => Promise<Final>
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly is: StatusClass
  /** (0000,0902) of the peer; may be empty. */
  readonly comment: string
  readonly offendingElements: readonly number[]
}

export interface ObjectToStore {
  readonly sopClass: string
  readonly sopInstance: string
  /** That the data set is in: a context with it must have been accepted. */
  readonly transferSyntax: string
  readonly priority?: number
  /** Whose C-MOVE this is a sub-operation of (PS3.7 9.1.1.1). */
  readonly originator?: { readonly aet: string; readonly messageId: number }
}

export interface Association {
  readonly contexts: readonly AcceptedContext[]
  /** The peer's answer, whole. */
  readonly answer: AssociateAc
  /** Operations that may be outstanding at the same time. */
  readonly window: number
  contextFor(abstractSyntax: string, transferSyntax: string): AcceptedContext | undefined
  /** @throws {ArchiveError} `NET_NOT_NEGOTIATED`, `NET_ABORTED`, `NET_TIMEOUT` */
  echo(): Promise<Answer>
  /** Sends one data set, group 0002 and what is before it left out. @throws as `echo` */
  store(dataSet: ByteStream, object: ObjectToStore): Promise<Answer>
  /** Any request, and its last answer; those before it go to `pending`. @throws as `echo` */
  request(
    contextId: number,
    command: CommandSet,
    dataSet?: ByteStream,
    pending?: (reply: Reply) => void,
  ): Promise<Reply>
  /** Resolves when the peer has agreed, or the association is gone anyhow. */
  release(): Promise<void>
  abort(why?: string): void
  /** False from the first sign of its end on. */
  readonly isOpen: boolean
  /** Resolves when the association has ended, however it did. */
  readonly ended: Promise<Ending>
}

/** PS3.8 section 9.3.2.2: presentation context IDs are odd and at most 255. */
export const MOST_CONTEXTS = 128
const MAX_PDU_UNSTATED = 16_384

/**
 * Opens a connection and an association.
 *
 * @throws {ArchiveError} `NET_UNREACHABLE`, `NET_REFUSED`, `NET_ABORTED`, `NET_TIMEOUT`, `NET_PDU_TOO_SMALL`
 */
export async function openAssociation(options: AssociationOptions): Promise<Association> {
  const requestor = new Requestor(options)
  return requestor.open()
}

class Requestor implements ServiceUser {
  readonly #options: AssociationOptions
  readonly #timeouts: ClientTimeouts
  readonly #peer: string
  readonly #proposed: readonly ProposedContext[]
  #layer: UpperLayer | undefined
  #exchange: Exchange | undefined
  #failure: ArchiveError | undefined
  #timer: NodeJS.Timeout | undefined
  #settle: { resolve(association: Association): void; reject(error: ArchiveError): void } | undefined
  #connected = false
  #end: ((ending: Ending) => void) | undefined
  readonly #ended = new Promise<Ending>((resolve) => {
    this.#end = resolve
  })

  constructor(options: AssociationOptions) {
    if (options.contexts.length === 0 || options.contexts.length > MOST_CONTEXTS)
      throw new ArchiveError('DEFECT', { what: `${options.contexts.length} presentation contexts` })
    this.#options = options
    this.#timeouts = { ...CLIENT_TIMEOUTS, ...options.timeouts }
    this.#peer = `${options.calledAet} (${options.host}:${options.port})`
    this.#proposed = options.contexts.map((context, index) => ({ id: index * 2 + 1, ...context }))
  }

  open(): Promise<Association> {
    const { signal } = this.#options
    return new Promise<Association>((resolve, reject) => {
      this.#settle = { resolve, reject }
      if (signal?.aborted === true) {
        reject(new ArchiveError('NET_ABORTED', { peer: this.#peer, why: 'it was called off' }))
        return
      }
      const callOff = (): void => {
        this.#failure ??= new ArchiveError('NET_ABORTED', { peer: this.#peer, why: 'it was called off' })
        this.#layer?.abort('it was called off')
      }
      signal?.addEventListener('abort', callOff, { once: true })
      void this.#ended.then(() => signal?.removeEventListener('abort', callOff))
      this.#layer = UpperLayer.request(() => this.#connect(), this.#requestPdu(), this, {
        ...UPPER_LAYER_DEFAULTS,
        maxPdu: this.#options.maxPdu ?? UPPER_LAYER_DEFAULTS.maxPdu,
        idleMs: this.#timeouts.responseMs,
      })
      this.#await(this.#timeouts.connectMs)
    })
  }

  #connect(): Socket {
    const { host, port, tls } = this.#options
    const socket =
      tls === undefined ? connect({ host, port, noDelay: true }) : connectTls({ host, port, ...PROFILE, ...tls })
    socket.once('connect', () => {
      this.#connected = true
      this.#await(this.#timeouts.associateMs)
    })
    return socket
  }

  /** One timer at a time: for the connection, for the answer, for the release. */
  #await(ms: number): void {
    clearTimeout(this.#timer)
    if (ms === 0) return
    this.#timer = setTimeout(() => {
      this.#failure ??= new ArchiveError('NET_TIMEOUT', { peer: this.#peer, seconds: ms / 1000 })
      this.#layer?.abort(`no answer for ${ms / 1000} seconds`)
    }, ms)
  }

  #requestPdu(): AssociateRq {
    const { calledAet, callingAet, asyncWindow = 1, maxPdu = UPPER_LAYER_DEFAULTS.maxPdu, user } = this.#options
    return {
      type: 'A-ASSOCIATE-RQ',
      protocolVersion: PROTOCOL_VERSION,
      calledAet,
      callingAet,
      applicationContext: DICOM_APPLICATION_CONTEXT,
      contexts: this.#proposed,
      user: {
        maximumLength: maxPdu,
        implementationClassUid: IMPLEMENTATION_CLASS_UID,
        implementationVersion: IMPLEMENTATION_VERSION,
        ...(asyncWindow > 1 ? { asynchronousOperations: { invoked: asyncWindow, performed: 1 } } : {}),
        ...user,
      },
    }
  }

  // --- the service user of the upper layer -----------------------------------------------------

  associateConfirmed(answer: AssociateAc): void {
    clearTimeout(this.#timer)
    const layer = this.#layer
    if (layer === undefined) return
    const contexts = this.#acceptedBy(answer)
    const asked = this.#options.asyncWindow ?? 1
    const granted = asked > 1 ? (answer.user.asynchronousOperations?.invoked ?? 1) : 1
    const window = granted === 0 ? asked : Math.min(granted, asked)
    try {
      this.#exchange = new Exchange(layer, {
        peer: this.#peer,
        contexts: new Map(contexts.map((context) => [context.id, context])),
        peerMaxPdu: answer.user.maximumLength ?? MAX_PDU_UNSTATED,
        window: { performed: 1, invoked: window },
        limits: EXCHANGE_LIMITS,
        perform: this.#options.perform ?? (async () => ({ response: { status: STATUS.unrecognizedOperation } })),
        failed: (_, error) => ({ status: error.dimse }),
      })
    } catch (thrown) {
      if (!(thrown instanceof ArchiveError)) throw thrown
      this.#failure = thrown
      layer.abort(thrown.fact)
      return
    }
    this.#settle?.resolve(this.#association(answer, contexts, window))
  }

  dataIndicated(fragment: Parameters<Exchange['take']>[0]): void {
    this.#exchange?.take(fragment)
  }

  releaseIndicated(): void {
    this.#exchange?.releaseIndicated()
  }

  failed(thrown: unknown): void {
    this.#failure ??= asArchiveError(thrown)
  }

  /** Responses have their own timer; between requests it is our turn. */
  isOurTurn(): boolean {
    return true
  }

  ended(ending: Ending): void {
    clearTimeout(this.#timer)
    this.#exchange?.ended(ending)
    this.#settle?.reject(this.#failure ?? this.#errorOf(ending))
    this.#end?.(ending)
  }

  #errorOf({ how, why }: Ending): ArchiveError {
    const said = this.#options.tls === undefined ? why : tlsFailureInWords(why)
    const facts = { peer: this.#peer, why: said === '' ? how : said }
    if (how === 'rejected') return new ArchiveError('NET_REFUSED', facts)
    return new ArchiveError(this.#connected ? 'NET_ABORTED' : 'NET_UNREACHABLE', facts)
  }

  // --- what was agreed, and what may be done with it ----------------------------------------------

  /** An answer we did not offer is none: a peer that picks a transfer syntax of its own could not be understood. */
  #acceptedBy(answer: AssociateAc): AcceptedContext[] {
    const accepted: AcceptedContext[] = []
    for (const { id, result, transferSyntax } of answer.contexts) {
      const context = this.#proposed.find((proposed) => proposed.id === id)
      if (result !== 0 || context === undefined || !context.transferSyntaxes.includes(transferSyntax)) continue
      accepted.push({ id, abstractSyntax: context.abstractSyntax, transferSyntax })
    }
    return accepted
  }

  #association(answer: AssociateAc, contexts: readonly AcceptedContext[], window: number): Association {
    const contextFor = (abstractSyntax: string, transferSyntax?: string): AcceptedContext | undefined =>
      contexts.find(
        (context) =>
          context.abstractSyntax === abstractSyntax &&
          (transferSyntax === undefined || context.transferSyntax === transferSyntax),
      )
    const layer = this.#layer
    return {
      contexts,
      answer,
      window,
      contextFor,
      get isOpen() {
        return layer?.isEstablished === true
      },
      echo: () => {
        const context = contextFor(UIDS.Verification)
        if (context === undefined) return Promise.reject(this.#notNegotiated('Verification'))
        return this.#ask(context, { commandField: COMMAND_FIELD['C-ECHO-RQ'], affectedSopClassUid: UIDS.Verification })
      },
      store: (dataSet, { sopClass, sopInstance, transferSyntax, priority = PRIORITY.medium, originator }) => {
        const context = contextFor(sopClass, transferSyntax)
        if (context === undefined) return Promise.reject(this.#notNegotiated(`${sopClass} in ${transferSyntax}`))
        return this.#ask(
          context,
          {
            commandField: COMMAND_FIELD['C-STORE-RQ'],
            affectedSopClassUid: sopClass,
            affectedSopInstanceUid: sopInstance,
            priority,
            ...(originator && {
              moveOriginatorAet: originator.aet,
              moveOriginatorMessageId: originator.messageId,
            }),
          },
          dataSet,
        )
      },
      request: (...asked) => this.#request(...asked),
      release: async () => {
        if (this.#layer?.isEstablished === true) {
          this.#await(this.#timeouts.releaseMs)
          this.#layer.release()
        }
        await this.#ended
      },
      abort: (why = 'it is not wanted any more') => this.#layer?.abort(why),
      ended: this.#ended,
    }
  }

  #notNegotiated(what: string): ArchiveError {
    return new ArchiveError('NET_NOT_NEGOTIATED', { peer: this.#peer, what })
  }

  async #request(...[contextId, command, dataSet, pending]: Parameters<Association['request']>): Promise<Reply> {
    if (this.#exchange === undefined) throw new ArchiveError('DEFECT', { what: 'a request before the association' })
    return this.#exchange.request(contextId, command, dataSet, this.#timeouts.responseMs, pending)
  }

  async #ask(context: AcceptedContext, command: CommandSet, dataSet?: ByteStream): Promise<Answer> {
    const reply = await this.#request(context.id, command, dataSet)
    const { status = STATUS.processingFailure, errorComment = '', offendingElements = [] } = reply.command
    return { status, is: statusClass(status), comment: errorComment, offendingElements }
  }
}
