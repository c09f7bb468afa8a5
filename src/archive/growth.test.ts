import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stepsOf } from './growth.ts'

const TODAY = new Date('2026-03-20T15:00:00Z')
const dayBefore = (days: number) => new Date(Date.UTC(2026, 2, 20) - days * 86_400_000).toISOString().slice(0, 10)
const came = (daysAgo: number, modality: string, bytes: number) => ({
  day: dayBefore(daysAgo),
  modality,
  objects: 1,
  bytes,
})

describe('what came, in steps', () => {
  it('is nothing while all came today', () => {
    expect(stepsOf([], TODAY)).toEqual({ unit: 'day', from: '', modalities: [] })
    expect(stepsOf([came(0, 'CT', 5)], TODAY)).toEqual({ unit: 'day', from: '', modalities: [] })
  })

  it('is told by days for the first eight weeks, days on which nothing came among them', () => {
    const { unit, from, modalities } = stepsOf([came(3, 'CT', 5), came(1, 'MR', 7), came(0, 'CT', 9)], TODAY)
    expect([unit, from]).toEqual(['day', dayBefore(3)])
    expect(modalities.map(({ modality, bytes }) => [modality, bytes])).toEqual([
      ['CT', [5, 0, 0]],
      ['MR', [0, 0, 7]],
    ])
  })

  it('is told by whole weeks that end with yesterday afterwards; what came before the first of them is left out', () => {
    const { unit, from, modalities } = stepsOf(
      [came(58, 'CT', 1), came(56, 'CT', 2), came(50, 'CT', 3), came(1, 'CT', 4)],
      TODAY,
    )
    expect([unit, from]).toEqual(['week', dayBefore(56)])
    expect(modalities[0]?.bytes).toEqual([5, 0, 0, 0, 0, 0, 0, 4])
  })

  it('leaves nothing out and counts nothing twice, whatever came when', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ ago: fc.integer({ min: 1, max: 800 }), bytes: fc.nat(1e9) }), {
          minLength: 1,
          maxLength: 60,
        }),
        (arrivals) => {
          const { unit, from, modalities } = stepsOf(
            arrivals.map(({ ago, bytes }) => came(ago, 'CT', bytes)),
            TODAY,
          )
          const counted = modalities[0]?.bytes.reduce((sum, bytes) => sum + bytes, 0)
          const whole = arrivals.filter(({ ago }) => dayBefore(ago) >= from).reduce((sum, { bytes }) => sum + bytes, 0)
          expect(counted ?? 0).toBe(whole)
          expect(
            arrivals.filter(({ ago }) => dayBefore(ago) < from).every(({ ago }) => unit === 'week' && ago > 0),
          ).toBe(true)
        },
      ),
    )
  })
})
