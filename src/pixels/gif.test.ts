import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { movingGif } from './gif.ts'

const still = (shade: number) =>
  sharp({ create: { width: 8, height: 6, channels: 3, background: { r: shade, g: shade, b: shade } } })
    .gif()
    .toBuffer()

describe('a moving GIF made of still ones', () => {
  it('has every picture, for as long as it is told, again and again', async () => {
    const gif = movingGif([await still(10), await still(120), await still(240)], 40)
    const read = sharp(gif, { animated: true })
    expect(await read.metadata()).toMatchObject({
      format: 'gif',
      pages: 3,
      width: 8,
      pageHeight: 6,
      loop: 0,
      delay: [40, 40, 40],
    })
    const { data, info } = await read.raw().toBuffer({ resolveWithObject: true })
    const middle = (page: number) => data[(page * 6 * 8 + 20) * info.channels] ?? 0
    for (const [page, shade] of [10, 120, 240].entries()) expect(Math.abs(middle(page) - shade)).toBeLessThan(8)
  })

  it('refuses what is no GIF', () => {
    expect(() => movingGif([new Uint8Array(20)])).toThrow(RangeError)
    expect(() => movingGif([])).toThrow(RangeError)
  })
})
