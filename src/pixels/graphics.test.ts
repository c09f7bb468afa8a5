import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownOf } from './displayed.ts'
import { type Corners, overlaySvg } from './graphics.ts'
import { letterPath, spelt, widthOf } from './lettering.ts'
import type { Graphic } from './presentation.ts'

const SHOWN = shownOf({ columns: 100, rows: 50 }, undefined, 0, false)
const SIZE = { width: 200, height: 100 }
const svg = (...graphics: readonly Graphic[]) => overlaySvg({ graphics, corners: undefined }, SHOWN, SIZE) ?? ''
const shape = (
  kind: Exclude<Graphic['kind'], 'TEXT'>,
  points: readonly (readonly [number, number])[],
  more = {},
): Graphic => ({
  kind,
  units: 'PIXEL',
  points,
  filled: false,
  shade: 1,
  ...more,
})

describe('graphics of a presentation state, as SVG', () => {
  it('is nothing when there is nothing to draw', () => {
    expect(overlaySvg({ graphics: [], corners: undefined }, SHOWN, SIZE)).toBeUndefined()
  })

  it('has lines where the picture has their points, with an edge that is seen on any ground', () => {
    const drawn = svg(
      shape('POLYLINE', [
        [10, 10],
        [20, 5],
      ]),
    )
    expect(drawn).toContain('width="200" height="100"')
    expect(drawn.match(/d="M20 20L40 10"/g)).toHaveLength(2)
    expect(drawn).toContain('stroke="rgb(0,0,0)"')
    expect(drawn).toContain('stroke="rgb(255,255,255)"')
    expect(
      svg(
        shape(
          'POLYLINE',
          [
            [10, 10],
            [20, 5],
            [0, 0],
          ],
          { filled: true, shade: 0.5 },
        ),
      ),
    ).toContain('fill="rgb(128,128,128)"')
  })

  it('has fractions of the picture as they are', () => {
    expect(
      svg(
        shape(
          'POLYLINE',
          [
            [0.5, 0.5],
            [1, 1],
          ],
          { units: 'DISPLAY' },
        ),
      ),
    ).toContain('d="M100 50L200 100"')
  })

  it('has circles through the point given, and ellipses by their axes', () => {
    const xs = (drawn: string) => [...drawn.matchAll(/[ML]([\d.-]+) /g)].map(([, x]) => Number(x))
    const circle = xs(
      svg(
        shape('CIRCLE', [
          [50, 25],
          [60, 25],
        ]),
      ),
    )
    expect([Math.min(...circle), Math.max(...circle)]).toEqual([80, 120])
    const ellipse = xs(
      svg(
        shape('ELLIPSE', [
          [30, 25],
          [70, 25],
          [50, 20],
          [50, 30],
        ]),
      ),
    )
    expect([Math.min(...ellipse), Math.max(...ellipse)]).toEqual([60, 140])
  })

  it('has curves through all points, and marks for single ones', () => {
    expect(
      svg(
        shape('INTERPOLATED', [
          [0, 0],
          [10, 10],
          [20, 0],
        ]),
      ),
    ).toMatch(/d="M0 0C[\d.\s-]+ 20 20C[\d.\s-]+ 40 0"/)
    expect(svg(shape('POINT', [[10, 10]]))).toContain('h')
  })

  it('leaves out what lacks the points it needs', () => {
    expect(
      overlaySvg(
        {
          graphics: [
            shape('ELLIPSE', [
              [1, 1],
              [2, 2],
            ]),
          ],
          corners: undefined,
        },
        SHOWN,
        SIZE,
      ),
    ).toBeUndefined()
  })

  it('has text in its box, and a line from its anchor when that is to be seen', () => {
    const text = (more: object): Graphic => ({
      kind: 'TEXT',
      lines: ['A'],
      box: undefined,
      justify: 'LEFT',
      anchor: undefined,
      shade: 1,
      ...more,
    })
    const box = { units: 'PIXEL', from: [10, 10], to: [50, 20] } as const
    expect(svg(text({ box }))).toContain('d="M20 ')
    const right = svg(text({ box, justify: 'RIGHT' }))
    expect(Number(/d="M([\d.]+) /.exec(right)?.[1])).toBeGreaterThan(80)
    const anchor = { units: 'PIXEL', at: [5, 5], visible: true } as const
    expect(svg(text({ box, anchor }))).toContain('d="M10 10L20 20"')
    expect(svg(text({ box, anchor: { ...anchor, visible: false } }))).not.toContain('d="M10 10L')
  })

  it('is well formed whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        const corners: Corners = { topLeft: [line], topRight: [line], bottomLeft: [] }
        const drawn = overlaySvg({ graphics: [], corners }, SHOWN, SIZE) ?? ''
        expect(drawn.replace(/<svg [^<>]*>|<path [^<>]*\/>|<\/svg>/g, '')).toBe('')
        expect(drawn).not.toMatch(/NaN|undefined|Infinity/)
      }),
    )
  })

  it('cuts lines in the corners at the edge of the picture', () => {
    const drawn =
      overlaySvg(
        { graphics: [], corners: { topLeft: ['x'.repeat(500)], topRight: [], bottomLeft: [] } },
        SHOWN,
        SIZE,
      ) ?? ''
    const xs = [...drawn.matchAll(/M([\d.]+) /g)].map(([, x]) => Number(x))
    expect(Math.max(...xs)).toBeLessThan(200)
  })
})

describe('letters of points', () => {
  it('has a sign for every letter of ASCII, each another', () => {
    const all = Array.from({ length: 94 }, (_, at) => String.fromCharCode(at + 0x21))
    const paths = all.map((letter) => letterPath(letter, 0, 0, 1))
    expect(paths.every((path) => path !== '')).toBe(true)
    expect(new Set(paths).size).toBe(94)
  })

  it('leaves marks out, spells what is no letter with one, and shows a box for the rest', () => {
    expect(spelt('Müller Groß Łódź')).toBe('Muller Gross Lodz')
    expect(letterPath('山', 0, 0, 1)).toBe(letterPath('田', 0, 0, 1))
    expect(widthOf('AB')).toBe(11)
  })
})
