import { expect, it } from 'vitest'
import type { Hold } from '../../api/holds.ts'
import { compactDate, scopeInWords, searchInWords, uidsIn } from './hold-words.ts'

const hold: Hold = {
  id: 7,
  matter: 'Roe v. Hospital',
  reason: 'A letter from counsel.',
  studies: ['1.2.3', '1.2.4'],
  patients: [{ key: 'x', id: 'P1', issuer: 'HOSP' }],
  search: null,
  placed: { by: 'rita', at: '2026-11-26T10:00:00.000Z' },
  asked: null,
  released: null,
  covers: 3,
}

it('says what a hold covers', () => {
  expect(scopeInWords(hold)).toBe('2 studies, patient P1 (HOSP)')
  expect(scopeInWords({ ...hold, studies: [], patients: [], search: { words: 'roe' } })).toBe('What a search finds')
})

it('says what a search looks for, and that it goes on', () => {
  expect(searchInWords({ words: 'roe', modality: 'CT', from: '20180101', to: '20181231' })).toBe(
    '“roe”, CT, from 1 Jan 2018, to 31 Dec 2018; also what comes later',
  )
})

it('takes UIDs as people paste them, each once', () => {
  expect(uidsIn(' 1.2.3\n1.2.4, 1.2.3;\t1.2.5 ')).toEqual(['1.2.3', '1.2.4', '1.2.5'])
  expect(uidsIn('')).toEqual([])
})

it('gives the day of a date field as DICOM has it', () => {
  expect(compactDate('2018-01-31')).toBe('20180131')
})
