/**
 * Spool files: payloads too large for the shared segment, one file each, synced with its folder before the journal
 * names it. A file that no record names was never acknowledged.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { AppendFile, Files } from '../../storage/files/files.ts'
import type { Spool } from './inbox.ts'
import type { SpoolReference } from './records.ts'

/** A ULID and the ending. */
export const isSpoolName = (name: string): boolean => /^[0-9A-Z]{26}\.spool$/.test(name)

const PIECE = 1024 * 1024

export interface SpoolObserver {
  /** Bytes were added, or with a negative number taken away. */
  grew(bytes: number): void
  removed(): void
}

export async function openSpool(files: Files, folder: string, name: string, observer: SpoolObserver): Promise<Spool> {
  const path = join(folder, name)
  const file = await files.create(path)
  let open = true
  let removed = false
  let prefix: string | undefined

  const close = async (): Promise<void> => {
    if (!open) return
    open = false
    await file.close()
  }
  const reference = (): SpoolReference => ({ spool: name, length: file.size, ...(prefix !== undefined && { prefix }) })

  return {
    get reference() {
      return reference()
    },
    append: async (parts) => {
      const before = file.size
      try {
        await file.append(parts)
      } finally {
        observer.grew(file.size - before)
      }
    },
    read: ({ start, end }) => file.read(start, end),
    finish: async (dsStart) => {
      await file.sync()
      prefix = await digestOf(file, dsStart)
      await close()
      await files.syncFolder(folder)
      return reference()
    },
    abandon: async () => {
      if (removed) return
      removed = true
      await close()
      observer.removed()
      await files.remove(path)
      observer.grew(-file.size)
    },
  }
}

async function digestOf(file: AppendFile, length: number): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < length; at += PIECE) hash.update(await file.read(at, Math.min(at + PIECE, length)))
  return hash.digest('hex')
}
