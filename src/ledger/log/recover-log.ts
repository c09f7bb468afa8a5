/**
 * Where the log stands at start: it must extend the last checkpoint that was signed, or nothing is signed any more.
 *
 * Usually the files of the last checkpoint are read and checked against it, and the leaves since are taken from the
 * index, which is up to the journal by now. When files are missing or do not give the checkpoint's root, every tile is made again
 * from the leaves and compared with what is there.
 */
import { type Bytes, equalBytes } from '../../base/bytes.ts'
import { asArchiveError } from '../../base/errors.ts'
import { type Checkpoint, parseCheckpoint } from '../../proof/checkpoint.ts'
import { leafHash } from '../../proof/merkle.ts'
import { SIGNATURE_TYPE, signersOf, verifierKey } from '../../proof/note.ts'
import { hashesOf, TILE_WIDTH, tilePath } from '../../proof/tiles.ts'
import { type Follower, type LeafSource, openFollower } from './follower.ts'
import type { LogFiles } from './log-files.ts'
import { type About, type MadeTile, openShard, type Shard } from './shard.ts'
import type { NoteSigner } from './signing-key.ts'

/** Why the log may not be gone on with. */
export class LogAlarm extends Error {
  constructor(why: string, options?: { readonly cause?: unknown }) {
    super(why, options)
    this.name = 'LogAlarm'
  }
}

export interface LogRecovery {
  readonly store: LogFiles
  readonly signer: NoteSigner | undefined
  readonly leaves: LeafSource
  /** The next ledger number the journal will give. */
  readonly nextN: number
  readonly originOf: (year: string) => string
}

export interface SignedCheckpoint extends Checkpoint {
  readonly text: string
  readonly year: string
}

/** Leaves fed before what became full is written. */
const BATCH = 4096
const utf8 = new TextEncoder()

/** @throws {LogAlarm} */
export async function recoverLog(
  parts: LogRecovery,
  reference: SignedCheckpoint | undefined,
): Promise<{ readonly follower: Follower; readonly remade: boolean }> {
  const resumed = reference && (await resume(parts, reference))
  if (resumed === undefined) return { follower: await remake(parts, reference), remade: true }
  const follower = openFollower(resumed, parts.originOf)
  await feedFrom(parts, follower, resumed.about.first + resumed.size, () => {})
  return { follower, remade: false }
}

/**
 * The last checkpoint signed, of the one kept elsewhere and the one published.
 *
 * @throws {LogAlarm} when the kept one is not ours, or there are two of one size
 */
export async function lastSigned({ store, signer }: Pick<LogRecovery, 'store' | 'signer'>) {
  const kept = await store.kept()
  const year = (await store.years()).at(-1)
  const bytes = year === undefined ? undefined : await store.read(year, 'checkpoint')
  if (kept === undefined && bytes === undefined) return undefined
  if (signer === undefined) throw new LogAlarm('the key the log was signed with is gone')
  const ours = kept === undefined ? undefined : signedBy(kept, signer)
  if (kept !== undefined && ours === undefined)
    throw new LogAlarm('the checkpoint kept in keys/ is not signed with the log’s key')
  // A published one that does not verify was torn by a crash; it is written again.
  const published = bytes && signedBy(new TextDecoder().decode(bytes), signer)
  if (ours === undefined || published === undefined) return ours ?? published
  if (ours.year === published.year && ours.size === published.size && !equalBytes(ours.root, published.root))
    throw new LogAlarm(`two checkpoints of ${ours.size} leaves are signed, with different roots`)
  const newer = published.year === ours.year ? published.size > ours.size : published.year > ours.year
  return newer ? published : ours
}

export function signedBy(text: string, signer: NoteSigner): SignedCheckpoint | undefined {
  try {
    const { note, ...checkpoint } = parseCheckpoint(text)
    const key = verifierKey(checkpoint.origin, SIGNATURE_TYPE.ed25519, signer.publicKey)
    if (signersOf(note, [key]).length === 0) return undefined
    return { ...checkpoint, text, year: checkpoint.origin.slice(-4) }
  } catch {
    return undefined
  }
}

/** Undefined when the files do not give the checkpoint's root. */
async function resume(parts: LogRecovery, reference: SignedCheckpoint): Promise<Shard | undefined> {
  const { store, leaves, nextN } = parts
  const { size, year, origin } = reference
  const about = await store.about(year)
  if (about === undefined || about.origin !== origin) return undefined
  notShorter(about.first + size, nextN)

  const levels: Bytes[][] = [[]]
  for (let level = 1; size >= TILE_WIDTH ** level; level += 1) {
    const hashes = Math.floor(size / TILE_WIDTH ** level)
    const width = hashes % TILE_WIDTH
    const path = tilePath({ level, index: Math.floor(hashes / TILE_WIDTH), width })
    const bytes = width === 0 ? new Uint8Array() : await store.read(year, path)
    if (bytes === undefined || hashesOf(bytes).length !== width) return undefined
    levels.push([...hashesOf(bytes)])
  }

  // The last full tile ties the journal to the files even when no bundle is begun.
  const begun = size - (size % TILE_WIDTH)
  const from = Math.max(0, begun - TILE_WIDTH)
  const path = tilePath({ level: 0, index: from / TILE_WIDTH, width: TILE_WIDTH })
  const before = begun === 0 ? [] : hashesOf((await store.read(year, path)) ?? new Uint8Array())
  const entries: Bytes[] = []
  let at = from
  for await (const { n, leaf } of leaves(about.first + from)) {
    if (at === size) break
    if (n !== about.first + at) return undefined
    const entry = utf8.encode(leaf)
    if (at < begun) {
      const known = before[at - from]
      if (known === undefined || !equalBytes(known, leafHash(entry))) return undefined
    } else {
      entries.push(entry)
      levels[0]?.push(leafHash(entry))
    }
    at += 1
  }
  const shard = openShard(about, { size, entries, levels })
  return at === size && equalBytes(shard.root(), reference.root) ? shard : undefined
}

const notShorter = (due: number, nextN: number): void => {
  if (due > nextN)
    throw new LogAlarm(`the last checkpoint covers leaf ${due - 1}, and the journal ends at ${nextN - 1}`)
}

async function remake(parts: LogRecovery, reference: SignedCheckpoint | undefined): Promise<Follower> {
  const { store, originOf } = parts
  const origins = new Map<string, string>()
  for (const year of await store.years()) origins.set(year, (await store.about(year))?.origin ?? originOf(year))
  const follower = openFollower(undefined, (year) => origins.get(year) ?? originOf(year))
  let seen = reference === undefined
  await feedFrom(parts, follower, 0, (shard) => {
    if (reference === undefined || shard.about.origin !== reference.origin || shard.size !== reference.size) return
    if (!equalBytes(shard.root(), reference.root))
      throw new LogAlarm(`the first ${reference.size} leaves are not those of the last checkpoint signed`)
    seen = true
  })
  if (seen || reference === undefined) return follower
  const last = follower.current
  if (reference.size === 0) return follower
  if (last?.about.origin === reference.origin) notShorter(last.about.first + reference.size, parts.nextN)
  throw new LogAlarm(`the journal does not have the log ${reference.origin} that was signed`)
}

/** Feeds what is left, and writes tiles as they become full. */
async function feedFrom(
  { store, leaves }: LogRecovery,
  follower: Follower,
  from: number,
  fed: (shard: Shard) => void,
): Promise<void> {
  let count = 0
  try {
    for await (const leaf of leaves(from)) {
      follower.feed(leaf)
      if (follower.current) fed(follower.current)
      count += 1
      if (count % BATCH === 0) await settleAll(store, follower)
    }
    await settleAll(store, follower)
  } catch (thrown) {
    if (thrown instanceof LogAlarm) throw thrown
    if (asArchiveError(thrown).code === 'DEFECT') throw new LogAlarm(asArchiveError(thrown).fact, { cause: thrown })
    throw thrown
  }
}

async function settleAll(store: LogFiles, { current, finished }: Follower): Promise<void> {
  for (const shard of [...finished.map((one) => one.shard), ...(current ? [current] : [])])
    await settleFull(store, shard)
}

/** Writes the tiles that became full. @throws {LogAlarm} when other bytes stand under such a name */
export async function settleFull(store: LogFiles, shard: Shard): Promise<void> {
  for (const [path, made] of shard.full) {
    await settle(store, shard.about, path, made)
    shard.full.delete(path)
  }
}

async function settle(store: LogFiles, { year }: About, path: string, { bytes }: MadeTile): Promise<void> {
  const there = await store.read(year, path)
  if (there === undefined) await store.put(year, path, bytes, true)
  else if (!equalBytes(there, bytes)) throw new LogAlarm(`log/${year}/${path} is not what the journal gives`)
}
