import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BlockReader, framed } from './framing.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')
const texts = (pieces: readonly Uint8Array[], most = 1000) => {
  const reader = new BlockReader(most)
  return pieces.flatMap((piece) => reader.add(piece).messages.map((one) => Buffer.from(one).toString('latin1')))
}

describe('MLLP blocks', () => {
  it('are found whatever pieces they come in', () => {
    const message = fc.string({ unit: 'binary-ascii', maxLength: 30 }).map((text) => text.replace(/[\x0b\x1c]/g, ' '))
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat(200), { maxLength: 10 }), (messages, cuts) => {
        const all = Buffer.concat(messages.map(framed))
        const at = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length]
        const pieces = at.slice(1).map((end, index) => all.subarray(at[index], end))
        expect(texts(pieces)).toEqual(messages)
      }),
    )
  })

  it('may lack their CR, have noise between them, and begin again in the middle', () => {
    expect(texts([bytes('noise\x0bone\x1c\x0btwo\x1c\r\n\x0bthree\x1c\r')])).toEqual(['one', 'two', 'three'])
    expect(texts([bytes('\x0bbroken off\x0bwhole\x1c\r')])).toEqual(['whole'])
  })

  it('end at the limit', () => {
    const reader = new BlockReader(10)
    expect(reader.add(bytes('\x0b1234567890\x1c\r'))).toMatchObject({ tooLong: false })
    expect(reader.add(bytes('\x0b12345')).tooLong).toBe(false)
    expect(reader.add(bytes('678901')).tooLong).toBe(true)
  })
})
