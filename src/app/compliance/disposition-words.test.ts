import { describe, expect, it } from 'vitest'
import type { Disposition } from '../../api/dispositions.ts'
import { approves, deedsInWords, nextInWords } from './disposition-words.ts'

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
const both = { first: true, second: true }

describe('a disposition in words', () => {
  it('offers the next step to somebody who had no part in it, and who has the role for it', () => {
    expect(approves(proposed, 'rita', both)).toBe(false)
    expect(approves(proposed, 'rosa', { first: true, second: false })).toBe(true)
    expect(approves(proposed, 'paul', { first: false, second: true })).toBe(false)
    const approved = { ...proposed, state: 'approved' as const, first: { by: 'rosa', at: proposed.proposed.at } }
    expect(approves(approved, 'rosa', both)).toBe(false)
    expect(approves(approved, 'paul', { first: false, second: true })).toBe(true)
    expect(approves({ ...approved, state: 'cooling' }, 'paul', both)).toBe(false)
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
