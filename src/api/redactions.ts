/** Shapes of `/api/redactions`: what old entries of the log told, erased by two people. */
import { z } from 'zod'
import { words } from './holds.ts'
import { Signed } from './signing.ts'

export const ProposeRedaction = z.object({
  /** Entries before this moment. */
  until: z.iso.datetime({ precision: 3 }),
  reason: words(2000),
})
export type ProposeRedaction = z.infer<typeof ProposeRedaction>
/** An approval is signed. */
export const RedactionStep = Signed.extend({ reason: words(2000) })

const Deed = z.object({ by: z.string(), at: z.string() })

export const Redaction = z.object({
  id: z.number(),
  until: z.string(),
  reason: z.string(),
  proposed: Deed,
  approved: Deed.nullable(),
  ended: Deed.extend({ reason: z.string() }).nullable(),
  /** How many were erased so far. */
  events: z.number(),
  /** When no byte of them was left; '' until then. */
  doneAt: z.string(),
})
export type Redaction = z.infer<typeof Redaction>
export const Redactions = z.object({ redactions: z.array(Redaction) })
export type Redactions = z.infer<typeof Redactions>
