/**
 * The vault against itself: every object's inventory and sidecar, every content file's digest, every entry of a pack, and
 * every received file made again by its recipe. Needs no index and no journal; what it gives can be held against them.
 */
import { createHash } from 'node:crypto'
import { gather } from '../base/bytes.ts'
import { asArchiveError } from '../base/errors.ts'
import type { OpenStep } from '../base/findings.ts'
import type { ObjectStore } from '../storage/objects/object-store.ts'
import {
  contentPath,
  type Inventory,
  OCFL_OBJECT,
  OCFL_ROOT,
  parseInventory,
  stateOf,
  versionNumber,
} from './ocfl/inventory.ts'
import { objectPath } from './ocfl/paths.ts'
import type { DecodeFrame } from './recipe/undo.ts'
import type { SealedInstance, SealedStudy } from './seal/order.ts'
import { originalOf, packed } from './seal/seal-study.ts'

export interface VaultCheckParts {
  readonly vault: ObjectStore
  readonly decode: DecodeFrame
  readonly step: OpenStep
  /** Told of bytes as they are read. */
  readonly progress?: (bytes: number) => void
}

/** What the journal can be held against. */
export interface CheckedStudy {
  readonly study: string
  /** SHA-512 of the inventory of each version, by number. */
  readonly inventories: ReadonlyMap<number, string>
  readonly instances: readonly SealedInstance[]
}

const OBJECT_MARK = `/0=${OCFL_OBJECT}`

export async function* checkVault(parts: VaultCheckParts): AsyncGenerator<CheckedStudy> {
  const { vault, step } = parts
  if ((await vault.head(`0=${OCFL_ROOT}`)) === undefined) {
    step.leave('the vault: there is none here')
    return
  }
  for await (const { name } of vault.list('')) {
    if (!name.endsWith(OBJECT_MARK)) continue
    const checked = await checkObject(parts, name.slice(0, -OBJECT_MARK.length))
    if (checked !== undefined) yield checked
  }
}

async function checkObject(parts: VaultCheckParts, path: string): Promise<CheckedStudy | undefined> {
  const { step } = parts
  const root = await inventoryAt(parts, path)
  if (root === undefined) return undefined
  const { inventory } = root
  step.count('studies')
  if (objectPath(inventory.id) !== path)
    step.find(`${path}: it is the object of ${inventory.id}, which belongs elsewhere`)

  const inventories = new Map<number, string>()
  for (let number = 1; number <= versionNumber(inventory); number += 1) {
    const own = await inventoryAt(parts, `${path}/v${number}`)
    if (own === undefined) continue
    inventories.set(number, own.digest)
    if (number === versionNumber(inventory) && own.digest !== root.digest)
      step.find(`${path}/inventory.json is another than that of its newest version, v${number}`)
    for (const [digest, names] of Object.entries(own.inventory.manifest))
      if (inventory.manifest[digest]?.join() !== names.join())
        step.find(`${path}/inventory.json forgets ${names.join(', ')}, which version v${number} has`)
  }
  const sound = await checkContent(parts, path, inventory)
  return checkStudy(parts, path, inventory, sound, inventories)
}

async function inventoryAt(
  { vault, step }: VaultCheckParts,
  path: string,
): Promise<{ readonly inventory: Inventory; readonly digest: string } | undefined> {
  const name = `${path}/inventory.json`
  const text = await textAt(vault, name)
  const sidecar = (await textAt(vault, `${name}.sha512`))?.split(/\s/)[0]
  if (text === undefined || sidecar === undefined) {
    step.find(`${name}${text === undefined ? '' : '.sha512'} is missing`)
    return undefined
  }
  const digest = createHash('sha512').update(text).digest('hex')
  if (digest !== sidecar) step.find(`${name} has another digest than its sidecar says: one of them was altered`)
  const inventory = parseInventory(text)
  if (inventory === undefined) step.find(`${name} is no inventory`)
  return inventory && { inventory, digest }
}

/** Logical names whose bytes have their digest. Names that no inventory knows are told. */
async function checkContent(parts: VaultCheckParts, path: string, inventory: Inventory): Promise<ReadonlySet<string>> {
  const { vault, step, progress } = parts
  const whole = new Set<string>()
  const due = new Map<string, string>()
  for (const [digest, names] of Object.entries(inventory.manifest)) for (const name of names) due.set(name, digest)
  for await (const { name, size } of vault.list(`${path}/`)) {
    const inner = name.slice(path.length + 1)
    if (!/^v\d+\/content\//.test(inner)) continue
    const digest = due.get(inner)
    due.delete(inner)
    if (digest === undefined) {
      step.find(`${name} is named by no inventory: it was put in, or its version was never finished`)
      continue
    }
    const hash = createHash('sha512')
    for await (const piece of vault.read(name)) hash.update(piece)
    progress?.(size)
    step.count('files')
    if (hash.digest('hex') === digest) whole.add(digest)
    else step.find(`${name} was altered: its SHA-512 is not the one in the inventory`)
  }
  for (const name of due.keys()) step.find(`${path}/${name} is missing`)
  return new Set([...stateOf(inventory)].flatMap(([name, digest]) => (whole.has(digest) ? [name] : [])))
}

async function checkStudy(
  parts: VaultCheckParts,
  path: string,
  inventory: Inventory,
  sound: ReadonlySet<string>,
  inventories: ReadonlyMap<number, string>,
): Promise<CheckedStudy> {
  const { vault, step } = parts
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
    step.find(`${path}: there is no study.json of study ${uid}`)
    return { study: uid, inventories, instances: [] }
  }
  for (const sealed of study.instances) {
    const pack = nameOf(sealed.pack)
    if (pack === undefined)
      step.find(`instance ${sealed.instance} of study ${uid}: its pack ${sealed.pack} is not there`)
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
  const { vault, step, decode } = parts
  const what = `instance ${sealed.instance} of study ${study} (leaf ${sealed.n}, ${sealed.pack} ${sealed.entry})`
  step.count('instances')
  try {
    const stored = packed(vault, pack, sealed)
    const entry = createHash('sha256')
    if (!soundPack) for await (const piece of stored.read({ start: 0, end: stored.length })) entry.update(piece)
    // A pack that has its digest has those of its entries.
    if (!soundPack && entry.digest('hex') !== sealed.sha256) step.find(`${what}: its stored file was altered`)
    const [whole, dataSet] = [createHash('sha256'), createHash('sha256')]
    let at = 0
    for await (const piece of originalOf(vault, pack, sealed, decode)) {
      whole.update(piece)
      if (at + piece.length > sealed.dsStart) dataSet.update(piece.subarray(Math.max(0, sealed.dsStart - at)))
      at += piece.length
    }
    if (whole.digest('hex') !== sealed.original.sha256 || at !== sealed.original.length)
      step.find(`${what}: what was received does not come back from it`)
    else if (dataSet.digest('hex') !== sealed.ds) step.find(`${what}: its data set has another digest than on arrival`)
    else step.count(sealed.recipe === undefined ? 'kept as received' : 'made again by their recipes')
  } catch (thrown) {
    step.find(`${what}: ${asArchiveError(thrown).fact}`)
  }
}

async function textAt(vault: ObjectStore, name: string): Promise<string | undefined> {
  if ((await vault.head(name)) === undefined) return undefined
  return new TextDecoder().decode(await gather(vault.read(name)))
}
