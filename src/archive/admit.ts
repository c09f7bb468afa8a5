/**
 * The one place where a room asks compliance, and where a refusal becomes an event before it becomes an answer.
 */
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import { type AccessFacts, type Act, may, SIGNED } from '../compliance/access.ts'
import type { Acts } from './acts.ts'

/**
 * @throws {ArchiveError} `ACCESS_DENIED`, once its security alert (PS3.15 A.5.3.11) is journaled; `ACCESS_SIGN` where who
 * asks has not signed
 */
export async function admit(
  acts: Pick<Acts, 'event'>,
  context: Context,
  act: Act,
  facts: AccessFacts = {},
): Promise<void> {
  const { principal } = context
  const decision = may(principal, act, facts)
  if (decision.allowed) {
    const person = principal.kind === 'user' && principal.authMethod !== 'open'
    if (person && SIGNED.has(act) && context.signature === undefined) throw new ArchiveError('ACCESS_SIGN')
    return
  }
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
