/**
 * A file layer that remembers what was synced, and can show what a power failure might leave.
 *
 * While the power is on it behaves as the disk does; the files really lie under `root`. It keeps account of which bytes
 * of each file a sync has made durable, and of the folder changes no folder sync has. `crash` makes a new folder from
 * that account: durable bytes and names are there; each 512-byte sector of the others may be there, be zeros, or be
 * garbage, in any order; files end anywhere between; names made, renamed or removed without a sync may or may not be.
 *
 * The real disk is kinder. A `kill -9` alone proves nothing, since the page cache outlives the process.
 */
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { Bytes } from '../../src/base/bytes.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import type { AppendFile, Files, ReadFile } from '../../src/storage/files/files.ts'
import { below, type Random, randomBytes } from './random.ts'

export interface LossyFiles extends Files {
  /**
   * Cuts the power: everything asked of this layer from now on fails. Gives a new folder holding one state the disk may
   * be in; files not written through this layer are copied as they are.
   */
  crash(): Promise<string>
  /**
   * Goes on after `powerOffDuring` as if only the process had been killed: nothing is lost yet, but what was not synced
   * still is not. For a new process over the same disk; what the old one held open is not to be used.
   */
  restart(): void
  /** Cuts the power in the middle of the nth operation from now (1 is the next one that changes anything). */
  powerOffDuring(nth: number): void
  /** Operations that changed anything, so far. */
  readonly operations: number
  /** The next sync of a file fails, once; what it was to make durable may or may not be, and no later sync helps. */
  failNextSync(): void
  /** Reads of this part of a file fail with EIO from now on: the disk has a bad spot. */
  spoil(path: string, start: number, end: number): void
  /** Writes fail with ENOSPC beyond this many more bytes; undefined: no limit. */
  limitSpace(bytes: number | undefined): void
}

export class PowerLoss extends Error {
  constructor() {
    super('the power is off')
    this.name = 'PowerLoss'
  }
}

const SECTOR = 512

/** One file, whatever its names: how far it was written, and which of it is durable. */
interface Inode {
  size: number
  /** Begin and end of what no sync has made durable. */
  unsynced: (readonly [number, number])[]
  /** A name under which its bytes really lie: one of its own, or once it has none, one outside the root. */
  path: string
}

/** What a name stands for: a file, or a folder. */
type Entry = Inode | 'folder'

type Change =
  | { readonly kind: 'set'; readonly name: string; readonly entry: Entry }
  | { readonly kind: 'unset'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly name: string; readonly entry: Entry }

interface Folder {
  readonly live: Map<string, Entry>
  readonly durable: Map<string, Entry>
  changes: Change[]
}

export async function lossyFiles(root: string, random: Random): Promise<LossyFiles> {
  const disk = diskFiles()
  const base = resolve(root)
  await mkdir(base, { recursive: true })
  const folders = new Map<string, Folder>()
  /** Bytes of files that were removed, or renamed over: a crash may bring them back. */
  const removed = `${base}-removed`
  let operations = 0
  let preserved = 0
  let cutAt = Number.POSITIVE_INFINITY
  let off = false
  let syncFails = false
  let room: number | undefined
  let crashes = 0

  // --- what is there at the beginning is durable

  const adopt = async (path: string): Promise<void> => {
    const folder: Folder = { live: new Map(), durable: new Map(), changes: [] }
    folders.set(path, folder)
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const inner = join(path, entry.name)
      if (entry.isDirectory()) await adopt(inner)
      const { size } = await stat(inner)
      const found: Entry = entry.isDirectory() ? 'folder' : { size, unsynced: [], path: inner }
      folder.live.set(entry.name, found)
      folder.durable.set(entry.name, found)
    }
  }
  await adopt(base)

  // --- operations

  const alive = (): void => {
    if (off) throw new PowerLoss()
  }
  /** Counts an operation; gives true when the power fails in the middle of it. */
  const begin = (): boolean => {
    alive()
    operations += 1
    if (operations < cutAt) return false
    off = true
    return true
  }
  const inside = (path: string): boolean => !relative(base, resolve(path)).startsWith('..')
  const folderOf = (path: string): Folder => {
    const folder = folders.get(dirname(resolve(path)))
    if (folder === undefined) throw Object.assign(new Error(`no folder for ${path}`), { code: 'ENOENT' })
    return folder
  }
  const change = (path: string, made: Change): void => {
    const folder = folderOf(path)
    folder.changes.push(made)
    apply(folder.live, made)
  }

  const syncInode = (inode: Inode): void => {
    if (syncFails) {
      syncFails = false
      // The kernel may mark pages clean it could not write: what was unsynced stays so for good.
      doubtful.set(inode, inode.size)
      throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
    }
    const lost = doubtful.get(inode) ?? 0
    inode.unsynced = inode.unsynced.flatMap(([from, to]) => (from < lost ? [[from, Math.min(to, lost)] as const] : []))
  }
  const doubtful = new WeakMap<Inode, number>()

  /** Before a name goes: the file's bytes must stay to be found. */
  const preserve = async (path: string): Promise<void> => {
    const entry = folders.get(dirname(resolve(path)))?.live.get(basename(path))
    if (entry === undefined || entry === 'folder' || entry.path !== resolve(path)) return
    // A number of its own: several names may go at the same time.
    preserved += 1
    const kept = join(removed, String(preserved))
    await mkdir(removed, { recursive: true })
    await link(entry.path, kept)
    entry.path = kept
  }

  const wrapAppend = (file: AppendFile, inode: Inode): AppendFile => ({
    path: file.path,
    get size() {
      return file.size
    },
    append: async (parts) => {
      const cut = begin()
      const length = parts.reduce((sum, part) => sum + part.length, 0)
      const fits = Math.min(length, room ?? length, cut ? below(random, length + 1) : length)
      // Taken at once: appends to several files go on at the same time.
      if (room !== undefined) room -= fits
      const written = firstBytes(parts, fits)
      await file.append(written)
      if (fits > 0) inode.unsynced.push([inode.size, inode.size + fits])
      inode.size += fits
      if (cut) throw new PowerLoss()
      if (fits < length) throw Object.assign(new Error('ENOSPC: no space left on device, writev'), { code: 'ENOSPC' })
    },
    skip: (bytes) => {
      file.skip(bytes)
      inode.size += bytes
    },
    sync: async () => {
      const cut = begin()
      // A sync the power failed in has done some of its work, which is what the sectors of a crash show anyway.
      if (cut) throw new PowerLoss()
      await file.sync()
      syncInode(inode)
    },
    read: async (start, end) => {
      alive()
      return file.read(start, end)
    },
    close: () => file.close(),
  })

  const spoilt: { readonly path: string; readonly start: number; readonly end: number }[] = []
  const wrapRead = (path: string, file: ReadFile): ReadFile => ({
    size: file.size,
    read: async (start, end) => {
      alive()
      if (spoilt.some((spot) => spot.path === resolve(path) && start < spot.end && end > spot.start))
        throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
      return file.read(start, end)
    },
    close: () => file.close(),
  })

  // --- after the power failed

  /** A file's bytes as they may be found: durable ones as they were, each other sector by chance. */
  const afterCrash = async (inode: Inode): Promise<Uint8Array> => {
    const live = await readFile(inode.path)
    const durableEnd = durableEndOf(inode)
    // The file's length is durable with its bytes; beyond, it is whatever the disk had come to.
    const length = random() < 0.4 ? inode.size : durableEnd + below(random, inode.size - durableEnd + 1)
    const bytes = live.slice(0, length)
    const sectors = inode.unsynced.flatMap(([from, to]) => sectorsOf(from, Math.min(to, length)))
    // Some crashes lose nothing, some one sector, some nearly all.
    const only = random() < 0.4 ? below(random, sectors.length) : undefined
    const lossy = random() < 0.25 ? 0 : random()
    for (const [number, [from, to]] of sectors.entries()) {
      if (only === undefined ? random() >= lossy : number !== only) continue
      if (random() < 0.7) bytes.fill(0, from, to)
      else bytes.set(randomBytes(random, to - from), from)
    }
    return bytes
  }

  const write = async (from: string, to: string, entries: ReadonlyMap<string, Entry>): Promise<void> => {
    await mkdir(to, { recursive: true })
    for (const [name, entry] of entries) {
      if (entry === 'folder') {
        const inner = folders.get(join(from, name))
        await write(join(from, name), join(to, name), inner ? survivors(inner, random) : new Map())
      } else await writeFile(join(to, name), await contentOnce(entry))
    }
    // A folder that was removed, and whose removal was lost, has no more in it than that.
    const there = await readdir(from, { withFileTypes: true }).catch(() => [])
    for (const entry of there) {
      const known = folders.get(from)
      const touched = known?.live.has(entry.name) || known?.durable.has(entry.name)
      if (!touched && entry.isFile()) await writeFile(join(to, entry.name), await readFile(join(from, entry.name)))
    }
  }
  /** Names of one file show the same bytes. */
  let contents = new Map<Inode, Promise<Uint8Array>>()
  const contentOnce = (inode: Inode): Promise<Uint8Array> => {
    const content = contents.get(inode) ?? afterCrash(inode)
    contents.set(inode, content)
    return content
  }

  return {
    makeFolder: async (path) => {
      alive()
      const missing: string[] = []
      for (let at = resolve(path); inside(at) && !folders.has(at); at = dirname(at)) missing.unshift(at)
      for (const folder of missing) {
        if (begin()) throw new PowerLoss()
        await disk.makeFolder(folder)
        folders.set(folder, { live: new Map(), durable: new Map(), changes: [] })
        change(folder, { kind: 'set', name: basename(folder), entry: 'folder' })
      }
    },
    create: async (path) => {
      const cut = begin()
      const folder = folderOf(path)
      const file = await disk.create(path)
      const inode: Inode = { size: 0, unsynced: [], path: resolve(path) }
      change(path, { kind: 'set', name: basename(path), entry: inode })
      if (cut || folder === undefined) {
        await file.close()
        throw new PowerLoss()
      }
      return wrapAppend(file, inode)
    },
    open: async (path) => {
      alive()
      return wrapRead(path, await disk.open(path))
    },
    rewrite: async (path, start, end) => {
      const cut = begin()
      await disk.rewrite(path, start, end)
      if (cut) throw new PowerLoss()
      const entry = folderOf(path).live.get(basename(path))
      if (entry === undefined || entry === 'folder') return
      entry.unsynced = entry.unsynced.flatMap(([from, to]) =>
        [[from, Math.min(to, start)] as const, [Math.max(from, end), to] as const].filter(([a, b]) => a < b),
      )
    },
    list: async (folder) => {
      alive()
      return disk.list(folder)
    },
    size: async (path) => {
      alive()
      return disk.size(path)
    },
    allocated: async (path) => {
      alive()
      return disk.allocated(path)
    },
    rename: async (from, to) => {
      const cut = begin()
      const entry = folderOf(from).live.get(basename(from))
      await preserve(to)
      await disk.rename(from, to)
      if (entry !== undefined && entry !== 'folder' && entry.path === resolve(from)) entry.path = resolve(to)
      if (entry !== undefined && dirname(resolve(from)) === dirname(resolve(to)))
        change(to, { kind: 'rename', from: basename(from), name: basename(to), entry })
      else if (entry !== undefined) {
        change(to, { kind: 'set', name: basename(to), entry })
        change(from, { kind: 'unset', name: basename(from) })
      }
      if (cut) throw new PowerLoss()
    },
    link: async (from, to) => {
      const cut = begin()
      const entry = folderOf(from).live.get(basename(from))
      await disk.link(from, to)
      if (entry !== undefined) change(to, { kind: 'set', name: basename(to), entry })
      if (cut) throw new PowerLoss()
    },
    remove: async (path) => {
      const cut = begin()
      await preserve(path)
      await disk.remove(path)
      change(path, { kind: 'unset', name: basename(path) })
      if (cut) throw new PowerLoss()
    },
    removeFolder: async (path) => {
      alive()
      const folder = folders.get(resolve(path))
      if (folder === undefined || folder.live.size > 0) return false
      const cut = begin()
      await disk.removeFolder(path)
      folders.delete(resolve(path))
      change(path, { kind: 'unset', name: basename(path) })
      if (cut) throw new PowerLoss()
      return true
    },
    syncFolder: async (path) => {
      if (!inside(path)) return
      const cut = begin()
      await disk.syncFolder(path)
      if (cut) throw new PowerLoss()
      const folder = folders.get(resolve(path))
      if (folder === undefined) return
      for (const made of folder.changes) apply(folder.durable, made)
      folder.changes = []
    },
    space: async (path) => {
      alive()
      const space = await disk.space(path)
      return room === undefined ? space : { ...space, free: room }
    },
    crash: async () => {
      off = true
      crashes += 1
      contents = new Map()
      const to = `${base}-crashed-${crashes}`
      await rm(to, { recursive: true, force: true })
      const top = folders.get(base)
      await write(base, to, top ? survivors(top, random) : new Map())
      return to
    },
    restart: () => {
      off = false
      syncFails = false
      cutAt = Number.POSITIVE_INFINITY
    },
    powerOffDuring: (nth) => {
      cutAt = operations + nth
    },
    get operations() {
      return operations
    },
    failNextSync: () => {
      syncFails = true
    },
    spoil: (path, start, end) => {
      spoilt.push({ path: resolve(path), start, end })
    },
    limitSpace: (bytes) => {
      room = bytes
    },
  }
}

function apply(names: Map<string, Entry>, made: Change): void {
  if (made.kind === 'rename') names.delete(made.from)
  if (made.kind === 'unset') names.delete(made.name)
  else names.set(made.name, made.entry)
}

/** The names a folder may be found with: the durable ones, and any of the changes after them, each whole or not at all. */
function survivors(folder: Folder, random: Random): ReadonlyMap<string, Entry> {
  const names = new Map(folder.durable)
  const kept = random()
  for (const made of folder.changes) if (random() < kept) apply(names, made)
  return names
}

/** Where the last durable byte ends. */
function durableEndOf(inode: Inode): number {
  // Unsynced parts are in order and do not overlap: the file is only appended to.
  let end = inode.size
  for (const [from, to] of [...inode.unsynced].reverse()) {
    if (to !== end) break
    end = from
  }
  return end
}

/** The sectors that hold a part of a file: each is written whole or not at all. */
function sectorsOf(from: number, to: number): (readonly [number, number])[] {
  const sectors: (readonly [number, number])[] = []
  for (let at = from; at < to; ) {
    const end = Math.min((Math.floor(at / SECTOR) + 1) * SECTOR, to)
    sectors.push([at, end])
    at = end
  }
  return sectors
}

function firstBytes(parts: readonly Bytes[], length: number): Bytes[] {
  const first: Bytes[] = []
  let missing = length
  for (const part of parts) {
    if (missing <= 0) break
    first.push(part.subarray(0, missing))
    missing -= part.length
  }
  return first
}
