/**
 * A hold and a destruction race, and the power fails in the middle: whichever was journaled first wins, and whatever is
 * left is one of the two, never half of each (product section 5, "Removal" and invariant 8).
 *
 * One prepared archive, its study sealed, approved by two and cooled off; each seed races on a copy of it.
 */
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gather } from '../../src/base/bytes.ts'
import { type Uid, uid } from '../../src/dicom/uid.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import { asFile, type Running, runArchive, sha256, temporaryFolder } from './archives.ts'
import { lossyFiles } from './lossy-files.ts'
import { person } from './people.ts'
import { below, seeded } from './random.ts'
import { adoptRules } from './rules.ts'
import { type Synthetic, syntheticInstance } from './synthetic.ts'
import { look } from './verify.ts'

const OPTIONS = {
  disposition: { coolingDays: 0, automatic: false },
}
const [rita, rosa, paul, adam] = [
  person('rita', 'records'),
  person('rosa', 'records'),
  person('paul', 'privacy'),
  person('adam', 'administrator'),
]
const old = (seed: number, study: number) =>
  syntheticInstance({ seed, study, studyDate: '19900315', rows: 24, columns: 24 })
const DOOMED = [old(1, 1), old(2, 1)]
const KEPT = old(3, 2)
const STUDY = uid(DOOMED[0]?.study ?? '')

/** A data folder in which the doomed study may be destroyed at once. */
export async function preparedFolder(): Promise<string> {
  const running = await runArchive({ options: OPTIONS })
  const { archive, folder } = running
  await adoptRules(archive)
  for (const { bytes } of [...DOOMED, KEPT]) await archive.receive(person('tom', 'technologist'), asFile(bytes))
  const { id } = await archive.proposeDisposition(rita, {
    reason: 'SYNTHETIC',
    studies: [STUDY],
    acknowledged: [STUDY],
    papers: {},
  })
  await archive.approveDisposition(rosa, id, 'first', 'SYNTHETIC')
  await archive.approveDisposition(paul, id, 'second', 'SYNTHETIC')
  for await (const { outcome } of archive.seal(adam, 'all')) if (outcome === 'failed') throw new Error('not sealed')
  await running.close()
  return folder
}

export interface Raced {
  readonly won: 'hold' | 'destruction' | 'nobody'
  /** The power failed before either was told how it went. */
  readonly cut: boolean
}

/** @throws when what is left is not one of the two; the message names the seed */
export async function race(prepared: string, seed: number): Promise<Raced> {
  const random = seeded(seed)
  const place = temporaryFolder()
  try {
    let folder = join(place, 'data')
    const index = join(place, 'index')
    mkdirSync(index)
    cpSync(prepared, folder, { recursive: true })
    renameSync(join(folder, 'index.db'), join(index, 'index.db'))
    let files = await lossyFiles(folder, random)
    let running = await runArchive({ folder, index, files, options: OPTIONS })
    // Destroying takes some fifty operations; beyond them nobody is disturbed.
    files.powerOffDuring(1 + below(random, 90))
    const later = async () => {
      await new Promise((resolve) => setTimeout(resolve, below(random, 250)))
    }
    const hold = later()
      .then(() =>
        running.archive.placeHold(paul, { matter: 'M', reason: 'R', scope: { studies: [STUDY], patients: [] } }),
      )
      .then(({ id }) => id)
    const [held, destroyed] = await Promise.allSettled([
      hold,
      later().then(() => running.archive.carryOutDispositions()),
    ])
    let closed = await closes(running)
    const promised = held.status === 'fulfilled' ? held.value : undefined

    // And a second time, while what the first left is being finished.
    for (let failures = 1 + below(random, 2); failures > 0; failures -= 1) {
      folder = await files.crash()
      // An index that was not closed is no image of what a disk may hold: it is made again, now and then even so.
      if (!closed || below(random, 2) === 0) rmSync(index, { recursive: true, force: true })
      mkdirSync(index, { recursive: true })
      files = await lossyFiles(folder, random)
      if (failures > 1) {
        files.powerOffDuring(1 + below(random, 60))
        await runArchive({ folder, index, files, options: OPTIONS }).then(
          async (again) => {
            await again.archive.carryOutDispositions().catch(() => {})
            closed = await closes(again)
          },
          () => {
            closed = false
          },
        )
      } else running = await runArchive({ folder, index, files, options: OPTIONS })
    }
    const won = await judge(running, promised)
    await running.close()
    return { won, cut: held.status === 'rejected' || destroyed.status === 'rejected' }
  } catch (cause) {
    throw new Error(`race ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** Does it close as it should, its index too? */
async function closes(running: Running): Promise<boolean> {
  try {
    await running.close()
    return true
  } catch {
    await running.decoder.close()
    await running.db.close()
    return false
  }
}

/** @param promised  the hold that was acknowledged */
async function judge(running: Running, promised: number | undefined): Promise<Raced['won']> {
  const { archive, folder } = running
  if (!(await isWhole(running, KEPT))) throw new Error('another study was harmed')
  const holds = (await archive.holds(paul)).map(({ id }) => id)
  if (promised !== undefined && !holds.includes(promised)) throw new Error('an acknowledged hold is lost')
  const [before] = await archive.tombstones(paul, STUDY)
  const [hold] = holds
  if (before === undefined)
    for (const one of DOOMED) if (!(await isWhole(running, one))) throw new Error('harmed without a tombstone')
  await archive.carryOutDispositions()
  const [tombstone] = await archive.tombstones(paul, STUDY)
  if (tombstone !== undefined && hold !== undefined && hold < tombstone.id)
    throw new Error('a hold came first and lost')
  if (tombstone === undefined && hold === undefined)
    throw new Error('nothing stood in the way, and it was not destroyed')
  if (tombstone === undefined)
    for (const one of DOOMED) if (!(await isWhole(running, one))) throw new Error('held, and harmed')
  if (tombstone !== undefined) {
    if (tombstone.done === 0) throw new Error('it was not finished')
    for (const one of DOOMED) if (await isWhole(running, one)) throw new Error('destroyed, and here')
  }
  await running.close()
  const { exit, failed } = await look(folder)
  if (exit !== 0) throw new Error(`verify: ${JSON.stringify(failed)}`)
  const left = Object.keys(failed)
  if (left.length > 0) throw new Error(left.join())
  return tombstone === undefined ? 'hold' : 'destruction'
}

async function isWhole({ archive }: Running, one: Synthetic): Promise<boolean> {
  try {
    const key = { study: one.study as Uid, series: uid(one.series), instance: uid(one.instance) }
    const [record] = await archive.versions(paul, key)
    if (record === undefined) return false
    return sha256(await gather(archive.original(paul, record))) === sha256(one.bytes)
  } catch {
    return false
  }
}

/** Where the doomed study's object lies in a data folder. */
export const doomedObject = (folder: string): string => join(folder, 'vault', objectPath(objectId(STUDY)))
