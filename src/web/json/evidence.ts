/** `/api/studies/{study}/evidence` and `/api/patients/{key}/evidence`: evidence packs. */
import { Readable } from 'node:stream'
import { EvidenceAsk } from '../../api/evidence.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Capsules } from '../../record/record.ts'
import { type Route, route, uidParam } from '../routes.ts'
import { patientKeyAt } from './record.ts'

const ANSWERS = [
  { status: 200, says: 'A bag (BagIt) in a ZIP, with its own verifier.', types: ['application/zip'] },
  { status: 404, says: 'There is nothing of the kind here.' },
] as const

export function evidenceRoutes(archive: Pick<Archive, 'evidence'>, capsules?: Capsules): readonly Route[] {
  return [
    ...(capsules === undefined ? [] : [capsuleRoute(capsules)]),
    route({
      method: 'GET',
      url: '/api/studies/:study/evidence',
      act: 'evidence',
      says: 'Evidence about a study: what was received, bit for bit, who did what with it, and the proofs.',
      query: EvidenceAsk,
      answers: ANSWERS,
      handle: async (ask, reply) => {
        const study = uidParam(ask, 'study')
        const { name, bytes } = await archive.evidence(ask.context, { study, kept: ask.query.kept })
        return reply
          .type('application/zip')
          .header('content-disposition', `attachment; filename="${name}.zip"`)
          .send(Readable.from(bytes, { objectMode: false }))
      },
    }),
    route({
      method: 'GET',
      url: '/api/patients/:key/evidence',
      act: 'evidence',
      says: 'The same about a patient: every study, and every act that names the patient.',
      query: EvidenceAsk,
      answers: ANSWERS,
      handle: async (ask, reply) => {
        const patient = patientKeyAt(ask.params['key'] ?? '')
        const { name, bytes } = await archive.evidence(ask.context, { patient, kept: ask.query.kept })
        return reply
          .type('application/zip')
          .header('content-disposition', `attachment; filename="${name}.zip"`)
          .send(Readable.from(bytes, { objectMode: false }))
      },
    }),
  ]
}

const capsuleRoute = (capsules: Capsules): Route =>
  route({
    method: 'GET',
    url: '/api/patients/:key/capsule',
    act: 'evidence',
    says: 'The time capsule of a patient: every study with its originals, and a page that shows them without a network.',
    answers: ANSWERS,
    handle: async (ask, reply) => {
      const { name, bytes } = await capsules.capsule(ask.context, patientKeyAt(ask.params['key'] ?? ''))
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="${name}.zip"`)
        .send(Readable.from(bytes, { objectMode: false }))
    },
  })
