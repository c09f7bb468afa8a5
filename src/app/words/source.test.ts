import { describe, expect, it } from 'vitest'
import { sourceInWords } from './source.ts'

describe('where an object came from', () => {
  it('names the door, the caller and the address', () => {
    expect(sourceInWords('{"actor":"ae:CT1","address":"10.0.0.5","callingAet":"CT1","door":"c-store"}')).toBe(
      'by DICOM from CT1 at 10.0.0.5',
    )
    expect(sourceInWords('{"actor":"u:1","address":"127.0.0.1","door":"stow"}')).toBe('by the web from 127.0.0.1')
  })

  it('shows what it cannot read as it stands', () => {
    expect(sourceInWords('a tape')).toBe('a tape')
    expect(sourceInWords('')).toBe('')
  })
})
