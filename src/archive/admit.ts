/**
 * The one place where a room asks compliance, and where a refusal becomes an event before it becomes an answer.
 */
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import { type AccessFacts, type Act, may } from '../compliance/access.ts'
import type { Acts } from './acts.ts'

/** @throws {ArchiveError} `ACCESS_DENIED`, once its security alert (PS3.15 A.5.3.11) is journaled */
export async function admit(
  acts: Pick<Acts, 'event'>,
  context: Context,
  act: Act,
  facts: AccessFacts = {},
): Promise<void> {
  const { principal } = context
  const decision = may(principal, act, facts)
  if (decision.allowed) return
  await acts.event(
    context,
    { type: 'aud.110113', action: 'E', outcome: 4, detail: { act, because: decision.because } },
    'now',
  )
  throw new ArchiveError('ACCESS_DENIED', {
    who: principal.kind === 'device' ? principal.aeTitle : principal.name,
    act,
  })
}
