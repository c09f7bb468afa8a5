/** The studies of a storage root, by looking through it: without an index. */
import { createHash } from 'node:crypto'
import { type Bytes, gather } from '../../base/bytes.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import { parseInventory } from '../ocfl/inventory.ts'

const OBJECT = /^((?:[0-9a-f]{2}\/){3}[0-9a-f]{64})\//
const INVENTORY = /^(v\d+\/)?inventory\.json$/

/** An object whose inventories cannot be read at all is passed by: `verify` names it. */
export async function* studiesIn(store: Pick<ObjectStore, 'list' | 'read'>): AsyncGenerator<string> {
  let seen = ''
  for await (const { name } of store.list('')) {
    const path = OBJECT.exec(name)?.[1]
    if (path === undefined || path === seen || !INVENTORY.test(name.slice(path.length + 1))) continue
    const inventory = await inventoryAt(store, name)
    if (inventory === undefined || !inventory.id.startsWith('urn:oid:')) continue
    seen = path
    yield inventory.id.slice('urn:oid:'.length)
  }
}

async function inventoryAt(store: Pick<ObjectStore, 'read'>, name: string) {
  try {
    return parseInventory(new TextDecoder().decode(await gather(store.read(name))))
  } catch {
    return undefined
  }
}

export const sha256Of = (bytes: Bytes): string => createHash('sha256').update(bytes).digest('hex')
