/**
 * A hundred thousand hostile inputs for each parser that reads what strangers send, and as many damaged journals.
 */
import { describe, expect, it } from 'vitest'
import { damagedJournals } from '../support/damaged-journals.ts'
import { Chance } from '../support/hostile.ts'
import { PARSERS, withstandOne } from '../support/parsers-at-odds.ts'

const RUNS = 100_000
const MINUTES = 60_000
/** What a run may leave behind once it is warm. */
const GROWTH = 200 * 1024 * 1024

describe.each(PARSERS.map((parser) => [parser.name, parser] as const))('%s', (_, parser) => {
  it(
    'are read or refused, a hundred thousand times, and nothing grows',
    async () => {
      let before = 0
      for (let seed = 0; seed < RUNS; seed += 1) {
        await withstandOne(parser, new Chance(1_000_000 + seed))
        if (seed === 10_000) before = process.memoryUsage().rss
      }
      expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH)
    },
    10 * MINUTES,
  )
})

describe('journals', () => {
  it(
    'damaged a hundred thousand times give nothing that was not written, and every other group',
    async () => {
      const { cases, given } = await damagedJournals(RUNS, 12 * MINUTES)
      console.info(`${cases} damaged journals, ${given} records given`)
      expect(cases).toBe(RUNS)
    },
    20 * MINUTES,
  )
})
