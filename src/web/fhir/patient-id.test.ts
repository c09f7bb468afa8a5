import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issuerOf, patientResourceId, readPatientResourceId, systemOf } from './patient-id.ts'

const text = fc.string({ unit: 'binary', maxLength: 64 })

describe('ids of Patient resources', () => {
  it('are ids of FHIR, of one patient each, and lead back to them', () => {
    fc.assert(
      fc.property(text, text, (issuer, id) => {
        fc.pre(id !== '' && Buffer.from(id).toString() === id && Buffer.from(issuer).toString() === issuer)
        const made = patientResourceId({ id, issuer })
        expect(made).toMatch(/^[A-Za-z0-9.-]{1,64}$/)
        const read = readPatientResourceId(made)
        if (read !== 'digest') expect(read).toEqual({ id, issuer })
        else expect(Buffer.byteLength(issuer + id) >= 48 || issuer.includes('|')).toBe(true)
      }),
    )
  })

  it('are nobody’s when nobody gave them', () => {
    for (const id of ['', 'x', '4711', 'A'.repeat(64), '.'.repeat(64), 'a/b', 'fDE=', 'fDF'])
      expect(readPatientResourceId(id), id).toBeUndefined()
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (id) => {
        const read = readPatientResourceId(id)
        if (typeof read === 'object') expect(patientResourceId(read)).toBe(id)
      }),
    )
  })
})

describe('systems of identifiers', () => {
  it.each([
    ['', undefined],
    ['1.2.276.0.76', 'urn:oid:1.2.276.0.76'],
    ['HOSPITAL A', 'urn:clearkeep:issuer:HOSPITAL%20A'],
    ['1.02', 'urn:clearkeep:issuer:1.02'],
  ])('of %j', (issuer, system) => {
    expect(systemOf(issuer)).toBe(system)
    expect(issuerOf(system ?? '')).toBe(issuer)
  })

  it('that are none of ours are nobody’s', () => {
    for (const system of ['http://hospital.example/ids', 'urn:clearkeep:issuer:%E0'])
      expect(issuerOf(system)).toBeUndefined()
  })
})
