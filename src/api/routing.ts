/** Shapes of `/api/routing`: rules, destinations and what waits for them. */
import { z } from 'zod'
import { words } from './holds.ts'

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time is HH:MM')

export const RouteRule = z.object({
  /** Attributes of the object by keyword; values as in queries. All must match. */
  attributes: z
    .array(z.object({ keyword: z.string().trim().min(1).max(64), value: z.string().max(1024) }))
    .max(20)
    .default([]),
  /** AE titles of senders, with wild cards; one must match. */
  from: z.array(z.string().trim().min(1).max(64)).max(50).default([]),
  doors: z.array(z.enum(['c-store', 'stow', 'import'])).default([]),
  /** When it came: days of the week (0 Sunday), from, and until, which is not included; over midnight too. */
  hours: z.object({ days: z.array(z.number().int().min(0).max(6)).default([]), from: clock, until: clock }).optional(),
  /** Names of destinations. */
  to: z.array(z.string().min(1).max(64)).min(1).max(20),
})

export const RouteEntry = z.object({
  name: words(100),
  enabled: z.boolean().default(true),
  rule: RouteRule,
})
export type RouteEntry = z.input<typeof RouteEntry>

export const RouteRow = RouteEntry.extend({
  id: z.number(),
  changed: z.object({ by: z.string(), at: z.string() }),
})
export type RouteRow = z.infer<typeof RouteRow>

export const DestinationRow = z.object({
  name: z.string(),
  kind: z.enum(['dicom', 'dicomweb']),
  where: z.string(),
  sending: z.boolean(),
  /** Why it cannot be reached, and when it is tried again. */
  away: z.object({ why: z.string(), since: z.string(), nextAt: z.string() }).nullable(),
  /** Objects that wait, and those it refused, which wait for a person. */
  waiting: z.number(),
  stuck: z.number(),
  studies: z.number(),
  /** When the one that waits longest was queued; '' when none does. */
  oldest: z.string(),
})
export type DestinationRow = z.infer<typeof DestinationRow>

export const RoutingPage = z.object({
  routes: z.array(RouteRow),
  destinations: z.array(DestinationRow),
  mayManage: z.boolean(),
})
export type RoutingPage = z.infer<typeof RoutingPage>

export const TriedStudies = z.object({
  studies: z.array(
    z.object({
      study: z.string(),
      studyDate: z.string(),
      modalities: z.array(z.string()),
      receivedAt: z.string(),
      /** Series whose first object it would send, of all. */
      matching: z.number(),
      series: z.number(),
    }),
  ),
})
export type TriedStudies = z.infer<typeof TriedStudies>

export const StuckObjects = z.object({
  objects: z.array(
    z.object({
      study: z.string(),
      series: z.string(),
      instance: z.string(),
      queuedAt: z.string(),
      attempts: z.number(),
      why: z.string(),
    }),
  ),
})
export type StuckObjects = z.infer<typeof StuckObjects>

export const QueueStep = z.object({ reason: words(2000) })
export const QueueStepped = z.object({ objects: z.number() })
