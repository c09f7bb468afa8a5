import { describe, expect, it } from 'vitest'
import type { Disposition } from '../../api/dispositions.ts'
import { deedsInWords, dispositionSteps, nextInWords } from './disposition-words.ts'

const study = { study: '1.2', eligibleOn: '2020-01-01', governing: [], acknowledged: [], stopped: '', tombstone: null }
const proposed: Disposition = {
  id: 7,
  reason: 'Not needed.',
  papers: {},
  rules: '',
  state: 'proposed',
  proposed: { by: 'rita', at: '2026-01-01T10:00:00.000Z' },
  first: null,
  second: null,
  destroyFrom: '',
  ended: null,
  studies: [study],
}
const both = { first: true, second: true, end: false }

describe('a disposition in words', () => {
  it('offers the next step to somebody who had no part in it, and who has the role for it', () => {
    const steps = (of: Disposition, me: string, may: Partial<typeof both>) =>
      dispositionSteps(of, me, { first: false, second: false, end: false, ...may })
    expect(steps(proposed, 'rita', both)).toEqual([])
    expect(steps(proposed, 'rosa', { first: true, end: true })).toEqual(['first', 'end'])
    expect(steps(proposed, 'paul', { second: true })).toEqual([])
    const approved = { ...proposed, state: 'approved' as const, first: { by: 'rosa', at: proposed.proposed.at } }
    expect(steps(approved, 'rosa', both)).toEqual([])
    expect(steps(approved, 'paul', { second: true })).toEqual(['second'])
    expect(steps({ ...approved, state: 'cooling' }, 'paul', { ...both, end: true })).toEqual(['end'])
    expect(steps({ ...approved, state: 'destroyed' }, 'paul', { ...both, end: true })).toEqual([])
  })

  it('says who did what, what comes next, and what holds it up', () => {
    expect(deedsInWords(proposed)).toHaveLength(1)
    const cooling = { ...proposed, state: 'cooling' as const, destroyFrom: '2026-02-01T10:00:00.000Z' }
    expect(nextInWords(cooling)).toMatch(/^Hidden, and destroyed from .* on\.$/)
    expect(nextInWords({ ...cooling, studies: [{ ...study, stopped: 'legal hold 3 covers it' }] })).toMatch(
      /1 study is held up/,
    )
    expect(nextInWords(proposed)).toBe('')
  })
})
