/** `/api/retention`: what is due when, over all studies, by the site's rules or by others, to see what they would change. */
import { CalendarAsk, DueAsk, DueStudies, RetentionCalendar } from '../../api/retention.ts'
import type { Archive } from '../../archive/archive.ts'
import { type Route, route } from '../routes.ts'

export function retentionRoutes(archive: Pick<Archive, 'calendar' | 'dueStudies'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/retention/calendar',
      act: 'retention.see',
      says: 'Every study decided: how many and how many bytes may be considered when. With other rules: what they would change.',
      query: CalendarAsk,
      answers: [
        { status: 200, says: 'The calendar.', shape: RetentionCalendar },
        { status: 400, says: 'There are no rules for a jurisdiction.' },
      ],
      handle: async ({ context, query: { jurisdictions, institution, instead } }): Promise<RetentionCalendar> => {
        const calendar = await archive.calendar(context, {
          ...(jurisdictions !== undefined && { jurisdictions: names(jurisdictions) }),
          ...(institution !== undefined && { institution }),
          instead: instead === 'true',
        })
        return {
          ...calendar,
          jurisdictions: [...calendar.jurisdictions],
          months: [...calendar.months],
          governing: [...calendar.governing],
        }
      },
    }),
    route({
      method: 'GET',
      url: '/api/retention/due',
      act: 'retention.see',
      says: 'Studies a person may consider from a day in a span on; 500 at most. Nothing is removed by a machine.',
      query: DueAsk,
      answers: [{ status: 200, says: 'The studies, patient by patient.', shape: DueStudies }],
      handle: async ({ context, query }): Promise<DueStudies> => {
        const { studies, truncated } = await archive.dueStudies(context, query)
        return {
          truncated,
          studies: studies.map((study) => ({
            ...study,
            modalities: [...study.modalities],
            governing: [...study.governing],
          })),
        }
      },
    }),
  ]
}

const names = (list: string): readonly string[] =>
  list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
