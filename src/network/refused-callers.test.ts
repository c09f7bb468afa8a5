import { describe, expect, it } from 'vitest'
import { RefusedCallers } from './refused-callers.ts'

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000)

describe('events about refused callers', () => {
  it('come at the first refusal, then once a minute with a count', () => {
    const callers = new RefusedCallers()
    expect(callers.note('X', '10.0.0.1', at(0))).toEqual({ times: 1, others: 0 })
    for (let second = 1; second <= 10; second += 1) expect(callers.note('X', '10.0.0.1', at(second))).toBeUndefined()
    expect(callers.note('X', '10.0.0.1', at(60))).toEqual({ times: 11, others: 0 })
  })

  it('come for each caller, by title and address', () => {
    const callers = new RefusedCallers()
    expect(callers.note('X', '10.0.0.1', at(0))).toBeDefined()
    expect(callers.note('Y', '10.0.0.1', at(0))).toBeDefined()
    expect(callers.note('X', '10.0.0.2', at(0))).toBeDefined()
  })

  it('stay few under a flood of names, and lose no count', () => {
    const callers = new RefusedCallers()
    let events = 0
    let counted = 0
    for (let round = 0; round < 1000; round += 1) {
      const refusal = callers.note(`NAME${round}`, '10.0.0.1', at(1))
      if (refusal === undefined) continue
      events += 1
      counted += refusal.times + refusal.others
    }
    expect(events).toBe(60)
    const later = callers.note('LATER', '10.0.0.1', at(61))
    expect(counted + (later?.times ?? 0) + (later?.others ?? 0)).toBe(1001)
  })
})
