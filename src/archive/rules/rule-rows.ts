/**
 * The adoption of rules of retention as the journal has it, and what the index makes of it. The rule sets stand in the
 * fact as they were proposed: what was approved is what counts, whatever a later version of this program ships.
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import type { RuleSet } from '../../compliance/retention/rules.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { RuleAdoptionsTable } from '../../storage/sql/schema.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'

/**
 * Like an object lock: in governance others may be adopted instead, which may shorten; in compliance nobody can, and they
 * count for ever (compliance specification 2.5).
 */
export type RetentionMode = 'governance' | 'compliance'

/** The text of a `rules` fact, and the member `rules` of its event's body. `by` is a login name. */
export type RulesFact =
  | {
      readonly v: 1
      readonly op: 'propose'
      readonly jurisdictions: readonly string[]
      readonly institution: string
      readonly optIn: readonly string[]
      readonly mode: RetentionMode
      /** Of those adopted before, which may shorten; else beside them, which cannot. */
      readonly instead: boolean
      readonly reason: string
      /** SHA-256 of the rule sets. */
      readonly digest: string
      readonly sets: readonly RuleSet[]
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'approve' | 'adopt' | 'end'
      /** The number of the event that proposed them. */
      readonly adoption: number
      readonly reason: string
      readonly by: string
      readonly at: string
    }

export interface RuleStatements {
  insertAdoption(
    row: Omit<
      RuleAdoptionsTable,
      'first_by' | 'first_at' | 'adopted_by' | 'adopted_at' | 'ended_by' | 'ended_at' | 'ended_reason' | 'replaced_at'
    >,
  ): CompiledQuery
  setAdoption(id: number, changes: Partial<RuleAdoptionsTable>): CompiledQuery
  /** Those in force give way to this one, when it was proposed instead of them; of compliance mode none does. */
  replaceBefore(id: number, at: string): CompiledQuery
}

export const rulesText = (fact: RulesFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

export function ruleRows(statements: RuleStatements, { n, text }: FactRecord): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as RulesFact
  if (fact.op === 'propose')
    return [
      statements.insertAdoption({
        id: n,
        jurisdictions: fact.jurisdictions.join(','),
        institution: column(fact.institution),
        opt_in: fact.optIn.join(' '),
        mode: fact.mode,
        instead: fact.instead ? 1 : 0,
        reason: column(fact.reason),
        digest: fact.digest,
        sets: canonicalJson(JSON.parse(JSON.stringify(fact.sets))),
        proposed_by: column(fact.by),
        proposed_at: fact.at,
      }),
    ]
  const { op, adoption, reason, at } = fact
  const by = column(fact.by)
  if (op === 'approve') return [statements.setAdoption(adoption, { first_by: by, first_at: at })]
  if (op === 'end')
    return [statements.setAdoption(adoption, { ended_by: by, ended_at: at, ended_reason: column(reason) })]
  return [statements.replaceBefore(adoption, at), statements.setAdoption(adoption, { adopted_by: by, adopted_at: at })]
}
