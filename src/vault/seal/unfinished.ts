/**
 * Which version of which object is being written, so that after a crash its leavings are found without a look at every
 * object there is. One study is sealed at a time, so there is one file: `inbox/sealing.json`.
 */
import { join } from 'node:path'
import { ArchiveError } from '../../base/errors.ts'
import type { Files } from '../../storage/files/files.ts'
import type { ObjectStore, Removal } from '../../storage/objects/object-store.ts'
import type { Mend } from '../copies/mender.ts'
import { versionNumber } from '../ocfl/inventory.ts'
import { objectId, objectPath } from '../ocfl/paths.ts'
import { type ObjectVersion, presentVersion } from '../ocfl/study-object.ts'

const NAME = 'sealing.json'
const ABANDONED: Removal = { because: 'abandoned', evidence: 'a version that was never committed' }

/** Durably, before the first byte of the version is written. @param inbox  the inbox's folder */
export async function beginSealing(files: Files, inbox: string, study: string, version: number): Promise<void> {
  const beside = join(inbox, `${NAME}.new`)
  if ((await files.size(beside)) !== undefined) await files.remove(beside)
  const file = await files.create(beside)
  try {
    await file.append([new TextEncoder().encode(`${JSON.stringify({ study, version })}\n`)])
    await file.sync()
  } finally {
    await file.close()
  }
  await files.rename(beside, join(inbox, NAME))
  await files.syncFolder(inbox)
}

export async function endSealing(files: Files, inbox: string): Promise<void> {
  const path = join(inbox, NAME)
  if ((await files.size(path)) === undefined) return
  await files.remove(path)
  await files.syncFolder(inbox)
}

/**
 * Removes what a crash left of a version that was never committed, and finishes one that was.
 *
 * @param mend  asked of a study whose object cannot be read
 * @returns the study, when there was something to look after
 */
export async function abandonUnfinished(
  files: Files,
  store: ObjectStore,
  inbox: string,
  mend: Mend = async () => false,
): Promise<string | undefined> {
  const begun = await unfinished(files, inbox)
  if (begun === undefined) return undefined
  const id = objectId(begun.study)
  let present: ObjectVersion | undefined
  try {
    // A sidecar that the crash came before is written.
    present = await presentVersion(store, id, true)
  } catch (thrown) {
    if (!(thrown instanceof ArchiveError && thrown.code === 'VAULT_DAMAGED')) throw thrown
    if (await mend(begun.study)) return abandonUnfinished(files, store, inbox)
    // Its inventory is harmed and no copy has a good one. What was never committed stays beside it: no inventory names it,
    // and the next version of this study removes it. Others must not wait for that.
    await endSealing(files, inbox)
    return begun.study
  }
  if ((present === undefined ? 0 : versionNumber(present.inventory)) < begun.version) {
    const path = present === undefined ? objectPath(id) : `${objectPath(id)}/v${begun.version}`
    const left: string[] = []
    for await (const { name } of store.list(`${path}/`)) left.push(name)
    // The object's mark last: what it marks is nothing without it.
    for (const name of left.reverse()) await store.remove(name, ABANDONED)
  }
  await endSealing(files, inbox)
  return begun.study
}

/** The version that is being written, or was when a crash came. */
export async function unfinished(
  files: Pick<Files, 'open' | 'size'>,
  inbox: string,
): Promise<{ readonly study: string; readonly version: number } | undefined> {
  const path = join(inbox, NAME)
  const size = await files.size(path)
  if (size === undefined) return undefined
  const file = await files.open(path)
  try {
    const value = JSON.parse(new TextDecoder().decode(await file.read(0, size))) as Record<string, unknown>
    const { study, version } = value
    return typeof study === 'string' && typeof version === 'number' ? { study, version } : undefined
  } catch {
    return undefined // a torn one: its rename was not durable, so nothing was begun
  } finally {
    await file.close()
  }
}
