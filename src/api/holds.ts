/** Shapes of `/api/holds`: legal holds, and the two people a release takes. */
import { z } from 'zod'
import { Signed } from './signing.ts'

/** Text of a person: not empty, no control characters, which a log or an index would stumble over. */
export const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, 'control characters are not taken')

const date = z.string().regex(/^\d{8}$/, 'a date is YYYYMMDD')

const HoldSearch = z.object({
  /** As typed in the worklist. */
  words: z.string().trim().max(256),
  modality: z.string().trim().max(16).optional(),
  /** Study dates. */
  from: date.optional(),
  to: date.optional(),
})

export const PlaceHold = z.object({
  matter: words(200),
  reason: words(2000),
  studies: z.array(z.string()).max(10_000).default([]),
  /** Patients by the key of a study’s row. */
  patients: z.array(z.string()).max(10_000).default([]),
  /** Holds what it finds today and whatever arrives that it would find. */
  search: HoldSearch.optional(),
})
export type PlaceHold = z.input<typeof PlaceHold>

/** A release is signed. */
export const HoldStep = Signed.extend({ reason: words(2000) })

const Deed = z.object({ by: z.string(), at: z.string() })

export const Hold = z.object({
  id: z.number(),
  matter: z.string(),
  reason: z.string(),
  studies: z.array(z.string()),
  patients: z.array(z.object({ key: z.string(), id: z.string(), issuer: z.string() })),
  search: HoldSearch.nullable(),
  placed: Deed,
  /** Who asked for its release, while nobody has answered or once it is released. */
  asked: Deed.extend({ reason: z.string() }).nullable(),
  released: Deed.nullable(),
  /** Studies it covers now; what a search finds is counted to 10,000. */
  covers: z.number(),
})
export type Hold = z.infer<typeof Hold>

export const Holds = z.object({ holds: z.array(Hold) })
export type Holds = z.infer<typeof Holds>
