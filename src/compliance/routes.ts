/**
 * What goes where: rules, and the queue of what they sent on its way and no destination has kept yet. In `control.db`, so
 * that neither is lost with the index; a rule or a place in the queue is no record of the archive's, so not in the journal.
 *
 * Arrivals are held against the rules in order, and the place that was reached is written with what was queued: each arrival
 * is queued once, whatever happens to the process in between.
 */
import { ArchiveError } from '../base/errors.ts'
import type { ControlStore } from '../storage/sql/control-store.ts'
import {
  allRoutes,
  counts,
  cursor,
  deleteRoute,
  dropCursor,
  dropStuck,
  due,
  enqueue,
  insertRoute,
  nextDue,
  putOff,
  type QueueRow,
  type RouteRow,
  removeQueued,
  setCursor,
  stuckRows,
  tryAgain,
  updateRoute,
} from './routes.queries.ts'

/** All of it must hold; what is left out holds always. */
export interface RouteRule {
  /** Attributes of the object, by keyword, with the matching of queries: `CT\MR`, `*KNEE*`, `20200101-`. */
  readonly attributes: readonly { readonly keyword: string; readonly value: string }[]
  /** Who sent it: AE titles, with wild cards; and by which door. */
  readonly from: readonly string[]
  readonly doors: readonly ('c-store' | 'stow' | 'import')[]
  /** When it came, by the clock of the archive's place. */
  readonly hours?: { readonly days: readonly number[]; readonly from: string; readonly until: string } | undefined
  /** Names of destinations. */
  readonly to: readonly string[]
}

export interface RouteEntry {
  readonly name: string
  readonly enabled: boolean
  readonly rule: RouteRule
}

export interface StoredRoute extends RouteEntry {
  readonly id: number
  readonly changed: { readonly by: string; readonly at: string }
}

export interface Queued {
  readonly destination: string
  /** The archive's number of what was received. */
  readonly n: number
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly route: number
  readonly queuedAt: string
  readonly attempts: number
  readonly why: string
}

export interface QueueState {
  readonly destination: string
  readonly waiting: number
  readonly stuck: number
  readonly studies: number
  /** When the one that waits longest was queued. */
  readonly oldest: string
}

export interface Routes {
  list(): readonly StoredRoute[]
  add(route: RouteEntry, by: string): StoredRoute
  /** @throws {ArchiveError} `NOT_FOUND` */
  change(id: number, route: RouteEntry, by: string): StoredRoute
  /** What it queued goes on. @throws {ArchiveError} `NOT_FOUND` */
  remove(id: number): StoredRoute
  /** The last arrival that was held against the rules; undefined before there ever was one. */
  reached(): number | undefined
  /** Queues, and says how far arrivals were looked at, with one sync. */
  advance(
    to: number,
    queued: readonly Pick<Queued, 'destination' | 'n' | 'study' | 'series' | 'instance' | 'route'>[],
  ): void
  due(destination: string, limit: number): readonly Queued[]
  nextDue(destination: string): Date | undefined
  /** What became of some, with one sync. */
  settle(
    done: readonly Queued[],
    failed: readonly { readonly of: Queued; readonly why: string; readonly waitMs: number; readonly stuck: boolean }[],
  ): void
  queues(): readonly QueueState[]
  stuck(destination: string, limit: number): readonly Queued[]
  /** All of a destination is tried now. */
  retry(destination: string): number
  /** Gives up what is stuck. */
  drop(destination: string): number
}

/** Rules are looked at for every arrival. */
const MOST_ROUTES = 200

export function openRoutes(store: ControlStore, now: () => Date): Routes {
  // Read for every arrival, changed by hand.
  let known = allRoutes(store).map(routeOf)
  const one = (id: number): StoredRoute => {
    const found = known.find((route) => route.id === id)
    if (found === undefined) throw new ArchiveError('NOT_FOUND', { what: `route ${id}` })
    return found
  }
  const row = ({ name, enabled, rule }: RouteEntry, by: string) => ({
    name,
    enabled: enabled ? 1 : 0,
    rule: JSON.stringify(rule),
    changed_by: by,
    changed_at: now().toISOString(),
  })
  /** While no rule is on, arrivals are not looked at: the first that is switched on begins with what comes then. */
  const written = (enabled: boolean, write: () => number): StoredRoute => {
    const begins = enabled && !known.some((route) => route.enabled)
    const id = store.together(() => {
      if (begins) dropCursor(store)
      return write()
    })
    known = allRoutes(store).map(routeOf)
    return one(id)
  }
  return {
    list: () => known,
    add(route, by) {
      if (known.length >= MOST_ROUTES)
        throw new ArchiveError('ROUTE_INVALID', { why: `there are ${MOST_ROUTES} already` })
      return written(route.enabled, () => insertRoute(store, row(route, by)))
    },
    change(id, route, by) {
      one(id)
      return written(route.enabled, () => {
        updateRoute(store, { ...row(route, by), route_id: id })
        return id
      })
    },
    remove(id) {
      const gone = one(id)
      deleteRoute(store, id)
      known = allRoutes(store).map(routeOf)
      return gone
    },
    reached: () => cursor(store),
    advance(to, queued) {
      const at = now().toISOString()
      store.together(() => {
        for (const { destination, n, study, series, instance, route } of queued)
          enqueue(store, {
            destination,
            instance_n: n,
            study,
            series,
            instance,
            route_id: route,
            queued_at: at,
            attempts: 0,
            next_at: at,
            stuck: 0,
            why: '',
          })
        setCursor(store, to)
      })
    },
    due: (destination, limit) => due(store, destination, now().toISOString(), limit).map(queuedOf),
    nextDue(destination) {
      const at = nextDue(store, destination)
      return at === undefined ? undefined : new Date(at)
    },
    settle(done, failed) {
      if (done.length + failed.length === 0) return
      store.together(() => {
        for (const { destination, n } of done) removeQueued(store, destination, n)
        for (const { of, why, waitMs, stuck } of failed) {
          const nextAt = new Date(now().getTime() + waitMs).toISOString()
          putOff(store, of.destination, of.n, { attempts: of.attempts + 1, nextAt, stuck, why })
        }
      })
    },
    queues: () => counts(store),
    stuck: (destination, limit) => stuckRows(store, destination, limit).map(queuedOf),
    retry: (destination) => tryAgain(store, destination, now().toISOString()),
    drop: (destination) => dropStuck(store, destination),
  }
}

const routeOf = ({ route_id, name, enabled, rule, changed_by, changed_at }: RouteRow): StoredRoute => ({
  id: route_id,
  name,
  enabled: enabled === 1,
  rule: JSON.parse(rule) as RouteRule,
  changed: { by: changed_by, at: changed_at },
})

const queuedOf = (row: QueueRow): Queued => ({
  destination: row.destination,
  n: row.instance_n,
  study: row.study,
  series: row.series,
  instance: row.instance,
  route: row.route_id,
  queuedAt: row.queued_at,
  attempts: row.attempts,
  why: row.why,
})
