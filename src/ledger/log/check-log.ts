/**
 * The log's files against leaves in their order, and both against every checkpoint there is: published, kept in `keys/`,
 * and those somebody kept elsewhere. Tiles are made again from the leaves and compared byte for byte.
 */
import { type Bytes, equalBytes, toHex } from '../../base/bytes.ts'
import { asArchiveError } from '../../base/errors.ts'
import type { OpenStep } from '../../base/findings.ts'
import { type Checkpoint, parseCheckpoint } from '../../proof/checkpoint.ts'
import { parseKey, signersOf, type VerifierKey } from '../../proof/note.ts'
import { decodeBundle, TILE_WIDTH, tilePath } from '../../proof/tiles.ts'
import { type LoggedLeaf, openFollower } from './follower.ts'
import type { LogFiles } from './log-files.ts'
import type { MadeTile, Shard } from './shard.ts'

export interface LogCheckParts {
  readonly store: LogFiles
  /** Verifier keys that were got another way than from the folder; none: those that lie in it. */
  readonly keys: readonly string[]
  /** Checkpoints somebody kept, and where they are from. */
  readonly checkpoints: readonly { readonly from: string; readonly text: string }[]
  readonly step: OpenStep
}

export interface LogCheck {
  feed(leaf: LoggedLeaf): Promise<void>
  /** After the last leaf. */
  end(): Promise<void>
}

interface Expected extends Checkpoint {
  readonly from: string
  met: boolean
}

interface Year {
  readonly name: string
  /** Leaves the published checkpoint covers. */
  readonly size: number
  bundle: { readonly index: number; readonly entries: readonly Bytes[] } | undefined
}

const utf8 = new TextEncoder()

export async function openLogCheck({ store, keys, checkpoints, step }: LogCheckParts): Promise<LogCheck> {
  const expected: Expected[] = []
  const years = new Map<string, Year>()
  const known = keys.flatMap((text) => keyOf(text, step))
  const trusted = (one: VerifierKey) => known.some(({ key }) => equalBytes(key, one.key))

  const expect = (text: string, from: string, own: string | undefined): Expected | undefined => {
    try {
      const { note, ...checkpoint } = parseCheckpoint(text)
      const beside = own === undefined ? [] : keyOf(own, step)
      // One key signs every year, under the name of each.
      const usable = known.length > 0 ? [...known, ...beside.filter(trusted)] : beside
      if (signersOf(note, usable).length === 0) {
        step.find(`the checkpoint ${from} (${checkpoint.size} leaves) is not signed with the log’s key`)
        return undefined
      }
      step.count('checkpoints')
      const one: Expected = { ...checkpoint, from, met: false }
      const other = expected.find(({ origin, size }) => origin === one.origin && size === one.size)
      if (other !== undefined && !equalBytes(other.root, one.root))
        step.find(
          `the log was forked: two checkpoints of ${one.size} leaves have different roots, ${other.from} and ${from}`,
        )
      expected.push(one)
      return one
    } catch (thrown) {
      step.find(`the checkpoint ${from} cannot be read: ${asArchiveError(thrown).fact}`)
      return undefined
    }
  }

  let newest: string | undefined
  for (const year of await store.years()) {
    const about = await store.about(year)
    newest = about?.key ?? newest
    const published = await store.read(year, 'checkpoint')
    if (about === undefined || published === undefined) {
      step.find(`log/${year} has no ${about === undefined ? 'about.json' : 'checkpoint'} that can be read`)
      continue
    }
    if (known.length > 0 && !keyOf(about.key, step).some(trusted))
      step.find(`log/${year}: the key in it is another than the one given`)
    const checkpoint = expect(new TextDecoder().decode(published), `published in log/${year}`, about.key)
    years.set(about.origin, { name: year, size: checkpoint?.size ?? 0, bundle: undefined })
  }
  const kept = await store.kept()
  if (kept !== undefined) expect(kept, 'kept in keys/', newest)
  for (const { from, text } of checkpoints) expect(text, from, newest)
  if (known.length === 0)
    step.leave('who signed: the key was taken from the folder itself; give the one you got another way (--key)')

  const follower = openFollower(undefined, (year) => year)
  let lost = false

  const compareEntry = async (shard: Shard, n: number, leaf: Bytes): Promise<void> => {
    const year = years.get(shard.about.origin)
    const at = shard.size - 1
    if (year === undefined || at >= year.size) return
    const index = Math.floor(at / TILE_WIDTH)
    if (year.bundle?.index !== index) {
      const width = Math.min(TILE_WIDTH, year.size - index * TILE_WIDTH)
      const path = tilePath({ level: 'entries', index, width })
      const bytes = await store.read(year.name, path)
      const entries = bytes && decodeBundle(bytes)
      if (entries === undefined) step.find(`log/${year.name}/${path} is missing or cannot be read`)
      year.bundle = { index, entries: entries ?? [] }
    }
    const entry = year.bundle.entries[at - index * TILE_WIDTH]
    if (entry === undefined) {
      if (year.bundle.entries.length > 0) step.find(`log/${year.name}: entry ${at} is not in its bundle (leaf ${n})`)
    } else if (equalBytes(entry, leaf)) step.count('entries')
    else step.find(`log/${year.name}: entry ${at} is not leaf ${n} of the journal`)
  }
  const compareTile = async (shard: Shard, { tile, bytes }: MadeTile): Promise<void> => {
    const year = years.get(shard.about.origin)
    if (year === undefined || tile.level === 'entries') return
    const path = tilePath(tile)
    const there = await store.read(year.name, path)
    if (there === undefined) step.find(`log/${year.name}/${path} is missing`)
    else if (equalBytes(there, bytes)) step.count('tiles')
    else step.find(`log/${year.name}/${path} is not what the leaves give`)
  }
  const meet = async (shard: Shard): Promise<void> => {
    const here = expected.filter(({ origin, size }) => origin === shard.about.origin && size === shard.size)
    if (here.length === 0) return
    const root = shard.root()
    for (const one of here) {
      one.met = true
      if (!equalBytes(one.root, root))
        step.find(
          `the first ${one.size} leaves do not give the root of the checkpoint ${one.from}: ${toHex(one.root).slice(0, 16)}… was signed, they give ${toHex(root).slice(0, 16)}…. One of them was altered, dropped, moved or put in`,
        )
    }
    if (years.get(shard.about.origin)?.size === shard.size)
      for (const made of shard.partial()) await compareTile(shard, made)
  }

  return {
    feed: async ({ n, leaf }) => {
      if (lost) return
      try {
        follower.feed({ n, leaf })
      } catch (thrown) {
        lost = true
        step.find(`the log cannot be followed beyond leaf ${n}: ${asArchiveError(thrown).fact}`)
        return
      }
      const shard = follower.current
      if (shard === undefined) return
      for (const { shard: ended, checkpoint } of follower.finished.splice(0)) {
        const last = expected.find(({ origin, from }) => origin === ended.about.origin && from.startsWith('published'))
        const quoted = checkpoint === '' ? undefined : parsed(checkpoint)
        if (
          last !== undefined &&
          (quoted === undefined || quoted.size !== last.size || !equalBytes(quoted.root, last.root))
        )
          step.find(
            `the first leaf of log/${shard.about.year} does not quote the last checkpoint of log/${ended.about.year}`,
          )
      }
      await compareEntry(shard, n, utf8.encode(leaf))
      const within = shard.size <= (years.get(shard.about.origin)?.size ?? 0)
      for (const [path, made] of shard.full) {
        if (within) await compareTile(shard, made)
        shard.full.delete(path)
      }
      await meet(shard)
    },
    end: async () => {
      const shard = follower.current
      for (const one of expected.filter(({ met, size }) => !met && size > 0)) {
        const leaves = one.origin === shard?.about.origin ? shard.size : undefined
        step.find(
          leaves === undefined || leaves >= one.size
            ? `no log ${one.origin} is here that the checkpoint ${one.from} (${one.size} leaves) could be of`
            : `the log was cut short: the checkpoint ${one.from} covers ${one.size} leaves, and there are ${leaves}`,
        )
      }
    },
  }
}

function parsed(text: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(text)
  } catch {
    return undefined
  }
}

function keyOf(text: string, step: OpenStep): readonly VerifierKey[] {
  try {
    return [parseKey(text.trim())]
  } catch {
    step.find('a verifier key cannot be read: it has the form name+id+base64')
    return []
  }
}

/**
 * A year's folder alone, as anybody can fetch it: its entries are the leaves.
 *
 * @param store  of the folder above
 */
export async function checkYear(parts: LogCheckParts, year: string): Promise<void> {
  const { step } = parts
  const store: LogFiles = { ...parts.store, years: async () => [year], kept: async () => undefined }
  const about = await store.about(year)
  const published = await store.read(year, 'checkpoint')
  const size = (published && parsed(new TextDecoder().decode(published))?.size) ?? 0
  const check = await openLogCheck({ ...parts, store })
  for (let at = 0; at < size; at += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - at)
    const path = tilePath({ level: 'entries', index: at / TILE_WIDTH, width })
    const bytes = await store.read(year, path)
    const entries = bytes && decodeBundle(bytes)
    if (entries?.length !== width) {
      step.find(`log/${year}/${path} is missing or cannot be read: the log cannot be followed beyond entry ${at}`)
      break
    }
    for (const [index, entry] of entries.entries())
      await check.feed({ n: (about?.first ?? 0) + at + index, leaf: new TextDecoder().decode(entry) })
  }
  await check.end()
}
