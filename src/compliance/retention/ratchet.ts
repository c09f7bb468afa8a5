/**
 * What becomes of the date a study was promised when what is known of it changes (compliance specification 2.5): a later
 * date counts at once, an earlier one does not count until people let the promised one go.
 */
import { type CalendarDate, FOREVER } from './calendar.ts'
import type { Decision } from './decide.ts'
import { isSuspension } from './told.ts'

/** A fact that was said, changed or taken back; '' where there was none, or is none now. */
export interface ChangedFact {
  readonly name: string
  readonly was: string
  readonly now: string
}

const reach = ({ retainThrough }: Decision): CalendarDate => retainThrough ?? FOREVER

/** Is this what the decision waited for? Then the date it leads to is the first there is, and not an earlier one. */
const waitedFor =
  ({ missing }: Decision) =>
  ({ name, was, now }: ChangedFact): boolean => {
    if (now === '') return false
    if (isSuspension(name)) return missing.includes('open-suspension') && was === 'open'
    return missing.includes(name) && was === ''
  }

/**
 * The last day that stands; undefined when nothing was promised that would end earlier now. Decisions without holds.
 */
export function floorOf(before: Decision, after: Decision, changed: readonly ChangedFact[]): CalendarDate | undefined {
  const promised = reach(before)
  if (reach(after) >= promised) return undefined
  if (before.status === 'UNDETERMINED' && changed.length > 0 && changed.every(waitedFor(before))) return undefined
  return promised
}
