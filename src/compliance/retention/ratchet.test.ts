import { describe, expect, it } from 'vitest'
import type { Decision } from './decide.ts'
import { floorOf } from './ratchet.ts'

const timed = (through: string): Decision => ({
  status: 'TIMED',
  retainThrough: through,
  eligibleOn: undefined,
  governing: [],
  destroyBy: undefined,
  flags: [],
  missing: [],
})
const waiting = (...missing: string[]): Decision => ({
  ...timed(''),
  status: 'UNDETERMINED',
  retainThrough: undefined,
  missing,
})
const endless: Decision = { ...timed(''), status: 'INDEFINITE', retainThrough: undefined }

describe('when what is known of a study changes', () => {
  it.each([
    ['a later date counts, and nothing has to stand', timed('2030-01-01'), timed('2035-01-01'), undefined],
    ['the same date needs nothing', timed('2030-01-01'), timed('2030-01-01'), undefined],
    ['an earlier date does not count: the promised one stands', timed('2035-01-01'), timed('2030-01-01'), '2035-01-01'],
    ['what had no end keeps none', endless, timed('2030-01-01'), '9999-12-31'],
    ['what gets an end it did not have before is only later', timed('2030-01-01'), endless, undefined],
  ])('%s', (_, before, after, floor) => {
    expect(floorOf(before, after, [{ name: 'birth', was: '', now: '1970-01-01' }])).toBe(floor)
  })

  it('the date that was waited for leads to the first date there is', () => {
    const change = { name: 'trialEnd', was: '', now: '2020-01-01' }
    expect(floorOf(waiting('trialEnd'), timed('2045-01-01'), [change])).toBeUndefined()
    const ended = { name: 'suspension.2020-01-01', was: 'open', now: '2022-07-01' }
    expect(floorOf(waiting('open-suspension'), timed('2045-01-01'), [ended])).toBeUndefined()
  })

  it.each([
    ['it is taken back what made it wait', [{ name: 'tag.trial-ind', was: 'yes', now: '' }]],
    ['something else is said', [{ name: 'birth', was: '', now: '1970-01-01' }]],
    ['a claim is taken back that lasts', [{ name: 'suspension.2020-01-01', was: 'open', now: '' }]],
    [
      'the answer comes with something else',
      [
        { name: 'trialEnd', was: '', now: '2020-01-01' },
        { name: 'tag.cancer', was: 'yes', now: '' },
      ],
    ],
  ])('what waits goes on without end when %s', (_, changed) => {
    expect(floorOf(waiting('trialEnd', 'open-suspension'), timed('2030-01-01'), changed)).toBe('9999-12-31')
  })
})
