import { describe, expect, it } from 'vitest'
import type { Principal } from '../base/context.ts'
import type { ArchiveEvent } from './event.ts'
import { bodyText, type Circumstances, ledgerEntry } from './ledger.ts'
import { patientKey, splitPatientKey } from './subject.ts'

const FROZEN_LEAF =
  '{"a":"ae:CT1","b":"6f15e21a22980462580a65bdc337be92e78929b209a3266608d19cfaa8ca11c9","n":1,"p":"08b0321c8' +
  '7fdf5bf1cce6a1100d0dc5cfc3f8227f05dda2df946ef04ec8073d8","s":"4177f0821281f6d627936d2b0eb9553b064a626d84e' +
  '13b518bed8e06c188ca79","t":"obj.ingest","ts":"2026-11-24T00:00:01.000Z","v":1}'
const FROZEN_BODY =
  '{"action":"C","actor":{"known":true,"userId":"ae:CT1"},"client":{"aet":"CT1","ip":"127.0.0.1","port":4242' +
  '},"ds":"0d06b8363d2f2c4741555d064ab71684aa8913c21ca835f068eea4fe3de96ec5","id":"01JD9QZZZZ000000000000000' +
  '0","length":16,"node":"n1","outcome":0,"patient":{"idRef":"4711","issuer":"HOSP"},"study":"1.2.840.113619' +
  '.2.1","ts":"2026-11-24T00:00:01.000Z","type":"obj.ingest","v":1}'

const SALT = '11'.repeat(32)
const device: Principal = { kind: 'device', aeTitle: 'CT1', known: true }
const circumstances: Circumstances = {
  principal: device,
  client: { address: '127.0.0.1', port: 4242, aeTitle: 'CT1' },
  node: 'n1',
  id: '01JD9QZZZZ0000000000000000',
}
const ingest: ArchiveEvent = {
  type: 'obj.ingest',
  ts: '2026-11-24T00:00:01.000Z',
  action: 'C',
  outcome: 0,
  actor: 'ae:CT1',
  study: '1.2.840.113619.2.1',
  patient: 'HOSP|4711',
  detail: { ds: '0d06b8363d2f2c4741555d064ab71684aa8913c21ca835f068eea4fe3de96ec5', length: 16 },
}

describe('events (docs/decisions/0003)', () => {
  /** Frozen: these bytes are on disk and in logs for ever. */
  it('keeps leaf and body of an ingest to the byte', () => {
    expect(ledgerEntry(ingest, circumstances, 1, { body: SALT, study: SALT, patient: SALT })).toEqual({
      n: 1,
      leaf: FROZEN_LEAF,
      body: FROZEN_BODY,
      salt: SALT,
      study: { id: '1.2.840.113619.2.1', salt: SALT },
      patient: { id: 'HOSP|4711', salt: SALT },
    })
  })

  it('puts nothing into the leaf that names a patient, a study or content', () => {
    const { leaf } = ledgerEntry(ingest, circumstances, 1, { body: SALT, study: SALT, patient: SALT })
    for (const secret of ['4711', 'HOSP', '1.2.840.113619.2.1', '0d06b836', '127.0.0.1'])
      expect(leaf).not.toContain(secret)
  })

  it('names a user in full in the body, by a pseudonym in the leaf', () => {
    const user: Principal = {
      kind: 'user',
      id: 'u:0123456789abcdef',
      name: 'marie',
      roles: ['radiologist'],
      authMethod: 'password',
    }
    const event: ArchiveEvent = { ...ingest, type: 'aud.110103', action: 'R', actor: user.id }
    const entry = ledgerEntry(event, { ...circumstances, principal: user }, 7, { body: SALT })
    expect(entry.leaf).not.toContain('marie')
    expect(JSON.parse(entry.body).actor).toEqual({
      userId: 'u:0123456789abcdef',
      name: 'marie',
      roles: ['radiologist'],
      authMethod: 'password',
    })
  })

  it('has no commitment for a patient or study that is not there', () => {
    const { patient: _, study: __, ...without } = ingest
    const entry = ledgerEntry(without, circumstances, 1, { body: SALT })
    expect(Object.keys(JSON.parse(entry.leaf))).toEqual(['a', 'b', 'n', 't', 'ts', 'v'])
  })

  it('leaves the event’s own members standing whatever a detail is called', () => {
    const body = JSON.parse(bodyText({ ...ingest, detail: { type: 'other', id: 'other' } }, circumstances))
    expect(body).toMatchObject({ type: 'obj.ingest', id: circumstances.id })
  })
})

describe('the key of a patient', () => {
  it('is issuer and ID, apart even when an issuer holds the separator', () => {
    expect(patientKey('HOSP', '4711')).toBe('HOSP|4711')
    expect(patientKey('A|B', 'C')).not.toBe(patientKey('A', 'B|C'))
    for (const [issuer, id] of [
      ['A|B%7C%', 'C|D%'],
      ['', 'x'],
      ['%25', '|'],
    ] as const)
      expect(splitPatientKey(patientKey(issuer, id))).toEqual({ issuer, id })
  })

  it('is empty without an ID', () => {
    expect(patientKey('HOSP', '')).toBe('')
    expect(splitPatientKey('')).toBeUndefined()
  })
})
