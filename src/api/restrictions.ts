/** Shapes of `/api/restrictions`, `/api/emergencies`, `/api/reviews`: who sees what not everybody sees. */
import { z } from 'zod'
import { words } from './holds.ts'

const Kind = z.enum(['patient', 'study', 'institution', 'source', 'code'])
const Level = z.enum(['restricted', 'watched'])

/** Who is let in, by names a person knows. */
const Admitted = z.object({
  accounts: z.array(z.string().max(200)).max(500).default([]),
  roles: z.array(z.string().max(40)).max(20).default([]),
  /** AE titles; `*` is every listed device. */
  devices: z.array(z.string().max(16)).max(500).default([]),
})

export const PlaceRestriction = z.object({
  kind: Kind,
  /** Of a study its UID; of an institution, a source or a code its text. */
  subject: z.string().trim().max(200).default(''),
  /** Of a patient. */
  patient: z.object({ id: z.string().trim().min(1).max(64), issuer: z.string().trim().max(64).default('') }).optional(),
  level: Level,
  admits: Admitted.default({ accounts: [], roles: [], devices: [] }),
  reason: words(2000),
})
export type PlaceRestriction = z.input<typeof PlaceRestriction>

export const LiftRestriction = z.object({ reason: words(2000) })

export const Restriction = z.object({
  id: z.number(),
  kind: Kind,
  subject: z.string(),
  /** Of a patient: the address of the timeline, and the parts of the key. */
  patient: z.object({ key: z.string(), id: z.string(), issuer: z.string() }).nullable(),
  level: Level,
  admits: z.object({ accounts: z.array(z.string()), roles: z.array(z.string()), devices: z.array(z.string()) }),
  reason: z.string(),
  covers: z.number(),
  placed: z.object({ by: z.string(), at: z.string() }),
  lifted: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
})
export type Restriction = z.infer<typeof Restriction>
export const Restrictions = z.object({ restrictions: z.array(Restriction) })

const Cause = z.enum(['emergency', 'on-call', 'mass-casualty', 'system-fault'])

/** The words are long enough to say something: somebody reads them afterwards. */
export const BreakGlass = z.object({
  patientId: z.string().trim().min(1).max(64),
  issuer: z.string().trim().max(64).optional(),
  cause: Cause,
  reason: words(2000).refine((text) => text.length >= 15, 'the reason is 15 characters or longer'),
  minutes: z.number().int().min(5).max(240).default(60),
})
export type BreakGlass = z.input<typeof BreakGlass>

export const Emergency = z.object({
  id: z.number(),
  patient: z.object({ key: z.string(), id: z.string(), issuer: z.string() }),
  cause: Cause,
  reason: z.string(),
  begunAt: z.string(),
  until: z.string(),
})
export type Emergency = z.infer<typeof Emergency>
export const Emergencies = z.object({ emergencies: z.array(Emergency) })

export const Review = z.object({
  id: z.number(),
  kind: z.enum(['emergency', 'watched']),
  who: z.string(),
  patient: z.object({ key: z.string(), id: z.string(), issuer: z.string() }),
  study: z.string(),
  reason: z.string(),
  at: z.string(),
  dueOn: z.string(),
  times: z.number(),
  reviewed: z
    .object({ by: z.string(), at: z.string(), outcome: z.enum(['justified', 'unjustified']), words: z.string() })
    .nullable(),
})
export type Review = z.infer<typeof Review>
/** How many wait, of all. */
export const Reviews = z.object({ reviews: z.array(Review), waiting: z.number() })
export const ReviewsAsk = z.object({ waiting: z.enum(['yes', 'no']).default('yes') })
export const ReviewAnswer = z.object({ outcome: z.enum(['justified', 'unjustified']), words: words(2000) })
