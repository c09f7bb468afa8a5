/** `/api/studies/{study}/reports`: reports that came by HL7, read from the messages as they came. */
import { type StudyReport, StudyReports } from '../../api/reports.ts'
import type { Archive } from '../../archive/archive.ts'
import { readMessage } from '../../hl7/reading.ts'
import { reportOf } from '../../hl7/reports.ts'
import { headerOf } from '../../hl7/told.ts'
import { type Route, route, uidParam } from '../routes.ts'

export function reportRoutes(archive: Pick<Archive, 'reportsOf'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/studies/:study/reports',
      act: 'read',
      says: 'Reports of the study that came by HL7 (ORU^R01), what was written last first.',
      answers: [
        { status: 200, says: 'The reports.', shape: StudyReports },
        { status: 404, says: 'There is no such study.' },
      ],
      handle: async (ask): Promise<StudyReports> => {
        const found = await archive.reportsOf(ask.context, uidParam(ask, 'study'))
        const reports = found.flatMap(({ message, at, raw }): { report: StudyReport; order: number }[] => {
          try {
            const read = readMessage(raw)
            const { at: written } = headerOf(read)
            const { title, status, by, sections } = reportOf(read)
            const report: StudyReport = {
              message,
              at,
              written: written === undefined ? '' : new Date(written / 1000).toISOString(),
              title,
              status,
              by,
              sections: sections.map((one) => ({ ...one })),
            }
            return [{ report, order: written ?? Date.parse(at) * 1000 }]
          } catch {
            return [] // it was read when it came; it is under Messages in any case
          }
        })
        return { reports: reports.sort((a, b) => b.order - a.order).map(({ report }) => report) }
      },
    }),
  ]
}
