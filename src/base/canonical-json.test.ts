import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

describe('canonical JSON (RFC 8785, the part our leaves and bodies use)', () => {
  it('sorts members by UTF-16 code units, at every depth, and writes no white space', () => {
    expect(canonicalJson({ b: [3, { z: 1, a: 2 }], a: null, C: true })).toBe(
      '{"C":true,"a":null,"b":[3,{"a":2,"z":1}]}',
    )
    // RFC 8785 section 3.2.3: a name beyond the basic plane sorts by its surrogates, so before U+FFEE.
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '\uffee': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\uffee":3}',
    )
  })

  it('escapes only what must be escaped', () => {
    expect(canonicalJson('\u20ac$\u000f\nA\'B"\\"/')).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/"')
  })

  it('makes text NFC, so that one name has one digest', () => {
    expect(canonicalJson('e\u0301')).toBe('"\u00e9"')
  })

  it('leaves out members that are undefined', () => {
    expect(canonicalJson({ a: 1, b: undefined })).toBe('{"a":1}')
  })

  it('writes whole numbers and refuses what another machine might write otherwise', () => {
    expect(canonicalJson([0, -0, -1, Number.MAX_SAFE_INTEGER])).toBe('[0,0,-1,9007199254740991]')
    for (const number of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => canonicalJson(number)).toThrow('canonical JSON')
  })
})
