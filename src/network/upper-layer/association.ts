/**
 * One association's transport connection and state: carries out on a socket what `machine.ts` decides.
 *
 * The layer above (the service user of PS3.8 section 7) is told by calls and answers by calls. It may stop the flow with
 * `pause`, which stops reading from the socket, so that TCP slows the sender down; nothing is read ahead of need. Writes
 * go out in one piece each: a header and its body in two writes cost 40 ms a message where Nagle meets delayed
 * acknowledgements.
 *
 * Timers: ARTIM (PS3.8 section 9.1.5), and idle: it is the peer's turn and nothing comes, or it does not take what we
 * send. Whoever awaits one certain answer keeps a timer of its own.
 */
import type { Socket } from 'node:net'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { type Ending, endingOf, PROTOCOL_VERSION_NOT_SUPPORTED } from './ending.ts'
import { type Effect, type Event, type EventName, isPossible, type State, step } from './machine.ts'
import {
  ABORT_REASON,
  type AssociateAc,
  type AssociateRj,
  type AssociateRq,
  type ControlPdu,
  encodePdu,
} from './pdu.ts'
import { type Fragment, openPduReader, type PduReader } from './pdu-reader.ts'

export interface UpperLayerOptions {
  /** Advertised maximum length of a P-DATA-TF, in bytes; 0 means no limit. */
  readonly maxPdu: number
  /** Longest other PDU, in bytes. */
  readonly maxControlPdu: number
  readonly artimMs: number
  /** How long the peer may keep silent, or leave our bytes untaken, when it is its turn. 0: as long as it likes. */
  readonly idleMs: number
}

export const UPPER_LAYER_DEFAULTS: UpperLayerOptions = {
  maxPdu: 131_072,
  maxControlPdu: 1_048_576,
  artimMs: 30_000,
  idleMs: 120_000,
}

/** The service user: whoever sits above. Called in the order of events, never after `ended` but for `closed`. */
export interface ServiceUser {
  /** Acceptor: the peer asks; answer with `accept` or `reject`. */
  associateIndicated?(request: AssociateRq): void
  /** Requestor: the peer accepted. A rejection is an ending. */
  associateConfirmed?(answer: AssociateAc): void
  dataIndicated(fragment: Fragment): void
  /** The peer wants to release; answer with `releaseResponse` once nothing is owed. */
  releaseIndicated(): void
  /** Once: there is no association any more. The transport connection may live a little longer. */
  ended(ending: Ending): void
  /** Once, last: the transport connection is gone. */
  closed?(): void
  /** A defect of ours came up while an event of this association was handled; the connection is destroyed. */
  failed(thrown: unknown): void
  /** Is it our turn: do we owe the peer an answer? Then its silence is no idleness. */
  isOurTurn(): boolean
}

/** Bytes a peer may still send after the end of the association before we hang up. */
const PATIENCE_AFTER_END = 16 * 1024 * 1024

/** What an event carries beside its name. */
interface Carried {
  readonly pdu?: ControlPdu
  readonly parts?: readonly Bytes[]
  readonly left?: () => void
  readonly fragment?: Fragment
  /** Of an A-ABORT by us as provider. */
  readonly reason?: number
  readonly why?: string
  readonly socket?: Socket
}

export class UpperLayer {
  readonly #options: UpperLayerOptions
  readonly #user: ServiceUser
  readonly #requestor: boolean
  readonly #reader: PduReader
  #open: (() => Socket) | undefined
  #socket: Socket | undefined
  #state: State = 'Sta1'
  #request: AssociateRq | undefined
  #ending: Ending | undefined
  #artim: NodeJS.Timeout | undefined
  #idle: NodeJS.Timeout | undefined
  #hangUp: NodeJS.Timeout | undefined
  #lastActivity = performance.now()
  #paused = false
  #closed = false
  #afterEnd = 0 // bytes received after the end
  #socketError = ''
  #waitingForDrain: (() => void)[] = []

  private constructor(role: 'requestor' | 'acceptor', user: ServiceUser, options: UpperLayerOptions) {
    this.#requestor = role === 'requestor'
    this.#user = user
    this.#options = options
    this.#reader = openPduReader(options)
  }

  /** Acceptor: takes a transport connection that was just made. */
  static accept(socket: Socket, user: ServiceUser, options: UpperLayerOptions): UpperLayer {
    const layer = new UpperLayer('acceptor', user, options)
    layer.#happen('Evt5', { socket })
    return layer
  }

  /** Requestor: opens a transport connection with `open` and asks for an association. */
  static request(open: () => Socket, rq: AssociateRq, user: ServiceUser, options: UpperLayerOptions): UpperLayer {
    const layer = new UpperLayer('requestor', user, options)
    layer.#open = open
    layer.#request = rq
    layer.#happen('Evt1')
    return layer
  }

  get state(): State {
    return this.#state
  }

  get isEstablished(): boolean {
    return this.#state === 'Sta6'
  }

  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0
  }

  get bytesWritten(): number {
    return this.#socket?.bytesWritten ?? 0
  }

  // --- what the service user asks for (PS3.8 section 7) ---------------------------------

  /** Answers an association request. Nothing happens when the peer has gone meanwhile. */
  accept(pdu: AssociateAc): void {
    if (this.#state === 'Sta3') this.#happen('Evt7', { pdu })
  }

  reject(pdu: AssociateRj): void {
    if (this.#state === 'Sta3') this.#happen('Evt8', { pdu })
  }

  /**
   * Sends P-DATA-TF PDUs in one write.
   *
   * @param parts  whole PDUs, in pieces that are not changed before they have left
   * @param left   called when the system has taken them all
   * @returns whether more may be sent at once; if not, await `drained`
   * @throws {ArchiveError} `NET_ABORTED` when there is no association to send on
   */
  send(parts: readonly Bytes[], left?: () => void): boolean {
    if (!isPossible(this.#state, 'Evt9')) throw this.#gone()
    this.#happen('Evt9', { parts, ...(left && { left }) })
    return this.#socket?.writableNeedDrain !== true
  }

  /** Resolves when the socket takes more. @throws {ArchiveError} `NET_ABORTED` when the association ends before */
  async drained(): Promise<void> {
    if (this.#socket?.writableNeedDrain === true && this.#ending === undefined)
      await new Promise<void>((resolve) => this.#waitingForDrain.push(resolve))
    if (this.#ending !== undefined) throw this.#gone()
  }

  release(): void {
    if (this.#state === 'Sta6') this.#happen('Evt11')
  }

  releaseResponse(): void {
    if (isPossible(this.#state, 'Evt14')) this.#happen('Evt14')
  }

  /** A-ABORT by us as the service user. Before an association request or after the end, the connection is just closed. */
  abort(why: string): void {
    if (isPossible(this.#state, 'Evt15')) this.#happen('Evt15', { why })
    else if (this.#state === 'Sta2') this.#socket?.destroy()
  }

  /** Stops reading. What was read from the socket already is still passed on. */
  pause(): void {
    if (this.#paused || this.#ending !== undefined) return
    this.#paused = true
    this.#socket?.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#lastActivity = performance.now()
    this.#socket?.resume()
  }

  // --- events ---------------------------------------------------------------------------

  #happen(name: EventName, carried: Carried = {}): void {
    const before = this.#state
    const event = this.#event(name, carried)
    const next = step(before, event)
    this.#state = next.state
    // Mechanics first, words after: the user may answer from within a call, which is the next event.
    for (const effect of next.effects) this.#carryOut(effect, carried, event)
    if ((this.#state === 'Sta1' || this.#state === 'Sta13') && before !== 'Sta13') this.#end(name, before, carried)
    for (const effect of next.effects) this.#tell(effect, carried)
  }

  #event(name: EventName, { pdu }: Carried): Event {
    if (name === 'Evt6' && pdu?.type === 'A-ASSOCIATE-RQ') return { name, acceptable: (pdu.protocolVersion & 1) === 1 }
    if (name === 'Evt12') return { name, requestor: this.#requestor }
    if (name === 'Evt16' && pdu?.type === 'A-ABORT') return { name, abortedBy: pdu.source === 0 ? 'user' : 'provider' }
    return { name }
  }

  #carryOut(effect: Effect, carried: Carried, event: Event): void {
    switch (effect) {
      case 'open transport':
        if (this.#open !== undefined) this.#attach(this.#open())
        break
      case 'accept transport':
        if (carried.socket !== undefined) this.#attach(carried.socket)
        break
      case 'close transport':
        this.#close()
        break
      case 'start ARTIM':
        this.#startArtim()
        break
      case 'stop ARTIM':
        clearTimeout(this.#artim)
        break
      case 'send A-ASSOCIATE-RQ':
        if (this.#request !== undefined) this.#write([encodePdu(this.#request)])
        break
      case 'send A-ASSOCIATE-AC':
        if (carried.pdu !== undefined) this.#write([encodePdu(carried.pdu)])
        this.#startIdle()
        break
      case 'send A-ASSOCIATE-RJ':
        // AE-6 rejects for the service provider, AE-8 for the user.
        this.#write([encodePdu(event.name === 'Evt8' && carried.pdu ? carried.pdu : PROTOCOL_VERSION_NOT_SUPPORTED)])
        break
      case 'send P-DATA-TF':
        this.#write(carried.parts ?? [], carried.left)
        break
      case 'send A-RELEASE-RQ':
        this.#write([encodePdu({ type: 'A-RELEASE-RQ' })])
        break
      case 'send A-RELEASE-RP':
        this.#write([encodePdu({ type: 'A-RELEASE-RP' })])
        break
      case 'send A-ABORT of the user':
        this.#write([encodePdu({ type: 'A-ABORT', source: 0, reason: 0 })])
        break
      case 'send A-ABORT of the provider':
        this.#write([encodePdu({ type: 'A-ABORT', source: 2, reason: carried.reason ?? ABORT_REASON.unexpectedPdu })])
        break
    }
  }

  /** Indications and confirmations; those that end the association are told as `ended`. */
  #tell(effect: Effect, carried: Carried): void {
    if (effect === 'indicate P-DATA' && carried.fragment !== undefined) this.#user.dataIndicated(carried.fragment)
    else if (effect === 'indicate A-ASSOCIATE' && carried.pdu?.type === 'A-ASSOCIATE-RQ')
      this.#user.associateIndicated?.(carried.pdu)
    else if (effect === 'confirm A-ASSOCIATE accept' && carried.pdu?.type === 'A-ASSOCIATE-AC') {
      this.#startIdle()
      this.#user.associateConfirmed?.(carried.pdu)
    } else if (effect === 'indicate A-RELEASE') this.#user.releaseIndicated()
    // A confirmation in a collision (AR-10) leaves our own answer to the peer's request, which nothing holds back.
    else if (effect === 'confirm A-RELEASE') this.releaseResponse()
  }

  #end(name: EventName, before: State, carried: Carried): void {
    if (this.#ending !== undefined) return
    const { pdu, why } = carried
    this.#ending = endingOf({ name, before, after: this.#state, pdu, why, socketError: this.#socketError })
    clearTimeout(this.#idle)
    for (const resolve of this.#waitingForDrain.splice(0)) resolve()
    // The rest of the connection is read and thrown away, or its end would never be seen.
    if (this.#paused) this.resume()
    this.#user.ended(this.#ending)
  }

  #gone(): ArchiveError {
    const { how, why } = this.#ending ?? { how: 'lost', why: 'it is being released' }
    return new ArchiveError('NET_ABORTED', { peer: 'The peer', why: why === '' ? how : why })
  }

  // --- socket -----------------------------------------------------------------------------

  #attach(socket: Socket): void {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    socket.on('connect', () =>
      this.#guarded(() => {
        if (this.#state === 'Sta4') this.#happen('Evt2')
      }),
    )
    socket.on('data', (chunk) => this.#guarded(() => this.#received(chunk)))
    socket.on('drain', () => {
      this.#lastActivity = performance.now()
      for (const resolve of this.#waitingForDrain.splice(0)) resolve()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#socketError = error.code ?? error.message
    })
    socket.on('end', () =>
      this.#guarded(() => {
        if (this.#state !== 'Sta1') this.#happen('Evt17')
        this.#close()
      }),
    )
    socket.on('close', () => {
      this.#closed = true
      for (const timer of [this.#artim, this.#idle, this.#hangUp]) clearTimeout(timer)
      this.#guarded(() => {
        if (this.#state !== 'Sta1') this.#happen('Evt17')
        this.#user.closed?.()
      })
    })
  }

  /** A defect ends its association and not the process. */
  #guarded(act: () => void): void {
    try {
      act()
    } catch (thrown) {
      this.#user.failed(thrown)
      this.#socket?.destroy()
    }
  }

  #received(chunk: Bytes): void {
    this.#lastActivity = performance.now()
    if (this.#ending !== undefined) {
      this.#afterEnd += chunk.length
      if (this.#afterEnd > PATIENCE_AFTER_END) this.#socket?.destroy()
    }
    if (this.#reader.deaf) return
    for (const incoming of this.#reader.push(chunk)) {
      if (this.#state === 'Sta1') return
      if (incoming.kind === 'data') this.#happen('Evt10', { fragment: incoming })
      else if (incoming.kind === 'pdu') this.#happen(EVENT_OF_PDU[incoming.pdu.type], { pdu: incoming.pdu })
      else this.#happen('Evt19', { reason: incoming.reason, why: incoming.why })
    }
  }

  #write(parts: readonly Bytes[], left?: () => void): void {
    const socket = this.#socket
    const [only] = parts
    if (socket === undefined || only === undefined || !socket.writable) return
    const flushed = (error?: Error | null): void => {
      this.#lastActivity = performance.now()
      if (!error) left?.()
    }
    if (parts.length === 1) {
      socket.write(only, flushed)
      return
    }
    // Corked writes leave together, as one writev.
    socket.cork()
    for (let index = 0; index < parts.length - 1; index += 1) socket.write(parts[index] as Bytes)
    socket.write(parts[parts.length - 1] as Bytes, flushed)
    socket.uncork()
  }

  /** Closes once what was written has left; a peer that takes nothing is cut off. */
  #close(): void {
    if (this.#closed || this.#hangUp !== undefined) return
    this.#hangUp = setTimeout(() => this.#socket?.destroy(), this.#options.artimMs)
    this.#socket?.destroySoon()
  }

  // --- timers ------------------------------------------------------------------------------

  #startArtim(): void {
    clearTimeout(this.#artim)
    this.#artim = setTimeout(
      () =>
        this.#guarded(() => {
          if (isPossible(this.#state, 'Evt18')) this.#happen('Evt18')
        }),
      this.#options.artimMs,
    )
  }

  #startIdle(): void {
    this.#lastActivity = performance.now()
    if (this.#options.idleMs > 0) this.#watchIdle(this.#options.idleMs)
  }

  /** One timer, set anew only when it fires: no work for each chunk. */
  #watchIdle(afterMs: number): void {
    // Looked at behind the next poll of the sockets: where we were too busy to read, the peer was not silent.
    this.#idle = setTimeout(() => setImmediate(() => this.#guarded(() => this.#checkIdle())), afterMs)
  }

  #checkIdle(): void {
    if (this.#ending !== undefined) return
    const { idleMs } = this.#options
    const untaken = this.#socket !== undefined && this.#socket.writableLength > 0
    if (!untaken && (this.#paused || this.#user.isOurTurn())) this.#lastActivity = performance.now()
    const left = this.#lastActivity + idleMs - performance.now()
    if (left > 0) this.#watchIdle(left)
    else this.abort(`it ${untaken ? 'took nothing of what we sent' : 'was silent'} for ${idleMs / 1000} seconds`)
  }
}

const EVENT_OF_PDU: Readonly<Record<ControlPdu['type'], EventName>> = {
  'A-ASSOCIATE-AC': 'Evt3',
  'A-ASSOCIATE-RJ': 'Evt4',
  'A-ASSOCIATE-RQ': 'Evt6',
  'A-RELEASE-RQ': 'Evt12',
  'A-RELEASE-RP': 'Evt13',
  'A-ABORT': 'Evt16',
}
