import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aFacts, contradicts, end, heldFor, isUndecided, OPTIONAL } from '../../../test/support/retention-facts.ts'
import { decideRetention, mayDestroy } from './decide.ts'
import { evaluate, parseExpression } from './expression.ts'
import { anchorsIn, type Facts, resolveAnchors } from './facts.ts'
import { digestOf, readRuleSets, readRules } from './rules.ts'

const sets = readRuleSets()
const rules = readRules(sets.filter(({ set }) => set !== 'house'))
const jurisdictions = [...new Set(rules.map(({ jurisdiction }) => jurisdiction))]
const facts = aFacts(jurisdictions)

describe('retention, for any facts', () => {
  it('P1: one more jurisdiction or tag never makes it shorter', () => {
    fc.assert(
      fc.property(
        facts,
        fc.constantFrom(...jurisdictions),
        fc.constantFrom('cancer', 'trial-eu-ctr', 'cjd'),
        (of, jur, tag) => {
          const decision = decideRetention(rules, of)
          // Where no rule was, or perhaps none, nothing could be destroyed; the first that surely concerns it allows it.
          fc.pre(decision.status !== 'NO_RULE' && !isUndecided(decision))
          const before = end(decision)
          expect(end(decideRetention(rules, { ...of, jur: [...new Set([...of.jur, jur])] })) >= before).toBe(true)
          expect(end(decideRetention(rules, { ...of, tags: [...(of.tags ?? []), tag] })) >= before).toBe(true)
        },
      ),
    )
  })

  it('P2: not knowing never makes it shorter', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...OPTIONAL), (of, name) => {
        fc.pre(name !== 'birth' || !contradicts(of))
        const { [name]: _, ...less } = of
        expect(end(decideRetention(rules, less as Facts)) >= end(decideRetention(rules, of))).toBe(true)
      }),
    )
  })

  it('P3: however facts change, with its floor kept it never becomes shorter', () => {
    fc.assert(
      fc.property(fc.array(facts, { minLength: 2, maxLength: 6 }), (changes) => {
        let floor: string | undefined
        for (const change of changes) {
          const decision = decideRetention(rules, { ...change, ...(floor !== undefined && { floor }) })
          if (floor !== undefined && decision.retainThrough !== undefined)
            expect(decision.retainThrough >= floor).toBe(true)
          floor = decision.retainThrough ?? floor
        }
      }),
    )
  })

  it('P4: what is held may not be destroyed, at any moment', () => {
    fc.assert(
      fc.property(facts, fc.date({ noInvalidDate: true }), (of, at) => {
        const decision = decideRetention(rules, { ...of, holds: [{ id: 'H1' }, { id: 'H2', released: '2001-01-01' }] })
        expect(decision.status).toBe('HELD')
        expect(mayDestroy(decision, at.toISOString(), 'Europe/Berlin')).toBe(false)
      }),
    )
  })

  it('P5: the same facts give the same decision, wherever the process thinks it is', () => {
    const sample = fc.sample(facts, { numRuns: 200, seed: 5 })
    const digest = (zone: string): string =>
      execFileSync(process.execPath, ['test/support/retention-digest.ts'], {
        encoding: 'utf8',
        input: JSON.stringify(sample),
        env: { ...process.env, TZ: zone },
      })
    const first = digest('UTC')
    for (const zone of ['Pacific/Kiritimati', 'America/Los_Angeles', 'Pacific/Apia']) expect(digest(zone)).toBe(first)
  })

  it('P6: the lawful minimum is never longer than what is shipped', () => {
    const both = rules.filter(({ exact }) => exact !== undefined)
    expect(both.length).toBeGreaterThan(3)
    fc.assert(
      fc.property(facts, fc.constantFrom(...both), (of, rule) => {
        const anchors = anchorsIn(rule.jurisdiction, resolveAnchors(of))
        const [exact = '', keep = ''] = [rule.expressions.exact, rule.expressions.keep].map(
          (one) => one && evaluate(one, anchors, new Set()),
        )
        expect(exact <= keep).toBe(true)
      }),
    )
  })

  it('where it is not known whether any rule concerns it, nothing may be destroyed, and it is said what would have to be known', () => {
    const of: Facts = {
      jur: ['us-co'],
      kind: 'image',
      received: '1970-01-01',
      study: '1970-01-01',
      birth: '1930-01-01',
    }
    expect(decideRetention(rules, of)).toMatchObject({
      status: 'UNDETERMINED',
      eligibleOn: undefined,
      missing: ['inst'],
      governing: ['us-co.hosp'],
    })
    expect(decideRetention(rules, { ...of, inst: 'hospital' })).toMatchObject({ status: 'TIMED', missing: [] })
  })

  it('a hold gives the date it would have without it', () => {
    fc.assert(
      fc.property(facts, (of) => {
        expect(heldFor(decideRetention(rules, { ...of, holds: [{ id: 'H' }] }))).toBe(
          decideRetention(rules, { ...of, holds: [] }).eligibleOn,
        )
      }),
    )
  })
})

describe('the rule sets', () => {
  it('are 106 rules, each with a source, and each period can be read', () => {
    expect(sets.flatMap((set) => set.rules)).toHaveLength(106)
    for (const { set, rules: of, reviewedBy } of sets) {
      expect(reviewedBy, set).toBeNull()
      for (const rule of of) {
        expect(rule.id.startsWith(`${set}.`), rule.id).toBe(true)
        expect(rule.source, rule.id).not.toBe('')
        expect(['H', 'M', 'L'], rule.id).toContain(rule.confidence)
      }
    }
  })

  it('have a digest that changes with any of their words', () => {
    const [first, ...others] = sets
    if (first === undefined) throw new Error('there are none')
    expect(digestOf(sets)).toMatch(/^[0-9a-f]{64}$/)
    expect(digestOf([{ ...first, version: 'another' }, ...others])).not.toBe(digestOf(sets))
  })
})

describe('an expression', () => {
  it.each(['study+', 'max(study', 'nobody+3y', 'if(study, birth, none)', 'study+3y x', 'min()', ''])(
    'that is none is refused with its place: %s',
    (text) => {
      expect(() => parseExpression(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    },
  )

  it('is read or refused whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'studyifmaxn()+,<3yd '.split('')), maxLength: 40 }), (text) => {
        try {
          parseExpression(text)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'CONFIG_INVALID' })
        }
      }),
    )
  })
})
