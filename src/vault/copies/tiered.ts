/** What was sealed as one store, wherever it lies: in the vault and its mirrors, or in the cold store. */
import { join } from 'node:path'
import type { Files } from '../../storage/files/files.ts'
import { diskObjects } from '../../storage/objects/disk.ts'
import { mirrored } from '../../storage/objects/mirrored.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import type { Copy } from './places.ts'

/** In the data folder: inventories and `study.json` of what is in the cold store. */
export const STUBS = 'vault-cold'

export const openStubs = (files: Files, data: string): Promise<ObjectStore> =>
  diskObjects(files, join(data, STUBS), join(data, 'cache', 'cold'), join(data, 'set-aside'))

/** Writes go to the vault alone; what it has not is read here as far as it is here, else from the cold store. */
export function tiered(vault: ObjectStore, stubs: ObjectStore, cold: Pick<Copy, 'store'> | undefined): ObjectStore {
  const here = mirrored(vault, stubs)
  const all = cold === undefined ? here : mirrored(here, cold.store)
  return { ...vault, read: all.read, head: all.head, list: all.list }
}
