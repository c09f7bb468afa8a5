import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptable, covers, parseAccept, parseMediaType } from './media-types.ts'

const names = (header: string) => parseAccept(header).map(({ name }) => name)

describe('media types (RFC 9110 section 8.3)', () => {
  it('are read with their parameters, quoted or not', () => {
    const quoted = parseMediaType('Multipart/Related; Type="application/dicom"; boundary="a;b\\"c"')
    expect(quoted?.name).toBe('multipart/related')
    expect(Object.fromEntries(quoted?.parameters ?? [])).toEqual({ type: 'application/dicom', boundary: 'a;b"c' })
    const bare = parseMediaType('multipart/related;type=application/octet-stream;transfer-syntax=*')
    expect(bare?.parameters.get('type')).toBe('application/octet-stream')
    expect(bare?.parameters.get('transfer-syntax')).toBe('*')
  })

  it('that are none are undefined', () => {
    for (const text of ['', 'text', '/', 'a/b/c', 'a b/c', '<script>/x']) expect(parseMediaType(text)).toBeUndefined()
  })

  it('never fail to be read, whatever the text', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => parseAccept(`${a}, ${b}; q=${b}`).length >= 0))
  })
})

describe('what is acceptable (RFC 9110 section 12.5.1)', () => {
  it('is ordered by quality, and among equals by place', () => {
    expect(names('a/a;q=0.2, b/b, c/c;q=0.9, d/d')).toEqual(['b/b', 'd/d', 'c/c', 'a/a'])
  })

  it('is not cut at commas and semicolons inside quotes', () => {
    expect(names('multipart/related; type="a,b;c", x/y')).toEqual(['multipart/related', 'x/y'])
  })

  it('is anything when nothing is said', () => {
    expect(acceptable('', '').map(({ name }) => name)).toEqual(['*/*'])
  })

  it('leaves out what has quality 0', () => {
    expect(acceptable('a/a;q=0, b/b', '').map(({ name }) => name)).toEqual(['b/b'])
  })

  it('takes the accept parameter of the address before the header (PS3.18 section 8.7.8.1)', () => {
    expect(acceptable('*/*', 'application/json').map(({ name }) => name)).toEqual(['application/json', '*/*'])
  })

  it.each([
    ['*/*', 'image/jpeg', true],
    ['image/*', 'image/jpeg', true],
    ['image/jpeg', 'image/jpeg', true],
    ['image/*', 'imagery/jpeg', false],
    ['image/png', 'image/jpeg', false],
  ])('%s covers %s: %s', (range, name, does) => {
    expect(covers({ name: range, parameters: new Map() }, name)).toBe(does)
  })
})
