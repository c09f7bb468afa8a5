import { expect, it } from 'vitest'
import type { IdentityReview, PersonKey } from '../../api/identity.ts'
import { compared, contradict, whyInWords } from './person-words.ts'

const key = (id: string, more: Partial<PersonKey> = {}): PersonKey => ({
  key: id,
  id,
  issuer: 'HOSP',
  name: 'Doe^Jane',
  birthDate: '19700203',
  sex: 'F',
  told: 'message',
  studies: 1,
  ...more,
})
const review = (more: Partial<IdentityReview>): IdentityReview => ({
  review: '1-0',
  why: 'facts',
  kind: 'merge',
  followed: true,
  by: 'HIS|HOSP',
  at: '2026-03-01T00:00:00.000Z',
  from: key('12'),
  into: key('4711', { birthDate: '19710203' }),
  contradictions: ['birthDate'],
  settled: null,
  ...more,
})

it('says why a merge waits for somebody, and whether it was done', () => {
  expect(whyInWords(review({}))).toBe(
    '12 (HOSP) and 4711 (HOSP) were merged, although they differ in their birth dates.',
  )
  expect(whyInWords(review({ why: 'elsewhere', followed: false }))).toContain('merged into another patient before')
  expect(whyInWords(review({ why: 'circle', followed: false }))).toContain('Nothing was changed')
  expect(whyInWords(review({ into: key('12', { birthDate: '19710203', told: 'images' }) }))).toMatch(
    /^What HL7 tells of 12 \(HOSP\) and what its images say differ in the birth dates/,
  )
})

it('marks what differs, and nothing that one of the two does not say', () => {
  const rows = compared([key('1'), key('2', { birthDate: '', sex: 'M' })])
  expect(rows.filter(([, , differ]) => differ).map(([name]) => name)).toEqual(['Sex'])
})

it('asks for certainty only where facts cannot both be true', () => {
  expect(contradict(key('1'), key('2', { name: 'Unknown' }))).toEqual([])
  expect(contradict(key('1'), key('2', { sex: 'O' }))).toEqual([])
  expect(contradict(key('1'), key('2', { sex: 'M', birthDate: '19800101' }))).toEqual(['birthDate', 'sex'])
})
