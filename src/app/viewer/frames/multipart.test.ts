import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstPart } from './multipart.ts'

const TYPE = 'multipart/related; type="application/octet-stream"; boundary=cut'
const encode = (text: string) => new TextEncoder().encode(text)
const joined = (...pieces: Uint8Array[]) => new Uint8Array(pieces.flatMap((piece) => [...piece]))

describe('the part of a multipart answer', () => {
  it('is found with and without a length, whatever bytes it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (bytes, withLength) => {
        const head = `--cut\r\nContent-Type: application/octet-stream; transfer-syntax=1.2\r\n${
          withLength ? `Content-Length: ${bytes.length}\r\n` : ''
        }\r\n`
        const part = firstPart(TYPE, joined(encode(head), bytes, encode('\r\n--cut--\r\n')))
        expect(part.type).toBe('application/octet-stream; transfer-syntax=1.2')
        expect([...part.bytes]).toEqual([...bytes])
      }),
    )
  })

  it('may hold the boundary itself when its length is told', () => {
    const bytes = encode('a\r\n--cut--\r\nb')
    const body = joined(encode(`--cut\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes, encode('\r\n--cut--'))
    expect(firstPart(TYPE, body).bytes).toEqual(bytes)
  })

  it('is the whole answer when that is no multipart', () => {
    const bytes = encode('pixels')
    expect(firstPart('application/octet-stream', bytes)).toEqual({ type: 'application/octet-stream', bytes })
  })

  it('is refused when the answer is cut short', () => {
    expect(() => firstPart(TYPE, encode('--cut\r\nContent-Length: 99\r\n\r\nabc'))).toThrow('cut short')
    expect(() => firstPart(TYPE, encode('--cut\r\n'))).toThrow('no part')
    expect(() => firstPart(TYPE, encode('--cut\r\n\r\nabc'))).toThrow('cut short')
  })
})
