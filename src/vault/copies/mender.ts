/**
 * Mending before the archive is open: recovery and a rebuild read the vault, and what of it is bad there must come from
 * another copy, or they would say that something is lost that is not. What was mended is written down, and journaled by the
 * archive once it is open.
 */
import { asArchiveError } from '../../base/errors.ts'
import type { Files } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'
import type { Copy } from './places.ts'
import { type Reconciled, reconcile } from './reconcile.ts'

/** Makes the copies of a study's object equal; each study once. @returns whether something of it was written again */
export type Mend = (study: string) => Promise<boolean>

/** @param path  where it is written down */
export function openMender(files: Files, path: string, copies: readonly Copy[]): Mend {
  const tried = new Map<string, Promise<boolean>>()
  const mend = async (study: string): Promise<boolean> => {
    const there: Copy[] = []
    for (const copy of copies) if ((await copy.attached()) === 'good') there.push(copy)
    if (there.length < 2) return false
    // The log is being read by whoever asks: a sidecar vouches for its inventory here.
    const found = await reconcile({ copies: there, sealed: new Map(), look: 'bytes' }, study)
    if (!found.findings.some(({ from }) => from !== undefined)) return false
    const noted = [...(await mendedBefore(files, path)), found]
    await replaceFile(files, path, new TextEncoder().encode(`${JSON.stringify(noted)}\n`), true)
    return true
  }
  return (study) => {
    const known = tried.get(study)
    if (known !== undefined) return known
    const now = mend(study).catch((thrown: unknown) => {
      if (asArchiveError(thrown).code === 'DEFECT') throw thrown
      return false
    })
    tried.set(study, now)
    return now
  }
}

/** What was mended and is not journaled yet. */
export async function mendedBefore(files: Files, path: string): Promise<readonly Reconciled[]> {
  const size = await files.size(path)
  if (size === undefined) return []
  const file = await files.open(path)
  try {
    return JSON.parse(new TextDecoder().decode(await file.read(0, size))) as readonly Reconciled[]
  } catch {
    return []
  } finally {
    await file.close()
  }
}
