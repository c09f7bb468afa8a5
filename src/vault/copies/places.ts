/**
 * Places the vault is kept in: its own folder, and mirrors: folders, or prefixes of buckets (`s3-place.ts`). A folder on
 * another disk may not be there today, or be an empty mount point, or belong to another archive: each place has a mark that
 * says whose it is, looked at before every write, so that nothing is ever written beside it.
 *
 * A mirror: FOLDER/clearkeep-mirror.json (the mark), FOLDER/vault (an OCFL storage root like the vault's own, readable
 * without us like it), FOLDER/set-aside, FOLDER/incoming….
 */
import { join } from 'node:path'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { type Files, makeFolderDurably } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'
import { diskObjects } from '../../storage/objects/disk.ts'
import { type MirrorTold, mirrored } from '../../storage/objects/mirrored.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import type { S3Address } from '../../storage/objects/s3-client.ts'
import { OCFL_ROOT } from '../ocfl/inventory.ts'
import { prepareRoot } from '../ocfl/root.ts'

/** `foreign`: it is another archive's, or something else is in it. `locked`: its keys cannot be unwrapped. */
export type Attached = 'good' | 'away' | 'foreign' | 'locked'

/** A place where all studies of the vault are. */
export interface Copy {
  /** For people: `vault`, or the folder of a mirror. */
  readonly name: string
  /** It takes nothing while it is not attached: `COPY_AWAY`. */
  readonly store: ObjectStore
  /** Is it there, and ours? */
  attached(): Promise<Attached>
  /** What the medium can do, in words for people, once it was found out. */
  can?(): string
  /** Encrypted: whoever has removed the key of a study has made it unreadable. Known once it is attached. */
  encrypted?(): boolean
  /** Days for which what is there is locked at each look; none: it is not. */
  readonly lockDays?: number
  close?(): void
}

/** Where a mirror is: the path of a folder, or a prefix of a bucket. Plain data: it goes to threads. */
export type MirrorAddress = string | S3Address

/** As it is called in lists and messages. */
export const mirrorName = (address: MirrorAddress): string => (typeof address === 'string' ? address : address.url)

export const VAULT = 'vault'
export const MIRROR_MARK = 'clearkeep-mirror.json'
/** Beside the vault's folder: a vault was made there once. */
const VAULT_MARK = 'vault.json'

/** A vault that is kept nowhere else. */
export const alone = (store: ObjectStore): Copy => ({ name: VAULT, store, attached: async () => 'good' })

/** All copies as one store: the first gives what it can, and the others the rest. */
export const vaultOf = (copies: readonly Copy[], told: MirrorTold = {}): ObjectStore =>
  copies.map(({ store }) => store).reduce((first, second) => mirrored(first, second, told))

export interface VaultFolders {
  readonly vault: string
  /** Where objects are written until they are whole, on the same file system; each opener's own. */
  readonly incoming: string
  readonly setAside: string
}

/** The vault's own folder, as it is: one that has lost its mark is away. */
export async function openVaultPlace(files: Files, folders: VaultFolders): Promise<Copy> {
  const raw = await diskObjects(files, folders.vault, folders.incoming, folders.setAside)
  const attached = async (): Promise<Attached> =>
    (await files.size(join(folders.vault, `0=${OCFL_ROOT}`)).catch(() => undefined)) === undefined ? 'away' : 'good'
  return { name: VAULT, store: guarded(raw, folders.vault, attached), attached }
}

/**
 * Makes the vault's folder an OCFL storage root, the first time or when told to make it anew; of one that was there once and
 * has gone, nothing is made: it may be a disk that is not mounted.
 *
 * @returns whether it is there
 */
export async function prepareVault(files: Files, folders: VaultFolders, data: string, anew = false): Promise<boolean> {
  const mark = join(data, VAULT_MARK)
  const wasThere = (await files.size(mark)) !== undefined
  const isThere = (await files.size(join(folders.vault, `0=${OCFL_ROOT}`))) !== undefined
  if (wasThere && !isThere && !anew) return false
  try {
    await prepareRoot(await diskObjects(files, folders.vault, folders.incoming, folders.setAside))
  } catch (thrown) {
    // What people read there may be of an earlier version; a vault that cannot be written can be read.
    if (!isThere) throw thrown
  }
  if (!wasThere) await replaceFile(files, mark, new TextEncoder().encode('{"v":1}\n'), true)
  return true
}

export interface MirrorOf {
  /** The archive's id. */
  readonly archive: string
  /** The data folder's `keys`: wrapping keys of encrypted copies. */
  readonly keys: string
}

/** A mirror as it is; makes nothing. @param opener  of which thread; two must not share where they write */
export async function openMirrorPlace(
  files: Files,
  address: MirrorAddress,
  of: MirrorOf,
  opener: string,
): Promise<Copy> {
  if (typeof address === 'string') return openFolderMirror(files, address, of.archive, opener)
  // The SDK is loaded where there is such a mirror.
  return (await import('./s3-place.ts')).openS3Mirror(files, address, of)
}

async function openFolderMirror(files: Files, folder: string, archive: string, opener: string): Promise<Copy> {
  const raw = await rawMirror(files, folder, opener)
  const attached = () => attachedTo(files, folder, archive)
  return { name: folder, store: guarded(raw, folder, attached), attached }
}

const rawMirror = (files: Files, folder: string, opener: string): Promise<ObjectStore> =>
  diskObjects(files, join(folder, 'vault'), join(folder, `incoming-${opener}`), join(folder, 'set-aside'))

/**
 * Makes a mirror of a folder that is not there or has nothing in it, or of a prefix of a bucket that has nothing.
 *
 * @throws what the system or the store says when it cannot
 */
export async function makeMirror(files: Files, address: MirrorAddress, of: MirrorOf): Promise<void> {
  if (typeof address === 'string') return makeFolderMirror(files, address, of.archive)
  return (await import('./s3-place.ts')).makeS3Mirror(files, address, of)
}

/**
 * May it be made where there is none? A folder once: later it may be a disk that is not mounted. A store is asked again
 * until it had everything once: it may not have answered before, and what is missing from it then was removed.
 *
 * @param known  as `knownMirrors` has it
 */
export const mayBeMade = (address: MirrorAddress, known: ReadonlyMap<string, boolean>): boolean =>
  typeof address === 'string' ? !known.has(address) : known.get(address.url) !== true

async function makeFolderMirror(files: Files, folder: string, archive: string): Promise<void> {
  if ((await attachedTo(files, folder, archive)) !== 'away') return
  await makeFolderDurably(files, folder)
  await prepareRoot(await rawMirror(files, folder, 'main'))
  await replaceFile(files, join(folder, MIRROR_MARK), markOf(archive), true)
}

/** What a mark holds: whose it is. */
const markOf = (archive: string): Bytes => new TextEncoder().encode(`${JSON.stringify({ v: 1, archive })}\n`)

/** @throws {SyntaxError} for what is no mark */
const ownerOf = (mark: string): unknown => (JSON.parse(mark) as { readonly archive?: unknown }).archive

async function attachedTo(files: Files, folder: string, archive: string): Promise<Attached> {
  try {
    const path = join(folder, MIRROR_MARK)
    const size = await files.size(path)
    if (size === undefined) {
      const names = await files.list(folder)
      // It was mounted between the two looks.
      if (names.includes(MIRROR_MARK)) return await attachedTo(files, folder, archive)
      const others = names.filter((name) => !/^(vault|incoming-\w+|lost\+found)\/$/.test(name))
      return others.length === 0 ? 'away' : 'foreign'
    }
    const file = await files.open(path)
    try {
      return ownerOf(new TextDecoder().decode(await file.read(0, size))) === archive ? 'good' : 'foreign'
    } finally {
      await file.close()
    }
  } catch (thrown) {
    return thrown instanceof SyntaxError ? 'foreign' : 'away'
  }
}

/** The store, of which nothing is written while the folder is not there or not ours. */
export function guarded(store: ObjectStore, folder: string, attached: () => Promise<Attached>): ObjectStore {
  const must = async (): Promise<void> => {
    const state = await attached()
    if (state !== 'good') throw new ArchiveError('COPY_AWAY', { folder, why: AWAY[state] })
  }
  return {
    ...store,
    put: async (name, bytes) => {
      await must()
      return store.put(name, bytes)
    },
    replace: async (name, bytes) => {
      await must()
      return store.replace(name, bytes)
    },
    setAside: async (name) => {
      await must()
      return store.setAside(name)
    },
    removeAll: async (prefix, removal) => {
      await must()
      return store.removeAll(prefix, removal)
    },
    remove: async (name, removal) => {
      await must()
      return store.remove(name, removal)
    },
  }
}

export const AWAY: Readonly<Record<Exclude<Attached, 'good'>, string>> = {
  away: 'it is not there: a disk that is not mounted, a folder that was removed, or a store that does not answer',
  foreign: 'something else is in it, or another archive’s copy',
  locked: 'the key it was encrypted with is not in keys/; bring it back with clearkeep keys import',
}
