import { describe, expect, it } from 'vitest'
import { type ColourSpace, fromSrgb, profileOf } from './icc.ts'

const SPACES: readonly ColourSpace[] = ['srgb', 'adobergb', 'rommrgb', 'displayp3']

describe('ICC profiles made here (ICC.1:2001)', () => {
  it.each(SPACES)('%s says its size, class and colour space, and every tag lies within', (space) => {
    const bytes = profileOf(space)
    const view = new DataView(bytes.buffer)
    expect(view.getUint32(0)).toBe(bytes.length)
    expect(String.fromCharCode(...bytes.subarray(12, 24))).toBe('mntrRGB XYZ ')
    expect(String.fromCharCode(...bytes.subarray(36, 40))).toBe('acsp')
    const count = view.getUint32(128)
    expect(count).toBe(9)
    let white = [0, 0, 0]
    for (let at = 0; at < count; at += 1) {
      const entry = 132 + at * 12
      const [offset, length] = [view.getUint32(entry + 4), view.getUint32(entry + 8)]
      expect(offset % 4).toBe(0)
      expect(offset + length).toBeLessThanOrEqual(bytes.length)
      const name = String.fromCharCode(...bytes.subarray(entry, entry + 4))
      if (/^[rgb]XYZ$/.test(name)) white = white.map((sum, axis) => sum + view.getInt32(offset + 8 + axis * 4) / 65536)
    }
    // Red, green and blue together are the white of the connection space, D50.
    for (const [axis, value] of [0.9642, 1, 0.8249].entries()) expect(white[axis]).toBeCloseTo(value, 3)
  })

  it('is the same bytes every time', () => {
    expect(profileOf('srgb')).toEqual(profileOf('srgb'))
  })
})

describe('sRGB in another space', () => {
  it.each(SPACES)('keeps black, white and greys neutral in %s', (space) => {
    const greys = Uint8Array.from([0, 0, 0, 255, 255, 255, 100, 100, 100])
    const turned = fromSrgb(greys, space)
    expect([...turned.subarray(0, 6)]).toEqual([0, 0, 0, 255, 255, 255])
    const [r = 0, g = 0, b = 0] = turned.subarray(6)
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThanOrEqual(1)
  })

  it('makes the red of sRGB what published tables say of it', () => {
    const red = Uint8Array.of(255, 0, 0)
    expect([...fromSrgb(red, 'adobergb')]).toEqual([219, 0, 0])
    expect([...fromSrgb(red, 'displayp3')]).toEqual([234, 51, 35])
    expect([...fromSrgb(red, 'srgb')]).toEqual([255, 0, 0])
  })
})
