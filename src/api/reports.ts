/** `GET /api/studies/{study}/reports`: reports that came by HL7. */
import { z } from 'zod'

export const StudyReport = z.object({
  /** Number of the message. */
  message: z.number(),
  /** When it came, and when its sender wrote it; '' when that is not stated. */
  at: z.string(),
  written: z.string(),
  title: z.string(),
  status: z.enum(['preliminary', 'final', 'corrected', 'cancelled', 'other']),
  by: z.string(),
  sections: z.array(z.object({ heading: z.string(), text: z.string() })),
})
export type StudyReport = z.infer<typeof StudyReport>

export const StudyReports = z.object({
  /** What was written last first. */
  reports: z.array(StudyReport),
})
export type StudyReports = z.infer<typeof StudyReports>
