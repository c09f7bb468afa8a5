/** The worklist and the study page: `GET /api/studies`, `GET /api/studies/{study}`, versions, conflicts. */
import { z } from 'zod'

/** `GET /api/studies?q=&modality=&from=&to=&studies=&limit=&cursor=` */
export const WorklistAsk = z.object({
  q: z.string().max(400).default(''),
  modality: z.string().max(16).optional(),
  from: z
    .string()
    .regex(/^\d{8}$/)
    .optional(),
  to: z
    .string()
    .regex(/^\d{8}$/)
    .optional(),
  /** Study Instance UIDs, commas between: only these, those of them that match. */
  studies: z
    .string()
    .regex(/^[0-9.]{1,64}(,[0-9.]{1,64}){0,49}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(400).optional(),
})

export const StudyRow = z.object({
  study: z.string(),
  /** Key of the patient's timeline; empty when no Patient ID came. */
  patient: z.string(),
  /** Component groups joined by `=`, components by `^`, as DICOM has them; the app formats. */
  patientName: z.string(),
  patientId: z.string(),
  issuer: z.string(),
  birthDate: z.string(), // YYYYMMDD or ''
  sex: z.string(),
  studyDate: z.string(),
  studyTime: z.string(),
  accession: z.string(),
  description: z.string(),
  modalities: z.array(z.string()),
  series: z.number(),
  instances: z.number(),
  bytes: z.number(),
  receivedLast: z.string(),
  /** What the objects say, where the patient was merged or linked since and is named otherwise here. */
  receivedAs: z.object({ id: z.string(), issuer: z.string(), name: z.string() }).nullable(),
  /** Objects a modality said it made (MPPS, completed) that did not come. */
  lacking: z.number(),
})
export type StudyRow = z.infer<typeof StudyRow>

export const Worklist = z.object({ studies: z.array(StudyRow), next: z.string().nullable() })
export type Worklist = z.infer<typeof Worklist>

export const SeriesRow = z.object({
  series: z.string(),
  modality: z.string(),
  number: z.number().nullable(),
  description: z.string(),
  bodyPart: z.string(),
  instances: z.number(),
  bytes: z.number(),
})
export type SeriesRow = z.infer<typeof SeriesRow>

export const StudyPage = z.object({ study: StudyRow, series: z.array(SeriesRow) })
export type StudyPage = z.infer<typeof StudyPage>

/** `GET /api/studies/{study}/instances`: every current instance, for the study page's object list. */
export const InstanceRow = z.object({
  series: z.string(),
  instance: z.string(),
  version: z.number(),
  current: z.boolean(),
  sopClass: z.string(),
  sopClassName: z.string(),
  number: z.number().nullable(),
  transferSyntax: z.string(),
  transferSyntaxName: z.string(),
  rows: z.number(),
  columns: z.number(),
  frames: z.number(),
  bytes: z.number(),
  ds: z.string(),
  origin: z.string(),
  source: z.string(),
  receivedAt: z.string(),
  leniencies: z.array(z.string()),
})
export type InstanceRow = z.infer<typeof InstanceRow>
export const StudyInstancesAsk = z.object({ asOf: z.iso.datetime({ precision: 3 }).optional() })
export const StudyInstances = z.object({ instances: z.array(InstanceRow) })

/** `GET /api/instances/{study}/{series}/{instance}/versions`; the original of one: `…/original?version=N`. */
export const Versions = z.object({ versions: z.array(InstanceRow) })

/** `GET /api/conflicts` */
export const ConflictRow = z.object({
  id: z.number(),
  /** Two contents under one SOP Instance UID, or two patients under one Study Instance UID. */
  kind: z.enum(['instance', 'patient']),
  study: z.string(),
  series: z.string(),
  instance: z.string(),
  kept: InstanceRow,
  other: InstanceRow,
  raisedAt: z.string(),
})
export const Conflicts = z.object({ conflicts: z.array(ConflictRow) })
