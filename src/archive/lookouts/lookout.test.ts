import { describe, expect, it } from 'vitest'
import { counting, type Entry, fits, isZone, type LookoutAsk, within } from './lookout.ts'

const ANYTHING: LookoutAsk = {
  name: 'A',
  actor: '',
  patients: [],
  types: [],
  failed: false,
  emergency: false,
  outside: null,
  threshold: null,
  addressees: [],
}
const ENTRY: Entry = {
  n: 7,
  ts: '2026-11-27T12:00:00.000Z',
  type: 'aud.110103',
  actor: 'u:a',
  study: '',
  patient: 'HOSP|1',
  patientIds: new Set(['1', '2']),
  failed: false,
  purpose: '',
}

describe('what a lookout looks for', () => {
  it('is whatever its conditions all let pass', () => {
    const cases: readonly (readonly [Partial<LookoutAsk>, Partial<Entry>, boolean])[] = [
      [{}, {}, true],
      [{ types: ['aud.110103'] }, {}, true],
      [{ types: ['aud.110104'] }, {}, false],
      [{ actor: 'u:a' }, {}, true],
      [{ actor: 'u:b' }, {}, false],
      [{ patients: ['2'] }, {}, true],
      [{ patients: ['3'] }, {}, false],
      [{ patients: ['2'] }, { patientIds: new Set() }, false],
      [{ failed: true }, {}, false],
      [{ failed: true }, { failed: true }, true],
      [{ emergency: true }, {}, false],
      [{ emergency: true }, { purpose: 'BTG' }, true],
      [{ patients: ['1'], failed: true }, {}, false],
    ]
    for (const [ask, entry, expected] of cases)
      expect(fits({ ...ANYTHING, ...ask }, { ...ENTRY, ...entry }), JSON.stringify(ask)).toBe(expected)
  })

  it('is never what lookouts write themselves, or a sign of life', () => {
    for (const type of ['lookout.warn', 'lookout.save', 'lookout.settle', 'lookout.stop', 'heartbeat'])
      expect(fits(ANYTHING, { ...ENTRY, type })).toBe(false)
  })

  it('is outside hours of a place, by its own clock, over midnight and in summer too', () => {
    const day = { zone: 'Europe/Berlin', from: '07:00', until: '19:00', days: [1, 2, 3, 4, 5] }
    const cases: readonly (readonly [string, boolean])[] = [
      ['2026-11-27T06:00:00.000Z', true], // Friday, 07:00
      ['2026-11-27T05:59:59.999Z', false],
      ['2026-11-27T18:00:00.000Z', false], // 19:00
      ['2026-07-03T05:00:00.000Z', true], // in summer, 07:00
      ['2026-11-28T12:00:00.000Z', false], // Saturday
    ]
    for (const [ts, expected] of cases) expect(within(day, ts), ts).toBe(expected)
    expect(fits({ ...ANYTHING, outside: day }, { ...ENTRY, ts: '2026-11-28T12:00:00.000Z' })).toBe(true)
    const night = { zone: 'UTC', from: '22:00', until: '06:00', days: [5] }
    expect(within(night, '2026-11-27T23:00:00.000Z')).toBe(true)
    expect(within(night, '2026-11-28T05:00:00.000Z')).toBe(true) // begun on Friday
    expect(within(night, '2026-11-27T05:00:00.000Z')).toBe(false)
    expect(isZone('Europe/Berlin')).toBe(true)
    expect(isZone('Europe/Nowhere')).toBe(false)
  })
})

describe('a threshold', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()

  it('counts entries within its time, and forgets those before', () => {
    const count = counting({ more: 2, minutes: 10, of: 'entries' })
    expect([0, 1, 2, 11, 30].map((minute, n) => count.add({ n, ts: at(minute), patient: 'a' }))).toEqual([
      1, 2, 3, 2, 1,
    ])
    expect(count.stale(at(39))).toBe(false)
    expect(count.stale(at(40))).toBe(true)
  })

  it('counts each patient once', () => {
    const count = counting({ more: 2, minutes: 10, of: 'patients' })
    const seen = (['a', 'a', 'b', 'a', 'c'] as const).map((patient, n) => count.add({ n, ts: at(n), patient }))
    expect(seen).toEqual([1, 1, 2, 2, 3])
  })

  it('holds no more than it needs', () => {
    const count = counting({ more: 3, minutes: 1000, of: 'entries' })
    let last = 0
    for (let n = 0; n < 100; n += 1) last = count.add({ n, ts: at(n), patient: '' })
    expect(last).toBe(4)
  })
})
