/**
 * A whole archive without its doors, on real files and a real index, in a temporary folder: for journeys.
 *
 * Closing and opening again on the same folder is a restart; `withoutIndex` is a restart after the index was lost.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Archive, Arrival, Receipt } from '../../src/archive/archive.ts'
import { dump } from '../../src/archive/dump.queries.ts'
import { knownMirrors } from '../../src/archive/mirrors.ts'
import { type ArchiveOptions, MIRRORS, openArchive } from '../../src/archive/open.ts'
import { rebuild } from '../../src/archive/recover.ts'
import { type ByteStream, type Bytes, gather } from '../../src/base/bytes.ts'
import type { Context, Role } from '../../src/base/context.ts'
import { decodeFrame } from '../../src/codecs/decode.ts'
import type { FrameDecoder } from '../../src/codecs/frame-decoder.ts'
import { openFrameDecoder } from '../../src/codecs/open.ts'
import { ROLES } from '../../src/compliance/accounts.ts'
import { uid } from '../../src/dicom/uid.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import type { Files } from '../../src/storage/files/files.ts'
import type { Database } from '../../src/storage/sql/database.ts'
import { openPostgres } from '../../src/storage/sql/postgres.ts'
import { openSqlite } from '../../src/storage/sql/sqlite.ts'
import {
  type Copy,
  type MirrorAddress,
  makeMirror,
  mayBeMade,
  openMirrorPlace,
  openVaultPlace,
  prepareVault,
  vaultOf,
} from '../../src/vault/copies/places.ts'
import { openStubs, STUBS, tiered } from '../../src/vault/copies/tiered.ts'
import { type Inbox, openInbox } from '../../src/vault/inbox/inbox.ts'
import type { Sealer } from '../../src/vault/seal/open.ts'
import { sealAndCopy } from '../../src/vault/seal/seal-and-copy.ts'
import { freshPostgres, stopPostgres } from './postgres.ts'

export type Engine = 'SQLite' | 'PostgreSQL'
export const ENGINES: readonly Engine[] = ['SQLite', 'PostgreSQL']

export interface Running {
  readonly archive: Archive
  readonly db: Database
  readonly inbox: Inbox
  readonly folder: string
  readonly decoder: FrameDecoder
  /** Every line of the log above information. */
  readonly complaints: readonly string[]
  /** The canonical dump of every durable fact. */
  dump(): Promise<readonly string[]>
  /** Spool files in the inbox, in order. */
  spools(): Promise<readonly string[]>
  /** Closes and opens again, with what is on disk. */
  restart(): Promise<Running>
  /** Closes, empties the index, rebuilds it from the inbox, and opens again. */
  withoutIndex(): Promise<Running>
  close(): Promise<void>
}

export interface RunOptions {
  readonly engine?: Engine
  readonly folder?: string
  /** Where the index lies, when not in the folder: for file layers that lose what is not synced. */
  readonly index?: string
  readonly files?: Files
  readonly options?: Partial<ArchiveOptions>
  readonly now?: () => Date
  readonly segmentBytes?: number
  /** The database's address; else PostgreSQL has a new one. */
  readonly postgres?: string
  /** Where the vault is mirrored to. */
  readonly mirrors?: readonly MirrorAddress[]
  /** Where studies go that nobody looks at. */
  readonly cold?: MirrorAddress
  /** Puts something between the archive and the places of its vault. */
  readonly aroundCopies?: (copies: readonly Copy[]) => readonly Copy[]
  /** Puts something between the archive and its index. */
  readonly around?: (db: Database) => Database
}

const folders: string[] = []
const running = new Set<Running>()

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-archive-'))
  folders.push(folder)
  return folder
}

export async function runArchive(options: RunOptions = {}): Promise<Running> {
  const { engine = 'SQLite', folder = temporaryFolder() } = options
  const open: () => Promise<Database> =
    engine === 'SQLite'
      ? () => openSqlite(join(options.index ?? folder, 'index.db'))
      : await (options.postgres === undefined ? freshPostgres() : Promise.resolve({ url: options.postgres })).then(
          ({ url }) =>
            () =>
              openPostgres(url),
        )
  return start({ ...options, folder }, open)
}

async function start(
  options: RunOptions & { readonly folder: string },
  open: () => Promise<Database>,
): Promise<Running> {
  const { folder, files = diskFiles(), now = () => new Date() } = options
  const complaints: string[] = []
  const complain = (facts: object, message: string) => complaints.push(`${message} ${JSON.stringify(facts)}`)
  const log = { info: () => {}, warn: complain, error: complain }
  const db = (options.around ?? ((inner) => inner))(await open())
  const inbox = await openInbox({
    files,
    folder: join(folder, 'inbox'),
    node: '',
    archiveId: 'test',
    now,
    ...(options.segmentBytes !== undefined && { segmentBytes: options.segmentBytes }),
  })
  const decoder = openFrameDecoder({ workers: 1, timeoutMs: 60_000 })
  const { mirrors = [] } = options
  const archive = await openArchive({
    db,
    inbox,
    files,
    dataFolder: folder,
    decoder,
    copies: (options.aroundCopies ?? ((inner) => inner))(await copiesOf(files, folder, mirrors)),
    ...(await coldOf(files, folder, options.cold)),
    sealer: await sealerIn(files, folder, mirrors),
    now,
    random: (bytes) => randomBytes(bytes),
    log,
    version: '0.0.0-test',
    ...(options.options && { options: options.options }),
  })
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    running.delete(here)
    await archive.close()
    await inbox.close()
    await decoder.close()
    await db.close()
  }
  const here: Running = {
    archive,
    db,
    inbox,
    folder,
    decoder,
    complaints,
    dump: async () => {
      const lines: string[] = []
      for await (const line of dump(db)) lines.push(line)
      return lines
    },
    spools: async () => (await files.list(join(folder, 'inbox'))).filter((name) => name.endsWith('.spool')).sort(),
    restart: async () => {
      await close()
      return start(options, open)
    },
    withoutIndex: async () => {
      await close()
      const index = await open()
      const anew = openFrameDecoder({ workers: 1, timeoutMs: 60_000 })
      const bytes = await openInbox({ files, folder: join(folder, 'inbox'), node: '', archiveId: 'test', now })
      await rebuild({
        db: index,
        inbox: bytes,
        vault: tiered(
          vaultOf(await copiesOf(files, folder, options.mirrors)),
          await openStubs(files, folder),
          (await coldOf(files, folder, options.cold)).cold,
        ),
        decoder: anew,
        log,
      })
      await anew.close()
      await bytes.close()
      await index.close()
      return start(options, open)
    },
    close,
  }
  running.add(here)
  return here
}

/** The vault below a folder and its mirrors, made when they are new, as `server.ts` opens them. */
export async function copiesOf(
  files: Files,
  folder: string,
  mirrors: readonly MirrorAddress[] = [],
  opener = 'main',
): Promise<readonly Copy[]> {
  const folders = {
    vault: join(folder, 'vault'),
    incoming: join(folder, 'cache', `vault-${opener}`),
    setAside: join(folder, 'set-aside'),
  }
  await prepareVault(files, folders, folder)
  const known = await knownMirrors(files, join(folder, MIRRORS))
  const copies = [await openVaultPlace(files, folders)]
  for (const mirror of mirrors) {
    const of = { archive: 'test', keys: join(folder, 'keys') }
    if (mayBeMade(mirror, known)) await makeMirror(files, mirror, of).catch(() => {})
    copies.push(await openMirrorPlace(files, mirror, of, opener))
  }
  return copies
}

/** The cold store, made when it is new. */
export async function coldOf(
  files: Files,
  folder: string,
  address: MirrorAddress | undefined,
): Promise<{ cold?: Copy }> {
  if (address === undefined) return {}
  const of = { archive: 'test', keys: join(folder, 'keys') }
  const used = (await files.list(join(folder, STUBS)).catch(() => [])).length > 0
  if (!used) await makeMirror(files, address, of).catch(() => {})
  return { cold: await openMirrorPlace(files, address, of, 'cold') }
}

/** Sealing in this thread, over the test's own file layer. */
export async function sealerIn(files: Files, folder: string, mirrors: readonly MirrorAddress[] = []): Promise<Sealer> {
  const [vault, ...others] = await copiesOf(files, folder, mirrors, 'seal')
  if (vault === undefined) throw new Error('there is no vault')
  const parts = {
    files,
    store: vault.store,
    inbox: join(folder, 'inbox'),
    scratch: join(folder, 'cache', 'vault-seal'),
    decode: decodeFrame,
  }
  return { seal: (order) => sealAndCopy(parts, vault, others, order), close: async () => {} }
}

/** For `afterAll`. */
export async function removeArchives(): Promise<void> {
  for (const one of [...running]) await one.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  await stopPostgres()
}

// --- who asks, and what arrives --------------------------------------------------------

export function user(...roles: readonly Role[]): Context {
  return {
    principal: { kind: 'user', id: 'u:0123456789abcdef', name: 'test', roles, authMethod: 'password' },
    client: { address: '127.0.0.1' },
    now: () => new Date(),
    signal: new AbortController().signal,
  }
}
/** Whoever runs an archive without a login (`--open`): every role at once. One of them alone is `user(role)`. */
export const ADMINISTRATOR = user(...ROLES)

export function device(aeTitle: string, known = true): Context {
  return {
    principal: { kind: 'device', aeTitle, known },
    client: { address: '127.0.0.1', port: 104, aeTitle },
    now: () => new Date(),
    signal: new AbortController().signal,
  }
}

/** Bytes as a door gives them: in pieces. */
export async function* pieces(bytes: Bytes, size = 64 * 1024): ByteStream {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export const asFile = (bytes: Bytes, door: Arrival['door'] = 'stow'): Arrival => ({ door, bytes: pieces(bytes) })

/** The data set of a Part 10 file as C-STORE carries it. */
export function asStream(
  dataSet: Bytes,
  names: { readonly transferSyntax: string; readonly sopClass: string; readonly sopInstance: string },
): Arrival {
  return {
    door: 'c-store',
    bytes: pieces(dataSet),
    stream: {
      transferSyntax: uid(names.transferSyntax),
      commandSet: Uint8Array.of(0, 0, 0, 0),
      sopClass: names.sopClass,
      sopInstance: names.sopInstance,
      callingAet: 'MODALITY',
      calledAet: 'CLEARKEEP',
      implementationClassUid: '1.2.3',
      implementationVersion: 'TEST_1',
    },
  }
}

/** The received bytes of one version. */
export async function originalOf({ archive }: Pick<Running, 'archive'>, receipt: Receipt): Promise<Uint8Array> {
  const records = await archive.versions(ADMINISTRATOR, receipt.key)
  const record = records.find(({ version }) => version === receipt.version)
  if (record === undefined) throw new Error(`version ${receipt.version} is not listed`)
  return gather(archive.original(ADMINISTRATOR, record))
}

export interface LeafJson {
  readonly n: number
  readonly t: string
  readonly ts: string
  readonly a: string
  readonly x?: { readonly [key: string]: unknown }
}

/** Every leaf, in order of number. */
export async function leavesOf({ db }: Pick<Running, 'db'>): Promise<readonly LeafJson[]> {
  const rows = await db.read.selectFrom('events').select(['n', 'leaf']).orderBy('n').execute()
  return rows.map(({ leaf }) => JSON.parse(leaf) as LeafJson)
}

/** The bodies of one type of event, in order of number. */
export async function eventsOf({ db }: Pick<Running, 'db'>, type: string): Promise<readonly Record<string, unknown>[]> {
  const rows = await db.read.selectFrom('events').select('body').where('type', '=', type).orderBy('n').execute()
  return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
}

export const sha256 = (bytes: Bytes): string => createHash('sha256').update(bytes).digest('hex')
