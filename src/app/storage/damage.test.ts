import { describe, expect, it } from 'vitest'
import { damageInWords } from './damage.ts'

const image = (instance: string, start: number) => ({ series: '1.2', instance, version: 1, start, end: start + 1000 })

describe('a damaged file', () => {
  it('says which images it reaches and where they lie, the first three by name', () => {
    expect(damageInWords({ harmed: [] })).toBe('No image: every one in it comes back as it came.')
    expect(damageInWords({ harmed: [image('1.2.3', 500)] })).toBe(
      '1 image cannot be given out: 1.2.3 (bytes 500 to 1,500).',
    )
    expect(damageInWords({ harmed: ['1.1', '1.2', '1.3', '1.4', '1.5'].map((uid) => image(uid, 0)) })).toContain(
      '1.3 (bytes 0 to 1,000) and 2 more.',
    )
  })
})
