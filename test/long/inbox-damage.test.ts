import { describe, expect, it } from 'vitest'
import { closedJournal, damaged, recovered } from '../support/inbox-damage.ts'
import { seeded } from '../support/random.ts'

describe('journals damaged in a thousand ways', () => {
  it.each(Array.from({ length: 50 }, (_, at) => at))('give no wrong byte (journal %i)', async (number) => {
    const journal = await closedJournal(100 + number)
    for (let seed = 0; seed < 20; seed += 1) {
      const { numbers } = await recovered(damaged(journal, seeded(number * 100 + seed)), journal)
      expect(new Set(numbers).size).toBe(numbers.length)
    }
  })
})
