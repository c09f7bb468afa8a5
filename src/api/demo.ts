/** `GET`, `POST /api/demo`: the synthetic patients, brought in by the archive itself. */
import { z } from 'zod'

/** Which stories; all of them unless told. */
export const DemoStart = z.object({ only: z.array(z.string().max(40)).max(20).optional() })
export type DemoStart = z.infer<typeof DemoStart>

export const Demo = z.object({
  state: z.enum(['idle', 'running', 'done', 'failed']),
  /** Objects brought in so far, of so many; what of them was new, and what was there before. */
  done: z.number(),
  total: z.number(),
  stored: z.number(),
  already: z.number(),
  bytes: z.number(),
  /** Why it stopped, and what to do. */
  problem: z.string().nullable(),
})
export type Demo = z.infer<typeof Demo>
