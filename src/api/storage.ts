/** Shapes of `/api/storage` and `/api/storage/growth`, `/api/seal` and `/api/fixity`. */
import { z } from 'zod'

/** A file of the vault that no copy has in good state. */
export const DamagedFile = z.object({
  study: z.string(),
  file: z.string(),
  copies: z.array(z.object({ copy: z.string(), flaw: z.string() })),
  /** Instances that do not come back as received, and their bytes in the file; none: no image is reached by it. */
  harmed: z.array(
    z.object({
      series: z.string(),
      instance: z.string(),
      version: z.number(),
      start: z.number(),
      end: z.number(),
    }),
  ),
  foundAt: z.string(),
})

/** Reading everything again: how often, and where it has come to. */
export const Fixity = z.object({
  /** 0: only when asked. */
  days: z.number(),
  began: z.string(),
  ended: z.string(),
  next: z.string(),
  running: z.boolean(),
  /** Of the pass that runs, or of the last one. */
  studies: z.number(),
  bytes: z.number(),
  /** Files written again since the start. */
  mended: z.number(),
  damaged: z.array(DamagedFile),
})

/** A place the vault is kept in: its own folder, or a mirror. */
export const CopyState = z.object({
  copy: z.string(),
  state: z.enum(['good', 'behind', 'away', 'foreign', 'locked', 'read-only', 'full', 'failing']),
  /** Studies it is known to lack. */
  behind: z.number(),
  /** In plain words. */
  says: z.string(),
})

/** A study on its way back from the cold store. */
export const Recall = z.object({
  study: z.string(),
  asked: z.string(),
  /** Of its object, and how many of them are back. */
  bytes: z.number(),
  done: z.number(),
  /** Until it is here, with what waits before it. */
  seconds: z.number(),
  /** Why it did not come the last time it was tried; empty when nothing was wrong. */
  problem: z.string(),
})

/** Can a study be looked at now, or is it in the cold store (PS3.3 C.4.23)? */
export const Availability = z.object({
  availability: z.enum(['ONLINE', 'NEARLINE']),
  /** While it is being brought back. */
  recall: Recall.optional(),
})

export const Storage = z.object({
  /** By modality, form and reason. Bytes as received and as kept, recipes counted. */
  kept: z.array(
    z.object({
      modality: z.string(),
      form: z.enum(['htj2k', 'received']),
      /** Why it is kept as received; empty otherwise. */
      why: z.string(),
      instances: z.number(),
      received: z.number(),
      kept: z.number(),
    }),
  ),
  /** What only the inbox has. */
  waiting: z.object({ studies: z.number(), instances: z.number(), bytes: z.number() }),
  fixity: Fixity,
  /** The vault first. */
  copies: z.array(CopyState),
  /** The cold store; null when there is none. */
  tiers: z
    .object({
      cold: z.string(),
      state: z.enum(['good', 'away', 'foreign', 'locked']),
      says: z.string(),
      /** What is there, and how many wait to go there. */
      studies: z.number(),
      bytes: z.number(),
      moving: z.number(),
      /** The next one first. */
      recalls: z.array(Recall),
    })
    .nullable(),
})

/** How the archive grows: what came in each whole step, by modality, and the room there is. */
export const Growth = z.object({
  unit: z.enum(['day', 'week']),
  /** The first day of the first step, YYYY-MM-DD; empty when nothing came before today. */
  from: z.string(),
  /** As received; every modality has as many steps as the others. */
  modalities: z.array(z.object({ modality: z.string(), objects: z.array(z.number()), bytes: z.array(z.number()) })),
  /** Bytes free on the archive's disk, and how many of them are never given to arriving objects. */
  free: z.number(),
  reserve: z.number(),
})

/** Which studies to seal, or to read again. */
export const StudiesAsk = z.object({
  /** Study Instance UIDs; all when left out. */
  studies: z.array(z.string()).min(1).max(1000).optional(),
})

/** Which studies are to go to the cold store. */
export const ColdAsk = z.object({ studies: z.array(z.string()).min(1).max(1000) })
