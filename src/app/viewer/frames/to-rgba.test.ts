import { describe, expect, it } from 'vitest'
import { greyOf, toRgba } from './to-rgba.ts'

describe('values as grey levels (PS3.3 C.11.2.1.2)', () => {
  it('are linear from c - 0.5 - (w-1)/2 to c - 0.5 + (w-1)/2', () => {
    const grey = greyOf({ center: 2048, width: 4096, shape: 'LINEAR' })
    expect([grey(0), grey(4095), grey(-1), grey(9999)]).toEqual([0, 255, 0, 255])
    expect(grey(2047.5)).toBe(127.5)
  })

  it('are a threshold when the window is 1 wide', () => {
    const grey = greyOf({ center: 10, width: 1, shape: 'LINEAR' })
    expect([grey(9), grey(10)]).toEqual([0, 255])
  })

  it('are exactly linear, or a sigmoid, when the object says so', () => {
    expect(greyOf({ center: 5, width: 10, shape: 'LINEAR_EXACT' })(10)).toBe(255)
    expect(greyOf({ center: 5, width: 10, shape: 'SIGMOID' })(5)).toBe(127.5)
  })

  it('turn round when inverted, colours too', () => {
    const out = new Uint8ClampedArray(4)
    toRgba({ kind: 'rgb', data: new Uint8Array([0, 255, 10]) }, { center: 0, width: 1, shape: 'LINEAR' }, true, out)
    expect([...out]).toEqual([255, 0, 245, 255])
  })
})
