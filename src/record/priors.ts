/**
 * Which earlier study helps most beside the one that is read. Facts in, an order and its reasons out: no clock, no
 * index; the same facts always give the same order.
 *
 * Points as the table below has them, at most a hundred. A study that shows nothing of the same region is no relevant
 * prior, however much else it shares, unless a rule of the site or the person who reads wants it.
 */

import type { Preference, PriorRule } from '../compliance/prior-wishes.ts'
import { kindness } from './modalities.ts'
import type { Normalised } from './normalise.ts'
import { isRuled, kindOf } from './prior-rules.ts'
import { type Kinship, kinship, REGIONS, type Region } from './regions.ts'
import { spanInWords } from './spans.ts'

export interface DatedStudy extends Normalised {
  readonly study: string
  readonly date: string // YYYYMMDD, or ''
  readonly time: string // HHMMSS, or ''
  readonly description?: string
}

/** What is wanted beside the facts. */
export interface Wanted {
  readonly rules: readonly PriorRule[]
  readonly preference?: Preference | undefined
}

export interface Prior {
  readonly study: string
  /** 0 to 100. */
  readonly score: number
  /** In words, the weightiest first. */
  readonly reasons: readonly string[]
  /** Before the study that is read; 0 on the same day, undefined when a date is missing. */
  readonly days: number | undefined
  /** A good match that is the oldest of its kind: what growth is measured from. */
  readonly baseline: boolean
}

/** Most that each can give. */
export const POINTS = { region: 40, kind: 25, procedure: 10, side: 8, contrast: 7, recent: 10 } as const
/** The other side of the body is no prior of this one: nothing makes up for it. */
const OTHER_SIDE = -60
/** Below this nothing is brought beside the current study by itself. */
export const RELEVANT = 40

/** What an image of a region helps in reading another, by kinship. */
const HELPS: Readonly<Record<Kinship, number>> = {
  same: 1,
  part: 0.8,
  contains: 0.8,
  sibling: 0.4,
  beside: 0.3,
  apart: 0,
}
/** Nobody wrote what it shows. */
const UNTOLD = 0.4
/** Contrast one of two does not speak of: more often forgotten than different. */
const UNSAID = 0.85
/** The person who reads chose this kind of prior for this kind of study before. */
const PREFERRED = 12

/** Relevant priors, best first. Later studies, and those without a date beside one with a date, are none. */
export function relevantPriors(
  current: DatedStudy,
  others: readonly DatedStudy[],
  wanted: Wanted = { rules: [] },
): readonly Prior[] {
  const chosen = wanted.preference?.study
  const scored = others
    .filter((other) => other.study !== current.study && isEarlier(other, current))
    .flatMap((other) => {
      const judged = judge(current, other, wanted)
      return judged.score >= RELEVANT || other.study === chosen ? [{ ...judged, at: momentOf(other) }] : []
    })
    .sort(
      (a, b) =>
        Number(b.study === chosen) - Number(a.study === chosen) ||
        b.score - a.score ||
        compareText(b.at, a.at) ||
        compareText(b.study, a.study),
    )
  const best = Math.max(0, ...scored.map(({ score }) => score))
  const oldest = scored
    .filter(({ score }) => score >= best - POINTS.recent)
    .reduce<(typeof scored)[number] | undefined>((first, one) => (!first || one.at < first.at ? one : first), undefined)
  return scored.map(({ at: _, ...prior }) => ({
    ...prior,
    baseline: scored.length > 1 && prior.study === oldest?.study,
  }))
}

const momentOf = ({ date, time }: DatedStudy): string => `${date.padEnd(8)}${time}`
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function isEarlier(other: DatedStudy, current: DatedStudy): boolean {
  if (other.date === '' || current.date === '') return false
  return momentOf(other) <= momentOf(current)
}

interface Part {
  readonly points: number
  readonly says: string
}

export function judge(current: DatedStudy, other: DatedStudy, wanted: Wanted = { rules: [] }): Omit<Prior, 'baseline'> {
  const days = daysBetween(other.date, current.date)
  const region = regionPart(current.regions, other.regions)
  const parts = [region, kindPart(current, other), procedurePart(current, other), sidePart(current, other)]
  if (region.points > 0) parts.push(contrastPart(current, other), recentPart(days))
  const facts = region.points === 0 ? 0 : sumOf(parts)
  const wishes = wishesOf(current, other, days, wanted)
  const span = days === undefined ? [] : [spanInWords(other.date, current.date)]
  return {
    study: other.study,
    score: Math.max(0, Math.min(100, Math.round((facts + sumOf(wishes)) * 10) / 10)),
    reasons: [...wishes, ...parts]
      .map(({ says }) => says)
      .filter((says) => says !== '')
      .concat(span),
    days,
  }
}

const sumOf = (parts: readonly Part[]): number => parts.reduce((sum, { points }) => sum + points, 0)

/** What the site's rules and the person who reads add or take away. */
function wishesOf(
  current: DatedStudy,
  other: DatedStudy,
  days: number | undefined,
  { rules, preference }: Wanted,
): readonly Part[] {
  const [here, there] = [
    { ...current, description: current.description ?? '' },
    { ...other, description: other.description ?? '' },
  ]
  const ruled = rules
    .filter((rule) => isRuled(rule, here, there, days))
    .map(({ name, points }) => ({ points, says: `rule “${name}” (${points > 0 ? '+' : '−'}${Math.abs(points)})` }))
  if (preference?.study === other.study) return [{ points: 0, says: 'you chose it for this study' }, ...ruled]
  return preference?.kinds.has(kindOf(other)) === true
    ? [{ points: PREFERRED, says: 'you chose this kind before' }, ...ruled]
    : ruled
}

/** The mean of what each current region finds; a study of much more than that shows it as well. */
function regionPart(here: readonly Region[], there: readonly Region[]): Part {
  if (here.length === 0 || there.length === 0)
    return {
      points: POINTS.region * UNTOLD,
      says: here.length === 0 ? 'region not stated' : 'its region is not stated',
    }
  const best = here.map((region) => {
    const kin = there.map((other) => [kinship(region, other), other] as const)
    return kin.reduce((first, next) => (HELPS[next[0]] > HELPS[first[0]] ? next : first))
  })
  const mean = best.reduce((sum, [kin]) => sum + HELPS[kin], 0) / here.length
  const same = here.filter((_, at) => best[at]?.[0] === 'same')
  const name = (regions: readonly Region[]) => regions.join(', ')
  const says =
    same.length === here.length
      ? `same region (${name(same)})`
      : same.length > 0
        ? `shares ${name(same)}`
        : mean > 0
          ? `near ${name(here)}: shows ${name(there)}`
          : `another region (${name(there)})`
  return { points: POINTS.region * mean, says }
}

function kindPart(current: DatedStudy, other: DatedStudy): Part {
  const kind = kindness(current.families, other.families)
  const names = other.families.join(' and ') || 'no images'
  return { points: POINTS.kind * kind, says: kind === 1 ? `same modality (${names})` : `other modality (${names})` }
}

function procedurePart(current: DatedStudy, other: DatedStudy): Part {
  const coded = current.procedures.some((code) => other.procedures.includes(code))
  if (coded) return { points: POINTS.procedure, says: 'same procedure code' }
  // Without codes: the same kind of picture of the same regions, in whatever words and language it was written down.
  const alike = sameList(current.regions, other.regions) && sameList(current.families, other.families)
  return alike && current.regions.length > 0 ? { points: POINTS.procedure, says: '' } : { points: 0, says: '' }
}

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.join('|') === b.join('|')

function sidePart(current: DatedStudy, other: DatedStudy): Part {
  const paired = [...current.regions, ...other.regions].some((region) => REGIONS[region].paired)
  if (!paired) return { points: POINTS.side, says: '' }
  if (current.side === undefined || other.side === undefined)
    return { points: POINTS.side / 2, says: 'side not stated' }
  if (current.side === other.side) return { points: POINTS.side, says: `same side (${current.side})` }
  if (current.side === 'both' || other.side === 'both') return { points: POINTS.side / 2, says: 'shares a side' }
  return { points: OTHER_SIDE, says: `other side (${other.side})` }
}

function contrastPart(current: DatedStudy, other: DatedStudy): Part {
  if (current.contrast === undefined || other.contrast === undefined)
    return { points: current.contrast === other.contrast ? POINTS.contrast : POINTS.contrast * UNSAID, says: '' }
  const same = current.contrast === other.contrast
  return {
    points: same ? POINTS.contrast : 0,
    says: same ? `both ${current.contrast} contrast` : `${other.contrast} contrast`,
  }
}

/** Half of it after a year; nothing is too old to help. */
function recentPart(days: number | undefined): Part {
  const years = (days ?? 36_500) / 365.25
  return { points: POINTS.recent / (1 + years), says: '' }
}

/** Days from one date (YYYYMMDD) to another; undefined when one of them is none. */
export function daysBetween(from: string, to: string): number | undefined {
  const [start, end] = [dayNumber(from), dayNumber(to)]
  return start === undefined || end === undefined ? undefined : end - start
}

function dayNumber(date: string): number | undefined {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(date) ?? []
  if (year === undefined) return undefined
  return Math.round(Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86_400_000)
}
