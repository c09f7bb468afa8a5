/**
 * One process at a time in a data folder. The lock is SQLite's own on `lock.db`, held in an open exclusive transaction:
 * the system lets go of it when the process ends, however it ends, so no stale lock is ever left to judge.
 *
 * `lock.json` beside it only says who holds it, for the message of whoever comes second; it decides nothing.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Connection from 'better-sqlite3'
import { ArchiveError } from '../base/errors.ts'

export interface LockHolder {
  readonly pid: number
  /** `serve`, `import`, `rebuild` … */
  readonly command: string
  /** Web address, once it answers. */
  readonly address?: string
}

export interface FolderLock {
  /** Tells those who come second where the archive answers. */
  announce(address: string): void
  release(): void
}

/** @throws {ArchiveError} `DATA_LOCKED`, naming the holder */
export function lockFolder(folder: string, holder: LockHolder): FolderLock {
  mkdirSync(folder, { recursive: true })
  const connection = new Connection(join(folder, 'lock.db'), { timeout: 0 })
  try {
    connection.exec('begin exclusive')
  } catch (cause) {
    connection.close()
    if (codeOf(cause) !== 'SQLITE_BUSY') throw cause
    throw new ArchiveError('DATA_LOCKED', { folder, holder: nameOf(readHolder(folder)) }, { cause })
  }
  let held = true
  writeHolder(folder, holder)
  return {
    announce: (address) => {
      if (held) writeHolder(folder, { ...holder, address })
    },
    release: () => {
      if (!held) return
      held = false
      // Before the lock goes: afterwards the file may be the next holder's.
      rmSync(fileOf(folder), { force: true })
      connection.close()
    },
  }
}

/** Who holds the folder, as far as it says; undefined when nobody does or it cannot be read. */
export function readHolder(folder: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(fileOf(folder), 'utf8'))
    if (typeof value !== 'object' || value === null) return undefined
    const { pid, command, address } = value as Record<string, unknown>
    if (typeof pid !== 'number' || typeof command !== 'string') return undefined
    return { pid, command, ...(typeof address === 'string' && { address }) }
  } catch {
    return undefined // absent, or caught between two writers: only a message is the poorer for it
  }
}

const fileOf = (folder: string): string => join(folder, 'lock.json')

function writeHolder(folder: string, { pid, command, address }: LockHolder): void {
  const written = `${fileOf(folder)}.${pid}`
  writeFileSync(written, `${JSON.stringify({ pid, command, ...(address !== undefined && { address }) })}\n`)
  renameSync(written, fileOf(folder))
}

const nameOf = (holder: LockHolder | undefined): string => {
  if (holder === undefined) return 'another process'
  const where = holder.address === undefined ? '' : ` at ${holder.address}`
  return `process ${holder.pid} (clearkeep ${holder.command})${where}`
}

const codeOf = (thrown: unknown): unknown =>
  thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined
