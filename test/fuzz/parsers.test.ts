import { describe, expect, it } from 'vitest'
import { Chance } from '../support/hostile.ts'
import { PARSERS, withstandOne } from '../support/parsers-at-odds.ts'

/** A short run of what `test/long/parsers.long.test.ts` does by the hundred thousand. */
describe.each(PARSERS.map((parser) => [parser.name, parser] as const))('%s', (_, parser) => {
  it('are read, or refused with an error of the table', async () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 2000; seed += 1) seen.add(await withstandOne(parser, new Chance(seed)))
    expect(seen).toContain('taken')
  })
})
