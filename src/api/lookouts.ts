/** Shapes of `/api/lookouts`: searches of the audit log that warn, and what they warned of. */
import { z } from 'zod'
import { AUDIT_TYPES } from './audit.ts'
import { words } from './holds.ts'

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is HH:MM')

const Hours = z.object({
  /** IANA time zone, `Europe/Berlin`. */
  zone: z.string().min(1).max(64),
  from: clock,
  until: clock,
  /** Sunday is 0. */
  days: z.array(z.number().int().min(0).max(6)).min(1).max(7),
})

const Threshold = z.object({
  more: z.number().int().min(1).max(10_000),
  minutes: z
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 60),
  of: z.enum(['entries', 'patients']).default('entries'),
})

/** Who is warned beside the owner, by names a person knows. */
const Addressees = z.object({
  accounts: z.array(z.string().trim().min(1).max(200)).max(100).default([]),
  roles: z.array(z.enum(['privacy', 'auditor'])).default([]),
})

export const SaveLookout = z.object({
  name: words(100),
  /** Login name, AE title, or pseudonym; none is anybody. */
  who: z.string().trim().max(200).default(''),
  /** Patient IDs, whoever issued them; none is anybody. */
  patients: z.array(z.string().trim().min(1).max(64)).max(1000).default([]),
  /** None is any. */
  types: z.array(z.enum(AUDIT_TYPES)).max(100).default([]),
  failed: z.boolean().default(false),
  emergency: z.boolean().default(false),
  outside: Hours.nullable().default(null),
  threshold: Threshold.nullable().default(null),
  addressees: Addressees.default({ accounts: [], roles: [] }),
})
export type SaveLookout = z.input<typeof SaveLookout>

export const StopLookout = z.object({ reason: words(2000) })

export const Lookout = z.object({
  id: z.number(),
  name: z.string(),
  /** As a person knows them; '' is anybody. */
  who: z.string(),
  patients: z.array(z.string()),
  types: z.array(z.string()),
  failed: z.boolean(),
  emergency: z.boolean(),
  outside: Hours.nullable(),
  threshold: Threshold.nullable(),
  owner: z.string(),
  addressees: z.object({ accounts: z.array(z.string()), roles: z.array(z.string()) }),
  saved: z.object({ by: z.string(), at: z.string() }),
  stopped: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
  /** The asker is warned by it. */
  mine: z.boolean(),
  /** Warnings nobody has looked at, and all of them. */
  waiting: z.number(),
  all: z.number(),
})
export type Lookout = z.infer<typeof Lookout>
export const Lookouts = z.object({ lookouts: z.array(Lookout) })

export const Warning = z.object({
  id: z.number(),
  lookout: z.object({ id: z.number(), name: z.string() }),
  /** Ledger number of the entry: its proof is at `/api/log/proof/{n}`. */
  entry: z.number(),
  at: z.string(),
  type: z.string(),
  who: z.string(),
  patient: z.object({ key: z.string(), id: z.string(), issuer: z.string() }).nullable(),
  study: z.string(),
  /** How many entries or patients were counted; 1 without a threshold. */
  seen: z.number(),
  settled: z.object({ by: z.string(), at: z.string(), words: z.string() }).nullable(),
})
export type Warning = z.infer<typeof Warning>
/** `waiting`: how many of those the asker is warned by nobody has looked at. */
export const Warnings = z.object({ warnings: z.array(Warning), waiting: z.number(), next: z.number().nullable() })

const yes = z.enum(['yes', 'no'])
export const WarningsAsk = z.object({
  mine: yes.default('yes'),
  waiting: yes.default('yes'),
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number().int().min(0).max(500).default(100),
})
export const SettleWarning = z.object({ words: words(2000) })
