/**
 * What is wanted of priors beside what the record says: rules of the site, and what each person chose. In `control.db`: set
 * by people, in every backup, no record of a patient.
 */
import { ArchiveError } from '../base/errors.ts'
import type { ControlStore } from '../storage/sql/control-store.ts'
import {
  allPriorRules,
  chosenKinds,
  chosenPrior,
  deleteChoice,
  deletePriorRule,
  insertPriorRule,
  type PriorRuleRow,
  putChoice,
  trimChoices,
  updatePriorRule,
} from './prior-wishes.queries.ts'

/** All of it must hold; what is empty holds always. */
export interface StudyKind {
  /** By their names in the record: one of them, or a part of one. */
  readonly regions: readonly string[]
  /** Kinds of examination: one of them. */
  readonly families: readonly string[]
  /** In the Study Description, each of these words. */
  readonly words: string
}

export interface PriorRule {
  readonly name: string
  readonly enabled: boolean
  readonly current: StudyKind
  readonly prior: StudyKind
  /** At most so many years before; undefined: any. */
  readonly years?: number | undefined
  /** −100 to 100: what is added to a prior's score. −100 is: never. */
  readonly points: number
}

export interface StoredPriorRule extends PriorRule {
  readonly id: number
  readonly changed: { readonly by: string; readonly at: string }
}

/** What a person chose before. */
export interface Preference {
  /** For this very study. */
  readonly study: string | undefined
  /** Kinds of priors that were chosen for studies of this one's kind. */
  readonly kinds: ReadonlySet<string>
}

export interface PriorWishes {
  rules(): readonly StoredPriorRule[]
  add(rule: PriorRule, by: string): StoredPriorRule
  /** @throws {ArchiveError} `NOT_FOUND` */
  change(id: number, rule: PriorRule, by: string): StoredPriorRule
  /** @throws {ArchiveError} `NOT_FOUND` */
  remove(id: number): StoredPriorRule
  /** @param person  the pseudonym; @param kind  of the study, as the record names it */
  preference(person: string, study: string, kind: string): Preference
  choose(
    person: string,
    of: { readonly study: string; readonly kind: string },
    prior: { readonly study: string; readonly kind: string },
  ): void
  /** The archive's own order again. */
  forget(person: string, study: string): void
}

/** Choices of one person that are remembered. */
const REMEMBERED = 2000

export function openPriorWishes(store: ControlStore, now: () => Date): PriorWishes {
  const known = (id: number): StoredPriorRule => {
    const row = allPriorRules(store).find(({ rule_id }) => rule_id === id)
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such rule' })
    return ruleOf(row)
  }
  const rowOf = ({ name, enabled, ...rule }: PriorRule, by: string) => ({
    name,
    enabled: enabled ? 1 : 0,
    rule: JSON.stringify(rule),
    changed_by: by,
    changed_at: now().toISOString(),
  })
  return {
    rules: () => allPriorRules(store).map(ruleOf),
    add: (rule, by) => known(insertPriorRule(store, rowOf(rule, by))),
    change(id, rule, by) {
      known(id)
      updatePriorRule(store, { ...rowOf(rule, by), rule_id: id })
      return known(id)
    },
    remove(id) {
      const removed = known(id)
      deletePriorRule(store, id)
      return removed
    },
    preference: (person, study, kind) => ({
      study: chosenPrior(store, person, study),
      kinds: new Set(chosenKinds(store, person, kind).map(({ prior_kind }) => prior_kind)),
    }),
    choose(person, of, prior) {
      store.together(() => {
        putChoice(store, {
          person,
          study: of.study,
          prior: prior.study,
          study_kind: of.kind,
          prior_kind: prior.kind,
          chosen_at: now().toISOString(),
        })
        trimChoices(store, person, REMEMBERED)
      })
    },
    forget: (person, study) => void deleteChoice(store, person, study),
  }
}

const ruleOf = ({ rule_id, name, enabled, rule, changed_by, changed_at }: PriorRuleRow): StoredPriorRule => ({
  ...(JSON.parse(rule) as Pick<PriorRule, 'current' | 'prior' | 'years' | 'points'>),
  id: rule_id,
  name,
  enabled: enabled === 1,
  changed: { by: changed_by, at: changed_at },
})
