/** What commands that take a ZIP out of the archive share: asked of a running one, and written so that half a file has no name. */
import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ArchiveError } from '../base/errors.ts'

/** @throws {ArchiveError} `USAGE` */
export function notThere(file: string): void {
  if (existsSync(file)) throw new ArchiveError('USAGE', { why: `${file} is there already, and is not written over.` })
}

export interface ZipAsk {
  readonly server: string
  readonly path: string
  readonly token: string | undefined
  /** For the messages of refusals. */
  readonly act: string
  readonly what: string
  readonly signal: AbortSignal
}

/** @throws {ArchiveError} `NET_REFUSED`, `ACCESS_LOGIN`, `ACCESS_DENIED`, `NOT_FOUND` */
export async function askedOf(ask: ZipAsk): Promise<AsyncIterable<Uint8Array>> {
  const { server, path, token, act, what, signal } = ask
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(`${server.replace(/\/+$/, '')}${path}`, { headers, signal }).catch((cause: unknown) => {
    throw new ArchiveError('NET_REFUSED', { peer: server, why: 'the connection failed' }, { cause })
  })
  if (response.status === 401) throw new ArchiveError('ACCESS_LOGIN')
  if (response.status === 403) throw new ArchiveError('ACCESS_DENIED', { who: 'This token', act })
  if (response.status === 404) throw new ArchiveError('NOT_FOUND', { what })
  if (!response.ok || response.body === null)
    throw new ArchiveError('NET_REFUSED', { peer: server, why: `it answered ${response.status}` })
  return response.body
}

/** Beside it first: what breaks off leaves nothing that could be taken for the whole. */
export async function written(file: string, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const part = `${file}.part`
  try {
    await pipeline(Readable.from(bytes, { objectMode: false }), createWriteStream(part, { flush: true }), { signal })
    await rename(part, file)
  } catch (thrown) {
    await rm(part, { force: true })
    throw thrown
  }
}
