/** May this study be destroyed today? The rules, the holds and the clock are asked anew each time. */
import type { Database } from '../../storage/sql/database.ts'
import type { MayGo } from '../fixity.ts'
import { holdsOn } from '../holds.ts'
import { type RetentionRow, retentionFacts } from '../retention.queries.ts'
import { decideStudy } from '../retention.ts'
import type { SiteRulesSource } from '../rules/site-rules.ts'

export type DueAnswer =
  | { readonly why: string }
  | {
      readonly why?: undefined
      readonly row: RetentionRow
      readonly eligibleOn: string
      readonly governing: readonly string[]
      /** SHA-256 of the rules it was decided by. */
      readonly rules: string
      /** What was assumed: a person has to have looked at it. */
      readonly assumed: readonly string[]
    }

/** When a study may go, by the rules and the holds on it. */
export function openMayGo({
  db,
  site,
  now,
}: {
  readonly db: Database
  readonly site: SiteRulesSource
  readonly now: () => Date
}): (study: string) => Promise<MayGo> {
  return async (study) => {
    const row = await retentionFacts(db, study)
    if (row === undefined) return 'gone'
    return decideStudy(await site.now(), row, await holdsOn(db, study, row.person_key, now())).eligibleOn ?? 'not yet'
  }
}

export type WhyNot = (study: string) => Promise<DueAnswer>

export function openDue({
  db,
  site,
  now,
}: {
  readonly db: Database
  readonly site: SiteRulesSource
  readonly now: () => Date
}): WhyNot {
  return async (study) => {
    const row = await retentionFacts(db, study)
    if (row === undefined) return { why: 'it is not here' }
    const rules = await site.now()
    if (rules.jurisdictions.length === 0) return { why: 'no rules of retention have been adopted' }
    const holds = await holdsOn(db, study, row.person_key, now())
    const { status, eligibleOn, governing, flags } = decideStudy(rules, row, holds)
    const [hold] = holds
    if (hold !== undefined || status === 'HELD') return { why: `legal hold ${hold?.id ?? ''} covers it` }
    if (eligibleOn === undefined)
      return { why: status === 'UNDETERMINED' ? 'more has to be known about it first' : 'it is kept without end' }
    if (eligibleOn > now().toISOString().slice(0, 10)) return { why: `it is kept until ${eligibleOn}` }
    return { row, eligibleOn, governing, rules: rules.digest, assumed: flags }
  }
}
