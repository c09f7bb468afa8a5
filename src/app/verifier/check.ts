/** What a person chose, told apart and checked: a pack, the folder of a year's log, or a report. */
import { asArchiveError } from '../../base/errors.ts'
import { isLogFolder, verifyLogFolder } from '../../proof/log-folder.ts'
import { parseKey, type VerifierKey } from '../../proof/note.ts'
import { type Members, verifyPack } from '../../proof/pack.ts'
import type { PackStep } from '../../proof/pack-report.ts'
import { isReportFile, verifyReportFile } from '../../proof/report-file.ts'

export interface Checked {
  readonly kind: 'pack' | 'log' | 'report'
  readonly steps: readonly PackStep[]
}

/** @param keys  a verifier key a line. @throws {Error} in words */
export async function check(
  members: Members,
  given: { readonly keys: string; readonly checkpoints: readonly string[] },
  progress: (done: string) => void,
): Promise<Checked> {
  const elsewhere = { keys: readKeys(given.keys), checkpoints: given.checkpoints }
  if (isLogFolder(members)) return { kind: 'log', steps: await verifyLogFolder(members, elsewhere, progress) }
  const [name = ''] = members.names
  if (members.names.length === 1) {
    const text = new TextDecoder().decode(await members.read(name))
    if (isReportFile(text)) return { kind: 'report', steps: verifyReportFile(text, elsewhere) }
  }
  if (!members.names.includes('bagit.txt'))
    throw new Error(
      'This is neither an evidence pack (there is no bagit.txt) nor the folder of a log (no checkpoint) nor a report (.ndjson).',
    )
  return { kind: 'pack', steps: await verifyPack(members, elsewhere, progress) }
}

function readKeys(text: string): readonly VerifierKey[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return parseKey(line)
      } catch (thrown) {
        throw new Error(`“${line.slice(0, 60)}” is no verifier key: ${asArchiveError(thrown).fact}`)
      }
    })
}

/** One sentence over all steps, which says what was not looked at as plainly as what was. */
export function summary(steps: readonly PackStep[]): string {
  const count = (outcome: PackStep['outcome']) => steps.filter((step) => step.outcome === outcome).length
  const [passed, failed, skipped] = [count('pass'), count('FAIL'), count('skip')]
  return failed > 0
    ? `${failed} of ${steps.length} checks failed: this is not what was given out, or not what the log says.`
    : `${passed} checks passed, ${skipped} could not be made. Read why before you rely on it.`
}

/** Files as members, without the folder they all lie in. */
export function withoutFolder(names: readonly string[]): (name: string) => string {
  const [first = ''] = names
  const folder = first.slice(0, first.indexOf('/') + 1)
  const shared = folder !== '' && names.every((name) => name.startsWith(folder))
  // `data/` is the bag's own: it is never the only folder, for bagit.txt lies beside it.
  return (name) => (shared ? name.slice(folder.length) : name)
}
