/** The CapabilityStatement (FHIR R4 2.7), written from the table of search parameters. */
import { PARAMETERS } from './search.ts'

/** When the statement last changed. */
const DATE = '2026-11-27'

export const capabilityStatement = (base: string, version: string) => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: DATE,
  kind: 'instance',
  software: { name: 'Clearkeep', version },
  implementation: { description: 'The audit log of this archive, read only', url: base },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json', 'json'],
  rest: [
    {
      mode: 'server',
      security: {
        description: 'An API token (Authorization: Bearer) or a session of an account that may see the audit log.',
      },
      resource: [
        {
          type: 'AuditEvent',
          documentation:
            'Every act of the archive. The id is its ledger number: its proof is at /api/log/proof/ID. Parameters that are not listed are refused.',
          interaction: [{ code: 'read' }, { code: 'search-type' }],
          versioning: 'no-version',
          searchParam: Object.entries(PARAMETERS).map(([name, { type, says }]) => ({
            name,
            type,
            documentation: says,
          })),
        },
      ],
    },
  ],
})
