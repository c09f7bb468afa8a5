/**
 * `/api/storage`: what the vault holds, and how it grows; `/api/seal`: move studies into it now; `/api/fixity`: read it again now;
 * `/api/cold`: move studies to the cold store; `/api/studies/{study}/availability` and `/recall`: is it there, bring it back.
 */
import { Readable } from 'node:stream'
import type { z } from 'zod'
import { Availability, ColdAsk, Growth, Storage, StudiesAsk } from '../../api/storage.ts'
import type { Archive, FixityState } from '../../archive/archive.ts'
import { uid } from '../../dicom/uid.ts'
import { type Route, route, uidParam } from '../routes.ts'

export function storageRoutes(
  archive: Pick<Archive, 'storage' | 'growth' | 'seal' | 'fixity' | 'availability' | 'recall' | 'moveToCold'>,
): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/storage',
      act: 'storage.see',
      says: 'Bytes received and kept, by modality and form, and what waits to be sealed.',
      answers: [{ status: 200, says: 'What the vault holds.', shape: Storage }],
      handle: async ({ context }): Promise<z.infer<typeof Storage>> => {
        const { kept, waiting, fixity, copies, tiers } = await archive.storage(context)
        return {
          kept: [...kept],
          waiting,
          fixity: fixityShape(fixity),
          copies: [...copies],
          tiers: tiers === undefined ? null : { ...tiers, recalls: [...tiers.recalls] },
        }
      },
    }),
    route({
      method: 'GET',
      url: '/api/storage/growth',
      act: 'storage.see',
      says: 'Bytes received by day or week and modality, and the room there is: what a forecast is made of.',
      answers: [{ status: 200, says: 'How the archive grows.', shape: Growth }],
      handle: async ({ context }): Promise<z.infer<typeof Growth>> => {
        const { modalities, ...growth } = await archive.growth(context)
        return {
          ...growth,
          modalities: modalities.map(({ modality, objects, bytes }) => ({
            modality,
            objects: [...objects],
            bytes: [...bytes],
          })),
        }
      },
    }),
    route({
      method: 'POST',
      url: '/api/seal',
      act: 'seal',
      says: 'Seals studies now: the ones named, or whatever is not sealed.',
      body: StudiesAsk,
      answers: [
        { status: 200, says: 'One report a study, as each is done.', types: ['application/x-ndjson'] },
        { status: 400, says: 'A UID is none.' },
      ],
      handle: async ({ context, body }, reply) => {
        const reports = archive.seal(context, body.studies?.map((study) => uid(study)) ?? 'all')
        return reply.type('application/x-ndjson').send(Readable.from(lines(reports)))
      },
    }),
    route({
      method: 'POST',
      url: '/api/cold',
      act: 'seal',
      says: 'Moves studies to the cold store now, whatever vault.coldRules say.',
      body: ColdAsk,
      answers: [
        { status: 200, says: 'One report a study, as each is done.', types: ['application/x-ndjson'] },
        { status: 400, says: 'A UID is none.' },
        { status: 409, says: 'There is no cold store.' },
      ],
      handle: async ({ context, body }, reply) => {
        const reports = await archive.moveToCold(
          context,
          body.studies.map((study) => uid(study)),
        )
        return reply.type('application/x-ndjson').send(Readable.from(lines(reports)))
      },
    }),
    route({
      method: 'GET',
      url: '/api/studies/:study/availability',
      act: 'read',
      says: 'Whether a study can be looked at now, or is in the cold store, and when it is back.',
      answers: [
        { status: 200, says: 'How it stands.', shape: Availability },
        { status: 404, says: 'There is no such study here.' },
      ],
      handle: (ask) => archive.availability(ask.context, uidParam(ask, 'study')),
    }),
    route({
      method: 'POST',
      url: '/api/studies/:study/recall',
      act: 'read',
      says: 'Brings a study back from the cold store; asked again, it says how that stands.',
      answers: [
        { status: 200, says: 'How it stands.', shape: Availability },
        { status: 404, says: 'There is no such study here.' },
      ],
      handle: (ask) => archive.recall(ask.context, uidParam(ask, 'study')),
    }),
    route({
      method: 'POST',
      url: '/api/fixity',
      act: 'fixity',
      says: 'Reads what is kept again now, in every copy, and mends what it can: the studies named, or everything.',
      body: StudiesAsk,
      answers: [
        { status: 200, says: 'One report a study, as each is done.', types: ['application/x-ndjson'] },
        { status: 400, says: 'A UID is none.' },
      ],
      handle: async ({ context, body }, reply) => {
        const reports = archive.fixity(context, body.studies?.map((study) => uid(study)) ?? 'all')
        return reply.type('application/x-ndjson').send(Readable.from(lines(reports)))
      },
    }),
  ]
}

const fixityShape = ({ damaged, ...state }: FixityState): z.infer<typeof Storage>['fixity'] => ({
  ...state,
  damaged: damaged.map(({ copies, harmed, ...file }) => ({
    ...file,
    copies: copies.map((one) => ({ ...one })),
    harmed: harmed.map((one) => ({ ...one })),
  })),
})

async function* lines(reports: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const report of reports) yield `${JSON.stringify(report)}\n`
}
