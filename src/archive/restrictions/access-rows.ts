/**
 * Who sees what not everybody sees, as the journal has it, and what the index makes of it. Nothing of it is ever changed:
 * each step is a fact of its own beside its event.
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'
import type { RestrictionStatements } from './restrictions.queries.ts'

/** What a restriction is of: `institution`, `source` and `code` are rules over whatever comes. */
export const RESTRICTION_KINDS = ['patient', 'study', 'institution', 'source', 'code'] as const
export type RestrictionKind = (typeof RESTRICTION_KINDS)[number]

/** `restricted`: only those let in see it. `watched`: everybody does, and each opening is looked at by a person. */
export type RestrictionLevel = 'restricted' | 'watched'

/** Why the glass was broken (compliance specification 5.3). */
export const EMERGENCY_CAUSES = ['emergency', 'on-call', 'mass-casualty', 'system-fault'] as const
export type EmergencyCause = (typeof EMERGENCY_CAUSES)[number]

/** The text of an `access` fact, and the member `access` of its event's body. `by` is a login name, `actor` a pseudonym. */
export type AccessFact =
  | {
      readonly v: 1
      readonly op: 'restrict'
      readonly kind: RestrictionKind
      readonly subject: string
      readonly level: RestrictionLevel
      /** `u:…`, `role:…`, `ae:…`, `ae:*`. */
      readonly admits: readonly string[]
      readonly reason: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'lift'
      readonly restriction: number
      readonly reason: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'break'
      readonly actor: string
      readonly patient: string
      readonly cause: EmergencyCause
      readonly reason: string
      readonly until: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'end'
      readonly emergency: number
      readonly why: 'person' | 'time'
      readonly by: string
      readonly at: string
    }
  | {
      /** Images of somebody who is watched were opened. */
      readonly v: 1
      readonly op: 'opened'
      readonly actor: string
      readonly patient: string
      readonly study: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'review'
      /** The number of the event that is looked at. */
      readonly review: number
      readonly outcome: 'justified' | 'unjustified'
      readonly words: string
      readonly by: string
      readonly at: string
    }

export const accessText = (fact: AccessFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

export function accessRows(statements: RestrictionStatements, { n, text }: FactRecord): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as AccessFact
  switch (fact.op) {
    case 'restrict': {
      const { kind, level } = fact
      const subject = column(fact.subject)
      const reason = column(fact.reason)
      return [
        statements.insertRestriction({
          id: n,
          kind,
          subject,
          level,
          reason,
          placed_by: column(fact.by),
          placed_at: fact.at,
        }),
        ...fact.admits.map((who) => statements.insertAdmitted({ restriction_id: n, who: column(who) })),
        statements.coverStudies({ id: n, kind, subject, level }),
      ]
    }
    case 'lift':
      return [
        statements.setLifted(fact.restriction, {
          lifted_by: column(fact.by),
          lifted_at: fact.at,
          lifted_reason: column(fact.reason),
        }),
        statements.uncover(fact.restriction),
      ]
    case 'break': {
      const of = { actor: fact.actor, name: column(fact.by), patient_key: column(fact.patient) }
      const reason = column(fact.reason)
      return [
        statements.insertEmergency({
          ...of,
          id: n,
          cause: fact.cause,
          reason,
          begun_at: fact.at,
          until: fact.until,
        }),
        statements.insertAccessReview({ ...of, id: n, kind: 'emergency', study_uid: '', reason, raised_at: fact.at }),
      ]
    }
    case 'end':
      return [statements.setEnded(fact.emergency, { ended_at: fact.at, ended_why: fact.why })]
    case 'opened':
      return [
        statements.insertAccessReview({
          id: n,
          kind: 'watched',
          actor: fact.actor,
          name: column(fact.by),
          patient_key: column(fact.patient),
          study_uid: fact.study,
          reason: '',
          raised_at: fact.at,
        }),
      ]
    case 'review':
      return [
        statements.setReviewed(fact.review, {
          reviewed_by: column(fact.by),
          reviewed_at: fact.at,
          outcome: fact.outcome,
          words: column(fact.words),
        }),
      ]
  }
}
