/**
 * What a route is: its address, the act that compliance is asked about, its shapes, and what it does. The tables of
 * routes are the whole of our HTTP interface: `doors.ts` serves them, `openapi.ts` describes them, and the access
 * journey visits each of them without a login.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Act } from '../compliance/access.ts'
import { isUsableUid, type Uid, uid } from '../dicom/uid.ts'
import type { Visitor } from './authenticate.ts'

/** What a handler gets: who asks, and what for. */
export interface Ask<Query = unknown, Body = unknown> {
  readonly context: Context
  readonly visitor: Visitor
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  readonly request: FastifyRequest
}

export interface Answer {
  readonly status: number
  readonly says: string
  /** JSON of this shape … */
  readonly shape?: z.ZodType
  /** … or bodies of these media types. */
  readonly types?: readonly string[]
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS'
  /** Parameters as `:study`. */
  readonly url: string
  /**
   * The act compliance is asked about. `anyone`: answers without a login. `account`: needs one, and answers it even
   * while its password must be changed.
   */
  readonly act: Act | 'anyone' | 'account'
  readonly says: string
  readonly query?: z.ZodType
  /** JSON of this shape … */
  readonly body?: z.ZodType
  /** … or a stream of one of these media types, handed on unread. */
  readonly streams?: readonly string[]
  readonly answers: readonly Answer[]
  readonly handle: (ask: Ask, reply: FastifyReply) => Promise<unknown>
}

/** A route whose handler gets its query and body in their shapes. */
export function route<Query extends z.ZodType = z.ZodUndefined, Body extends z.ZodType = z.ZodUndefined>(
  definition: Omit<Route, 'query' | 'body' | 'handle'> & {
    readonly query?: Query
    readonly body?: Body
    readonly handle: (ask: Ask<z.output<Query>, z.output<Body>>, reply: FastifyReply) => Promise<unknown>
  },
): Route {
  return definition as unknown as Route
}

/** The UID in a path. @throws {ArchiveError} `DICOM_INVALID_UID` */
export function uidParam(ask: Ask, name: string): Uid {
  return uid(ask.params[name] ?? '')
}

/** Which of the UIDs a path may hold are there. */
export function scopeOf(ask: Ask): { study: Uid; series?: Uid; instance?: Uid } {
  const { series, instance } = ask.params
  return {
    study: uidParam(ask, 'study'),
    ...(series === undefined ? {} : { series: uidParam(ask, 'series') }),
    ...(instance === undefined ? {} : { instance: uidParam(ask, 'instance') }),
  }
}

export const isUidParam = (text: string | undefined): text is Uid => text !== undefined && isUsableUid(text)

/**
 * A value in its shape.
 *
 * @param what  query or body, for the message, which names the place and never the value
 * @throws {ArchiveError} `BAD_REQUEST`
 */
export function inShape(shape: z.ZodType, value: unknown, what: string): unknown {
  const read = shape.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const where = issue === undefined || issue.path.length === 0 ? what : issue.path.join('.')
  throw new ArchiveError('BAD_REQUEST', { why: `${where}: ${issue?.message ?? 'not valid'}` })
}
