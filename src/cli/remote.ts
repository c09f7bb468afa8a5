/**
 * An archive behind a URL, as a target of `import`: STOW-RS with one object a request, over connections kept alive, in a
 * multipart of one part, which every STOW-RS takes.
 */
import { randomUUID } from 'node:crypto'
import { Session } from '../api/session.ts'
import { readPrivateBlock } from '../api/store-answer.ts'
import { ArchiveError } from '../base/errors.ts'
import type { ImportAnswer, ImportTarget } from './import.ts'

/** The attributes of a STOW-RS response we read (PS3.18 Table I.2-1), by tag. */
const REFERENCED = '00081199'
const FAILED = '00081198'
const OTHER_FAILURES = '0008119A'
const FAILURE_REASON = '00081197'
const WARNING_REASON = '00081196'
const REFERENCED_INSTANCE = '00081155'
const RETRIEVE_URL = '00081190'
const ERROR_COMMENT = '00000902'

type Answered = Record<string, { readonly Value?: readonly unknown[] }>

export function remoteTarget(server: string, token: string | undefined): ImportTarget {
  const url = `${server.replace(/\/+$/, '')}/dicom-web/studies`
  // No object can hold it but by a chance of one in 2^122.
  const boundary = `clearkeep-${randomUUID()}`
  const headers: Record<string, string> = {
    'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
    accept: 'application/dicom+json',
  }
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  let asked: Promise<void> | undefined
  return {
    async receive(bytes) {
      // Asked once, before anything is sent: an upload that is refused half way is a lost connection to its sender.
      asked ??= mayStore(server, token)
      await asked
      const response = await post(url, headers, onePart(boundary, bytes), server)
      if (response.status === 401) throw new ArchiveError('ACCESS_LOGIN')
      if (response.status === 403) throw new ArchiveError('ACCESS_DENIED', { who: 'This token', act: 'store' })
      return answer(await response.text(), response.status)
    },
  }
}

/** @throws {ArchiveError} `ACCESS_LOGIN`, `ACCESS_DENIED`, `NET_REFUSED` */
async function mayStore(server: string, token: string | undefined): Promise<void> {
  const response = await fetch(`${server.replace(/\/+$/, '')}/api/session`, {
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  }).catch((cause: unknown) => {
    throw new ArchiveError('NET_REFUSED', { peer: server, why: 'the connection failed' }, { cause })
  })
  if (response.status === 401) throw new ArchiveError('ACCESS_LOGIN')
  const session = Session.safeParse(await response.json().catch(() => undefined))
  if (!session.success) return // whatever it is, it answers for itself when it is sent something
  if (session.data.user === null) throw new ArchiveError('ACCESS_LOGIN')
  if (!session.data.acts.includes('store')) throw new ArchiveError('ACCESS_DENIED', { who: 'This token', act: 'store' })
}

async function* onePart(boundary: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`)
  yield* bytes
  yield Buffer.from(`\r\n--${boundary}--\r\n`)
}

async function post(
  url: string,
  headers: Record<string, string>,
  bytes: AsyncIterable<Uint8Array>,
  server: string,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers,
      body: ReadableStream.from(bytes),
      duplex: 'half',
    } as RequestInit)
  } catch (cause) {
    throw new ArchiveError('NET_REFUSED', { peer: server, why: 'the connection failed' }, { cause })
  }
}

function answer(body: string, status: number): ImportAnswer {
  const parsed = parse(body)
  const failed = first(parsed[FAILED]) ?? first(parsed[OTHER_FAILURES])
  if (failed !== undefined) {
    const reason = Number(failed[FAILURE_REASON]?.Value?.[0] ?? 0)
    const { outcome, words } = readPrivateBlock(failed)
    const code = `${reason.toString(16).toUpperCase().padStart(4, '0')}H`
    return {
      outcome: 'refused',
      code: outcome ?? code,
      words: words ?? String(failed[ERROR_COMMENT]?.Value?.[0] ?? `The archive gave the reason ${code}.`),
    }
  }
  const stored = first(parsed[REFERENCED])
  if (stored === undefined)
    throw new ArchiveError('BAD_REQUEST', { why: `the archive answered ${status}: ${body.slice(0, 200)}` })
  const study = /\/studies\/([\d.]+)/.exec(String(stored[RETRIEVE_URL]?.Value?.[0] ?? ''))?.[1] ?? ''
  const warned = stored[WARNING_REASON]?.Value?.[0] !== undefined
  return {
    outcome: warned ? 'conflict' : readPrivateBlock(stored).outcome === 'ALREADY' ? 'already' : 'stored',
    study,
    instance: String(stored[REFERENCED_INSTANCE]?.Value?.[0] ?? ''),
  }
}

function parse(body: string): Answered {
  try {
    return JSON.parse(body) as Answered
  } catch {
    return {}
  }
}

const first = (attribute: Answered[string] | undefined): Answered | undefined =>
  attribute?.Value?.[0] as Answered | undefined
