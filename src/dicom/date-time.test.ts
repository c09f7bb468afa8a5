import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  combinedRange,
  dateRange,
  dateTimeRange,
  formatOffset,
  normaliseDate,
  normaliseTime,
  parseDateTime,
  parseOffset,
  spanOf,
  timeRange,
} from './date-time.ts'

describe('dates (DA)', () => {
  it.each([
    ['20240229', '20240229'],
    ['1998.07.12', '19980712'],
    ['1998-07-12', '19980712'],
    ['20240229 ', '20240229'],
    ['20230229', ''],
    ['19000229', ''],
    ['20001301', ''],
    ['20000100', ''],
    ['2000', ''],
    ['1998.0712', ''],
    ['', ''],
  ])('%j is %j', (text, date) => {
    expect(normaliseDate(text)).toBe(date)
  })
})

describe('times (TM)', () => {
  it.each([
    ['123045.5', '123045.500000'],
    ['123045.123456', '123045.123456'],
    ['1230', '123000.000000'],
    ['12', '120000.000000'],
    ['12:30:45', '123045.000000'],
    ['12:30:45.25', '123045.250000'],
    ['235960', '235960.000000'],
    ['240000', ''],
    ['126000', ''],
    ['1', ''],
    ['12:3045', ''],
    ['', ''],
  ])('%j is %j', (text, time) => {
    expect(normaliseTime(text)).toBe(time)
  })
})

describe('dates with times (DT)', () => {
  it('have any precision and may have an offset', () => {
    expect(parseDateTime('2024')).toMatchObject({ year: 2024, month: undefined, hour: undefined, offset: undefined })
    expect(parseDateTime('20240229123045.5+0530')).toEqual({
      year: 2024,
      month: 2,
      day: 29,
      hour: 12,
      minute: 30,
      second: 45,
      microsecond: 500_000,
      offset: 330,
    })
    expect(parseDateTime('2024022912-0300')).toMatchObject({ hour: 12, minute: undefined, offset: -180 })
  })

  it.each(['', '202', '20241301', '20240230', '2024022925', '20240229+1500', 'nonsense'])('%j is none', (text) => {
    expect(parseDateTime(text)).toBeUndefined()
  })

  it('mean the whole span their precision leaves open', () => {
    const span = (text: string, offset?: number) => {
      const value = parseDateTime(text)
      if (value === undefined) throw new Error(text)
      const { first, last } = spanOf(value, offset)
      return [new Date(first / 1000).toISOString(), new Date(Math.floor(last / 1000)).toISOString()]
    }
    expect(span('2024')).toEqual(['2024-01-01T00:00:00.000Z', '2024-12-31T23:59:59.999Z'])
    expect(span('202402')).toEqual(['2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'])
    expect(span('2024022912')).toEqual(['2024-02-29T12:00:00.000Z', '2024-02-29T12:59:59.999Z'])
    expect(span('20240229120000+0200')[0]).toBe('2024-02-29T10:00:00.000Z')
    expect(span('20240229120000', 120)[0], 'offset of the data set').toBe('2024-02-29T10:00:00.000Z')
    expect(span('00500101')[0], 'not 1950').toBe('0050-01-01T00:00:00.000Z')
  })

  it('have offsets between -1200 and +1400', () => {
    expect(parseOffset('-0330')).toBe(-210)
    expect(parseOffset('+1400')).toBe(840)
    expect(parseOffset('+1430')).toBeUndefined()
    expect(parseOffset('+0060')).toBeUndefined()
    fc.assert(
      fc.property(fc.integer({ min: -720, max: 840 }), (minutes) => {
        expect(parseOffset(formatOffset(minutes))).toBe(minutes)
      }),
    )
  })
})

describe('ranges (PS3.4 section C.2.2.2.5)', () => {
  it.each([
    ['20240101-20241231', { from: '20240101', to: '20241231' }],
    ['20240101-', { from: '20240101', to: '' }],
    ['-20241231', { from: '', to: '20241231' }],
    ['20240101', { from: '20240101', to: '20240101' }],
    ['1998.07.12 - 1998.07.13', { from: '19980712', to: '19980713' }],
    ['1998-07-12-1998-07-13', { from: '19980712', to: '19980713' }],
    ['-', undefined],
    ['20241301-', undefined],
    ['', undefined],
  ])('of dates: %j', (key, bounds) => {
    expect(dateRange(key)).toEqual(bounds)
  })

  it.each([
    ['10-12', { from: '100000.000000', to: '125959.999999' }],
    ['1030-', { from: '103000.000000', to: '' }],
    ['-1030', { from: '', to: '103059.999999' }],
    ['103015.5', { from: '103015.500000', to: '103015.599999' }],
    ['10:30:00-11:00:00', { from: '103000.000000', to: '110000.999999' }],
    ['25-', undefined],
  ])('of times: %j', (key, bounds) => {
    expect(timeRange(key)).toEqual(bounds)
  })

  it('of dates with times tell a hyphen from an offset', () => {
    const at = (text: string) => Date.parse(text) * 1000
    expect(dateTimeRange('20240101-20240102')).toEqual({
      first: at('2024-01-01T00:00:00Z'),
      last: at('2024-01-02T23:59:59.999Z') + 999,
    })
    expect(dateTimeRange('20240101-0500')).toMatchObject({ first: at('2024-01-01T05:00:00Z') })
    expect(dateTimeRange('2024010100-0500-2024010200-0500')).toEqual({
      first: at('2024-01-01T05:00:00Z'),
      last: at('2024-01-02T05:59:59.999Z') + 999,
    })
    expect(dateTimeRange('20240101-')).toMatchObject({ last: Number.POSITIVE_INFINITY })
    expect(dateTimeRange('-20240101')).toMatchObject({ first: Number.NEGATIVE_INFINITY })
    expect(dateTimeRange('-')).toBeUndefined()
    expect(dateTimeRange('x-y')).toBeUndefined()
  })

  it('of date and time asked together are one range (combined matching)', () => {
    const dates = dateRange('20240101-20240103') ?? { from: '', to: '' }
    const times = timeRange('1030-12') ?? { from: '', to: '' }
    expect(combinedRange(dates, times)).toEqual({ from: '20240101103000.000000', to: '20240103125959.999999' })
  })

  it('never throw', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789-.:+ ') }))
    fc.assert(
      fc.property(text, (text) => {
        dateRange(text)
        timeRange(text)
        const range = dateTimeRange(text)
        if (range !== undefined && text.indexOf('-') < 0) expect(range.first).toBeLessThanOrEqual(range.last)
      }),
      { numRuns: 2000 },
    )
  })
})
