/**
 * What a study's object must be in every copy: each file of it with the bytes or the digest it must have, in the order in
 * which whoever writes a copy writes them.
 *
 * An inventory names everything else by SHA-512, so it is enough to know which inventory is the right one: the archive's
 * log says it of each version that was sealed; where it does not, an inventory that its own sidecar agrees with.
 */
import { createHash } from 'node:crypto'
import { gather } from '../../base/bytes.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import { type Inventory, OCFL_OBJECT, parseInventory, sidecarText, versionNumber } from '../ocfl/inventory.ts'
import { objectPath } from '../ocfl/paths.ts'
import type { Copy } from './places.ts'

/** A file of an object: small ones by their bytes, content by its digest. */
export interface Wanted {
  /** In the store. */
  readonly name: string
  readonly text?: string
  /** Hex. */
  readonly sha512: string
  /** It changes with each version: what an older version says is no damage. */
  readonly growing?: boolean
}

export interface Truth {
  readonly head: number
  readonly wanted: readonly Wanted[]
}

/** SHA-512 of the inventory of each version that was sealed, as the archive's log has it. */
export type SealedInventories = ReadonlyMap<number, string>

const sha512 = (text: string): string => createHash('sha512').update(text).digest('hex')

/** Undefined when no copy has an inventory that can be relied on. */
export async function truthOf(
  copies: readonly Pick<Copy, 'store'>[],
  id: string,
  sealed: SealedInventories,
): Promise<Truth | undefined> {
  const path = objectPath(id)
  /** The right text of each version's inventory. */
  const texts = new Map<number, string>()
  for (const { store } of copies)
    for await (const folder of inventories(store, path)) {
      const text = await textAt(store, `${folder}/inventory.json`)
      const inventory = text === undefined ? undefined : parseInventory(text)
      if (text === undefined || inventory === undefined || inventory.id !== id) continue
      const version = versionNumber(inventory)
      const digest = sha512(text)
      const right = sealed.get(version) ?? (await textAt(store, `${folder}/inventory.json.sha512`))?.split(/\s/)[0]
      if (digest === right && !texts.has(version)) texts.set(version, text)
    }
  const head = Math.max(0, ...texts.keys())
  const inventory = parseInventory(texts.get(head) ?? '')
  if (inventory === undefined) return undefined
  const wanted = filesOf(path, inventory, texts, head)
  // Of a version that was sealed and is in no copy, nothing but its inventory's digest is known.
  const lost = [...sealed].filter(([version]) => !texts.has(version))
  return {
    head,
    wanted: [
      ...lost.map(([version, digest]): Wanted => ({ name: `${path}/v${version}/inventory.json`, sha512: digest })),
      ...wanted,
    ],
  }
}

function filesOf(path: string, inventory: Inventory, texts: ReadonlyMap<number, string>, head: number): Wanted[] {
  const small = (name: string, text: string, growing = false): Wanted => ({
    name: `${path}/${name}`,
    text,
    sha512: sha512(text),
    ...(growing && { growing }),
  })
  const wanted: Wanted[] = [small(`0=${OCFL_OBJECT}`, `${OCFL_OBJECT}\n`)]
  for (const [digest, names] of Object.entries(inventory.manifest))
    for (const name of names) wanted.push({ name: `${path}/${name}`, sha512: digest })
  for (let version = 1; version <= head; version += 1) {
    const text = texts.get(version)
    if (text === undefined) continue
    wanted.push(small(`v${version}/inventory.json`, text))
    wanted.push(small(`v${version}/inventory.json.sha512`, sidecarText(sha512(text))))
  }
  const text = texts.get(head) ?? ''
  // The object's own last: it says that the rest is there.
  wanted.push(small('inventory.json', text, true), small('inventory.json.sha512', sidecarText(sha512(text)), true))
  return wanted
}

/** Folders of the object that have an inventory: the object's own first, then its versions. */
async function* inventories(store: ObjectStore, path: string): AsyncGenerator<string> {
  const found = new Set<string>()
  try {
    for await (const { name } of store.list(`${path}/`)) {
      const inner = name.slice(path.length + 1)
      if (inner === 'inventory.json' || /^v\d+\/inventory\.json$/.test(inner)) found.add(name.replace(/\/[^/]*$/, ''))
    }
  } catch {
    return // a copy that cannot be listed has none
  }
  yield* found
}

/** Undefined for what is not there or cannot be read. */
async function textAt(store: ObjectStore, name: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await gather(store.read(name)))
  } catch {
    return undefined
  }
}
