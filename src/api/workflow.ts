/** Shapes of `/api/messages`, `/api/orders` and what a study lacks. */
import { z } from 'zod'
import { words } from './holds.ts'

export const MessageRow = z.object({
  id: z.number(),
  at: z.string(),
  /** Where it came from. */
  address: z.string(),
  /** MSH-3|MSH-4, MSH-10, MSH-9. */
  sender: z.string(),
  control: z.string(),
  type: z.string(),
  outcome: z.enum(['AA', 'AE', 'AR']),
  /** Why it was not followed. */
  why: z.string(),
  /** What did not follow although it was accepted. */
  note: z.string(),
  patient: z.object({ id: z.string(), issuer: z.string() }).nullable(),
  accession: z.string(),
  study: z.string(),
  characterSet: z.string(),
  /** A person should look at it. */
  attention: z.boolean(),
  settled: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
})
export type MessageRow = z.infer<typeof MessageRow>

export const Messages = z.object({
  messages: z.array(MessageRow),
  /** `before` of the next page. */
  next: z.number().nullable(),
  /** How many need attention, of all. */
  attention: z.number(),
  /** May this person settle them? */
  maySettle: z.boolean(),
})
export type Messages = z.infer<typeof Messages>

export const MessagesQuery = z.object({
  attention: z.enum(['true', 'false']).optional(),
  before: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** A message with its text, one segment a line. */
export const Message = MessageRow.extend({ segments: z.array(z.string()) })
export type Message = z.infer<typeof Message>

export const SettleMessage = z.object({ reason: words(2000) })

export const OrderRow = z.object({
  key: z.string(),
  status: z.enum(['scheduled', 'started', 'completed', 'discontinued', 'cancelled']),
  date: z.string(),
  time: z.string(),
  patient: z.object({ id: z.string(), issuer: z.string(), name: z.string(), birthDate: z.string() }),
  accession: z.string(),
  placer: z.string(),
  filler: z.string(),
  step: z.string(),
  study: z.string(),
  modality: z.string(),
  stationAet: z.string(),
  description: z.string(),
  priority: z.string(),
  reason: z.string(),
})
export type OrderRow = z.infer<typeof OrderRow>

export const OrdersQuery = z.object({
  /** Only what is still to be done. */
  open: z.enum(['true', 'false']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})

export const Orders = z.object({ orders: z.array(OrderRow) })
export type Orders = z.infer<typeof Orders>

/** Is all there that a modality said it made? */
export const Wholeness = z.object({
  state: z.enum(['whole', 'lacks', 'underway', 'unknown']),
  expected: z.number(),
  received: z.number(),
  lacking: z.array(z.object({ series: z.string(), missing: z.number() })),
  /** Series of slices with empty places between them; positions along the series in millimetres. */
  gaps: z.array(z.object({ series: z.string(), slices: z.number(), after: z.array(z.number()) })),
})
export type Wholeness = z.infer<typeof Wholeness>
