/**
 * The vault against itself: every object by the OCFL validator, each content file's digest among it, every entry of a pack,
 * and every received file made again by its recipe. Needs no index and no journal; what it gives can be held against them.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { gather } from '../base/bytes.ts'
import { asArchiveError } from '../base/errors.ts'
import { openFrameDecoder } from '../codecs/open.ts'
import type { OpenStep, Report } from '../ledger/verify/report.ts'
import type { Files } from '../storage/files/files.ts'
import { diskReading } from '../storage/objects/disk.ts'
import type { ObjectStore } from '../storage/objects/object-store.ts'
import { studiesIn } from './backup/studies.ts'
import type { InstanceHeader } from './inbox/records.ts'
import { contentPath, type Inventory, OCFL_ROOT, parseInventory, stateOf, versionNumber } from './ocfl/inventory.ts'
import { objectId, objectPath } from './ocfl/paths.ts'
import { CODES } from './ocfl/validate/codes.ts'
import { objectFilesOf } from './ocfl/validate/files.ts'
import type { Judged } from './ocfl/validate/object.ts'
import { judgeRoot } from './ocfl/validate/root.ts'
import type { DecodeFrame } from './recipe/undo.ts'
import type { SealedInstance, SealedStudy, SealFact } from './seal/order.ts'
import { originalOf, packed } from './seal/seal-study.ts'
import { unfinished } from './seal/unfinished.ts'

/** A study the vault has: what the journal can be held against. */
interface CheckedStudy {
  readonly study: string
  /** SHA-512 of the inventory of each version, by number. */
  readonly inventories: ReadonlyMap<number, string>
  readonly instances: readonly SealedInstance[]
}

type Vault = Pick<ObjectStore, 'read' | 'head' | 'list'>

interface VaultCheckParts {
  readonly vault: Vault
  readonly decode: DecodeFrame
  /** What is wrong with the objects, and with what was received. */
  readonly objects: Pick<OpenStep, 'finding'>
  readonly received: Pick<OpenStep, 'finding'>
  readonly seen: { studies: number; files: number; instances: number; remade: number }
  /** The object and version that is being written, or was when a crash came. */
  readonly begun: { readonly path: string; readonly version: number } | undefined
}

/** The journal's view of the vault, as it is walked. */
export interface VaultSight {
  /** Has the vault what the journal says came under this number? */
  has(header: InstanceHeader): boolean
  see(header: InstanceHeader): void
  /** @param text  of a fact of type `seal` */
  fact(text: string): void
  /** @param text  of a fact of type `tier` */
  moved(text: string): void
  /** A study was destroyed: what was sealed before leaf n is not there. */
  tombstone(study: string, n: number): void
  end(): void
}

const WORKERS = 2
const FRAME_MS = 60_000

/**
 * Looks through the vault, and is then asked about what the journal says.
 *
 * @param cold  the folder with the inventories of what is in the cold store
 */
export async function verifyVault(
  files: Pick<Files, 'list' | 'open' | 'size'>,
  folder: string,
  running: boolean,
  report: Report,
  cold: string,
): Promise<VaultSight> {
  const studies = new Map<string, CheckedStudy['inventories']>()
  const instances = new Map<number, { readonly ds: string; readonly instance: string; readonly study: string }>()
  const vault = diskReading(files, folder)
  const there = (await vault.head(`0=${OCFL_ROOT}`)) !== undefined
  const objects = report.open('vault', 'objects')
  const received = report.open('vault', 'received files')
  const seen = { studies: 0, files: 0, instances: 0, remade: 0 }
  if (there) {
    const decoder = openFrameDecoder({ workers: WORKERS, timeoutMs: FRAME_MS })
    try {
      const sealing = await unfinished(files, join(folder, '..', 'inbox'))
      const begun = sealing && { path: objectPath(objectId(sealing.study)), version: sealing.version }
      const parts = { vault, decode: decoder.decode, objects, received, seen, begun }
      const wrong = await judgeRoot(objectFilesOf(files), folder, objectPath, async (path, judged) => {
        const checked = await checkObject(parts, path, judged)
        if (checked === undefined) return
        studies.set(checked.study, checked.inventories)
        for (const { n, ds, instance } of checked.instances) instances.set(n, { ds, instance, study: checked.study })
      })
      for (const { code, where } of wrong) objects.finding(`${where}: ${CODES[code]} (OCFL ${code})`)
    } finally {
      await decoder.close()
    }
    objects.end(`${seen.studies} studies, ${seen.files} files: valid OCFL 1.1, and every file has its digest`)
    received.end(
      `${seen.instances} received files, ${seen.remade} of them made again by their recipes: each has its digest`,
    )
  } else {
    objects.leave('there is no vault here')
    received.leave('there is no vault here')
  }

  const elsewhere = await coldStudies(files, cold)
  for (const { study, instances: sealed } of elsewhere.values())
    for (const { n, ds, instance } of sealed) if (!instances.has(n)) instances.set(n, { ds, instance, study })
  const tiers = new Map<string, string>()

  const tiered = report.open('journal and vault', 'cold store')
  const same = report.open('journal and vault', 'instances')
  const versions = report.open('journal and vault', 'sealed versions')
  const gone = report.open('journal and vault', 'destroyed studies')
  const unseen = new Set(instances.keys())
  /** Sealed versions that are not there as they were sealed: findings, unless a tombstone came. */
  const lost: { readonly study: string; readonly what: string }[] = []
  const tombstones = new Map<string, number>()
  let sealed = 0
  return {
    has: ({ n, ds }) => instances.get(n)?.ds === ds,
    see: ({ n, ds, study, instance }) => {
      const one = instances.get(n)
      if (one === undefined) return
      unseen.delete(n)
      if (one.ds !== ds || one.study !== study || one.instance !== instance)
        same.finding(`instance ${instance} (leaf ${n}, study ${study}): the vault has another content under its number`)
    },
    fact: (text) => {
      const { study, version, inventory } = JSON.parse(text) as SealFact
      sealed += 1
      const has = (studies.get(study) ?? elsewhere.get(study)?.inventories)?.get(version)
      // Of an archive that runs, what was sealed since the vault was looked at is not known here.
      if (has === undefined && running) return
      if (has === undefined) lost.push({ study, what: `version v${version} was sealed and is not in the vault` })
      else if (has !== inventory)
        lost.push({ study, what: `the inventory of v${version} is another than the one that was sealed` })
    },
    moved: (text) => {
      const { study, op } = JSON.parse(text) as { readonly study: string; readonly op: string }
      tiers.set(study, op)
    },
    tombstone: (study, n) => {
      tombstones.set(study, n)
      tiers.delete(study)
      // What was sealed before it may be another object than one that came again.
      for (let at = lost.length - 1; at >= 0; at -= 1) if (lost[at]?.study === study) lost.splice(at, 1)
    },
    end: () => {
      let inCold = 0
      for (const study of elsewhere.keys()) {
        if (studies.has(study)) continue
        if (tiers.get(study) === 'cold') inCold += 1
        // Of an archive that runs, what moved since the journal was read is not known here.
        else if (!running)
          tiered.finding(
            `study ${study} is not in the vault, and the journal does not say that it went to the cold store`,
          )
      }
      tiered.end(
        `${inCold} studies in the cold store: their inventories are the ones that were sealed; clearkeep fixity reads their images there`,
      )
      for (const { study, what } of lost) versions.finding(`study ${study}: ${what}`)
      for (const [n, { study, instance }] of instances)
        if ((tombstones.get(study) ?? -1) > n)
          gone.finding(
            `study ${study} was destroyed (leaf ${tombstones.get(study)}), and instance ${instance} is in the vault`,
          )
      gone.end(`${tombstones.size} destroyed studies, nothing of them in the vault`)
      for (const n of unseen) {
        const { instance, study } = instances.get(n) ?? { instance: '', study: '' }
        same.finding(
          `instance ${instance} (leaf ${n}, study ${study}) is in the vault, and the journal never received it`,
        )
      }
      same.end(`${instances.size} instances of the vault, each the one that the journal received`)
      versions.end(`${sealed} sealed versions, each in the vault as it was sealed`)
    },
  }
}

async function checkObject(parts: VaultCheckParts, path: string, judged: Judged): Promise<CheckedStudy | undefined> {
  const { objects, seen, begun } = parts
  // Its first version is being written, or was when a crash came.
  if (begun?.path === path && begun.version === 1 && judged.inventory === undefined) return undefined
  const root = await inventoryAt(parts, path)
  if (root === undefined) return undefined
  const { inventory } = root
  seen.studies += 1

  const inventories = new Map<number, string>()
  for (let number = 1; number <= versionNumber(inventory); number += 1) {
    const own = await inventoryAt(parts, `${path}/v${number}`)
    if (own === undefined) continue
    inventories.set(number, own.digest)
    if (number === versionNumber(inventory) && own.digest !== root.digest)
      objects.finding(`${path}/inventory.json is another than that of its newest version, v${number}`)
    for (const [digest, names] of Object.entries(own.inventory.manifest))
      if (inventory.manifest[digest]?.join() !== names.join())
        objects.finding(`${path}/inventory.json forgets ${names.join(', ')}, which version v${number} has`)
  }
  const sound = await tellContent(parts, path, judged, inventory)
  return checkStudy(parts, path, inventory, sound, inventories)
}

async function inventoryAt(
  { vault, objects }: VaultCheckParts,
  path: string,
): Promise<{ readonly inventory: Inventory; readonly digest: string } | undefined> {
  const name = `${path}/inventory.json`
  const text = await textAt(vault, name)
  const sidecar = (await textAt(vault, `${name}.sha512`))?.split(/\s/)[0]
  if (text === undefined || sidecar === undefined) {
    objects.finding(`${name}${text === undefined ? '' : '.sha512'} is missing`)
    return undefined
  }
  const digest = createHash('sha512').update(text).digest('hex')
  if (digest !== sidecar) objects.finding(`${name} has another digest than its sidecar says: one of them was altered`)
  const inventory = parseInventory(text)
  if (inventory === undefined) objects.finding(`${name} is no inventory`)
  return inventory && { inventory, digest }
}

/** What the validator found, in words. @returns logical names whose bytes have their digest */
async function tellContent(
  { vault, objects, seen, begun }: VaultCheckParts,
  path: string,
  { findings, inventory: read }: Judged,
  inventory: Inventory,
): Promise<ReadonlySet<string>> {
  const harmed = new Set<string>()
  // Nothing relies on a version before it is committed, and the next start throws away what a crash left of it.
  const uncommitted =
    begun?.path === path && begun.version > versionNumber(inventory) ? new RegExp(`^v${begun.version}\\b`) : undefined
  for (const { code, where } of findings) {
    if (uncommitted?.test(where)) continue
    if (code === 'E092') harmed.add(where)
    const name = `${path}/${where}`
    if (code.startsWith('W')) continue
    if (code === 'E023')
      objects.finding(`${name} is named by no inventory: it was put in, or its version was never finished`)
    else if (code !== 'E092') objects.finding(`${name}: ${CODES[code]} (OCFL ${code})`)
    else if ((await vault.head(name)) === undefined) objects.finding(`${name} is missing`)
    else objects.finding(`${name} was altered: its SHA-512 is not the one in the inventory`)
  }
  seen.files += read?.manifest.size ?? 0
  return new Set(
    [...stateOf(inventory)].flatMap(([name, digest]) => {
      const inner = contentPath(inventory, digest)
      return inner === undefined || harmed.has(inner) ? [] : [name]
    }),
  )
}

async function checkStudy(
  parts: VaultCheckParts,
  path: string,
  inventory: Inventory,
  sound: ReadonlySet<string>,
  inventories: ReadonlyMap<number, string>,
): Promise<CheckedStudy> {
  const { vault, objects } = parts
  const uid = inventory.id.replace('urn:oid:', '')
  const nameOf = (logical: string): string | undefined => {
    const digest = stateOf(inventory).get(logical)
    const inner = digest === undefined ? undefined : contentPath(inventory, digest)
    return inner === undefined ? undefined : `${path}/${inner}`
  }
  const name = nameOf('study.json')
  const text = name === undefined ? undefined : await textAt(vault, name)
  let study: SealedStudy | undefined
  try {
    study = text === undefined ? undefined : (JSON.parse(text) as SealedStudy)
  } catch {
    study = undefined
  }
  if (study === undefined || study.study !== uid) {
    objects.finding(`${path}: there is no study.json of study ${uid}`)
    return { study: uid, inventories, instances: [] }
  }
  for (const sealed of study.instances) {
    const pack = nameOf(sealed.pack)
    if (pack === undefined)
      objects.finding(`instance ${sealed.instance} of study ${uid}: its pack ${sealed.pack} is not there`)
    else await checkInstance(parts, uid, pack, sealed, sound.has(sealed.pack))
  }
  return { study: uid, inventories, instances: study.instances }
}

async function checkInstance(
  parts: VaultCheckParts,
  study: string,
  pack: string,
  sealed: SealedInstance,
  soundPack: boolean,
): Promise<void> {
  const { vault, received, seen, decode } = parts
  const what = `instance ${sealed.instance} of study ${study} (leaf ${sealed.n}, ${sealed.pack} ${sealed.entry})`
  seen.instances += 1
  try {
    const stored = packed(vault, pack, sealed)
    const entry = createHash('sha256')
    if (!soundPack) for await (const piece of stored.read({ start: 0, end: stored.length })) entry.update(piece)
    // A pack that has its digest has those of its entries.
    if (!soundPack && entry.digest('hex') !== sealed.sha256) received.finding(`${what}: its stored file was altered`)
    const [whole, dataSet] = [createHash('sha256'), createHash('sha256')]
    let at = 0
    for await (const piece of originalOf(vault, pack, sealed, decode)) {
      whole.update(piece)
      if (at + piece.length > sealed.dsStart) dataSet.update(piece.subarray(Math.max(0, sealed.dsStart - at)))
      at += piece.length
    }
    if (whole.digest('hex') !== sealed.original.sha256 || at !== sealed.original.length)
      received.finding(`${what}: what was received does not come back from it`)
    else if (dataSet.digest('hex') !== sealed.ds)
      received.finding(`${what}: its data set has another digest than on arrival`)
    else if (sealed.recipe !== undefined) seen.remade += 1
  } catch (thrown) {
    received.finding(`${what}: ${asArchiveError(thrown).fact}`)
  }
}

async function textAt(vault: Vault, name: string): Promise<string | undefined> {
  if ((await vault.head(name)) === undefined) return undefined
  return new TextDecoder().decode(await gather(vault.read(name)))
}

/** What is known here of studies that are in the cold store, by study. */
async function coldStudies(
  files: Pick<Files, 'list' | 'open' | 'size'>,
  folder: string,
): Promise<ReadonlyMap<string, CheckedStudy>> {
  const found = new Map<string, CheckedStudy>()
  const stubs = diskReading(files, folder)
  for await (const study of studiesIn(stubs)) {
    const path = objectPath(objectId(study))
    const inventories = new Map<number, string>()
    let newest: Inventory | undefined
    for await (const { name } of stubs.list(`${path}/v`)) {
      const text = name.endsWith('/inventory.json') ? await textAt(stubs, name) : undefined
      const inventory = text === undefined ? undefined : parseInventory(text)
      if (text === undefined || inventory === undefined) continue
      inventories.set(versionNumber(inventory), createHash('sha512').update(text).digest('hex'))
      if (newest === undefined || versionNumber(inventory) > versionNumber(newest)) newest = inventory
    }
    const digest = newest && stateOf(newest).get('study.json')
    const inner = newest && digest && contentPath(newest, digest)
    const json = inner && (await textAt(stubs, `${path}/${inner}`))
    // One that was altered says nothing: what it should have said is missed where the journal is held against it.
    if (json && createHash('sha512').update(json).digest('hex') === digest)
      found.set(study, { study, inventories, instances: (JSON.parse(json) as SealedStudy).instances })
  }
  return found
}
