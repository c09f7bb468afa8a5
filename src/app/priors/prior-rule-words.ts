/** Rules for priors as sentences, and what a form makes of them. */
import type { PriorRule, StudyKind } from '../../api/prior-rules.ts'
import type { PriorRow, Priors } from '../../api/record.ts'
import { formatDate } from '../words/dates.ts'

export interface KindDraft {
  readonly regions: readonly string[]
  readonly families: readonly string[]
  readonly words: string
}

export interface PriorRuleDraft {
  readonly name: string
  readonly current: KindDraft
  readonly prior: KindDraft
  readonly years: string
  readonly points: number
}

const ANY: KindDraft = { regions: [], families: [], words: '' }
export const EMPTY_RULE: PriorRuleDraft = { name: '', current: ANY, prior: ANY, years: '', points: 20 }

const isAny = ({ regions, families, words }: KindDraft): boolean =>
  regions.length === 0 && families.length === 0 && words.trim() === ''

/** What the route takes; undefined while something is missing. */
export function priorRuleOf({ name, current, prior, years, points }: PriorRuleDraft): PriorRule | undefined {
  if (name.trim() === '' || points === 0 || (isAny(current) && isAny(prior))) return undefined
  const most = years.trim() === '' ? undefined : Number(years)
  if (most !== undefined && !(most > 0 && most <= 150)) return undefined
  const kind = ({ regions, families, words }: KindDraft) => ({
    regions: [...regions],
    families: [...families],
    words: words.trim(),
  })
  return {
    name: name.trim(),
    enabled: true,
    current: kind(current),
    prior: kind(prior),
    points,
    ...(most !== undefined && { years: most }),
  }
}

/** `CT of the chest, “nodule” in its description`; `anything`. */
export function kindInWords({ regions, families, words }: StudyKind): string {
  const families_ = families.join(' or ')
  const regions_ = regions.length === 0 ? '' : `of the ${regions.join(' or ')}`
  const of = [families_ === '' && regions_ !== '' ? 'anything' : families_, regions_]
    .filter((one) => one !== '')
    .join(' ')
  const named = words === '' ? '' : `“${words}” in its description`
  return [of, named].filter((one) => one !== '').join(', ') || 'anything'
}

/** `+20`, `never`. */
export const pointsInWords = (points: number): string =>
  points <= -100 ? 'never' : points > 0 ? `+${points}` : `−${-points}`

export const yearsInWords = (years: number | undefined): string =>
  years === undefined ? '' : `at most ${years} ${years === 1 ? 'year' : 'years'} before`

/** A study of a list, in a line. */
export const studyInWords = ({ studyDate, modalities, description }: PriorRow['study']): string =>
  [formatDate(studyDate), modalities.join(' '), description].filter((one) => one !== '').join(' · ')

export interface Moved {
  readonly row: PriorRow
  /** Places it would go up; negative: down; undefined: it is not brought up now. */
  readonly up: number | undefined
}

/** The order as it would be, with how far each moves; and what would be left out. */
export function movesOf(
  now: Priors,
  tried: Priors,
): { readonly order: readonly Moved[]; readonly out: readonly PriorRow[] } {
  const places = new Map(now.priors.map(({ study }, at) => [study.study, at]))
  const there = new Set(tried.priors.map(({ study }) => study.study))
  return {
    order: tried.priors.map((row, at) => {
      const before = places.get(row.study.study)
      return { row, up: before === undefined ? undefined : before - at }
    }),
    out: now.priors.filter(({ study }) => !there.has(study.study)),
  }
}
