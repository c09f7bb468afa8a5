/** `/api/storage`: what the vault holds, and how it grows; `/api/seal`: move studies into it now; `/api/fixity`: read it again now. */
import { Readable } from 'node:stream'
import type { z } from 'zod'
import { Growth, Storage, StudiesAsk } from '../../api/storage.ts'
import type { Archive, FixityState } from '../../archive/archive.ts'
import { uid } from '../../dicom/uid.ts'
import { type Route, route } from '../routes.ts'

export function storageRoutes(archive: Pick<Archive, 'storage' | 'growth' | 'seal' | 'fixity'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/storage',
      act: 'storage.see',
      says: 'Bytes received and kept, by modality and form, and what waits to be sealed.',
      answers: [{ status: 200, says: 'What the vault holds.', shape: Storage }],
      handle: async ({ context }): Promise<z.infer<typeof Storage>> => {
        const { kept, waiting, fixity, copies } = await archive.storage(context)
        return { kept: [...kept], waiting, fixity: fixityShape(fixity), copies: [...copies] }
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
