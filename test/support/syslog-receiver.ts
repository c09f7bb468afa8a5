/**
 * An audit repository that is not ours: reads syslog from TLS (RFC 5425) or UDP (RFC 5426) and remembers what it read. It
 * can be made to go down in the middle, as one whose machine is reset does: with bytes unread, and without a word.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'

/** One syslog message, taken apart by RFC 5424. */
export interface Received {
  readonly priority: number
  readonly messageId: string
  readonly sequence: number
  readonly xml: string
}

export interface Receiver {
  readonly port: number
  readonly received: readonly Received[]
  /** Connections that were opened. */
  readonly connections: number
  /** Reset after so many messages more; never when undefined. */
  breakAfter(messages: number): void
  close(): Promise<void>
}

export function takenApart(message: string): Received {
  const parts =
    /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT[\d:.]+Z) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) \[meta sequenceId="(\d+)"\] \ufeff(<.*>)$/su.exec(
      message,
    )
  if (parts === null) throw new Error(`not a message of RFC 5424: ${message.slice(0, 200)}`)
  return { priority: Number(parts[1]), messageId: parts[6] ?? '', sequence: Number(parts[7]), xml: parts[8] ?? '' }
}

export interface ReceiverTls {
  readonly cert: string
  readonly key: string
  readonly ca: string
  readonly port?: number
  /** Is given each message, and nothing is remembered. */
  readonly taken?: (message: Received) => void
}

export async function openTlsReceiver({ port = 0, taken, ...tls }: ReceiverTls): Promise<Receiver> {
  const received: Received[] = []
  const open = new Set<Socket>()
  let [connections, left] = [0, Number.POSITIVE_INFINITY]

  const serve = (socket: TLSSocket): void => {
    let kept = Buffer.alloc(0)
    socket.on('data', (bytes: Buffer) => {
      kept = Buffer.concat([kept, bytes])
      for (;;) {
        const space = kept.indexOf(0x20)
        if (space < 0) return
        const length = Number(kept.subarray(0, space).toString('latin1'))
        if (!Number.isInteger(length) || length < 1) throw new Error('not a frame of RFC 5425')
        const end = space + 1 + length
        if (kept.length < end) return
        if (left === 0) {
          for (const one of open) one.resetAndDestroy()
          return
        }
        left -= 1
        const message = takenApart(kept.subarray(space + 1, end).toString('utf8'))
        if (taken === undefined) received.push(message)
        else taken(message)
        kept = kept.subarray(end)
      }
    })
    socket.on('error', () => {})
  }
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, serve)
  server.on('connection', (socket: Socket) => {
    connections += 1
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    received,
    get connections() {
      return connections
    },
    breakAfter: (messages) => {
      left = messages
    },
    close: async () => {
      server.close()
      for (const one of open) one.destroy()
      await once(server, 'close')
    },
  }
}

export async function openUdpReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const socket = createSocket('udp4')
  socket.on('message', (bytes) => received.push(takenApart(bytes.toString('utf8'))))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    received,
    connections: 0,
    breakAfter: () => {},
    close: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
}
