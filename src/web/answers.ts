/**
 * Answers: failures as `Problem`, streams with back-pressure, byte ranges.
 */
import type { FastifyReply } from 'fastify'
import type { Problem } from '../api/admin.ts'
import { type ByteRange, type ByteStream, type Bytes, giveBack } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'

/** What a failure is answered with. */
export function problemOf(error: ArchiveError, request: string): Problem {
  return { code: error.code, fact: error.fact, remedy: error.remedy, request }
}

/** Fastify's own refusals in words of the table; undefined when it is none. */
export function refusalOf(error: unknown, limit: number, takes: string): ArchiveError | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ArchiveError('TOO_LARGE', { limit })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ArchiveError('UNSUPPORTED_MEDIA_TYPE', { type: 'that', offer: takes })
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ArchiveError('BAD_REQUEST', { why: 'the body is not JSON' })
    default:
      return error instanceof SyntaxError ? new ArchiveError('BAD_REQUEST', { why: 'the body is not JSON' }) : undefined
  }
}

/** JSON as bytes: as a text, fastify would give it a charset that JSON does not have (RFC 8259 section 11). */
export const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** Pieces smaller than this are joined before they are written. */
const SMALL = 32 * 1024
const GATHER = 64 * 1024

/**
 * Streams an answer. What fails before the first byte is thrown, and so answered; what fails later cuts the connection,
 * so that nobody takes half for the whole. Reads no faster than the client takes, and stops when it goes away.
 */
export async function sendStream(
  reply: FastifyReply,
  status: number,
  headers: Readonly<Record<string, string | number>>,
  bytes: ByteStream,
): Promise<FastifyReply> {
  const iterator = bytes[Symbol.asyncIterator]()
  const response = reply.raw
  let next = await iterator.next()
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.statusCode = status

  let small: Bytes[] = []
  let gathered = 0
  const flush = (): boolean => {
    if (small.length === 0) return true
    const [only] = small
    const whole = small.length === 1 && only !== undefined ? only : Buffer.concat(small)
    small = []
    gathered = 0
    return response.write(whole)
  }

  try {
    if (reply.request.method !== 'HEAD')
      while (next.done !== true && !response.destroyed) {
        const piece = next.value
        let ready = true
        if (piece.length < SMALL) {
          small.push(piece)
          gathered += piece.length
          if (gathered >= GATHER) ready = flush()
        } else {
          // Both in one tick: Node gathers them into one write. (`cork` on the response would lose a drain.)
          flush()
          ready = response.write(piece, () => giveBack(piece))
        }
        if (!ready && !response.destroyed) await drained(response)
        next = await iterator.next()
      }
    flush()
    response.end()
  } catch (error) {
    reply.log.warn({ code: error instanceof ArchiveError ? error.code : String(error) }, 'an answer was cut short')
    response.destroy()
  } finally {
    if (next.done !== true) await iterator.return?.()
  }
  return reply
}

/** Resolves when more may be written, or nobody is there to take it. */
function drained(response: FastifyReply['raw']): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}

/**
 * One range of a Range header (RFC 9110 section 14). Undefined, the whole: when there is none, when it is not
 * understood, and for several at once, which a server may ignore.
 *
 * @throws {ArchiveError} `RANGE_UNSATISFIABLE`
 */
export function rangeOf(header: string, size: number): ByteRange | undefined {
  const [, from = '', to = ''] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header) ?? []
  if (from === '' && to === '') return undefined
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1)
  if (start >= size || end <= start) throw new ArchiveError('RANGE_UNSATISFIABLE', { size })
  return { start, end }
}

/** Headers of a part of something, or of all of it. */
export function rangeHeaders(range: ByteRange | undefined, size: number): Record<string, string | number> {
  if (range === undefined) return { 'accept-ranges': 'bytes', 'content-length': size }
  return {
    'accept-ranges': 'bytes',
    'content-range': `bytes ${range.start}-${range.end - 1}/${size}`,
    'content-length': range.end - range.start,
  }
}
