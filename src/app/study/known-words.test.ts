import { describe, expect, it } from 'vitest'
import { changeInWords, dayInWords, factInWords } from './known-words.ts'

const DATES = [{ name: 'death', says: 'the day of death' }]

describe('what people said', () => {
  it.each([
    ['death', '2020-01-31', 'The day of death: 31 Jan 2020'],
    ['birth', '1998', 'Birth: 1998'],
    ['tag.trial-eu-ctr', 'yes', 'Tag: trial-eu-ctr'],
    ['trial', 'EUCT 2023-505', 'In the trial EUCT 2023-505'],
    ['inpatient', 'yes', 'Of an inpatient'],
    ['suspension.2020-01-01', 'open', 'A claim since 1 Jan 2020, not ended'],
    ['suspension.2020-01-01', '2022-07-01', 'A claim from 1 Jan 2020 to 1 Jul 2022'],
  ])('%s %s is a sentence', (name, value, words) => {
    expect(factInWords({ name, value }, DATES)).toBe(words)
  })

  it('changes a date, or does not where an earlier one would break a promise', () => {
    const was = { status: 'TIMED', through: '2035-03-15' }
    const now = { status: 'TIMED', through: '2050-12-31' }
    expect(changeInWords({ study: '1', was, now, floor: null })).toBe(
      'Kept through 15 Mar 2035, it is now kept through 31 Dec 2050.',
    )
    expect(changeInWords({ study: '1', was, now: was, floor: '2035-03-15' })).toContain('until three people let it go')
    const unknown = { status: 'UNDETERMINED', through: null }
    expect(changeInWords({ study: '1', was, now: unknown, floor: null })).toBe(
      'Kept through 15 Mar 2035, it is now kept until more is known.',
    )
    expect(dayInWords('9999-12-31')).toBe('without end')
  })
})
