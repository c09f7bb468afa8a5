/**
 * One study's OCFL object: its versions, and adding one. The order of writing is the protocol: a version's content, then
 * its own inventory, then the object's; nothing is believed that the object's inventory does not name, so what a crash
 * leaves half written is thrown away by whoever writes that version next.
 */
import { createHash } from 'node:crypto'
import { type ByteStream, type Bytes, gather } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import {
  contentPath,
  type Inventory,
  inventoryText,
  nextInventory,
  OCFL_OBJECT,
  parseInventory,
  type State,
  sidecarText,
  stateOf,
  type VersionFacts,
  versionNumber,
} from './inventory.ts'
import { objectPath } from './paths.ts'

const sha512 = (text: string): string => createHash('sha512').update(text).digest('hex')
const bytesOf = (text: string): Bytes => new TextEncoder().encode(text)

async function* once(bytes: Bytes): ByteStream {
  yield bytes
}

export interface ObjectVersion {
  readonly inventory: Inventory
  readonly state: State
  /** SHA-512 of the inventory. */
  readonly digest: string
}

/**
 * The object's present version; undefined when there is none.
 *
 * @param finish  write the object's sidecar when a power failure came before it; whoever only reads changes nothing
 * @throws {ArchiveError} `VAULT_DAMAGED`
 */
export async function presentVersion(
  store: ObjectStore,
  id: string,
  finish = false,
): Promise<ObjectVersion | undefined> {
  const path = objectPath(id)
  if ((await store.head(`${path}/inventory.json`)) === undefined) return undefined
  const text = new TextDecoder().decode(await gather(store.read(`${path}/inventory.json`)))
  const inventory = parseInventory(text)
  const digest = sha512(text)
  if (inventory === undefined || inventory.id !== id)
    throw new ArchiveError('VAULT_DAMAGED', {
      name: `${path}/inventory.json`,
      why: 'it is no inventory of this object',
    })
  const sidecar = await sidecarOf(store, path)
  if (sidecar !== digest) {
    // A power failure between the two: the version's own pair was written before and says which is right.
    const own = await sidecarOf(store, `${path}/${inventory.head}`)
    if (own !== digest)
      throw new ArchiveError('VAULT_DAMAGED', { name: `${path}/inventory.json`, why: 'its digest is another' })
    if (finish) await store.replace(`${path}/inventory.json.sha512`, bytesOf(sidecarText(digest)))
  }
  return { inventory, state: stateOf(inventory), digest }
}

async function sidecarOf(store: ObjectStore, path: string): Promise<string | undefined> {
  const name = `${path}/inventory.json.sha512`
  if ((await store.head(name)) === undefined) return undefined
  return new TextDecoder().decode(await gather(store.read(name))).split(/\s/)[0]
}

export interface NewVersion {
  /** Where content of the new version goes: `PATH/vN/content/NAME`. */
  contentName(name: string): string
  readonly number: number
  /** Makes what was put under `contentName` the object's next version. */
  commit(added: ReadonlyMap<string, string>, facts: VersionFacts): Promise<ObjectVersion>
}

/** Begins the version after the present one; leavings of an earlier attempt are removed. */
export async function beginVersion(
  store: ObjectStore,
  id: string,
  before: ObjectVersion | undefined,
): Promise<NewVersion> {
  const path = objectPath(id)
  const number = before === undefined ? 1 : versionNumber(before.inventory) + 1
  const folder = `${path}/v${number}`
  const left: string[] = []
  for await (const { name } of store.list(`${folder}/`)) left.push(name)
  for (const name of left)
    await store.remove(name, { because: 'abandoned', evidence: `version ${number} was never committed` })
  if ((await store.head(`${path}/0=${OCFL_OBJECT}`)) === undefined)
    await store.put(`${path}/0=${OCFL_OBJECT}`, once(bytesOf(`${OCFL_OBJECT}\n`)))

  return {
    number,
    contentName: (name) => `${folder}/content/${name}`,
    commit: async (added, facts) => {
      const state = new Map([...(before?.state ?? []), ...added])
      const { inventory } = nextInventory(before?.inventory, id, state, facts)
      const text = inventoryText(inventory)
      const digest = sha512(text)
      await store.put(`${folder}/inventory.json`, once(bytesOf(text)))
      await store.put(`${folder}/inventory.json.sha512`, once(bytesOf(sidecarText(digest))))
      await store.replace(`${path}/inventory.json`, bytesOf(text))
      await store.replace(`${path}/inventory.json.sha512`, bytesOf(sidecarText(digest)))
      return { inventory, state, digest }
    },
  }
}

/** The name in the store of a logical name of the version. */
export function nameOf(id: string, { inventory, state }: ObjectVersion, logical: string): string | undefined {
  const digest = state.get(logical)
  const path = digest === undefined ? undefined : contentPath(inventory, digest)
  return path === undefined ? undefined : `${objectPath(id)}/${path}`
}
