/** SQL of routes and their queue (`control.db`). Read and written only by `routes.ts`. */
import type { ControlStore } from '../storage/sql/control-store.ts'

export interface RouteRow {
  readonly route_id: number
  readonly name: string
  readonly enabled: number
  readonly rule: string
  readonly changed_by: string
  readonly changed_at: string
}

export interface QueueRow {
  readonly destination: string
  readonly instance_n: number
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly route_id: number
  readonly queued_at: string
  readonly attempts: number
  readonly next_at: string
  readonly stuck: number
  readonly why: string
}

export interface QueueCount {
  readonly destination: string
  readonly waiting: number
  readonly stuck: number
  readonly studies: number
  readonly oldest: string
}

export const allRoutes = (store: ControlStore) => store.all<RouteRow>('select * from routes order by route_id')

export const insertRoute = (store: ControlStore, row: Omit<RouteRow, 'route_id'>) =>
  store.one<{ route_id: number }>(
    'insert into routes (name, enabled, rule, changed_by, changed_at) values (?, ?, ?, ?, ?) returning route_id',
    row.name,
    row.enabled,
    row.rule,
    row.changed_by,
    row.changed_at,
  )?.route_id ?? 0

export const updateRoute = (store: ControlStore, row: RouteRow) =>
  store.run(
    'update routes set name = ?, enabled = ?, rule = ?, changed_by = ?, changed_at = ? where route_id = ?',
    row.name,
    row.enabled,
    row.rule,
    row.changed_by,
    row.changed_at,
    row.route_id,
  )

export const deleteRoute = (store: ControlStore, id: number) => store.run('delete from routes where route_id = ?', id)

export const cursor = (store: ControlStore) =>
  store.one<{ instance_n: number }>('select instance_n from route_cursor')?.instance_n

export const setCursor = (store: ControlStore, at: number) =>
  store.run(
    'insert into route_cursor (only_one, instance_n) values (1, ?) on conflict (only_one) do update set instance_n = excluded.instance_n',
    at,
  )

/** The next arrival that is looked at is one that comes from here on. */
export const dropCursor = (store: ControlStore) => store.run('delete from route_cursor')

/** Once for each destination, however many rules lead there. */
export const enqueue = (store: ControlStore, row: QueueRow) =>
  store.run(
    `insert into route_queue (destination, instance_n, study, series, instance, route_id, queued_at, attempts, next_at,
                              stuck, why)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    row.destination,
    row.instance_n,
    row.study,
    row.series,
    row.instance,
    row.route_id,
    row.queued_at,
    row.attempts,
    row.next_at,
    row.stuck,
    row.why,
  )

/** Uses route_queue_due. */
export const due = (store: ControlStore, destination: string, now: string, limit: number) =>
  store.all<QueueRow>(
    `select * from route_queue where destination = ? and stuck = 0 and next_at <= ?
      order by next_at, instance_n limit ?`,
    destination,
    now,
    limit,
  )

export const nextDue = (store: ControlStore, destination: string) =>
  store.one<{ next_at: string | null }>(
    'select min(next_at) as next_at from route_queue where destination = ? and stuck = 0',
    destination,
  )?.next_at ?? undefined

export const removeQueued = (store: ControlStore, destination: string, instance: number) =>
  store.run('delete from route_queue where destination = ? and instance_n = ?', destination, instance)

export const putOff = (
  store: ControlStore,
  destination: string,
  instance: number,
  { attempts, nextAt, stuck, why }: { attempts: number; nextAt: string; stuck: boolean; why: string },
) =>
  store.run(
    'update route_queue set attempts = ?, next_at = ?, stuck = ?, why = ? where destination = ? and instance_n = ?',
    attempts,
    nextAt,
    stuck ? 1 : 0,
    why,
    destination,
    instance,
  )

export const counts = (store: ControlStore) =>
  store.all<QueueCount>(
    `select destination, sum(1 - stuck) as waiting, sum(stuck) as stuck, count(distinct study) as studies,
            min(queued_at) as oldest
       from route_queue group by destination order by destination`,
  )

export const stuckRows = (store: ControlStore, destination: string, limit: number) =>
  store.all<QueueRow>(
    'select * from route_queue where destination = ? and stuck = 1 order by instance_n limit ?',
    destination,
    limit,
  )

/** What waits or is stuck is tried now. */
export const tryAgain = (store: ControlStore, destination: string, now: string) =>
  store.run('update route_queue set stuck = 0, attempts = 0, next_at = ? where destination = ?', now, destination)

export const dropStuck = (store: ControlStore, destination: string) =>
  store.run('delete from route_queue where destination = ? and stuck = 1', destination)
