import { describe, expect, it } from 'vitest'
import { reductionSteps } from './reduction-words.ts'

const proposed = { state: 'proposed', proposed: { by: 'rita', at: '' }, first: null } as const
const approved = { ...proposed, state: 'approved', first: { by: 'rosa', at: '' } } as const
const all = { first: true, second: true, end: true }

describe('a date that is to be let go', () => {
  it.each([
    ['whoever proposed it', proposed, 'rita', all, ['end']],
    ['another of the records', proposed, 'rosa', { ...all, second: false }, ['first', 'end']],
    ['privacy, before the first approval', proposed, 'paul', { ...all, first: false }, ['end']],
    ['whoever approved it once', approved, 'rosa', all, ['end']],
    ['privacy, after it', approved, 'paul', { ...all, first: false }, ['second', 'end']],
    ['somebody who may only look', approved, 'otto', { first: false, second: false, end: false }, []],
    ['anybody, once it is done', { ...approved, state: 'let go' }, 'paul', all, []],
  ] as const)('offers %s what he may do', (_, of, me, may, steps) => {
    expect(reductionSteps(of, me, may)).toEqual(steps)
  })
})
