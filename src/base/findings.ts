/** What a check of stored things says: each step in words with what it counted, and every finding by name. */

export interface StepReport {
  /** What was checked, as a sentence. */
  readonly step: string
  /** How much of it there was. */
  readonly counted: Readonly<Record<string, number>>
  /** What is wrong; each names the thing. Beyond `MOST_FINDINGS` they are only counted. */
  readonly findings: readonly string[]
  readonly more: number
  /** What this step could not look at, and why. */
  readonly not: readonly string[]
}

export const MOST_FINDINGS = 1000

/** A step while it is done. */
export interface OpenStep {
  count(what: string, by?: number): void
  find(finding: string): void
  /** What is not checked, and why. */
  leave(what: string): void
  report(): StepReport
}

export function openStep(step: string): OpenStep {
  const counted: Record<string, number> = {}
  const findings: string[] = []
  const not: string[] = []
  let more = 0
  return {
    count: (what, by = 1) => {
      counted[what] = (counted[what] ?? 0) + by
    },
    find: (finding) => {
      if (findings.length < MOST_FINDINGS) findings.push(finding)
      else more += 1
    },
    leave: (what) => void not.push(what),
    report: () => ({ step, counted, findings, more, not }),
  }
}
