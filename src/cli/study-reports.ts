/** One report a study, as a running archive makes them: lines of JSON that are read while they come. */
import { readFileSync } from 'node:fs'
import { ArchiveError } from '../base/errors.ts'

export interface StudyAsk {
  readonly server: string
  readonly path: string
  /** For the message of a refusal. */
  readonly act: string
  readonly flags: Readonly<Record<string, unknown>>
  /** All when there is none. */
  readonly studies: readonly string[]
  readonly signal: AbortSignal
}

/** @throws {ArchiveError} `NET_REFUSED`, `ACCESS_LOGIN`, `ACCESS_DENIED` */
export async function* studyReports<Report>(ask: StudyAsk): AsyncGenerator<Report> {
  const { server, path, act, flags, studies, signal } = ask
  const token = tokenOf(flags)
  const response = await fetch(`${server.replace(/\/+$/, '')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(studies.length === 0 ? {} : { studies }),
    signal,
  }).catch((cause: unknown) => {
    throw new ArchiveError('NET_REFUSED', { peer: server, why: 'the connection failed' }, { cause })
  })
  if (response.status === 401) throw new ArchiveError('ACCESS_LOGIN')
  if (response.status === 403) throw new ArchiveError('ACCESS_DENIED', { who: 'This token', act })
  if (!response.ok || response.body === null)
    throw new ArchiveError('NET_REFUSED', { peer: server, why: `it answered ${response.status}` })
  let rest = ''
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + piece).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) yield JSON.parse(line) as Report
  }
}

/** The API token of `--token` or `--token-file`. */
export function tokenOf(flags: Readonly<Record<string, unknown>>): string | undefined {
  const file = flags['tokenFile'] as string | undefined
  return file === undefined ? (flags['token'] as string | undefined) : readFileSync(file, 'utf8').trim()
}
