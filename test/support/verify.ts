/** `clearkeep verify` called as the command line calls it, and what it said. */
import type { Output } from '../../src/cli/command.ts'
import { type VerifyFlags, verify } from '../../src/cli/verify.ts'
import type { Step } from '../../src/ledger/verify/report.ts'

export interface Looked {
  readonly exit: number
  /** Steps that failed: part and name, with fact and findings in one text. */
  readonly failed: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}

export async function look(path: string, flags: VerifyFlags = {}): Promise<Looked> {
  const steps: Step[] = []
  const out: Output = {
    say: () => {},
    print: () => {},
    record: (value) => void ('outcome' in value && steps.push(value as Step)),
    progress: () => ({ advance: () => {}, done: () => {} }),
  }
  const exit = await verify(path, flags, new AbortController().signal, out)
  const failed = steps.filter(({ outcome }) => outcome === 'failed')
  return {
    exit,
    steps,
    failed: Object.fromEntries(
      failed.map(({ part, what, fact, findings }) => [`${part}, ${what}`, [fact, ...findings].join('\n')]),
    ),
  }
}

/** Names of the steps that failed, sorted. */
export const failedSteps = ({ failed }: Looked) => Object.keys(failed).sort()
