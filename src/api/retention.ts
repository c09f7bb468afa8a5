/** Shapes of `/api/studies/{study}/retention` and `/api/retention`. */
import { z } from 'zod'
import { words } from './holds.ts'
import { Signed } from './signing.ts'

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
  /** A date that reaches further than the rules: one promised before, or one people set. 9999-12-31: without end. */
  stands: z.object({ through: z.string(), because: z.enum(['promised', 'asked for']) }).nullable(),
})
export type StudyRetention = z.infer<typeof StudyRetention>

const Tally = z.object({ studies: z.number(), bytes: z.number() })

/** What if: rules other than the site's, beside them or instead. */
export const CalendarAsk = z.object({
  /** By the names of the rule sets, with commas; empty for none. */
  jurisdictions: z.string().max(1000).optional(),
  institution: z.string().max(64).optional(),
  instead: z.enum(['true', 'false']).default('false'),
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
  /** The day by which a law wants them destroyed is past, or comes within a year. */
  pastMaximum: Tally,
  nearMaximum: Tally,
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

const Deed = z.object({ by: z.string(), at: z.string() })

export const ProposeRules = z.object({
  /** By the names of the rule sets; none: everything is kept without end. */
  jurisdictions: z.array(z.string().max(32)).max(64),
  /** Kind of institution; empty: not stated. */
  institution: z.string().max(64).default(''),
  /** Recommendations that count, by rule. */
  optIn: z.array(z.string().max(64)).max(64).default([]),
  /** In compliance mode nobody can ever replace them. */
  mode: z.enum(['governance', 'compliance']).default('governance'),
  /** Of those adopted before, which may shorten; else beside them, which cannot. */
  instead: z.boolean().default(false),
  reason: words(2000),
})
export type ProposeRules = z.input<typeof ProposeRules>

/** An approval is signed. */
export const RulesStep = Signed.extend({ reason: words(2000) })

export const RuleAdoption = z.object({
  id: z.number(),
  state: z.enum(['proposed', 'approved', 'in force', 'replaced', 'ended']),
  jurisdictions: z.array(z.string()),
  institution: z.string(),
  optIn: z.array(z.string()),
  mode: z.enum(['governance', 'compliance']),
  instead: z.boolean(),
  reason: z.string(),
  /** SHA-256 of the rule sets. */
  digest: z.string(),
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      keep: z.string(),
      source: z.string(),
      confidence: z.enum(['H', 'M', 'L']),
    }),
  ),
  proposed: Deed,
  first: Deed.nullable(),
  adopted: Deed.nullable(),
  ended: Deed.extend({ reason: z.string() }).nullable(),
  replacedAt: z.string().nullable(),
})
export type RuleAdoption = z.infer<typeof RuleAdoption>

export const SiteRules = z.object({
  /** Newest first. */
  adoptions: z.array(RuleAdoption),
  /** What may be chosen from. */
  shipped: z.array(
    z.object({
      set: z.string(),
      version: z.string(),
      rules: z.number(),
      recommended: z.array(z.object({ id: z.string(), title: z.string() })),
    }),
  ),
  institutions: z.array(z.string()),
})
export type SiteRules = z.infer<typeof SiteRules>
