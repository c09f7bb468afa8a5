import { describe, expect, it } from 'vitest'
import { nearestTo } from './nearest.ts'

describe('the word that was most likely meant', () => {
  it('is the one with the fewest edits, whatever the case', () => {
    expect(nearestTo('dicom.prot', ['http.port', 'dicom.port', 'data'])).toBe('dicom.port')
    expect(nearestTo('DATA', ['host', 'data'])).toBe('data')
    expect(nearestTo('x', ['ab', 'cd'])).toBe('ab')
  })
})
