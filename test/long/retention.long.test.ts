/** 100,000 random fact sets: more rules never shorten, missing facts never shorten, and the same facts give the same. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decideRetention } from '../../src/compliance/retention/decide.ts'
import type { Facts } from '../../src/compliance/retention/facts.ts'
import { readRuleSets, readRules } from '../../src/compliance/retention/rules.ts'
import { aFacts, contradicts, end, isUndecided, OPTIONAL } from '../support/retention-facts.ts'

const RUNS = 100_000
const rules = readRules(readRuleSets().filter(({ set }) => set !== 'house'))
const jurisdictions = [...new Set(rules.map(({ jurisdiction }) => jurisdiction))]

it(`holds for ${RUNS} random fact sets`, { timeout: 30 * 60_000 }, () => {
  let runs = 0
  fc.assert(
    fc.property(
      aFacts(jurisdictions),
      fc.constantFrom(...jurisdictions),
      fc.constantFrom(...OPTIONAL),
      (facts, jurisdiction, name) => {
        const decision = decideRetention(rules, facts)
        fc.pre(name !== 'birth' || !contradicts(facts))
        runs += 1
        const more = decideRetention(rules, { ...facts, jur: [...new Set([...facts.jur, jurisdiction])] })
        const { [name]: _, ...less } = facts
        // Where no rule was, or perhaps none, nothing could be destroyed; the first that surely concerns it allows it.
        if (decision.status !== 'NO_RULE' && !isUndecided(decision)) expect(end(more) >= end(decision)).toBe(true)
        expect(end(decideRetention(rules, less as Facts)) >= end(decision)).toBe(true)
        expect(decideRetention(rules, facts)).toEqual(decision)
      },
    ),
    { numRuns: RUNS },
  )
  expect(runs).toBe(RUNS)
})
