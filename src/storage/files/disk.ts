/**
 * The real disk beneath `Files`: plain descriptors and the callback calls of node:fs, since a promise-based file handle
 * costs more than a small write does.
 *
 * Linux semantics throughout: `fdatasync` makes a file's bytes and length durable, the `fsync` of a folder its names.
 */
import {
  close,
  constants,
  fdatasync,
  fstat,
  fsync,
  link,
  mkdir,
  open,
  read,
  rename,
  rmdir,
  stat,
  statfs,
  unlink,
  writev,
} from 'node:fs'
import { readdir } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type Bytes, lend } from '../../base/bytes.ts'
import type { AppendFile, Files, ReadFile } from './files.ts'

const PIECE = 1024 * 1024
/** What `st_blocks` counts in, whatever the file system's own are. */
const BLOCK = 512

const callOpen = promisify(open)
const callClose = promisify(close)
const callFdatasync = promisify(fdatasync)
const callFsync = promisify(fsync)
const callFstat = promisify(fstat)
const callLink = promisify(link)
const callMkdir = promisify(mkdir)
const callRename = promisify(rename)
const callRmdir = promisify(rmdir)
const callStat = promisify(stat)
const callStatfs = promisify(statfs)
const callUnlink = promisify(unlink)

export function diskFiles(): Files {
  return {
    makeFolder: async (path) => {
      await callMkdir(path, { recursive: true })
    },
    create: async (path) => appendFile(path, await callOpen(path, 'wx+', 0o640)),
    open: async (path) => {
      const fd = await callOpen(path, constants.O_RDONLY)
      try {
        return readFile(fd, (await callFstat(fd)).size)
      } catch (thrown) {
        await callClose(fd)
        throw thrown
      }
    },
    rewrite: async (path, start, end) => {
      const fd = await callOpen(path, constants.O_RDWR)
      try {
        for (let at = start; at < end; at += PIECE) {
          const bytes = await readAt(fd, at, Math.min(at + PIECE, end))
          await writeAll(fd, [bytes], at)
        }
        await callFdatasync(fd)
      } finally {
        await callClose(fd)
      }
    },
    list: async (folder) => {
      const entries = await readdir(folder, { withFileTypes: true })
      return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort()
    },
    size: async (path) => {
      try {
        const found = await callStat(path)
        return found.isFile() ? found.size : undefined
      } catch (thrown) {
        if (isMissing(thrown)) return undefined
        throw thrown
      }
    },
    allocated: async (path) => {
      try {
        return (await callStat(path)).blocks * BLOCK
      } catch (thrown) {
        if (isMissing(thrown)) return undefined
        throw thrown
      }
    },
    rename: callRename,
    link: callLink,
    remove: callUnlink,
    removeFolder: async (path) => {
      try {
        await callRmdir(path)
        return true
      } catch (thrown) {
        const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : ''
        if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return false
        throw thrown
      }
    },
    syncFolder: async (path) => {
      const fd = await callOpen(path, constants.O_RDONLY | constants.O_DIRECTORY)
      try {
        await callFsync(fd)
      } finally {
        await callClose(fd)
      }
    },
    space: async (path) => {
      const { bavail, blocks, bsize } = await callStatfs(path)
      return { free: bavail * bsize, total: blocks * bsize }
    },
  }
}

/** Is the error the one of a name that does not exist? */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown as NodeJS.ErrnoException).code === 'ENOENT'
}

/** Is the error the one of a name that is taken? */
export function isTaken(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown as NodeJS.ErrnoException).code === 'EEXIST'
}

function appendFile(path: string, fd: number): AppendFile {
  let size = 0
  return {
    path,
    get size() {
      return size
    },
    append: async (parts) => {
      await writeAll(fd, parts, size, (written) => {
        size += written
      })
    },
    skip: (bytes) => {
      size += bytes
    },
    sync: () => callFdatasync(fd),
    read: (start, end) => readAt(fd, start, end),
    close: () => callClose(fd),
  }
}

function readFile(fd: number, size: number): ReadFile {
  return { size, read: (start, end) => readAt(fd, start, end), close: () => callClose(fd) }
}

/** The place is given with each call: after a short write the rest goes exactly behind it. */
async function writeAll(
  fd: number,
  parts: readonly Bytes[],
  start: number,
  wrote: (bytes: number) => void = () => {},
): Promise<void> {
  let at = start
  for (let rest: readonly Bytes[] = parts.filter((part) => part.length > 0); rest.length > 0; ) {
    const written = await writeAt(fd, rest, at)
    wrote(written)
    at += written
    rest = after(rest, written)
  }
}

function writeAt(fd: number, parts: readonly Bytes[], at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(fd, parts as Bytes[], at, (error, written) => {
      if (error) reject(error)
      else resolve(written)
    })
  })
}

/** What is left of the parts after their first bytes. */
function after(parts: readonly Bytes[], written: number): readonly Bytes[] {
  let skip = written
  let from = 0
  for (; from < parts.length; from += 1) {
    const length = parts[from]?.length ?? 0
    if (skip < length) break
    skip -= length
  }
  const [first, ...rest] = parts.slice(from)
  if (first === undefined) return []
  return [first.subarray(skip), ...rest]
}

/** Reads until `end` or the end of the file; one system call unless the system gives less than was asked for. */
async function readAt(fd: number, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = memoryFor(Math.max(0, end - start))
  let filled = 0
  while (filled < bytes.length) {
    const got = await readOnce(fd, bytes, filled, start + filled)
    if (got === 0) return bytes.subarray(0, filled)
    filled += got
  }
  return bytes
}

function readOnce(fd: number, into: Uint8Array<ArrayBuffer>, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, into, offset, into.length - offset, position, (error, got) => {
      if (error) reject(error)
      else resolve(got)
    })
  })
}

const LENT_FROM = 64 * 1024
const LENT_TO = 1024 * 1024
/** Of one size; sizes are powers of two, so 16 MiB at most lie ready. */
const READY = 8
const ready = new Map<number, ArrayBuffer[]>()

/** Memory for a piece read: large ones are lent, and used again when they are given back. */
function memoryFor(length: number): Uint8Array<ArrayBuffer> {
  if (length < LENT_FROM || length > LENT_TO) return new Uint8Array(new ArrayBuffer(length))
  const size = 2 ** Math.ceil(Math.log2(length))
  const memory = ready.get(size)?.pop() ?? new ArrayBuffer(size)
  return lend(new Uint8Array(memory, 0, length), () => {
    const waiting = ready.get(size) ?? []
    ready.set(size, waiting)
    if (waiting.length < READY) waiting.push(memory)
  })
}
