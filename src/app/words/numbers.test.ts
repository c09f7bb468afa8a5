import { describe, expect, it } from 'vitest'
import { counted, formatBytes, formatNumber } from './numbers.ts'

describe('numbers in words', () => {
  it('counts bytes in powers of ten', () => {
    expect(formatBytes(0)).toBe('0 B')
    expect(formatBytes(999)).toBe('999 B')
    expect(formatBytes(1_000)).toBe('1.0 kB')
    expect(formatBytes(526_000)).toBe('526 kB')
    expect(formatBytes(612_400_000_000)).toBe('612 GB')
  })

  it('agrees number and noun', () => {
    expect(counted(1, 'image')).toBe('1 image')
    expect(counted(1284, 'study', 'studies')).toBe('1,284 studies')
  })

  it('drops a tail of zeros', () => {
    expect(formatNumber(3)).toBe('3')
    expect(formatNumber(0.48828125)).toBe('0.488')
  })
})
