/**
 * The log on disk: `log/YEAR/` in the C2SP layout, and the last checkpoint kept elsewhere, in `keys/`.
 *
 * Everything is written beside its name and renamed. Full tiles are synced before they have their name, so one that is
 * there is whole; the tiles of the last level that are not full, and the published checkpoint, are not synced: the
 * journal gives them again. The kept checkpoint is synced before it is published.
 */
import { basename, dirname, join } from 'node:path'
import type { Bytes } from '../../base/bytes.ts'
import { canonicalJson } from '../../base/canonical-json.ts'
import { type Files, makeFolderDurably } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'
import { namesIn } from '../verify/read-log.ts'
import type { About } from './shard.ts'

export interface LogFiles {
  /** Years that have a folder, oldest first. */
  years(): Promise<readonly string[]>
  /** Undefined when there is none, or it is torn. */
  about(year: string): Promise<(About & { readonly key: string }) | undefined>
  read(year: string, path: string): Promise<Bytes | undefined>
  /** @param durable  synced, with its folder */
  put(year: string, path: string, bytes: Bytes, durable: boolean): Promise<void>
  putAbout(about: About, key: string): Promise<void>
  remove(year: string, path: string): Promise<void>
  /** Names below a year's folder, sorted; none when it is not there. */
  list(year: string, path: string): Promise<readonly string[]>
  /** The last checkpoint signed, as it is kept elsewhere. */
  kept(): Promise<string | undefined>
  keep(checkpoint: string): Promise<void>
}

const KEPT = 'log-checkpoint'
const ABOUT = 'about.json'

export function openLogFiles(files: Files, folder: string, keys: string): LogFiles {
  const durableFolders = new Set<string>()
  const makeParent = async (path: string, durable: boolean): Promise<void> => {
    const parent = dirname(path)
    if (durableFolders.has(parent)) return
    if (!durable) return files.makeFolder(parent)
    await makeFolderDurably(files, parent)
    durableFolders.add(parent)
  }

  const readWhole = async (path: string): Promise<Bytes | undefined> => {
    if ((await files.size(path)) === undefined) return undefined
    const file = await files.open(path)
    try {
      return await file.read(0, file.size)
    } finally {
      await file.close()
    }
  }

  const replace = async (path: string, bytes: Bytes, durable: boolean): Promise<void> => {
    await makeParent(path, durable)
    await replaceFile(files, path, bytes, durable)
  }
  const textOf = (bytes: Bytes | undefined): string | undefined => bytes && new TextDecoder().decode(bytes)

  return {
    years: async () => {
      if (!(await files.list(dirname(folder))).includes(`${basename(folder)}/`)) return []
      const names = await files.list(folder)
      return names.flatMap((name) => (/^\d{4}\/$/.test(name) ? [name.slice(0, -1)] : [])).sort()
    },
    about: async (year) => {
      try {
        const text = textOf(await readWhole(join(folder, year, ABOUT)))
        const { first, key, origin } = JSON.parse(text ?? '{}') as Record<string, unknown>
        if (typeof first !== 'number' || typeof key !== 'string' || typeof origin !== 'string') return undefined
        return { year, first, key, origin }
      } catch {
        return undefined
      }
    },
    read: (year, path) => readWhole(join(folder, year, path)),
    put: (year, path, bytes, durable) => replace(join(folder, year, path), bytes, durable),
    putAbout: ({ year, first, origin }, key) =>
      replace(join(folder, year, ABOUT), new TextEncoder().encode(canonicalJson({ first, key, origin })), true),
    remove: async (year, path) => {
      if ((await files.size(join(folder, year, path))) !== undefined) await files.remove(join(folder, year, path))
    },
    list: (year, path) => namesIn(files, join(folder, year, path)),
    kept: async () => textOf(await readWhole(join(keys, KEPT))),
    keep: (checkpoint) => replace(join(keys, KEPT), new TextEncoder().encode(checkpoint), true),
  }
}
