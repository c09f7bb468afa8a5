import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeOf, daysBetween, doublingDays } from './growth.ts'
import { assess, type Found, overallResponse, type RecistLesion } from './recist.ts'

const lesion = (name: string, found: readonly Found[], rest: Partial<RecistLesion> = {}): RecistLesion => ({
  name,
  role: 'target',
  node: false,
  organ: 'lung',
  found,
  ...rest,
})
const responses = (lesions: readonly RecistLesion[]) =>
  assess(lesions, lesions[0]?.found.length ?? 0).visits.map(({ overall }) => overall)

describe('RECIST 1.1, table 1: target, non-target and new lesions', () => {
  it.each([
    ['CR', 'CR', false, 'CR'],
    ['CR', 'none', false, 'CR'],
    ['CR', 'non-CR/non-PD', false, 'PR'],
    ['CR', 'NE', false, 'PR'],
    ['PR', 'non-CR/non-PD', false, 'PR'],
    ['PR', 'NE', false, 'PR'],
    ['PR', 'CR', false, 'PR'],
    ['SD', 'non-CR/non-PD', false, 'SD'],
    ['SD', 'NE', false, 'SD'],
    ['SD', 'CR', false, 'SD'],
    ['NE', 'non-CR/non-PD', false, 'NE'],
    ['NE', 'NE', false, 'NE'],
    ['PD', 'CR', false, 'PD'],
    ['PD', 'NE', true, 'PD'],
    ['CR', 'PD', false, 'PD'],
    ['SD', 'PD', true, 'PD'],
    ['CR', 'CR', true, 'PD'],
    ['PR', 'none', true, 'PD'],
    ['NE', 'none', true, 'PD'],
  ] as const)('target %s, non-target %s, new %s: %s', (target, nonTarget, isNew, wanted) => {
    expect(overallResponse(target, nonTarget, isNew)).toBe(wanted)
  })
})

describe('RECIST 1.1, table 2: non-target disease alone', () => {
  it.each([
    ['CR', false, 'CR'],
    ['non-CR/non-PD', false, 'non-CR/non-PD'],
    ['NE', false, 'NE'],
    ['PD', false, 'PD'],
    ['CR', true, 'PD'],
    ['non-CR/non-PD', true, 'PD'],
    ['NE', true, 'PD'],
  ] as const)('non-target %s, new %s: %s', (nonTarget, isNew, wanted) => {
    expect(overallResponse('none', nonTarget, isNew)).toBe(wanted)
  })
})

describe('response of target lesions', () => {
  it.each([
    ['30 % less is PR', [100, 70], 'PR'],
    ['a little less than 30 % is SD', [100, 70.1], 'SD'],
    ['20 % and 5 mm more than the smallest sum is PD', [100, 50, 60], 'PD'],
    ['20 % more, and less than 5 mm, is not', [20, 10, 12.5], 'PR'],
    ['5 mm more, and less than 20 %, is not', [100, 90, 96], 'SD'],
    ['the baseline can be the smallest sum', [30, 36], 'PD'],
    ['PD from the nadir outweighs PR from the baseline', [100, 20, 30], 'PD'],
    ['binary fractions do not decide', [10.1, 7.07], 'PR'],
    ['all gone is CR', [30, 'absent'], 'CR'],
    ['too small counts 5 mm', [10, 'too small'], 'PR'],
    ['not evaluated is NE', [30, undefined], 'NE'],
  ] as const)('%s', (_, found, wanted) => {
    expect(responses([lesion('L1', found)]).at(-1)).toBe(wanted)
  })

  it('is CR with lymph nodes that are there and normal: their sum is not nothing', () => {
    const { visits } = assess([lesion('L1', [20, 'absent']), lesion('N1', [18, 9], { node: true, organ: 'node' })], 2)
    expect(visits[1]).toMatchObject({ target: 'CR', sum: 9, overall: 'CR' })
    expect(responses([lesion('N1', [18, 10], { node: true })])).toEqual(['baseline', 'PR'])
  })

  it('is progression of what was measured even where another target was not', () => {
    expect(responses([lesion('L1', [20, 45]), lesion('L2', [10, undefined])])[1]).toBe('PD')
    expect(responses([lesion('L1', [20, 10]), lesion('L2', [10, undefined])])[1]).toBe('NE')
  })

  it('tells sums, nadir and change', () => {
    const { visits } = assess([lesion('L1', [22, 18, 15, 15, 16]), lesion('L2', [18, 16, 12, 9, 9], { node: true })], 5)
    expect(visits.map(({ sum }) => sum)).toEqual([40, 34, 27, 24, 25])
    expect(visits.map(({ ofBaseline }) => ofBaseline && Math.round(ofBaseline))).toEqual([
      undefined,
      -15,
      -32,
      -40,
      -37,
    ])
    expect(visits[4]).toMatchObject({ nadir: 24, overall: 'PR' })
    expect(visits[4]?.ofNadir).toBeCloseTo(4.17, 2)
  })
})

describe('response of the others', () => {
  it('is of non-target lesions as a reader finds them', () => {
    const with_ = (found: Found) => [lesion('L1', [30, 30]), lesion('L3', ['present', found], { role: 'nonTarget' })]
    expect(assess(with_('absent'), 2).visits[1]).toMatchObject({ nonTarget: 'CR', overall: 'SD' })
    expect(assess(with_('progressed'), 2).visits[1]).toMatchObject({ nonTarget: 'PD', overall: 'PD' })
    expect(assess(with_(undefined), 2).visits[1]).toMatchObject({ nonTarget: 'NE', overall: 'SD' })
  })

  it('is progression from the first new lesion on', () => {
    const lesions = [lesion('L1', [30, 30, 30, 15]), lesion('L4', [undefined, undefined, 6, 6], { role: 'new' })]
    expect(responses(lesions)).toEqual(['baseline', 'SD', 'PD', 'PD'])
  })
})

describe('warnings', () => {
  it('tell what the rules would have otherwise', () => {
    const { warnings } = assess(
      [
        lesion('L1', [9]),
        lesion('N1', [12], { node: true, organ: 'node' }),
        ...['L2', 'L3', 'L4', 'L5'].map((name) => lesion(name, [20])),
      ],
      1,
    )
    expect(warnings).toEqual([
      '6 targets: RECIST takes 5 at most.',
      '5 targets in one organ (lung): RECIST takes 2 at most.',
      'L1 was 9 mm at baseline: a target has 10 mm at least.',
      'N1 was 12 mm at baseline: a target lymph node has 15 mm at least.',
    ])
  })
})

describe('any course', () => {
  const size = fc.oneof(
    fc.integer({ min: 0, max: 900 }).map((tenths) => tenths / 10),
    fc.constant('absent' as const),
  )
  it('has one answer a visit, is PD whenever it is 20 % and 5 mm above the nadir and something is left, and forgets nothing', () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 2, maxLength: 8 }), (found) => {
        const { visits } = assess([lesion('L1', [50, ...found])], found.length + 1)
        expect(visits).toHaveLength(found.length + 1)
        for (const visit of visits.slice(1)) {
          const grown = (visit.sum ?? 0) - (visit.nadir ?? 0)
          if (grown >= 5 && (visit.sum ?? 0) >= (visit.nadir ?? 0) * 1.2) expect(visit.overall).toBe('PD')
          if (visit.overall === 'CR') expect(visit.sum).toBe(0)
        }
      }),
    )
  })
})

describe('growth', () => {
  it('doubles in volume when the diameter grows by the cube root of two', () => {
    expect(doublingDays(10, 10 * Math.cbrt(2), 100)).toBeCloseTo(100, 9)
    expect(doublingDays(10, 10 / Math.cbrt(2), 100)).toBeCloseTo(-100, 9)
    expect(doublingDays(10, 10, 100)).toBeUndefined()
    expect(doublingDays(0, 10, 100)).toBeUndefined()
  })
  it('counts days, and change in per cent', () => {
    expect(daysBetween('20240228', '20240301')).toBe(2)
    expect(daysBetween('2024', '20240301')).toBeUndefined()
    expect(changeOf(8, 10)).toBe(25)
    expect(changeOf(0, 10)).toBeUndefined()
  })
})
