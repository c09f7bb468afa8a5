/**
 * Having the log's checkpoints stamped with the time by an authority (RFC 3161), once an interval. Like witnesses, beside
 * everything else: an authority that is away holds up nothing, and is asked again.
 *
 * `log/YEAR/stamps/SIZE.txt` is the checkpoint that was stamped, `SIZE.tsr` the authority's whole answer, as it came:
 * `openssl ts -verify` reads both.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type Bytes, equalBytes } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { readTimeStamp, sameNonce, type TimeStamp, timeStampRequest } from '../../proof/time-stamp.ts'
import type { TransparencyLog } from './log.ts'

export interface StampState {
  readonly url: string
  /** Leaves of the last checkpoint that was stamped, and the authority's time; '' for never. */
  readonly size: number
  readonly at: string
  /** Why the last try did not do; '' when it did. */
  readonly problem: string
}

export interface StampingParts {
  readonly log: Pick<TransparencyLog, 'years' | 'growth' | 'stamp' | 'lastStamp'>
  /** Empty: there is no authority. */
  readonly url: string
  readonly intervalMs: number
  readonly now: () => Date
  readonly complain: (facts: object, message: string) => void
}

export interface Stamping {
  /** A checkpoint was published: it is stamped when the interval is over. */
  nudge(): void
  /** Something happened whose time has to be vouched for: the last checkpoint is stamped now. */
  soon(): void
  readonly state: StampState | undefined
  close(): Promise<void>
}

const TIMEOUT_MS = 20_000
/** After a failure it is asked again sooner than the next is due. */
const AGAIN_MS = 600_000
/** Chains of certificates are a few kilobytes. */
const MOST_BYTES = 256 * 1024

export function openStamping({ log, url, intervalMs, now, complain }: StampingParts): Stamping {
  let state: StampState = { url, size: 0, at: '', problem: '' }
  let due: number | undefined
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let again = false
  let closed = false

  const stamp = async (): Promise<void> => {
    const year = log.years().at(-1)
    const growth = year === undefined ? undefined : log.growth(year)
    if (year === undefined || growth === undefined) return
    const last = await log.lastStamp(year)
    if (last !== undefined && due === undefined) {
      // After a start: the interval goes on from the last stamp there is.
      state = { ...state, size: last.size, at: last.time }
      due = Date.parse(last.time) + intervalMs
      if (due > now().getTime()) return
    }
    if (last?.size === growth.size) return
    const { response, time } = await askFor(url, growth.checkpoint)
    await log.stamp(year, growth.checkpoint, response)
    state = { ...state, size: growth.size, at: time, problem: '' }
  }

  const run = (): void => {
    timer = undefined
    if (due !== undefined && due > now().getTime()) {
      arm()
      return
    }
    running ??= stamp()
      .then(() => {
        if (due === undefined || due <= now().getTime()) due = now().getTime() + intervalMs
      })
      .catch((thrown: unknown) => {
        const problem = wordsOf(thrown)
        if (problem !== state.problem) complain({ problem }, 'the log could not be stamped with the time')
        state = { ...state, problem }
        due = now().getTime() + Math.min(intervalMs, AGAIN_MS)
        return undefined
      })
      .finally(() => {
        running = undefined
        if (again) due = now().getTime()
        again = false
        arm()
      })
  }
  const arm = (): void => {
    if (closed || url === '' || timer !== undefined || running !== undefined || log.years().length === 0) return
    timer = setTimeout(run, Math.min(Math.max(0, (due ?? 0) - now().getTime()), LONGEST_TIMER))
    timer.unref()
  }

  return {
    nudge: arm,
    soon: () => {
      if (running !== undefined) again = true
      else {
        due = now().getTime()
        clearTimeout(timer)
        timer = undefined
        arm()
      }
    },
    get state() {
      return url === '' ? undefined : state
    },
    close: async () => {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

/** Longer ones begin again; Node's end at 2^31 ms. */
const LONGEST_TIMER = 2 ** 31 - 1

async function askFor(url: string, checkpoint: string): Promise<{ readonly response: Bytes; readonly time: string }> {
  const digest = new Uint8Array(createHash('sha256').update(checkpoint).digest())
  const nonce = new Uint8Array(randomBytes(8))
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: timeStampRequest(digest, nonce),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of answer.body ?? []) {
    length += part.length
    if (length > MOST_BYTES) throw new ArchiveError('PROOF_INVALID', { what: 'time stamp', why: 'it is too long' })
    parts.push(part)
  }
  if (!answer.ok) throw new ArchiveError('NET_REFUSED', { peer: 'The authority', why: `it answers ${answer.status}` })
  const response = new Uint8Array(Buffer.concat(parts))
  const { time } = checkStamp(response, digest, nonce)
  return { response, time }
}

function checkStamp(response: Bytes, digest: Bytes, nonce: Bytes): TimeStamp {
  const stamp = readTimeStamp(response)
  if (!equalBytes(stamp.digest, digest) || !sameNonce(stamp.nonce, nonce))
    throw new ArchiveError('PROOF_INVALID', { what: 'time stamp', why: 'it is of something else' })
  return stamp
}

function wordsOf(thrown: unknown): string {
  if (thrown instanceof ArchiveError) return asArchiveError(thrown).fact
  const cause: unknown = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown
  return `it does not answer: ${String(Reflect.get(Object(cause), 'code') ?? Reflect.get(Object(cause), 'name'))}`
}
