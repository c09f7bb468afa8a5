/**
 * Routing: what arrives is held against the rules and queued, and each destination is sent what waits for it, in order, by a
 * worker of its own, so that a slow one holds up no other.
 *
 * The queue is the table of `compliance/routes.ts`: an arrival is queued once, and is let go of when its destination keeps it. A
 * crash between the two sends it again, which a destination that has it answers with success. A destination that is away is
 * tried ever more seldom, without an end; an object it refuses some times waits for a person.
 */
import type { Archive } from '../../archive/archive.ts'
import { type Arrived, type Rule, readRule } from '../../archive/routing/rule.ts'
import type { Context } from '../../base/context.ts'
import { type ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { Queued, Routes, StoredRoute } from '../../compliance/routes.ts'
import { asReceiver } from '../receiver.ts'
import type { Outlet } from './outlet.ts'

export interface RouterOptions {
  readonly archive: Pick<Archive, 'arrivedSince' | 'lastArrival' | 'instances' | 'inSight' | 'record'>
  readonly routes: Routes
  readonly outlets: readonly Outlet[]
  /** After the first failure, in milliseconds; twice as long each time, up to an hour. */
  readonly retryMs: number
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void }
  readonly now: () => Date
}

export interface DestinationState {
  readonly name: string
  readonly kind: Outlet['kind']
  readonly where: string
  /** Something is on its way. */
  readonly sending: boolean
  /** Why it cannot be reached, and when it is tried again. */
  readonly away: { readonly why: string; readonly since: string; readonly nextAt: string } | undefined
}

export interface Router {
  /** Something arrived, or a rule was changed; resolves when what is here is queued. */
  nudge(): Promise<void>
  /** A destination is tried now. */
  wake(name: string): void
  destinations(): readonly DestinationState[]
  /** Stops after what is on its way. */
  close(): Promise<void>
}

/** Arrivals read at once, and objects sent over one association. */
const ARRIVALS = 200
const BATCH = 200
/** What is kept is let go of after so many, or so long. */
const SETTLE_AFTER = 10
const SETTLE_MS = 250
/** Refusals of one object before a person is asked. */
const MOST_REFUSALS = 5
const LONGEST_WAIT = 3_600_000
/** Another process may have received too; and what was missed is seen. */
const LOOK_EVERY_MS = 10_000

interface Working {
  readonly outlet: Outlet
  running: Promise<void> | undefined
  timer: NodeJS.Timeout | undefined
  failures: number
  away: { why: string; since: string; nextAt: Date } | undefined
}

export function openRouter(options: RouterOptions): Router {
  const { archive, routes, log, now } = options
  const stop = new AbortController()
  const context: Context = {
    principal: { kind: 'job', name: 'routing' },
    client: { address: '' },
    now,
    signal: stop.signal,
  }
  const workers = new Map(
    options.outlets.map((outlet): [string, Working] => [
      outlet.name,
      { outlet, running: undefined, timer: undefined, failures: 0, away: undefined },
    ]),
  )
  let following: Promise<void> | undefined
  let again = false

  // --- from arrivals to the queue -----------------------------------------------------

  async function follow(): Promise<void> {
    if (stop.signal.aborted) return
    again = true
    following ??= (async () => {
      try {
        while (again && !stop.signal.aborted) {
          again = false
          await catchUp()
        }
      } catch (thrown) {
        if (!stop.signal.aborted) log.warn({ why: asArchiveError(thrown).fact }, 'arrivals could not be routed yet')
      } finally {
        following = undefined
        for (const worker of workers.values()) start(worker)
      }
    })()
    await following
  }

  async function catchUp(): Promise<void> {
    // Without a rule nothing is done for an arrival.
    if (!routes.list().some(({ enabled }) => enabled)) return
    const reached = routes.reached()
    // The first rule is about what comes from here on.
    if (reached === undefined) {
      routes.advance(await archive.lastArrival(context), [])
      return
    }
    for (let after = reached; !stop.signal.aborted; ) {
      const { arrived, next } = await archive.arrivedSince(context, { after, limit: ARRIVALS })
      if (next === after) return
      routes.advance(next, queuedBy(rulesOf(routes.list(), log), arrived))
      after = next
      for (const worker of workers.values()) start(worker)
    }
  }

  // --- from the queue to the destinations ---------------------------------------------

  function start(worker: Working): void {
    if (stop.signal.aborted || worker.running !== undefined) return
    clearTimeout(worker.timer)
    const due = routes.nextDue(worker.outlet.name)
    if (due === undefined) {
      worker.away = undefined
      return
    }
    const wait = Math.max(due.getTime(), worker.away?.nextAt.getTime() ?? 0) - now().getTime()
    if (wait > 0) {
      worker.timer = setTimeout(() => start(worker), Math.min(wait, LONGEST_WAIT)).unref()
      return
    }
    worker.running = sendAll(worker)
      .catch((thrown: unknown) => log.warn({ why: asArchiveError(thrown).fact }, 'routing met a defect'))
      .finally(() => {
        worker.running = undefined
        start(worker)
      })
  }

  async function sendAll(worker: Working): Promise<void> {
    const { outlet } = worker
    while (!stop.signal.aborted) {
      const batch = routes.due(outlet.name, BATCH)
      if (batch.length === 0) return
      const failure = await sendBatch(outlet, batch)
      if (stop.signal.aborted) return
      if (failure === undefined) {
        if (worker.away !== undefined) log.info({ destination: outlet.name }, 'a destination of routing is there again')
        worker.failures = 0
        worker.away = undefined
        continue
      }
      worker.failures += 1
      const wait = backoff(options.retryMs, worker.failures)
      const since = worker.away?.since ?? now().toISOString()
      worker.away = { why: failure.fact, since, nextAt: new Date(now().getTime() + wait) }
      log.warn({ destination: outlet.name, why: failure.fact, waitMs: wait }, 'a destination of routing is away')
      return
    }
  }

  /** @returns why the destination is away, if it is */
  async function sendBatch(outlet: Outlet, batch: readonly Queued[]): Promise<ArchiveError | undefined> {
    const found = await recordsOf(batch)
    // What is restricted goes to destinations on the list, and nowhere else.
    const seen = await archive.inSight(asReceiver(context, outlet.name), [...new Set(batch.map(({ study }) => study))])
    const kept = new Set<string>()
    const delivery = outlet.open(
      found.flatMap(({ record }) => (record === undefined ? [] : [record])),
      stop.signal,
    )
    let done: Queued[] = []
    let failed: Parameters<Routes['settle']>[1][number][] = []
    let settled = Date.now()
    const tally = new Map<string, { kept: number; refused: number }>()
    const settle = (): void => {
      routes.settle(done, failed)
      done = []
      failed = []
      settled = Date.now()
    }
    const count = (study: string, what: 'kept' | 'refused'): void => {
      const counts = tally.get(study) ?? { kept: 0, refused: 0 }
      counts[what] += 1
      tally.set(study, counts)
    }
    const refuse = (of: Queued, why: string): void => {
      const stuck = of.attempts + 1 >= MOST_REFUSALS
      failed.push({ of, why, waitMs: backoff(options.retryMs, of.attempts + 1), stuck })
      count(of.study, 'refused')
    }
    let away: ArchiveError | undefined
    try {
      for (const { of, record } of found) {
        if (stop.signal.aborted) break
        // Rejected or destroyed meanwhile: there is nothing to send.
        if (record === undefined) done.push(of)
        else if (!seen.has(of.study)) {
          done.push(of)
          kept.add(of.study)
        } else
          try {
            const sent = await delivery.send(context, record)
            if (sent.outcome === 'refused') refuse(of, sent.why)
            else {
              done.push(of)
              count(of.study, 'kept')
            }
          } catch (thrown) {
            if (stop.signal.aborted) break
            const error = asArchiveError(thrown)
            if (error.code.startsWith('NET_')) {
              away = error
              break
            }
            refuse(of, error.fact)
          }
        if (done.length + failed.length >= SETTLE_AFTER || Date.now() - settled > SETTLE_MS) settle()
      }
    } finally {
      settle()
      await delivery.close().catch(() => {}) // what was sent was answered
      await tell(outlet.name, tally)
      await tellKept(outlet.name, kept)
    }
    return away
  }

  async function recordsOf(batch: readonly Queued[]) {
    const found = []
    for (const item of batch) {
      const { study, series, instance } = item
      const scope = { study, series, instance } as Parameters<typeof archive.instances>[1]
      const [record] = await archive.instances(context, scope).catch((thrown: unknown) => {
        if (asArchiveError(thrown).code === 'NOT_FOUND') return []
        throw thrown
      })
      found.push({ of: item, record })
    }
    return found
  }

  /** PS3.15 A.5.3.7: what left for where, one event a study and batch. */
  async function tell(to: string, tally: ReadonlyMap<string, { readonly kept: number; readonly refused: number }>) {
    for (const [study, { kept, refused }] of tally)
      await archive
        .record(
          { ...context, signal: new AbortController().signal },
          {
            type: 'aud.110104',
            action: 'R',
            outcome: refused === 0 ? 0 : 4,
            study,
            detail: { to, what: 'routing', instances: kept + refused, completed: kept, failed: refused, warning: 0 },
          },
          'soon',
        )
        .catch((thrown: unknown) => log.warn({ why: asArchiveError(thrown).fact }, 'what was routed was not recorded'))
  }

  /** An alert a study and batch: a rule would have sent what is restricted. */
  async function tellKept(to: string, studies: ReadonlySet<string>) {
    for (const study of studies)
      await archive
        .record(
          { ...context, signal: new AbortController().signal },
          {
            type: 'aud.110113',
            action: 'E',
            outcome: 4,
            study,
            detail: {
              act: 'routing of restricted images',
              because: `${to} is not on the list of those who see them`,
              to,
            },
          },
          'soon',
        )
        .catch((thrown: unknown) =>
          log.warn({ why: asArchiveError(thrown).fact }, 'what was not routed was not recorded'),
        )
  }

  const looking = setInterval(() => void follow(), LOOK_EVERY_MS).unref()
  void follow()
  return {
    nudge: follow,
    wake: (name) => {
      const worker = workers.get(name)
      if (worker === undefined) return
      worker.away = undefined
      worker.failures = 0
      start(worker)
    },
    destinations: () =>
      [...workers.values()].map(({ outlet, running, away }) => ({
        name: outlet.name,
        kind: outlet.kind,
        where: outlet.where,
        sending: running !== undefined,
        away: away && { why: away.why, since: away.since, nextAt: away.nextAt.toISOString() },
      })),
    close: async () => {
      clearInterval(looking)
      stop.abort()
      for (const worker of workers.values()) clearTimeout(worker.timer)
      await Promise.all([following, ...[...workers.values()].map(({ running }) => running)])
    },
  }
}

const backoff = (first: number, failures: number): number =>
  Math.min(first * 2 ** Math.min(failures - 1, 20), LONGEST_WAIT)

interface ReadRoute {
  readonly id: number
  readonly holds: Rule
  readonly to: readonly string[]
}

function rulesOf(stored: readonly StoredRoute[], log: RouterOptions['log']): readonly ReadRoute[] {
  return stored.flatMap(({ id, enabled, rule }) => {
    if (!enabled) return []
    try {
      return [{ id, holds: readRule(rule), to: rule.to }]
    } catch (thrown) {
      // Checked when it was made; a later release may know less.
      log.warn({ route: id, why: asArchiveError(thrown).fact }, 'a rule of routing is not understood')
      return []
    }
  })
}

function queuedBy(rules: readonly ReadRoute[], arrived: readonly Arrived[]): Parameters<Routes['advance']>[1] {
  return arrived.flatMap((one) => {
    const { n, study, series, instance } = one
    return rules
      .filter(({ holds }) => holds(one))
      .flatMap(({ id, to }) => to.map((destination) => ({ destination, n, study, series, instance, route: id })))
  })
}
