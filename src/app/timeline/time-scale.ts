/**
 * Time as places on a line: which place a day has, what marks stand beneath it, which cards find room where. Pure.
 */
import { parseDate } from '../words/dates.ts'

export const ZOOMS = ['all', 'years', 'months', 'days'] as const
export type Zoom = (typeof ZOOMS)[number]

/** CSS pixels a day; `all` takes what the whole span leaves. */
const PIXELS: Readonly<Record<Exclude<Zoom, 'all'>, number>> = { years: 0.42, months: 4, days: 48 }
/** Left of the first day and right of the last. */
export const MARGIN = 28
export const CARD = 164

export interface Scale {
  readonly zoom: Zoom
  /** Days since 1970 of the first and last day. */
  readonly from: number
  readonly to: number
  readonly perDay: number
  readonly width: number
}

/** Days since 1970; undefined for what is no date. */
export function dayOf(date: string): number | undefined {
  const parsed = parseDate(date)
  return parsed && Math.round(Date.UTC(parsed.year, parsed.month - 1, parsed.day) / 86_400_000)
}

/** `YYYYMMDD`. */
export function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
}

/**
 * @param room  width of what is in sight, in CSS pixels
 * @param item  width of what stands at a day
 */
export function scaleOf(dates: readonly string[], zoom: Zoom, room: number, item = CARD): Scale {
  const days = dates.flatMap((date) => dayOf(date) ?? [])
  const from = Math.min(...days)
  const to = Math.max(...days)
  const span = days.length === 0 ? 0 : to - from
  const free = Math.max(120, room - 2 * MARGIN - item)
  const perDay = zoom === 'all' ? free / Math.max(span, 1) : Math.max(PIXELS[zoom], free / Math.max(span, 1))
  return {
    zoom,
    from: days.length === 0 ? 0 : from,
    to: days.length === 0 ? 0 : to,
    perDay,
    width: Math.max(room, Math.ceil(span * perDay) + 2 * MARGIN + item),
  }
}

export const placeOf = (scale: Scale, day: number): number => MARGIN + (day - scale.from) * scale.perDay
export const dayAt = (scale: Scale, place: number): number => Math.round((place - MARGIN) / scale.perDay) + scale.from

export interface Tick {
  readonly at: number
  readonly says: string
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const LABEL = 56

/** Years, months or days, as close as their names find room; of what lies between two places. */
export function ticksOf(scale: Scale, left: number, right: number): readonly Tick[] {
  const first = dayAt(scale, Math.max(0, left))
  const last = dayAt(scale, right)
  const year = 365.25 * scale.perDay
  const step = [1, 2, 5, 10, 20, 50].find((years) => years * year >= LABEL) ?? 100
  const ticks: Tick[] = []
  const startYear = new Date(first * 86_400_000).getUTCFullYear()
  const endYear = new Date(last * 86_400_000).getUTCFullYear()
  for (let at = startYear; at <= endYear; at += 1) {
    if (step > 1 || year / 12 < LABEL) {
      if (at % step === 0) add(at, 0, 1, String(at))
      continue
    }
    for (let month = 0; month < 12; month += 1) {
      add(at, month, 1, month === 0 ? `Jan ${at}` : (MONTHS[month] ?? ''))
      if (scale.perDay >= LABEL / 2)
        for (let day = 3; day <= 28; day += 2) add(at, month, day, `${day} ${MONTHS[month]}`)
    }
  }
  return ticks

  function add(of: number, month: number, day: number, says: string): void {
    const at = placeOf(scale, Math.round(Date.UTC(of, month, day) / 86_400_000))
    if (at >= left && at <= Math.min(right, scale.width - LABEL) && at >= MARGIN / 2) ticks.push({ at, says })
  }
}

export interface Placed<Item> {
  readonly item: Item
  readonly at: number
  /** Row within the lane. */
  readonly track: number
}

/** Cards that found no room, told as a number. */
export interface Bunch<Item> {
  readonly at: number
  readonly items: readonly Item[]
}

/** Width of a number that stands for several. */
export const BUNCH = 68

export interface Tracks<Item> {
  readonly placed: readonly Placed<Item>[]
  readonly bunches: readonly Bunch<Item>[]
}

/**
 * Each card at its day, in the first row of the lane where it covers none before it; what finds no row is bunched.
 *
 * @param items  oldest first
 * @param most   rows there are
 */
export function inTracks<Item>(
  items: readonly Item[],
  placeOfItem: (item: Item) => number,
  width: number,
  most: number,
): Tracks<Item> {
  const ends: number[] = []
  const placed: Placed<Item>[] = []
  const bunched = new Map<number, Item[]>()
  for (const item of items) {
    const at = placeOfItem(item)
    const free = ends.findIndex((end) => end <= at)
    const track = free < 0 ? ends.length : free
    if (track < most) {
      ends[track] = at + width
      placed.push({ item, at, track })
    } else {
      const bunch = Math.floor(at / BUNCH)
      bunched.set(bunch, [...(bunched.get(bunch) ?? []), item])
    }
  }
  return { placed, bunches: [...bunched].map(([bunch, of]) => ({ at: bunch * BUNCH, items: of })) }
}
