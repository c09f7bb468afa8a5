/**
 * How long a study must be kept: facts × rules → decision (compliance specification 2.5). The longest rule wins; what is
 * not known never shortens; a floor once computed stands; a hold beats everything. Pure: no clock, no zone.
 */
import { addDays, type CalendarDate, daysBetween, FOREVER, localDate } from './calendar.ts'
import { evaluate } from './expression.ts'
import { anchorsIn, type Facts, type Resolved, resolveAnchors } from './facts.ts'
import type { ReadRule } from './rules.ts'
import { matches, unknownTo } from './selector.ts'

export type Status = 'TIMED' | 'INDEFINITE' | 'UNDETERMINED' | 'HELD' | 'NO_RULE'

export interface Decision {
  readonly status: Status
  /** The last day it must be kept; undefined when there is none. */
  readonly retainThrough: CalendarDate | undefined
  /** The first day it may be considered: the day after. */
  readonly eligibleOn: CalendarDate | undefined
  /** Of a held one: when it would be, were it not held. */
  readonly onRelease?: CalendarDate | undefined
  /** Rules that reach furthest, or `ratchet-floor`. */
  readonly governing: readonly string[]
  /** The earliest maximum of those that concern it. */
  readonly destroyBy: CalendarDate | undefined
  /** What was assumed. */
  readonly flags: readonly string[]
  /** Facts that would have to be known: dates, or what says whether any rule concerns it. */
  readonly missing: readonly string[]
}

export interface DecisionOptions {
  /** Recommendations the site follows. */
  readonly optIn?: readonly string[]
  /** Rules whose lawful minimum counsel has signed off. */
  readonly exact?: readonly string[]
}

interface Hit {
  readonly rule: ReadRule
  readonly through: CalendarDate
  readonly uncertain: boolean
  readonly destroyBy: CalendarDate | undefined
}

export function decideRetention(rules: readonly ReadRule[], facts: Facts, options: DecisionOptions = {}): Decision {
  const resolved = resolveAnchors(facts)
  const missing = new Set<string>()
  const hits = rules.flatMap((rule) => hit(rule, facts, resolved, options, missing))
  const held = (facts.holds ?? []).some(({ released }) => released === undefined)
  const [first, ...others] = hits
  if (first === undefined)
    return {
      status: held ? 'HELD' : 'NO_RULE',
      retainThrough: undefined,
      eligibleOn: undefined,
      governing: [],
      destroyBy: undefined,
      flags: [...resolved.flags.filter((flag) => !flag.endsWith('-proxy')), 'no-rule-block'],
      missing: [],
    }

  const top = others.reduce((one, other) => (other.through > one ? other.through : one), first.through)
  const floored = facts.floor !== undefined && facts.floor > top
  const through = floored ? facts.floor : top
  const uses = new Set<string>(hits.flatMap(({ rule }) => [...rule.uses]))
  const flags = resolved.flags.filter((flag) => !flag.endsWith('-proxy') || uses.has(flag.replace('-proxy', '')))
  const furthest = hits.filter((one) => one.through === top)
  if (floored) flags.push('ratchet-floor')
  if (furthest.some(({ uncertain }) => uncertain)) flags.push('selector-unknown')
  // Perhaps no rule concerns it at all, and what no rule concerns is not destroyed: so it waits until somebody knows.
  const undecided = hits.every(({ uncertain }) => uncertain)
  if (undecided)
    for (const { rule } of hits) for (const fact of unknownTo(rule.when, facts, resolved)) missing.add(fact)
  const endless = undecided || through === FOREVER
  const eligibleOn = endless || through === undefined ? undefined : addDays(through, 1)
  const maxima = hits.map(({ destroyBy }) => destroyBy).filter((date) => date !== undefined)
  return {
    status: held ? 'HELD' : endless ? (missing.size > 0 ? 'UNDETERMINED' : 'INDEFINITE') : 'TIMED',
    retainThrough: endless ? undefined : through,
    eligibleOn: held ? undefined : eligibleOn,
    ...(held && { onRelease: eligibleOn }),
    governing: floored ? ['ratchet-floor'] : furthest.map(({ rule }) => rule.id).sort(),
    destroyBy: maxima.sort()[0],
    flags,
    missing: [...missing],
  }
}

function hit(
  rule: ReadRule,
  facts: Facts,
  resolved: Resolved,
  { optIn = [], exact = [] }: DecisionOptions,
  missing: Set<string>,
): readonly Hit[] {
  if (!facts.jur.includes(rule.jurisdiction)) return []
  if (rule.optIn === true && !optIn.includes(rule.id)) return []
  const anchors = anchorsIn(rule.jurisdiction, resolved)
  const concerned = matches(rule.when, facts, { ...resolved, anchors })
  if (concerned === false) return []
  const { keep, exact: minimum, destroyBy } = rule.expressions
  const counted = evaluate(minimum !== undefined && exact.includes(rule.id) ? minimum : keep, anchors, missing)
  if (counted === undefined) return []
  const through = rule.tolled === true ? suspended(counted, facts, missing) : counted
  return [
    {
      rule,
      through,
      uncertain: concerned === 'unknown',
      destroyBy: destroyBy && evaluate(destroyBy, anchors, new Set()),
    },
  ]
}

/** Each closed suspension is added; one that lasts has no end. */
function suspended(date: CalendarDate, { suspensions = [] }: Facts, missing: Set<string>): CalendarDate {
  if (date === FOREVER) return date
  let days = 0
  for (const { from, to } of suspensions) {
    if (to === undefined || to === null) {
      missing.add('open-suspension')
      return FOREVER
    }
    days += Math.max(0, daysBetween(from, to))
  }
  return addDays(date, days)
}

/** @param zone  the custodian's, IANA; undefined when it is not known */
export const mayDestroy = ({ eligibleOn }: Pick<Decision, 'eligibleOn'>, instant: string, zone?: string): boolean =>
  eligibleOn !== undefined && localDate(instant, zone) >= eligibleOn
