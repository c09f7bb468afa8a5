import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalise } from './normalise.ts'
import { type DatedStudy, relevantPriors } from './priors.ts'
import { spanInWords } from './spans.ts'

const study = (name: string, date: string, modality: string, description: string): DatedStudy => ({
  ...normalise({ description, modalities: [modality], procedures: [], series: [] }),
  study: name,
  date,
  time: '1200',
})

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
