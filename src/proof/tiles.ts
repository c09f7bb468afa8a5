/**
 * The C2SP tlog-tiles layout: a tree as files of up to 256 hashes, and its entries as bundles beside them.
 *
 * Tile `n` of level `l` holds the hashes MTH(D[(256 n + i) 256^l : (256 n + i + 1) 256^l]); a tile that is not full names
 * its width. Hashes of a level in between are computed from a tile, as any proof is.
 */
import { type Bytes, concat } from '../base/bytes.ts'
import { foldRight, type Hash, nodeHash, type Span } from './merkle.ts'
import { HASH_LENGTH } from './sha256.ts'

/** Hashes of a full tile. */
export const TILE_WIDTH = 256
/** Levels of the tree one tile spans. */
const TILE_HEIGHT = 8
export const ENTRY_MOST = 65_535

/** `entries`, or the level of hashes. */
export type TileLevel = number | 'entries'

export interface Tile {
  readonly level: TileLevel
  readonly index: number
  /** 256 when full. */
  readonly width: number
}

/** `tile/0/x001/x234/067`, `tile/entries/000.p/44`. */
export function tilePath({ level, index, width }: Tile): string {
  const groups = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  return `tile/${level}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

const TILE_PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** Undefined for what `tilePath` would not write. */
export function parseTilePath(path: string): Tile | undefined {
  const parts = TILE_PATH.exec(path)
  if (parts === null) return undefined
  const tile: Tile = {
    level: parts[1] === 'entries' ? 'entries' : Number(parts[1]),
    index: Number((parts[2] ?? '').replace(/[x/]/g, '')),
    width: parts[3] === undefined ? TILE_WIDTH : Number(parts[3]),
  }
  const known = (tile.level === 'entries' || tile.level < 64) && tile.width <= TILE_WIDTH
  return known && tilePath(tile) === path ? tile : undefined
}

/** How many hashes of this level a tree of the size has complete. */
const hashesAt = (level: TileLevel, size: number): number =>
  level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level)

/** How wide a tile is in a tree of this size: 0 when it is not there. */
export function tileWidth(level: TileLevel, index: number, size: number): number {
  return Math.max(0, Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH))
}

/** Every tile and bundle of a tree of this size, level by level. */
export function* tilesOf(size: number): Generator<Tile> {
  const levels: TileLevel[] = ['entries']
  for (let level = 0; hashesAt(level, size) > 0; level += 1) levels.push(level)
  for (const level of levels)
    for (let index = 0; index * TILE_WIDTH < hashesAt(level, size); index += 1)
      yield { level, index, width: tileWidth(level, index, size) }
}

/** Big-endian lengths of two bytes, each before its entry. */
export function encodeBundle(entries: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  return concat(entries.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 255), entry]))
}

/** Undefined when the bytes are not whole entries. */
export function decodeBundle(bytes: Bytes): readonly Bytes[] | undefined {
  const entries: Bytes[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    const end = at + 2 + length
    if (end > bytes.length) return undefined
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}

/** The hashes in a tile's bytes. */
export function hashesOf(bytes: Bytes): readonly Bytes[] {
  return Array.from({ length: Math.floor(bytes.length / HASH_LENGTH) }, (_, at) =>
    bytes.subarray(at * HASH_LENGTH, (at + 1) * HASH_LENGTH),
  )
}

/** Reads a tile's bytes; the width is the one a tree of the size asked about has. */
export type TileReader = (tile: Tile) => Promise<Bytes>

/**
 * MTH of a span of a tree of this size, from its tiles.
 *
 * @param span  one of those RFC 6962 divides a tree into, so that its complete subtrees are tiles' or lie inside one
 */
export async function spanHash({ start, end }: Span, size: number, read: TileReader): Promise<Hash> {
  const complete: Bytes[] = []
  for (let at = start; at < end; ) {
    let height = 0
    while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= end) height += 1
    complete.push(await subtree(at / 2 ** height, height, size, read))
    at += 2 ** height
  }
  return foldRight(complete) as Hash
}

/** The root of a complete subtree of 2^height leaves, the number-th of its kind. */
async function subtree(number: number, height: number, size: number, read: TileReader): Promise<Bytes> {
  const level = Math.floor(height / TILE_HEIGHT)
  const count = 2 ** (height % TILE_HEIGHT)
  const first = number * count
  const index = Math.floor(first / TILE_WIDTH)
  const hashes = hashesOf(await read({ level, index, width: tileWidth(level, index, size) }))
  const within = first - index * TILE_WIDTH
  return completeRoot(hashes.slice(within, within + count))
}

/** The root over hashes whose number is a power of two. */
export function completeRoot(hashes: readonly Bytes[]): Bytes {
  let row = hashes
  while (row.length > 1) {
    const above: Bytes[] = []
    for (let at = 0; at < row.length; at += 2) above.push(nodeHash(row[at] as Bytes, row[at + 1] as Bytes))
    row = above
  }
  return row[0] as Bytes
}
