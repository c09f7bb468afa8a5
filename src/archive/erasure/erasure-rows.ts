/** A request for erasure as the journal has it, and what the index makes of it: recorded, and answered. */
import { canonicalJson, type Json } from '../../base/canonical-json.ts'
import type { ErasureOutcome } from '../../compliance/retention/erasure.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { ErasureRequestsTable } from '../../storage/sql/schema.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'

/** What was answered of one study: as it was decided that day. */
export interface AnsweredStudy {
  readonly study: string
  readonly outcome: ErasureOutcome
  /** '' where there is no last day. */
  readonly until: string
  readonly articles: readonly string[]
  readonly rules: readonly { readonly id: string; readonly title: string; readonly source: string }[]
  readonly why: string
}

/** The text of an `erasure` fact, and the member `erasure` of its event's body. `by` is a login name. */
export type ErasureFact =
  | {
      readonly v: 1
      readonly op: 'record'
      /** `issuer|id`. */
      readonly patient: string
      /** Those it names; none: all of the patient's. */
      readonly studies: readonly string[]
      readonly askedOn: string
      readonly askedBy: string
      readonly identity: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'answer'
      /** The number of the event that recorded it. */
      readonly request: number
      readonly studies: readonly AnsweredStudy[]
      /** SHA-256 of the rules it was decided by. */
      readonly rules: string
      readonly reason: string
      readonly by: string
      readonly at: string
    }

export interface ErasureStatements {
  insertErasure(
    row: Omit<ErasureRequestsTable, 'answer' | 'answered_by' | 'answered_at' | 'answered_reason'>,
  ): CompiledQuery
  answerErasure(
    id: number,
    answer: Pick<ErasureRequestsTable, 'answer' | 'answered_by' | 'answered_at' | 'answered_reason'>,
  ): CompiledQuery
}

export const erasureText = (fact: ErasureFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

export function erasureRows(statements: ErasureStatements, { n, text }: FactRecord): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as ErasureFact
  if (fact.op === 'record')
    return [
      statements.insertErasure({
        id: n,
        patient_key: column(fact.patient),
        studies: fact.studies.join(' '),
        asked_on: fact.askedOn,
        asked_by: column(fact.askedBy),
        identity: column(fact.identity),
        recorded_by: column(fact.by),
        recorded_at: fact.at,
      }),
    ]
  return [
    statements.answerErasure(fact.request, {
      answer: canonicalJson(fact.studies as unknown as Json),
      answered_by: column(fact.by),
      answered_at: fact.at,
      answered_reason: fact.reason,
    }),
  ]
}
