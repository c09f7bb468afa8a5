/** Redaction of events as the doors see it. */
import type { Context } from '../../base/context.ts'

export interface Redaction {
  readonly id: number
  /** Events before this moment, RFC 3339. */
  readonly until: string
  readonly reason: string
  readonly proposed: { readonly by: string; readonly at: string }
  readonly approved: { readonly by: string; readonly at: string } | undefined
  readonly ended: { readonly by: string; readonly at: string; readonly reason: string } | undefined
  /** How many were erased so far. */
  readonly events: number
  /** When no byte of them was left; '' until then. */
  readonly doneAt: string
}

export interface Erasing {
  /** Newest first. */
  redactions(context: Context): Promise<readonly Redaction[]>
  /**
   * Proposes that bodies and salts of events before a moment are erased: another person approves it.
   * @throws {ArchiveError} `REDACTION_TOO_YOUNG` for events that must be kept still, `BAD_REQUEST`
   */
  proposeRedaction(context: Context, ask: { readonly until: string; readonly reason: string }): Promise<Redaction>
  /** Approves it, and carries it out. @throws {ArchiveError} `REDACTION_STATE`, `REDACTION_SAME_PERSON`, `NOT_FOUND` */
  approveRedaction(context: Context, redaction: number, reason: string): Promise<Redaction>
  /** Withdraws or refuses it. @throws {ArchiveError} `REDACTION_STATE`, `NOT_FOUND` */
  endRedaction(context: Context, redaction: number, reason: string): Promise<Redaction>
}
