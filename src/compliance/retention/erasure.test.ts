import { describe, expect, it } from 'vitest'
import { answerDue, type ErasureAsk, erasureFinding } from './erasure.ts'
import { letterLines } from './erasure-letter.ts'

const LAW = { id: 'us-ca.hosp', title: 'Hospital records', source: '22 CCR 70751(c)', basis: 'regulation' }
const CODE = { id: 'uk-eng.adult', title: 'Adult health record', source: 'NHS Code', basis: 'code' }
const kept: ErasureAsk = {
  configured: true,
  held: false,
  decision: {
    status: 'TIMED',
    retainThrough: '2035-03-15',
    eligibleOn: '2035-03-16',
    governing: ['us-ca.hosp'],
    missing: [],
  },
  rules: [LAW],
  today: '2026-11-27',
}
const asked = (more: Partial<Omit<ErasureAsk, 'decision'>>, decision: Partial<ErasureAsk['decision']> = {}) =>
  erasureFinding({ ...kept, ...more, decision: { ...kept.decision, ...decision } })

describe('a request for erasure', () => {
  it('is refused inside a legal period, with the rule and the paragraph that allow it', () => {
    expect(asked({})).toEqual({
      outcome: 'refused',
      until: '2035-03-15',
      articles: ['17(3)(b)', '17(3)(c)'],
      rules: [{ id: 'us-ca.hosp', title: 'Hospital records', source: '22 CCR 70751(c)' }],
      why: 'the law wants it kept',
    })
    expect(asked({ rules: [CODE] }).articles).toEqual(['17(3)(c)', '17(3)(e)'])
  })

  it('makes a candidate of what no rule keeps any longer, from the day after', () => {
    expect(asked({ today: '2035-03-15' })).toMatchObject({ outcome: 'refused' })
    expect(asked({ today: '2035-03-16' })).toMatchObject({ outcome: 'candidate', articles: [] })
  })

  it('is refused while a legal hold lasts, whatever the date', () => {
    expect(asked({ held: true, today: '2040-01-01' })).toMatchObject({
      outcome: 'refused',
      articles: ['17(3)(e)'],
      until: undefined,
    })
  })

  it('is refused without a last day where the law has none', () => {
    const forever = asked({}, { status: 'INDEFINITE', retainThrough: undefined, eligibleOn: undefined })
    expect(forever).toMatchObject({ outcome: 'refused', until: undefined, articles: ['17(3)(b)', '17(3)(c)'] })
  })

  it.each([
    ['no rules were adopted', asked({ configured: false }), 'no rules of retention have been adopted'],
    [
      'more has to be known',
      asked({}, { status: 'UNDETERMINED', missing: ['trialEnd'] }),
      'more has to be known first: trialEnd',
    ],
    ['only an earlier promise keeps it', asked({ rules: [] }, { governing: ['ratchet-floor'] }), 'a later date stands'],
    ['the patient’s right goes before the period', asked({}, { governing: ['nl.wgbo'] }), 'BW 7:455'],
    ['no law concerns it', asked({ rules: [{ ...LAW, id: 'house.floor' }] }), 'no rule of a law concerns it'],
  ])('waits for a person where %s', (_, finding, why) => {
    expect(finding.outcome).toBe('open')
    expect(finding.why).toContain(why)
  })

  it('has to be answered within a month, of the last day of January by the first of March', () => {
    expect(answerDue('2026-11-27')).toBe('2026-12-27')
    expect(answerDue('2027-01-31')).toBe('2027-03-01')
  })
})

describe('the letter', () => {
  const study = { studyDate: '2016-03-15', modalities: ['CT'], description: 'Thorax' }
  const letter = (...studies: Parameters<typeof letterLines>[0]['studies'][number][]) =>
    letterLines({
      request: 17,
      askedOn: '2026-11-20',
      answeredOn: '2026-11-27',
      patient: 'Doe Jane',
      reason: '',
      studies,
    }).join('\n')

  it('cites the rule and the paragraph for each examination, and says what the patient may do', () => {
    const text = letter({ ...study, ...asked({}) })
    expect(text).toContain('2016-03-15, CT, Thorax')
    expect(text).toContain('It has to be kept through 2035-03-15: the law wants it kept.')
    expect(text).toContain('Hospital records: 22 CCR 70751(c).')
    expect(text).toContain('Art. 17(3)(b)')
    expect(text).toContain('supervisory authority (Art. 77)')
    expect(text).not.toContain('put forward for')
  })

  it('tells candidates, and what cannot be decided yet, apart from what is refused', () => {
    const text = letter({ ...study, ...asked({ today: '2036-01-01' }) }, { ...study, ...asked({ configured: false }) })
    expect(text).toContain('put forward for\ndestruction')
    expect(text).toContain('We cannot decide yet')
    expect(text).not.toContain('We may not erase')
  })

  it('says so where there is nothing', () => {
    expect(letter()).toContain('We hold no images of yours in this archive.')
  })
})
