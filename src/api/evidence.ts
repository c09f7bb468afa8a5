/** What is asked of an evidence pack. */
import { z } from 'zod'

export const EvidenceAsk = z.object({
  /** Sizes of checkpoints that were kept elsewhere, with commas: how the log extends each is put into the pack. */
  kept: z
    .string()
    .regex(/^\d{1,15}(,\d{1,15}){0,31}$/, 'sizes of checkpoints, with commas')
    .optional()
    .transform((text) => (text ?? '').split(',').filter(Boolean).map(Number)),
})
