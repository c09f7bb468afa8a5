import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asWord, understand } from './search-words.ts'

const now = new Date(2026, 2, 14)

describe('the one search box', () => {
  it('takes names, numbers and descriptions as words', () => {
    expect(understand('doe jane 123', now)).toEqual({ words: 'doe jane 123' })
  })

  it('takes a modality by its code or its everyday name', () => {
    expect(understand('ct chest', now)).toEqual({ words: 'chest', modality: { typed: 'ct', says: 'CT' } })
    expect(understand('mri', now).modality?.says).toBe('MR')
  })

  it('takes years, months, days and today', () => {
    const dates = (text: string) => {
      const found = understand(text, now).dates
      return [found?.from, found?.to]
    }
    expect(dates('2023')).toEqual(['20230101', '20231231'])
    expect(dates('2024-02')).toEqual(['20240201', '20240229'])
    expect(dates('2023-03-14')).toEqual(['20230314', '20230314'])
    expect(dates('20230314')).toEqual(['20230314', '20230314'])
    expect(dates('14.3.2023')).toEqual(['20230314', '20230314'])
    expect(dates('today')).toEqual(['20260314', '20260314'])
    expect(dates('yesterday')).toEqual(['20260313', '20260313'])
  })

  it('takes since, until, before and after', () => {
    expect(understand('ct since 2023 chest', now)).toEqual({
      words: 'chest',
      modality: { typed: 'ct', says: 'CT' },
      dates: { typed: 'since 2023', from: '20230101', says: 'since 2023' },
    })
    expect(understand('before 2023-03', now).dates?.to).toBe('20230228')
    expect(understand('after 2023', now).dates?.from).toBe('20240101')
    expect(understand('until 2023', now).dates?.to).toBe('20231231')
  })

  it('leaves numbers that are no dates alone: accession and patient numbers are words', () => {
    expect(understand('20231345', now)).toEqual({ words: '20231345' })
    expect(understand('3023', now)).toEqual({ words: '3023' })
    expect(understand('since forever', now)).toEqual({ words: 'since forever' })
  })

  it('takes a quoted word as a word, so that a chip can be taken back', () => {
    const { modality } = understand('us smith', now)
    expect(modality?.says).toBe('US')
    const text = modality ? asWord('us smith', modality) : ''
    expect(text).toBe('"us" smith')
    expect(understand(text, now)).toEqual({ words: 'us smith' })
  })

  it('never fails', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof understand(text, now).words === 'string'))
  })
})
