import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bilateral,
  blur,
  isProcessing,
  localContrast,
  median,
  ORIGINAL,
  type Plane,
  processed,
  unsharp,
} from './filters.ts'

const plane = (columns: number, rows: number, value: (column: number, row: number) => number): Plane => ({
  columns,
  rows,
  data: Float32Array.from({ length: columns * rows }, (_, at) => value(at % columns, Math.floor(at / columns))),
})
const at = ({ columns }: Plane, data: ArrayLike<number>, column: number, row: number) =>
  data[row * columns + column] ?? 0
const flat = plane(20, 20, () => 7)
const step = plane(20, 20, (column) => (column < 10 ? 0 : 100))
const SPAN = { lower: 0, upper: 100 }

describe('filters', () => {
  it('leave what is flat as it is', () => {
    for (const out of [median(flat), bilateral(flat, 10), blur(flat, 2), unsharp(flat, 1, 1.5)])
      for (const value of out) expect(value).toBeCloseTo(7, 4)
  })

  it('take a single wrong pixel out with the median, and keep the edge', () => {
    const speck = plane(9, 9, (column, row) => (column === 4 && row === 4 ? 1000 : 5))
    expect([...median(speck)].every((value) => value === 5)).toBe(true)
    expect([...median(step)]).toEqual([...(step.data as Float32Array)])
  })

  it('keep an edge with the bilateral filter where a blur loses it', () => {
    expect(at(step, bilateral(step, 5), 9, 10)).toBeLessThan(1)
    expect(at(step, blur(step, 1.5), 9, 10)).toBeGreaterThan(20)
  })

  it('take noise down with the bilateral filter', () => {
    const noisy = plane(40, 40, (column, row) => 50 + (((column * 7919 + row * 104729) % 11) - 5))
    const deviation = (data: ArrayLike<number>) => {
      const values = Array.from(data)
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    }
    expect(deviation(bilateral(noisy, 20))).toBeLessThan(deviation(noisy.data) / 2)
  })

  it('overshoot on both sides of an edge when they sharpen, by what the blur took away', () => {
    const sharp = unsharp(step, 1, 1.5)
    const soft = blur(step, 1.5)
    expect(at(step, sharp, 9, 10)).toBeCloseTo(-at(step, soft, 9, 10), 4)
    expect(at(step, sharp, 10, 10)).toBeGreaterThan(100)
  })

  it('raise weak contrast in its neighbourhood, within the span', () => {
    const weak = plane(64, 64, (column) => 50 + (column % 2))
    const out = localContrast(weak, 8, SPAN)
    expect(Math.abs(at(weak, out, 33, 32) - at(weak, out, 32, 32))).toBeGreaterThan(2)
    for (const value of out) expect(value >= 0 && value <= 100).toBe(true)
  })

  it('leave values beyond the span as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 150 }), { minLength: 16, maxLength: 16 }), (values) => {
        const one: Plane = { columns: 1, rows: values.length, data: Float32Array.from(values) }
        const out = localContrast(one, 4, SPAN)
        values.forEach((value, index) => {
          if (value < 0 || value > 100) expect(out[index]).toBe(value)
        })
      }),
    )
  })

  it('change nothing without a recipe, and never the plane they were given', () => {
    expect(isProcessing(ORIGINAL)).toBe(false)
    expect([...processed(step, ORIGINAL, SPAN)]).toEqual([...(step.data as Float32Array)])
    const before = [...(step.data as Float32Array)]
    processed(step, { denoise: 'bilateral', contrast: 3, sharpen: 1, radius: 1 }, SPAN)
    processed(step, { denoise: 'median', contrast: 3, sharpen: 1, radius: 1 }, SPAN)
    expect([...(step.data as Float32Array)]).toEqual(before)
  })
})
