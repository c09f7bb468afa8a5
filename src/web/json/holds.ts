/** `/api/holds`: legal holds placed, and released by two people. */
import { Hold, HoldStep, Holds, PlaceHold } from '../../api/holds.ts'
import type { Archive, LegalHold } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Act } from '../../compliance/access.ts'
import { uid } from '../../dicom/uid.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { patientAddress, patientKeyAt } from './record.ts'

export function holdRoutes(
  archive: Pick<Archive, 'holds' | 'placeHold' | 'askRelease' | 'keepHold' | 'releaseHold'>,
): readonly Route[] {
  const step = (name: string, act: Act, says: string, run: typeof archive.askRelease): Route =>
    route({
      method: 'POST',
      url: `/api/holds/:hold/${name}`,
      act,
      says,
      body: HoldStep,
      answers: [
        { status: 200, says: 'The hold as it is now.', shape: Hold },
        { status: 403, says: 'It takes another person.' },
        { status: 404, says: 'There is no such hold.' },
        { status: 409, says: 'It is not in the state this is a step from.' },
      ],
      handle: async (ask): Promise<Hold> => holdRow(await run(ask.context, numberOf(ask), ask.body.reason)),
    })

  return [
    route({
      method: 'GET',
      url: '/api/holds',
      act: 'hold.see',
      says: 'Every legal hold, newest first, released ones too.',
      answers: [{ status: 200, says: 'The holds.', shape: Holds }],
      handle: async ({ context }): Promise<Holds> => ({ holds: (await archive.holds(context)).map(holdRow) }),
    }),
    route({
      method: 'POST',
      url: '/api/holds',
      act: 'hold.place',
      says: 'Places a legal hold on studies, patients, or what a search finds now and later.',
      body: PlaceHold,
      answers: [
        { status: 200, says: 'The hold.', shape: Hold },
        { status: 400, says: 'It names nothing, or a UID is none.' },
      ],
      handle: async ({ context, body }): Promise<Hold> => {
        const { matter, reason, studies, patients, search } = body
        return holdRow(
          await archive.placeHold(context, {
            matter,
            reason,
            scope: {
              studies: studies.map((study) => uid(study)),
              patients: patients.map(patientKeyAt),
              ...(search !== undefined && { query: search }),
            },
          }),
        )
      },
    }),
    step('ask', 'hold.place', 'Asks for its release: another person has to release it.', archive.askRelease),
    step('keep', 'hold.place', 'Refuses the release asked for, or withdraws it.', archive.keepHold),
    step('release', 'hold.release', 'Releases it: the second of two people.', archive.releaseHold),
  ]
}

function numberOf({ params }: Pick<Ask, 'params'>): number {
  const text = params['hold'] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: 'such legal hold' })
  return Number(text)
}

function holdRow({ id, matter, reason, scope, placed, asked, released, covers }: LegalHold): Hold {
  return {
    id,
    matter,
    reason,
    studies: [...scope.studies],
    patients: scope.patients.map((key) => {
      const { id: patient = '', issuer = '' } = splitPatientKey(key) ?? {}
      return { key: patientAddress(key), id: patient, issuer }
    }),
    search: scope.query ?? null,
    placed,
    asked: asked ?? null,
    released: released ?? null,
    covers,
  }
}
