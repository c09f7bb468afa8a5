/**
 * Crashes while studies are sealed into a vault and its mirror, go to a cold store and come back, while bits are flipped in one of the two, and while they are
 * mended: the power is cut at a random moment, and what must be true of what is left (product section 5, invariants 1, 2,
 * 4, 5 and 7).
 *
 * Data folder, mirror and cold store lie on `lossy-files.ts`. The index is lost with every crash: it is made again from what is left.
 */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Archive } from '../../src/archive/archive.ts'
import { dump } from '../../src/archive/dump.queries.ts'
import { openArchive } from '../../src/archive/open.ts'
import { gather } from '../../src/base/bytes.ts'
import { ArchiveError } from '../../src/base/errors.ts'
import type { FrameDecoder } from '../../src/codecs/frame-decoder.ts'
import { type Uid, uid } from '../../src/dicom/uid.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import type { Files } from '../../src/storage/files/files.ts'
import { openSqlite } from '../../src/storage/sql/sqlite.ts'
import { openInbox } from '../../src/vault/inbox/inbox.ts'
import { ADMINISTRATOR, asFile, coldOf, copiesOf, sealerIn, sha256, temporaryFolder } from './archives.ts'
import { type LossyFiles, lossyFiles, PowerLoss } from './lossy-files.ts'
import { below, type Random, seeded } from './random.ts'
import { type Synthetic, syntheticInstance } from './synthetic.ts'
import { look as verify } from './verify.ts'

export interface CopiesHistory {
  readonly failures: number
  readonly acknowledged: number
  readonly seals: number
  readonly flipped: number
  /** Files that were written again, before and after crashes. */
  readonly mended: number
  /** Studies that went to the cold store, and that came back before the power failed. */
  readonly moved: number
  readonly recalled: number
}

interface Life {
  readonly promised: Map<string, Synthetic>
  seals: number
  flipped: number
  mended: number
  moved: number
  recalled: number
}

const STUDIES = 4

/** @throws when something that was promised is not there; the message names the seed */
export async function copiesHistory(seed: number, failures: number, decoder: FrameDecoder): Promise<CopiesHistory> {
  const random = seeded(seed)
  const folder = temporaryFolder()
  const life: Life = { promised: new Map(), seals: 0, flipped: 0, mended: 0, moved: 0, recalled: 0 }
  let disk = join(folder, 'disk')
  await mkdir(disk, { recursive: true })
  try {
    for (let crash = 0; crash < failures; crash += 1) {
      const files = await lossyFiles(disk, random)
      await live(files, disk, join(folder, 'index'), random, decoder, life, seed * 1000 + crash)
      disk = await files.crash()
      await check(disk, join(folder, 'rebuilt'), decoder, life)
    }
    const { promised, ...counts } = life
    return { failures, acknowledged: promised.size, ...counts }
  } catch (cause) {
    throw new Error(`history ${seed}: ${cause instanceof Error ? cause.stack : String(cause)}`, { cause })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Receives, seals, harms and mends until the power fails. */
async function live(
  files: LossyFiles,
  disk: string,
  index: string,
  random: Random,
  decoder: FrameDecoder,
  life: Life,
  run: number,
): Promise<void> {
  // Often within a seal or a repair of a few files, now and then after a longer life.
  files.powerOffDuring(files.operations + 1 + below(random, random() < 0.6 ? 250 : 1500))
  // One of the two is harmed in a life, so that the other is good.
  const victim = join(disk, random() < 0.5 ? 'data' : 'mirror')
  let open: Opened | undefined
  try {
    open = await opened(files, disk, index, decoder)
    for (let at = 0; ; at += 1) {
      for (let count = 1 + below(random, 3); count > 0; count -= 1) {
        const one = image(run * 100 + at * 4 + count, below(random, STUDIES))
        await open.archive.receive(ADMINISTRATOR, asFile(one.bytes))
        life.promised.set(one.ds, one)
      }
      for await (const { outcome } of open.archive.seal(ADMINISTRATOR, 'all')) if (outcome === 'sealed') life.seals += 1
      await between(open.archive, random, life)
      const [vault, mirror] = [filesIn(join(disk, 'data')), filesIn(join(disk, 'mirror'))]
      for (let count = below(random, 3); count > 0; count -= 1) {
        const names = [...vault.keys()].filter((name) => vault.get(name) === mirror.get(name))
        const name = names[below(random, Math.max(1, names.length))]
        if (name === undefined) break
        flip(join(victim, 'vault', name), random)
        vault.delete(name)
        life.flipped += 1
      }
      if (random() < 0.7)
        for await (const { outcome, findings, damaged } of open.archive.fixity(ADMINISTRATOR, 'all')) {
          if (outcome === 'damaged') throw new Error(`damaged in every copy: ${JSON.stringify(damaged)}`)
          life.mended += findings.filter(({ from }) => from !== undefined).length
        }
    }
  } catch (thrown) {
    if (!isEnd(thrown) && (await isOn(files))) throw thrown
  } finally {
    await open?.close().catch(() => {})
  }
}

/** A study goes to the cold store; it or another that is there comes back. */
async function between(archive: Archive, random: Random, life: Life): Promise<void> {
  const studies = [...new Set([...life.promised.values()].map(({ study }) => uid(study)))]
  const [study, wanted] = [studies[below(random, studies.length)], studies[below(random, studies.length)]]
  if (study === undefined || wanted === undefined) return
  if (random() < 0.6)
    for await (const { outcome } of await archive.moveToCold(ADMINISTRATOR, [study]))
      if (outcome === 'moved') life.moved += 1
  const back = random() < 0.5 ? study : wanted
  if (random() < 0.5 || (await archive.availability(ADMINISTRATOR, back)).availability === 'ONLINE') return
  await isOnline(archive, back)
  life.recalled += 1
}

/** Asks for a study and waits until it is here. */
async function isOnline(archive: Archive, study: Uid): Promise<void> {
  for (let looks = 0; looks < 2000; looks += 1) {
    const { availability, recall } = await archive.recall(ADMINISTRATOR, study)
    if (availability === 'ONLINE') return
    if (recall !== undefined && recall.problem !== '' && looks > 1000)
      throw new Error(`not recalled: ${recall.problem}`)
    await sleep(5)
  }
  throw new Error(`study ${study} does not come back`)
}

/** The power is off, or something of ours says so in its own words. */
const isEnd = (thrown: unknown): boolean =>
  thrown instanceof PowerLoss || (thrown instanceof ArchiveError && thrown.code === 'STORE_WRITE_FAILED')

const isOn = (files: LossyFiles): Promise<boolean> =>
  files.size('/').then(
    () => true,
    () => false,
  )

/** Everything promised comes back from an index made anew; the copies become equal; verify finds the folder intact. */
async function check(disk: string, index: string, decoder: FrameDecoder, life: Life): Promise<void> {
  const plain = diskFiles()
  const { archive, inbox, db, close } = await opened(plain, disk, index, decoder)
  try {
    if (inbox.damage.length > 0) throw new Error(`damage: ${JSON.stringify(inbox.damage)}`)
    for await (const { outcome, damaged } of archive.fixity(ADMINISTRATOR, 'all'))
      if (outcome === 'damaged' || outcome === 'behind') throw new Error(`${outcome}: ${JSON.stringify(damaged)}`)
    life.mended += (await archive.status(ADMINISTRATOR)).fixity.mended
    await allGiven(archive, [...life.promised.values()])
    // What waits is sealed too, and then the mirror has everything.
    for await (const { outcome, why } of archive.seal(ADMINISTRATOR, 'all'))
      if (outcome === 'failed') throw new Error(`not sealed: ${why}`)
    const copies = (await archive.storage(ADMINISTRATOR)).copies
    if (copies.some(({ state }) => state !== 'good')) throw new Error(`copies: ${JSON.stringify(copies)}`)
    const [vault, mirror] = [filesIn(join(disk, 'data')), filesIn(join(disk, 'mirror'))]
    for (const [name, digest] of vault)
      if (mirror.get(name) !== digest) throw new Error(`${name} is another in the mirror`)
    await allGiven(archive, [...life.promised.values()])
    for await (const _ of dump(db)) break
  } finally {
    await close()
  }
  const { exit, failed } = await verify(join(disk, 'data'))
  if (exit !== 0) throw new Error(`verify: ${JSON.stringify(failed)}`)
}

export async function allGiven(archive: Archive, images: readonly Synthetic[]): Promise<void> {
  for (const { study, series, instance, bytes } of images) {
    const key = { study: uid(study), series: uid(series), instance: uid(instance) }
    await isOnline(archive, key.study)
    const [record] = await archive.instances(ADMINISTRATOR, key)
    if (record === undefined) throw new Error(`acknowledged instance ${instance} is not in the index`)
    const back = await gather(archive.original(ADMINISTRATOR, record))
    if (sha256(back) !== sha256(bytes)) throw new Error(`acknowledged instance ${instance} does not reproduce`)
  }
}

export type Opened = Awaited<ReturnType<typeof opened>>

/** The archive below `disk/data` with its mirror in `disk/mirror`, and an index made anew. */
export async function opened(files: Files, disk: string, index: string, decoder: FrameDecoder) {
  const [data, mirrors] = [join(disk, 'data'), [join(disk, 'mirror')]]
  await rm(index, { recursive: true, force: true })
  await mkdir(index, { recursive: true })
  const db = await openSqlite(join(index, 'index.db'))
  try {
    const inbox = await openInbox({
      files,
      folder: join(data, 'inbox'),
      node: '',
      archiveId: 'test',
      segmentBytes: 60_000,
    })
    const archive = await openArchive({
      db,
      inbox,
      files,
      copies: await copiesOf(files, data, mirrors),
      ...(await coldOf(files, data, join(disk, 'cold'))),
      sealer: await sealerIn(files, data, mirrors),
      dataFolder: data,
      decoder,
      now: () => new Date(),
      random: (bytes) => randomBytes(bytes),
      log: { info: () => {}, warn: () => {}, error: () => {} },
      version: 'crash',
      options: { copyMs: 20, tiers: { rules: [], everyMs: 86_400_000, retryMs: 20 } },
    })
    const close = async (): Promise<void> => {
      await archive.close().catch(() => {})
      await inbox.close().catch(() => {})
      await db.close()
    }
    return { archive, inbox, db, close }
  } catch (thrown) {
    await db.close()
    throw thrown
  }
}

export const image = (seed: number, study: number): Synthetic =>
  syntheticInstance({
    seed,
    study: 1 + study,
    rows: 48,
    columns: 48,
    value: (column, row) => (column * row + seed * 13) % 4096,
  })

/** Files of objects, and a digest of each. */
export function filesIn(folder: string): Map<string, string> {
  const vault = join(folder, 'vault')
  const found = readdirSync(vault, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^(?:[0-9a-f]{2}\/){3}[0-9a-f]{64}\/.*[^/]$/.test(name),
  )
  const files = new Map<string, string>()
  for (const name of found.sort())
    try {
      files.set(name, sha256(readFileSync(join(vault, name))))
    } catch {
      // a folder
    }
  return files
}

/** One bit of a file is another. */
export function flip(path: string, random: Random): void {
  const bytes = readFileSync(path)
  const at = below(random, bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8))
  writeFileSync(path, bytes)
}
