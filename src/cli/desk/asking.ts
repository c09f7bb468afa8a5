/** The compliance desk from a terminal: a running archive is asked, with a person's token, as the page would ask it. */
import type { z } from 'zod'
import { Problem } from '../../api/admin.ts'
import { ArchiveError } from '../../base/errors.ts'
import { tokenOf } from '../study-reports.ts'
import { serverOf } from '../target.ts'

export type Flags = Readonly<Record<string, unknown>>

export interface Question<Shape extends z.ZodType> {
  readonly path: string
  readonly shape: Shape
  /** For the message of a refusal. */
  readonly act: string
  /** With one it is a POST. */
  readonly body?: object
}

const AT = 'http://127.0.0.1:8080'

/** @throws {ArchiveError} `NET_REFUSED`, `ACCESS_LOGIN`, `ACCESS_DENIED`, `ARCHIVE_REFUSED` with the archive's own words */
export async function askArchive<Shape extends z.ZodType>(
  flags: Flags,
  { path, shape, act, body }: Question<Shape>,
  signal: AbortSignal,
): Promise<z.infer<Shape>> {
  const server = (serverOf(flags) ?? AT).replace(/\/+$/, '')
  const token = tokenOf(flags)
  const response = await fetch(`${server}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
  }).catch((cause: unknown) => {
    throw new ArchiveError('NET_REFUSED', { peer: server, why: 'the connection failed' }, { cause })
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return shape.parse(answer)
  if (response.status === 401) throw new ArchiveError('ACCESS_LOGIN')
  const problem = Problem.safeParse(answer)
  if (!problem.success) throw new ArchiveError('NET_REFUSED', { peer: server, why: `it answered ${response.status}` })
  if (problem.data.code === 'ACCESS_DENIED') throw new ArchiveError('ACCESS_DENIED', { who: 'This token', act })
  const [fact, remedy] = [problem.data.fact, problem.data.remedy].map((words) => words.replace(/\.$/, ''))
  throw new ArchiveError('ARCHIVE_REFUSED', { fact, remedy })
}

/** @throws {ArchiveError} `USAGE` */
export function needed(flags: Flags, name: string, says: string): string {
  const value = flags[name]
  if (typeof value !== 'string' || value.trim() === '') throw new ArchiveError('USAGE', { why: says })
  return value
}

export const reasonOf = (flags: Flags): string => needed(flags, 'reason', 'Say why, with --reason: the log keeps it.')

export const day = (moment: string): string => moment.slice(0, 10)
