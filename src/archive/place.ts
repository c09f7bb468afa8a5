/**
 * Where a result stands in the order of results: what it is ordered by, as a text that an answer gives out and a later
 * query brings back. New arrivals have places of their own, so what follows a place stays what it was.
 */
import { ArchiveError } from '../base/errors.ts'
import type { Level } from './archive.ts'

export interface Place {
  readonly study: readonly [date: string, time: string, received: string, uid: string]
  readonly series?: readonly [number: number | null, uid: string]
  readonly instance?: readonly [number: number | null, uid: string, id: number]
}

export const placeText = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')

const LONGEST = 1000

const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => value === null || Number.isSafeInteger(value)
const PARTS = {
  study: [isText, isText, isText, isText],
  series: [isNumber, isText],
  instance: [isNumber, isText, Number.isSafeInteger],
} as const
const LEVELS = { study: ['study'], series: ['study', 'series'], instance: ['study', 'series', 'instance'] } as const

/** @throws {ArchiveError} `BAD_REQUEST` for what no answer to a query of this level gave out */
export function placeIn(text: string, level: Level): Place {
  let place: Record<string, unknown> = {}
  try {
    if (text.length <= LONGEST) place = Object(JSON.parse(Buffer.from(text, 'base64url').toString()))
  } catch {
    // No JSON: no place.
  }
  const levels = LEVELS[level]
  const whole = levels.every((name) => {
    const [part, tests] = [place[name], PARTS[name]]
    return Array.isArray(part) && part.length === tests.length && tests.every((test, at) => test(part[at]))
  })
  if (!whole || Object.keys(place).length !== levels.length)
    throw new ArchiveError('BAD_REQUEST', { why: 'after is not from an answer to this query' })
  return place as unknown as Place
}
