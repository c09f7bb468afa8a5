/** Shapes of `/api/erasures`: requests of patients that their data be erased (GDPR Art. 17). */
import { z } from 'zod'
import { words } from './holds.ts'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is YYYY-MM-DD')

export const RecordErasure = z.object({
  /** The patient by the key of a study’s row. */
  patient: z.string().min(1).max(1000),
  /** Those it names; none: all of the patient’s. */
  studies: z.array(z.string().max(64)).max(1000).default([]),
  askedOn: day,
  /** Who asked, and how. */
  askedBy: words(250),
  /** How it was made sure who asked. */
  identity: words(250),
})
export type RecordErasure = z.input<typeof RecordErasure>

export const AnswerErasure = z.object({
  /** Stands in the letter. */
  reason: z.string().trim().max(2000).default(''),
})

const Deed = z.object({ by: z.string(), at: z.string() })

export const Erasure = z.object({
  id: z.number(),
  patient: z.object({ key: z.string(), id: z.string(), issuer: z.string() }),
  named: z.boolean(),
  askedOn: z.string(),
  askedBy: z.string(),
  identity: z.string(),
  recorded: Deed,
  /** By when it has to be answered (Art. 12(3)). */
  answerBy: z.string(),
  state: z.enum(['recorded', 'answered in part', 'answered']),
  answered: Deed.extend({ reason: z.string() }).nullable(),
  /** As answered; until then, as it would be today. */
  studies: z.array(
    z.object({
      study: z.string(),
      /** False where it is not here any more. */
      here: z.boolean(),
      studyDate: z.string(),
      modalities: z.array(z.string()),
      description: z.string(),
      outcome: z.enum(['refused', 'candidate', 'open']),
      /** The last day, where it is refused and there is one. */
      until: z.string(),
      /** Paragraphs of the GDPR that allow the refusal. */
      articles: z.array(z.string()),
      rules: z.array(z.object({ id: z.string(), title: z.string(), source: z.string() })),
      why: z.string(),
    }),
  ),
})
export type Erasure = z.infer<typeof Erasure>

export const Erasures = z.object({ erasures: z.array(Erasure) })
export type Erasures = z.infer<typeof Erasures>
