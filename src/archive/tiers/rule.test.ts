import { describe, expect, test } from 'vitest'
import { ruleFor, type TierFacts, type TierRule } from './rule.ts'

const NOW = new Date('2026-11-27T12:00:00Z')
const OLD: TierFacts = {
  studyDate: '20200101',
  modalities: 'CT\\SR',
  institutions: ['St. Elsewhere'],
  receivedLast: '2020-01-02T08:00:00.000Z',
  seen: '2021-06-01T08:00:00.000Z',
  movedAt: '',
}
const RULE: TierRule = { studyDays: 730, unseenDays: 365 }

describe('a study goes to the cold store', () => {
  test('when it is old and nobody has looked at it for long', () => {
    expect(ruleFor([RULE], OLD, NOW)).toBe(RULE)
  })

  test.each<[string, Partial<TierFacts>]>([
    ['it is young', { studyDate: '20260101' }],
    ['somebody looked at it lately', { seen: '2026-11-01T08:00:00.000Z' }],
    ['something came for it lately', { receivedLast: '2026-11-01T08:00:00.000Z' }],
    ['it came back lately', { movedAt: '2026-11-01T08:00:00.000Z' }],
    ['it has no date and came lately', { studyDate: '', receivedLast: '2025-06-01T08:00:00.000Z' }],
  ])('and not when %s', (_, facts) => {
    expect(ruleFor([RULE], { ...OLD, ...facts }, NOW)).toBeUndefined()
  })

  test('by the first rule that names its modality and its house', () => {
    const rules: readonly TierRule[] = [
      { ...RULE, modalities: ['MG'] },
      { ...RULE, modalities: ['CT'], institutions: ['Elsewhere'] },
      { ...RULE, modalities: ['CT', 'MR'], institutions: ['St. Elsewhere'] },
    ]
    expect(ruleFor(rules, OLD, NOW)).toBe(rules[2])
    expect(ruleFor(rules.slice(0, 2), OLD, NOW)).toBeUndefined()
  })

  test('never without a rule', () => {
    expect(ruleFor([], OLD, NOW)).toBeUndefined()
  })
})
