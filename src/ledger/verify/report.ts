/**
 * What checking found, step by step (compliance specification 4.5): each step says what was looked at, how much of it and
 * whether it holds, and names what does not. Never one green tick.
 */
export type Outcome = 'passed' | 'failed' | 'not checked'

export interface Step {
  /** The part of what was checked: `journal`, `log/2026`. */
  readonly part: string
  readonly what: string
  readonly outcome: Outcome
  /** In words, with counts. */
  readonly fact: string
  /** What is wrong, one by one, as far as it is listed. */
  readonly findings: readonly string[]
  /** All that is wrong, listed or not. */
  readonly found: number
}

/** Findings listed of one step; the rest is counted. */
const MOST_LISTED = 100

/** A step that goes on after a finding. */
export interface OpenStep {
  readonly found: number
  finding(text: string): void
  /** Ends it: failed when something was found. */
  end(fact: string): void
  /** Ends it without an answer, unless something was found. */
  leave(why: string): void
}

export interface Report {
  readonly steps: readonly Step[]
  open(part: string, what: string): OpenStep
  /** A step that is one answer. */
  add(part: string, what: string, outcome: Outcome, fact: string): void
}

/** @param tell  told of each step as it ends */
export function openReport(tell: (step: Step) => void): Report {
  const steps: Step[] = []
  const end = (step: Step): void => {
    steps.push(step)
    tell(step)
  }
  return {
    steps,
    add: (part, what, outcome, fact) =>
      end({ part, what, outcome, fact, findings: [], found: outcome === 'failed' ? 1 : 0 }),
    open: (part, what) => {
      const findings: string[] = []
      let found = 0
      const close = (outcome: Outcome, fact: string) => end({ part, what, outcome, fact, findings, found })
      return {
        get found() {
          return found
        },
        finding: (text) => {
          found += 1
          if (findings.length < MOST_LISTED) findings.push(text)
        },
        end: (fact) => close(found === 0 ? 'passed' : 'failed', fact),
        leave: (why) => close(found === 0 ? 'not checked' : 'failed', why),
      }
    },
  }
}
