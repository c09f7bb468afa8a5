import { describe, expect, it } from 'vitest'
import type { RuleAdoption } from '../../api/retention.ts'
import { choiceInWords, jurisdictionName, stepsOf, withWholes } from './rule-words.ts'

describe('rules of retention in words', () => {
  it('name the country of a set, whatever its code', () => {
    expect(['us-ca', 'uk-eng', 'eu', 'de'].map(jurisdictionName)).toEqual([
      'United States (us-ca)',
      'United Kingdom (uk-eng)',
      'European Union (eu)',
      'Germany (de)',
    ])
    expect(choiceInWords({ jurisdictions: ['us', 'us-ca'], institution: 'hospital' })).toBe(
      'United States (us), United States (us-ca) · Hospital',
    )
  })

  it('take the whole with a part of it, where there are rules for the whole', () => {
    expect(withWholes(['us-ca', 'au-vic'], ['us', 'us-ca', 'au-vic'])).toEqual(['au-vic', 'us', 'us-ca'])
  })

  it('offer each step to whom may take it, and never to who proposed', () => {
    const all = { first: true, second: true, end: true }
    const one = { state: 'proposed', instead: true, proposed: { by: 'rita', at: '' }, first: null } as RuleAdoption
    expect(stepsOf(one, 'rita', all)).toEqual(['end'])
    expect(stepsOf(one, 'rosa', all)).toEqual(['first', 'end'])
    const approved: RuleAdoption = { ...one, state: 'approved', first: { by: 'rosa', at: '' } }
    expect(stepsOf(approved, 'rosa', all)).toEqual(['end'])
    expect(stepsOf(approved, 'paul', { ...all, first: false })).toEqual(['second', 'end'])
    expect(stepsOf({ ...one, instead: false }, 'paul', all)).toEqual(['second', 'end'])
    expect(stepsOf({ ...one, state: 'in force' }, 'paul', all)).toEqual([])
  })
})
