/** Shapes of `/api/patients/{key}/identity` and `/api/identity`: which patient IDs are one person. */
import { z } from 'zod'
import { words } from './holds.ts'

const Fact = z.enum(['birthDate', 'sex'])

/** A patient ID; its key as part of an address. */
const PatientNumber = z.object({ key: z.string(), id: z.string(), issuer: z.string() })

/** One patient ID, and what is known under it. */
export const PersonKey = z.object({
  /** As part of an address. */
  key: z.string(),
  id: z.string(),
  issuer: z.string(),
  name: z.string(),
  birthDate: z.string(), // YYYYMMDD, or ''
  sex: z.string(),
  /** Where that is known from. */
  told: z.enum(['message', 'images', 'nothing']),
  studies: z.number(),
})
export type PersonKey = z.infer<typeof PersonKey>

export const Person = z.object({
  /** The key that stands for the person. */
  person: z.string(),
  /** That one first. */
  keys: z.array(PersonKey),
  /** Merges and links, newest first, those taken back too. */
  relations: z.array(
    z.object({
      kind: z.enum(['merge', 'link']),
      from: PatientNumber,
      into: PatientNumber,
      active: z.boolean(),
      by: z.string(),
      at: z.string(),
      reason: z.string(),
    }),
  ),
  /** What the IDs say that cannot be true of one person. */
  contradictions: z.array(Fact),
  mayChange: z.boolean(),
})
export type Person = z.infer<typeof Person>

export const Relate = z.object({
  op: z.enum(['merge', 'unmerge', 'link', 'unlink']),
  /** Of a merge the patient that is given up; keys as in addresses. */
  from: z.string(),
  into: z.string(),
  reason: words(2000),
  /** The facts of the two contradict each other, and they are one person all the same. */
  sure: z.boolean().default(false),
})
export type Relate = z.input<typeof Relate>

export const ReviewsQuery = z.object({
  open: z.enum(['true', 'false']).default('true'),
  limit: z.coerce.number().int().min(1).max(500).default(200),
})

export const IdentityReview = z.object({
  /** As part of an address. */
  review: z.string(),
  why: z.enum(['circle', 'elsewhere', 'facts']),
  kind: z.enum(['merge', 'link']),
  /** It was done all the same. */
  followed: z.boolean(),
  by: z.string(),
  at: z.string(),
  from: PersonKey,
  into: PersonKey,
  contradictions: z.array(Fact),
  settled: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
})
export type IdentityReview = z.infer<typeof IdentityReview>

export const IdentityReviews = z.object({
  reviews: z.array(IdentityReview),
  /** How many wait, of all. */
  open: z.number(),
  mayChange: z.boolean(),
})
export type IdentityReviews = z.infer<typeof IdentityReviews>

export const SettleReview = z.object({ reason: words(2000) })
export const Settled = z.object({ open: z.number() })
