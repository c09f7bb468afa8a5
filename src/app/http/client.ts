/**
 * Requests to the archive: one function, one kind of failure.
 *
 * Every answer of our own API is checked against its shape in `src/api`; every failure becomes a `RequestError` holding
 * what happened, what to do, and the request's id, which is all an error state needs. The CSRF token of the session
 * goes with every request that changes something.
 */
import type { z } from 'zod'
import { Problem } from '../../api/admin.ts'
import { idleSeconds } from './idle.ts'

export class RequestError extends Error {
  readonly status: number // 0 when the archive could not be reached
  readonly problem: Problem

  constructor(status: number, problem: Problem) {
    super(`${problem.fact} ${problem.remedy}`)
    this.name = 'RequestError'
    this.status = status
    this.problem = problem
  }
}

let csrf = ''

/** The token that came with the session. */
export function setCsrf(token: string): void {
  csrf = token
}

/** Headers a request that changes something needs; also for uploads, which do not come through here. */
export function csrfHeaders(): Record<string, string> {
  return csrf === '' ? {} : { 'x-csrf-token': csrf }
}

const loggedOut = new Set<() => void>()

/** Calls back when the archive answers that nobody is logged in (401). */
export function onLoggedOut(call: () => void): () => void {
  loggedOut.add(call)
  return () => loggedOut.delete(call)
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: unknown
  readonly accept?: string
  readonly signal?: AbortSignal | undefined
}

/** Sends a request and gives the response, which is a success. @throws {RequestError} */
export async function request(path: string, ask: Ask = {}): Promise<Response> {
  const { method = 'GET', body, accept = 'application/json', signal } = ask
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept,
        'x-idle-seconds': String(idleSeconds()),
        ...(method === 'GET' ? {} : csrfHeaders()),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new RequestError(0, UNREACHABLE)
  }
  if (response.ok) return response
  const failure = new RequestError(response.status, await problemOf(response))
  // Other 401s say that a password or a code was wrong.
  if (failure.problem.code === 'ACCESS_LOGIN') for (const call of loggedOut) call()
  throw failure
}

/** Sends a request and gives its answer in the shape asked for. @throws {RequestError} */
export async function ask<Shape extends z.ZodType>(
  path: string,
  shape: Shape,
  how: Ask = {},
): Promise<z.output<Shape>> {
  const response = await request(path, how)
  const read = shape.safeParse(await response.json().catch(() => undefined))
  if (read.success) return read.data
  throw new RequestError(response.status, {
    code: 'UNEXPECTED_ANSWER',
    fact: 'The archive answered in a form this page does not know.',
    remedy: 'Reload the page: it may be older than the archive.',
    request: requestId(response),
  })
}

const UNREACHABLE: Problem = {
  code: 'UNREACHABLE',
  fact: 'The archive cannot be reached.',
  remedy: 'Check the network, and whether the archive is running.',
  request: '',
}

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined)
  const read = Problem.safeParse(body)
  if (read.success) return read.data
  return {
    code: `HTTP_${response.status}`,
    fact: `The archive answered ${response.status}${response.statusText ? ` ${response.statusText}` : ''}.`,
    remedy: 'Try again; if it stays, give the administrator the request number.',
    request: requestId(response),
  }
}

const requestId = (response: Response) => response.headers.get('x-request-id') ?? ''

/** Any thrown thing as a `RequestError`, for an error state to show. */
export function asRequestError(thrown: unknown): RequestError {
  if (thrown instanceof RequestError) return thrown
  return new RequestError(0, {
    code: 'DEFECT',
    fact: 'This page met a defect of its own.',
    remedy: 'Reload it; if it happens again, report it with the details.',
    request: thrown instanceof Error ? thrown.name : '',
  })
}
