/** Shapes of `/api/dispositions`: what was proposed for destruction, who approved it, and what is left of it. */
import { z } from 'zod'
import { words } from './holds.ts'
import { Signed } from './signing.ts'

const Deed = z.object({ by: z.string(), at: z.string() })

export const Tombstone = z.object({
  id: z.number(),
  disposition: z.number(),
  study: z.string(),
  studyDate: z.string(),
  modalities: z.array(z.string()),
  series: z.number(),
  instances: z.number(),
  bytes: z.number(),
  /** SHA-256 of what was destroyed. */
  manifest: z.string(),
  at: z.string(),
  /** Leaf that says every copy is gone; 0 until then. */
  done: z.number(),
  doneAt: z.string(),
  copies: z.array(
    z.object({
      where: z.string(),
      method: z.string(),
      objects: z.number(),
      /** What a lock of the store holds, unreadable, until a day: the archive removes it then. */
      locked: z.object({ objects: z.number(), until: z.string() }).optional(),
    }),
  ),
})
export type Tombstone = z.infer<typeof Tombstone>
export const Tombstones = z.object({ tombstones: z.array(Tombstone) })

export const Disposition = z.object({
  id: z.number(),
  reason: z.string(),
  papers: z.record(z.string(), z.string()),
  rules: z.string(),
  state: z.enum(['proposed', 'approved', 'cooling', 'destroying', 'destroyed', 'ended']),
  proposed: Deed,
  first: Deed.nullable(),
  second: Deed.nullable(),
  /** RFC 3339; '' until two have approved. */
  destroyFrom: z.string(),
  ended: Deed.extend({ reason: z.string() }).nullable(),
  studies: z.array(
    z.object({
      study: z.string(),
      eligibleOn: z.string(),
      governing: z.array(z.string()),
      acknowledged: z.array(z.string()),
      /** Why it was not destroyed though it is due. */
      stopped: z.string(),
      tombstone: Tombstone.nullable(),
    }),
  ),
})
export type Disposition = z.infer<typeof Disposition>

export const Dispositions = z.object({
  dispositions: z.array(Disposition),
  /** What the law wants before anything is proposed. */
  preSteps: z.array(z.object({ id: z.string(), wants: z.string() })),
})
export type Dispositions = z.infer<typeof Dispositions>

export const ProposeDisposition = z.object({
  reason: words(2000),
  studies: z.array(z.string()).min(1).max(500),
  /** Those of them where something was assumed, and the person has looked at it. */
  acknowledged: z.array(z.string()).max(500).default([]),
  papers: z.record(z.string().max(64), words(500)).default({}),
})
export type ProposeDisposition = z.input<typeof ProposeDisposition>

/** An approval is signed. */
export const DispositionStep = Signed.extend({ reason: words(2000) })
