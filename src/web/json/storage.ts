/** `/api/storage`: what the vault holds; `/api/seal`: move studies into it now. */
import { Readable } from 'node:stream'
import type { z } from 'zod'
import { SealAsk, Storage } from '../../api/storage.ts'
import type { Archive, SealReport } from '../../archive/archive.ts'
import { uid } from '../../dicom/uid.ts'
import { type Route, route } from '../routes.ts'

export function storageRoutes(archive: Pick<Archive, 'storage' | 'seal'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/storage',
      act: 'storage.see',
      says: 'Bytes received and kept, by modality and form, and what waits to be sealed.',
      answers: [{ status: 200, says: 'What the vault holds.', shape: Storage }],
      handle: async ({ context }): Promise<z.infer<typeof Storage>> => {
        const { kept, waiting } = await archive.storage(context)
        return { kept: [...kept], waiting }
      },
    }),
    route({
      method: 'POST',
      url: '/api/seal',
      act: 'seal',
      says: 'Seals studies now: the ones named, or whatever is not sealed.',
      body: SealAsk,
      answers: [
        { status: 200, says: 'One report a study, as each is done.', types: ['application/x-ndjson'] },
        { status: 400, says: 'A UID is none.' },
      ],
      handle: async ({ context, body }, reply) => {
        const reports = archive.seal(context, body.studies?.map((study) => uid(study)) ?? 'all')
        return reply.type('application/x-ndjson').send(Readable.from(lines(reports)))
      },
    }),
  ]
}

async function* lines(reports: AsyncIterable<SealReport>): AsyncGenerator<string> {
  for await (const report of reports) yield `${JSON.stringify(report)}\n`
}
