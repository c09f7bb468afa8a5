import { describe, expect, it } from 'vitest'
import { ERRORS } from '../../base/errors.ts'
import { statusClass, statusInWords } from './statuses.ts'

describe('status codes (PS3.7 Annex C, PS3.4 Table B.2-1)', () => {
  it.each([
    [0x0000, 'success'],
    [0x0001, 'warning'],
    [0x0107, 'warning'],
    [0x0110, 'failure'],
    [0x0122, 'failure'],
    [0xa700, 'failure'],
    [0xa9ff, 'failure'],
    [0xb000, 'warning'],
    [0xb006, 'warning'],
    [0xb123, 'warning'],
    [0xc123, 'failure'],
    [0xfe00, 'cancel'],
    [0xff00, 'pending'],
    [0xff01, 'pending'],
    [0x9999, 'failure'],
  ])('%i is %s', (code, is) => {
    expect(statusClass(code)).toBe(is)
  })

  it('are told in words', () => {
    expect(statusInWords(0xa701)).toBe('A701H Refused: out of resources')
    expect(statusInWords(0x9999)).toBe('9999H unknown status')
  })

  it('of the error table are all failures: an error is never answered as a success', () => {
    for (const [code, { dimse }] of Object.entries(ERRORS)) expect(statusClass(dimse), code).toBe('failure')
  })
})
