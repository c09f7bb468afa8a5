/** What can be done about old entries of the log that are to be erased, and how it is called. */
import type { Redaction } from '../../api/redactions.ts'

export type RedactionStep = 'approve' | 'end'

/** The steps this person can take: nobody approves what the same person proposed. */
export function redactionSteps(
  { proposed, approved, ended }: Pick<Redaction, 'proposed' | 'approved' | 'ended'>,
  me: string,
  may: Readonly<Record<RedactionStep, boolean>>,
): readonly { readonly step: RedactionStep; readonly label: string }[] {
  if (approved !== null || ended !== null) return []
  const mine = proposed.by === me
  return [
    ...(may.approve && !mine ? [{ step: 'approve', label: 'Approve' } as const] : []),
    ...(may.end ? [{ step: 'end', label: mine ? 'Withdraw' : 'Refuse' } as const] : []),
  ]
}
