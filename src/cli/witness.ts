/**
 * `clearkeep witness`: a small separate program for a machine the archive cannot reach into: a partner's, the legal
 * department's. It cosigns the log's checkpoints and refuses a log that was forked or cut short (C2SP tlog-witness).
 *
 * It opens no archive and shares no folder with one. One line on standard output when it answers.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import { openWitness, type Witness } from '../ledger/witness/witness.ts'
import { keyText } from '../proof/note.ts'
import { diskFiles } from '../storage/files/disk.ts'
import { lockFolder } from '../storage/lock.ts'
import { EXIT, type Exit, keyGiven, type Output } from './command.ts'

export interface WitnessFlags {
  readonly folder: string
  readonly name: string
  readonly log: readonly string[]
  readonly host: string
  readonly port: number
}

/** A checkpoint, its signatures and 63 hashes are far less. */
const MOST_BYTES = 64 * 1024
const REQUEST_MS = 10_000

export async function witness(flags: WitnessFlags, signal: AbortSignal, out: Output): Promise<Exit> {
  const { folder, name, host, port } = flags
  if (/[\s+]/u.test(name) || name === '')
    throw new ArchiveError('USAGE', { why: `"${name}" cannot name a key: no spaces, no plus signs.` })
  const logs = flags.log.map(keyGiven)
  const lock = lockFolder(folder, { pid: process.pid, command: 'witness' })
  try {
    const opened = await openWitness({
      files: diskFiles(),
      folder,
      name,
      logs,
      now: () => new Date(),
      alarm: (what) => {
        out.say(`ALARM: ${what}. What it signed is kept in ${folder}/refused.`)
        out.record({ alarm: what })
      },
    })
    const server = createServer((request, response) => {
      void handle(opened, request, response).catch((thrown: unknown) => {
        out.say(`A request failed: ${asArchiveError(thrown).fact}`)
        send(response, 500, 'text/plain; charset=utf-8', 'It failed.\n')
      })
    })
    server.requestTimeout = REQUEST_MS
    server.headersTimeout = REQUEST_MS
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve)
    })
    const address = server.address()
    const bound = typeof address === 'object' && address !== null ? address.port : port
    process.stdout.write(`ready http://${host.includes(':') ? `[${host}]` : host}:${bound} ${keyText(opened.key)}\n`)
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  } finally {
    lock.release()
  }
  return EXIT.done
}

async function handle(opened: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url } = request
  if (method === 'POST' && url === '/add-checkpoint') {
    const body = await bodyOf(request)
    if (body === undefined) return send(response, 413, 'text/plain; charset=utf-8', 'It is too long.\n')
    const answer = await opened.add(body)
    return send(response, answer.status, answer.type, answer.body)
  }
  // For whoever wants a checkpoint the archive cannot have changed: clearkeep verify --checkpoint.
  if (method === 'GET' && url === '/checkpoints')
    return send(response, 200, 'application/json', `${JSON.stringify({ checkpoints: await opened.checkpoints() })}\n`)
  if (method === 'GET' && url === '/key')
    return send(response, 200, 'text/plain; charset=utf-8', `${keyText(opened.key)}\n`)
  send(response, 404, 'text/plain; charset=utf-8', 'POST /add-checkpoint, GET /checkpoints, GET /key.\n')
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MOST_BYTES) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': type })
  response.end(body)
}
