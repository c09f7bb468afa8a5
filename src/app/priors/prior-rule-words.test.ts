import { describe, expect, it } from 'vitest'
import type { PriorRow, Priors } from '../../api/record.ts'
import { EMPTY_RULE, kindInWords, movesOf, pointsInWords, priorRuleOf, yearsInWords } from './prior-rule-words.ts'

describe('a rule for priors', () => {
  it.each([
    [{ regions: [], families: [], words: '' }, 'anything'],
    [{ regions: ['chest'], families: ['CT', 'PT'], words: '' }, 'CT or PT of the chest'],
    [{ regions: ['knee'], families: [], words: '' }, 'anything of the knee'],
    [{ regions: [], families: ['MR'], words: 'liver' }, 'MR, “liver” in its description'],
  ])('says what kind of study it is about: %j', (kind, says) => {
    expect(kindInWords(kind)).toBe(says)
  })

  it('says what it gives, and for how long', () => {
    expect([pointsInWords(20), pointsInWords(-15), pointsInWords(-100)]).toEqual(['+20', '−15', 'never'])
    expect([yearsInWords(undefined), yearsInWords(1), yearsInWords(5)]).toEqual([
      '',
      'at most 1 year before',
      'at most 5 years before',
    ])
  })

  it('is no rule before it has a name, a kind and points', () => {
    const prior = { regions: ['chest'], families: [], words: ' ' }
    expect(priorRuleOf(EMPTY_RULE)).toBeUndefined()
    expect(priorRuleOf({ ...EMPTY_RULE, prior })).toBeUndefined()
    expect(priorRuleOf({ ...EMPTY_RULE, name: 'a', prior, points: 0 })).toBeUndefined()
    expect(priorRuleOf({ ...EMPTY_RULE, name: 'a', prior, years: 'many' })).toBeUndefined()
    expect(priorRuleOf({ ...EMPTY_RULE, name: ' a ', prior, years: '5' })).toMatchObject({
      name: 'a',
      prior: { regions: ['chest'], words: '' },
      years: 5,
      points: 20,
    })
  })

  it('shows how far each prior would move, what would come, and what would go', () => {
    const answer = (...studies: readonly string[]) =>
      ({ priors: studies.map((study) => ({ study: { study } }) as PriorRow) }) as Priors
    const { order, out } = movesOf(answer('a', 'b', 'c'), answer('b', 'd', 'a'))
    expect(order.map(({ row, up }) => [row.study.study, up])).toEqual([
      ['b', 1],
      ['d', undefined],
      ['a', -2],
    ])
    expect(out.map(({ study }) => study.study)).toEqual(['c'])
  })
})
