/** Connections and state: `GET /api/status`, `GET /api/callers`, `POST /api/callers/allow`. */
import { z } from 'zod'

export const Status = z.object({
  studies: z.number(),
  instances: z.number(),
  bytes: z.number(),
  freeBytes: z.number(),
  accepting: z.boolean(),
  damage: z.number(),
})
export type Status = z.infer<typeof Status>

export const Device = z.object({ aet: z.string(), host: z.string(), from: z.enum(['configuration', 'allowed']) })
export const RefusedCaller = z.object({ aet: z.string(), host: z.string(), lastSeen: z.string(), times: z.number() })
export const Callers = z.object({ devices: z.array(Device), refused: z.array(RefusedCaller) })
export type Callers = z.infer<typeof Callers>

export const AllowCaller = z.object({ aet: z.string().min(1).max(16), host: z.string().min(1).max(255) })

/** The body of every error our own API answers, and of DICOMweb errors that have no body of their own. */
export const Problem = z.object({ code: z.string(), fact: z.string(), remedy: z.string(), request: z.string() })
export type Problem = z.infer<typeof Problem>
