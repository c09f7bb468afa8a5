/** The compliance desk from a terminal: a running archive is asked, with a person's token, as the page would ask it. */
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { Problem } from '../../api/admin.ts'
import type { Signed } from '../../api/signing.ts'
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

export async function askArchive<Shape extends z.ZodType>(
  flags: Flags,
  { shape, ...question }: Question<Shape>,
  signal: AbortSignal,
): Promise<z.infer<Shape>> {
  const response = await answerOf(flags, question, signal)
  return shape.parse(await response.json())
}

/** A file the archive gives out. */
export async function askFile(
  flags: Flags,
  question: Omit<Question<z.ZodType>, 'shape'>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const response = await answerOf(flags, question, signal)
  return new Uint8Array(await response.arrayBuffer())
}

/** @throws {ArchiveError} `NET_REFUSED`, `ACCESS_LOGIN`, `ACCESS_DENIED`, `ARCHIVE_REFUSED` with the archive's own words */
async function answerOf(
  flags: Flags,
  { path, act, body }: Omit<Question<z.ZodType>, 'shape'>,
  signal: AbortSignal,
): Promise<Response> {
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
  if (response.ok) return response
  const problem = Problem.safeParse(await response.json().catch(() => undefined))
  if (!problem.success)
    throw response.status === 401
      ? new ArchiveError('ACCESS_LOGIN')
      : new ArchiveError('NET_REFUSED', { peer: server, why: `it answered ${response.status}` })
  if (problem.data.code === 'ACCESS_LOGIN') throw new ArchiveError('ACCESS_LOGIN')
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

/** What an approval is signed with: the password of the account the token is of, and a code where it has a second factor. */
export function signatureOf(flags: Flags): Signed {
  const file = flags['passwordFile'] as string | undefined
  const code = flags['code'] as string | undefined
  if (file === undefined)
    throw new ArchiveError('USAGE', {
      why: 'An approval is signed: give the file that holds your password with --password-file, and --code where there is a second factor.',
    })
  return { password: readFileSync(file, 'utf8').replace(/\r?\n$/, ''), ...(code !== undefined && { code }) }
}

export const day = (moment: string): string => moment.slice(0, 10)
