import { describe, expect, it } from 'vitest'
import type { RetentionCalendar } from '../../api/retention.ts'
import { byYear, differences, maximumInWords } from './calendar-words.ts'

const tally = (studies: number) => ({ studies, bytes: studies * 1000 })
const calendar: RetentionCalendar = {
  jurisdictions: ['us'],
  institution: 'hospital',
  today: '2026-06-15',
  rules: '',
  all: tally(20),
  due: tally(5),
  later: tally(7),
  indefinite: tally(4),
  undetermined: tally(3),
  pastMaximum: tally(0),
  nearMaximum: tally(0),
  held: tally(1),
  // Of June some are due already.
  months: [
    { month: '2024-02', ...tally(3) },
    { month: '2026-06', ...tally(4) },
    { month: '2026-12', ...tally(1) },
    { month: '2031-01', ...tally(4) },
  ],
  governing: [],
}

describe('the calendar by year', () => {
  it('has what is due already in one row, and each study in one row only', () => {
    expect(byYear(calendar)).toEqual([
      { year: '', ...tally(5) },
      { year: '2026', ...tally(3) },
      { year: '2031', ...tally(4) },
    ])
  })

  it('is empty when nothing falls due', () => {
    expect(byYear({ ...calendar, due: tally(0), months: [] })).toEqual([])
  })
})

describe('what other rules would change', () => {
  it('is told in studies and bytes', () => {
    expect(differences(calendar, { ...calendar, due: tally(2), later: tally(7), indefinite: tally(7) })).toEqual([
      '3 studies fewer could be considered today (3.0 kB)',
      '3 studies fewer would have a date (3.0 kB)',
      '3 studies more would be kept without end (3.0 kB)',
    ])
  })

  it('is nothing when nothing changes', () => {
    expect(differences(calendar, calendar)).toEqual([])
  })
})

it('says how many studies a law wants destroyed by a day, and nothing where there are none', () => {
  expect(maximumInWords(calendar)).toBeUndefined()
  expect(maximumInWords({ pastMaximum: tally(2), nearMaximum: tally(1) })).toBe(
    'There are 2 studies here past the day by which the law wants them destroyed, and 1 study comes to it within a year.',
  )
  expect(maximumInWords({ pastMaximum: tally(0), nearMaximum: tally(3) })).toBe(
    'By law some studies have to be destroyed by a day: 3 studies come to it within a year.',
  )
})
