import { describe, expect, it } from 'vitest'
import type { RetentionCalendar } from '../../api/retention.ts'
import { byYear, differences } from './calendar-words.ts'

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
