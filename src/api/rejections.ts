/** Shapes of `/api/rejections`: what was taken out of sight, why, and by whom. */
import { z } from 'zod'
import { words } from './holds.ts'

export const REJECTION_CODES = ['113001', '113037', '113038', '113039'] as const

/** The archive's own: what was destroyed here and came again. */
const ALL_CODES = [...REJECTION_CODES, 'destroyed'] as const

export const RejectStudy = z.object({
  /** DCM code of the rejection note’s title. */
  code: z.enum(REJECTION_CODES),
  reason: words(1000),
  /** Only these series, or only these instances; without either the whole study. */
  series: z.array(z.string()).max(10_000).optional(),
  instances: z.array(z.string()).max(10_000).optional(),
})
export type RejectStudy = z.input<typeof RejectStudy>

export const RestoreRejection = z.object({ reason: words(1000) })

const Deed = z.object({ by: z.string(), at: z.string() })

export const Rejection = z.object({
  id: z.number(),
  code: z.enum(ALL_CODES),
  /** What the code means (PS3.16). */
  meaning: z.string(),
  study: z.string(),
  /** SOP Instance UID of the rejection note. */
  note: z.string(),
  reason: z.string(),
  instances: z.number(),
  rejected: Deed,
  /** Null while it lasts. */
  restored: Deed.extend({ reason: z.string() }).nullable(),
})
export type Rejection = z.infer<typeof Rejection>

export const Rejections = z.object({
  rejections: z.array(Rejection),
  /** Reasons the asker may reject for, and take back. */
  may: z.array(z.enum(ALL_CODES)),
})
export type Rejections = z.infer<typeof Rejections>
