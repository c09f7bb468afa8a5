/**
 * The file layer everything durable is written through: the few calls we need, so that a test can stand a layer
 * beneath us that loses, tears and reorders whatever was not synced, folder entries included.
 *
 * Paths are absolute or relative to the process; nothing here knows what is in the files.
 */
import { dirname, resolve } from 'node:path'
import type { Bytes } from '../../base/bytes.ts'

export interface AppendFile {
  readonly path: string
  /** Bytes handed to the system so far. */
  readonly size: number
  /** Appends in one write where the system allows (writev); the bytes are not durable until `sync`. */
  append(parts: readonly Bytes[]): Promise<void>
  /** Goes on so many bytes further on: a hole, which reads as zeros and takes no room. Bytes must follow it. */
  skip(bytes: number): void
  /** fdatasync. After a failure the file must not be written or synced again: the kernel may have dropped pages. */
  sync(): Promise<void>
  /** Reads back through the same descriptor. Short only at the end of the file. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

export interface ReadFile {
  readonly size: number
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

export interface Files {
  /** With all folders above it; no complaint when it is there. Durable with `makeFolderDurably`. */
  makeFolder(path: string): Promise<void>
  /** Makes a new file; refuses when one is there. */
  create(path: string): Promise<AppendFile>
  open(path: string): Promise<ReadFile>
  /**
   * Makes a part of a file durable that another process may have written, by writing its bytes again as they are read,
   * and a sync. A sync alone does not do: after one that failed the kernel may hold pages it calls clean and never wrote.
   */
  rewrite(path: string, start: number, end: number): Promise<void>
  /** Names in the folder, sorted by code unit; those of folders end in `/`. */
  list(folder: string): Promise<readonly string[]>
  /** Undefined when there is no file of this name. */
  size(path: string): Promise<number | undefined>
  /** Bytes of the disk it takes, which a file with holes has fewer of; undefined when there is no file of this name. */
  allocated(path: string): Promise<number | undefined>
  rename(from: string, to: string): Promise<void>
  /** Fails when `to` exists: put-if-absent. */
  link(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Removes a folder; gives false when something is in it. */
  removeFolder(path: string): Promise<boolean>
  /** Makes names made, renamed or removed in the folder durable. */
  syncFolder(path: string): Promise<void>
  /** Free and total bytes of the file system the path lies on. */
  space(path: string): Promise<{ readonly free: number; readonly total: number }>
}

/**
 * Makes a folder and every folder above it that is missing, so that they are there after a power failure too.
 *
 * A folder above that may not be opened existed before us, or we could not have written into it.
 */
export async function makeFolderDurably(files: Pick<Files, 'makeFolder' | 'syncFolder'>, path: string): Promise<void> {
  await files.makeFolder(path)
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      await files.syncFolder(at)
    } catch (thrown) {
      if (!(thrown instanceof Error && ['EACCES', 'EPERM'].includes(String(Reflect.get(thrown, 'code'))))) throw thrown
    }
    if (at === dirname(at)) return
  }
}
