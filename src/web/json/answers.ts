/** The four questions of an audit: each as JSON, as a table (CSV), and as a file a stranger can check (NDJSON). */
import {
  CompletenessReport,
  DestructionAnswer,
  IntegrityAsk,
  IntegrityReport,
  PeriodAsk,
  Subjects,
  SubjectsAsk,
} from '../../api/answers.ts'
import type { Answers, CompletenessAsk, Question } from '../../archive/archive.ts'
import { csvLine } from '../../base/csv.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import { type Ask, type Route, route, uidParam } from '../routes.ts'
import { patientAddress, patientKeyAt } from './record.ts'

type Report<Name extends 'integrity' | 'destruction' | 'completeness'> = Awaited<ReturnType<Answers[Name]>>

const ABSENT = { status: 404, says: 'No act names it.' } as const

/** A patient by the address of its pages; null when nobody is named. */
function patientOf(key: string) {
  const parts = splitPatientKey(key)
  return parts === undefined ? null : { key: patientAddress(key), id: parts.id, issuer: parts.issuer }
}

const withPatient = <Of extends { readonly patientKey: string }>({ patientKey, ...report }: Of) => ({
  ...report,
  patient: patientOf(patientKey),
})

export function answerRoutes(archive: Answers): readonly Route[] {
  /** What a question is asked by, from the route's address. */
  const csv = <Of>(
    url: string,
    name: string,
    says: string,
    query: typeof PeriodAsk | typeof IntegrityAsk | undefined,
    answer: (ask: Ask) => Promise<Of>,
    lines: (report: Of) => readonly (readonly (string | number)[])[],
  ): Route =>
    route({
      method: 'GET',
      url,
      act: 'audit.see',
      says,
      ...(query && { query }),
      answers: [{ status: 200, says: 'CSV (RFC 4180).', types: ['text/csv'] }, ABSENT],
      handle: async (ask, reply) =>
        reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${name}.csv"`)
          .send(
            lines(await answer(ask as Ask))
              .map(csvLine)
              .join(''),
          ),
    })
  const file = (
    url: string,
    says: string,
    query: typeof PeriodAsk | typeof IntegrityAsk | undefined,
    question: (ask: Ask) => Question,
  ): Route =>
    route({
      method: 'GET',
      url,
      act: 'audit.see',
      says: `${says} As lines of canonical JSON with the proofs it rests on; its digest is an entry of the log, and the last line.`,
      ...(query && { query }),
      answers: [
        { status: 200, says: 'NDJSON, checked by `clearkeep verify`.', types: ['application/x-ndjson'] },
        ABSENT,
      ],
      handle: async (ask, reply) => {
        const { name, text } = await archive.reportFile(ask.context, question(ask as Ask))
        return reply
          .type('application/x-ndjson; charset=utf-8')
          .header('content-disposition', `attachment; filename="${name}.ndjson"`)
          .send(text)
      },
    })
  const readToo = (ask: Ask) => (ask.query as { readonly read: string }).read === 'yes'
  const period = (ask: Ask): CompletenessAsk => ask.query as { readonly from: string; readonly until: string }
  const ofPatient = (ask: Ask) => ({ patient: patientKeyAt(ask.params['key'] ?? '') })

  return [
    route({
      method: 'GET',
      url: '/api/questions',
      act: 'audit.see',
      says: 'Patients and studies that a patient ID, an accession number or a Study Instance UID names, destroyed ones too.',
      query: SubjectsAsk,
      answers: [{ status: 200, says: 'To whom a question can be put.', shape: Subjects }],
      handle: async ({ context, query }): Promise<Subjects> => {
        const { patients, studies, truncated } = await archive.subjects(context, query.q)
        return {
          patients: patients.map(({ key, id, issuer }) => ({ key: patientAddress(key), id, issuer })),
          studies: studies.map((one) => ({ ...withPatient(one), modalities: [...one.modalities] })),
          truncated,
        }
      },
    }),
    file('/api/patients/:key/access.ndjson', 'Who saw this patient’s images.', undefined, (ask) => ({
      question: 'access',
      ...ofPatient(ask),
    })),

    route({
      method: 'GET',
      url: '/api/studies/:study/integrity',
      act: 'audit.see',
      says: 'Was this image altered? Each object of a study held against the entry of its arrival; with read=yes read again first.',
      query: IntegrityAsk,
      answers: [{ status: 200, says: 'The report.', shape: IntegrityReport }, ABSENT],
      handle: async (ask) => withPatient(await archive.integrity(ask.context, uidParam(ask, 'study'), readToo(ask))),
    }),
    csv(
      '/api/studies/:study/integrity.csv',
      'integrity',
      'Was this image altered? As a table of objects.',
      IntegrityAsk,
      (ask) => archive.integrity(ask.context, uidParam(ask, 'study'), readToo(ask)),
      integrityLines,
    ),
    file('/api/studies/:study/integrity.ndjson', 'Was this image altered?', IntegrityAsk, (ask) => ({
      question: 'integrity',
      study: uidParam(ask, 'study'),
      read: readToo(ask),
    })),

    route({
      method: 'GET',
      url: '/api/studies/:study/destruction',
      act: 'audit.see',
      says: 'Was it destroyed lawfully? Each thing the law wants of a destruction, and what the log says of it.',
      answers: [{ status: 200, says: 'The answer.', shape: DestructionAnswer }, ABSENT],
      handle: async (ask) => withPatient(await archive.destruction(ask.context, uidParam(ask, 'study'))),
    }),
    csv(
      '/api/studies/:study/destruction.csv',
      'destruction',
      'Was it destroyed lawfully? As a table of what was looked at.',
      undefined,
      (ask) => archive.destruction(ask.context, uidParam(ask, 'study')),
      destructionLines,
    ),
    file('/api/studies/:study/destruction.ndjson', 'Was it destroyed lawfully?', undefined, (ask) => ({
      question: 'destruction',
      study: uidParam(ask, 'study'),
    })),

    route({
      method: 'GET',
      url: '/api/patients/:key/completeness',
      act: 'audit.see',
      says: 'Is the record of a patient complete? Every arrival held against what is here and what was destroyed.',
      answers: [{ status: 200, says: 'The report.', shape: CompletenessReport }, ABSENT],
      handle: async (ask) => withPatient(await archive.completeness(ask.context, ofPatient(ask))),
    }),
    csv(
      '/api/patients/:key/completeness.csv',
      'completeness',
      'Is the record of a patient complete? As a table of studies.',
      undefined,
      (ask) => archive.completeness(ask.context, ofPatient(ask)),
      completenessLines,
    ),
    file('/api/patients/:key/completeness.ndjson', 'Is the record of a patient complete?', undefined, (ask) => ({
      question: 'completeness',
      ...ofPatient(ask),
    })),
    route({
      method: 'GET',
      url: '/api/completeness',
      act: 'audit.see',
      says: 'Is the record of a time complete?',
      query: PeriodAsk,
      answers: [{ status: 200, says: 'The report.', shape: CompletenessReport }],
      handle: async (ask) => withPatient(await archive.completeness(ask.context, ask.query)),
    }),
    csv(
      '/api/completeness.csv',
      'completeness',
      'Is the record of a time complete? As a table of the studies of which something is to be said.',
      PeriodAsk,
      (ask) => archive.completeness(ask.context, period(ask)),
      completenessLines,
    ),
    file('/api/completeness.ndjson', 'Is the record of a time complete?', PeriodAsk, (ask) => ({
      question: 'completeness',
      ...period(ask),
    })),
  ]
}

const integrityLines = ({ study, instances }: Report<'integrity'>) => [
  [
    ...['entry', 'study', 'series', 'instance', 'version', 'received', 'from', 'address', 'door', 'bytes', 'sha256'],
    ...['log', 'sent again', 'out of sight', 'kept', 'last read', 'reading'],
  ],
  ...instances.map((one) => [
    ...[one.n, study, one.series, one.instance, one.version, one.received, one.from, one.address, one.door, one.bytes],
    ...[one.ds, one.logged, one.again, one.rejected ? 'yes' : 'no', one.kept, one.reading.at, one.reading.result],
  ]),
]

const destructionLines = ({ study, destructions }: Report<'destruction'>) => [
  ['study', 'tombstone', 'destroyed', 'what', 'shown', 'fact', 'entries'],
  ...destructions.flatMap(({ tombstone, at, steps }) =>
    steps.map(({ what, held, fact, entries }) => [study, tombstone, at, what, held, fact, entries.join(' ')]),
  ),
]

const completenessLines = ({ studies }: Report<'completeness'>) => [
  [
    'study',
    'received',
    'here',
    'destroyed',
    'missing',
    'never arrived',
    'out of sight',
    'conflicts',
    'missing entries',
  ],
  ...studies.map((one) => [
    ...[one.study, one.received, one.here, one.destroyed, one.missing.length, one.unlogged.length, one.rejected],
    ...[one.conflicts, one.missing.join(' ')],
  ]),
]
