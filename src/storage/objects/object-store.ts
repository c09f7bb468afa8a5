/**
 * Objects: named, written once, read in ranges. Disk today, S3 and compositions of stores behind the same face.
 */
import type { ByteRange, ByteStream, Bytes } from '../../base/bytes.ts'

/** Why bytes may go. Only rooms that decide make one; a store removes nothing without it. */
export interface Removal {
  readonly because: 'superseded' | 'disposition' | 'abandoned' | 'redaction'
  /** What was proved or decided: the copy that was re-read, the rule and approval. */
  readonly evidence: string
}

export interface ObjectHead {
  readonly name: string
  readonly size: number
}

export interface ObjectStore {
  // Names are paths: elements of letters, digits, `-`, `_`, `.`, `=`, not beginning with a dot, parted by `/`.
  /**
   * Stores the bytes under the name, durably, or not at all. Whole objects only appear when complete.
   * @throws {ArchiveError} `OBJECT_EXISTS`
   */
  put(name: string, bytes: ByteStream): Promise<ObjectHead>
  /**
   * Puts other bytes under a name, durably and at once: whoever reads finds the old ones or the new. For the few small
   * files a format wants changed in place; everything else is written once.
   */
  replace(name: string, bytes: Bytes): Promise<void>
  /**
   * What of the range there is; end exclusive.
   * @throws {ArchiveError} `OBJECT_NOT_FOUND`
   */
  read(name: string, range?: ByteRange): ByteStream
  head(name: string): Promise<ObjectHead | undefined>
  /** Names that begin with the prefix, in code-unit order. */
  list(prefix: string): AsyncIterable<ObjectHead>
  /**
   * Takes an object that is not what it should be out of the way, durably: its name is free, and its bytes, as far as there
   * are any, stay for who wants to look at them.
   *
   * @returns where they are, in words for an operator
   * @throws {ArchiveError} `OBJECT_NOT_FOUND`
   */
  setAside(name: string): Promise<string>
  /**
   * Everything below a name, durably, and what was set aside of it: nothing is left, not even where it lay. May be called
   * again after a crash.
   *
   * @param prefix  a path that ends in `/`
   * @returns objects removed
   * @throws {ArchiveError} `OBJECT_LOCKED` when some are locked to a day that has not come: everything else was removed
   */
  removeAll(prefix: string, removal: Removal): Promise<number>
  /** Durably; the caller has logged the removal. What is not there stays away without complaint. */
  remove(name: string, removal: Removal): Promise<void>
  /**
   * What is below a name cannot be removed before that moment by anybody who has our credentials, and the moment can only be
   * moved on (S3 Object Lock, mode COMPLIANCE). Stores that cannot have none of it.
   *
   * @param prefix  a path that ends in `/`
   * @returns objects whose moment was set or moved
   */
  lock?(prefix: string, until: Date): Promise<number>
}
