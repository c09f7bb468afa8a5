/**
 * Asking witnesses to cosign the log's checkpoints (C2SP tlog-witness), at most once an interval. Beside everything else: a
 * witness that is slow, away or mistaken holds up nothing. One that refuses, because the log does not extend what it
 * cosigned, is told of at once: either the log was forked or put back to an older state, or the witness is not honest.
 */
import { asArchiveError } from '../../base/errors.ts'
import { addCheckpointText } from '../../proof/add-checkpoint.ts'
import { parseNote, type Signature, signersOf, type VerifierKey } from '../../proof/note.ts'
import type { Growth, TransparencyLog } from './log.ts'

export interface WitnessPeer {
  /** Submission prefix: `/add-checkpoint` is added. */
  readonly url: string
  readonly key: VerifierKey
}

/** What is known of a witness; of the newest year's log. */
export interface WitnessState {
  readonly name: string
  readonly url: string
  /** Leaves of the last checkpoint it cosigned, and when; '' for never. */
  readonly size: number
  readonly at: string
  /** Why the last try did not do; '' when it did. */
  readonly problem: string
  /** It refused: the log does not extend what it cosigned. */
  readonly refused: boolean
}

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface WitnessingParts {
  readonly log: Pick<TransparencyLog, 'years' | 'growth' | 'cosigned' | 'cosign'>
  readonly witnesses: readonly WitnessPeer[]
  /** Between two rounds, in milliseconds. */
  readonly intervalMs: number
  readonly now: () => Date
  readonly complain: (facts: object, message: string) => void
  /** Told when a witness begins to refuse. */
  readonly refused: (name: string, why: string) => void
  /** Sends a request; tests may put something between. */
  readonly post?: (url: string, body: string) => Promise<Answer>
}

export interface Witnessing {
  /** A checkpoint was published: they are asked as soon as the interval allows. */
  nudge(): void
  /** Asks now. */
  round(): Promise<void>
  readonly state: readonly WitnessState[]
  close(): Promise<void>
}

const TIMEOUT_MS = 10_000
/** An answer is a few lines. */
const MOST_BYTES = 16 * 1024

interface Known {
  readonly peer: WitnessPeer
  /** By year: the size it last cosigned. */
  readonly sizes: Map<string, number>
  state: WitnessState
}

/** What one try came to. */
type Outcome = { readonly signatures: readonly Signature[] } | { readonly problem: string; readonly refused: boolean }

export function openWitnessing(parts: WitnessingParts): Witnessing {
  const { log, intervalMs, now, complain, post = postText } = parts
  const known = parts.witnesses.map(
    (peer): Known => ({
      peer,
      sizes: new Map(),
      state: { name: peer.key.name, url: peer.url, size: 0, at: '', problem: '', refused: false },
    }),
  )
  let last = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let closed = false

  async function ask(one: Known, year: string, growth: Growth): Promise<Outcome> {
    const { peer, sizes } = one
    let old = sizes.get(year) ?? sizeIn(log.cosigned(year), peer.key)
    for (let again = false; ; again = true) {
      if (old > growth.size) return refusal(`it has cosigned ${old} leaves, and the log has ${growth.size}`)
      const hashes = await growth.consistency(old)
      const { status, body } = await post(
        `${peer.url.replace(/\/+$/, '')}/add-checkpoint`,
        addCheckpointText({ old, hashes, checkpoint: growth.checkpoint }),
      )
      if (status === 200) return signaturesOf(growth.checkpoint, body, peer.key)
      const theirs = /^(0|[1-9]\d{0,15})\n?$/.exec(body)?.[1]
      if (status === 409 && theirs !== undefined && Number(theirs) !== old && !again) {
        old = Number(theirs)
        continue
      }
      if (status === 409 && Number(theirs) === old)
        return refusal(`it has cosigned other ${old} leaves than the log has`)
      if (status === 422) return refusal(`the log does not extend the ${old} leaves it has cosigned`)
      return { problem: `it answers ${status}`, refused: false }
    }
  }

  const askOne = async (one: Known, year: string, growth: Growth): Promise<Outcome> => {
    try {
      return await ask(one, year, growth)
    } catch (thrown) {
      return { problem: `it does not answer: ${causeOf(thrown)}`, refused: false }
    }
  }

  const failed = (one: Known, { problem, refused }: { readonly problem: string; readonly refused: boolean }): void => {
    const before = one.state
    one.state = { ...before, problem, refused }
    if (problem !== before.problem) complain({ witness: before.name, problem }, 'a witness did not cosign the log')
    if (refused && !before.refused) parts.refused(before.name, problem)
  }

  /** What they signed is kept before anybody is told that they did. */
  const settle = async (
    year: string,
    growth: Growth,
    outcomes: readonly (readonly [Known, Outcome])[],
  ): Promise<void> => {
    const signed = outcomes.flatMap(([one, outcome]) => ('signatures' in outcome ? [{ one, ...outcome }] : []))
    for (const [one, outcome] of outcomes) if ('problem' in outcome) failed(one, outcome)
    if (signed.length === 0) return
    try {
      await log.cosign(
        year,
        growth.checkpoint,
        signed.flatMap(({ signatures }) => signatures),
      )
    } catch (thrown) {
      for (const { one } of signed)
        failed(one, { problem: `its signature could not be written: ${causeOf(thrown)}`, refused: false })
      return
    }
    for (const { one } of signed) {
      one.sizes.set(year, growth.size)
      one.state = { ...one.state, size: growth.size, at: now().toISOString(), problem: '', refused: false }
    }
  }

  const rounds = async (): Promise<void> => {
    last = performance.now()
    for (const year of log.years()) {
      const growth = log.growth(year)
      if (growth === undefined) continue
      const due = known.filter(({ sizes }) => sizes.get(year) !== growth.size)
      await settle(
        year,
        growth,
        await Promise.all(due.map(async (one) => [one, await askOne(one, year, growth)] as const)),
      )
    }
  }

  const round = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    running ??= rounds().finally(() => {
      running = undefined
      // One that was away is asked again, whether or not the log grew.
      if (known.some(({ state }) => state.problem !== '')) arm()
    })
    return running
  }
  const arm = (): void => {
    if (closed || known.length === 0 || running !== undefined || timer !== undefined) return
    timer = setTimeout(() => void round(), Math.max(0, last + intervalMs - performance.now()))
    timer.unref()
  }

  return {
    nudge: () => {
      if (running === undefined) arm()
      // Published while they are asked: once more when the interval allows.
      else void running.then(arm)
    },
    round: async () => {
      await running
      await round()
    },
    get state() {
      return known.map(({ state }) => state)
    },
    close: async () => {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

const refusal = (problem: string): Outcome => ({ problem, refused: true })

/** The size of a checkpoint the witness has cosigned, as far as we kept it; it says itself when that is not the last. */
function sizeIn(text: string | undefined, key: VerifierKey): number {
  try {
    const note = text === undefined ? undefined : parseNote(text)
    if (note === undefined || signersOf(note, [key]).length === 0) return 0
    return Number(note.text.split('\n')[1])
  } catch {
    return 0
  }
}

/** The lines of its answer that are its own signature of the checkpoint; others are passed over. */
function signaturesOf(checkpoint: string, body: string, key: VerifierKey): Outcome {
  try {
    const { text } = parseNote(checkpoint)
    const { signatures } = parseNote(`${text}\n${body}`)
    const own = signatures.filter((one) => signersOf({ text, signatures: [one] }, [key]).length > 0)
    if (own.length > 0) return { signatures: own }
    return { problem: 'its answer is not its signature', refused: false }
  } catch (thrown) {
    return { problem: `its answer is not its signature: ${asArchiveError(thrown).fact}`, refused: false }
  }
}

async function postText(url: string, body: string): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    parts.push(part)
    length += part.length
    if (length > MOST_BYTES) break
  }
  return { status: response.status, body: Buffer.concat(parts).toString('utf8') }
}

/** The word for what went wrong; addresses stand in the configuration already. */
function causeOf(thrown: unknown): string {
  const cause: unknown = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown
  return String(Reflect.get(Object(cause), 'code') ?? Reflect.get(Object(cause), 'name'))
}
