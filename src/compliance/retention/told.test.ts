import { describe, expect, it } from 'vitest'
import type { Facts } from './facts.ts'
import { NOTHING_TOLD, told, whyNotSaid, withTold } from './told.ts'

const TODAY = '2026-11-27'

describe('what may be said', () => {
  it.each([
    ['patient', 'death', '2020-02-29', undefined],
    ['patient', 'death', '2026-11-28', 'death lies ahead'],
    ['patient', 'death', '2021-02-29', 'death is a day, YYYY-MM-DD'],
    ['study', 'death', '2020-01-01', 'death is said of a patient'],
    ['patient', 'birth', '1998', undefined],
    ['patient', 'birth', '199805', undefined],
    ['patient', 'death', '1998', 'death is a day, YYYY-MM-DD'],
    ['trial', 'trialEnd', '2031-01-01', undefined],
    ['patient', 'trialEnd', '2031-01-01', 'trialEnd is said of a study or a trial'],
    ['study', 'keepUntil', '2040-12-31', undefined],
    ['study', 'tag.trial-eu-ctr', 'yes', undefined],
    ['study', 'tag.trial-eu-ctr', '', undefined],
    ['study', 'tag.cancer', 'no', 'tag.cancer is said, or taken back'],
    ['study', 'inpatient', 'yes', undefined],
    ['patient', 'inpatient', 'yes', 'whether it was of an inpatient is said of a study'],
    ['study', 'trial', 'EUCT 2023-505', undefined],
    ['trial', 'trial', 'another', 'a trial is in no other'],
    ['patient', 'suspension.2020-01-01', 'open', undefined],
    ['patient', 'suspension.2020-01-01', '2022-07-01', undefined],
    ['patient', 'suspension.2020-01-01', '2019-07-01', 'a claim ends on a day after it began, or is open'],
    ['patient', 'suspension.2020-13-01', 'open', 'a claim is named by the day it began'],
    ['trial', 'suspension.2020-01-01', 'open', 'a claim concerns a study or a patient'],
  ] as const)('of a %s: %s is %j', (kind, name, value, why) => {
    expect(whyNotSaid(kind, name, value, TODAY)).toBe(why)
  })

  it.each(['floor', 'tag.', 'tag.With Space', 'toString', 'suspension.', 'deaht'])('is nothing called %s', (name) => {
    expect(whyNotSaid('study', name, 'yes', TODAY)).toContain(`there is nothing called ${name}`)
  })
})

describe('what was said', () => {
  const said = (...pairs: readonly (readonly [string, string])[]) =>
    told(pairs.map(([name, value]) => ({ name, value })))

  it('is what keeps longer, where a study, its patient and a trial say different things', () => {
    const { dates, tags } = said(
      ['lastSeen', '2019-01-01'],
      ['tag.cancer', 'yes'],
      ['lastSeen', '2021-05-05'],
      ['tag.cancer', 'yes'],
    )
    expect(dates).toEqual({ lastSeen: '2021-05-05' })
    expect(tags).toEqual(['cancer'])
  })

  it('suspends periods for each claim, for ever while one is open', () => {
    expect(said(['suspension.2020-01-01', '2022-07-01'], ['suspension.2023-01-01', 'open']).suspensions).toEqual([
      { from: '2020-01-01', to: '2022-07-01' },
      { from: '2023-01-01', to: null },
    ])
  })

  const facts: Facts = {
    jur: ['de'],
    received: '2015-01-01',
    study: '2015-01-01',
    birth: '1970',
    lastImaging: '2018-01-01',
  }

  it('counts before what the images say, but for the last examination: what is here counts whatever is said', () => {
    const known = withTold(facts, said(['birth', '1971-03-03'], ['lastImaging', '2016-01-01'], ['death', '2020-01-31']))
    expect(known).toMatchObject({ birth: '1971-03-03', lastImaging: '2018-01-01', death: '2020-01-31' })
    expect(withTold(facts, said(['lastImaging', '2024-01-01']))).toMatchObject({ lastImaging: '2024-01-01' })
  })

  it('keeps at least as long as people want it, or as long as was promised', () => {
    expect(withTold(facts, said(['keepUntil', '2050-01-01'])).floor).toBe('2050-01-01')
    expect(withTold(facts, said(['keepUntil', '2050-01-01'], ['floor', '2060-01-01'])).floor).toBe('2060-01-01')
    expect(withTold(facts, NOTHING_TOLD)).toEqual(facts)
  })
})
