import { describe, expect, it } from 'vitest'
import type { StudyRow } from '../../api/studies.ts'
import { NONE, withArrivals } from './newcomers.ts'

const row = (study: string, studyDate: string, instances = 1): StudyRow => ({
  study,
  patient: '',
  patientName: '',
  patientId: '',
  issuer: '',
  birthDate: '',
  sex: '',
  studyDate,
  studyTime: '1200',
  accession: '',
  description: '',
  modalities: [],
  series: 1,
  instances,
  bytes: 1,
  receivedLast: '',
  receivedAs: null,
  lacking: 0,
})

const list = [row('1.1', '20240105'), row('1.2', '20240103')]

describe('what arrives while a list is read', () => {
  it('changes the rows that are there, without a new one', () => {
    const after = withArrivals(NONE, list, [row('1.2', '20240103', 7)], false)
    expect(after.changed.get('1.2')?.instances).toBe(7)
    expect(after.waiting.size).toBe(0)
  })

  it('lets new studies wait, each once', () => {
    const once = withArrivals(NONE, list, [row('1.3', '20240104')], false)
    const twice = withArrivals(once, list, [row('1.3', '20240104', 2), row('1.4', '20250101')], false)
    expect([...twice.waiting]).toEqual(['1.3', '1.4'])
  })

  it('takes what sorts behind the last row fetched for no news, unless the list is whole', () => {
    const old = [row('1.9', '19990101')]
    expect(withArrivals(NONE, list, old, false).waiting.size).toBe(0)
    expect(withArrivals(NONE, list, old, true).waiting.size).toBe(1)
    expect(withArrivals(NONE, [], old, false).waiting.size).toBe(1)
  })

  it('lets nobody wait who has come into the list', () => {
    const waiting = withArrivals(NONE, list, [row('1.3', '20240104')], false)
    expect(withArrivals(waiting, [...list, row('1.3', '20240104')], [], false).waiting.size).toBe(0)
  })
})
