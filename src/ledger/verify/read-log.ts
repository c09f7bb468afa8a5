/**
 * A log folder as a reader meets it, ours or a stranger's copy: its texts, and its tiles at the width asked for. On a folder
 * that is still written to, the tile of an older width may be gone: a wider one begins with the same bytes.
 */
import { join } from 'node:path'
import type { Bytes } from '../../base/bytes.ts'
import { HASH_LENGTH } from '../../proof/sha256.ts'
import { decodeBundle, hashesOf, TILE_WIDTH, type Tile, tilePath } from '../../proof/tiles.ts'
import type { Files } from '../../storage/files/files.ts'

/** As much of a file layer as checking needs: it never writes. */
export type ReadableFiles = Pick<Files, 'list' | 'open' | 'size'>

export interface LogFolder {
  /** Undefined when it is not there. */
  text(name: string): Promise<string | undefined>
  bytes(name: string): Promise<Bytes | undefined>
  /** Names below it. */
  names(name: string): Promise<readonly string[]>
  /** The tile's hashes, or a bundle's entries; a reason in words when they are not there as they should be. */
  tile(tile: Tile): Promise<readonly Bytes[] | string>
}

export async function readWhole(files: ReadableFiles, path: string): Promise<Bytes | undefined> {
  if ((await files.size(path)) === undefined) return undefined
  const file = await files.open(path)
  try {
    return await file.read(0, file.size)
  } finally {
    await file.close()
  }
}

export async function readText(files: ReadableFiles, path: string): Promise<string | undefined> {
  const bytes = await readWhole(files, path)
  return bytes && new TextDecoder().decode(bytes)
}

/** Names in a folder; none when there is no folder. */
export async function namesIn(files: ReadableFiles, folder: string): Promise<readonly string[]> {
  try {
    return await files.list(folder)
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes(String(Reflect.get(Object(thrown), 'code')))) return []
    throw thrown
  }
}

const TRIES = 4

export function openLogFolder(files: ReadableFiles, folder: string): LogFolder {
  /** The narrowest that is wide enough. */
  const find = async (tile: Tile): Promise<Bytes | undefined> => {
    const exact = await readWhole(files, join(folder, tilePath(tile)))
    if (exact !== undefined || tile.width === TILE_WIDTH) return exact
    const full = tilePath({ ...tile, width: TILE_WIDTH })
    const widths = (await namesIn(files, join(folder, `${full}.p`)))
      .map(Number)
      .filter((width) => width > tile.width && width < TILE_WIDTH)
      .sort((a, b) => a - b)
    for (const width of widths) {
      const wider = await readWhole(files, join(folder, tilePath({ ...tile, width })))
      if (wider !== undefined) return wider
    }
    return readWhole(files, join(folder, full))
  }

  return {
    bytes: (name) => readWhole(files, join(folder, name)),
    names: (name) => namesIn(files, join(folder, name)),
    text: (name) => readText(files, join(folder, name)),
    tile: async (tile) => {
      let bytes = await find(tile)
      // Between looking for a wider one and reading it, a log that runs may have replaced it.
      for (let again = 1; bytes === undefined && again < TRIES; again += 1) bytes = await find(tile)
      if (bytes === undefined) return 'it is missing'
      if (tile.level === 'entries') {
        const entries = decodeBundle(bytes)
        if (entries === undefined) return 'it is not a bundle of entries'
        if (entries.length < tile.width) return `it has ${entries.length} entries instead of ${tile.width}`
        return entries.slice(0, tile.width)
      }
      if (bytes.length % HASH_LENGTH !== 0 || bytes.length < tile.width * HASH_LENGTH)
        return `it has ${bytes.length} bytes instead of ${tile.width * HASH_LENGTH}`
      return hashesOf(bytes).slice(0, tile.width)
    },
  }
}
