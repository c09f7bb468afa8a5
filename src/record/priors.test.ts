import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Preference, PriorRule } from '../compliance/prior-wishes.ts'
import { normalise } from './normalise.ts'
import { checkPriorRule, kindOf } from './prior-rules.ts'
import { type DatedStudy, relevantPriors, type Wanted } from './priors.ts'
import { spanInWords } from './spans.ts'

const study = (name: string, date: string, modality: string, description: string): DatedStudy => ({
  description,
  ...normalise({ description, modalities: [modality], procedures: [], series: [] }),
  study: name,
  date,
  time: '1200',
})

const ANY = { regions: [], families: [], words: '' }
const CURRENT = study('now', '20240301', 'CT', 'CT Chest with contrast')
const best = (others: readonly DatedStudy[], current = CURRENT) => relevantPriors(current, others)[0]

describe('the relevant prior', () => {
  it('is the same examination rather than the most recent one', () => {
    const others = [
      study('ct', '20221220', 'CT', 'CT Thorax with contrast'),
      study('cxr', '20240220', 'CR', 'Chest PA'),
    ]
    expect(best(others)).toMatchObject({ study: 'ct' })
  })

  it('is explained in words', () => {
    const [prior] = relevantPriors(CURRENT, [study('ct', '20230101', 'CT', 'CT Chest with contrast')])
    expect(prior?.reasons).toEqual([
      'same region (chest)',
      'same modality (CT)',
      'both with contrast',
      '14 months before',
    ])
  })

  it('is the later one of two that are alike', () => {
    const others = ['20200101', '20230101', '20210101'].map((date) => study(date, date, 'CT', 'CT Chest with contrast'))
    expect(relevantPriors(CURRENT, others).map((prior) => prior.study)).toEqual(['20230101', '20210101', '20200101'])
  })

  it('marks the oldest good match as the baseline', () => {
    const others = ['20200101', '20230101'].map((date) => study(date, date, 'CT', 'CT Chest with contrast'))
    expect(relevantPriors(CURRENT, others).filter(({ baseline }) => baseline)).toMatchObject([{ study: '20200101' }])
  })

  it('is never of another region, of the other side, or later', () => {
    const knee = study('now', '20240301', 'DX', 'Right knee AP')
    expect(best([study('a', '20240101', 'DX', 'Left knee AP')], knee)).toBeUndefined()
    expect(best([study('a', '20240101', 'CT', 'CT Head')])).toBeUndefined()
    expect(best([study('a', '20250101', 'CT', 'CT Chest with contrast')])).toBeUndefined()
    expect(best([study('a', '', 'CT', 'CT Chest with contrast')])).toBeUndefined()
  })

  it('may come from the same day, earlier on the clock', () => {
    expect(best([{ ...study('a', '20240301', 'CT', 'CT Chest'), time: '0900' }])).toMatchObject({ days: 0 })
    expect(best([{ ...study('a', '20240301', 'CT', 'CT Chest'), time: '1300' }])).toBeUndefined()
  })

  it('does not depend on the order in which studies are given, and never leaves its bounds', () => {
    const any = fc.record({
      date: fc.constantFrom('20100101', '20200101', '20230601', ''),
      modality: fc.constantFrom('CT', 'MR', 'CR', 'US', 'SR'),
      description: fc.constantFrom('CT Chest', 'Abdomen', 'Left knee', 'Right knee', 'Thorax nativ', ''),
    })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (list) => {
        const others = list.map(({ date, modality, description }, at) => study(`s${at}`, date, modality, description))
        const found = relevantPriors(CURRENT, others)
        expect(relevantPriors(CURRENT, others.toReversed())).toEqual(found)
        for (const { score, reasons } of found) {
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(100)
          expect(reasons.length).toBeGreaterThan(0)
        }
      }),
    )
  })
})

it.each([
  ['20240301', '20240301', 'the same day'],
  ['20240229', '20240301', '1 day before'],
  ['20240201', '20240301', '4 weeks before'],
  ['20230101', '20240301', '14 months before'],
  ['20060511', '20251007', '19 years before'],
  ['', '20240301', ''],
])('%s to %s is %s', (from, to, says) => {
  expect(spanInWords(from, to)).toBe(says)
})

describe('what is wanted beside the facts', () => {
  const rule = (given: Partial<PriorRule>): PriorRule => ({
    name: 'ours',
    enabled: true,
    current: ANY,
    prior: ANY,
    points: 30,
    ...given,
  })
  const others = [
    study('ct', '20221220', 'CT', 'CT Thorax with contrast'),
    study('cxr', '20240220', 'CR', 'Chest PA'),
    study('bone', '20230601', 'NM', 'Bone scan whole body'),
    study('knee', '20230601', 'MR', 'MR right knee'),
    study('later', '20240401', 'CT', 'CT Chest with contrast'),
  ]
  const order = (wanted: Wanted) => relevantPriors(CURRENT, others, wanted).map((prior) => prior.study)

  it('moves a kind of prior up or out, by rules of the site that are on', () => {
    expect(order({ rules: [] })[0]).toBe('ct')
    const films = { ...ANY, families: ['XR'] }
    expect(order({ rules: [rule({ prior: films, points: 60 })] })[0]).toBe('cxr')
    expect(order({ rules: [rule({ prior: films, points: 60, enabled: false })] })[0]).toBe('ct')
    expect(order({ rules: [rule({ prior: films, points: -100 })] })).not.toContain('cxr')
    expect(order({ rules: [rule({ current: { ...ANY, regions: ['knee'] }, prior: films, points: 60 })] })[0]).toBe('ct')
    expect(order({ rules: [rule({ prior: films, years: 0.01, points: 60 })] })[0]).toBe('ct')
  })

  it('brings another region only where a rule wants it, and says so', () => {
    expect(order({ rules: [] })).not.toContain('knee')
    const wanted = { rules: [rule({ prior: { ...ANY, words: 'KNEE right' }, points: 50 })] }
    const prior = relevantPriors(CURRENT, others, wanted).find((one) => one.study === 'knee')
    expect(prior?.reasons[0]).toBe('rule “ours” (+50)')
  })

  it('puts what a person chose first, and its kind further up for studies of this kind', () => {
    const preference = (given: Partial<Preference>): Wanted => ({
      rules: [],
      preference: { study: undefined, kinds: new Set(), ...given },
    })
    const [first] = relevantPriors(CURRENT, others, preference({ study: 'knee' }))
    expect(first).toMatchObject({ study: 'knee', baseline: false })
    expect(first?.reasons[0]).toBe('you chose it for this study')
    const kinds = new Set([kindOf(normalise({ description: 'Chest', modalities: ['CR'], procedures: [], series: [] }))])
    const score = (wanted: Wanted) =>
      relevantPriors(CURRENT, others, wanted).find((one) => one.study === 'cxr')?.score ?? 0
    expect(score(preference({ kinds })) - score({ rules: [] })).toBe(12)
  })

  it('never makes a prior of what is later, or leaves the bounds, whatever the rules', () => {
    const kind = fc.record({
      regions: fc.subarray(['chest', 'knee', 'whole body']),
      families: fc.subarray(['CT', 'XR', 'NM', 'MR']),
      words: fc.constantFrom('', 'chest', 'knee'),
    })
    const rules = fc.array(
      fc.record({ current: kind, prior: kind, points: fc.integer({ min: -100, max: 100 }), enabled: fc.boolean() }),
    )
    fc.assert(
      fc.property(rules, fc.option(fc.constantFrom('knee', 'later', 'nobody'), { nil: undefined }), (given, chosen) => {
        const wanted = { rules: given.map((one) => rule(one)), preference: { study: chosen, kinds: new Set<string>() } }
        for (const { study: uid, score } of relevantPriors(CURRENT, others, wanted)) {
          expect(uid).not.toBe('later')
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(100)
        }
      }),
    )
  })

  it.each([
    ['a region there is not', { prior: { ...ANY, regions: ['thorax'] } }, /no region thorax/],
    ['a kind there is not', { current: { ...ANY, families: ['DR'] } }, /no kind of examination DR/],
    ['nothing', {}, /every study and every prior/],
    ['points that are none', { prior: { ...ANY, families: ['CT'] }, points: 0 }, /adds nothing/],
  ])('is refused as a rule where it names %s', (_, given, why) => {
    expect(() => checkPriorRule(rule(given))).toThrowError(why)
  })
})
