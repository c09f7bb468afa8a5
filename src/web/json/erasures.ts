/** `/api/erasures`: requests of patients that their data be erased, and how they were answered. */
import { AnswerErasure, Erasure, Erasures, RecordErasure } from '../../api/erasure.ts'
import type { Archive, ErasureRequest } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { uid } from '../../dicom/uid.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { patientAddress, patientKeyAt } from './record.ts'

export function erasureRoutes(
  archive: Pick<Archive, 'erasures' | 'erasure' | 'recordErasure' | 'answerErasure' | 'erasureLetter'>,
): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/erasures',
      act: 'erasure.see',
      says: 'Requests for erasure, newest first, and what the rules say to each.',
      answers: [{ status: 200, says: 'The requests.', shape: Erasures }],
      handle: async ({ context }): Promise<Erasures> => ({
        erasures: (await archive.erasures(context)).map(erasureRow),
      }),
    }),
    route({
      method: 'GET',
      url: '/api/erasures/:erasure',
      act: 'erasure.see',
      says: 'One request for erasure.',
      answers: [
        { status: 200, says: 'The request.', shape: Erasure },
        { status: 404, says: 'There is no such request.' },
      ],
      handle: async (ask): Promise<Erasure> => erasureRow(await archive.erasure(ask.context, numberOf(ask))),
    }),
    route({
      method: 'POST',
      url: '/api/erasures',
      act: 'erasure.record',
      says: 'Records that a patient asked for erasure. It has to be answered within a month.',
      body: RecordErasure,
      answers: [
        { status: 200, says: 'The request, and what the rules say to it today.', shape: Erasure },
        { status: 400, says: 'A study is not the patient’s, or the day lies ahead.' },
      ],
      handle: async ({ context, body: { patient, studies, ...rest } }): Promise<Erasure> =>
        erasureRow(
          await archive.recordErasure(context, {
            ...rest,
            patient: patientKeyAt(patient),
            studies: studies.map((study) => uid(study)),
          }),
        ),
    }),
    route({
      method: 'POST',
      url: '/api/erasures/:erasure/answer',
      act: 'erasure.answer',
      says: 'Answers it by what the rules say today: refused with the rule cited, or a candidate for disposition.',
      body: AnswerErasure,
      answers: [
        { status: 200, says: 'The request as it was answered.', shape: Erasure },
        { status: 409, says: 'It was answered already.' },
      ],
      handle: async (ask): Promise<Erasure> =>
        erasureRow(await archive.answerErasure(ask.context, numberOf(ask), ask.body.reason)),
    }),
    route({
      method: 'GET',
      url: '/api/erasures/:erasure/letter',
      act: 'erasure.see',
      says: 'The letter to the patient, as text to be put on the custodian’s paper.',
      answers: [
        { status: 200, says: 'The letter.', types: ['text/plain'] },
        { status: 409, says: 'It has not been answered.' },
      ],
      handle: async (ask, reply) => {
        const number = numberOf(ask)
        const lines = await archive.erasureLetter(ask.context, number)
        return reply
          .type('text/plain; charset=utf-8')
          .header('content-disposition', `attachment; filename="erasure-${number}.txt"`)
          .send(`${lines.join('\n')}\n`)
      },
    }),
  ]
}

function numberOf({ params }: Pick<Ask, 'params'>): number {
  const text = params['erasure'] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: 'such request' })
  return Number(text)
}

function erasureRow({ patient, answered, studies, ...rest }: ErasureRequest): Erasure {
  const { id = '', issuer = '' } = splitPatientKey(patient) ?? {}
  return {
    ...rest,
    patient: { key: patientAddress(patient), id, issuer },
    answered: answered ?? null,
    studies: studies.map(({ modalities, articles, rules, ...one }) => ({
      ...one,
      modalities: [...modalities],
      articles: [...articles],
      rules: rules.map((rule) => ({ ...rule })),
    })),
  }
}
