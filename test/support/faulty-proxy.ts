/**
 * Something bad between us and an HTTP server: answers 500 or 503 in its place, answers late, gives half an answer and hangs
 * up, or stops in the middle and says nothing more. What it does is told for each request.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Fault = 'none' | 'error-500' | 'slow-down' | 'late' | 'half' | 'stalls' | 'answer-lost'

export interface FaultyProxy {
  readonly port: number
  /** Requests by what was done to them. */
  readonly counts: ReadonlyMap<Fault, number>
  /** Decides what becomes of a request; all pass until told. */
  decide(how: (method: string, path: string) => Fault): void
  close(): Promise<void>
}

const LATE_MS = 400

export async function openFaultyProxy(port: number): Promise<FaultyProxy> {
  let how: (method: string, path: string) => Fault = () => 'none'
  const counts = new Map<Fault, number>()

  const pass = (from: IncomingMessage, to: ServerResponse, fault: Fault): void => {
    const { method, url: path, headers } = from
    const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      // The deed was done, and nobody is told.
      if (fault === 'answer-lost') {
        answer.resume()
        answer.once('end', () => to.destroy())
        return
      }
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      if (fault !== 'half' && fault !== 'stalls') {
        answer.pipe(to)
        return
      }
      const half = Math.floor(Number(answer.headers['content-length'] ?? 0) / 2)
      let given = 0
      answer.on('data', (piece: Buffer) => {
        const part = piece.subarray(0, Math.max(0, half - given))
        given += part.length
        to.write(part)
      })
      answer.once('end', () => {
        if (fault === 'half') to.destroy()
      })
    })
    onward.once('error', () => to.destroy())
    from.pipe(onward)
  }

  const server = createServer((from, to) => {
    const fault = how(from.method ?? '', from.url ?? '')
    counts.set(fault, (counts.get(fault) ?? 0) + 1)
    to.on('error', () => {})
    if (fault === 'error-500' || fault === 'slow-down') {
      const [status, code] = fault === 'slow-down' ? [503, 'SlowDown'] : [500, 'InternalError']
      from.resume()
      from.once('end', () => {
        to.writeHead(status, { 'content-type': 'application/xml' })
        to.end(from.method === 'HEAD' ? undefined : `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`)
      })
    } else if (fault === 'late') setTimeout(() => pass(from, to, fault), LATE_MS)
    else pass(from, to, fault)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    decide: (next) => {
      how = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
