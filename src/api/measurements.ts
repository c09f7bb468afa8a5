/** Shapes of measurements: `GET /api/studies/{study}/measurements` of a patient over time, `POST` of one study. */
import { z } from 'zod'

const Coded = z.object({
  value: z.string().min(1).max(64),
  scheme: z.string().min(1).max(16),
  meaning: z.string().min(1).max(64),
})

/** Columns and rows of the picture, from its top left corner. */
const Point = z.tuple([z.number(), z.number()])

const Shape = z.object({
  graphic: z.enum(['POINT', 'MULTIPOINT', 'POLYLINE', 'CIRCLE', 'ELLIPSE']),
  points: z.array(Point).min(1).max(5000),
  image: z.object({
    sopClass: z.string(),
    instance: z.string(),
    /** From 1; null for an object of one frame. */
    frame: z.number().int().positive().nullable(),
  }),
})

const Measured = z.object({
  concept: Coded,
  value: z.number(),
  unit: Coded,
  derivation: Coded.nullable(),
  /** Index of the shape it was taken from. */
  shape: z.number().int().nonnegative().nullable(),
})

export const FindingRow = z.object({
  /** What people call it: `L1`. */
  trackingId: z.string().min(1).max(64),
  /** The lesion's for ever, in every study; '' where its maker gave none. */
  trackingUid: z.string().max(64),
  timePoint: z.string().max(64),
  site: Coded.nullable(),
  role: Coded.nullable(),
  comment: z.string().max(1000),
  shapes: z.array(Shape).max(10),
  measured: z.array(Measured).max(30),
})
export type FindingRow = z.infer<typeof FindingRow>

export const MeasurementReportRow = z.object({
  study: z.string(),
  studyDate: z.string(), // YYYYMMDD or ''
  description: z.string(),
  series: z.string(),
  instance: z.string(),
  date: z.string(),
  time: z.string(),
  maker: z.string(),
  observer: z.string(),
  signed: z.object({ name: z.string(), at: z.string() }).nullable(),
  conclusion: z.string(),
  /** Written here: saving takes its place. */
  own: z.boolean(),
  findings: z.array(FindingRow),
})
export type MeasurementReportRow = z.infer<typeof MeasurementReportRow>

export const Measurements = z.object({
  /** The key of the patient's timeline; empty when the study has no Patient ID. */
  patient: z.string(),
  patientName: z.string(),
  /** Those that stand, oldest study first. */
  reports: z.array(MeasurementReportRow),
  /** Studies under the same ID that may be of somebody else: left out. */
  contradicted: z.number(),
  maySave: z.boolean(),
})
export type Measurements = z.infer<typeof Measurements>

export const SaveMeasurements = z.object({
  /** All that stands measured in the study now. */
  findings: z.array(FindingRow).max(500),
  /** The report these were made from; null when there was none. */
  basedOn: z.string().nullable(),
  /** Signed by the account that saves. */
  sign: z.boolean().default(false),
  conclusion: z.string().max(4000).default(''),
})
export type SaveMeasurements = z.input<typeof SaveMeasurements>

export const SavedMeasurements = z.object({ instance: z.string(), series: z.string() })
