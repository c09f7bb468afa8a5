/** Shapes of `/api/priors/rules`: what a site wants of relevant priors; and of a person's own choice. */
import { z } from 'zod'
import { words } from './holds.ts'
import { Priors } from './record.ts'

/** All of it must hold; what is empty holds always. */
export const StudyKind = z.object({
  /** As the record names them: one of them, or a part of one. */
  regions: z.array(z.string().max(64)).max(50).default([]),
  /** XR, CT, MR, US, MG, NM, PT, XA, RF or OT. */
  families: z.array(z.string().max(8)).max(20).default([]),
  /** In the Study Description, each of these words. */
  words: z.string().trim().max(200).default(''),
})
export type StudyKind = z.output<typeof StudyKind>

export const PriorRule = z.object({
  name: words(100),
  enabled: z.boolean().default(true),
  current: StudyKind.prefault({}),
  prior: StudyKind.prefault({}),
  /** At most so many years before. */
  years: z.number().positive().max(150).optional(),
  /** Added to the score of 0 to 100; −100: never. */
  points: z.number().int().min(-100).max(100),
})
export type PriorRule = z.input<typeof PriorRule>

export const PriorRuleRow = PriorRule.extend({
  id: z.number(),
  changed: z.object({ by: z.string(), at: z.string() }),
})
export type PriorRuleRow = z.infer<typeof PriorRuleRow>

export const PriorRulesPage = z.object({
  rules: z.array(PriorRuleRow),
  /** What may be chosen from. */
  regions: z.array(z.string()),
  families: z.array(z.string()),
})
export type PriorRulesPage = z.infer<typeof PriorRulesPage>

/** `id`: the rule it stands in place of. */
export const TryPriorRule = z.object({ study: z.string(), rule: PriorRule, id: z.number().int().optional() })
export type TryPriorRule = z.input<typeof TryPriorRule>
export const TriedPriors = z.object({ now: Priors, tried: Priors })
export type TriedPriors = z.infer<typeof TriedPriors>

/** Null: whichever the archive chooses. */
export const ChoosePrior = z.object({ prior: z.string().nullable() })
