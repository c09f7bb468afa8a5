/** What is asked of the audit log, and what is answered. */
import type { Json } from '../base/canonical-json.ts'
import type { Uid } from '../dicom/uid.ts'
import type { EventType } from '../ledger/event.ts'

export interface AuditQuery {
  /** Pseudonym. */
  readonly actor?: string
  readonly patientId?: string
  readonly study?: Uid
  readonly type?: EventType
  readonly types?: readonly EventType[]
  /** Only what was done in an emergency (HL7 ActReason). */
  readonly purpose?: 'BTG'
  /** What only a body tells: the question as it is journaled, and its answer for one event. */
  readonly fits?: { readonly asked: Json; readonly test: (event: AuditFound) => boolean }
  /** As leaves have it, `YYYY-MM-DDTHH:MM:SS.mmmZ`; `until` is the first moment not asked for. */
  readonly from?: string
  readonly until?: string
  /** Only leaves before this one. */
  readonly before?: number
  readonly limit: number
}

export interface AuditFound {
  readonly n: number
  readonly ts: string
  readonly type: string
  readonly actor: string
  /** The body's exact text. */
  readonly body: string
}

export interface AuditAnswer {
  readonly events: readonly AuditFound[]
  /** For `before` of the next page. */
  readonly next: number | undefined
}
