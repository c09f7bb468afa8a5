import { describe, expect, it } from 'vitest'
import { admitsInWords, namesIn, reviewInWords, subjectInWords } from './restricted-words.ts'

describe('restrictions in words', () => {
  it('say of whom or what they are', () => {
    const patient = { key: 'k', id: '4711', issuer: 'HOSP' }
    expect(subjectInWords({ kind: 'patient', subject: 'HOSP|4711', patient })).toBe('Patient 4711 (HOSP)')
    expect(subjectInWords({ kind: 'code', subject: 'VR', patient: null })).toBe('Code VR')
  })

  it('say who is let in', () => {
    expect(admitsInWords({ accounts: ['rosa'], roles: ['privacy'], devices: ['CT1', '*'] })).toBe(
      'rosa, every privacy, device CT1, every listed device',
    )
    expect(admitsInWords({ accounts: [], roles: [], devices: [] })).toBe('nobody in particular')
  })

  it('say what is to be looked at', () => {
    const patient = { key: 'k', id: '4711', issuer: '' }
    expect(reviewInWords({ kind: 'emergency', who: 'carl', patient })).toBe('carl broke the glass of patient 4711')
    expect(reviewInWords({ kind: 'watched', who: 'carl', patient })).toBe(
      'carl opened images of patient 4711, who is watched',
    )
  })

  it('take names as people type them', () => {
    expect(namesIn(' rosa, carl;\nCT 1\n')).toEqual(['rosa', 'carl', 'CT 1'])
  })
})
