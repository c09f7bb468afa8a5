/** `GET /api/changes`: what changed in the archive, in order, for programs that keep up with it; UIDs, nothing of any patient. */
import { z } from 'zod'

export const ChangesQuery = z.object({
  /** The `next` of the answer before; -1 begins at the beginning. */
  after: z.coerce.number().int().min(-1).max(Number.MAX_SAFE_INTEGER).default(-1),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** With nothing new, wait so many seconds for something. */
  wait: z.coerce.number().int().min(0).max(60).default(0),
})

export const Change = z.object({
  /** Its number in the log. */
  n: z.number(),
  at: z.string(),
  kind: z.enum(['stored', 'conflict', 'rejected', 'restored', 'destroyed']),
  study: z.string(),
  /** None named: the whole study, or what was destroyed since. */
  instances: z.array(z.object({ series: z.string(), instance: z.string(), sopClass: z.string().optional() })),
})

export const Changes = z.object({
  changes: z.array(Change),
  /** `after` of the next question. */
  next: z.number(),
  /** There is more already. */
  more: z.boolean(),
})
export type Changes = z.infer<typeof Changes>
