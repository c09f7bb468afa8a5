/** `/api/dispositions`: lawful destruction, by three people. */

import type { z } from 'zod'
import {
  Disposition,
  DispositionStep,
  Dispositions,
  ProposeDisposition,
  type Tombstone,
  Tombstones,
} from '../../api/dispositions.ts'
import type { Archive, Disposition as Proposed, StudyTombstone } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { uid } from '../../dicom/uid.ts'
import { type Ask, type Route, route, uidParam } from '../routes.ts'

type Asked = Pick<
  Archive,
  | 'dispositions'
  | 'preSteps'
  | 'proposeDisposition'
  | 'approveDisposition'
  | 'endDisposition'
  | 'tombstones'
  | 'certificate'
>

export function dispositionRoutes(archive: Asked): readonly Route[] {
  const approve = (which: 'first' | 'second', says: string): Route =>
    route({
      method: 'POST',
      url: `/api/dispositions/:disposition/approve/${which}`,
      act: `disposition.approve.${which}`,
      says,
      body: DispositionStep,
      answers: [
        { status: 200, says: 'The disposition as it is now.', shape: Disposition },
        { status: 403, says: 'It takes another person, or another role.' },
        { status: 409, says: 'It is in another state, or a study is not due any more.' },
      ],
      handle: async (ask): Promise<Disposition> =>
        dispositionRow(
          await archive.approveDisposition(ask.context, numberOf(ask, 'disposition'), which, ask.body.reason),
        ),
    })

  return [
    route({
      method: 'GET',
      url: '/api/dispositions',
      act: 'disposition.see',
      says: 'What was proposed for destruction, newest first, and what became of it.',
      answers: [{ status: 200, says: 'The dispositions.', shape: Dispositions }],
      handle: async ({ context }): Promise<Dispositions> => ({
        dispositions: (await archive.dispositions(context)).map(dispositionRow),
        preSteps: [...(await archive.preSteps(context))],
      }),
    }),
    route({
      method: 'POST',
      url: '/api/dispositions',
      act: 'disposition.propose',
      says: 'Proposes studies that are due for destruction. It takes two others to approve it.',
      body: ProposeDisposition,
      answers: [
        { status: 200, says: 'The disposition.', shape: Disposition },
        { status: 400, says: 'The law wants something first.' },
        { status: 409, says: 'A study is not due, is held, or something about it was assumed.' },
      ],
      handle: async ({ context, body: { studies, ...rest } }): Promise<Disposition> =>
        dispositionRow(
          await archive.proposeDisposition(context, { ...rest, studies: studies.map((study) => uid(study)) }),
        ),
    }),
    approve('first', 'Approves it, for the records: not the person who proposed it.'),
    approve('second', 'Approves it, for privacy: a third person. The cooling-off begins.'),
    route({
      method: 'POST',
      url: '/api/dispositions/:disposition/end',
      act: 'disposition.end',
      says: 'Calls it off, as far as nothing is destroyed: its studies are shown again.',
      body: DispositionStep,
      answers: [
        { status: 200, says: 'The disposition as it is now.', shape: Disposition },
        { status: 409, says: 'It was carried out, or called off already.' },
      ],
      handle: async (ask): Promise<Disposition> =>
        dispositionRow(await archive.endDisposition(ask.context, numberOf(ask, 'disposition'), ask.body.reason)),
    }),
    route({
      method: 'GET',
      url: '/api/studies/:study/tombstones',
      act: 'disposition.see',
      says: 'What is left of a study that was destroyed: was there ever such a study?',
      answers: [
        { status: 200, says: 'Its tombstones, newest first; none when it was never destroyed.', shape: Tombstones },
      ],
      handle: async (ask): Promise<z.infer<typeof Tombstones>> => ({
        tombstones: (await archive.tombstones(ask.context, uidParam(ask, 'study'))).map(tombstoneRow),
      }),
    }),
    route({
      method: 'GET',
      url: '/api/tombstones/:tombstone/certificate',
      act: 'disposition.see',
      says: 'The certificate of a destruction: what, by which rule, by whom, and the acts with their proofs in the log.',
      answers: [
        { status: 200, says: 'The certificate.', types: ['application/json'] },
        { status: 404, says: 'There is no such tombstone.' },
      ],
      handle: async (ask, reply) => {
        const number = numberOf(ask, 'tombstone')
        const certificate = await archive.certificate(ask.context, number)
        return reply
          .type('application/json; charset=utf-8')
          .header('content-disposition', `attachment; filename="destruction-${number}.json"`)
          .send(`${JSON.stringify(certificate, undefined, 1)}\n`)
      },
    }),
  ]
}

function numberOf({ params }: Pick<Ask, 'params'>, name: string): number {
  const text = params[name] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: `such ${name}` })
  return Number(text)
}

const tombstoneRow = ({ modalities, copies, ...rest }: StudyTombstone): Tombstone => ({
  ...rest,
  modalities: [...modalities],
  copies: [...copies],
})

const dispositionRow = ({ studies, papers, first, second, ended, ...rest }: Proposed): Disposition => ({
  ...rest,
  papers: { ...papers },
  first: first ?? null,
  second: second ?? null,
  ended: ended ?? null,
  studies: studies.map(({ governing, acknowledged, tombstone, ...one }) => ({
    ...one,
    governing: [...governing],
    acknowledged: [...acknowledged],
    tombstone: tombstone === undefined ? null : tombstoneRow(tombstone),
  })),
})
