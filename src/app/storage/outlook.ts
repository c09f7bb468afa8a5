/** What the growth so far leads to: when the disk is full, in steps and in words. */
import type { z } from 'zod'
import type { Growth } from '../../api/storage.ts'
import { type Band, forecastOf, STEPS_NEEDED, stepsUntil } from '../../base/forecast.ts'

export interface WhatIf {
  /** Steps looked at, the newest; all when undefined. */
  readonly steps?: number
  /** How many times as much of a modality will come: 2 doubles it, 0 ends it. */
  readonly factors: Readonly<Record<string, number>>
  /** What a received byte takes when it is kept. */
  readonly kept: number
  /** Bytes of room to be added. */
  readonly room: number
}

export interface Point {
  /** YYYY-MM-DD, the last day of the step. */
  readonly day: string
  /** Bytes of everything up to it: what came, or what will have come. */
  readonly total: Band
}

export interface Outlook {
  /** Bytes kept that come in a step now, and what more each further one brings. */
  readonly perStep: number
  readonly slope: number
  readonly seasonal: boolean
  readonly from: number
  /** Days on which the disk is full; undefined: not within ten years. */
  readonly full: { readonly soonest?: string; readonly likely?: string; readonly latest?: string }
  /** The year ahead. */
  readonly ahead: readonly Point[]
}

const DAY_MS = 86_400_000
const YEARS = 10

export const daysOf = ({ unit }: Pick<z.infer<typeof Growth>, 'unit'>): number => (unit === 'week' ? 7 : 1)

/** Bytes received in each step, all modalities together, each as often as it is asked for. */
export function amountsOf(
  { modalities }: z.infer<typeof Growth>,
  { steps, factors }: Pick<WhatIf, 'steps' | 'factors'>,
) {
  const count = modalities[0]?.bytes.length ?? 0
  const sums = Array.from({ length: count }, (_, at) =>
    modalities.reduce((sum, { modality, bytes }) => sum + (bytes[at] ?? 0) * (factors[modality] ?? 1), 0),
  )
  return steps === undefined ? sums : sums.slice(-steps)
}

/** Steps still wanted before anything can be said; 0 when enough are known. */
export const stepsMissing = (growth: z.infer<typeof Growth>): number =>
  Math.max(0, STEPS_NEEDED - (growth.modalities[0]?.bytes.length ?? 0))

export function outlookOf(growth: z.infer<typeof Growth>, what: WhatIf, today: Date): Outlook | undefined {
  const length = daysOf(growth)
  const year = Math.round(365.25 / length)
  const forecast = forecastOf(
    amountsOf(growth, what).map((bytes) => bytes * what.kept),
    year,
  )
  if (forecast === undefined) return undefined
  const room = Math.max(0, growth.free - growth.reserve + what.room)
  const until = stepsUntil(forecast, room, YEARS * year)
  const day = (steps: number) => new Date(today.getTime() + steps * length * DAY_MS).toISOString().slice(0, 10)
  const { soonest, likely, latest } = until
  return {
    perStep: forecast.perStep,
    slope: forecast.slope,
    seasonal: forecast.seasonal,
    from: forecast.from,
    full: {
      ...(soonest !== undefined && { soonest: day(soonest) }),
      ...(likely !== undefined && { likely: day(likely) }),
      ...(latest !== undefined && { latest: day(latest) }),
    },
    ahead: Array.from({ length: 12 }, (_, at) => {
      const steps = Math.round(((at + 1) * year) / 12)
      return { day: day(steps), total: forecast.sum(steps) }
    }),
  }
}

/** What came, summed up, in at most so many points, the last of them yesterday. */
export function pastOf(
  growth: z.infer<typeof Growth>,
  kept: number,
  most: number,
): readonly { readonly day: string; readonly total: number }[] {
  const amounts = amountsOf(growth, { factors: {} })
  const begin = Date.parse(`${growth.from}T00:00:00Z`)
  const every = Math.max(1, Math.ceil(amounts.length / most))
  let total = 0
  return amounts.flatMap((bytes, at) => {
    total += bytes * kept
    const shown = (amounts.length - 1 - at) % every === 0
    const day = new Date(begin + (at + 1) * daysOf(growth) * DAY_MS - DAY_MS).toISOString().slice(0, 10)
    return shown ? [{ day, total }] : []
  })
}
