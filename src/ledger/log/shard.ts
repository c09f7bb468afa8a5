/**
 * One year's tree while it grows: of each level only the tile that is not full yet, which is all that the next leaf, the
 * root and the next checkpoint's files need. Memory is flat; a leaf costs its own hash and, on average, one node's.
 */
import { type Bytes, concat } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { EMPTY_ROOT, foldRight, type Hash, leafHash } from '../../proof/merkle.ts'
import {
  completeRoot,
  ENTRY_MOST,
  encodeBundle,
  TILE_WIDTH,
  type Tile,
  type TileLevel,
  tilePath,
} from '../../proof/tiles.ts'

/** What a shard is, and stays. */
export interface About {
  readonly year: string
  readonly origin: string
  /** Ledger number of its first leaf: leaf `n` stands at `n - first`. */
  readonly first: number
}

export interface MadeTile {
  readonly tile: Tile
  readonly bytes: Bytes
}

export interface Shard {
  readonly about: About
  readonly size: number
  append(entry: Bytes): void
  root(): Hash
  /** Tiles that became full, oldest first, until they are taken out: by path. */
  readonly full: Map<string, MadeTile>
  /** The tiles that are not full, of every level that has one. */
  partial(): readonly MadeTile[]
}

/** Where a tree stands: the entries of the last bundle and the hashes of the last tile of each level. */
export interface Edge {
  readonly size: number
  readonly entries: readonly Bytes[]
  readonly levels: readonly (readonly Bytes[])[]
}

export const NO_EDGE: Edge = { size: 0, entries: [], levels: [] }

export function openShard(about: About, edge: Edge): Shard {
  let { size } = edge
  let entries = [...edge.entries]
  const levels = edge.levels.map((hashes) => [...hashes])
  const full = new Map<string, MadeTile>()

  const made = (level: TileLevel, width: number, bytes: Bytes): MadeTile => {
    const hashes = level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level)
    return { tile: { level, index: Math.ceil(hashes / TILE_WIDTH) - 1, width }, bytes }
  }
  const keep = (one: MadeTile): void => void full.set(tilePath(one.tile), one)

  return {
    about,
    full,
    get size() {
      return size
    },
    append(entry) {
      if (entry.length > ENTRY_MOST) throw new ArchiveError('DEFECT', { what: 'a leaf too long for the log' })
      entries.push(entry)
      size += 1
      let hash: Bytes = leafHash(entry)
      for (let level = 0; ; level += 1) {
        const hashes = levels[level] ?? []
        levels[level] = hashes
        hashes.push(hash)
        if (hashes.length < TILE_WIDTH) return
        if (level === 0) {
          keep(made('entries', TILE_WIDTH, encodeBundle(entries)))
          entries = []
        }
        keep(made(level, TILE_WIDTH, concat(hashes)))
        levels[level] = []
        hash = completeRoot(hashes)
      }
    },
    root() {
      // Complete subtrees, largest first: of each level the binary digits of how many hashes it has.
      const subtrees: Bytes[] = []
      for (const hashes of [...levels].reverse())
        for (let at = 0, width = TILE_WIDTH / 2; width >= 1; width /= 2) {
          if ((hashes.length & width) === 0) continue
          subtrees.push(completeRoot(hashes.slice(at, at + width)))
          at += width
        }
      return foldRight(subtrees) ?? EMPTY_ROOT
    },
    partial() {
      const tiles = entries.length > 0 ? [made('entries', entries.length, encodeBundle(entries))] : []
      levels.forEach((hashes, level) => {
        if (hashes.length > 0) tiles.push(made(level, hashes.length, concat(hashes)))
      })
      return tiles
    },
  }
}
