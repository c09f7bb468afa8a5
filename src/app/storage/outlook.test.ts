import { describe, expect, it } from 'vitest'
import { outlookOf, pastOf, stepsMissing } from './outlook.ts'

const weeks = (count: number, ...of: readonly (readonly [modality: string, bytes: number])[]) => ({
  unit: 'week' as const,
  from: '2025-01-06',
  modalities: of.map(([modality, bytes]) => ({
    modality,
    objects: new Array<number>(count).fill(1),
    bytes: new Array<number>(count).fill(bytes),
  })),
  free: 1100,
  reserve: 100,
})
const TODAY = new Date('2026-01-05T08:00:00Z')
const ASIS = { factors: {}, kept: 1, room: 0 }

describe('the outlook', () => {
  it('waits for fourteen steps', () => {
    expect(stepsMissing(weeks(9, ['CT', 10]))).toBe(5)
    expect(outlookOf(weeks(9, ['CT', 10]), ASIS, TODAY)).toBeUndefined()
  })

  it('says when what is free above the reserve is used up', () => {
    const outlook = outlookOf(weeks(30, ['CT', 60], ['MR', 40]), ASIS, TODAY)
    expect(outlook?.perStep).toBeCloseTo(100)
    expect(outlook?.full.likely).toBe('2026-03-16') // ten weeks on
    expect(outlook?.ahead).toHaveLength(12)
    expect(outlook?.ahead.at(-1)?.total.mid).toBeCloseTo(5200)
  })

  it('reckons with what is kept of what comes, with more of a modality, and with a disk to be added', () => {
    const growth = weeks(30, ['CT', 60], ['MR', 40])
    expect(outlookOf(growth, { ...ASIS, kept: 0.5 }, TODAY)?.full.likely).toBe('2026-05-25') // 20 weeks
    expect(outlookOf(growth, { ...ASIS, factors: { MR: 3.5 } }, TODAY)?.full.likely).toBe('2026-02-09') // 5 weeks
    expect(outlookOf(growth, { ...ASIS, room: 1000 }, TODAY)?.full.likely).toBe('2026-05-25')
  })

  it('names no day beyond ten years', () => {
    expect(outlookOf(weeks(30, ['CT', 1]), ASIS, TODAY)?.full).toEqual({})
  })
})

describe('the past', () => {
  it('adds up, in few points that end with the last step', () => {
    const past = pastOf(weeks(30, ['CT', 10]), 0.5, 10)
    expect(past).toHaveLength(10)
    expect(past.at(-1)).toEqual({ day: '2025-08-03', total: 150 })
  })
})
