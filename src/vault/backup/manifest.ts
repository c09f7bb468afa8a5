/** What a backup holds: `clearkeep-backup.json`, written last, so that one that was broken off says nothing. */

import { join } from 'node:path'
import { ArchiveError } from '../../base/errors.ts'
import { type Files, makeFolderDurably } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'

export const MANIFEST = 'clearkeep-backup.json'
/** Keys and control data, under a passphrase. */
export const SECRETS = 'secrets.enc'

export interface BackedUp {
  /** Below the data folder, with `/`. */
  readonly path: string
  readonly length: number
  /** Hex. */
  readonly sha256: string
}

export interface Manifest {
  readonly v: 1
  readonly archive: string
  /** RFC 3339. */
  readonly made: string
  readonly files: readonly BackedUp[]
  /** Studies below `vault/`; undefined when the vault is left to a mirror. */
  readonly studies?: number
}

/** Undefined when there is none. @throws {ArchiveError} `BACKUP_DAMAGED` */
export async function readManifest(files: Pick<Files, 'size' | 'open'>, folder: string): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST)
  const size = await files.size(path)
  if (size === undefined) return undefined
  const file = await files.open(path)
  try {
    const value = JSON.parse(new TextDecoder().decode(await file.read(0, size))) as Manifest
    if (value.v === 1 && Array.isArray(value.files)) return value
  } catch {
    // Said below.
  } finally {
    await file.close()
  }
  throw new ArchiveError('BACKUP_DAMAGED', { folder, what: `${MANIFEST} cannot be read` })
}

export async function writeManifest(files: Files, folder: string, manifest: Manifest): Promise<void> {
  await makeFolderDurably(files, folder)
  await replaceFile(
    files,
    join(folder, MANIFEST),
    new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 1)}\n`),
    true,
  )
}
