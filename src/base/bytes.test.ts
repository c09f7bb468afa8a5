import { describe, expect, it } from 'vitest'
import { concat, equalBytes, fromHex, gather, giveBack, lend, toHex } from './bytes.ts'

describe('bytes', () => {
  it('go to hex and back', () => {
    const bytes = Uint8Array.of(0, 1, 0x7f, 0x80, 0xff)
    expect(toHex(bytes)).toBe('00017f80ff')
    expect(fromHex('00017f80ff')).toEqual(bytes)
  })

  it('are joined, gathered and compared', async () => {
    const whole = concat([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)])
    const stream = async function* () {
      yield Uint8Array.of(1, 2)
      yield Uint8Array.of(3)
    }
    expect(equalBytes(whole, await gather(stream()))).toBe(true)
    expect(equalBytes(whole, Uint8Array.of(1, 2))).toBe(false)
    expect(equalBytes(whole, Uint8Array.of(1, 2, 4))).toBe(false)
  })

  it('are given back once, and only as the very bytes that were lent', () => {
    let times = 0
    const bytes = lend(new Uint8Array(4), () => {
      times += 1
    })
    giveBack(bytes.subarray(1)) // a view: somebody may hold the rest
    giveBack(new Uint8Array(4)) // not lent
    expect(times).toBe(0)
    giveBack(bytes)
    giveBack(bytes)
    expect(times).toBe(1)
  })
})
