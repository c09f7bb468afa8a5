import { describe, expect, it } from 'vitest'
import { ageOn, dayBefore, formatAge, formatDate, formatSex, formatTime, isoDate, parseDate } from './dates.ts'

describe('dates and times (PS3.5 section 6.2)', () => {
  it('shows a date in an order no country mistakes', () => {
    expect(formatDate('20260314')).toBe('14 Mar 2026')
    expect(formatDate('1998.02.01')).toBe('1 Feb 1998')
    expect(isoDate('20260314')).toBe('2026-03-14')
  })

  it('shows what is no date as it stands', () => {
    expect(parseDate('20260230')).toBeUndefined()
    expect(formatDate('20260230')).toBe('20260230')
    expect(formatDate('')).toBe('')
    expect(isoDate('')).toBeUndefined()
  })

  it('reads times cut anywhere after the hour', () => {
    expect(formatTime('091402.123456')).toBe('09:14')
    expect(formatTime('0914')).toBe('09:14')
    expect(formatTime('09')).toBe('09:00')
    expect(formatTime('')).toBe('')
  })

  it('counts days for the newborn, months for the infant, years for the rest', () => {
    expect(ageOn('20260301', '20260314')).toBe('13 d')
    expect(ageOn('20250315', '20260314')).toBe('11 mo')
    expect(ageOn('19710402', '20260314')).toBe('54 y')
    expect(ageOn('18000101', '20260314'), 'a date that stands for none').toBe('')
    expect(ageOn('19710402', '20260402')).toBe('55 y')
    expect(ageOn('', '20260314')).toBe('')
    expect(ageOn('20270101', '20260314')).toBe('')
  })

  it('reads the age and the sex the sender wrote', () => {
    expect(formatAge('045Y')).toBe('45 y')
    expect(formatAge('003W')).toBe('3 wk')
    expect(formatAge('45')).toBe('')
    expect(formatSex('F')).toBe('Female')
    expect(formatSex('')).toBe('')
  })

  it('counts days back over months and years', () => {
    expect(dayBefore(new Date(2026, 0, 1), 1)).toBe('20251231')
    expect(dayBefore(new Date(2026, 2, 1), 1)).toBe('20260228')
  })
})
