import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf, wordsOf } from './words.ts'
import { readDates, readTerms } from './worklist-words.ts'

describe('dates in the search box', () => {
  it.each([
    ['2024', '20240101', '20241231'],
    ['2024-02', '20240201', '20240231'],
    ['202402', '20240201', '20240231'],
    ['2024-02-29', '20240229', '20240229'],
    ['20240229', '20240229', '20240229'],
    ['2023..2024', '20230101', '20241231'],
    ['2023-2024', '20230101', '20241231'],
    ['20230105-20230107', '20230105', '20230107'],
    ['..2024-02', '00010101', '20240231'],
    ['2024-', '20240101', '99991231'],
  ])('%s is %s to %s', (text, from, to) => {
    expect(readDates(text)).toEqual({ from, to })
  })

  it.each(['2023-02-29', '20240230', '202413', '1234567', '0815', '-', '..', 'today', '2024-03-10-'])(
    '%s is none',
    (text) => {
      expect(readDates(text)).toEqual(text.endsWith('10-') ? { from: '20240310', to: '99991231' } : undefined)
    },
  )
})

describe('words', () => {
  it('typed as they stand in a description or number find the study', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 })
    fc.assert(
      fc.property(text, text, (description, patientId) => {
        const kept = wordsOf({ names: [], patientId, accession: '', studyId: '', description })
        for (const typed of `${description} ${patientId}`.split(/\s+/))
          for (const word of partsOf(typed)) expect(kept.some((one) => one.startsWith(word))).toBe(true)
      }),
    )
  })

  it('are never too many, whatever is sent', () => {
    const words = wordsOf({
      names: [],
      patientId: '',
      accession: '',
      studyId: '',
      description: Array.from({ length: 5000 }, (_, at) => `word${at}`).join(' '),
    })
    expect(words.length).toBeLessThanOrEqual(64)
    expect(readTerms('a '.repeat(5000), new Date(0)).length).toBeLessThanOrEqual(12)
  })
})
