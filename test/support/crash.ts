/**
 * Crashes: an archive with both doors open under C-STORE and STOW load over the lossy file layer, the power cut at a
 * random moment, and what must be true of what is left (product section 5, invariants 1, 2 and 3).
 *
 * The inbox lies on `lossy-files.ts`. SQLite writes to the real disk, so its files are replaced by an image a power
 * failure may leave: everything a checkpoint synced, and of the write-ahead log a piece of random length. One history is
 * one seed; crashes follow upon each other, so recovery also meets what recovery left.
 */
import { copyFile, mkdir, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Archive } from '../../src/archive/archive.ts'
import { dump } from '../../src/archive/dump.queries.ts'
import { openLocate } from '../../src/archive/locate.ts'
import { openArchive } from '../../src/archive/open.ts'
import { rebuild, recover } from '../../src/archive/recover.ts'
import { gather, toHex } from '../../src/base/bytes.ts'
import { ArchiveError } from '../../src/base/errors.ts'
import type { FrameDecoder } from '../../src/codecs/frame-decoder.ts'
import { openControl } from '../../src/compliance/control.ts'
import { T } from '../../src/dicom/dictionary.ts'
import { openDicomListener } from '../../src/network/listener.ts'
import { openAssociation } from '../../src/network/services/client.ts'
import { parseCheckpoint } from '../../src/proof/checkpoint.ts'
import { growingTree, leafHash } from '../../src/proof/merkle.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import type { Files } from '../../src/storage/files/files.ts'
import { openSqlite } from '../../src/storage/sql/sqlite.ts'
import { vaultOf } from '../../src/vault/copies/places.ts'
import { openInbox } from '../../src/vault/inbox/inbox.ts'
import { openWeb } from '../../src/web/open.ts'
import { ADMINISTRATOR, copiesOf, device, pieces, sealerIn, sha256, temporaryFolder } from './archives.ts'
import { stow, value } from './client.ts'
import { type LossyFiles, lossyFiles, PowerLoss } from './lossy-files.ts'
import { below, type Random, randomBytes, seeded } from './random.ts'
import { type Synthetic, syntheticInstance } from './synthetic.ts'
import { look as verify } from './verify.ts'

export interface History {
  readonly failures: number
  /** Instances whose storing was answered with success. */
  readonly acknowledged: number
  readonly leaves: number
  readonly checkpoints: number
  /** Answers other than success while the power was on. */
  readonly refused: number
  /** Times a study went into the vault. */
  readonly sealed: number
}

/** What was promised in a history so far, and must hold for ever. */
interface Promised {
  /** By `ds`. */
  readonly instances: Map<string, Synthetic>
  /** Markers of acts that were answered as durable. */
  readonly acts: Set<string>
  /** Every checkpoint that was ever signed, whether or not anybody saw it. */
  readonly checkpoints: Set<string>
  /** Leaves by number, as the index showed them once they were durable. */
  readonly leaves: Map<number, string>
  refused: number
  sealed: number
}

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2'
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1'
const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/**
 * Lives through so many power failures, and now and then the process is killed between them.
 *
 * @throws when something that was promised is not there; the message names the seed
 */
export async function history(seed: number, failures: number, decoder: FrameDecoder): Promise<History> {
  const random = seeded(seed)
  const folder = temporaryFolder()
  const promised: Promised = {
    instances: new Map(),
    acts: new Set(),
    leaves: new Map(),
    checkpoints: new Set(),
    refused: 0,
    sealed: 0,
  }
  let data = join(folder, 'data')
  let index = join(folder, 'index-0')
  await mkdir(index, { recursive: true })
  try {
    let files = await lossyFiles(data, random)
    for (let crash = 1, left = failures; left > 0; crash += 1) {
      await live(files, data, index, random, decoder, promised, seed * 1000 + crash)
      const image = join(folder, `index-${crash}`)
      const killed = random() < 0.2
      await imageOf(index, image, random, killed)
      index = image
      if (killed) {
        // Only the process died: what it wrote is there, though not yet durable.
        files.restart()
        continue
      }
      left -= 1
      data = await files.crash()
      await check(data, index, join(folder, 'rebuilt'), decoder, promised)
      files = await lossyFiles(data, random)
    }
    await look(data, index, decoder, promised)
    await verified(data, promised)
    return {
      failures,
      acknowledged: promised.instances.size,
      leaves: promised.leaves.size,
      checkpoints: promised.checkpoints.size,
      refused: promised.refused,
      sealed: promised.sealed,
    }
  } catch (cause) {
    throw new Error(`history ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Opens everything, and keeps it under load until the power fails. */
async function live(
  files: LossyFiles,
  data: string,
  index: string,
  random: Random,
  decoder: FrameDecoder,
  promised: Promised,
  run: number,
): Promise<void> {
  // Now and then the power fails while what an earlier failure left is being recovered.
  // And now and then it lasts long enough for studies to be sealed, some of them whole.
  const chance = random()
  const cut = files.operations + 1 + below(random, chance < 0.15 ? 6 : chance < 0.75 ? 250 : 2500)
  files.powerOffDuring(cut - files.operations)
  let failed = false
  const isOff = () => failed || files.operations >= cut

  const db = await openSqlite(join(index, 'index.db'))
  const closing: (() => Promise<void> | void)[] = [() => db.close()]
  try {
    const inbox = await openInbox({
      files,
      folder: join(data, 'inbox'),
      node: '',
      archiveId: 'crash',
      segmentBytes: 300_000,
    })
    closing.push(() => inbox.close())
    const archive = await openArchive({
      db,
      inbox,
      copies: await copiesOf(files, data),
      sealer: await sealerIn(files, data),
      files: watchingCheckpoints(files, promised),
      dataFolder: data,
      decoder,
      now: () => new Date(),
      random: (bytes) => randomBytes(random, bytes),
      log: QUIET,
      version: 'crash',
      options: { gatherBytes: 48_000, memoryBytes: 400_000, checkpointMs: below(random, 20) },
    })
    closing.push(() => archive.close())
    const { log } = await archive.status(ADMINISTRATOR)
    if (log.alarm !== '' && !isOff()) throw new Error(`the log raised an alarm: ${log.alarm}`)
    const control = openControl(':memory:', { configuredDevices: [] })
    closing.push(() => control.close())
    const common = { archive, aeTitle: 'CLEARKEEP', host: '127.0.0.1', port: 0 }
    const dicom = await openDicomListener({
      ...common,
      devices: control.devices,
      commitments: control.commitments,
      unknownCallers: 'accept',
      graceMs: 50,
      log: QUIET,
      now: () => new Date(),
    })
    closing.push(() => dicom.close())
    const web = await openWeb({
      ...common,
      control,
      open: true,
      dicomPort: dicom.port,
      appFolder: '/nowhere',
      version: 'crash',
    })
    closing.push(() => web.close())

    const choose = () => chosen(random, run)
    const took = (instance: Synthetic, ok: boolean) => {
      if (ok) promised.instances.set(instance.ds, instance)
      else if (!isOff()) promised.refused += 1
    }
    await Promise.all([
      ...[1, 2].map((sender) => byCStore(dicom.port, `MODALITY${sender}`, choose, took, isOff)),
      ...[1, 2].map(() => byStow(`${web.url}/dicom-web`, choose, took, isOff)),
      byActs(run, promised, isOff, async (marker, when) => {
        await archive.record(
          device('CT1'),
          { type: 'aud.110112', action: 'E', outcome: 0, study: choose().study, detail: { marker } },
          when,
        )
      }),
      bySealing(archive, random, promised, isOff),
      faults(files, random, isOff),
    ]).catch((thrown: unknown) => {
      // The others must not go on with what is closed below.
      failed = !isOff()
      throw thrown
    })
  } catch (thrown) {
    if (failed || !isOff()) throw thrown
  } finally {
    // What the index shows was durable before it was shown.
    for (const { n, leaf } of await db.read.selectFrom('events').select(['n', 'leaf']).execute())
      if (!promised.leaves.has(n)) promised.leaves.set(n, leaf)
    for (const close of closing.reverse()) await Promise.resolve(close()).catch(() => {})
  }
}

/** The log hands each checkpoint it signs to the file layer before anybody else: here all of them are caught. */
function watchingCheckpoints(files: Files, promised: Promised): Files {
  return {
    ...files,
    create: async (path) => {
      const file = await files.create(path)
      if (!path.endsWith('/log-checkpoint.new')) return file
      return {
        ...file,
        append: (parts) => {
          promised.checkpoints.add(Buffer.concat(parts).toString('utf8'))
          return file.append(parts)
        },
      }
    },
  }
}

// --- load --------------------------------------------------------------------------------

const made = new Map<string, Synthetic>()

/** Few UIDs and two contents of each, so that the same comes again and conflicts arise; one in five is spooled. */
function chosen(random: Random, run: number): Synthetic {
  const seed = (run % 7) * 1000 + below(random, 40)
  const rows = below(random, 5) === 0 ? 200 : below(random, 6) === 0 ? 20 : 16
  const key = `${seed} ${rows}`
  let instance = made.get(key)
  if (instance === undefined) {
    instance = syntheticInstance({
      seed,
      study: seed % 5,
      series: seed % 3,
      rows,
      columns: rows,
      patientId: `SYN-${seed % 5}`,
    })
    made.set(key, instance)
    if (made.size > 500) made.clear()
  }
  return instance
}

type Took = (instance: Synthetic, ok: boolean) => void

async function byCStore(port: number, callingAet: string, choose: () => Synthetic, took: Took, isOff: () => boolean) {
  const syntax = { sopClass: CT_IMAGE_STORAGE, transferSyntax: EXPLICIT_LITTLE_ENDIAN }
  const association = await openAssociation({
    host: '127.0.0.1',
    port,
    calledAet: 'CLEARKEEP',
    callingAet,
    contexts: [{ abstractSyntax: syntax.sopClass, transferSyntaxes: [syntax.transferSyntax] }],
  })
  while (!isOff()) {
    const instance = choose()
    const dataSet = pieces(instance.bytes.subarray(instance.dataSetStart), 20_000)
    const answer = await association.store(dataSet, { ...syntax, sopInstance: instance.instance })
    took(instance, answer.is === 'success' || answer.is === 'warning')
  }
  association.abort()
}

async function byStow(dicomweb: string, choose: () => Synthetic, took: Took, isOff: () => boolean) {
  while (!isOff()) {
    const instance = choose()
    const { status } = await stow(dicomweb, instance.bytes)
    took(instance, status === 200 || status === 202)
  }
}

async function byActs(
  run: number,
  promised: Promised,
  isOff: () => boolean,
  act: (marker: string, when: 'now' | 'soon') => Promise<void>,
) {
  for (let at = 0; !isOff(); at += 1) {
    const marker = `act ${run} ${at}`
    try {
      await act(`${marker} soon`, 'soon')
      await act(marker, 'now')
      promised.acts.add(marker)
    } catch {
      if (!isOff()) promised.refused += 1
      // Refusals may come at once: let the others have their turn.
      await new Promise(setImmediate)
    }
  }
}

/** Moves what there is into the vault, now and then; what cannot be sealed stays where it is. */
async function bySealing(archive: Archive, random: Random, promised: Promised, isOff: () => boolean) {
  while (!isOff()) {
    await new Promise((resolve) => setTimeout(resolve, below(random, 60)))
    try {
      for await (const { outcome } of archive.seal(ADMINISTRATOR, 'all')) {
        if (isOff()) return
        if (outcome === 'sealed') promised.sealed += 1
      }
    } catch (thrown) {
      if (!isOff() && !(thrown instanceof ArchiveError) && !isFault(thrown)) throw thrown
    }
  }
}

/** What `faults` and the power failure make of a call. */
const isFault = (thrown: unknown): boolean =>
  thrown instanceof PowerLoss || ['EIO', 'ENOSPC'].includes(String((thrown as NodeJS.ErrnoException).code))

/** Syncs that fail and a disk that is full for a while. */
async function faults(files: LossyFiles, random: Random, isOff: () => boolean) {
  while (!isOff()) {
    await new Promise((resolve) => setTimeout(resolve, 5 + below(random, 60)))
    const kind = below(random, 8)
    if (kind === 0) files.failNextSync()
    if (kind === 1) {
      files.limitSpace(below(random, 60_000))
      await new Promise((resolve) => setTimeout(resolve, 10 + below(random, 30)))
      files.limitSpace(undefined)
    }
  }
}

// --- what a power failure leaves of SQLite -------------------------------------------------

const WAL_HEADER = 32
const FRAME_HEADER = 24
/** Offset of nBackfill in the shared memory file: behind two copies of the 48-byte header (SQLite, walformat.html). */
const BACKFILL_AT = 96

/** Copies a database that nobody writes now; of the log, what a checkpoint has not synced may be lost. */
async function imageOf(from: string, to: string, random: Random, whole: boolean): Promise<void> {
  await mkdir(to, { recursive: true })
  const path = (name: string) => join(from, `index.db${name}`)
  await copyFile(path(''), join(to, 'index.db'))
  const size = await stat(path('-wal')).then(
    (found) => found.size,
    () => 0,
  )
  if (size <= WAL_HEADER) return
  const log = join(to, 'index.db-wal')
  await copyFile(path('-wal'), log)
  if (whole) return
  const head = await readFile(log)
  const page = head.readUInt32BE(8)
  const memory = await readFile(path('-shm')).catch(() => Buffer.alloc(0))
  const synced = memory.length > BACKFILL_AT + 4 ? memory.readUInt32LE(BACKFILL_AT) : 0
  const least = synced === 0 ? 0 : WAL_HEADER + synced * (FRAME_HEADER + page)
  const kept = least + below(random, Math.max(1, size - least + 1))
  await truncate(log, kept)
  if (random() < 0.5 && kept < size) {
    // What was not synced may as well be there and be nonsense.
    const file = await open(log, 'a')
    await file.write(randomBytes(random, below(random, Math.min(8192, size - kept))))
    await file.close()
  }
}

// --- what must be true -------------------------------------------------------------------------

async function opened(files: Files, data: string, index: string, decoder: FrameDecoder) {
  const db = await openSqlite(join(index, 'index.db'))
  const inbox = await openInbox({ files, folder: join(data, 'inbox'), node: '', archiveId: 'crash' })
  const copies = await copiesOf(files, data)
  return { db, inbox, copies, vault: vaultOf(copies), decoder, log: QUIET }
}

/** Recovers the index, and makes another from nothing: both must hold all that was promised, and be equal. */
async function check(
  data: string,
  index: string,
  fresh: string,
  decoder: FrameDecoder,
  promised: Promised,
): Promise<void> {
  const parts = await opened(diskFiles(), data, index, decoder)
  let recovered: string[]
  try {
    await recover(parts)
    if (parts.inbox.damage.length > 0) throw new Error(`damage: ${JSON.stringify(parts.inbox.damage)}`)
    await checkLeaves(parts.db, promised)
    await checkInstances(parts, promised)
    recovered = await linesOf(parts.db)
  } finally {
    await parts.inbox.close()
    await parts.db.close()
  }

  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true })
  const anew = await opened(diskFiles(), data, fresh, decoder)
  try {
    await rebuild(anew)
    const rebuilt = await linesOf(anew.db)
    const at = recovered.findIndex((line, position) => line !== rebuilt[position])
    if (at >= 0 || rebuilt.length !== recovered.length)
      throw new Error(`a rebuilt index differs from the recovered one: ${recovered[at]} / ${rebuilt[at]}`)
  } finally {
    await anew.inbox.close()
    await anew.db.close()
  }
}

async function linesOf(db: Parameters<typeof dump>[0]): Promise<string[]> {
  const lines: string[] = []
  for await (const line of dump(db)) lines.push(line)
  return lines
}

/** Gapless, in order, and every leaf there that was seen before. */
async function checkLeaves(db: Parameters<typeof dump>[0], promised: Promised): Promise<void> {
  const rows = await db.read.selectFrom('events').select(['n', 'leaf', 'body', 'ts']).orderBy('n').execute()
  const markers = new Set<unknown>()
  let last = ''
  rows.forEach((row, at) => {
    if (row.n !== at) throw new Error(`leaf ${at} is missing: ${row.n} stands there`)
    if (row.ts < last) throw new Error(`leaf ${at} goes back in time`)
    last = row.ts
    markers.add((JSON.parse(row.body) as { marker?: unknown }).marker)
  })
  checkCheckpoints(rows, promised)
  for (const [n, leaf] of promised.leaves)
    if (rows[n]?.leaf !== leaf) throw new Error(`leaf ${n} was ${leaf} and is ${rows[n]?.leaf}`)
  for (const marker of promised.acts) if (!markers.has(marker)) throw new Error(`no leaf of ${marker}`)
}

/** After any crash the log extends every checkpoint ever signed (product section 5, invariant 3). */
function checkCheckpoints(rows: readonly { readonly leaf: string }[], promised: Promised): void {
  const roots = new Map<number, string>()
  for (const text of promised.checkpoints) {
    const { size, root } = parseCheckpoint(text)
    roots.set(size, toHex(root))
  }
  const tree = growingTree()
  for (const { leaf } of rows) {
    tree.append(leafHash(Buffer.from(leaf)))
    const signed = roots.get(tree.size)
    if (signed !== undefined && signed !== toHex(tree.root())) throw new Error(`the log forked at ${tree.size} leaves`)
    roots.delete(tree.size)
  }
  for (const size of roots.keys())
    throw new Error(`a checkpoint of ${size} leaves was signed; there are ${rows.length}`)
}

/** Every acknowledged content is in the index, and its bytes hash to what was acknowledged. */
async function checkInstances(parts: Awaited<ReturnType<typeof opened>>, promised: Promised): Promise<void> {
  const { db } = parts
  const locate = openLocate(parts)
  const rows = await db.read.selectFrom('instances').selectAll().execute()
  const byDs = new Map(rows.map((row) => [row.ds, row]))
  for (const [ds, { instance }] of promised.instances) {
    const row = byDs.get(ds)
    if (row === undefined) throw new Error(`acknowledged instance ${instance} is not in the index`)
    const { original } = await locate({ id: row.id })
    const bytes = await gather(original.read({ start: row.ds_start, end: row.length }))
    if (sha256(bytes) !== ds) throw new Error(`acknowledged instance ${instance} does not reproduce`)
  }
}

/** At the end of a history the archive is opened once more, and everything is found and fetched through its face. */
async function look(data: string, index: string, decoder: FrameDecoder, promised: Promised): Promise<void> {
  const parts = await opened(diskFiles(), data, index, decoder)
  const archive = await openArchive({
    ...parts,
    sealer: await sealerIn(diskFiles(), data),
    files: diskFiles(),
    dataFolder: data,
    decoder,
    now: () => new Date(),
    random: (bytes) => randomBytes(seeded(1), bytes),
    version: 'crash',
  })
  try {
    const { log } = await archive.status(ADMINISTRATOR)
    if (log.alarm !== '') throw new Error(`the log raised an alarm: ${log.alarm}`)
    for (const { instance, study, ds } of promised.instances.values()) {
      const { results } = await archive.find(ADMINISTRATOR, {
        level: 'instance',
        matches: [{ path: [T.SOPInstanceUID], value: instance }],
        include: 'default',
        fuzzy: false,
        raw: `SOPInstanceUID=${instance}`,
      })
      if (results.length !== 1) throw new Error(`${results.length} instances found as ${instance}`)
      const series = String(value(results[0] as never, '0020000E'))
      const versions = await archive.versions(ADMINISTRATOR, { study, series, instance } as never)
      const version = versions.find((one) => one.ds === ds)
      if (version === undefined) throw new Error(`no version of ${instance} has the acknowledged content`)
      const original = await gather(archive.original(ADMINISTRATOR, version))
      if (sha256(original.subarray(version.dsStart)) !== ds) throw new Error(`${instance} comes back otherwise`)
    }
    for await (const { outcome } of archive.seal(ADMINISTRATOR, 'all')) {
      if (outcome !== 'sealed') throw new Error(`a study is ${outcome} and not sealed`)
      promised.sealed += 1
    }
  } finally {
    await archive.close()
    await parts.inbox.close()
    await parts.db.close()
  }
}

/** `clearkeep verify` finds what is left intact, every checkpoint that was ever signed in its hand. */
async function verified(data: string, promised: Promised): Promise<void> {
  const checkpoint: string[] = []
  for (const text of promised.checkpoints) {
    const path = join(data, `signed-${checkpoint.length}`)
    await writeFile(path, text)
    checkpoint.push(path)
  }
  const { exit, failed } = await verify(data, { checkpoint })
  if (exit !== 0) throw new Error(`verify finds it not intact: ${JSON.stringify(failed)}`)
}
