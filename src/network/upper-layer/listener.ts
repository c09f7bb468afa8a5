/**
 * The transport listener: accepts TCP connections and bounds how many there are, in all and from one address.
 *
 * Connections are bounded somewhat higher than associations, so that a caller over the limit can be told so by an
 * A-ASSOCIATE-RJ; beyond this bound a connection is closed without a word, for whoever opens hundreds listens to none.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { acceptorOptions, type TlsMaterial, tlsFailureInWords, uncertified } from './tls.ts'

export interface TransportLimits {
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
}

export interface TransportTls extends TlsMaterial {
  /** In milliseconds. */
  readonly handshakeMs: number
  /** Told of a handshake that failed, in words. */
  readonly refused: (why: string, address: string) => void
}

export interface TransportListener {
  readonly port: number
  /** Takes no more connections; those there are live on. */
  stop(): void
  /** Destroys what is left and resolves when all is closed. */
  close(): Promise<void>
}

/** @throws {ArchiveError} `NET_PORT` when the port cannot be had */
export async function listenForTransport(
  host: string,
  port: number,
  limits: TransportLimits,
  onConnection: (socket: Socket, address: string) => void,
  tls?: TransportTls,
): Promise<TransportListener> {
  const sockets = new Set<Socket>()
  const perAddress = new Map<string, number>()

  /** @returns whether there is room for it */
  const admit = (socket: Socket): boolean => {
    const address = plainAddress(socket.remoteAddress ?? '')
    const here = perAddress.get(address) ?? 0
    if (sockets.size >= limits.maxConnections || here >= limits.maxConnectionsPerAddress || address === '') {
      socket.destroy()
      return false
    }
    sockets.add(socket)
    perAddress.set(address, here + 1)
    socket.once('close', () => {
      sockets.delete(socket)
      const left = (perAddress.get(address) ?? 1) - 1
      if (left === 0) perAddress.delete(address)
      else perAddress.set(address, left)
    })
    return true
  }

  const plain = (): Server =>
    createServer({ noDelay: true, allowHalfOpen: false }, (socket) => {
      if (admit(socket)) onConnection(socket, plainAddress(socket.remoteAddress ?? ''))
    })

  const secure = (given: TransportTls): Server =>
    createTlsServer({ ...acceptorOptions(given, given.handshakeMs), noDelay: true }, (socket) => {
      const address = plainAddress(socket.remoteAddress ?? '')
      const why = uncertified(socket, given)
      if (why === undefined) return onConnection(socket, address)
      given.refused(why, address)
      socket.on('error', () => undefined).destroy()
    })
      // Counted from the first packet on: handshakes cost more than associations.
      .on('connection', admit)
      .on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
        given.refused(tlsFailureInWords(error.code ?? error.message), plainAddress(socket.remoteAddress ?? ''))
        socket.destroy()
      })

  const server = tls === undefined ? plain() : withMaterial(tls, secure)

  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      reject(new ArchiveError('NET_PORT', { host, port, why: error.code ?? error.message }, { cause: error }))
    server.once('error', failed)
    server.listen({ port, host, backlog: 511 }, () => {
      server.removeListener('error', failed)
      resolve()
    })
  })
  // Later errors, such as running out of descriptors, pass: the connection is lost, the listener is not.
  server.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()))
  const bound = server.address()

  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : port,
    stop: () => {
      if (server.listening) server.close()
    },
    close: async () => {
      if (server.listening) server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** @throws {ArchiveError} `CONFIG_INVALID` for what is no certificate or key */
function withMaterial(tls: TransportTls, open: (tls: TransportTls) => Server): Server {
  try {
    return open(tls)
  } catch (thrown) {
    throw new ArchiveError('CONFIG_INVALID', {
      key: 'dicom.tls',
      why: `certificate, key or authorities cannot be used (${asArchiveError(thrown).message.slice(0, 80)})`,
    })
  }
}

/** `::ffff:10.0.0.1` is 10.0.0.1 (RFC 4291 section 2.5.5.2): devices are listed by the address people know. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
