/**
 * What `import` and `send` are pointed at: files, folders, media with a DICOMDIR, ZIP and TAR archives, one after the
 * other and each as a stream, so that memory stays flat however large they are.
 *
 * Nothing is unpacked to disk. ZIP members are inflated as they are read, with a limit on the ratio, since an archive
 * from outside may be made to swell.
 */
import { createReadStream } from 'node:fs'
import { lstat, open, readdir, stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import tar from 'tar-stream'
import yauzl from 'yauzl'
import { ArchiveError } from '../base/errors.ts'

export interface Candidate {
  /** Path as a person would name it; members of archives behind a `!`. */
  readonly name: string
  /** Named on the command line (then it is an error when it is no DICOM object), or met on the way. */
  readonly named: boolean
  readonly bytes: number
  /** Size and time of change: has this been imported before? Undefined inside archives. */
  readonly mark: string | undefined
  /** A member of an archive: it must be taken before the next appears. */
  readonly inOrder: boolean
  open(): AsyncIterable<Uint8Array>
}

/** A ZIP member that grows by more than this is refused. */
const MOST_INFLATION = 1100 // deflate cannot do better than 1032:1
const READ_SIZE = 256 * 1024

/** Everything below the paths, folders in order of name. @throws {ArchiveError} `USAGE` for a path that is not there */
export async function* candidates(paths: readonly string[]): AsyncGenerator<Candidate> {
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined)
    if (info === undefined) throw new ArchiveError('USAGE', { why: `There is nothing at ${path}.` })
    if (info.isDirectory()) yield* folder(path)
    else yield* file(path, info, true)
  }
}

async function* folder(path: string): AsyncGenerator<Candidate> {
  const entries = (await readdir(path)).sort()
  for (const entry of entries) {
    const inner = join(path, entry)
    const info = await lstat(inner)
    // Links are not followed: a link to a folder above would never end.
    if (info.isDirectory()) yield* folder(inner)
    else if (info.isFile()) yield* file(inner, info, false)
  }
}

interface FileInfo {
  readonly size: number
  readonly mtimeMs: number
}

async function* file(path: string, info: FileInfo, named: boolean): AsyncGenerator<Candidate> {
  const kind = await sniff(path)
  if (kind !== 'other') yield* members(path, kind)
  else
    yield {
      name: path,
      named,
      inOrder: false,
      bytes: info.size,
      mark: `${info.size} ${Math.round(info.mtimeMs)}`,
      open: () => createReadStream(path, { highWaterMark: READ_SIZE }) as AsyncIterable<Uint8Array>,
    }
}

/** The members of an archive; what cannot be read of it is one more candidate, whose opening says why. */
async function* members(path: string, kind: 'zip' | 'tar' | 'gzip'): AsyncGenerator<Candidate> {
  try {
    if (kind === 'zip') yield* zip(path)
    else yield* tarball(path, kind === 'gzip')
  } catch (thrown) {
    const open = () => {
      throw thrown
    }
    yield { name: path, named: true, inOrder: true, bytes: 0, mark: undefined, open }
  }
}

/** By content, not by name: media carry names such as IM000001. */
async function sniff(path: string): Promise<'zip' | 'tar' | 'gzip' | 'other'> {
  const handle = await open(path)
  try {
    const head = new Uint8Array(512)
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    const text = (at: number, length: number) => String.fromCharCode(...head.subarray(at, at + length))
    if (bytesRead >= 132 && text(128, 4) === 'DICM') return 'other'
    if (text(0, 4) === 'PK\x03\x04' || text(0, 4) === 'PK\x05\x06') return 'zip'
    if (bytesRead === 512 && text(257, 5) === 'ustar') return 'tar'
    return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 ? 'gzip' : 'other'
  } finally {
    await handle.close()
  }
}

async function* zip(path: string): AsyncGenerator<Candidate> {
  const archive = await new Promise<yauzl.ZipFile>((resolve, reject) =>
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, opened) =>
      error ? reject(unreadable(path, 'ZIP', error)) : resolve(opened),
    ),
  )
  try {
    for (let entry = await nextEntry(archive, path); entry !== undefined; entry = await nextEntry(archive, path)) {
      if (entry.fileName.endsWith('/')) continue
      const member = entry
      yield {
        name: `${path}!${member.fileName}`,
        named: false,
        inOrder: true,
        bytes: member.uncompressedSize,
        mark: undefined,
        open: () => inflate(archive, member),
      }
    }
  } finally {
    archive.close()
  }
}

function nextEntry(archive: yauzl.ZipFile, path: string): Promise<yauzl.Entry | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      archive.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error')
      act()
    }
    archive.once('entry', (entry: yauzl.Entry) => settle(() => resolve(entry)))
    archive.once('end', () => settle(() => resolve(undefined)))
    archive.once('error', (error: Error) => settle(() => reject(unreadable(path, 'ZIP', error))))
    archive.readEntry()
  })
}

async function* inflate(archive: yauzl.ZipFile, entry: yauzl.Entry): AsyncGenerator<Uint8Array> {
  const most = Math.max(1, entry.compressedSize) * MOST_INFLATION
  const stream = await new Promise<Readable>((resolve, reject) =>
    archive.openReadStream(entry, (error, opened) =>
      error ? reject(unreadable(entry.fileName, 'ZIP member', error)) : resolve(opened),
    ),
  )
  let passed = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    passed += chunk.length
    if (passed > most)
      throw new ArchiveError('DICOM_LIMIT', { limit: 'inflation', allowed: `${MOST_INFLATION}:1`, at: passed })
    yield chunk
  }
}

/** Members in order; each must be taken before the next appears, which is how `import` works anyway. */
async function* tarball(path: string, zipped: boolean): AsyncGenerator<Candidate> {
  const extract = tar.extract()
  const raw = createReadStream(path, { highWaterMark: READ_SIZE })
  const source = zipped ? raw.pipe(createGunzip()) : raw
  raw.on('error', (error) => extract.destroy(error))
  source.on('error', (error: Error) => extract.destroy(error))
  source.pipe(extract)
  try {
    for await (const entry of extract) {
      if (entry.header.type !== 'file' && entry.header.type !== 'contiguous-file') {
        entry.resume()
        continue
      }
      yield {
        name: `${path}!${entry.header.name}`,
        named: false,
        inOrder: true,
        bytes: entry.header.size ?? 0,
        mark: undefined,
        open: () => entry as AsyncIterable<Uint8Array>,
      }
      entry.resume()
    }
  } catch (cause) {
    if (cause instanceof ArchiveError) throw cause
    throw unreadable(path, zipped ? 'gzipped TAR' : 'TAR', cause)
  } finally {
    raw.destroy()
  }
}

const unreadable = (path: string, kind: string, cause: unknown) =>
  new ArchiveError('USAGE', { why: `${path} cannot be read as a ${kind} archive.` }, { cause })

/** Is it the directory of a medium? It names the objects and is none itself (PS3.10 section 8.6, PS3.11). */
export const isDicomdir = (candidate: Candidate): boolean =>
  basename(candidate.name.replace(/^.*!/, '')).toUpperCase() === 'DICOMDIR'

/** How the report names a path: relative to where one stands when that is shorter. */
export function shortName(name: string): string {
  const near = relative('.', name)
  return near !== '' && near.length < name.length ? near : name
}
