/** Shapes of `/api/studies/{study}/retention` and `/api/retention`. */
import { z } from 'zod'

export const StudyRetention = z.object({
  /** Has the site said which law it is under? If not, nothing is ever due. */
  configured: z.boolean(),
  jurisdictions: z.array(z.string()),
  /** Legal holds that cover it: by number, since when. What a hold is about is for those who may see holds. */
  holds: z.array(z.object({ id: z.number(), since: z.string() })),
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

const Tally = z.object({ studies: z.number(), bytes: z.number() })

/** What if: rules other than the site's. */
export const CalendarAsk = z.object({
  /** By the names of the rule sets, with commas; empty for none. */
  jurisdictions: z.string().max(1000).optional(),
  institution: z.string().max(64).optional(),
})

export const RetentionCalendar = z.object({
  jurisdictions: z.array(z.string()),
  institution: z.string(),
  today: z.string(),
  rules: z.string(),
  all: Tally,
  /** A person may consider them today, and on a later day. */
  due: Tally,
  later: Tally,
  indefinite: Tally,
  /** Until more is known. */
  undetermined: Tally,
  held: Tally,
  /** By the month from which they may be considered; only those that have some. */
  months: z.array(Tally.extend({ month: z.string() })),
  /** By the rules that reach furthest; a study may have several. */
  governing: z.array(Tally.extend({ id: z.string(), title: z.string(), source: z.string() })),
})
export type RetentionCalendar = z.infer<typeof RetentionCalendar>

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is YYYY-MM-DD')
export const DueAsk = z.object({ from: day.default('0000-01-01'), until: day })

export const DueStudies = z.object({
  studies: z.array(
    z.object({
      study: z.string(),
      eligibleOn: z.string(),
      studyDate: z.string(),
      modalities: z.array(z.string()),
      description: z.string(),
      bytes: z.number(),
      governing: z.array(z.string()),
      /** Something was assumed: a person has to look at it. */
      assumed: z.boolean(),
    }),
  ),
  /** There are more than these. */
  truncated: z.boolean(),
})
export type DueStudies = z.infer<typeof DueStudies>
