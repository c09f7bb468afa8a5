import { describe, expect, it } from 'vitest'
import { deadlineInWords, findingInWords } from './erasure-words.ts'

const study = {
  study: '1.2.3',
  here: true,
  studyDate: '20160315',
  modalities: ['CT'],
  description: '',
  outcome: 'refused',
  until: '2035-03-15',
  articles: ['17(3)(b)', '17(3)(c)'],
  rules: [{ id: 'us-ca.hosp', title: 'Hospital records', source: '22 CCR 70751(c)' }],
  why: 'the law wants it kept',
} as const
const of = (more: Partial<Parameters<typeof findingInWords>[0]>) =>
  findingInWords({
    ...study,
    articles: [...study.articles],
    modalities: [...study.modalities],
    rules: [...study.rules],
    ...more,
  })

describe('a request for erasure', () => {
  it('is refused in a sentence that cites the rule', () => {
    expect(of({})).toBe(
      'Refused: kept through 15 Mar 2035, Hospital records (22 CCR 70751(c)). GDPR Art. 17(3)(b), 17(3)(c).',
    )
    expect(of({ rules: [], until: '', articles: ['17(3)(e)'], why: 'it is needed for a legal claim' })).toBe(
      'Refused: kept, it is needed for a legal claim. GDPR Art. 17(3)(e).',
    )
  })

  it('is a candidate, or waits', () => {
    expect(of({ outcome: 'candidate', why: 'no rule keeps it any longer' })).toContain('May be proposed')
    expect(of({ outcome: 'candidate', here: false })).toContain('not here any more')
    expect(of({ outcome: 'open', why: 'more has to be known first: trialEnd' })).toContain('Cannot be decided yet')
  })

  it('has a month, and says when it is over', () => {
    expect(deadlineInWords('2026-12-27', '2026-11-27')).toEqual({ words: 'To be answered by 27 Dec 2026', late: false })
    expect(deadlineInWords('2026-12-27', '2026-12-24').words).toContain('(3 days)')
    expect(deadlineInWords('2026-12-27', '2026-12-28').late).toBe(true)
  })
})
