/** Shapes of the four questions of an audit; the first, who saw a patient's images, is `access.ts`. */
import { z } from 'zod'

const act = z.object({ n: z.number(), ts: z.string(), type: z.string(), sentence: z.string() })
const patient = z.object({ key: z.string(), id: z.string(), issuer: z.string() })

export const SubjectsAsk = z.object({ q: z.string().trim().min(1).max(200) })

export const Subjects = z.object({
  patients: z.array(patient),
  studies: z.array(
    z.object({
      study: z.string(),
      /** Null when no act says whose it is. */
      patient: patient.nullable(),
      studyDate: z.string(),
      modalities: z.array(z.string()),
      destroyed: z.boolean(),
    }),
  ),
  truncated: z.boolean(),
})
export type Subjects = z.infer<typeof Subjects>

/** `read`: read every object again first. */
export const IntegrityAsk = z.object({ read: z.enum(['yes', 'no']).default('no') })

export const IntegrityReport = z.object({
  study: z.string(),
  patient: patient.nullable(),
  studyDate: z.string(),
  modalities: z.array(z.string()),
  at: z.string(),
  verdict: z.enum(['unaltered', 'unread', 'altered', 'destroyed']),
  answer: z.string(),
  instances: z.array(
    z.object({
      /** The number of the entry of its arrival. */
      n: z.number(),
      series: z.string(),
      instance: z.string(),
      version: z.number(),
      current: z.boolean(),
      received: z.string(),
      from: z.string(),
      address: z.string(),
      door: z.string(),
      bytes: z.number(),
      /** SHA-256 of its data set, hex. */
      ds: z.string(),
      /** The log's digest of its arrival, held against it. */
      logged: z.enum(['same', 'other', 'absent', 'erased']),
      /** How often the same came again. */
      again: z.number(),
      rejected: z.boolean(),
      kept: z.enum(['inbox', 'vault', 'vault, compressed']),
      reading: z.object({ result: z.enum(['good', 'bad', 'none']), at: z.string() }),
    }),
  ),
  acts: z.array(act),
  /** Every act about the study, looks at it too. */
  entries: z.number(),
  places: z.array(z.object({ place: z.string(), state: z.string(), says: z.string() })),
  checkpoint: z.string(),
})
export type IntegrityReport = z.infer<typeof IntegrityReport>

export const DestructionAnswer = z.object({
  study: z.string(),
  patient: patient.nullable(),
  at: z.string(),
  verdict: z.enum(['lawful', 'unlawful', 'going on', 'here']),
  answer: z.string(),
  /** Objects here now. */
  here: z.number(),
  destructions: z.array(
    z.object({
      tombstone: z.number(),
      at: z.string(),
      instances: z.number(),
      manifest: z.string(),
      steps: z.array(
        z.object({
          what: z.string(),
          held: z.enum(['yes', 'no', 'not yet']),
          fact: z.string(),
          entries: z.array(z.number()),
        }),
      ),
      law: z.array(z.object({ id: z.string(), title: z.string(), source: z.string() })),
    }),
  ),
  acts: z.array(act),
  checkpoint: z.string(),
})
export type DestructionAnswer = z.infer<typeof DestructionAnswer>

/** Moments as the log has them; `until` is the first that is not asked for any more. */
export const PeriodAsk = z.object({
  from: z.iso.datetime({ precision: 3 }),
  until: z.iso.datetime({ precision: 3 }),
})

const account = {
  received: z.number(),
  here: z.number(),
  destroyed: z.number(),
  /** Out of sight. */
  rejected: z.number(),
  conflicts: z.number(),
}

export const CompletenessReport = z.object({
  /** Null for a time. */
  patient: patient.nullable(),
  from: z.string(),
  until: z.string(),
  at: z.string(),
  verdict: z.enum(['complete', 'open', 'incomplete']),
  answer: z.string(),
  totals: z.object({ studies: z.number(), ...account, missing: z.number(), unlogged: z.number() }),
  /** Of a patient every study, of a time those of which something is to be said. */
  studies: z.array(
    z.object({
      study: z.string(),
      ...account,
      /** Entries of arrivals that are neither here nor in a tombstone. */
      missing: z.array(z.number()),
      /** What is here and never arrived as far as the log knows. */
      unlogged: z.array(z.number()),
    }),
  ),
  truncated: z.boolean(),
  destroyed: z.array(
    z.object({ tombstone: z.number(), study: z.string(), at: z.string(), instances: z.number(), done: z.boolean() }),
  ),
  incidents: z.array(act),
  expected: z.array(
    z.object({
      source: z.enum(['storage commitment']),
      n: z.number(),
      at: z.string(),
      by: z.string(),
      expected: z.number(),
      found: z.number(),
    }),
  ),
  log: z.object({ first: z.number(), last: z.number(), entries: z.number(), gaps: z.number() }),
  /** When the archive did not run. */
  outages: z.array(z.object({ from: z.string(), until: z.string(), orderly: z.boolean() })),
  checkpoint: z.string(),
})
export type CompletenessReport = z.infer<typeof CompletenessReport>
