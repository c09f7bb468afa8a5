/** A patient over time: `GET /api/patients/{key}/timeline`, `GET /api/studies/{study}/priors`. */
import { z } from 'zod'

/** A study as a card of the timeline. */
export const RecordCard = z.object({
  study: z.string(),
  studyDate: z.string(), // YYYYMMDD or ''
  studyTime: z.string(),
  description: z.string(),
  accession: z.string(),
  modalities: z.array(z.string()),
  /** What it shows, normalised; empty when nothing tells. */
  regions: z.array(z.string()),
  /** The widest region of each, from head to foot: its lanes. */
  lanes: z.array(z.string()),
  /** XR, CT, MR, US, MG, NM, PT, XA, RF or OT. */
  families: z.array(z.string()),
  side: z.enum(['left', 'right', 'both']).nullable(),
  contrast: z.enum(['with', 'without']).nullable(),
  reports: z.boolean(),
  series: z.number(),
  instances: z.number(),
  bytes: z.number(),
  /** A small picture of it; null when it holds none. */
  thumbnail: z.string().nullable(),
  /** A legal hold covers it. */
  held: z.boolean(),
  /** Objects of it that were rejected and are not shown. */
  rejected: z.number(),
})
export type RecordCard = z.infer<typeof RecordCard>

export const PriorRow = z.object({
  study: RecordCard,
  /** 0 to 100. */
  score: z.number(),
  /** In words, the weightiest first. */
  reasons: z.array(z.string()),
  /** Days before the study asked about. */
  days: z.number().nullable(),
  /** The oldest good match. */
  baseline: z.boolean(),
})
export type PriorRow = z.infer<typeof PriorRow>

export const PriorsAsk = z.object({ k: z.coerce.number().int().min(1).max(100).default(10) })

export const Priors = z.object({
  /** The key of the patient's timeline; empty when the study has no Patient ID, and so no priors. */
  patient: z.string(),
  current: RecordCard,
  /** Best first. */
  priors: z.array(PriorRow),
  /** The one that the person who asks chose for this study: it is the first. */
  chosen: z.string().nullable(),
  /** Relevant ones there are, whatever `k` is. */
  relevant: z.number(),
  /** Earlier studies of the patient that show something else. */
  others: z.number(),
  /** Under the same patient ID, and perhaps of somebody else: never offered. */
  contradicted: z.array(z.object({ study: z.string(), why: z.string() })),
})
export type Priors = z.infer<typeof Priors>

export const Timeline = z.object({
  patient: z.object({
    key: z.string(),
    /** As the latest study has them. */
    name: z.string(),
    id: z.string(),
    issuer: z.string(),
    birthDate: z.string(),
    sex: z.string(),
    /** Other spellings of the name among the studies. */
    otherNames: z.array(z.string()),
    /** Other IDs of the person, merged or linked. */
    otherIds: z.array(z.object({ id: z.string(), issuer: z.string() })),
  }),
  /** Months that have studies, oldest first: `YYYYMM`, or '' for those without a date. */
  months: z.array(z.object({ month: z.string(), studies: z.number(), families: z.array(z.string()) })),
  /** Oldest first, those without a date last. */
  studies: z.array(RecordCard),
  /** Studies all of which is rejected: they are not among the others. */
  rejected: z.number(),
  /** What the studies contradict each other in about the patient: perhaps two persons share the ID. */
  contradictions: z.array(z.string()),
})
export type Timeline = z.infer<typeof Timeline>
