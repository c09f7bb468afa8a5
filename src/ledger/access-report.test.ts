import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openAccessReport, type ReportedEvent } from './access-report.ts'

const event = (n: number, type: string, actor: string, more: object = {}): ReportedEvent => ({
  n,
  ts: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  type,
  actor,
  body: JSON.stringify({
    type,
    actor: { userId: actor, name: actor === 'u:1' ? 'rita' : undefined },
    outcome: 0,
    ...more,
  }),
})

const reportOf = (events: readonly ReportedEvent[], since = '') => {
  const { add, report } = openAccessReport(since)
  for (const one of events) add(one)
  return report()
}

describe('a report of access', () => {
  it('adds up, person by person, sittings by their opening and what was shown by their closing', () => {
    const { acts, people } = reportOf([
      event(1, 'aud.110103', 'u:1', { phase: 'opening', study: '1.2', client: { ip: '10.0.0.7' } }),
      event(2, 'aud.110103', 'u:1', { phase: 'closing', study: '1.2', objects: [{ nInstances: 3, nFrames: 40 }] }),
      event(3, 'aud.110112', 'u:1', { study: '1.3' }),
      event(4, 'obj.ingest', 'ae:CT1', { study: '1.2' }),
      event(5, 'aud.110113', 'u:1', { act: 'original' }),
    ])
    expect(acts).toBe(5)
    expect(people).toEqual([
      expect.objectContaining({
        who: 'rita',
        sittings: 1,
        instances: 3,
        frames: 40,
        looks: 1,
        refused: 1,
        studies: ['1.2', '1.3'],
        addresses: ['10.0.0.7'],
      }),
      expect.objectContaining({ who: 'CT1', stored: 1, sittings: 0 }),
    ])
  })

  it('accounts for what left the archive: to whom, by whom, and when; reports of commitment gave nothing away', () => {
    const { disclosures } = reportOf(
      [
        event(1, 'aud.110104', 'u:1', { to: 'OLD', instances: 1 }),
        event(100, 'aud.110104', 'ae:WS1', { to: 'WS1', instances: 12, study: '1.2' }),
        event(101, 'aud.110104', 'ae:CT1', { what: 'commitment', instances: 12 }),
        event(102, 'aud.110106', 'u:1', { evidence: 'study', study: '1.2' }),
        event(103, 'aud.110104', 'ae:WS1', { to: 'WS2', instances: 2, outcome: 4 }),
      ],
      new Date(Date.UTC(2026, 0, 1, 0, 1)).toISOString(),
    )
    expect(disclosures.map(({ n, recipient, by, what, succeeded }) => [n, recipient, by, what, succeeded])).toEqual([
      [100, 'WS1', 'WS1', '12 objects sent to another system', true],
      [102, 'rita', 'rita', 'evidence pack: rita took out an evidence pack of study 1.2.', true],
      [103, 'WS2', 'WS1', '2 objects sent to another system', false],
    ])
  })

  it('counts an act whose body is of any shape', () => {
    const { acts } = reportOf([event(1, 'aud.110104', 'u:1', { what: { toString: null } })])
    expect(acts).toBe(1)
  })

  it('loses no act and invents none, whatever there is', () => {
    const any = fc.record({
      type: fc.constantFrom('aud.110103', 'aud.110112', 'obj.ingest', 'aud.110104', 'hold.place', 'cfg.change'),
      actor: fc.constantFrom('u:1', 'u:2', 'ae:CT1', 'sys:archive'),
      more: fc.dictionary(
        fc.constantFrom('phase', 'objects', 'study', 'client', 'to', 'instances', 'what'),
        fc.jsonValue(),
      ),
    })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (made) => {
        const { acts, people } = reportOf(made.map(({ type, actor, more }, n) => event(n, type, actor, more)))
        const counted = people.map(
          ({ sittings, looks, stored, given, refused, other }) => sittings + looks + stored + given + refused + other,
        )
        const closings = made.filter(({ type, more }) => type === 'aud.110103' && more['phase'] === 'closing').length
        expect(acts).toBe(made.length)
        expect(counted.reduce((sum, one) => sum + one, 0)).toBe(made.length - closings)
        expect(people).toHaveLength(new Set(made.map(({ actor }) => actor)).size)
      }),
    )
  })
})
