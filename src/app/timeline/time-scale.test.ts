import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOf, dayAt, dayOf, inTracks, placeOf, scaleOf, ticksOf, ZOOMS } from './time-scale.ts'

const LIFE = ['20060511', '20190305', '20251007']

describe('the line of time', () => {
  it('has room for the whole life at the widest zoom', () => {
    const scale = scaleOf(LIFE, 'all', 1000)
    expect(scale.width).toBe(1000)
    expect(placeOf(scale, dayOf('20060511') ?? 0)).toBe(28)
    expect(placeOf(scale, dayOf('20251007') ?? 0)).toBeLessThanOrEqual(1000 - 164)
  })

  it('grows from zoom to zoom and finds the same day again', () => {
    const widths = ZOOMS.map((zoom) => scaleOf(LIFE, zoom, 1000).width)
    expect(widths).toEqual(widths.toSorted((a, b) => a - b))
    for (const zoom of ZOOMS) {
      const scale = scaleOf(LIFE, zoom, 1000)
      const day = dayOf('20190305') ?? 0
      expect(dayAt(scale, placeOf(scale, day))).toBe(day)
    }
    expect(dateOf(dayOf('20190305') ?? 0)).toBe('20190305')
  })

  it('names years, months or days, as there is room', () => {
    const all = scaleOf(LIFE, 'all', 1000)
    expect(ticksOf(all, 0, all.width).map(({ says }) => says)).toContain('2010')
    const months = scaleOf(LIFE, 'months', 1000)
    const at = placeOf(months, dayOf('20190305') ?? 0)
    expect(ticksOf(months, at - 500, at + 500).map(({ says }) => says)).toContain('Jan 2019')
    const days = scaleOf(LIFE, 'days', 1000)
    const there = placeOf(days, dayOf('20190305') ?? 0)
    expect(ticksOf(days, there - 500, there + 500).map(({ says }) => says)).toContain('5 Mar')
  })

  it('stands with one study and with none', () => {
    expect(scaleOf(['20190305'], 'all', 500).width).toBe(500)
    expect(Number.isFinite(scaleOf([''], 'days', 500).width)).toBe(true)
  })

  it('lets no card cover another, and loses none', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (places, most) => {
        const sorted = places.toSorted((a, b) => a - b)
        const { placed, bunches } = inTracks(sorted, (place) => place, 164, most)
        for (const [n, one] of placed.entries()) {
          expect(one.track).toBeLessThan(most)
          for (const other of placed.slice(0, n))
            if (other.track === one.track) expect(one.at - other.at).toBeGreaterThanOrEqual(164)
        }
        const told = [...placed.map(({ item }) => item), ...bunches.flatMap(({ items }) => items)]
        expect(told.toSorted((a, b) => a - b)).toEqual(sorted)
      }),
    )
  })
})
