/**
 * What people say of a study, a patient or a trial, and dates they let go, as the journal has it, and what the index makes
 * of it. A fact says which dates changed by it, and which stand although they would end earlier now (0028).
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import { FLOOR, type SubjectKind } from '../../compliance/retention/told.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { RetentionFactsTable, RetentionReductionsTable } from '../../storage/sql/schema.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'

export interface Subject {
  readonly kind: SubjectKind
  /** Study Instance UID, `issuer|id`, or the name of the trial. */
  readonly id: string
}

/** Until when, as a decision has it. */
export interface DateOf {
  readonly status: string
  readonly through?: string | undefined
}

export interface DateChange {
  readonly study: string
  readonly was: DateOf
  readonly now: DateOf
  /** Promised before, later than what is known now leads to: it stands. */
  readonly floor?: string | undefined
}

/** The text of a `retain` fact, and the member `retention` of its event's body. `by` is a login name. */
export type RetainFact =
  | {
      readonly v: 1
      readonly op: 'tell'
      readonly about: Subject
      /** By name; '' takes back what was said. */
      readonly set: { readonly [name: string]: string }
      readonly dates: readonly DateChange[]
      /** SHA-256 of the rules the dates were decided by. */
      readonly rules: string
      readonly reason: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'propose'
      readonly study: string
      readonly floor: string
      /** What would count then. */
      readonly then: DateOf
      readonly evidence: string
      readonly reason: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'approve' | 'end'
      /** The number of the event that proposed it. */
      readonly reduction: number
      readonly reason: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'adopt'
      readonly reduction: number
      readonly study: string
      readonly dates: readonly DateChange[]
      readonly reason: string
      readonly by: string
      readonly at: string
    }

export interface KnownStatements {
  setFact(row: RetentionFactsTable): CompiledQuery
  forgetFact(kind: SubjectKind, subject: string, name: string): CompiledQuery
  insertReduction(
    row: Pick<
      RetentionReductionsTable,
      'id' | 'study_uid' | 'floor' | 'reason' | 'evidence' | 'proposed_by' | 'proposed_at'
    >,
  ): CompiledQuery
  setReduction(id: number, changes: Partial<RetentionReductionsTable>): CompiledQuery
}

/** Members that are not there are left out, not undefined: the text is canonical JSON. */
export const retainText = (fact: RetainFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

export function knownRows(statements: KnownStatements, { n, text }: FactRecord): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as RetainFact
  const { reason, at } = fact
  const by = column(fact.by)
  const said = { reason: column(reason), told_by: by, told_at: at, told_n: n }
  switch (fact.op) {
    case 'tell': {
      const { kind, id } = fact.about
      const subject = column(id)
      return [
        ...Object.entries(fact.set).map(([name, value]) =>
          value === ''
            ? statements.forgetFact(kind, subject, name)
            : statements.setFact({ kind, subject, name, value: column(value), ...said }),
        ),
        ...fact.dates.flatMap(({ study, floor }) =>
          floor === undefined
            ? []
            : [statements.setFact({ kind: 'study', subject: column(study), name: FLOOR, value: floor, ...said })],
        ),
      ]
    }
    case 'propose':
      return [
        statements.insertReduction({
          id: n,
          study_uid: column(fact.study),
          floor: fact.floor,
          reason: column(reason),
          evidence: column(fact.evidence),
          proposed_by: by,
          proposed_at: at,
        }),
      ]
    case 'approve':
      return [statements.setReduction(fact.reduction, { first_by: by, first_at: at })]
    case 'adopt':
      return [
        statements.setReduction(fact.reduction, { adopted_by: by, adopted_at: at }),
        statements.forgetFact('study', column(fact.study), FLOOR),
      ]
    default:
      return [statements.setReduction(fact.reduction, { ended_by: by, ended_at: at, ended_reason: column(reason) })]
  }
}
