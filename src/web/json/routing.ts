/** `/api/routing`: what goes where, what waits, and what a rule would have sent of late. */
import type { z } from 'zod'
import {
  type DestinationRow,
  QueueStep,
  QueueStepped,
  RouteEntry,
  RouteRow,
  RouteRule,
  RoutingPage,
  StuckObjects,
  TriedStudies,
} from '../../api/routing.ts'
import type { Archive } from '../../archive/archive.ts'
import { readRule } from '../../archive/routing/rule.ts'
import type { Json } from '../../base/canonical-json.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { may } from '../../compliance/access.ts'
import type { Routes, StoredRoute } from '../../compliance/routes.ts'
import { type Ask, type Route, route } from '../routes.ts'

/** Where objects may go, and how each fares. */
export interface RoutingState {
  destinations(): readonly (Pick<DestinationRow, 'name' | 'kind' | 'where' | 'sending'> & {
    readonly away: NonNullable<DestinationRow['away']> | undefined
  })[]
  nudge(): Promise<void>
  wake(name: string): void
}

const MOST_STUCK = 500

export function routingRoutes(
  archive: Pick<Archive, 'tryRoute' | 'inSight' | 'record'>,
  routes: Routes,
  state: RoutingState,
): readonly Route[] {
  const changed = (context: Context, what: string, { name, enabled, rule }: StoredRoute, reason?: string) =>
    archive.record(
      context,
      {
        type: 'cfg.change',
        action: what === 'route added' ? 'C' : what === 'route removed' ? 'D' : 'U',
        outcome: 0,
        detail: { what, route: name, enabled, rule: JSON.parse(JSON.stringify(rule)) as Json, reason },
      },
      'now',
    )
  /** @throws {ArchiveError} `ROUTE_INVALID` */
  const checked = (entry: z.output<typeof RouteEntry>): z.output<typeof RouteEntry> => {
    const { rule } = entry
    readRule(rule)
    const known = new Set(state.destinations().map((one) => one.name))
    for (const to of rule.to)
      if (!known.has(to)) throw new ArchiveError('ROUTE_INVALID', { why: `there is no destination ${to}` })
    return entry
  }
  const step = async (
    { context, params, body }: Ask & { readonly body: { readonly reason: string } },
    what: 'retried' | 'given up',
  ) => {
    const name = params['destination'] ?? ''
    if (
      !state.destinations().some((one) => one.name === name) &&
      !routes.queues().some((one) => one.destination === name)
    )
      throw new ArchiveError('NOT_FOUND', { what: 'such destination' })
    await archive.record(
      context,
      {
        type: 'cfg.change',
        action: 'U',
        outcome: 0,
        detail: { what: `queue ${what}`, destination: name, reason: body.reason },
      },
      'now',
    )
    const objects = what === 'retried' ? routes.retry(name) : routes.drop(name)
    state.wake(name)
    return { objects }
  }

  return [
    route({
      method: 'GET',
      url: '/api/routing',
      act: 'routing.see',
      says: 'Rules of routing, the destinations there are, and how much waits for each.',
      answers: [{ status: 200, says: 'Rules, destinations and queues.', shape: RoutingPage }],
      handle: async ({ context }): Promise<RoutingPage> => {
        const queues = new Map(routes.queues().map((one) => [one.destination, one]))
        const none = { waiting: 0, stuck: 0, studies: 0, oldest: '' }
        const destinations = state.destinations().map((one): DestinationRow => {
          const { waiting, stuck, studies, oldest } = queues.get(one.name) ?? none
          return { ...one, away: one.away ?? null, waiting, stuck, studies, oldest }
        })
        return {
          routes: routes.list().map(routeRow),
          destinations,
          mayManage: may(context.principal, 'routing.manage').allowed,
        }
      },
    }),
    route({
      method: 'POST',
      url: '/api/routing/routes',
      act: 'routing.manage',
      says: 'Adds a rule: it is about what arrives from here on.',
      body: RouteEntry,
      answers: [
        { status: 200, says: 'The rule.', shape: RouteRow },
        { status: 400, says: 'It names an attribute, a value or a destination there is not.' },
      ],
      handle: async ({ context, body }): Promise<RouteRow> => {
        const added = routes.add(checked(body), nameOf(context))
        await changed(context, 'route added', added)
        await state.nudge()
        return routeRow(added)
      },
    }),
    route({
      method: 'POST',
      url: '/api/routing/routes/:route',
      act: 'routing.manage',
      says: 'Changes a rule, or switches it off.',
      body: RouteEntry,
      answers: [
        { status: 200, says: 'The rule as it is now.', shape: RouteRow },
        { status: 400, says: 'It names an attribute, a value or a destination there is not.' },
        { status: 404, says: 'There is no such rule.' },
      ],
      handle: async (ask): Promise<RouteRow> => {
        const now = routes.change(numberOf(ask), checked(ask.body), nameOf(ask.context))
        await changed(ask.context, 'route changed', now)
        await state.nudge()
        return routeRow(now)
      },
    }),
    route({
      method: 'DELETE',
      url: '/api/routing/routes/:route',
      act: 'routing.manage',
      says: 'Removes a rule; what it queued goes on.',
      answers: [
        { status: 200, says: 'The rule as it was.', shape: RouteRow },
        { status: 404, says: 'There is no such rule.' },
      ],
      handle: async (ask): Promise<RouteRow> => {
        const gone = routes.remove(numberOf(ask))
        await changed(ask.context, 'route removed', gone)
        return routeRow(gone)
      },
    }),
    route({
      method: 'POST',
      url: '/api/routing/try',
      act: 'routing.manage',
      says: 'Which of the studies that came last a rule would have sent. Nothing is sent.',
      body: RouteRule,
      answers: [
        { status: 200, says: 'The studies, those that came last first.', shape: TriedStudies },
        { status: 400, says: 'It names an attribute there is not, or a value it cannot have.' },
      ],
      handle: async ({ context, body }): Promise<TriedStudies> => ({
        studies: (await archive.tryRoute(context, body)).map((one) => ({
          ...one,
          modalities: [...one.modalities],
        })),
      }),
    }),
    route({
      method: 'GET',
      url: '/api/routing/destinations/:destination/stuck',
      act: 'routing.see',
      says: 'Objects a destination refused, and why.',
      answers: [{ status: 200, says: 'Some hundreds at most.', shape: StuckObjects }],
      handle: async ({ context, params }): Promise<StuckObjects> => {
        const stuck = routes.stuck(params['destination'] ?? '', MOST_STUCK)
        const seen = await archive.inSight(context, [...new Set(stuck.map(({ study }) => study))])
        return {
          objects: stuck
            .filter(({ study }) => seen.has(study))
            .map(({ study, series, instance, queuedAt, attempts, why }) => ({
              study,
              series,
              instance,
              queuedAt,
              attempts,
              why,
            })),
        }
      },
    }),
    route({
      method: 'POST',
      url: '/api/routing/destinations/:destination/retry',
      act: 'routing.manage',
      says: 'Tries now all that waits for a destination, what it refused too.',
      body: QueueStep,
      answers: [
        { status: 200, says: 'How many objects.', shape: QueueStepped },
        { status: 404, says: 'There is no such destination.' },
      ],
      handle: (ask) => step(ask, 'retried'),
    }),
    route({
      method: 'POST',
      url: '/api/routing/destinations/:destination/drop',
      act: 'routing.manage',
      says: 'Gives up sending what a destination refused. The objects stay here.',
      body: QueueStep,
      answers: [
        { status: 200, says: 'How many objects.', shape: QueueStepped },
        { status: 404, says: 'There is no such destination.' },
      ],
      handle: (ask) => step(ask, 'given up'),
    }),
  ]
}

function numberOf({ params }: Pick<Ask, 'params'>): number {
  const text = params['route'] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: 'such route' })
  return Number(text)
}

const nameOf = ({ principal }: Context): string =>
  principal.kind === 'device' ? `ae:${principal.aeTitle}` : principal.name

const routeRow = ({ id, name, enabled, rule, changed }: StoredRoute): RouteRow => ({
  id,
  name,
  enabled,
  changed,
  rule: {
    attributes: rule.attributes.map((one) => ({ ...one })),
    from: [...rule.from],
    doors: [...rule.doors],
    ...(rule.hours && { hours: { ...rule.hours, days: [...rule.hours.days] } }),
    to: [...rule.to],
  },
})
