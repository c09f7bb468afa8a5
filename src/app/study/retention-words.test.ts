import { expect, it } from 'vitest'
import type { StudyRetention } from '../../api/retention.ts'
import { assumptions, retentionSentence, sourceOf, standsSentence } from './retention-words.ts'

const decision: StudyRetention = {
  configured: true,
  jurisdictions: ['us', 'us-ca'],
  holds: [],
  status: 'TIMED',
  retainThrough: '2029-08-20',
  eligibleOn: '2029-08-21',
  destroyBy: null,
  governing: [],
  flags: ['discharge-proxy', 'no-rule-block'],
  missing: [],
  rules: '',
  stands: null,
}

it('says until when in one sentence, whatever was decided', () => {
  expect(retentionSentence(decision)).toBe(
    'Kept at least through 20 Aug 2029. From 21 Aug 2029 a person may consider it.',
  )
  expect(retentionSentence({ ...decision, configured: false })).toMatch(
    /^Kept without end: no rules of retention have been adopted/,
  )
  expect(retentionSentence({ ...decision, status: 'HELD' })).toMatch(/^On legal hold/)
  expect(retentionSentence({ ...decision, status: 'UNDETERMINED', missing: ['trialEnd'] })).toBe(
    'Kept until more is known: the end of the trial.',
  )
  expect(retentionSentence({ ...decision, status: 'INDEFINITE' })).toBe('Kept without end.')
})

it('says what was assumed, and where a rule is from', () => {
  expect(assumptions(decision)).toEqual(['The day of discharge is not known: this study’s was taken.'])
  expect(
    sourceOf({ id: '', title: '', keep: '', basis: 'statute', confidence: 'H', source: 'BGB §630f(3)', note: '' }),
  ).toBe('BGB §630f(3) (statute; read in the law)')
})

it('says why a date stands that the rules do not give', () => {
  expect(standsSentence({ through: '2035-03-15', because: 'promised' })).toBe(
    'Promised through 15 Mar 2035 before more became known: that stands until three people let it go (Compliance).',
  )
  expect(standsSentence({ through: '2050-12-31', because: 'asked for' })).toBe(
    'Kept through 31 Dec 2050 because people want it.',
  )
  expect(standsSentence({ through: '9999-12-31', because: 'promised' })).toContain('without end')
})
