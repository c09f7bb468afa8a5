import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closeShutters, cutAndTurned, placed, type Shown, shownOf, sizeOf } from './displayed.ts'

/** Three columns, two rows: a b c / d e f. */
const IMAGE = { columns: 3, rows: 2 }
const LETTERS = Uint8Array.from('abcdef', (letter) => letter.charCodeAt(0))
const told = (shown: Shown): string => {
  const bytes = cutAndTurned(LETTERS, IMAGE, 1, shown)
  const { columns, rows } = sizeOf(shown)
  const text = String.fromCharCode(...bytes).replaceAll('\0', '.')
  return Array.from({ length: rows }, (_, row) => text.slice(row * columns, (row + 1) * columns)).join('/')
}
const shown = (rotation: Shown['rotation'], flipped = false) => shownOf(IMAGE, undefined, rotation, flipped)

describe('what is shown of an image (PS3.3 C.10.4 and C.10.6)', () => {
  it.each([
    [0, false, 'abc/def'],
    [90, false, 'da/eb/fc'],
    [180, false, 'fed/cba'],
    [270, false, 'cf/be/ad'],
    [0, true, 'cba/fed'],
    [90, true, 'ad/be/cf'],
    [180, true, 'def/abc'],
    [270, true, 'fc/eb/da'],
  ] as const)('is turned by %i degrees clockwise, then mirrored: %s', (rotation, flipped, expected) => {
    expect(told(shown(rotation, flipped))).toBe(expected)
  })

  it('may be a part of it, or go beyond it, where it is black', () => {
    const area = (left: number, top: number, right: number, bottom: number) =>
      shownOf(IMAGE, { left, top, right, bottom, magnification: undefined, aspect: 1 }, 0, false)
    expect(told(area(1, 0, 3, 1))).toBe('bc')
    expect(told(area(-1, 1, 2, 3))).toBe('.de/...')
    expect(told(area(5, 5, 5, 5))).toBe('.')
  })

  it('is never larger than a picture can be', () => {
    const huge = shownOf(
      IMAGE,
      { left: 0, top: 0, right: 1e9, bottom: 1e9, magnification: undefined, aspect: 1 },
      0,
      false,
    )
    expect(huge.columns).toBe(16_384)
  })

  it('puts every point where its pixel goes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Shown['rotation']>(0, 90, 180, 270),
        fc.boolean(),
        fc.nat(2),
        fc.nat(1),
        (rotation, flipped, x, y) => {
          const one = shown(rotation, flipped)
          const { columns, rows } = sizeOf(one)
          const bytes = cutAndTurned(LETTERS, IMAGE, 1, one)
          const [column, row] = placed(one, { width: columns * 10, height: rows * 10 }, 'PIXEL', [x + 0.5, y + 0.5])
          expect(bytes[Math.floor(row / 10) * columns + Math.floor(column / 10)]).toBe(LETTERS[y * 3 + x])
        },
      ),
    )
    expect(placed(shown(90), { width: 200, height: 300 }, 'DISPLAY', [0.5, 0.1])).toEqual([100, 30])
  })
})

describe('shutters (PS3.3 C.7.6.11)', () => {
  const closed = (...shutters: Parameters<typeof closeShutters>[3]) => {
    const bytes = new Uint8Array(25).fill(7)
    closeShutters(bytes, { columns: 5, rows: 5 }, 1, shutters, 0)
    return Array.from({ length: 5 }, (_, row) =>
      [...bytes.subarray(row * 5, row * 5 + 5)].map((value) => (value === 7 ? '#' : '.')).join(''),
    ).join('/')
  }
  it('leave open what lies within all of them', () => {
    expect(closed()).toBe('#####/#####/#####/#####/#####')
    expect(closed({ kind: 'rectangle', left: 1, top: 1, right: 4, bottom: 3 })).toBe('...../.###./.###./...../.....')
    expect(closed({ kind: 'circle', center: [2.5, 2.5], radius: 1.1 })).toBe('...../..#../.###./..#../.....')
    const polygon = {
      kind: 'polygon',
      vertices: [
        [0, 0],
        [5, 0],
        [5, 5],
      ],
    } as const
    expect(closed(polygon)).toBe('#####/.####/..###/...##/....#')
    expect(closed(polygon, { kind: 'rectangle', left: 0, top: 0, right: 4, bottom: 1 })).toBe(
      '####./...../...../...../.....',
    )
  })
})
