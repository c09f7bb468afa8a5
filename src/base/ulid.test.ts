import { describe, expect, it } from 'vitest'
import { ulid } from './ulid.ts'

describe('ULIDs', () => {
  it('writes the time in ten letters and the chance in sixteen', () => {
    expect(ulid(0, new Uint8Array(10))).toBe('00000000000000000000000000')
    expect(ulid(2 ** 48 - 1, new Uint8Array(10).fill(255))).toBe('7ZZZZZZZZZZZZZZZZZZZZZZZZZ')
    expect(ulid(32, Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 33))).toBe('00000000100000000100000011')
  })

  it('sorts by time', () => {
    const late = ulid(1_700_000_000_001, new Uint8Array(10))
    expect(ulid(1_700_000_000_000, new Uint8Array(10).fill(255)) < late).toBe(true)
  })
})
