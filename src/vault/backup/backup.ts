/**
 * All truth of a data folder copied into another folder, again and again: what is there already is not copied twice. The
 * archive may run meanwhile; nothing of it is locked or written.
 *
 * The order makes the copy one that could have been found on the disk after a power failure: what the log has said is read
 * first and written last, so that the journal in the copy is ahead of it; the vault comes after the journal, so that what
 * the inbox let go of is there.
 */
import { join } from 'node:path'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { isMissing } from '../../storage/files/disk.ts'
import type { Files } from '../../storage/files/files.ts'
import { diskObjects } from '../../storage/objects/disk.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import { type Copy, VAULT, vaultOf } from '../copies/places.ts'
import { type Finding, reconcile } from '../copies/reconcile.ts'
import { readErased } from '../inbox/erase.ts'
import { segmentName } from '../inbox/recover.ts'
import { prepareRoot } from '../ocfl/root.ts'
import { copyFile, writeFile } from './copy-file.ts'
import { type BackedUp, MANIFEST, readManifest, SECRETS, writeManifest } from './manifest.ts'
import { lockSecrets, type SecretFiles } from './secrets.ts'
import { sha256Of, studiesIn } from './studies.ts'

export interface BackupParts {
  readonly files: Files
  readonly data: string
  readonly to: string
  /** Where the vault is kept, its own folder first; undefined: it is left to a mirror. */
  readonly vault: readonly Copy[] | undefined
  /** Keys and control data. */
  readonly secrets: SecretFiles
  readonly passphrase: string
  /** Reads what the backup's vault has again, every byte, in place of looking whether it is there. */
  readonly check: boolean
  readonly now: () => Date
  /** Told of bytes as they are copied. */
  readonly advance: (bytes: number) => void
  readonly signal: AbortSignal
}

export interface BackupReport {
  readonly files: number
  readonly bytes: number
  /** Bytes that were not there yet. */
  readonly copied: number
  readonly studies: number
  /** What is bad in the archive, and whether the backup has it. */
  readonly findings: readonly Finding[]
}

/** Names of the data folder that are no truth, or go into a backup in another way. */
const LEFT_OUT =
  /^(cache\/|vault\/|set-aside\/|index\.db|lock\.|control\.db|mirrors\.json$|restoring$|restored\.json$|inbox\/sealing\.json$)|\.(new|thin)$/
/** Secret: under the passphrase. */
export const isSecret = (path: string): boolean =>
  (path.startsWith('keys/') && path !== KEPT_CHECKPOINT) || path === 'control.db'
const KEPT_CHECKPOINT = 'keys/log-checkpoint'
/** What the log has signed, and what others said of that. */
const STATEMENT = /^(keys\/log-checkpoint|log\/\d{4}\/(checkpoint|cosigned|stamps\/.*))$/
/** Tiles that are not full: each is replaced by a longer one. */
const GROWING = /^log\/\d{4}\/tile\/.*\.p\/\d+$/
const ATTEMPTS = 100
const ARCHIVE_ID = 'inbox/archive-id'

/** @throws {ArchiveError} `BACKUP_DAMAGED`, `BACKUP_FOREIGN`; what the system says when it cannot write */
export async function backup(parts: BackupParts): Promise<BackupReport> {
  const { files, data, to, passphrase, secrets, now } = parts
  const before = await readManifest(files, to)
  const archive = await textOf(files, join(data, ARCHIVE_ID))
  if (before !== undefined && before.archive !== archive) throw new ArchiveError('BACKUP_FOREIGN', { folder: to })
  const had = new Map(before?.files.map((one) => [one.path, one]))

  const { paths, statements, growing } = await atOnce(files, data)

  // A segment is copied once, unless events were erased from it since: then the copy has to lose them too.
  const erased = await readErased(files, join(data, 'inbox'))
  const known = await readErased(files, join(to, 'inbox'))
  for (const [segment, times] of Object.entries(erased))
    if (times !== known[segment]) had.delete(`inbox/${segmentName(Number(segment))}`)
  const done: BackedUp[] = []
  let copied = 0
  // The journal last of the files: it must not be behind anything that speaks of it.
  const inOrder = [
    ...paths.filter((path) => !path.startsWith('inbox/')),
    ...paths.filter((path) => path.startsWith('inbox/')),
  ]
  for (const path of inOrder) {
    parts.signal.throwIfAborted()
    if (statements.has(path)) continue
    const tile = growing.get(path)
    const one = tile === undefined ? await bringOver(parts, path, had.get(path)) : await bringTile(parts, path, tile)
    if (one === undefined) continue
    done.push(one.file)
    copied += one.copied
  }
  const vault = parts.vault === undefined ? undefined : await bringVault(parts, parts.vault)

  const locked = await lockSecrets(secrets, passphrase)
  await writeFile(files, join(to, SECRETS), [locked])
  for (const [path, bytes] of statements) {
    await writeFile(files, join(to, path), [bytes])
    done.push({ path, length: bytes.length, sha256: sha256Of(bytes) })
  }
  done.push({ path: SECRETS, length: locked.length, sha256: sha256Of(locked) })
  const made = now().toISOString()
  await writeManifest(files, to, {
    v: 1,
    archive,
    made,
    files: done.sort((a, b) => (a.path < b.path ? -1 : 1)),
    ...(vault !== undefined && { studies: vault.studies }),
  })
  // What the archive has no more: spool files of what was sealed, tiles that have grown.
  const present = new Set(done.map(({ path }) => path))
  for (const path of had.keys()) if (!present.has(path)) await files.remove(join(to, path)).catch(() => {})
  return {
    files: done.length,
    bytes: done.reduce((sum, { length }) => sum + length, 0),
    copied: copied + (vault?.copied ?? 0),
    studies: vault?.studies ?? 0,
    findings: vault?.findings ?? [],
  }
}

/**
 * The names there are, and what the log has signed with the tiles under it that are not full yet, which go as soon as there
 * are longer ones: read until nothing was signed in between, so that they are of one size of the log.
 */
async function atOnce(files: Files, data: string) {
  for (let attempt = 1; ; attempt += 1) {
    const signed = await checkpointsOf(files, data)
    const paths: string[] = []
    for await (const path of filesBelow(files, data, '')) if (!isSecret(path)) paths.push(path)
    const all = async (pattern: RegExp) => {
      const found = new Map<string, Bytes>()
      for (const path of paths.filter((one) => pattern.test(one)))
        found.set(path, await wholeOf(files, join(data, path)))
      return found
    }
    try {
      const [statements, growing] = [await all(STATEMENT), await all(GROWING)]
      if ((await checkpointsOf(files, data)) === signed) return { paths, statements, growing }
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown
    }
    if (attempt === ATTEMPTS) throw new ArchiveError('BACKUP_BUSY', { why: 'the log grew each time it was read' })
  }
}

async function checkpointsOf(files: Files, data: string): Promise<string> {
  const names = await files.list(data)
  const years = names.includes('log/')
    ? (await files.list(join(data, 'log'))).filter((name) => /^\d{4}\/$/.test(name))
    : []
  const texts = await Promise.all(
    years.map(async (year) => {
      const path = join(data, 'log', year, 'checkpoint')
      return (await files.size(path)) === undefined ? '' : Buffer.from(await wholeOf(files, path)).toString()
    }),
  )
  return texts.join('\n')
}

async function bringTile({ files, to, advance }: BackupParts, path: string, bytes: Bytes) {
  await writeFile(files, join(to, path), [bytes])
  advance(bytes.length)
  return { file: { path, length: bytes.length, sha256: sha256Of(bytes) }, copied: bytes.length }
}

/** Names that only ever grow a new file are not read again when the backup has them; undefined for one that has gone. */
async function bringOver(
  { files, data, to, advance }: BackupParts,
  path: string,
  had: BackedUp | undefined,
): Promise<{ readonly file: BackedUp; readonly copied: number } | undefined> {
  try {
    const size = await files.size(join(data, path))
    // A segment that was thinned has the length it had: the copy with everything in it stays.
    const same = had?.length === size && (await files.size(join(to, path))) === size
    if (had !== undefined && same && WRITTEN_ONCE.test(path)) return { file: had, copied: 0 }
    const copied = await copyFile(files, join(data, path), join(to, path), advance)
    return { file: { path, ...copied }, copied: copied.length }
  } catch (thrown) {
    // A spool file whose object was sealed meanwhile, a tile that has grown.
    if (isMissing(thrown) && (await files.size(join(data, path))) === undefined) return undefined
    throw thrown
  }
}

const WRITTEN_ONCE = /^(inbox\/.*\.(journal|spool)|log\/\d{4}\/tile\/.*)$/

async function bringVault({ files, to, check, signal, advance }: BackupParts, copies: readonly Copy[]) {
  const target = await diskObjects(files, join(to, VAULT), join(to, 'incoming'), join(to, 'set-aside'))
  await prepareRoot(target)
  const source = readOnly(vaultOf(copies))
  const findings: Finding[] = []
  let [studies, copied] = [0, 0]
  for await (const study of studiesIn(source)) {
    signal.throwIfAborted()
    const places = [
      { name: 'the archive', store: source },
      {
        name: 'the backup',
        store: counted(target, (bytes) => {
          copied += bytes
          advance(bytes)
        }),
      },
    ]
    // The log is in the backup too: `verify` holds the vault against it. Here a sidecar vouches for its inventory.
    const report = await reconcile({ copies: places, sealed: new Map(), look: check ? 'bytes' : 'names' }, study)
    findings.push(...report.findings.filter(({ copy, from }) => copy === 'the archive' || from === undefined))
    studies += 1
  }
  return { studies, copied, findings }
}

/** Nothing of the archive is written by who looks at it from outside. */
export function readOnly(store: ObjectStore): ObjectStore {
  const no = () => Promise.reject(new ArchiveError('COPY_AWAY', { folder: 'the source', why: 'it is only read' }))
  return { ...store, put: no, replace: no, remove: no, setAside: no }
}

function counted(store: ObjectStore, advance: (bytes: number) => void): ObjectStore {
  return {
    ...store,
    put: async (name, bytes) => {
      const head = await store.put(name, bytes)
      advance(head.size)
      return head
    },
  }
}

/** Files of a data folder that a backup takes, in order of name. */
async function* filesBelow(files: Files, data: string, folder: string): AsyncGenerator<string> {
  for (const name of await files.list(join(data, folder))) {
    const path = folder + name
    if (LEFT_OUT.test(path) || path === MANIFEST) continue
    if (name.endsWith('/')) yield* filesBelow(files, data, path)
    else yield path
  }
}

async function wholeOf(files: Files, path: string): Promise<Bytes> {
  const file = await files.open(path)
  try {
    return await file.read(0, file.size)
  } finally {
    await file.close()
  }
}

async function textOf(files: Files, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await wholeOf(files, path)).trim()
  } catch (thrown) {
    throw new ArchiveError('NOT_FOUND', { what: `an archive (${path})` }, { cause: asArchiveError(thrown) })
  }
}
