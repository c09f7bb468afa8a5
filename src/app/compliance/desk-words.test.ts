import { describe, expect, it } from 'vitest'
import type { Dispositions } from '../../api/dispositions.ts'
import type { Erasures } from '../../api/erasure.ts'
import type { Holds } from '../../api/holds.ts'
import type { SiteRules } from '../../api/retention.ts'
import {
  dispositionsAtAGlance,
  erasuresAtAGlance,
  holdsAtAGlance,
  redactionsAtAGlance,
  reductionsAtAGlance,
  rulesAtAGlance,
} from './desk-words.ts'

const may = () => true
const mayNot = () => false
const deed = (by: string) => ({ by, at: '2026-01-01T10:00:00.000Z' })

describe('the desk at a glance', () => {
  it('counts the holds that last, and a release that waits for somebody else than who asked', () => {
    const hold = { released: null, asked: { ...deed('rita'), reason: '' } } as Holds['holds'][number]
    const holds = { holds: [hold, { ...hold, asked: null }, { ...hold, released: deed('paul') }] }
    expect(holdsAtAGlance({ holds: [] }, 'paul', may)).toEqual({ words: 'none lasts', waits: 0 })
    expect(holdsAtAGlance(holds, 'paul', may)).toEqual({ words: '2 last', waits: 1 })
    expect(holdsAtAGlance(holds, 'rita', may)).toEqual({ words: '2 last', waits: 0 })
    expect(holdsAtAGlance(holds, 'paul', mayNot)).toEqual({ words: '2 last', waits: 0 })
  })

  it('counts what is under way to destruction, and warns of what is held up', () => {
    const study = { study: '1.2', eligibleOn: '', governing: [], acknowledged: [], stopped: '', tombstone: null }
    const proposed = { state: 'proposed', proposed: deed('rita'), first: null, studies: [study] }
    const of = (...dispositions: readonly object[]) => ({ dispositions }) as unknown as Dispositions
    expect(dispositionsAtAGlance(of(), 'rosa', may)).toEqual({ words: 'nothing proposed', waits: 0, warns: false })
    expect(dispositionsAtAGlance(of(proposed), 'rosa', may)).toMatchObject({ words: '1 under way', waits: 1 })
    expect(dispositionsAtAGlance(of(proposed), 'rita', may)).toMatchObject({ waits: 0 })
    const stopped = { ...proposed, state: 'cooling', studies: [{ ...study, stopped: 'a hold' }] }
    expect(dispositionsAtAGlance(of(stopped), 'rosa', may)).toMatchObject({ waits: 0, warns: true })
    expect(dispositionsAtAGlance(of({ ...stopped, state: 'ended' }), 'rosa', may)).toMatchObject({ warns: false })
  })

  it('says by when the next request has to be answered, and when that day is past', () => {
    const of = (...days: readonly string[]) =>
      ({ erasures: days.map((answerBy) => ({ answerBy, state: 'recorded' })) }) as unknown as Erasures
    expect(erasuresAtAGlance(of(), '2026-01-01', may)).toEqual({ words: 'none to answer', waits: 0, warns: false })
    expect(erasuresAtAGlance(of('2026-03-01', '2026-02-01'), '2026-01-01', may)).toEqual({
      words: 'to be answered by 1 Feb 2026',
      waits: 2,
      warns: false,
    })
    expect(erasuresAtAGlance(of('2025-12-31'), '2026-01-01', mayNot)).toMatchObject({ waits: 0, warns: true })
  })

  it('names whose law counts, and warns while there is none', () => {
    const rules = (...adoptions: readonly object[]) => ({ adoptions }) as unknown as SiteRules
    expect(rulesAtAGlance(rules(), 'paul', may)).toEqual({ words: 'none yet: all is kept', waits: 0, warns: true })
    const counting = { state: 'in force' as const, jurisdictions: ['us', 'us-ca'] }
    const waiting = {
      state: 'proposed',
      instead: false,
      proposed: deed('rita'),
      first: null,
      jurisdictions: ['de'],
    } as const
    expect(rulesAtAGlance(rules(counting, waiting), 'paul', may)).toEqual({
      words: 'us, us-ca',
      waits: 1,
      warns: false,
    })
    expect(rulesAtAGlance(rules(counting, waiting), 'rita', may)).toMatchObject({ waits: 0 })
    expect(rulesAtAGlance(rules({ ...counting, jurisdictions: [] }), 'rita', may)).toMatchObject({
      words: 'all is kept',
    })
  })

  it('counts dates to let go and entries to erase, and whom they wait for', () => {
    const reduction = { state: 'proposed', proposed: deed('rita'), first: null }
    const reductions = { reductions: [reduction] } as unknown as Parameters<typeof reductionsAtAGlance>[0]
    expect(reductionsAtAGlance(reductions, 'rosa', may)).toEqual({ words: '1 to let go', waits: 1 })
    expect(reductionsAtAGlance({ reductions: [] }, 'rosa', may)).toEqual({ words: 'none to let go', waits: 0 })
    const redaction = { proposed: deed('rita'), approved: null, ended: null }
    const redactions = { redactions: [redaction] } as unknown as Parameters<typeof redactionsAtAGlance>[0]
    expect(redactionsAtAGlance(redactions, 'paul', may)).toEqual({ words: '1 proposed', waits: 1 })
    expect(redactionsAtAGlance(redactions, 'rita', may)).toEqual({ words: '1 proposed', waits: 0 })
    expect(redactionsAtAGlance({ redactions: [] }, 'rita', may)).toEqual({ words: 'none to erase', waits: 0 })
  })
})
