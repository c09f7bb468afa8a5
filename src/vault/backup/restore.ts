/**
 * A data folder from a backup. Every file is compared with the digest the backup says it has; nothing is written before the
 * passphrase has opened the secrets. A restore that was broken off leaves a mark, and no archive opens such a folder.
 */
import { chmodSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveError } from '../../base/errors.ts'
import { type Files, makeFolderDurably } from '../../storage/files/files.ts'
import { diskObjects } from '../../storage/objects/disk.ts'
import { VAULT } from '../copies/places.ts'
import { type Finding, reconcile } from '../copies/reconcile.ts'
import { prepareRoot } from '../ocfl/root.ts'
import { readOnly } from './backup.ts'
import { copyFile, writeFile } from './copy-file.ts'
import { type Manifest, readManifest, SECRETS } from './manifest.ts'
import { unlockSecrets } from './secrets.ts'
import { sha256Of, studiesIn } from './studies.ts'

export interface RestoreParts {
  readonly files: Files
  readonly from: string
  readonly data: string
  readonly passphrase: string
  readonly now: () => Date
  readonly advance: (bytes: number) => void
  readonly signal: AbortSignal
}

export interface RestoreReport {
  readonly made: string
  readonly files: number
  readonly bytes: number
  /** Undefined when the backup leaves the vault to a mirror. */
  readonly studies: number | undefined
  /** Of the vault: what the backup has not in good state. */
  readonly findings: readonly Finding[]
}

/** A restore is going on here, or was broken off. */
export const RESTORING = 'restoring'
/** For the first start: the log is told where this archive comes from. */
export const RESTORED = 'restored.json'

/** @throws {ArchiveError} `BACKUP_DAMAGED`, `BACKUP_LOCKED`, `DATA_NOT_EMPTY` */
export async function restore(parts: RestoreParts): Promise<RestoreReport> {
  const { files, from, data, passphrase, now, advance, signal } = parts
  const manifest = await readManifest(files, from)
  if (manifest === undefined)
    throw new ArchiveError('BACKUP_DAMAGED', {
      folder: from,
      what: 'it has no list of what is in it: it was broken off',
    })
  await mustBeEmpty(files, data)
  const secrets = await unlockSecrets(await secretsOf(parts, manifest), passphrase)

  await makeFolderDurably(files, data)
  if ((await files.size(join(data, RESTORING))) === undefined) await writeFile(files, join(data, RESTORING), [])
  for (const { path, sha256 } of manifest.files) {
    signal.throwIfAborted()
    if (path === SECRETS) continue
    const copied = await copyFile(files, join(from, path), join(data, path), advance).catch((cause: unknown) => {
      throw new ArchiveError('BACKUP_DAMAGED', { folder: from, what: `${path} cannot be read` }, { cause })
    })
    if (copied.sha256 !== sha256)
      throw new ArchiveError('BACKUP_DAMAGED', { folder: from, what: `${path} is not what was backed up` })
  }
  for (const [path, bytes] of secrets) {
    await writeFile(files, join(data, path), [bytes])
    chmodSync(join(data, path), 0o600)
  }
  const vault = manifest.studies === undefined ? undefined : await restoreVault(parts)
  const note = { v: 1, made: manifest.made, restored: now().toISOString() }
  await writeFile(files, join(data, RESTORED), [new TextEncoder().encode(`${JSON.stringify(note)}\n`)])
  await files.remove(join(data, RESTORING))
  await files.syncFolder(data)
  return {
    made: manifest.made,
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, { length }) => sum + length, 0),
    studies: vault?.studies,
    findings: vault?.findings ?? [],
  }
}

async function secretsOf({ files, from }: RestoreParts, manifest: Manifest): Promise<Uint8Array> {
  const listed = manifest.files.find(({ path }) => path === SECRETS)
  const size = await files.size(join(from, SECRETS))
  if (listed === undefined || size === undefined)
    throw new ArchiveError('BACKUP_DAMAGED', { folder: from, what: `${SECRETS} is missing` })
  const file = await files.open(join(from, SECRETS))
  try {
    const bytes = await file.read(0, size)
    if (sha256Of(bytes) === listed.sha256) return bytes
    throw new ArchiveError('BACKUP_DAMAGED', { folder: from, what: `${SECRETS} is not what was backed up` })
  } finally {
    await file.close()
  }
}

async function mustBeEmpty(files: Files, data: string): Promise<void> {
  const names = await files.list(data).catch((): readonly string[] => [])
  if (names.length === 0) return
  if (!names.includes(RESTORING)) throw new ArchiveError('DATA_NOT_EMPTY', { folder: data })
  // A restore made these, perhaps of another backup: nothing of one may stay in the other.
  for (const name of names) if (name !== RESTORING) await rm(join(data, name), { recursive: true })
}

async function restoreVault({ files, from, data, advance, signal }: RestoreParts) {
  const source = readOnly(await diskObjects(files, join(from, VAULT), join(from, 'incoming'), join(from, 'set-aside')))
  const target = await diskObjects(files, join(data, VAULT), join(data, 'cache', VAULT), join(data, 'set-aside'))
  await prepareRoot(target)
  const findings: Finding[] = []
  let studies = 0
  for await (const study of studiesIn(source)) {
    signal.throwIfAborted()
    const copies = [
      { name: 'the backup', store: source },
      { name: 'the data folder', store: target },
    ]
    const report = await reconcile({ copies, sealed: new Map(), look: 'names' }, study)
    findings.push(...report.findings.filter((one) => one.from === undefined))
    advance(report.bytes)
    studies += 1
  }
  return { studies, findings }
}
