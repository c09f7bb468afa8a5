/**
 * A rejection as the journal has it, and what the index makes of it. What was rejected stays as it was received; it is
 * only not shown any more. It comes back by a fact of its own, so what was in sight at any moment can be told.
 */
import { canonicalJson } from '../base/canonical-json.ts'
import type { RejectionCode } from '../dicom/rejection-note.ts'
import type { CompiledQuery } from '../storage/sql/compiled.ts'
import type { FactRecord } from '../vault/inbox/records.ts'
import { column } from './column.ts'
import type { RejectionStatements } from './rejections.queries.ts'

/** The text of a `reject` fact, and the member `rejection` of its event's body. `by` is a login name or AE title. */
export type RejectionFact =
  | {
      readonly v: 1
      readonly op: 'reject'
      readonly study: string
      readonly code: RejectionCode
      readonly reason: string
      /** SOP Instance UID of the rejection note. */
      readonly note: string
      /** Ids: every version of what the note names, and the note itself. */
      readonly instances: readonly number[]
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'restore'
      readonly study: string
      /** The number of the event that rejected it. */
      readonly rejection: number
      readonly reason: string
      readonly by: string
      readonly at: string
    }
  /**
   * What another archive had let go (113039) and was sent here again is in sight again; what was destroyed here and was
   * sent again is not, until a person has decided.
   */
  | {
      readonly v: 1
      readonly op: 'return'
      readonly study: string
      readonly instance: number
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'quarantine'
      readonly study: string
      readonly instance: number
      readonly at: string
    }

export const rejectionText = (fact: RejectionFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

/** Members inserted with one statement: two values each, and an engine takes some thirty thousand. */
const CHUNK = 1000

/**
 * @returns `rows` in the order of the journal, and `after`: counts of the study, which are right once everything else of
 *   the batch is there
 */
export function rejectionRows(
  statements: RejectionStatements,
  { n, text }: FactRecord,
): { readonly rows: readonly CompiledQuery[]; readonly after: readonly CompiledQuery[] } {
  const fact = JSON.parse(text) as RejectionFact
  const after = statements.recount(fact.study)
  if (fact.op === 'quarantine')
    return {
      rows: [
        statements.insertQuarantine(n, fact.study, fact.at),
        statements.insertQuarantined(fact.study, fact.instance),
        statements.showInstance(fact.instance),
      ],
      after,
    }
  if (fact.op === 'return')
    return {
      rows: [statements.returnInstance(fact.instance, fact.at), statements.showInstance(fact.instance)],
      after,
    }
  if (fact.op === 'restore')
    return {
      rows: [
        statements.restoreMembers(fact.rejection, fact.at),
        statements.setRestored(fact.rejection, {
          restored_by: column(fact.by),
          restored_at: fact.at,
          restored_reason: column(fact.reason),
        }),
        statements.showMembers(fact.rejection),
      ],
      after,
    }
  const members: CompiledQuery[] = []
  for (let at = 0; at < fact.instances.length; at += CHUNK)
    members.push(statements.insertMembers(n, fact.instances.slice(at, at + CHUNK)))
  return {
    rows: [
      statements.insertRejection({
        id: n,
        code: fact.code,
        study_uid: column(fact.study),
        note_uid: column(fact.note),
        reason: column(fact.reason),
        rejected_by: column(fact.by),
        rejected_at: fact.at,
      }),
      ...members,
      statements.showMembers(n),
    ],
    after,
  }
}
