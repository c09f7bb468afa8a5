import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bytes } from '../../base/bytes.ts'
import { openPduReader } from '../upper-layer/pdu-reader.ts'
import { decodeCommandSet } from './commands.ts'
import { commandPdus, DataSetFragmenter, fragmentSize } from './fragments.ts'

/** Reads PDUs back: the fragments, each with the length of the PDU it came in. */
function readBack(parts: readonly Bytes[], maxPdu: number) {
  const bytes = Buffer.concat(parts)
  const pdus: number[] = []
  for (let at = 0; at < bytes.length; at += 6 + bytes.readUInt32BE(at + 2)) pdus.push(bytes.readUInt32BE(at + 2))
  const reader = openPduReader({ maxPdu, maxControlPdu: 1024 })
  const fragments = reader.push(bytes).map((incoming) => {
    if (incoming.kind !== 'data') throw new Error(JSON.stringify(incoming))
    return incoming
  })
  return { pdus, fragments }
}

describe('fragments of a message (PS3.8 section 9.3.5, Annex E)', () => {
  it('carry a data set of any size in pieces of any size, within the peer’s maximum, even, the last one marked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 20 }),
        fc.integer({ min: 8, max: 4097 }),
        (pieces, maxPdu) => {
          const fragmenter = new DataSetFragmenter(5, fragmentSize(maxPdu, 'PEER'))
          const message = pieces.map((length, index) => Buffer.alloc(length, index))
          const parts = [...message.flatMap((piece) => fragmenter.push(piece)), ...fragmenter.end()]
          const { pdus, fragments } = readBack(parts, maxPdu)
          expect(Buffer.concat(fragments.map((fragment) => fragment.bytes))).toEqual(Buffer.concat(message))
          expect(fragments.map((fragment) => fragment.last)).toEqual(
            fragments.map((_, at) => at === fragments.length - 1),
          )
          for (const fragment of fragments.slice(0, -1)) expect(fragment.bytes.length % 2).toBe(0)
          for (const length of pdus) expect(length).toBeLessThanOrEqual(maxPdu)
          expect(fragments.every((fragment) => fragment.contextId === 5 && !fragment.command)).toBe(true)
        },
      ),
    )
  })

  it('are views on the data set, not copies', () => {
    const piece = Buffer.alloc(100_000)
    const fragmenter = new DataSetFragmenter(1, fragmentSize(16_384, 'PEER'))
    const data = fragmenter.push(piece).filter((part) => part.length > 12)
    expect(data.length).toBeGreaterThan(5)
    for (const part of data) expect(part.buffer).toBe(piece.buffer)
  })

  it('carry a command in one buffer, ready for one write', () => {
    const parts = commandPdus(3, { commandField: 0x8030, status: 0 }, fragmentSize(16_384, 'PEER'))
    expect(parts).toHaveLength(1)
    const [fragment] = readBack(parts, 0).fragments
    expect(fragment).toMatchObject({ contextId: 3, command: true, last: true })
    expect(decodeCommandSet(fragment?.bytes ?? Buffer.alloc(0))).toEqual({ commandField: 0x8030, status: 0 })
  })

  it('carry a command to a peer that takes next to nothing', () => {
    const parts = commandPdus(3, { commandField: 0x8030, errorComment: 'much to say' }, fragmentSize(8, 'PEER'))
    const { fragments } = readBack(parts, 8)
    const whole = Buffer.concat(fragments.map((fragment) => fragment.bytes))
    expect(decodeCommandSet(whole)).toEqual({ commandField: 0x8030, errorComment: 'much to say' })
    expect(fragments.filter((fragment) => fragment.last)).toHaveLength(1)
  })

  it('say that the data set is over even when it is empty', () => {
    const { fragments } = readBack(new DataSetFragmenter(1, 100).end(), 0)
    expect(fragments).toMatchObject([{ last: true, command: false }])
  })

  it.each([
    [0, 262_138],
    [16_384, 16_378],
    [16_385, 16_378],
    [4096, 4090],
    [8, 2],
  ])('for a maximum length of %i hold %i bytes', (maxPdu, size) => {
    expect(fragmentSize(maxPdu, 'PEER')).toBe(size)
  })

  it('cannot be made for a peer that takes no data at all', () => {
    expect(() => fragmentSize(7, 'PEER')).toThrow('PEER takes PDUs of 7 bytes')
  })
})
