import { describe, expect, it } from 'vitest'
import { AUDIT_TYPES } from '../../api/audit.ts'
import { KINDS, momentOf } from './audit-filter.ts'

describe('what the audit page asks for', () => {
  it('is a day of the reader’s own calendar, from its first moment', () => {
    expect(momentOf('2026-03-01', 0)).toBe(new Date(2026, 2, 1).toISOString())
    expect(momentOf('2026-02-28', 1)).toBe(new Date(2026, 2, 1).toISOString())
  })

  it('is nothing when the day is none', () => {
    for (const day of [undefined, '', 'today', '2026-3-1']) expect(momentOf(day, 0)).toBeUndefined()
  })

  it('has a name for each type but the first leaf of a log', () => {
    expect(Object.keys(KINDS).sort()).toEqual(AUDIT_TYPES.filter((type) => type !== 'log.open').sort())
  })
})
