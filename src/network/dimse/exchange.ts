/**
 * DIMSE message exchange on one association (PS3.7 sections 6 to 9): fragments in, messages out, and back.
 *
 * Both roles live here at once, since some services need both (PS3.4 Annex C, C-GET): requests of the peer go to
 * `perform`, responses of the peer to whoever made the request.
 *
 * Flow: what the peer sent and nobody took is counted; above a mark the socket is not read. At most `performed`
 * operations of the peer are in hand; its further requests wait, in order. At most `invoked` of ours are outstanding
 * (PS3.7 D.3.3.3). Messages never interleave on the wire (PS3.8 Annex E.1).
 *
 * What no conforming peer does (a data set without a command, a fragment in a context that was not accepted, a response
 * to nothing) ends the association with an A-ABORT.
 */
import type { ByteStream, Bytes } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { UpperLayer } from '../upper-layer/association.ts'
import type { Ending } from '../upper-layer/ending.ts'
import { Gathering } from '../upper-layer/gathering.ts'
import type { Fragment } from '../upper-layer/pdu-reader.ts'
import { ByteQueue, costOf } from './byte-queue.ts'
import {
  COMMAND_FIELD,
  type CommandSet,
  commandName,
  DATA_SET_FOLLOWS,
  decodeCommandSet,
  NO_DATA_SET,
  RESPONSE,
} from './commands.ts'
import { fragmentSize } from './fragments.ts'
import { Sender } from './sender.ts'
import { STATUS } from './statuses.ts'

/** A presentation context both sides agreed on. */
export interface AcceptedContext {
  readonly id: number
  readonly abstractSyntax: string
  readonly transferSyntax: string
}

/** A request of the peer, while it is performed. */
export interface Operation {
  readonly context: AcceptedContext
  readonly messageId: number
  readonly command: CommandSet
  /** The command set as received. */
  readonly commandBytes: Bytes
  /** Present when the command says that a data set follows. To be taken once; what is left is thrown away. */
  readonly dataSet: ByteStream | undefined
  /** Sends an answer before the last (PS3.7 section 9.1.2); resolves when the peer takes more. */
  readonly pending: (response: Response, dataSet?: readonly Bytes[]) => Promise<void>
  /** Aborted by C-CANCEL (PS3.7 section 9.3.2.3) and by the end of the association. */
  readonly signal: AbortSignal
  /** Everything agreed on, for operations that ask the peer in their turn (PS3.4 C.4.3, C-GET). */
  readonly contexts: ReadonlyMap<number, AcceptedContext>
  /** A request to the peer on the same association. @throws {ArchiveError} as `Exchange.request` */
  readonly ask: (contextId: number, command: CommandSet, dataSet: ByteStream) => Promise<Reply>
}

/** The last answer to a request. */
export interface Final {
  readonly response: Response
  readonly dataSet?: readonly Bytes[] | undefined
  /** Told when the answer has left, or cannot leave any more. */
  readonly answered?: (() => void) | undefined
}

/** What the answer says beyond the fields every response has. */
export interface Response extends CommandSet {
  readonly status: number
}

export interface Reply {
  readonly command: CommandSet
  readonly dataSet: ByteStream | undefined
}

export interface ExchangeOptions {
  /** The peer in words, for errors. */
  readonly peer: string
  readonly contexts: ReadonlyMap<number, AcceptedContext>
  /** The peer's maximum length, in bytes; 0 means no limit. */
  readonly peerMaxPdu: number
  /** Operations of the peer performed at the same time, and of ours outstanding at it. */
  readonly window: { readonly performed: number; readonly invoked: number }
  readonly limits: ExchangeLimits
  /** Performs a request. What it throws is answered with the error's status, or 0110H; see `failed`. */
  perform(operation: Operation): Promise<Final>
  /** Told of what `perform` threw, before the answer goes out; gives the answer. */
  failed(operation: Operation, error: ArchiveError): Response
}

export interface ExchangeLimits {
  /** Longest command set, in bytes. */
  readonly maxCommand: number
  /** Received and not taken, in bytes, at which the socket is no longer read. */
  readonly maxHeld: number
  /** Longest rest of a refused data set that is read and thrown away, in bytes. */
  readonly maxDrain: number
  /** How long the peer may take to answer a request of ours, in milliseconds. */
  readonly answerMs: number
}

export const EXCHANGE_LIMITS: ExchangeLimits = {
  maxCommand: 65_536,
  maxHeld: 262_144,
  maxDrain: 1024 * 1024 * 1024,
  answerMs: 300_000,
}

interface Incoming extends Operation {
  readonly dataSet: ByteQueue | undefined
  readonly controller: AbortController
}

interface Outstanding {
  readonly contextId: number
  readonly field: number
  /** Answers before the last; each begins the wait for the next anew. */
  readonly pending: ((reply: Reply) => void) | undefined
  timer?: NodeJS.Timeout | undefined
  resolve(reply: Reply): void
  reject(error: ArchiveError): void
}

interface Receiving {
  readonly contextId: number
  readonly queue: ByteQueue
  /** Where patience ends, once the data set is only thrown away. */
  upTo: number
}

export class Exchange {
  readonly #layer: UpperLayer
  readonly #options: ExchangeOptions
  readonly #sender: Sender

  // from the peer
  #commandContext = 0
  readonly #commandSoFar = new Gathering()
  #receiving: Receiving | undefined
  #held = 0
  readonly #waiting: Incoming[] = []
  readonly #performing = new Map<number, Incoming>()
  #releaseAsked = false
  #ended: ArchiveError | undefined

  // to the peer
  readonly #outstanding = new Map<number, Outstanding>()
  readonly #slotWaiters: (() => void)[] = []
  #invoking = 0
  #lastMessageId = 0

  constructor(layer: UpperLayer, options: ExchangeOptions) {
    this.#layer = layer
    this.#options = options
    this.#sender = new Sender(layer, fragmentSize(options.peerMaxPdu, options.peer))
  }

  /** Do we owe the peer an answer, or hold back what it sent? */
  get isOurTurn(): boolean {
    return (this.#performing.size > 0 && this.#receiving === undefined) || this.#held > 0
  }

  get isIdle(): boolean {
    return this.#performing.size === 0 && this.#waiting.length === 0
  }

  // --- what the upper layer tells ------------------------------------------------------------

  take(fragment: Fragment): void {
    if (this.#ended !== undefined) return
    const wrong = fragment.command ? this.#takeCommand(fragment) : this.#takeData(fragment)
    if (wrong !== undefined) this.#layer.abort(wrong)
  }

  releaseIndicated(): void {
    if (this.#receiving !== undefined || this.#commandSoFar.length > 0) {
      this.#layer.abort('it asked to release in the middle of a message')
      return
    }
    this.#releaseAsked = true
    this.#releaseIfDone()
  }

  ended(ending: Ending): void {
    const why = ending.why === '' ? ending.how : ending.why
    this.#ended = new ArchiveError('NET_ABORTED', { peer: this.#options.peer, why })
    this.#receiving?.queue.fail(this.#ended)
    this.#receiving = undefined
    for (const operation of [...this.#performing.values(), ...this.#waiting.splice(0)]) {
      operation.dataSet?.fail(this.#ended)
      operation.controller.abort(this.#ended)
    }
    for (const outstanding of this.#outstanding.values()) outstanding.reject(this.#ended)
    this.#outstanding.clear()
    for (const resolve of this.#slotWaiters.splice(0)) resolve()
  }

  // --- receiving -------------------------------------------------------------------------------

  // Each gives what is wrong with what came, if anything, in words for the abort.

  #takeCommand({ contextId, bytes, last }: Fragment): string | undefined {
    if (this.#receiving !== undefined) return 'it began a command within a data set'
    const context = this.#options.contexts.get(contextId)
    if (context === undefined) return `it used presentation context ${contextId}, which was not accepted`
    const gathered = this.#commandSoFar
    if (gathered.length > 0 && contextId !== this.#commandContext)
      return 'it changed the presentation context within a command'
    this.#commandContext = contextId
    if (gathered.length + bytes.length > this.#options.limits.maxCommand) return 'its command set is too long'
    gathered.push(bytes)
    if (!last) return undefined
    const commandBytes = gathered.take()
    try {
      return this.#begin(context, decodeCommandSet(commandBytes), commandBytes)
    } catch (thrown) {
      return String(asArchiveError(thrown).facts['why'] ?? 'its command set is not understood')
    }
  }

  #takeData({ contextId, bytes, last }: Fragment): string | undefined {
    const receiving = this.#receiving
    if (receiving === undefined || receiving.contextId !== contextId)
      return 'it sent a data set that no command announced'
    if (bytes.length > 0) {
      this.#hold(costOf(bytes))
      receiving.queue.push(bytes)
      if (receiving.queue.received > receiving.upTo) return 'the rest of a refused data set is too long'
    }
    if (!last) return undefined
    this.#receiving = undefined
    receiving.queue.end()
    return undefined
  }

  #begin(context: AcceptedContext, command: CommandSet, commandBytes: Bytes): string | undefined {
    const field = command.commandField ?? 0
    const follows = command.commandDataSetType !== undefined && command.commandDataSetType !== NO_DATA_SET
    const queue = follows ? new ByteQueue((cost) => this.#release(cost)) : undefined
    if (queue !== undefined) this.#receiving = { contextId: context.id, queue, upTo: Number.POSITIVE_INFINITY }

    if ((field & RESPONSE) !== 0) return this.#answered(context, command, queue)
    if (field === COMMAND_FIELD['C-CANCEL-RQ']) {
      queue?.discard()
      this.#cancel(command.messageIdBeingRespondedTo ?? 0)
      return undefined
    }
    const controller = new AbortController()
    const incoming: Incoming = {
      context,
      messageId: command.messageId ?? 0,
      command,
      commandBytes,
      dataSet: queue,
      pending: (response, dataSet) => this.#respond(incoming, response, dataSet),
      contexts: this.#options.contexts,
      ask: (contextId, request, bytes) => this.request(contextId, request, bytes, this.#options.limits.answerMs),
      signal: controller.signal,
      controller,
    }
    this.#waiting.push(incoming)
    this.#hold(costOf(commandBytes))
    this.#next()
    return undefined
  }

  #answered(context: AcceptedContext, command: CommandSet, dataSet: ByteQueue | undefined): string | undefined {
    const field = command.commandField ?? 0
    const id = command.messageIdBeingRespondedTo ?? 0
    const outstanding = this.#outstanding.get(id)
    const isAsked = outstanding?.contextId === context.id && outstanding.field === (field & ~RESPONSE)
    if (outstanding === undefined || !isAsked)
      return `it answered message ${id} with ${commandName(field)}, which was not asked`
    const status = command.status ?? 0
    if (outstanding.pending !== undefined && (status & 0xfffe) === STATUS.pending) {
      outstanding.timer?.refresh()
      outstanding.pending({ command, dataSet })
      return undefined
    }
    this.#outstanding.delete(id)
    outstanding.resolve({ command, dataSet })
    return undefined
  }

  #cancel(messageId: number): void {
    const operation =
      this.#performing.get(messageId) ?? this.#waiting.find((waiting) => waiting.messageId === messageId)
    operation?.controller.abort(new ArchiveError('NET_ABORTED', { peer: this.#options.peer, why: 'C-CANCEL' }))
  }

  #hold(cost: number): void {
    this.#held += cost
    if (this.#held > this.#options.limits.maxHeld) this.#layer.pause()
  }

  #release(cost: number): void {
    this.#held -= cost
    if (this.#held <= this.#options.limits.maxHeld / 2) this.#layer.resume()
  }

  // --- performing --------------------------------------------------------------------------------

  #next(): void {
    while (this.#performing.size < this.#options.window.performed) {
      const [operation] = this.#waiting
      // A message ID in use again before its answer (devices that number everything 1) waits for that answer.
      if (operation === undefined || this.#performing.has(operation.messageId)) return
      this.#waiting.shift()
      this.#release(costOf(operation.commandBytes))
      this.#performing.set(operation.messageId, operation)
      void this.#perform(operation)
    }
  }

  async #perform(operation: Incoming): Promise<void> {
    let answered: Final['answered']
    try {
      const final = await this.#options
        .perform(operation)
        .catch((thrown: unknown): Final => ({ response: this.#options.failed(operation, asArchiveError(thrown)) }))
      const { response, dataSet } = final
      answered = final.answered
      if (operation.dataSet !== undefined) await this.#drain(operation.dataSet)
      if (this.#ended === undefined) await this.#respond(operation, response, dataSet)
    } catch (thrown) {
      if (this.#ended === undefined) this.#layer.abort(`its answer could not be sent: ${asArchiveError(thrown).fact}`)
    }
    this.#performing.delete(operation.messageId)
    answered?.()
    if (this.#ended !== undefined) return
    this.#next()
    this.#releaseIfDone()
  }

  /** Reads what the service left of a data set, since the next message comes behind it. */
  async #drain(dataSet: ByteQueue): Promise<void> {
    if (this.#receiving?.queue === dataSet) this.#receiving.upTo = dataSet.received + this.#options.limits.maxDrain
    dataSet.discard()
    await dataSet.complete()
  }

  async #respond(
    { command, context, messageId }: Incoming,
    response: Response,
    dataSet?: readonly Bytes[],
  ): Promise<void> {
    const answer: CommandSet = {
      affectedSopClassUid: command.affectedSopClassUid ?? command.requestedSopClassUid,
      commandField: (command.commandField ?? 0) | RESPONSE,
      messageIdBeingRespondedTo: messageId,
      commandDataSetType: dataSet === undefined ? NO_DATA_SET : DATA_SET_FOLLOWS,
      affectedSopInstanceUid: command.affectedSopInstanceUid ?? command.requestedSopInstanceUid,
      ...response,
    }
    await this.#sender.send(context.id, answer, dataSet === undefined ? undefined : inTurn(dataSet))
  }

  #releaseIfDone(): void {
    if (this.#releaseAsked && this.isIdle) this.#layer.releaseResponse()
  }

  // --- asking --------------------------------------------------------------------------------------

  /**
   * Sends a request and waits for its response.
   *
   * @param command  without message ID and data set type, which are set here
   * @param timeoutMs  for the response, counted from when the request has left; 0 waits for ever
   * @param pending    told of the answers before the last, of services that have them
   * @throws {ArchiveError} `NET_ABORTED`, `NET_TIMEOUT`: there is no association any more
   */
  async request(
    contextId: number,
    command: CommandSet,
    dataSet: ByteStream | undefined,
    timeoutMs: number,
    pending?: (reply: Reply) => void,
  ): Promise<Reply> {
    await this.#slot()
    const messageId = this.#messageId()
    try {
      const field = command.commandField ?? 0
      const reply = new Promise<Reply>((resolve, reject) =>
        this.#outstanding.set(messageId, { contextId, field, pending, resolve, reject }),
      )
      // A peer that goes while we still send is told of by the send; nobody looks at the reply then.
      reply.catch(() => undefined)
      const commandDataSetType = dataSet === undefined ? NO_DATA_SET : DATA_SET_FOLLOWS
      await this.#sender.send(contextId, { ...command, messageId, commandDataSetType }, dataSet).catch(this.#named)
      const timer = this.#expire(messageId, timeoutMs)
      const outstanding = this.#outstanding.get(messageId)
      if (outstanding !== undefined) outstanding.timer = timer
      return await reply.finally(() => clearTimeout(timer))
    } finally {
      this.#outstanding.delete(messageId)
      this.#invoking -= 1
      this.#slotWaiters.shift()?.()
    }
  }

  /** Below, nobody knows the peer's name: an end of the association is told with it. */
  readonly #named = (thrown: unknown): never => {
    throw thrown instanceof ArchiveError && thrown.code === 'NET_ABORTED' ? (this.#ended ?? thrown) : thrown
  }

  /** An answer that does not come ends the association: what the peer would say later, nobody could tell from others. */
  #expire(messageId: number, timeoutMs: number): NodeJS.Timeout | undefined {
    if (timeoutMs === 0) return undefined
    return setTimeout(() => {
      const seconds = timeoutMs / 1000
      this.#outstanding.get(messageId)?.reject(new ArchiveError('NET_TIMEOUT', { peer: this.#options.peer, seconds }))
      this.#layer.abort(`no answer for ${seconds} seconds`)
    }, timeoutMs)
  }

  /** Waits until one more operation may be invoked. */
  async #slot(): Promise<void> {
    while (this.#ended === undefined && this.#invoking >= this.#options.window.invoked)
      await new Promise<void>((resolve) => this.#slotWaiters.push(resolve))
    if (this.#ended !== undefined) throw this.#ended
    this.#invoking += 1
  }

  #messageId(): number {
    do this.#lastMessageId = (this.#lastMessageId % 0xffff) + 1
    while (this.#outstanding.has(this.#lastMessageId))
    return this.#lastMessageId
  }
}

async function* inTurn(pieces: readonly Bytes[]): AsyncGenerator<Bytes> {
  yield* pieces
}
