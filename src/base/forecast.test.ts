import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forecastOf, STEPS_NEEDED, stepsUntil } from './forecast.ts'

const steps = (count: number, of: (at: number) => number) => Array.from({ length: count }, (_, at) => of(at))

/** Normal scatter, always the same for a seed. */
function scatter(seed: number): () => number {
  let state = seed * 2654435761 + 1
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 4294967296
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

describe('a forecast', () => {
  it('says nothing of less than fourteen steps', () => {
    expect(
      forecastOf(
        steps(STEPS_NEEDED - 1, () => 5),
        52,
      ),
    ).toBeUndefined()
    expect(
      forecastOf(
        steps(STEPS_NEEDED, () => 5),
        52,
      ),
    ).toBeDefined()
  })

  it('carries a straight line on exactly', () => {
    const forecast = forecastOf(
      steps(30, (at) => 100 + 2 * at),
      52,
    )
    expect(forecast?.perStep).toBeCloseTo(158)
    expect(forecast?.slope).toBeCloseTo(2)
    const { low, mid, high } = forecast?.sum(10) ?? { low: 0, mid: 0, high: 0 }
    expect(mid).toBeCloseTo(steps(10, (at) => 100 + 2 * (30 + at)).reduce((sum, one) => sum + one, 0))
    expect(high - low).toBeLessThan(1e-6)
  })

  it('never takes away: what shrinks comes to nothing', () => {
    const forecast = forecastOf(
      steps(20, (at) => 200 - 10 * at),
      52,
    )
    expect(forecast?.sum(500).mid).toBeCloseTo(0)
    expect(forecast?.sum(500).low).toBe(0)
  })

  it('knows the season once it has seen it twice', () => {
    const winter = (at: number) => 1000 * (1 + 0.4 * Math.cos((2 * Math.PI * at) / 52))
    const short = forecastOf(steps(60, winter), 52)
    const long = forecastOf(steps(156, winter), 52)
    expect(short?.seasonal).toBe(false)
    expect(long?.seasonal).toBe(true)
    const half = steps(26, (at) => winter(156 + at)).reduce((sum, one) => sum + one, 0)
    expect(Math.abs((long?.sum(26).mid ?? 0) / half - 1)).toBeLessThan(0.04)
  })

  it('holds the truth in its band four times out of five, and is right within a few percent', () => {
    let held = 0
    let off = 0
    const runs = 500
    for (let run = 1; run <= runs; run += 1) {
      const noise = scatter(run)
      const week = (at: number) => Math.max(0, 1000 + 3 * at + 150 * noise())
      const all = steps(104 - 1 + 26, week)
      const truth = all.slice(103).reduce((sum, one) => sum + one, 0)
      const band = forecastOf(all.slice(0, 103), 52)?.sum(26) ?? { low: 0, mid: 0, high: 0 }
      if (band.low <= truth && truth <= band.high) held += 1
      off += Math.abs(band.mid / truth - 1)
    }
    expect(held / runs).toBeGreaterThan(0.74)
    expect(held / runs).toBeLessThan(0.86)
    expect(off / runs).toBeLessThan(0.05)
  })

  it('is in order and never falls, whatever came before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: STEPS_NEEDED, maxLength: 240 }),
        fc.integer({ min: 1, max: 300 }),
        (amounts, ahead) => {
          const forecast = forecastOf(amounts, 52)
          const [now, then] = [forecast?.sum(ahead), forecast?.sum(ahead + 1)]
          if (now === undefined || then === undefined) throw new Error('no forecast')
          for (const { low, mid, high } of [now, then]) {
            expect(Number.isFinite(low) && Number.isFinite(mid) && Number.isFinite(high)).toBe(true)
            expect(low).toBeGreaterThanOrEqual(0)
            expect(low).toBeLessThanOrEqual(mid)
            expect(mid).toBeLessThanOrEqual(high)
          }
          expect(then.mid).toBeGreaterThanOrEqual(now.mid)
          expect(then.high).toBeGreaterThanOrEqual(now.high)
        },
      ),
    )
  })
})

describe('steps until an amount is reached', () => {
  const forecast = forecastOf(
    steps(20, () => 10),
    52,
  )
  it('are the first at which it is', () => {
    if (forecast === undefined) throw new Error('no forecast')
    expect(stepsUntil(forecast, 95, 1000)).toEqual({ soonest: 10, likely: 10, latest: 10 })
    expect(stepsUntil(forecast, 100, 1000).likely).toBe(10)
    expect(stepsUntil(forecast, 0, 1000).likely).toBe(0)
  })
  it('are not told beyond what is looked at', () => {
    if (forecast === undefined) throw new Error('no forecast')
    expect(stepsUntil(forecast, 95, 9)).toEqual({ soonest: undefined, likely: undefined, latest: undefined })
  })
})
