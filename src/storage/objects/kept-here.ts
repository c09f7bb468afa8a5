/**
 * Small objects kept in a store and on the disk here as well: what somebody removes there is given from here, and written
 * there again. Both are written, and both are emptied: what is destroyed must be nowhere.
 */
import { type ByteStream, type Bytes, gather } from '../../base/bytes.ts'
import { asArchiveError } from '../../base/errors.ts'
import type { ObjectStore } from './object-store.ts'

export function keptHereToo(there: ObjectStore, here: ObjectStore): ObjectStore {
  const missing = (thrown: unknown): boolean => asArchiveError(thrown).code === 'OBJECT_NOT_FOUND'
  const keep = async (name: string, bytes: Bytes): Promise<void> => {
    if ((await here.head(name)) === undefined) await here.put(name, once(bytes))
  }

  async function* read(name: string): ByteStream {
    try {
      const bytes = await gather(there.read(name))
      await keep(name, bytes)
      yield bytes
    } catch (thrown) {
      if (!missing(thrown)) throw thrown
      const bytes = await gather(here.read(name))
      await there.put(name, once(bytes))
      yield bytes
    }
  }

  return {
    read,
    put: async (name, given) => {
      const bytes = await gather(given)
      const head = await there.put(name, once(bytes))
      await here.replace(name, bytes)
      return head
    },
    replace: async (name, bytes) => {
      await there.replace(name, bytes)
      await here.replace(name, bytes)
    },
    head: async (name) => (await there.head(name)) ?? (await here.head(name)),
    list: there.list,
    setAside: async (name) => {
      await here.setAside(name).catch((thrown: unknown) => {
        if (!missing(thrown)) throw thrown
      })
      return there.setAside(name)
    },
    removeAll: async (prefix, removal) => {
      await here.removeAll(prefix, removal)
      return there.removeAll(prefix, removal)
    },
    remove: async (name, removal) => {
      await here.remove(name, removal)
      await there.remove(name, removal)
    },
  }
}

async function* once(bytes: Bytes): ByteStream {
  yield bytes
}
