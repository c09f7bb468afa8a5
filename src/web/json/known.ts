/** `/api/retention/facts`, `/api/retention/reductions`: what people say of retention, and dates they let go. */
import {
  FactsAbout,
  ProposeReduction,
  Reduction,
  ReductionStep,
  Reductions,
  TellFacts,
  ToldAnswer,
  ToldFacts,
} from '../../api/known.ts'
import type { Archive, DateChange, Reduction as LetGo, Subject } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { TOLD_DATES } from '../../compliance/retention/told.ts'
import { uid } from '../../dicom/uid.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { patientKeyAt } from './record.ts'

type Asked = Pick<
  Archive,
  'toldFacts' | 'tellFacts' | 'reductions' | 'proposeReduction' | 'approveReduction' | 'endReduction'
>

export function knownRoutes(archive: Asked): readonly Route[] {
  const approve = (which: 'first' | 'second', says: string): Route =>
    route({
      method: 'POST',
      url: `/api/retention/reductions/:reduction/approve/${which}`,
      act: `reduction.approve.${which}`,
      says,
      body: ReductionStep,
      answers: [
        { status: 200, says: 'The reduction as it is now.', shape: Reduction },
        { status: 401, says: 'It was not signed.' },
        { status: 403, says: 'It takes another person, or another role.' },
        { status: 409, says: 'It is in another state, or the date does not stand any more.' },
      ],
      handle: async (ask): Promise<Reduction> =>
        reductionRow(await archive.approveReduction(ask.context, numberOf(ask), which, ask.body.reason)),
    })

  return [
    route({
      method: 'GET',
      url: '/api/retention/facts',
      act: 'retention.see',
      says: 'What people said of a study, a patient or a trial, and what may be said.',
      query: FactsAbout,
      answers: [{ status: 200, says: 'What was said.', shape: ToldFacts }],
      handle: async ({ context, query }): Promise<ToldFacts> => {
        const about = subjectOf(query)
        const { facts, tags } = await archive.toldFacts(context, about)
        return {
          facts: [...facts],
          dates: Object.entries(TOLD_DATES)
            .filter(([, { of }]) => (of as readonly string[]).includes(about.kind))
            .map(([name, { says }]) => ({ name, says })),
          tags: [...tags],
        }
      },
    }),
    route({
      method: 'POST',
      url: '/api/retention/facts',
      act: 'retention.tell',
      says: 'Says what neither images nor messages do. A later date counts at once; where it would end earlier the promised one stands.',
      body: TellFacts,
      answers: [
        { status: 200, says: 'The dates that changed, or stand.', shape: ToldAnswer },
        { status: 400, says: 'It cannot be said of that, or is said already.' },
        { status: 404, says: 'There is no such study, or no study of the patient.' },
      ],
      handle: async ({ context, body: { about, ...rest } }): Promise<ToldAnswer> => {
        const { studies, dates } = await archive.tellFacts(context, { about: subjectOf(about), ...rest })
        return { studies, dates: dates.map(dateRow) }
      },
    }),
    route({
      method: 'GET',
      url: '/api/retention/reductions',
      act: 'retention.see',
      says: 'Dates that stand and are to be let go, or were, newest first.',
      answers: [{ status: 200, says: 'The reductions.', shape: Reductions }],
      handle: async ({ context }): Promise<Reductions> => ({
        reductions: (await archive.reductions(context)).map(reductionRow),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/retention/reductions',
      act: 'reduction.propose',
      says: 'Proposes that the date which stands for a study be let go. Two others have to approve it.',
      body: ProposeReduction,
      answers: [
        { status: 200, says: 'The reduction.', shape: Reduction },
        { status: 400, says: 'No date stands, one was proposed already, or compliance mode forbids it.' },
      ],
      handle: async ({ context, body }): Promise<Reduction> =>
        reductionRow(await archive.proposeReduction(context, { ...body, study: uid(body.study) })),
    }),
    approve('first', 'Approves it, for the records: not the person who proposed it.'),
    approve('second', 'Approves it, for privacy: a third person. The date is let go.'),
    route({
      method: 'POST',
      url: '/api/retention/reductions/:reduction/end',
      act: 'reduction.propose',
      says: 'Withdraws or refuses it: the date stands.',
      body: ReductionStep,
      answers: [
        { status: 200, says: 'The reduction as it is now.', shape: Reduction },
        { status: 409, says: 'It was done, or ended already.' },
      ],
      handle: async (ask): Promise<Reduction> =>
        reductionRow(await archive.endReduction(ask.context, numberOf(ask), ask.body.reason)),
    }),
  ]
}

function subjectOf({ study, patient, trial }: FactsAbout): Subject {
  if (study !== undefined) return { kind: 'study', id: uid(study) }
  if (patient !== undefined) return { kind: 'patient', id: patientKeyAt(patient) }
  return { kind: 'trial', id: trial ?? '' }
}

function numberOf({ params }: Pick<Ask, 'params'>): number {
  const text = params['reduction'] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: 'such reduction' })
  return Number(text)
}

const dateRow = ({ study, was, now, floor }: DateChange): ToldAnswer['dates'][number] => ({
  study,
  was: { status: was.status, through: was.through ?? null },
  now: { status: now.status, through: now.through ?? null },
  floor: floor ?? null,
})

const reductionRow = ({ first, adopted, ended, ...rest }: LetGo): Reduction => ({
  ...rest,
  first: first ?? null,
  adopted: adopted ?? null,
  ended: ended ?? null,
})
