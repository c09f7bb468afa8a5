import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { angleOf, cos, exp, log, sin, through } from './arithmetic.ts'

describe('arithmetic that is the same on every engine', () => {
  it('gives sine, cosine, power and logarithm as the engine does, to a billionth', () => {
    fc.assert(
      fc.property(fc.double({ min: -300, max: 300, noNaN: true }), (value) => {
        expect(sin(value)).toBeCloseTo(Math.sin(value), 7)
        expect(cos(value)).toBeCloseTo(Math.cos(value), 7)
        expect(exp(value / 10) / Math.exp(value / 10)).toBeCloseTo(1, 9)
        expect(log(Math.abs(value) + 1e-3)).toBeCloseTo(Math.log(Math.abs(value) + 1e-3), 9)
      }),
    )
  })

  it('gives angles to a hundred-thousandth', () => {
    fc.assert(
      fc.property(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }), (x, y) => {
        fc.pre(Math.abs(x) + Math.abs(y) > 1e-9)
        expect(Math.cos(angleOf(y, x) - Math.atan2(y, x))).toBeCloseTo(1, 7)
      }),
    )
  })

  it('follows its points and stays flat outside them', () => {
    const points = [
      [0, 10],
      [4, 20],
    ] as const
    expect([-1, 0, 2, 4, 9].map((at) => through(points, at))).toEqual([10, 10, 15, 20, 20])
  })
})
