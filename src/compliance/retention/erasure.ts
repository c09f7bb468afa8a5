/**
 * A patient asks that data be erased (GDPR Art. 17): what the rules of retention say to that, study by study. Inside a
 * legal period it is refused, and the rule is cited; after it the study is a candidate for disposition; what cannot be
 * answered by a rule waits for a person. Pure.
 */
import { addMonths, type CalendarDate } from './calendar.ts'
import type { Decision } from './decide.ts'
import type { Rule } from './rules.ts'

/** `open`: no rule answers it: what has to be known or decided first stands in `why`. */
export type ErasureOutcome = 'refused' | 'candidate' | 'open'

export interface ErasureFinding {
  readonly outcome: ErasureOutcome
  /** The last day it must be kept, where it is refused and there is one. */
  readonly until: CalendarDate | undefined
  /** What allows the refusal: paragraphs of the GDPR. */
  readonly articles: readonly string[]
  /** The rules that reach furthest. */
  readonly rules: readonly Pick<Rule, 'id' | 'title' | 'source'>[]
  readonly why: string
}

/** Kept by a law (b), or for the care of the public's health by people bound to secrecy (c). */
const BY_LAW = ['17(3)(b)', '17(3)(c)']
/** What is less than a law binds no less where it says how care has to be documented; it is also what claims are met with. */
const BY_CODE = ['17(3)(c)', '17(3)(e)']
const LAWS: ReadonlySet<string> = new Set(['statute', 'regulation'])
const CLAIMS = ['17(3)(e)']

/** The patient's right to have a record destroyed goes before the period (Netherlands, BW 7:455). */
const DESTRUCTION_RIGHT = /^nl\./

export interface ErasureAsk {
  /** Have people adopted rules? */
  readonly configured: boolean
  readonly decision: Pick<Decision, 'status' | 'retainThrough' | 'eligibleOn' | 'governing' | 'missing'>
  readonly held: boolean
  /** Of those that govern, as they were adopted. */
  readonly rules: readonly Pick<Rule, 'id' | 'title' | 'source' | 'basis'>[]
  readonly today: CalendarDate
}

export function erasureFinding({ configured, decision, held, rules, today }: ErasureAsk): ErasureFinding {
  const { status, retainThrough, eligibleOn, governing, missing } = decision
  const named = rules.map(({ id, title, source }) => ({ id, title, source }))
  const open = (why: string): ErasureFinding => ({ outcome: 'open', until: undefined, articles: [], rules: named, why })
  if (held)
    return { outcome: 'refused', until: undefined, articles: CLAIMS, rules: [], why: 'it is needed for a legal claim' }
  if (!configured) return open('no rules of retention have been adopted: adopt the law the archive is under first')
  if (status === 'UNDETERMINED') return open(`more has to be known first: ${missing.join(', ')}`)
  if (eligibleOn !== undefined && eligibleOn <= today)
    return { outcome: 'candidate', until: undefined, articles: [], rules: named, why: 'no rule keeps it any longer' }
  if (governing.includes('ratchet-floor'))
    return open('no rule keeps it any longer, but a later date stands: let it go, or say why it has to stay')
  if (governing.some((id) => DESTRUCTION_RIGHT.test(id)))
    return open('the patient may have it destroyed (BW 7:455), unless another person’s interest or a law forbids it')
  const [law] = rules
  if (law === undefined || law.id.startsWith('house.')) return open('no rule of a law concerns it')
  const articles = rules.some(({ basis }) => LAWS.has(basis)) ? BY_LAW : BY_CODE
  return { outcome: 'refused', until: retainThrough, articles, rules: named, why: 'the law wants it kept' }
}

/** By when the patient has to be answered: within one month of the request (GDPR Art. 12(3)). */
export const answerDue = (askedOn: CalendarDate): CalendarDate => addMonths(askedOn, 1)
