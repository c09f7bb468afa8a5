/**
 * How the archive grows: what came in each whole day or week, by modality, and the room there is. Forecasts are made of it
 * by whoever asks (`base/forecast.ts`), so that a "what if" needs no second question.
 */
import type { Context } from '../base/context.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import { arrivalsByDay, type DayRow } from './growth.queries.ts'
import type { Space } from './space.ts'

export interface Growth {
  readonly unit: 'day' | 'week'
  /** The first day of the first step, YYYY-MM-DD; '' when nothing came before today. */
  readonly from: string
  /** As received. Every modality has as many steps as the others; today, not over yet, is in none. */
  readonly modalities: readonly {
    readonly modality: string
    readonly objects: readonly number[]
    readonly bytes: readonly number[]
  }[]
  /** Bytes free on the disk of the archive, and how many of them are never given to arriving objects. */
  readonly free: number
  readonly reserve: number
}

const DAY_MS = 86_400_000
const WEEK = 7
/** Days known from which on steps are weeks: a week hides that nothing is scanned on Sundays. */
const WEEKS_FROM = 8 * WEEK
/** A page that asks again soon gets what the last one got. */
const KEEP_MS = 60_000

export interface GrowthParts {
  readonly db: Database
  readonly acts: Acts
  readonly space: Pick<Space, 'free'>
  readonly reserveBytes: number
  readonly now: () => Date
}

export function openGrowth({ db, acts, space, reserveBytes, now }: GrowthParts): {
  growth(context: Context): Promise<Growth>
} {
  let known: { readonly at: number; readonly steps: Promise<Steps> } | undefined
  return {
    growth: async (context) => {
      await admit(acts, context, 'storage.see')
      const at = now().getTime()
      if (known === undefined || at - known.at > KEEP_MS || at < known.at) {
        const steps = arrivalsByDay(db).then((days) => stepsOf(days, now()))
        known = { at, steps }
        steps.catch(() => {
          known = undefined
        })
      }
      return { ...(await known.steps), free: await space.free(), reserve: reserveBytes }
    },
  }
}

type Steps = Pick<Growth, 'unit' | 'from' | 'modalities'>

/** Whole steps that end with yesterday; of weeks, days before the first whole one are left out. */
export function stepsOf(days: readonly DayRow[], today: Date): Steps {
  const end = dayNumber(today.toISOString())
  const past = days.filter(({ day }) => dayNumber(day) < end)
  const first = Math.min(...past.map(({ day }) => dayNumber(day)))
  if (past.length === 0) return { unit: 'day', from: '', modalities: [] }
  const unit = end - first >= WEEKS_FROM ? 'week' : 'day'
  const length = unit === 'week' ? WEEK : 1
  const count = Math.floor((end - first) / length)
  const begin = end - count * length
  const modalities = new Map<string, { readonly objects: number[]; readonly bytes: number[] }>()
  for (const { day, modality, objects, bytes } of past) {
    const step = Math.floor((dayNumber(day) - begin) / length)
    if (step < 0) continue
    const of = modalities.get(modality) ?? { objects: zeros(count), bytes: zeros(count) }
    modalities.set(modality, of)
    of.objects[step] = (of.objects[step] ?? 0) + objects
    of.bytes[step] = (of.bytes[step] ?? 0) + bytes
  }
  return {
    unit,
    from: new Date(begin * DAY_MS).toISOString().slice(0, 10),
    modalities: [...modalities]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([modality, { objects, bytes }]) => ({ modality, objects, bytes })),
  }
}

const dayNumber = (day: string): number => Math.floor(Date.parse(`${day.slice(0, 10)}T00:00:00Z`) / DAY_MS)

const zeros = (count: number): number[] => new Array<number>(count).fill(0)
