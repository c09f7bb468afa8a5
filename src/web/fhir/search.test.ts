import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../ledger/audit/fhir.ts'
import { AuditEventSearch, auditQuery } from './search.ts'

const query = (search: Record<string, unknown>, event: Partial<AuditEvent> = {}) =>
  auditQuery(
    AuditEventSearch.parse(search),
    (who) => `actor of ${who}`,
    () => event as AuditEvent,
  )
const found = { n: 0, ts: '', type: '', actor: '', body: '' }

describe('searching for AuditEvents (FHIR R4 3.1.1)', () => {
  it.each([
    ['2026', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2026-12', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['eq2026-11-27', '2026-11-27T00:00:00.000Z', '2026-11-28T00:00:00.000Z'],
    ['2026-11-27T10:30Z', '2026-11-27T10:30:00.000Z', '2026-11-27T10:31:00.000Z'],
    ['2026-11-27T10:30:05+02:00', '2026-11-27T08:30:05.000Z', '2026-11-27T08:30:06.000Z'],
    ['2026-11-27T10:30:05.123Z', '2026-11-27T10:30:05.123Z', '2026-11-27T10:30:05.124Z'],
    ['ge2026-11-27', '2026-11-27T00:00:00.000Z', undefined],
    ['gt2026-11-27', '2026-11-28T00:00:00.000Z', undefined],
    ['sa2026-11-27', '2026-11-28T00:00:00.000Z', undefined],
    ['le2026-11-27', undefined, '2026-11-28T00:00:00.000Z'],
    ['lt2026-11-27', undefined, '2026-11-27T00:00:00.000Z'],
    ['eb2026-11-27', undefined, '2026-11-27T00:00:00.000Z'],
  ])('a date %s is from %s until %s', (date, from, until) => {
    expect(query({ date })).toEqual({ limit: 100, ...(from && { from }), ...(until && { until }) })
  })

  it('takes several dates together', () => {
    expect(query({ date: ['ge2026-11-01', 'lt2026-11-08'] })).toMatchObject({
      from: '2026-11-01T00:00:00.000Z',
      until: '2026-11-08T00:00:00.000Z',
    })
  })

  it.each(['yesterday', '2026-13', '2026-02-30T25:00Z', '2026-11-27T10:30', 'ne2026'])(
    'refuses the date %s',
    (date) => {
      expect(() => query({ date })).toThrow('date')
    },
  )

  it('asks by who, patient and study, however they are written', () => {
    expect(query({ agent: 'marie' })).toMatchObject({ actor: 'actor of marie' })
    expect(query({ 'agent.identifier': '|CT1' })).toMatchObject({ actor: 'actor of CT1' })
    expect(query({ patient: 'Patient/4711' })).toMatchObject({ patientId: '4711' })
    expect(query({ 'patient:identifier': '4711' })).toMatchObject({ patientId: '4711' })
    expect(query({ entity: '1.2.3' })).toMatchObject({ study: '1.2.3' })
    expect(query({ 'entity.identifier': 'urn:dicom:uid|urn:oid:1.2.3' })).toMatchObject({ study: '1.2.3' })
  })

  it('refuses what it would answer otherwise than asked', () => {
    expect(() => query({ 'patient.identifier': 'urn:oid:1.2|4711' })).toThrow('no system')
    expect(() => query({ agent: 'a', altid: 'b' })).toThrow('the same question')
    expect(() => query({ policy: 'x' })).toThrow('policy')
    expect(() => query({ _sort: 'date' })).toThrow('_sort')
    expect(() => query({ _count: 0 })).toThrow('_count')
    expect(() => query({ entity: 'x' })).toThrow('UID')
  })

  it('looks for the types that may be a message, and then at the message itself', () => {
    const asked = query(
      { type: '110104' },
      { type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110107' } },
    )
    expect(asked.types).toEqual(expect.arrayContaining(['obj.ingest', 'aud.110104']))
    expect(asked.types).not.toContain('aud.110112')
    expect(asked.fits?.test(found)).toBe(false)
    expect(asked.fits?.asked).toMatchObject({ type: '110104' })
  })

  it('knows tokens with and without a system, and several at once', () => {
    const event = {
      type: { system: 'http://x', code: '110113' },
      subtype: [{ system: 'http://x', code: '110126' }],
      action: 'E',
      outcome: '4',
    }
    const fits = (search: Record<string, unknown>) => query(search, event).fits?.test(found)
    expect(fits({ type: 'http://x|110113' })).toBe(true)
    expect(fits({ type: 'http://y|110113' })).toBe(false)
    expect(fits({ type: '110112,110113' })).toBe(true)
    expect(fits({ subtype: '110126', action: 'E', outcome: '4,8,12' })).toBe(true)
    expect(fits({ subtype: '110126', action: 'E', outcome: '0' })).toBe(false)
  })
})
