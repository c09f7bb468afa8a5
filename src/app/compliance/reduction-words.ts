/** What can be done about a date that is to be let go, and how it is called. */
import type { Reduction } from '../../api/known.ts'

export type ReductionStep = 'first' | 'second' | 'end'

export const STATES: Readonly<
  Record<Reduction['state'], { readonly label: string; readonly tone: 'plain' | 'good' | 'accent' }>
> = {
  proposed: { label: 'Waits for the first approval', tone: 'accent' },
  approved: { label: 'Waits for the second approval', tone: 'accent' },
  'let go': { label: 'Let go', tone: 'plain' },
  ended: { label: 'It stands', tone: 'good' },
}

/** The steps this person can take: nobody approves what he proposed, or twice. */
export function reductionSteps(
  { state, proposed, first }: Pick<Reduction, 'state' | 'proposed' | 'first'>,
  me: string,
  may: Readonly<Record<ReductionStep, boolean>>,
): readonly ReductionStep[] {
  if (state === 'let go' || state === 'ended') return []
  const mine = proposed.by === me || first?.by === me
  const next: ReductionStep = state === 'proposed' ? 'first' : 'second'
  return [...(may[next] && !mine ? [next] : []), ...(may.end ? (['end'] as const) : [])]
}
