/** Shape of `/api/studies/{study}/retention`. */
import { z } from 'zod'

export const StudyRetention = z.object({
  /** Has the site said which law it is under? If not, nothing is ever due. */
  configured: z.boolean(),
  jurisdictions: z.array(z.string()),
  status: z.enum(['TIMED', 'INDEFINITE', 'UNDETERMINED', 'HELD', 'NO_RULE']),
  /** The last day it must be kept, and the day after; null when there is none. */
  retainThrough: z.string().nullable(),
  eligibleOn: z.string().nullable(),
  /** A legal maximum; told of, never acted on. */
  destroyBy: z.string().nullable(),
  /** The rules that reach furthest. */
  governing: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      keep: z.string(),
      basis: z.string(),
      confidence: z.enum(['H', 'M', 'L']),
      source: z.string(),
      note: z.string(),
    }),
  ),
  /** What was assumed, by name. */
  flags: z.array(z.string()),
  /** Dates that would have to be known. */
  missing: z.array(z.string()),
  /** SHA-256 of the rule sets. */
  rules: z.string(),
})
export type StudyRetention = z.infer<typeof StudyRetention>
