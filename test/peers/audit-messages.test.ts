/** The XML of audit messages, held against the standard's own schema by libxml2. */
import { describe, expect, it } from 'vitest'
import { EVENT_ID } from '../../src/ledger/audit/codes.ts'
import { auditMessage } from '../../src/ledger/audit/message.ts'
import { auditXml } from '../../src/ledger/audit/xml.ts'
import { AUDITED, HOSTILE, SOURCE } from '../support/audit-events.ts'
import { faultsOf, missing } from '../support/xmllint.ts'

describe.skipIf(missing !== '')(`audit messages and their schema (PS3.15 A.5.1)${missing && `: ${missing}`}`, () => {
  it('is valid for an act of every type, and so for all fifteen messages', () => {
    const messages = AUDITED.map((event) => auditMessage(event, SOURCE))
    expect(new Set(messages.map(({ id }) => id.code))).toEqual(new Set(Object.keys(EVENT_ID)))
    expect(faultsOf(messages.map(auditXml))).toEqual([])
  })

  it('is valid whatever stands in the names that others choose', () => {
    const told = HOSTILE.flatMap((value) =>
      AUDITED.map(({ n, body }) => {
        const actor = { userId: `u:${value}`, name: value, roles: [value] }
        const objects = [
          { studyUid: value, sopClassUid: [value], instanceUids: [value], nInstances: 1e12, accession: value },
        ]
        const patient = { idRef: value, issuer: value }
        const hostile = {
          ...body,
          actor,
          patient,
          objects,
          study: value,
          to: value,
          query: value,
          why: value,
          name: value,
        }
        return auditXml(
          auditMessage({ n, body: hostile }, { ...SOURCE, id: value, site: value, aeTitle: value, host: value }),
        )
      }),
    )
    expect(faultsOf(told)).toEqual([])
  })

  it('is found wrong when it is: the validator is awake', () => {
    expect(faultsOf(['<AuditMessage/>', '<AuditMessage'])).not.toEqual([])
  })
})
