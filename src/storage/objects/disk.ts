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
import type { ObjectHead, ObjectStore } from './object-store.ts'

const PIECE = 1024 * 1024

/** Path elements of letters, digits, `-`, `_`, `.`, `=`, not beginning with a dot: what every medium and system can name. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._=-]*(\/[A-Za-z0-9_-][A-Za-z0-9._=-]*)*$/

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
  await makeFolderDurably(files, root)
  await makeFolderDurably(files, incoming)
  // What a crash left half written has no name and never had one.
  for (const name of await files.list(incoming)) await files.remove(join(incoming, name))

  /** Folders that are known to be there after a power failure. */
  const durable = new Set<string>([root])
  const makeParent = async (path: string): Promise<void> => {
    if (durable.has(path)) return
    await makeParent(dirname(path))
    await files.makeFolder(path)
    await files.syncFolder(dirname(path))
    durable.add(path)
  }

  /** Names the whole object. Somebody may have removed the folder since: what was known of folders is then not so. */
  const named = async (path: string, act: () => Promise<void>): Promise<void> => {
    try {
      await makeParent(dirname(path))
      await act()
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown
      durable.clear()
      durable.add(root)
      await makeParent(dirname(path))
      await act()
    }
    await files.syncFolder(dirname(path))
  }

  const pathOf = (name: string): string => placeOf(root, name)

  async function put(name: string, bytes: ByteStream): Promise<ObjectHead> {
    const path = pathOf(name)
    if ((await files.size(path)) !== undefined) throw new ArchiveError('OBJECT_EXISTS', { name })
    const temporary = join(incoming, randomBytes(16).toString('hex'))
    const file = await files.create(temporary)
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
    const temporary = join(incoming, randomBytes(16).toString('hex'))
    const file = await files.create(temporary)
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

  async function dropAside(prefix: string): Promise<number> {
    const begins = prefix.replaceAll('/', '~')
    let dropped = 0
    const entries = await files.list(aside).catch((thrown: unknown) => {
      if (isMissing(thrown)) return []
      throw thrown
    })
    for (const entry of entries) {
      if (!/^[0-9a-f]{8}-/.test(entry) || !entry.slice(9).startsWith(begins)) continue
      await files.remove(join(aside, entry))
      dropped += 1
    }
    if (dropped > 0) await files.syncFolder(aside)
    return dropped
  }

  return {
    ...diskReading(files, root),
    put,
    replace,
    setAside,
    dropAside,
    remove: async (name) => {
      const path = pathOf(name)
      try {
        await files.remove(path)
      } catch (thrown) {
        if (isMissing(thrown)) return
        throw thrown
      }
      // No folder stays that holds nothing: formats of folders do not allow it.
      let folder = dirname(path)
      for (; folder !== root && (await files.removeFolder(folder)); folder = dirname(folder)) durable.delete(folder)
      await files.syncFolder(folder)
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
    for (const entry of await files.list(join(root, folder))) {
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

function placeOf(root: string, name: string): string {
  if (!NAME.test(name)) throw new ArchiveError('DEFECT', { what: 'an object name that is no path' })
  return join(root, name)
}
