/**
 * A legal hold as the journal has it, and what the index makes of it. A hold is never changed: it is placed, its release
 * is asked for, refused or done, each a fact of its own beside its event.
 */
import { canonicalJson } from '../base/canonical-json.ts'
import type { CompiledQuery } from '../storage/sql/compiled.ts'
import type { FactRecord } from '../vault/inbox/records.ts'
import { column } from './column.ts'
import type { HoldStatements } from './holds.queries.ts'

/** A search of the worklist that goes on catching what arrives. */
export interface HoldQuery {
  readonly words: string
  readonly modality?: string | undefined
  /** YYYYMMDD, of the study. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export interface HoldScope {
  readonly studies: readonly string[]
  /** `issuer|id`. */
  readonly patients: readonly string[]
  readonly query?: HoldQuery | undefined
}

/** The text of a `hold` fact, and the member `hold` of its event's body. `by` is a login name. */
export type HoldFact =
  | ({
      readonly v: 1
      readonly op: 'place'
      readonly matter: string
      readonly reason: string
      readonly by: string
      readonly at: string
    } & HoldScope)
  | {
      readonly v: 1
      readonly op: 'ask' | 'keep' | 'release'
      /** The number of the event that placed it. */
      readonly hold: number
      readonly reason: string
      readonly by: string
      readonly at: string
    }

/** Members that are not there are left out, not undefined: the text is canonical JSON. */
export const holdText = (fact: HoldFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

export function holdRows(statements: HoldStatements, { n, text }: FactRecord): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as HoldFact
  if (fact.op === 'place') {
    const scopes = [
      ...fact.studies.map((subject) => ({ kind: 'study', subject: column(subject), hold_id: n })),
      ...fact.patients.map((subject) => ({ kind: 'patient', subject: column(subject), hold_id: n })),
    ]
    const hold = {
      id: n,
      matter: column(fact.matter),
      reason: column(fact.reason),
      query: fact.query === undefined ? '' : column(holdQueryText(fact.query)),
      placed_by: column(fact.by),
      placed_at: fact.at,
    }
    return [statements.insertHold(hold), ...scopes.map((scope) => statements.insertScope(scope))]
  }
  const { op, hold, reason, by, at } = fact
  if (op === 'release') return [statements.setHold(hold, { released_by: column(by), released_at: at })]
  return [
    statements.setHold(
      hold,
      op === 'ask'
        ? { asked_by: column(by), asked_at: at, asked_reason: column(reason) }
        : { asked_by: '', asked_at: '', asked_reason: '' },
    ),
  ]
}

export const holdQueryText = (query: HoldQuery): string => canonicalJson(JSON.parse(JSON.stringify(query)))
