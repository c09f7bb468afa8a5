/**
 * Messages and performed procedures as the journal has them, and what the index makes of them. What follows from a
 * message was decided when it came and stands in its fact, so a rebuild needs no HL7.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '../../base/canonical-json.ts'
import type { DicomJson } from '../../dicom/json.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { OrdersTable, PersonsTable } from '../../storage/sql/schema.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'
import { type IdentityChange, identityRows, type PersonChanges } from '../persons/person-rows.ts'
import type { WorkflowStatements } from './workflow.queries.ts'

/** A scheduled procedure step as the index has it, after a message. */
export type OrderRow = Omit<OrdersTable, 'message_id'>
export type PersonRow = Omit<PersonsTable, 'message_id'>

export interface MessageFact {
  readonly v: 1
  readonly op: 'message'
  readonly at: string
  readonly address: string
  readonly sender: string
  readonly control: string
  readonly type: string
  readonly characterSet: string
  readonly digest: string
  /** As it came, base64. */
  readonly raw: string
  readonly outcome: 'AA' | 'AE' | 'AR'
  readonly why: string
  readonly note: string
  readonly patient: string
  readonly accession: string
  readonly study: string
  readonly persons: readonly PersonRow[]
  readonly orders: readonly OrderRow[]
  /** Which IDs are one person from here on, or no more; left out where it says nothing of that. */
  readonly identity?: IdentityChange
}

/** A person has looked at a message that could not be followed. */
export interface SettleFact {
  readonly v: 1
  readonly op: 'settle'
  readonly message: number
  readonly reason: string
  readonly by: string
  readonly at: string
}

/** In bytes: a record of the journal takes somewhat more. */
export const LONGEST_FACT = 15 * 1024 * 1024

export const STEP_STATUS = ['scheduled', 'started', 'completed', 'discontinued', 'cancelled'] as const
export type StepStatus = (typeof STEP_STATUS)[number]

/** The instances a performed procedure names, by series. */
export type Expected = readonly { readonly series: string; readonly instances: readonly string[] }[]

/** A Modality Performed Procedure Step, whole, as it is after an N-CREATE or N-SET. */
export interface ProcedureFact {
  readonly v: 1
  readonly op: 'create' | 'set'
  readonly sop: string
  readonly aet: string
  readonly status: string
  readonly study: string
  readonly accession: string
  readonly at: string
  readonly expected: Expected
  readonly attributes: DicomJson
  /** Steps of the worklist whose state follows. */
  readonly orders: readonly { readonly key: string; readonly status: StepStatus }[]
}

export type WorkflowFact = MessageFact | SettleFact | ProcedureFact

/** Members that are not there are left out, not undefined: the text is canonical JSON. */
export const factText = (fact: WorkflowFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

/**
 * What the body of its event says of a fact: its digest, and no second copy of a message. `verify` compares it
 * (`vault/verify-records.ts`).
 */
export const told = (op: string, text: string): Json => ({
  op,
  sha256: createHash('sha256').update(text).digest('hex'),
})

export function messageRows(
  statements: WorkflowStatements & PersonChanges,
  { n, text }: FactRecord,
): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as MessageFact | SettleFact
  if (fact.op === 'settle')
    return [
      statements.settleMessage(fact.message, {
        attention: 0,
        settled_by: column(fact.by),
        settled_at: fact.at,
        settled_reason: column(fact.reason),
      }),
    ]
  return [
    statements.insertMessage({
      id: n,
      received_at: fact.at,
      address: column(fact.address),
      sender: column(fact.sender),
      control_id: column(fact.control),
      type: column(fact.type),
      digest: fact.digest,
      outcome: fact.outcome,
      why: fact.why,
      note: fact.note,
      patient_key: column(fact.patient),
      accession: column(fact.accession),
      study_uid: column(fact.study),
      character_set: column(fact.characterSet),
      raw: fact.raw,
      attention: fact.outcome === 'AA' ? 0 : 1,
      settled_by: '',
      settled_at: '',
      settled_reason: '',
    }),
    ...fact.persons.map((person) => statements.putPerson({ ...person, message_id: n })),
    ...fact.orders.map((order) => statements.putOrder({ ...order, message_id: n })),
    ...(fact.identity === undefined ? [] : identityRows(statements, n, fact.identity)),
  ]
}

export function procedureRows(statements: WorkflowStatements, { n, text }: FactRecord): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as ProcedureFact
  return [
    statements.putProcedure({
      sop_uid: column(fact.sop),
      study_uid: column(fact.study),
      accession: column(fact.accession),
      aet: column(fact.aet),
      status: fact.status,
      told_at: fact.at,
      changed: n,
      expected: canonicalJson(fact.expected),
      attributes: JSON.stringify(fact.attributes),
    }),
    ...fact.orders.map(({ key, status }) => statements.setStepStatus(key, status)),
  ]
}
