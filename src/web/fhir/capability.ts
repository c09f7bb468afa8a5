/** The CapabilityStatement (FHIR R4 2.7), written from the tables of search parameters. */
import { PATIENT_PARAMETERS, STUDY_PARAMETERS } from './imaging-search.ts'
import { PARAMETERS } from './search.ts'

/** When the statement last changed. */
const DATE = '2026-11-27'

const resource = (
  type: string,
  documentation: string,
  parameters: Readonly<Record<string, { readonly type: string; readonly says: string }>>,
) => ({
  type,
  documentation: `${documentation} Parameters that are not listed are refused.`,
  interaction: [{ code: 'read' }, { code: 'search-type' }],
  versioning: 'no-version',
  searchParam: Object.entries(parameters).map(([name, { type, says }]) => ({ name, type, documentation: says })),
})

export const capabilityStatement = (base: string, version: string) => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: DATE,
  kind: 'instance',
  software: { name: 'Clearkeep', version },
  implementation: { description: 'Studies, patients and the audit log of this archive, read only', url: base },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json', 'json'],
  rest: [
    {
      mode: 'server',
      security: {
        description:
          'An API token (Authorization: Bearer) or a session of an account that may find studies, or see the audit log.',
      },
      resource: [
        resource(
          'ImagingStudy',
          'Every study, by its Study Instance UID; its objects are at its endpoint by WADO-RS. Series and instances come with a read.',
          STUDY_PARAMETERS,
        ),
        resource('Patient', 'Everybody who has a study here, as their newest study says.', PATIENT_PARAMETERS),
        resource(
          'AuditEvent',
          'Every act of the archive. The id is its ledger number: its proof is at /api/log/proof/ID.',
          PARAMETERS,
        ),
      ],
    },
  ],
})
