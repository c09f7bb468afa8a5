/**
 * Room on the disk: intake is refused while there still is some, so that what was acknowledged, the index and the next
 * answer always find a place to be written.
 *
 * Asking the file system for every object would cost a system call each; the answer is kept for a second or until 16 MiB
 * have come, and what came since is counted against it.
 */
import { ArchiveError } from '../base/errors.ts'
import type { Files } from '../storage/files/files.ts'

export interface Space {
  /**
   * Counts bytes that have come or are about to, and refuses them when they would eat into the reserve.
   * @throws {ArchiveError} `STORE_NO_SPACE`
   */
  claim(bytes: number): Promise<void>
  /** Bytes that left memory: they are on the disk now, or nowhere. */
  release(bytes: number): void
  /** Free bytes as last seen, the reserve included. */
  free(): Promise<number>
}

export interface SpaceOptions {
  readonly files: Files
  readonly folder: string
  /** Bytes never given to arriving objects. */
  readonly reserveBytes: number
  readonly now: () => Date
}

const KEEP_MS = 1000
const KEEP_BYTES = 16 * 1024 * 1024

export function openSpace({ files, folder, reserveBytes, now }: SpaceOptions): Space {
  let free = 0
  let seenAt = Number.NEGATIVE_INFINITY
  /** Bytes claimed and not yet released, and all bytes claimed since the file system was asked. */
  let inHand = 0
  let since = 0
  let asking: Promise<void> | undefined

  const ask = (): Promise<void> => {
    asking ??= files
      .space(folder)
      .then((space) => {
        free = space.free
        seenAt = now().getTime()
        // What is in hand now has not reached the disk: it still needs its room.
        since = inHand
      })
      .finally(() => {
        asking = undefined
      })
    return asking
  }

  const isStale = (): boolean => since - inHand > KEEP_BYTES || Math.abs(now().getTime() - seenAt) > KEEP_MS

  return {
    claim: async (bytes) => {
      if (isStale()) await ask()
      if (free - since - bytes < reserveBytes) {
        await ask() // never refuse by an old answer
        if (free - since - bytes < reserveBytes)
          throw new ArchiveError('STORE_NO_SPACE', { free, needed: reserveBytes + since + bytes })
      }
      inHand += bytes
      since += bytes
    },
    release: (bytes) => {
      inHand -= bytes
    },
    free: async () => {
      if (isStale()) await ask()
      return free
    },
  }
}

/** The system's word for what went wrong, from wherever in the chain of causes it stands. */
export function causeCode(thrown: unknown): string {
  for (let at = thrown, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const code = (at as { readonly code?: unknown }).code
    if (typeof code === 'string' && !(at instanceof ArchiveError)) return code
    if (at.cause === undefined) return at instanceof ArchiveError ? at.code : at.name
  }
  return 'unknown'
}

/** A full disk, a spent quota, or a database that says so in its own words. */
export function isNoSpace(thrown: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', '53100'].includes(causeCode(thrown))
}

/** What a sender is told when the disk did not take something: no room, or a failure. */
export function writeFailure(thrown: unknown): ArchiveError {
  if (thrown instanceof ArchiveError && thrown.code !== 'STORE_WRITE_FAILED' && thrown.code !== 'DEFECT') return thrown
  return isNoSpace(thrown)
    ? new ArchiveError('STORE_NO_SPACE', { free: 0, needed: 'more' }, { cause: thrown })
    : new ArchiveError('STORE_WRITE_FAILED', {}, { cause: thrown })
}

/** What a sender is told when the disk does not take its bytes. */
export async function onDisk<T>(writing: Promise<T>): Promise<T>
export async function onDisk<T>(writing: Promise<T> | undefined): Promise<T | undefined>
export async function onDisk<T>(writing: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await writing
  } catch (thrown) {
    throw writeFailure(thrown)
  }
}
