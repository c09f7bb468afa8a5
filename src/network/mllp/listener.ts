/**
 * The HL7 door: MLLP over TCP, and over TLS on a port of its own. Addresses that may send are listed; of each connection
 * one message after another is taken, made durable and answered, in the order they came.
 */
import type { Socket } from 'node:net'
import type { Archive } from '../../archive/archive.ts'
import type { Context, Principal } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { Log } from '../listener.ts'
import { RefusedCallers } from '../refused-callers.ts'
import { listenForTransport, type TransportListener } from '../upper-layer/listener.ts'
import type { TlsMaterial } from '../upper-layer/tls.ts'
import { answerTo } from './answering.ts'
import { BlockReader, framed } from './framing.ts'

export interface MllpOptions {
  readonly archive: Pick<Archive, 'takeMessage' | 'record'>
  readonly host: string
  /** 0 picks a free one; undefined opens none without TLS. */
  readonly port: number | undefined
  readonly tls?: TlsMaterial & { readonly port: number }
  /** Addresses that may send; an empty list lets loopback in only. */
  readonly senders: readonly string[]
  /** The character set of messages that name none and are not UTF-8 (HL7 table 0211). */
  readonly undeclared: string
  readonly maxMessageBytes: number
  readonly maxConnections?: number
  /** A connection in the middle of a message on which nothing comes for this long is ended. */
  readonly stalledMs?: number
  readonly log: Log
  readonly now: () => Date
}

export interface MllpListener {
  readonly port: number
  readonly tlsPort: number | undefined
  /** Takes no new messages, answers those in hand, and closes. */
  close(): Promise<void>
}

const HANDSHAKE_MS = 30_000
const STALLED_MS = 60_000
/** Messages of one connection that wait for their turn; the socket is not read meanwhile. */
const WAITING = 16

/** @throws {ArchiveError} `NET_PORT`, `CONFIG_INVALID` */
export async function openMllpListener(options: MllpOptions): Promise<MllpListener> {
  const { archive, log, now } = options
  const refusals = new RefusedCallers()
  const inHand = new Set<Promise<void>>()
  let closing = false

  const mayCall = (address: string): boolean =>
    options.senders.length === 0 ? isLoopback(address) : options.senders.includes(address)

  const refuse = (address: string, why: string): void => {
    log.warn({ address, why }, 'an HL7 sender was refused')
    const refusal = refusals.note('', address, now())
    if (refusal === undefined) return
    const context = contextOf({ kind: 'device', aeTitle: '', known: false }, address, undefined)
    const detail = { alert: `an HL7 sender was refused: ${why}`, alertType: '110126', address, times: refusal.times }
    archive
      .record(context, { type: 'aud.110113', action: 'E', outcome: 4, detail }, 'soon')
      .catch((thrown: unknown) => log.error({ error: asArchiveError(thrown).message }, 'a refusal was not recorded'))
  }

  const contextOf = (principal: Principal, address: string, port: number | undefined): Context => ({
    principal,
    client: { address, ...(port !== undefined && { port }) },
    now,
    signal: new AbortController().signal,
  })

  const connected = (socket: Socket, address: string): void => {
    socket.on('error', () => undefined)
    if (closing || !mayCall(address)) {
      if (!closing) refuse(address, 'its address is not listed')
      socket.destroy()
      return
    }
    const reader = new BlockReader(options.maxMessageBytes)
    const context = contextOf({ kind: 'device', aeTitle: 'HL7', known: true }, address, socket.remotePort)
    let waiting = 0
    let last: Promise<void> = Promise.resolve()

    const take = async (bytes: Uint8Array): Promise<void> => {
      const { text, code, type, again } = await answerTo(archive, bytes, context, options.undeclared)
      if (code === 'AA') log.debug({ address, type, again }, 'a message was taken')
      else log.warn({ address, type, code }, 'a message was not followed')
      if (socket.writable) socket.write(framed(text))
      waiting -= 1
      if (waiting < WAITING) socket.resume()
    }

    socket.setTimeout(options.stalledMs ?? STALLED_MS, () => {
      if (reader.inside) socket.destroy()
    })
    socket.on('data', (bytes) => {
      const { messages, tooLong } = reader.add(bytes)
      for (const message of messages) {
        waiting += 1
        last = last.then(() => take(message))
        inHand.add(last)
        const mine = last
        void last.finally(() => inHand.delete(mine))
      }
      if (waiting >= WAITING) socket.pause()
      if (!tooLong) return
      refuse(address, new ArchiveError('HL7_TOO_LONG', { most: options.maxMessageBytes }).fact)
      // Answered before: what is in hand. The message itself has no control ID to answer to.
      void last.finally(() => socket.destroy())
    })
  }

  const most = options.maxConnections ?? 100
  const limits = { maxConnections: most, maxConnectionsPerAddress: most }
  const transports: TransportListener[] = []
  try {
    if (options.port !== undefined)
      transports.push(await listenForTransport(options.host, options.port, limits, connected))
    if (options.tls !== undefined)
      transports.push(
        await listenForTransport(options.host, options.tls.port, limits, connected, {
          ...options.tls,
          handshakeMs: HANDSHAKE_MS,
          refused: (why, address) => refuse(address, why),
        }),
      )
  } catch (thrown) {
    for (const transport of transports) await transport.close()
    throw thrown
  }
  return {
    port: options.port === undefined ? 0 : (transports[0]?.port ?? 0),
    tlsPort: options.tls === undefined ? undefined : transports.at(-1)?.port,
    close: async () => {
      closing = true
      for (const transport of transports) transport.stop()
      await Promise.allSettled(inHand)
      for (const transport of transports) await transport.close()
    },
  }
}

const isLoopback = (address: string): boolean => address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address)
