/**
 * What an association was, in words: for the page that shows who sends what, and for the log. Holds titles, addresses,
 * names of SOP classes and counts; nothing of any patient, and nothing of a user identity but its type.
 */
import { uidName } from '../dicom/dictionary.ts'
import type { Outcome } from './services/service.ts'
import type { AnsweredContext, AssociateRq } from './upper-layer/pdu.ts'

export interface ContextSummary {
  readonly abstractSyntax: string
  readonly proposed: readonly string[]
  /** The transfer syntax agreed on, or why there is none. */
  readonly answer: string
  readonly accepted: boolean
}

export interface RefusalSummary {
  /** Row of the table of errors; its facts hold nothing of any patient. */
  readonly code: string
  readonly fact: string
  readonly remedy: string
  readonly times: number
}

export interface AssociationSummary {
  readonly id: number
  readonly callingAet: string
  readonly calledAet: string
  readonly address: string
  readonly port: number
  /** Is the caller a listed device? */
  readonly listed: boolean
  readonly implementationClassUid: string
  readonly implementationVersion: string
  /** What the peer takes at most in one PDU, in bytes; 0 means no limit. */
  readonly maxPdu: number
  readonly startedAt: string // RFC 3339, UTC
  readonly endedAt: string | undefined
  readonly contexts: readonly ContextSummary[]
  readonly counts: Readonly<Record<Outcome, number>>
  /** Why operations were refused: an entry for each kind of error, with what the first of them said. */
  readonly refusals: readonly RefusalSummary[]
  readonly bytesReceived: number
  readonly bytesSent: number
  /** `open`, or how it ended: `released`, `rejected by us: the calling AE title is not recognized (…)`. */
  readonly state: string
}

const RESULTS: Readonly<Record<number, string>> = {
  1: 'refused by the user',
  2: 'refused without a reason',
  3: 'abstract syntax not supported',
  4: 'transfer syntaxes not supported',
}

/** Names come from one table, so that the summaries of many associations share them. */
const nameOf = (uid: string): string => uidName(uid) ?? uid.slice(0, 64)

export function summariseContexts(
  request: AssociateRq,
  answers: readonly Pick<AnsweredContext, 'id' | 'result' | 'transferSyntax'>[],
): ContextSummary[] {
  const byId = new Map(answers.map((answer) => [answer.id, answer]))
  return request.contexts.map((context) => {
    const answer = byId.get(context.id)
    const accepted = answer?.result === 0
    return {
      abstractSyntax: nameOf(context.abstractSyntax),
      proposed: context.transferSyntaxes.map(nameOf),
      answer: accepted ? nameOf(answer.transferSyntax) : (RESULTS[answer?.result ?? 2] ?? 'not answered'),
      accepted,
    }
  })
}
