import { describe, expect, it } from 'vitest'
import { transferPoints } from './transfer.ts'

describe('transfer functions', () => {
  it('are a ramp for a linear window, turned round when inverted', () => {
    const voi = { center: 50, width: 100, shape: 'LINEAR' } as const
    expect(transferPoints(voi, false)).toEqual([
      { x: 0, shade: 0 },
      { x: 99, shade: 1 },
    ])
    expect(transferPoints(voi, true)[0]).toEqual({ x: 0, shade: 1 })
  })

  it('have some width even for a threshold', () => {
    const [first, last] = transferPoints({ center: 10, width: 1, shape: 'LINEAR' }, false)
    expect(last?.x).toBeGreaterThan(first?.x ?? 0)
  })

  it('follow a sigmoid to within half a shade of its ends', () => {
    const points = transferPoints({ center: 0, width: 10, shape: 'SIGMOID' }, false)
    expect(points[0]?.shade).toBeLessThan(0.5 / 255)
    expect(points.at(-1)?.shade).toBeGreaterThan(1 - 0.5 / 255)
  })

  it('take each entry of a small table as a point', () => {
    const table = { first: 5, bits: 8, entries: new Uint16Array([0, 51, 255]) }
    expect(transferPoints({ center: 6.5, width: 3, shape: 'TABLE', table }, false)).toEqual([
      { x: 5, shade: 0 },
      { x: 6, shade: 0.2 },
      { x: 7, shade: 1 },
    ])
  })
})
