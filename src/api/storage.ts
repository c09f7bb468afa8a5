/** Shapes of `/api/storage` and `/api/seal`. */
import { z } from 'zod'

export const Storage = z.object({
  /** By modality, form and reason. Bytes as received and as kept, recipes counted. */
  kept: z.array(
    z.object({
      modality: z.string(),
      form: z.enum(['htj2k', 'received']),
      /** Why it is kept as received; empty otherwise. */
      why: z.string(),
      instances: z.number(),
      received: z.number(),
      kept: z.number(),
    }),
  ),
  /** What only the inbox has. */
  waiting: z.object({ studies: z.number(), instances: z.number(), bytes: z.number() }),
})

export const SealAsk = z.object({
  /** Study Instance UIDs; whatever is not sealed when left out. */
  studies: z.array(z.string()).min(1).max(1000).optional(),
})
