/** `/api/rejections`: instances taken out of sight by a rejection note, and brought back. */
import type { z } from 'zod'
import { REJECTION_CODES, Rejection, Rejections, RejectStudy, RestoreRejection } from '../../api/rejections.ts'
import { StudyInstances } from '../../api/studies.ts'
import type { Archive, Rejection as Rejected } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { may } from '../../compliance/access.ts'
import { REJECTION_TITLES } from '../../dicom/rejection-note.ts'
import { type Ask, type Route, route, uidParam } from '../routes.ts'
import { instanceRow } from './studies.ts'

export function rejectionRoutes(
  archive: Pick<Archive, 'rejections' | 'rejected' | 'reject' | 'restore'>,
): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/rejections',
      act: 'rejected.see',
      says: 'The newest rejections, those taken back too.',
      answers: [{ status: 200, says: 'The rejections.', shape: Rejections }],
      handle: async ({ context }): Promise<Rejections> => ({
        rejections: (await archive.rejections(context)).map(rejectionRow),
        may: reasonsOf(context),
      }),
    }),
    route({
      method: 'GET',
      url: '/api/studies/:study/rejections',
      act: 'rejected.see',
      says: 'Rejections of a study, newest first.',
      answers: [{ status: 200, says: 'The rejections.', shape: Rejections }],
      handle: async (ask): Promise<Rejections> => ({
        rejections: (await archive.rejections(ask.context, uidParam(ask, 'study'))).map(rejectionRow),
        may: reasonsOf(ask.context),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/studies/:study/rejections',
      act: 'reject',
      says: 'Rejects a study, or series or instances of it: kept, and not shown any more. A rejection note is made.',
      body: RejectStudy,
      answers: [
        { status: 200, says: 'The rejection.', shape: Rejection },
        { status: 403, says: 'Not with this role, or not for this reason.' },
        { status: 404, says: 'It is not there, or was rejected already.' },
      ],
      handle: async (ask): Promise<Rejection> => {
        const { code, reason, series, instances } = ask.body
        return rejectionRow(
          await archive.reject(ask.context, {
            study: uidParam(ask, 'study'),
            code,
            reason,
            ...(series !== undefined && { series }),
            ...(instances !== undefined && { instances }),
          }),
        )
      },
    }),
    route({
      method: 'GET',
      url: '/api/rejections/:rejection/instances',
      act: 'rejected.see',
      says: 'What a rejection took out of sight, and its note.',
      answers: [
        { status: 200, says: 'The instances.', shape: StudyInstances },
        { status: 404, says: 'There is no such rejection.' },
      ],
      handle: async (ask): Promise<z.infer<typeof StudyInstances>> => ({
        instances: (await archive.rejected(ask.context, numberOf(ask))).map(instanceRow),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/rejections/:rejection/restore',
      act: 'reject',
      says: 'Brings back what was rejected.',
      body: RestoreRejection,
      answers: [
        { status: 200, says: 'The rejection as it is now.', shape: Rejection },
        { status: 403, says: 'Who may not reject for this reason may not take it back.' },
        { status: 404, says: 'There is no such rejection.' },
        { status: 409, says: 'It was taken back already.' },
      ],
      handle: async (ask): Promise<Rejection> =>
        rejectionRow(await archive.restore(ask.context, numberOf(ask), ask.body.reason)),
    }),
  ]
}

const reasonsOf = ({ principal }: Context) =>
  [...REJECTION_CODES, 'destroyed' as const].filter((rejection) => may(principal, 'reject', { rejection }).allowed)

function numberOf({ params }: Pick<Ask, 'params'>): number {
  const text = params['rejection'] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: 'such rejection' })
  return Number(text)
}

const rejectionRow = ({ id, code, study, note, reason, instances, rejected, restored }: Rejected): Rejection => ({
  id,
  code,
  meaning: code === 'destroyed' ? 'Destroyed before, and sent again' : REJECTION_TITLES[code],
  study,
  note,
  reason,
  instances,
  rejected,
  restored: restored ?? null,
})
