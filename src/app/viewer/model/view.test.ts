import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FIT,
  fitZoom,
  flippedView,
  panBy,
  place,
  toPicture,
  toScreen,
  turned,
  type View,
  zoomAt,
  zoomOf,
} from './view.ts'

const picture = { columns: 512, rows: 256, aspect: 1 }
const area = { width: 1024, height: 768 }

describe('how a picture lies on the screen', () => {
  it('fits the whole picture, also on its side and with pixels that are not square', () => {
    expect(fitZoom(picture, FIT, area)).toBe(2)
    expect(fitZoom(picture, { quarter: 1, flipped: false }, area)).toBe(1.5)
    expect(fitZoom({ ...picture, aspect: 4 }, FIT, area)).toBe(0.75)
  })

  it('puts the picture on whole device pixels, so that zoom 1 keeps its pixels', () => {
    const odd = { columns: 511, rows: 255, aspect: 1 }
    const { centre } = place({ ...FIT, zoom: 1 }, odd, area)
    expect((centre[0] - 511 / 2) % 1).toBe(0)
    expect((centre[1] - 255 / 2) % 1).toBe(0)
  })

  it('keeps the point under the pointer while zooming', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -300, max: 300 })),
        (factor, point) => {
          const before: View = { ...FIT, zoom: 2, pan: [30, -20] }
          const after = zoomAt(before, picture, area, factor, point)
          for (const axis of [0, 1] as const) {
            const inPicture = (view: View) => (point[axis] - view.pan[axis]) / zoomOf(view, picture, area)
            expect(inPicture(after)).toBeCloseTo(inPicture(before), 6)
          }
        },
      ),
    )
  })

  it('stops fitting once it is moved, at the size it had', () => {
    expect(panBy(FIT, picture, area, 10, 0)).toMatchObject({ zoom: 2, pan: [10, 0] })
  })

  it('comes back to where it was after four turns, and after two flips of a kind', () => {
    const turns: View[] = [0, 1, 2, 3].flatMap((quarter) =>
      [false, true].map((flipped) => ({ ...FIT, quarter: quarter as View['quarter'], flipped })),
    )
    for (const view of turns) {
      expect(turned(turned(turned(turned(view, 1), 1), 1), 1)).toEqual(view)
      expect(turned(turned(view, 1), -1)).toEqual(view)
      for (const axis of ['horizontal', 'vertical'] as const)
        expect(flippedView(flippedView(view, axis), axis)).toEqual(view)
      // Both flips together are half a turn.
      expect(flippedView(flippedView(view, 'horizontal'), 'vertical')).toEqual(turned(turned(view, 1), 1))
    }
  })
})

describe('points of the picture on the screen', () => {
  it('turn and flip with it', () => {
    const at = (view: Partial<View>) => toScreen({ ...FIT, zoom: 1, ...view }, picture, area, [0, 0])
    // The picture is 512 x 256, its middle at 512, 384.
    expect(at({})).toEqual([256, 256])
    expect(at({ flipped: true })).toEqual([768, 256])
    expect(at({ quarter: 1 })).toEqual([640, 128]) // top left goes to the top right
    expect(at({ quarter: 2 })).toEqual([768, 512])
    expect(at({ quarter: 1, flipped: true })).toEqual([640, 640])
  })

  it('are found again from there', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2, 3),
        fc.boolean(),
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -900, max: 900 })),
        (quarter, flipped, zoom, point) => {
          const view: View = { quarter: quarter as View['quarter'], flipped, zoom, pan: [13, -7] }
          const tall = { ...picture, aspect: 1.7 }
          const [x, y] = toPicture(view, tall, area, toScreen(view, tall, area, point))
          expect(x).toBeCloseTo(point[0], 6)
          expect(y).toBeCloseTo(point[1], 6)
        },
      ),
    )
  })
})
