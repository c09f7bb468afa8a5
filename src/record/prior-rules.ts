/**
 * What a site and a person add to the choice of priors: rules of the site as a table, and what a person chose before. Both
 * only move points; who a study is of, and that a prior is earlier, no rule changes.
 */
import { ArchiveError } from '../base/errors.ts'
import type { PriorRule, StudyKind } from '../compliance/prior-wishes.ts'
import { FAMILY_ORDER, type Family } from './modalities.ts'
import type { Normalised } from './normalise.ts'
import { kinship, REGION_ORDER, type Region } from './regions.ts'
import { wordsOf } from './words.ts'

/** What a rule looks at. */
export interface RuledStudy extends Pick<Normalised, 'regions' | 'families'> {
  readonly description: string
}

/** @throws {ArchiveError} `PRIOR_RULE_INVALID` when it names a region or a kind there is not, or says nothing */
export function checkPriorRule({ current, prior, points }: PriorRule): void {
  const bad = (why: string) => new ArchiveError('PRIOR_RULE_INVALID', { why })
  for (const { regions, families } of [current, prior]) {
    const region = regions.find((one) => !(REGION_ORDER as readonly string[]).includes(one))
    if (region !== undefined) throw bad(`there is no region ${region}`)
    const family = families.find((one) => !(FAMILY_ORDER as readonly string[]).includes(one))
    if (family !== undefined) throw bad(`there is no kind of examination ${family}`)
  }
  if (saysNothing(current) && saysNothing(prior)) throw bad('it is about every study and every prior')
  if (points === 0) throw bad('it adds nothing')
}

const saysNothing = ({ regions, families, words }: StudyKind): boolean =>
  regions.length === 0 && families.length === 0 && wordsOf(words).length === 0

const isOfKind = (kind: StudyKind, { regions, families, description }: RuledStudy): boolean => {
  const here = new Set(wordsOf(description))
  return (
    (kind.regions.length === 0 ||
      kind.regions.some((wide) =>
        regions.some((one) => ['same', 'contains'].includes(kinship(one, wide as Region))),
      )) &&
    (kind.families.length === 0 || kind.families.some((one) => families.includes(one as Family))) &&
    wordsOf(kind.words).every((word) => here.has(word))
  )
}

/** @param days  of the prior before the current study */
export function isRuled(rule: PriorRule, current: RuledStudy, prior: RuledStudy, days: number | undefined): boolean {
  if (!rule.enabled || !isOfKind(rule.current, current) || !isOfKind(rule.prior, prior)) return false
  return rule.years === undefined || (days !== undefined && days <= rule.years * 365.25)
}

/** What kind of study a person chose a prior for, and what kind was chosen: by this it is remembered. */
export const kindOf = ({ regions, families }: Pick<Normalised, 'regions' | 'families'>): string =>
  `${[...regions].sort().join('+')}|${[...families].sort().join('+')}`
