/**
 * The transparency log: it follows the journal, and at most a second after a leaf is synced signs a checkpoint over it.
 *
 * Off the path of answers: the journal's writer hands over what it has synced and goes on. A checkpoint never covers more
 * than that, so whatever the power leaves, the journal gives the log again and it extends every checkpoint ever signed.
 * If it would not, the log raises an alarm and signs nothing; images are still taken.
 */

import { type Bytes, equalBytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { checkpointText, parseCheckpoint } from '../../proof/checkpoint.ts'
import { consistencySpans, inclusionSpans, type Span } from '../../proof/merkle.ts'
import { keyText, noteText, parseNote, SIGNATURE_TYPE, type Signature, verifierKey } from '../../proof/note.ts'
import { HASH_LENGTH } from '../../proof/sha256.ts'
import { decodeBundle, encodeBundle, spanHash, type Tile, tilePath, tileWidth } from '../../proof/tiles.ts'
import { readTimeStamp } from '../../proof/time-stamp.ts'
import { tlogProofText } from '../../proof/tlog-proof.ts'
import { type Files, makeFolderDurably } from '../../storage/files/files.ts'
import { type Follower, type LeafSource, type LoggedLeaf, openFollower } from './follower.ts'
import { openLogFiles } from './log-files.ts'
import { LogAlarm, lastSigned, recoverLog, settleFull, signedBy } from './recover-log.ts'
import type { About, MadeTile, Shard } from './shard.ts'
import { openSigningKey } from './signing-key.ts'

export interface LogParts {
  readonly files: Files
  /** `log/` and `keys/` of the data folder. */
  readonly folder: string
  readonly keys: string
  /** What the names of the shards begin with; `/log/YEAR` is added. */
  readonly origin: string
  readonly leaves: LeafSource
  /** The next ledger number the journal will give. */
  readonly nextN: number
  readonly complain: (facts: object, message: string) => void
  /** How long leaves may wait for a checkpoint, in milliseconds. */
  readonly intervalMs: number
  /** Told after each checkpoint that was published. */
  readonly published?: () => void
}

export interface LogState {
  /** Leaves handed over so far, and those a checkpoint covers; ledger numbers. */
  readonly leaves: number
  readonly signed: number
  /** Why nothing is signed any more; '' when all is well. */
  readonly alarm: string
}

export interface Opening {
  readonly origin: string
  /** The last checkpoint of the shard before. */
  readonly prev: string | null
}

export interface TransparencyLog {
  /** Takes leaves that are synced, in order; never waits and never fails. */
  append(leaves: readonly LoggedLeaf[]): void
  /**
   * Public details of the leaf that must open a new shard before a leaf of this time; undefined when none must. The very
   * first shard is opened by whoever opens the ledger, with `first`.
   */
  opening(ts: string): Opening | undefined
  first(ts: string): Opening
  readonly state: LogState
  /** Years of the shards that have a checkpoint, oldest first. */
  years(): readonly string[]
  /** The last one signed, with the signatures of the witnesses that cosigned this very one. */
  checkpoint(year: string): string | undefined
  /** What a witness is asked with: the last checkpoint, and how it extends one of an older size. */
  growth(year: string): Growth | undefined
  /** The last checkpoint that witnesses cosigned, with their signatures. */
  cosigned(year: string): string | undefined
  /** Keeps what witnesses signed of the checkpoint that `growth` gave. */
  cosign(year: string, checkpoint: string, signatures: readonly Signature[]): Promise<void>
  /** The verifier key of a year's shard. */
  key(year: string): string | undefined
  /** Any tile or bundle the last checkpoint needs, at its width or a smaller one. */
  tile(year: string, tile: Tile): Promise<Bytes | undefined>
  /** A `.tlog-proof` of the leaf with this ledger number, once a checkpoint covers it. */
  proof(n: number): Promise<string | undefined>
  /** Keeps an authority's time stamp of the checkpoint that `growth` gave. */
  stamp(year: string, checkpoint: string, response: Bytes): Promise<void>
  lastStamp(year: string): Promise<{ readonly size: number; readonly time: string } | undefined>
  /** Sizes of the checkpoints that were stamped, and what of each is kept: `398.txt`, `398.tsr`. */
  stamps(year: string): Promise<readonly string[]>
  stampFile(year: string, name: string): Promise<Bytes | undefined>
  /** Signs what there is. */
  sign(): Promise<void>
  close(): Promise<void>
}

/** A checkpoint as it was published, whatever comes after it. */
export interface Growth {
  readonly checkpoint: string
  readonly size: number
  consistency(old: number): Promise<readonly Bytes[]>
}

/** What has been published of a shard. */
interface Published {
  readonly about: About
  readonly text: string
  readonly size: number
  /** Tiles that were not full; empty for a shard read from disk. */
  readonly partial: ReadonlyMap<string, Bytes>
}

/** Beside the checkpoint: the last one that witnesses cosigned. */
const COSIGNED = 'cosigned'
const STAMPS = 'stamps'
const STAMP_NAME = /^\d{1,15}\.(txt|tsr)$/

export async function openLog(parts: LogParts): Promise<TransparencyLog> {
  const { files, folder, keys, leaves, nextN, complain, intervalMs } = parts
  const store = openLogFiles(files, folder, keys)
  const originOf = (year: string): string => `${parts.origin}/log/${year}`
  const published = new Map<string, Published>()
  const cosigned = new Map<string, { readonly text: string; readonly size: number }>()
  const pending: LoggedLeaf[] = []
  let alarm = ''
  let handedOver = nextN
  let follower: Follower = openFollower(undefined, originOf)
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let closed = false
  let failing = false

  const raise = (thrown: unknown): void => {
    alarm = `it could not be read or written: ${codeOf(thrown)}`
    if (thrown instanceof LogAlarm) alarm = thrown.message
    else if (thrown instanceof ArchiveError) alarm = thrown.fact
    complain({ alarm }, 'the log cannot be gone on with: nothing is signed')
  }

  const fresh = (await store.kept()) === undefined && (await store.years()).length === 0
  const signer = openSigningKey(keys, fresh)
  // Before anything is signed with it.
  if (fresh) await makeFolderDurably(files, keys)

  const keyOf = (origin: string): string =>
    signer === undefined ? '' : keyText(verifierKey(origin, SIGNATURE_TYPE.ed25519, signer.publicKey))

  const checkpointOf = (shard: Shard): string => {
    if (signer === undefined) throw new LogAlarm('the key the log was signed with is gone')
    const { origin } = shard.about
    return signer.sign(checkpointText({ origin, size: shard.size, root: shard.root() }), origin)
  }

  /** Into the tree with what was handed over: cheap, and never in the middle of a checkpoint's writing. */
  const drain = (): void => {
    for (const leaf of pending.splice(0)) follower.feed(leaf)
  }

  // --- writing

  async function write(): Promise<void> {
    drain()
    for (let ended = follower.finished[0]; ended !== undefined; ended = follower.finished[0]) {
      const { size, root } = parseCheckpoint(ended.checkpoint)
      if (size !== ended.shard.size || !equalBytes(root, ended.shard.root()))
        throw new LogAlarm(`the log after ${ended.shard.about.year} does not go on from its last checkpoint`)
      await publish(ended.shard, ended.checkpoint, ended.shard.partial(), true)
      follower.finished.shift()
    }
    const shard = follower.current
    if (shard === undefined || published.get(shard.about.year)?.size === shard.size) return
    await publish(shard, checkpointOf(shard), shard.partial(), false)
  }

  /** Tiles first, then the checkpoint where it is kept, then where the world sees it. */
  async function publish(shard: Shard, text: string, partial: readonly MadeTile[], ended: boolean): Promise<void> {
    const { about } = shard
    const { year } = about
    const { size } = parseCheckpoint(text)
    const before = published.get(year)
    if (before === undefined && (await store.about(year)) === undefined)
      await store.putAbout(about, keyOf(about.origin))
    await settleFull(store, shard)
    for (const { tile, bytes } of partial) {
      const path = tilePath(tile)
      // Of higher levels they are what a restart goes on from, and they change with every 256th leaf only.
      const durable = ended || (tile.level !== 'entries' && tile.level > 0)
      if (ended || !before?.partial.has(path)) await store.put(year, path, bytes, durable)
    }
    await store.keep(text)
    await store.put(year, 'checkpoint', new TextEncoder().encode(text), ended)
    published.set(year, {
      about,
      text,
      size,
      partial: new Map(partial.map(({ tile, bytes }) => [tilePath(tile), bytes])),
    })
    for (const path of before?.partial.keys() ?? [])
      if (!published.get(year)?.partial.has(path)) await store.remove(year, path)
    parts.published?.()
  }

  const run = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    running ??= (async () => {
      try {
        if (alarm === '') await write()
        failing = false
      } catch (thrown) {
        if (thrown instanceof LogAlarm || thrown instanceof ArchiveError) raise(thrown)
        else {
          // A disk that does not take the log is tried again.
          if (!failing) complain({ cause: codeOf(thrown) }, 'the log could not be written; it is tried again')
          failing = true
        }
      }
    })().finally(() => {
      running = undefined
      if (!closed && alarm === '' && (failing || unsigned())) arm()
    })
    return running
  }
  const unsigned = (): boolean => {
    const { current, finished } = follower
    const size = current && published.get(current.about.year)?.size
    return pending.length > 0 || finished.length > 0 || size !== current?.size
  }
  const arm = (): void => {
    timer ??= setTimeout(run, intervalMs)
  }

  // --- reading

  const bytesOf = async ({ about, size, partial }: Published, tile: Tile): Promise<Bytes | undefined> => {
    const width = tileWidth(tile.level, tile.index, size)
    if (tile.width > width) return undefined
    const path = tilePath({ ...tile, width })
    const bytes = partial.get(path) ?? (await store.read(about.year, path))
    if (bytes === undefined || width === tile.width) return bytes
    if (tile.level !== 'entries') return bytes.subarray(0, tile.width * HASH_LENGTH)
    return encodeBundle((decodeBundle(bytes) ?? []).slice(0, tile.width))
  }

  const hashesOf = async (shard: Published, spans: readonly Span[], size: number): Promise<readonly Bytes[]> => {
    const read = async (tile: Tile): Promise<Bytes> => {
      const bytes = await bytesOf(shard, tile)
      if (bytes === undefined)
        throw new ArchiveError('OBJECT_NOT_FOUND', { name: `log/${shard.about.year}/${tilePath(tile)}` })
      return bytes
    }
    const hashes: Bytes[] = []
    for (const span of spans) hashes.push(await spanHash(span, size, read))
    return hashes
  }

  const proof = async (n: number): Promise<string | undefined> => {
    const shard = [...published.values()].find(({ about, size }) => n >= about.first && n < about.first + size)
    if (shard === undefined) return undefined
    const index = n - shard.about.first
    // Under a checkpoint that witnesses cosigned, when there is one that covers it.
    const witnessed = cosigned.get(shard.about.year)
    const { text, size } = witnessed !== undefined && index < witnessed.size ? witnessed : shard
    return tlogProofText({ index, hashes: await hashesOf(shard, inclusionSpans(index, size), size), checkpoint: text })
  }

  const growth = (year: string): Growth | undefined => {
    const shard = published.get(year)
    if (shard === undefined || signer === undefined) return undefined
    const { text, size } = shard
    return {
      checkpoint: text,
      size,
      consistency: (old) => hashesOf(shard, consistencySpans(old, size), size),
    }
  }

  const cosign: TransparencyLog['cosign'] = async (year, checkpoint, signatures) => {
    const { note, size } = parseCheckpoint(checkpoint)
    const known = cosigned.get(year)
    const before = known !== undefined && parseCheckpoint(known.text).note.text === note.text ? known.text : checkpoint
    const kept = parseNote(before).signatures.filter(({ name }) => !signatures.some((one) => one.name === name))
    const text = noteText({ text: note.text, signatures: [...kept, ...signatures] })
    await store.put(year, COSIGNED, new TextEncoder().encode(text), true)
    cosigned.set(year, { text, size })
  }

  const stamps = async (year: string): Promise<readonly string[]> =>
    (await store.list(year, STAMPS))
      .filter((name) => STAMP_NAME.test(name))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1))
  const stampFile = async (year: string, name: string): Promise<Bytes | undefined> =>
    published.has(year) && STAMP_NAME.test(name) ? store.read(year, `${STAMPS}/${name}`) : undefined
  const lastStamp: TransparencyLog['lastStamp'] = async (year) => {
    const name = (await stamps(year)).findLast((one) => one.endsWith('.tsr'))
    const bytes = name === undefined ? undefined : await stampFile(year, name)
    return bytes && { size: Number.parseInt(name ?? '', 10), time: readTimeStamp(bytes).time }
  }
  const stamp: TransparencyLog['stamp'] = async (year, checkpoint, response) => {
    const { size } = parseCheckpoint(checkpoint)
    await store.put(year, `${STAMPS}/${size}.txt`, new TextEncoder().encode(checkpoint), true)
    await store.put(year, `${STAMPS}/${size}.tsr`, response, true)
  }

  // --- opening

  for (const year of await store.years()) {
    const about = await store.about(year)
    const bytes = await store.read(year, 'checkpoint')
    try {
      if (about === undefined || bytes === undefined) continue
      const text = new TextDecoder().decode(bytes)
      published.set(year, { about, text, size: parseCheckpoint(text).size, partial: new Map() })
    } catch {
      // Torn by a crash: it is written again below.
    }
  }
  for (const year of await store.years()) {
    const bytes = signer && (await store.read(year, COSIGNED))
    const ours = signer && bytes && signedBy(new TextDecoder().decode(bytes), signer)
    if (ours?.year === year) cosigned.set(year, ours)
  }
  try {
    const reference = await lastSigned({ store, signer })
    const recovered = await recoverLog({ store, signer, leaves, nextN, originOf }, reference)
    follower = recovered.follower
    // Whatever was not synced may be torn: tiles of the last level and the published checkpoint are written again.
    const year = follower.current?.about.year
    if (year !== undefined) published.delete(year)
    await run()
  } catch (thrown) {
    raise(thrown)
  }

  return {
    append: (more) => {
      handedOver += more.length
      if (alarm !== '') return
      pending.push(...more)
      if (!closed) arm()
    },
    opening: (ts) => {
      const year = ts.slice(0, 4)
      if (alarm !== '') return undefined
      try {
        drain()
        const shard = follower.current
        return shard && year > shard.about.year ? { origin: originOf(year), prev: checkpointOf(shard) } : undefined
      } catch (thrown) {
        raise(thrown)
        return undefined
      }
    },
    first: (ts) => ({ origin: originOf(ts.slice(0, 4)), prev: null }),
    get state() {
      const last = [...published.values()].at(-1)
      return { leaves: handedOver, signed: last === undefined ? 0 : last.about.first + last.size, alarm }
    },
    years: () => [...published.keys()].sort(),
    checkpoint: (year) => {
      const [own, witnessed] = [published.get(year), cosigned.get(year)]
      return own !== undefined && own.size === witnessed?.size ? witnessed.text : own?.text
    },
    growth,
    cosigned: (year) => cosigned.get(year)?.text,
    cosign,
    stamp,
    lastStamp,
    stamps,
    stampFile,
    key: (year) => {
      const about = published.get(year)?.about
      return about && keyOf(about.origin)
    },
    tile: async (year, tile) => {
      const shard = published.get(year)
      return shard && bytesOf(shard, tile)
    },
    proof,
    sign: async () => {
      await running
      await run()
    },
    close: async () => {
      closed = true
      await running
      await run()
      clearTimeout(timer)
    },
  }
}

const codeOf = (thrown: unknown): string =>
  String(Reflect.get(Object(thrown), 'code') ?? Reflect.get(Object(thrown), 'name'))
