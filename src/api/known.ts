/** Shapes of `/api/retention/facts` and `/api/retention/reductions`: what people say, and dates they let go. */
import { z } from 'zod'
import { words } from './holds.ts'
import { Signed } from './signing.ts'

/** Whom or what it is said of: a study by its UID, a patient by the key of a study’s row, a trial by its name. */
export const FactsAbout = z
  .object({
    study: z.string().max(64).optional(),
    patient: z.string().max(1000).optional(),
    trial: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .regex(/^[^\p{Cc}]*$/u, 'control characters are not taken')
      .optional(),
  })
  .refine(
    (about) => Object.values(about).filter((one) => one !== undefined).length === 1,
    'it is about one study, one patient or one trial',
  )
export type FactsAbout = z.infer<typeof FactsAbout>

export const ToldFacts = z.object({
  facts: z.array(
    z.object({
      /** A day (`death`), `trial`, `inpatient`, `suspension.YYYY-MM-DD`, or a tag (`tag.cancer`). */
      name: z.string(),
      value: z.string(),
      reason: z.string(),
      by: z.string(),
      at: z.string(),
    }),
  ),
  /** What may be said of it. */
  dates: z.array(z.object({ name: z.string(), says: z.string() })),
  /** Tags that rules ask for. */
  tags: z.array(z.string()),
})
export type ToldFacts = z.infer<typeof ToldFacts>

export const TellFacts = z.object({
  about: FactsAbout,
  /** By name; an empty text takes back what was said. */
  set: z
    .record(z.string().max(80), z.string().trim().max(64))
    .refine((set) => Object.keys(set).length > 0 && Object.keys(set).length <= 50, 'it says something'),
  reason: words(250),
  /** Only what would follow: nothing is said. */
  preview: z.boolean().default(false),
})
export type TellFacts = z.input<typeof TellFacts>

const DateOf = z.object({ status: z.string(), through: z.string().nullable() })

export const ToldAnswer = z.object({
  /** Studies that were decided anew. */
  studies: z.number(),
  /** Those of them whose date changes, or would end earlier and stands. */
  dates: z.array(z.object({ study: z.string(), was: DateOf, now: DateOf, floor: z.string().nullable() })),
})
export type ToldAnswer = z.infer<typeof ToldAnswer>

const Deed = z.object({ by: z.string(), at: z.string() })

export const ProposeReduction = z.object({
  study: z.string().max(64),
  /** The paper it rests on. */
  evidence: words(250),
  reason: words(250),
})
export type ProposeReduction = z.infer<typeof ProposeReduction>

export const ReductionStep = Signed.extend({ reason: words(250) })

export const Reduction = z.object({
  id: z.number(),
  study: z.string(),
  /** The last day that stands; 9999-12-31: without end. */
  floor: z.string(),
  reason: z.string(),
  evidence: z.string(),
  state: z.enum(['proposed', 'approved', 'let go', 'ended']),
  proposed: Deed,
  first: Deed.nullable(),
  adopted: Deed.nullable(),
  ended: Deed.extend({ reason: z.string() }).nullable(),
})
export type Reduction = z.infer<typeof Reduction>

export const Reductions = z.object({ reductions: z.array(Reduction) })
export type Reductions = z.infer<typeof Reductions>
