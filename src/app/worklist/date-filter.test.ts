import { describe, expect, it } from 'vitest'
import { dateFilterInWords, readDateFilter, writeDateFilter } from './date-filter.ts'

const now = new Date(2026, 2, 14)

describe('the date filter in the address', () => {
  it('moves named ranges with the day', () => {
    expect(readDateFilter('today', now)).toEqual({ from: '20260314', to: '20260314' })
    expect(readDateFilter('week', now)).toEqual({ from: '20260308', to: '20260314' })
  })

  it('reads ranges that are open at an end', () => {
    expect(readDateFilter('20230101-20231231', now)).toEqual({ from: '20230101', to: '20231231' })
    expect(readDateFilter('20230101-', now)).toEqual({ from: '20230101' })
    expect(readDateFilter('-20231231', now)).toEqual({ to: '20231231' })
  })

  it('filters nothing when the address holds no date', () => {
    for (const value of [undefined, '', 'yesteryear', '20230230-']) expect(readDateFilter(value, now)).toEqual({})
  })

  it('writes what it reads, and says it in words', () => {
    expect(writeDateFilter({ from: '20230101', to: '20230101' })).toBe('20230101-20230101')
    expect(writeDateFilter({})).toBeUndefined()
    expect(dateFilterInWords('week')).toBe('Last 7 days')
    expect(dateFilterInWords('20230101-20230101')).toBe('1 Jan 2023')
    expect(dateFilterInWords('-20230101')).toBe('until 1 Jan 2023')
  })
})
