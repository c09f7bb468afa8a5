/** What a check found, step by step: passed, failed with what is wrong by name, or not checked and why. */
export interface PackStep {
  readonly what: string
  readonly outcome: 'pass' | 'FAIL' | 'skip'
  readonly fact: string
  /** What is wrong, by name; the first hundred. */
  readonly findings: readonly string[]
}

export interface OpenStep {
  finding(fact: string): void
  /** Passes with this fact, unless something was found. */
  end(fact: string): void
  fail(fact: string): void
  skip(why: string): void
}

const MOST_FINDINGS = 100

export function openReport(): { readonly steps: readonly PackStep[]; step(what: string): OpenStep } {
  const made: (PackStep & { set(step: Omit<PackStep, 'what'>): void })[] = []
  return {
    get steps() {
      return made.map(({ what, outcome, fact, findings }) => ({ what, outcome, fact, findings }))
    },
    step: (what) => {
      const findings: string[] = []
      let found = 0
      const step = {
        what,
        outcome: 'FAIL' as PackStep['outcome'],
        fact: 'the check did not come to its end',
        findings: [] as readonly string[],
        set: (of: Omit<PackStep, 'what'>) => void Object.assign(step, of),
      }
      made.push(step)
      return {
        finding: (fact) => {
          found += 1
          if (findings.length < MOST_FINDINGS) findings.push(fact)
        },
        end: (fact) =>
          step.set(
            found === 0
              ? { outcome: 'pass', fact, findings: [] }
              : { outcome: 'FAIL', fact: found === 1 ? 'something is wrong' : `${found} things are wrong`, findings },
          ),
        fail: (fact) => step.set({ outcome: 'FAIL', fact, findings }),
        skip: (why) => step.set({ outcome: 'skip', fact: why, findings: [] }),
      }
    },
  }
}
