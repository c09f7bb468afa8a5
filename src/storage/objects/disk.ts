/**
 * Objects as files: a name is a path under the root. An object is written elsewhere, synced, and linked to its name
 * only when it is whole, so a name never shows half an object and never a second one (link fails where rename would
 * replace).
 */
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { ByteRange, ByteStream, Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { isMissing, isTaken } from '../files/disk.ts'
import { type Files, makeFolderDurably } from '../files/files.ts'
import { mustBeName } from './names.ts'
import type { ObjectHead, ObjectStore } from './object-store.ts'

const PIECE = 1024 * 1024

/**
 * @param incoming  where objects are written until they are whole, on the same file system; `.incoming` under the root
 *   unless told
 * @param aside  where objects go that are not what they should be, on the same file system too; made when there is one
 */
export async function diskObjects(
  files: Files,
  root: string,
  incoming = join(root, '.incoming'),
  aside = join(root, '.aside'),
): Promise<ObjectStore> {
  // What a crash left half written has no name and never had one.
  for (const name of await namesIn(files, incoming)) await files.remove(join(incoming, name))

  /** Folders that are known to be there after a power failure. Nothing is made before something is written. */
  const durable = new Set<string>()
  const makeParent = async (path: string): Promise<void> => {
    if (durable.has(path)) return
    if (path === root || path === incoming) await makeFolderDurably(files, path)
    else {
      await makeParent(dirname(path))
      await files.makeFolder(path)
      await files.syncFolder(dirname(path))
    }
    durable.add(path)
  }
  const temporaryFile = async () => {
    const path = join(incoming, randomBytes(16).toString('hex'))
    await makeParent(incoming)
    return files.create(path).catch(async (thrown: unknown) => {
      if (!isMissing(thrown)) throw thrown
      await makeFolderDurably(files, incoming)
      return files.create(path)
    })
  }

  /** Names the whole object. Somebody may have removed the folder since: what was known of folders is then not so. */
  const named = async (path: string, act: () => Promise<void>): Promise<void> => {
    try {
      await makeParent(dirname(path))
      await act()
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown
      durable.clear()
      await makeParent(dirname(path))
      await act()
    }
    await files.syncFolder(dirname(path))
  }

  const pathOf = (name: string): string => placeOf(root, name)

  async function put(name: string, bytes: ByteStream): Promise<ObjectHead> {
    const path = pathOf(name)
    if ((await files.size(path)) !== undefined) throw new ArchiveError('OBJECT_EXISTS', { name })
    const file = await temporaryFile()
    const temporary = file.path
    try {
      for await (const chunk of bytes) await file.append([chunk])
      await file.sync()
      await named(path, () => files.link(temporary, path))
      return { name, size: file.size }
    } catch (thrown) {
      if (isTaken(thrown)) throw new ArchiveError('OBJECT_EXISTS', { name }, { cause: thrown })
      throw thrown
    } finally {
      await file.close()
      await files.remove(temporary)
    }
  }

  async function replace(name: string, bytes: Bytes): Promise<void> {
    const path = pathOf(name)
    const file = await temporaryFile()
    const temporary = file.path
    try {
      await file.append([bytes])
      await file.sync()
    } finally {
      await file.close()
    }
    await named(path, () => files.rename(temporary, path))
  }

  async function setAside(name: string): Promise<string> {
    const path = pathOf(name)
    if ((await files.size(path)) === undefined) throw new ArchiveError('OBJECT_NOT_FOUND', { name })
    await makeFolderDurably(files, aside)
    const to = join(aside, `${randomBytes(4).toString('hex')}-${name.replaceAll('/', '~')}`)
    await files.rename(path, to)
    await files.syncFolder(aside)
    await files.syncFolder(dirname(path))
    return to
  }

  /** Removes what is in a folder, and the folder. @returns files removed */
  async function empty(folder: string): Promise<number> {
    let removed = 0
    // The last name first: what marks a folder as an object is nothing without the rest.
    for (const entry of (await listed(folder)).reverse()) {
      const path = join(folder, entry)
      if (entry.endsWith('/')) removed += await empty(join(folder, entry.slice(0, -1)))
      else {
        await files.remove(path)
        removed += 1
      }
    }
    await syncIfThere(folder)
    if (await files.removeFolder(folder)) durable.delete(folder)
    return removed
  }

  /** No folder stays that holds nothing: formats of folders do not allow it. */
  async function prune(from: string): Promise<void> {
    // A crash may have left a folder above one that is gone already.
    for (let folder = from; folder !== root; folder = dirname(folder)) {
      if (!(await files.removeFolder(folder))) continue
      durable.delete(folder)
      await syncIfThere(dirname(folder))
    }
    await syncIfThere(from)
  }

  const syncIfThere = (folder: string): Promise<void> =>
    files.syncFolder(folder).catch((thrown: unknown) => {
      if (!isMissing(thrown)) throw thrown
    })

  const listed = (folder: string): Promise<string[]> =>
    files.list(folder).then(
      (names) => [...names],
      (thrown: unknown) => {
        if (isMissing(thrown)) return []
        throw thrown
      },
    )

  async function removeAll(prefix: string): Promise<number> {
    const begins = prefix.replaceAll('/', '~')
    const top = pathOf(prefix.replace(/\/$/, ''))
    let removed = await empty(top)
    await prune(dirname(top))
    for (const entry of await listed(aside)) {
      if (!/^[0-9a-f]{8}-/.test(entry) || !entry.slice(9).startsWith(begins)) continue
      await files.remove(join(aside, entry))
      await files.syncFolder(aside)
      removed += 1
    }
    return removed
  }

  return {
    ...diskReading(files, root),
    put,
    replace,
    setAside,
    removeAll,
    remove: async (name) => {
      const path = pathOf(name)
      try {
        await files.remove(path)
      } catch (thrown) {
        if (isMissing(thrown)) return
        throw thrown
      }
      await prune(dirname(path))
    },
  }
}

/** Reading alone: changes nothing, not even what a crash left. */
export function diskReading(
  files: Pick<Files, 'list' | 'open' | 'size'>,
  root: string,
): Pick<ObjectStore, 'read' | 'head' | 'list'> {
  const pathOf = (name: string): string => placeOf(root, name)

  async function* read(name: string, range?: ByteRange): AsyncGenerator<Bytes> {
    const path = pathOf(name)
    const file = await files.open(path).catch((thrown: unknown) => {
      throw isMissing(thrown) ? new ArchiveError('OBJECT_NOT_FOUND', { name }) : thrown
    })
    try {
      const end = Math.min(range?.end ?? file.size, file.size)
      for (let at = range?.start ?? 0; at < end; at += PIECE) yield await file.read(at, Math.min(at + PIECE, end))
    } finally {
      await file.close()
    }
  }

  async function* list(prefix: string, folder = ''): AsyncGenerator<ObjectHead> {
    // A folder's name ends in a slash, so sorting the names of one folder sorts the whole names too.
    for (const entry of await namesIn(files, join(root, folder))) {
      const name = folder + entry
      if (entry.startsWith('.')) continue
      if (entry.endsWith('/')) {
        if (name.startsWith(prefix) || prefix.startsWith(name)) yield* list(prefix, name)
      } else if (name.startsWith(prefix)) {
        const size = await files.size(join(root, name))
        if (size !== undefined) yield { name, size }
      }
    }
  }

  return {
    read,
    head: async (name) => {
      const size = await files.size(pathOf(name))
      return size === undefined ? undefined : { name, size }
    },
    list,
  }
}

/** Nothing, of a folder that is not there. */
async function namesIn(files: Pick<Files, 'list'>, folder: string): Promise<readonly string[]> {
  try {
    return await files.list(folder)
  } catch (thrown) {
    if (isMissing(thrown)) return []
    throw thrown
  }
}

const placeOf = (root: string, name: string): string => join(root, mustBeName(name))
