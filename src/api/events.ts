/** `GET /api/events`: what arrives, as it arrives (Server-Sent Events); UIDs and counts, nothing of any patient. */
import { z } from 'zod'

/** The data of an event `arrivals`. */
export const Arrivals = z.object({
  /** Objects received since the event before, by study. */
  studies: z.array(z.object({ study: z.string(), instances: z.number() })),
  /** More studies than are listed: what is on the screen should be asked for again. */
  more: z.boolean(),
})
export type Arrivals = z.infer<typeof Arrivals>
