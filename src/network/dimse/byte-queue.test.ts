import { describe, expect, it } from 'vitest'
import { gather } from '../../base/bytes.ts'
import { ByteQueue, costOf } from './byte-queue.ts'

const bytes = (text: string) => Buffer.from(text)

describe('the bytes of a data set between socket and taker', () => {
  it('are taken as they were pushed, before and after the taker asks', async () => {
    const queue = new ByteQueue(() => undefined)
    queue.push(bytes('ab'))
    const whole = gather(queue)
    queue.push(bytes('cd'))
    await Promise.resolve()
    queue.push(bytes('ef'))
    queue.end()
    expect(Buffer.from(await whole).toString()).toBe('abcdef')
  })

  it('are counted when they leave, each piece with what it costs beside its bytes', async () => {
    let left = 0
    const queue = new ByteQueue((cost) => {
      left += cost
    })
    queue.push(bytes('abc'))
    queue.push(bytes('d'))
    expect(left).toBe(0)
    queue.end()
    await gather(queue)
    expect(left).toBe(costOf(bytes('abc')) + costOf(bytes('d')))
  })

  it('are lost when the association is, and the taker is told', async () => {
    const queue = new ByteQueue(() => undefined)
    queue.push(bytes('ab'))
    queue.fail(new Error('gone'))
    await expect(gather(queue)).rejects.toThrow('gone')
  })

  it('reach a waiting taker as a failure too', async () => {
    const queue = new ByteQueue(() => undefined)
    const whole = gather(queue)
    queue.fail(new Error('gone'))
    await expect(whole).rejects.toThrow('gone')
  })

  it('are thrown away once the taker stops, and still counted', async () => {
    let left = 0
    const queue = new ByteQueue((cost) => {
      left += cost
    })
    queue.push(bytes('ab'))
    queue.push(bytes('cd'))
    for await (const piece of queue) {
      expect(piece.toString()).toBe('ab')
      break
    }
    queue.push(bytes('ef'))
    expect(left).toBe(3 * costOf(bytes('ab')))
    const complete = queue.complete()
    queue.end()
    await complete
    expect(queue.received).toBe(6)
  })
})
