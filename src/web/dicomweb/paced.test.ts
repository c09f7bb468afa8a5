import { Readable } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { gather } from '../../base/bytes.ts'
import { paced } from './paced.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** A sender that takes so many seconds for each piece. */
function slow(seconds: number, pieces: readonly number[]) {
  let clock = 0
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
  async function* body() {
    for (const size of pieces) {
      clock += seconds * 1000
      yield Buffer.alloc(size)
    }
  }
  return {
    body: Readable.from(body(), { objectMode: false, highWaterMark: 1 }),
    wait: (more: number) => (clock += more * 1000),
  }
}

describe('the pace of a body', () => {
  it('may be slow for as long as it likes, if it moves', async () => {
    const { body } = slow(30, Array(100).fill(50_000))
    expect((await gather(paced(body))).length).toBe(5_000_000)
  })

  it('may not be a drip', async () => {
    const { body } = slow(10, Array(100).fill(1))
    await expect(gather(paced(body))).rejects.toMatchObject({ code: 'TOO_SLOW', http: 408 })
  })

  it('does not count the time it waits for us', async () => {
    const { body, wait } = slow(0, Array(20).fill(1))
    let pieces = 0
    for await (const _ of paced(body)) {
      pieces += 1
      wait(100)
    }
    expect(pieces).toBe(20)
  })

  it('leaves the stream alive for whoever stops half way', async () => {
    const { body } = slow(0, Array(20).fill(1))
    for await (const _ of paced(body)) break
    expect(body.destroyed).toBe(false)
  })
})
