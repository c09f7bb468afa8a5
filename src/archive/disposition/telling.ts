/** How each step of a disposition is journaled: the event and the fact, which say the same. */
import type { Json } from '../../base/canonical-json.ts'
import { type Context, pseudonym } from '../../base/context.ts'
import type { EventType } from '../../ledger/event.ts'
import type { JournalWriter } from '../journal-writer.ts'
import { type DispositionFact, dispositionText } from './disposition-rows.ts'

const EVENTS: Readonly<Record<DispositionFact['op'], EventType>> = {
  propose: 'disp.candidate',
  approve: 'disp.approve',
  end: 'disp.cancel',
  destroy: 'tombstone',
  done: 'disp.destroy',
}
const ACTIONS = { propose: 'C', approve: 'U', end: 'U', destroy: 'D', done: 'D' } as const

export interface About {
  readonly study?: string | undefined
  /** `issuer|id`, '' when not known. */
  readonly patient?: string | undefined
}

/**
 * @param check  the last look, in a group of its own
 * @throws {ArchiveError} what `check` throws, and `STORE_` rows when it could not be made durable
 */
export async function tell(
  writer: Pick<JournalWriter, 'act'>,
  { principal, client, now, signature }: Context,
  { study, patient }: About,
  fact: DispositionFact,
  check?: () => Promise<void>,
): Promise<void> {
  const text = dispositionText(fact)
  await writer.act(
    {
      kind: 'act',
      event: {
        type: EVENTS[fact.op],
        ts: now().toISOString(),
        action: ACTIONS[fact.op],
        outcome: 0,
        actor: pseudonym(principal),
        ...(study !== undefined && { study }),
        ...(patient !== undefined && patient !== '' && { patient }),
        detail: { disposition: JSON.parse(text) as Json, signature },
      },
      who: { principal, client },
      fact: { type: 'dispose', text },
      ...(check && { check }),
    },
    'now',
  )
}
