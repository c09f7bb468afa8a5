/** SQL of what sites and people want of priors (`control.db`). Read and written only by `prior-wishes.ts`. */
import type { ControlStore } from '../storage/sql/control-store.ts'

export interface PriorRuleRow {
  readonly rule_id: number
  readonly name: string
  readonly enabled: number
  readonly rule: string
  readonly changed_by: string
  readonly changed_at: string
}

export const allPriorRules = (store: ControlStore) =>
  store.all<PriorRuleRow>('select * from prior_rules order by rule_id')

export const insertPriorRule = (store: ControlStore, row: Omit<PriorRuleRow, 'rule_id'>) =>
  store.one<{ rule_id: number }>(
    'insert into prior_rules (name, enabled, rule, changed_by, changed_at) values (?, ?, ?, ?, ?) returning rule_id',
    row.name,
    row.enabled,
    row.rule,
    row.changed_by,
    row.changed_at,
  )?.rule_id ?? 0

export const updatePriorRule = (store: ControlStore, row: PriorRuleRow) =>
  store.run(
    'update prior_rules set name = ?, enabled = ?, rule = ?, changed_by = ?, changed_at = ? where rule_id = ?',
    row.name,
    row.enabled,
    row.rule,
    row.changed_by,
    row.changed_at,
    row.rule_id,
  )

export const deletePriorRule = (store: ControlStore, id: number) =>
  store.run('delete from prior_rules where rule_id = ?', id)

export const chosenPrior = (store: ControlStore, person: string, study: string) =>
  store.one<{ prior: string }>('select prior from prior_choices where person = ? and study = ?', person, study)?.prior

/** Kinds of priors this person chose last for studies of a kind; one for each kind of prior. */
export const chosenKinds = (store: ControlStore, person: string, kind: string) =>
  store.all<{ prior_kind: string }>(
    'select distinct prior_kind from prior_choices where person = ? and study_kind = ?',
    person,
    kind,
  )

export const putChoice = (
  store: ControlStore,
  row: {
    readonly person: string
    readonly study: string
    readonly prior: string
    readonly study_kind: string
    readonly prior_kind: string
    readonly chosen_at: string
  },
) =>
  store.run(
    `insert into prior_choices (person, study, prior, study_kind, prior_kind, chosen_at) values (?, ?, ?, ?, ?, ?)
       on conflict (person, study) do update set prior = excluded.prior, study_kind = excluded.study_kind,
                                                 prior_kind = excluded.prior_kind, chosen_at = excluded.chosen_at`,
    row.person,
    row.study,
    row.prior,
    row.study_kind,
    row.prior_kind,
    row.chosen_at,
  )

export const deleteChoice = (store: ControlStore, person: string, study: string) =>
  store.run('delete from prior_choices where person = ? and study = ?', person, study)

/** All but the newest of a person. */
export const trimChoices = (store: ControlStore, person: string, keep: number) =>
  store.run(
    `delete from prior_choices where person = ? and rowid not in
       (select rowid from prior_choices where person = ? order by chosen_at desc, rowid desc limit ?)`,
    person,
    person,
    keep,
  )
