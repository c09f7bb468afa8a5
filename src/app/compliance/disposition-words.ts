/** Dispositions in words. */
import type { Disposition } from '../../api/dispositions.ts'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'

export const STATES: Readonly<
  Record<Disposition['state'], { readonly label: string; readonly tone: 'plain' | 'good' | 'warn' | 'accent' }>
> = {
  proposed: { label: 'Waits for the first approval', tone: 'accent' },
  approved: { label: 'Waits for the second approval', tone: 'accent' },
  cooling: { label: 'Cooling off', tone: 'warn' },
  destroying: { label: 'Being destroyed', tone: 'warn' },
  destroyed: { label: 'Destroyed', tone: 'plain' },
  ended: { label: 'Called off', tone: 'plain' },
}

/** What comes next, or what came. */
export function nextInWords({ state, destroyFrom, ended, studies }: Disposition): string {
  const stopped = studies.filter((one) => one.stopped !== '').length
  const still = stopped === 0 ? '' : ` ${counted(stopped, 'study is', 'studies are')} held up: see below.`
  if (state === 'cooling') return `Hidden, and destroyed from ${formatMoment(destroyFrom)} on.${still}`
  if (state === 'destroying') return `Not every copy is gone yet.${still}`
  if (state === 'ended' && ended !== null) return `${formatMoment(ended.at)} by ${ended.by}: ${ended.reason}`
  return ''
}

/** Who did what so far. */
export function deedsInWords({ proposed, first, second }: Disposition): readonly string[] {
  return [
    `Proposed by ${proposed.by}, ${formatMoment(proposed.at)}`,
    ...(first === null ? [] : [`approved by ${first.by}, ${formatMoment(first.at)}`]),
    ...(second === null ? [] : [`approved by ${second.by}, ${formatMoment(second.at)}`]),
  ]
}

export type DispositionStep = 'first' | 'second' | 'end'

/** The approval a state waits for. */
const NEXT: Readonly<Partial<Record<Disposition['state'], 'first' | 'second'>>> = {
  proposed: 'first',
  approved: 'second',
}

/** The steps this person can take, as far as the page can know: nobody approves twice, or what the same person proposed. */
export function dispositionSteps(
  { state, proposed, first }: Pick<Disposition, 'state' | 'proposed' | 'first'>,
  me: string,
  may: Readonly<Record<DispositionStep, boolean>>,
): readonly DispositionStep[] {
  if (state === 'destroyed' || state === 'ended') return []
  const mine = me === proposed.by || me === first?.by
  const next = mine ? undefined : NEXT[state]
  return [...(next !== undefined && may[next] ? [next] : []), ...(may.end ? (['end'] as const) : [])]
}
