import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromHex } from '../base/bytes.ts'
import { canonicalJson } from '../base/canonical-json.ts'
import { bodyCommitment, leafText, subjectCommitment } from './leaf.ts'

const SALT = new Uint8Array(32).fill(0x11)
const leafHash = (text: string) => createHash('sha256').update('\0').update(text).digest('hex')

describe('leaves (compliance specification 4.3; vectors of 4.8)', () => {
  it('commits to a study', () => {
    expect(subjectCommitment('1.2.840.113619.2.1', SALT)).toBe(
      '4177f0821281f6d627936d2b0eb9553b064a626d84e13b518bed8e06c188ca79',
    )
  })

  it('commits to a body', () => {
    expect(bodyCommitment('{"purpose":"TREAT"}', SALT)).toBe(
      '1bce3aced4116c2a93b099bde010f89d59daf16536049ca6fe0d0b7b8dd178b3',
    )
  })

  it('writes the first leaf of a log', () => {
    const text = leafText({
      n: 0,
      type: 'log.open',
      ts: '2026-11-24T00:00:00.000Z',
      actor: 'sys:archive',
      public: { sw: '0.1.0', prev: null },
    })
    expect(text).toBe(
      '{"a":"sys:archive","n":0,"t":"log.open","ts":"2026-11-24T00:00:00.000Z","v":1,"x":{"prev":null,"sw":"0.1.0"}}',
    )
    expect(leafHash(text)).toBe('3359f27669b8427c74f208c1fa0c03e9c33ad6708ec74ac226d527a60e7da3c8')
  })

  it('writes a leaf with commitments, members in order of code units, undefined ones left out', () => {
    const text = leafText({
      n: 2,
      type: 'obj.read',
      ts: '2026-11-24T00:00:02.000Z',
      actor: 'u:7f3c',
      study: subjectCommitment('1.2.840.113619.2.1', SALT),
      patient: undefined,
      body: bodyCommitment(canonicalJson({ purpose: 'TREAT' }), SALT),
    })
    expect(text).toBe(
      '{"a":"u:7f3c","b":"1bce3aced4116c2a93b099bde010f89d59daf16536049ca6fe0d0b7b8dd178b3","n":2,' +
        '"s":"4177f0821281f6d627936d2b0eb9553b064a626d84e13b518bed8e06c188ca79","t":"obj.read",' +
        '"ts":"2026-11-24T00:00:02.000Z","v":1}',
    )
    expect(leafHash(text)).toBe('0219316c95ca2c61858c83ec83a609758c621b5365b12a5acba7ca9392d51a63')
  })

  it('refuses a salt of another length', () => {
    expect(() => subjectCommitment('1.2', fromHex('1111'))).toThrow('a salt of 2 bytes')
  })

  it('refuses a time of another form: a leaf must be recomputed to the byte', () => {
    expect(() => leafText({ n: 0, type: 'log.open', ts: '2026-11-24T00:00:00Z', actor: 'sys:archive' })).toThrow(
      'a timestamp of another form',
    )
  })
})
