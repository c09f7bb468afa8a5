import { describe, expect, it } from 'vitest'
import { ArchiveError, asArchiveError, ERRORS, type ErrorRow } from './errors.ts'

describe('errors', () => {
  it('say what happened and what to do, with the facts filled in', () => {
    const error = new ArchiveError('STORE_NO_SPACE', { free: 10, needed: 20 })
    expect(error.fact).toBe('The archive is short of disk space: 10 bytes free, 20 needed.')
    expect(error.message).toBe(`${error.fact} ${error.remedy}`)
    expect([error.http, error.dimse]).toEqual([507, 0xa700])
  })

  it('keep the cause, and take what is none of theirs for a defect', () => {
    const cause = new TypeError('x is not a function')
    const error = asArchiveError(cause)
    expect(error.code).toBe('DEFECT')
    expect(error.cause).toBe(cause)
    expect(asArchiveError(error)).toBe(error)
  })

  it.each(Object.entries(ERRORS as Record<string, ErrorRow>))(
    '%s has sentences and answers for every door',
    (_, row) => {
      expect(row.says.length).toBeGreaterThan(0)
      expect(row.remedy).toMatch(/[.?…]$/)
      expect(row.http).toBeGreaterThanOrEqual(400)
      expect(row.http).toBeLessThan(600)
      expect(row.dimse).toBeGreaterThan(0)
    },
  )
})
