/**
 * One connection to an audit repository: messages go out in order, and in the end one knows whether they arrived.
 *
 * Syslog has no acknowledgement. What TLS does have is its end: a receiver that has read the stream to our close_notify
 * answers with its own (RFC 5425 4.4), and one that was killed, reset or turned us away does not. So a link is finished by
 * closing it, and what is not finished so was not told. A receiver that closes of its own accord in the very moment we do is
 * not told from one that answers: the protocol has no word for that. UDP tells nothing but that nobody listens.
 */
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createConnection, isIP, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { datagram, tlsFrame } from './syslog.ts'

export interface Link {
  /** Resolves when there is room for more. */
  send(message: Bytes): Promise<void>
  /** Resolves when what was sent has arrived, as far as the protocol lets one know. */
  finish(): Promise<void>
  close(): void
}

export interface Repository {
  /** Names it in figures, in words and in its file. */
  readonly name: string
  readonly transport: 'tls' | 'udp'
  readonly host: string
  readonly port: number
  /** What it is told first: everything, or what happens after it was first configured. */
  readonly from: 'beginning' | 'now'
}

/** PEM texts. */
export interface ReportingTls {
  readonly cert?: string
  readonly key?: string
  /** Who must have certified repositories; the system’s authorities otherwise. */
  readonly ca?: string
}

/** How long nothing may happen. */
const STALL_MS = 30_000
/** Forward secrecy and authenticated encryption, as BCP 195 has it; TLS 1.3 has its own. */
const CIPHERS = 'ECDHE+AESGCM:ECDHE+CHACHA20'

const peer = ({ name }: Repository): string => `Audit repository ${name}`

export function dial(to: Repository, tls: ReportingTls, signal: AbortSignal): Promise<Link> {
  return to.transport === 'tls' ? dialTls(to, tls, signal) : dialUdp(to)
}

/** @throws {ArchiveError} `NET_UNREACHABLE`, `NET_TIMEOUT` */
async function dialTls(to: Repository, tls: ReportingTls, signal: AbortSignal): Promise<Link> {
  const { host, port } = to
  let [ended, finishing] = [false, false]
  const raw = createConnection({ host, port })
  const socket = connect({
    socket: withoutEnd(raw),
    host,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    ...tls,
    // RFC 6066 3: an address is no name of a server.
    ...(isIP(host) === 0 && { servername: host }),
  })
  const broken = new Promise<never>((_, reject) => {
    const fail = (why: unknown) => reject(unreachable(to, why))
    for (const one of [raw, socket]) one.on('error', fail)
    raw.on('close', () => {
      // A close_notify that came with the end of the connection is heard first.
      setTimeout(() => fail(HUNG_UP), LAST_WORDS_MS).unref()
    })
    socket.on('end', () => {
      ended = true
      if (!finishing) fail(HUNG_UP)
    })
    signal.addEventListener('abort', () => fail(new Error('stopped')), { once: true })
  })
  // Whoever waits for something is told; when nobody does there is nothing to tell.
  broken.catch(() => {})
  const close = () => {
    socket.destroy()
    raw.destroy()
  }
  // A syslog receiver says nothing; what it says all the same must not stand in the way of its end.
  socket.resume()

  const within = async <T>(step: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const error = new ArchiveError('NET_TIMEOUT', { peer: peer(to), seconds: STALL_MS / 1000 })
      timer = setTimeout(() => reject(error), STALL_MS)
    })
    try {
      return await Promise.race([step, broken, late])
    } catch (thrown) {
      close()
      throw thrown
    } finally {
      clearTimeout(timer)
    }
  }
  await within(once(socket, 'secureConnect'))

  return {
    send: async (message) => {
      let room = true
      for (const part of tlsFrame(message)) room = socket.write(part)
      if (!room) await within(once(socket, 'drain'))
    },
    finish: async () => {
      if (ended) throw unreachable(to, HUNG_UP)
      finishing = true
      const answered = once(socket, 'end')
      socket.end()
      await within(answered)
    },
    close,
  }
}

/** How long after the end of a connection what came before it may take to be understood. */
const LAST_WORDS_MS = 500
const HUNG_UP = new Error('it hung up')

/**
 * A connection whose end is not passed on: what TLS takes for its end is then a close_notify, and not the connection’s,
 * which Node tells nobody apart.
 */
function withoutEnd(raw: Socket): Duplex {
  const passing = new Duplex({
    read: () => {
      raw.resume()
    },
    write: (bytes: Uint8Array, _, done) => {
      raw.write(bytes, done)
    },
    final: (done) => {
      raw.end(done)
    },
    destroy: (error, done) => {
      raw.destroy()
      done(error)
    },
  })
  raw.on('data', (bytes) => {
    if (!passing.push(bytes)) raw.pause()
  })
  return passing
}

/** Datagrams between two rests: a receiver’s buffer of the usual size holds about fifty, and what it cannot hold is gone. */
const BURST = 16
const REST_MS = 5
/** How long a machine may take to say that nobody listens there. */
const REFUSAL_MS = 100

/** @throws {ArchiveError} `NET_UNREACHABLE` */
async function dialUdp(to: Repository): Promise<Link> {
  let failure: ArchiveError | undefined
  let sent = 0
  try {
    const { address, family } = await lookup(to.host)
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    socket.on('error', (error) => {
      failure ??= unreachable(to, error)
    })
    const connected = once(socket, 'connect')
    socket.connect(to.port, address)
    await connected
    const check = () => {
      if (failure !== undefined) throw failure
    }
    return {
      send: async (message) => {
        check()
        const { bytes } = datagram(message)
        await new Promise<void>((resolve, reject) => {
          socket.send(bytes, (error) => (error ? reject(unreachable(to, error)) : resolve()))
        })
        sent += 1
        if (sent % BURST === 0) await sleep(REST_MS)
      },
      finish: async () => {
        await sleep(REFUSAL_MS)
        check()
        socket.close()
      },
      close: () => {
        try {
          socket.close()
        } catch {
          // It is closed.
        }
      },
    }
  } catch (thrown) {
    throw thrown instanceof ArchiveError ? thrown : unreachable(to, thrown)
  }
}

/** What the system’s and OpenSSL’s codes mean to who runs the archive. */
const WORDS: readonly (readonly [code: RegExp, words: string])[] = [
  [/ECONNREFUSED/, 'nobody listens there'],
  [/ECONNRESET|EPIPE/, 'it broke off the connection'],
  [/ENOTFOUND|EAI_AGAIN/, 'its name is not known'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'no answer comes from there'],
  [/CERT_HAS_EXPIRED/, 'its certificate has expired'],
  [/ALTNAME/, 'its certificate is another machine’s'],
  [/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_SIGNATURE|UNTRUSTED/, 'its certificate is of no authority that is trusted'],
  [/ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE|HANDSHAKE|NO_CERT)/, 'it does not take our certificate'],
  [/WRONG_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|RECORD_/, 'it does not speak TLS as we do'],
]

function unreachable(to: Repository, cause: unknown): ArchiveError {
  const code = String(Reflect.get(Object(cause), 'code') ?? '')
  const words = WORDS.find(([pattern]) => pattern.test(code))?.[1]
  const why = words ?? (code || (cause instanceof Error ? cause.message.slice(0, 100) : 'unknown'))
  return new ArchiveError('NET_UNREACHABLE', { peer: peer(to), why }, { cause })
}
