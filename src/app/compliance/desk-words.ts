/** The desk at a glance: of each section what there is, and how much of it waits for the person who looks. */
import type { Dispositions } from '../../api/dispositions.ts'
import type { Erasures } from '../../api/erasure.ts'
import type { Holds } from '../../api/holds.ts'
import type { Reductions } from '../../api/known.ts'
import type { Redactions } from '../../api/redactions.ts'
import type { RetentionCalendar, SiteRules } from '../../api/retention.ts'
import { counted } from '../words/numbers.ts'
import { maximumInWords } from './calendar-words.ts'
import { dispositionSteps } from './disposition-words.ts'
import { deadlineInWords } from './erasure-words.ts'
import { holdSteps } from './hold-words.ts'
import { redactionSteps } from './redaction-words.ts'
import { reductionSteps } from './reduction-words.ts'
import { stepsOf } from './rule-words.ts'

export interface AtAGlance {
  readonly words: string
  /** Steps that wait for this person. */
  readonly waits: number
  /** Something is late, or missing. */
  readonly warns?: boolean
}

type May = (act: string) => boolean
const howMany = <Row>(rows: readonly Row[], is: (row: Row) => boolean): number => rows.filter(is).length

export function holdsAtAGlance({ holds }: Holds, me: string, may: May): AtAGlance {
  const acts = { place: may('hold.place'), release: may('hold.release') }
  const lasting = howMany(holds, ({ released }) => released === null)
  return {
    words: lasting === 0 ? 'none lasts' : `${lasting} last${lasting === 1 ? 's' : ''}`,
    waits: howMany(holds, (hold) => holdSteps(hold, me, acts).some(({ waits }) => waits)),
  }
}

export function dispositionsAtAGlance({ dispositions }: Dispositions, me: string, may: May): AtAGlance {
  const acts = { first: may('disposition.approve.first'), second: may('disposition.approve.second'), end: false }
  const going = howMany(dispositions, ({ state }) => state !== 'destroyed' && state !== 'ended')
  return {
    words: going === 0 ? 'nothing proposed' : `${going} under way`,
    waits: howMany(dispositions, (of) => dispositionSteps(of, me, acts).length > 0),
    warns: dispositions.some(
      ({ state, studies }) => state !== 'ended' && studies.some(({ stopped }) => stopped !== ''),
    ),
  }
}

export function erasuresAtAGlance({ erasures }: Erasures, today: string, may: May): AtAGlance {
  const open = erasures.filter(({ state }) => state !== 'answered')
  const [next] = open.map(({ answerBy }) => answerBy).sort()
  const deadline = next === undefined ? undefined : deadlineInWords(next, today)
  return {
    words: deadline?.words.replace(/^./, (first) => first.toLowerCase()) ?? 'none to answer',
    waits: may('erasure.answer') ? open.length : 0,
    warns: deadline?.late === true,
  }
}

export function rulesAtAGlance({ adoptions }: SiteRules, me: string, may: May): AtAGlance {
  const acts = { first: may('rules.approve.first'), second: may('rules.approve.second'), end: false }
  const counting = adoptions.filter(({ state }) => state === 'in force')
  const laws = [...new Set(counting.flatMap(({ jurisdictions }) => jurisdictions))].sort()
  return {
    words: counting.length === 0 ? 'none yet: all is kept' : laws.length === 0 ? 'all is kept' : laws.join(', '),
    waits: howMany(adoptions, (one) => stepsOf(one, me, acts).length > 0),
    warns: counting.length === 0,
  }
}

export function reductionsAtAGlance({ reductions }: Reductions, me: string, may: May): AtAGlance {
  const acts = { first: may('reduction.approve.first'), second: may('reduction.approve.second'), end: false }
  const open = howMany(reductions, ({ state }) => state === 'proposed' || state === 'approved')
  return {
    words: open === 0 ? 'none to let go' : `${open} to let go`,
    waits: howMany(reductions, (of) => reductionSteps(of, me, acts).length > 0),
  }
}

export function calendarAtAGlance(calendar: RetentionCalendar): AtAGlance {
  return {
    words: calendar.due.studies === 0 ? 'nothing due' : `${counted(calendar.due.studies, 'study', 'studies')} due`,
    waits: 0,
    warns: maximumInWords(calendar) !== undefined,
  }
}

export function redactionsAtAGlance({ redactions }: Redactions, me: string, may: May): AtAGlance {
  const acts = { approve: may('redaction.approve'), end: false }
  const open = howMany(redactions, ({ approved, ended }) => approved === null && ended === null)
  return {
    words: open === 0 ? 'none to erase' : `${open} proposed`,
    waits: howMany(redactions, (one) => redactionSteps(one, me, acts).length > 0),
  }
}
