/** Shape of `/api/patients/{key}/access`: who saw a patient's images, and to whom they were given. */
import { z } from 'zod'

const counts = {
  /** Sittings in front of images, and what was shown in them. */
  sittings: z.number(),
  instances: z.number(),
  frames: z.number(),
  /** Searches and pages that showed the patient. */
  looks: z.number(),
  stored: z.number(),
  /** Sent to another system, or taken out. */
  given: z.number(),
  refused: z.number(),
  other: z.number(),
}

export const AccessReport = z.object({
  patient: z.object({ key: z.string(), id: z.string(), issuer: z.string() }),
  /** All acts counted, this report's own among them. */
  acts: z.number(),
  first: z.string(),
  last: z.string(),
  people: z.array(
    z.object({
      actor: z.string(),
      who: z.string(),
      roles: z.array(z.string()),
      first: z.string(),
      last: z.string(),
      ...counts,
      studies: z.array(z.string()),
      addresses: z.array(z.string()),
    }),
  ),
  /** Accounting of disclosures (45 CFR 164.528), from this moment on. */
  since: z.string(),
  disclosures: z.array(
    z.object({
      n: z.number(),
      ts: z.string(),
      recipient: z.string(),
      by: z.string(),
      what: z.string(),
      study: z.string(),
      succeeded: z.boolean(),
    }),
  ),
  /** The signed checkpoint that covers all of it. */
  checkpoint: z.string(),
})
export type AccessReport = z.infer<typeof AccessReport>
