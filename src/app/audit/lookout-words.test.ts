import { describe, expect, it } from 'vitest'
import type { Lookout } from '../../api/lookouts.ts'
import { daysInWords, draftOf, EMPTY, isReady, lookoutInWords, saving, warningInWords } from './lookout-words.ts'

const ANYTHING = {
  who: '',
  patients: [],
  types: [],
  failed: false,
  emergency: false,
  outside: null,
  threshold: null,
}

describe('a lookout in words', () => {
  it('says what it looks for', () => {
    expect(lookoutInWords({ ...ANYTHING, who: 'marie' })).toBe('Anything, by marie')
    expect(lookoutInWords({ ...ANYTHING, types: ['aud.110103'], patients: ['4711', '4712'] })).toBe(
      'Images looked at, of patients 4711 and 4712',
    )
    expect(
      lookoutInWords({
        ...ANYTHING,
        types: ['access.break'],
        emergency: true,
        failed: true,
        outside: { zone: 'UTC', from: '07:00', until: '19:00', days: [1, 2, 3, 4, 5] },
      }),
    ).toBe('Emergencies, that failed or was refused, in an emergency, outside 07:00 to 19:00 on Mon–Fri')
    expect(
      lookoutInWords({ ...ANYTHING, types: ['aud.110104'], threshold: { more: 50, minutes: 60, of: 'patients' } }),
    ).toBe('Transfers; more than 50 patients within 1 hour by one person')
  })

  it('names days as a week has them', () => {
    expect(daysInWords([0, 6])).toBe('Sat, Sun')
    expect(daysInWords([1, 3])).toBe('Mon, Wed')
    expect(daysInWords([0, 1, 2, 3, 4, 5, 6])).toBe('every day')
  })

  it('says who was seen to, and how much was counted', () => {
    expect(warningInWords({ who: 'marie', type: 'aud.110103', seen: 1 })).toBe('marie: images looked at')
    expect(warningInWords({ who: 'marie', type: 'aud.110104', seen: 51 })).toBe('marie: transfers, counted 51')
  })
})

describe('the form of a lookout', () => {
  it('is ready when it has a name and looks for something', () => {
    expect(isReady(EMPTY)).toBe(false)
    expect(isReady({ ...EMPTY, name: 'A' })).toBe(false)
    expect(isReady({ ...EMPTY, name: 'A', patients: ' , ' })).toBe(false)
    expect(isReady({ ...EMPTY, name: 'A', patients: '4711' })).toBe(true)
    expect(isReady({ ...EMPTY, name: 'A', counts: true, more: '0' })).toBe(false)
    expect(isReady({ ...EMPTY, name: 'A', hours: true, days: [] })).toBe(false)
  })

  it('gives back what was saved', () => {
    const asked = saving(
      { ...EMPTY, name: ' VIP ', patients: '4711; 4712', hours: true, counts: true, accounts: 'paula' },
      'Europe/Berlin',
    )
    expect(asked).toMatchObject({
      name: 'VIP',
      patients: ['4711', '4712'],
      outside: { zone: 'Europe/Berlin', days: [1, 2, 3, 4, 5] },
      threshold: { more: 50, minutes: 60, of: 'patients' },
      addressees: { accounts: ['paula'], roles: ['privacy'] },
    })
    const saved = { ...asked, id: 1, owner: 'paula', stopped: null } as unknown as Lookout
    expect(saving(draftOf(saved), 'Europe/Berlin')).toEqual(asked)
  })
})
