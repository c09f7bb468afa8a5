/** What leaves the house as a paper (PDF): certificates of destruction, the four answers of an audit, letters. */
import type { FastifyReply } from 'fastify'
import { IntegrityAsk, PeriodAsk } from '../../api/answers.ts'
import type { Archive } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Act } from '../../compliance/access.ts'
import type { Paper } from '../../pdf/paper.ts'
import { printPaper } from '../../pdf/print.ts'
import { accessPaper, completenessPaper, destructionPaper, integrityPaper } from '../papers/answers.ts'
import { certificatePaper } from '../papers/certificate.ts'
import { letterPaper } from '../papers/letter.ts'
import { type Ask, type Route, route, uidParam } from '../routes.ts'
import { patientKeyAt } from './record.ts'

const PDF = 'application/pdf'

export function paperRoutes(
  archive: Pick<
    Archive,
    'certificate' | 'accessReport' | 'integrity' | 'destruction' | 'completeness' | 'erasure' | 'erasureLetter'
  >,
): readonly Route[] {
  const paper = (
    url: string,
    act: Act,
    says: string,
    make: (ask: Ask) => Promise<{ readonly name: string; readonly paper: Paper }>,
    query?: typeof PeriodAsk | typeof IntegrityAsk,
  ): Route =>
    route({
      method: 'GET',
      url,
      act,
      says: `${says} As a paper: PDF/A, tagged.`,
      ...(query && { query }),
      answers: [
        { status: 200, says: 'The paper.', types: [PDF] },
        { status: 404, says: 'There is nothing to print.' },
      ],
      handle: async (ask, reply) => {
        const made = await make(ask as Ask)
        return give(reply, made.name, await printPaper(made.paper))
      },
    })
  const patient = (ask: Ask): string => patientKeyAt(ask.params['key'] ?? '')

  return [
    paper(
      '/api/tombstones/:tombstone/certificate.pdf',
      'disposition.see',
      'The certificate of a destruction.',
      async (ask) => {
        const number = numberOf(ask, 'tombstone')
        const certificate = await archive.certificate(ask.context, number)
        return { name: `destruction-${number}`, paper: certificatePaper(certificate, number) }
      },
    ),
    paper('/api/patients/:key/access.pdf', 'audit.see', 'Who saw this patient’s images.', async (ask) => {
      const key = patient(ask)
      const report = await archive.accessReport(ask.context, key)
      return { name: 'access', paper: accessPaper(key, report, ask.context.now().toISOString()) }
    }),
    paper(
      '/api/studies/:study/integrity.pdf',
      'audit.see',
      'Was this image altered?',
      async (ask) => {
        const read = (ask.query as { readonly read: string }).read === 'yes'
        const report = await archive.integrity(ask.context, uidParam(ask, 'study'), read)
        return { name: 'integrity', paper: integrityPaper(report) }
      },
      IntegrityAsk,
    ),
    paper('/api/studies/:study/destruction.pdf', 'audit.see', 'Was it destroyed lawfully?', async (ask) => ({
      name: 'destruction',
      paper: destructionPaper(await archive.destruction(ask.context, uidParam(ask, 'study'))),
    })),
    paper('/api/patients/:key/completeness.pdf', 'audit.see', 'Is the record of a patient complete?', async (ask) => ({
      name: 'completeness',
      paper: completenessPaper(await archive.completeness(ask.context, { patient: patient(ask) })),
    })),
    paper(
      '/api/completeness.pdf',
      'audit.see',
      'Is the record of a time complete?',
      async (ask) => ({
        name: 'completeness',
        paper: completenessPaper(
          await archive.completeness(ask.context, ask.query as { readonly from: string; readonly until: string }),
        ),
      }),
      PeriodAsk,
    ),
    paper(
      '/api/erasures/:erasure/letter.pdf',
      'erasure.see',
      'The letter to a patient who asked for erasure.',
      async (ask) => {
        const number = numberOf(ask, 'erasure')
        const lines = await archive.erasureLetter(ask.context, number)
        const { answered } = await archive.erasure(ask.context, number)
        return { name: `erasure-${number}`, paper: letterPaper(lines, number, answered?.at ?? '') }
      },
    ),
  ]
}

function give(reply: FastifyReply, name: string, bytes: Uint8Array): FastifyReply {
  return reply
    .type(PDF)
    .header('content-disposition', `attachment; filename="${name}.pdf"`)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

function numberOf({ params }: Pick<Ask, 'params'>, name: string): number {
  const text = params[name] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: `such ${name}` })
  return Number(text)
}
