/** `/api/patients/{key}/access`: who saw a patient's images, and to whom they were given; as tables too. */
import { AccessReport } from '../../api/access.ts'
import type { Archive } from '../../archive/archive.ts'
import { csvLine } from '../../base/csv.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import { type Route, route } from '../routes.ts'
import { patientAddress, patientKeyAt } from './record.ts'

const PEOPLE = [
  'who',
  'pseudonym',
  'roles',
  'first',
  'last',
  'sittings',
  'instances',
  'frames',
  'looks',
  'stored',
  'given',
  'refused',
  'other',
  'studies',
  'addresses',
]
const DISCLOSED = ['leaf', 'time', 'recipient', 'by', 'what', 'study', 'succeeded']

export function accessRoutes(archive: Pick<Archive, 'accessReport'>): readonly Route[] {
  const table = (
    name: string,
    says: string,
    lines: (report: Awaited<ReturnType<Archive['accessReport']>>) => readonly (readonly string[])[],
  ): Route =>
    route({
      method: 'GET',
      url: `/api/patients/:key/${name}.csv`,
      act: 'audit.see',
      says,
      answers: [
        { status: 200, says: 'CSV (RFC 4180).', types: ['text/csv'] },
        { status: 404, says: 'No act names this patient.' },
      ],
      handle: async ({ context, params }, reply) => {
        const report = await archive.accessReport(context, patientKeyAt(params['key'] ?? ''))
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${name}.csv"`)
          .send(lines(report).map(csvLine).join(''))
      },
    })

  return [
    route({
      method: 'GET',
      url: '/api/patients/:key/access',
      act: 'audit.see',
      says: 'Who saw this patient’s images, person by person, and to whom they were given in six years. Asking is itself an event.',
      answers: [
        { status: 200, says: 'The report.', shape: AccessReport },
        { status: 404, says: 'No act names this patient.' },
      ],
      handle: async ({ context, params }): Promise<AccessReport> => {
        const key = patientKeyAt(params['key'] ?? '')
        const { people, disclosures, ...report } = await archive.accessReport(context, key)
        const { id = '', issuer = '' } = splitPatientKey(key) ?? {}
        return {
          ...report,
          patient: { key: patientAddress(key), id, issuer },
          people: people.map(({ roles, studies, addresses, ...one }) => ({
            ...one,
            roles: [...roles],
            studies: [...studies],
            addresses: [...addresses],
          })),
          disclosures: [...disclosures],
        }
      },
    }),
    table('access', 'Who saw this patient’s images, as a table.', ({ people }) => [
      PEOPLE,
      ...people.map((one) => [
        one.who,
        one.actor,
        one.roles.join(' '),
        one.first,
        one.last,
        ...[one.sittings, one.instances, one.frames, one.looks, one.stored, one.given, one.refused, one.other].map(
          String,
        ),
        one.studies.join(' '),
        one.addresses.join(' '),
      ]),
    ]),
    table('disclosures', 'To whom this patient’s images were given, as a table.', ({ disclosures }) => [
      DISCLOSED,
      ...disclosures.map(({ n, ts, recipient, by, what, study, succeeded }) => [
        String(n),
        ts,
        recipient,
        by,
        what,
        study,
        succeeded ? 'yes' : 'no',
      ]),
    ]),
  ]
}
