/**
 * A mirror in a bucket: PREFIX/clearkeep-mirror.json (the mark), PREFIX/vault/ (an OCFL storage root like the vault's own),
 * PREFIX/set-aside/.
 *
 * The order of writing is the protocol of `ocfl/study-object.ts`: content, then the version's own inventory, which commits it,
 * then the object's pair. Each of these but the last is claimed by a conditional put, so that of two writers of one version
 * one is refused.
 */
import { gather } from '../../base/bytes.ts'
import { asArchiveError } from '../../base/errors.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import { abortUploads, s3Objects } from '../../storage/objects/s3.ts'
import { openS3, type S3Address, type S3Place } from '../../storage/objects/s3-client.ts'
import { inWords, probe } from '../../storage/objects/s3-probe.ts'
import { prepareRoot } from '../ocfl/root.ts'
import { type Attached, type Copy, guarded, MIRROR_MARK, markOf, ownerOf } from './places.ts'

/** How long an answer to whose it is holds: a bucket is not unmounted between two writes. */
const LOOK_MS = 5000
/** An upload that was begun so long ago is one that a crash left. */
const ABANDONED_MS = 24 * 3_600_000

/** Reaches nothing yet. */
export function openS3Mirror(address: S3Address, archive: string): Copy {
  const stores = openStores(address)
  let looked: { readonly at: number; readonly state: Attached } | undefined
  const attached = async (): Promise<Attached> => {
    const now = performance.now()
    if (looked?.state === 'good' && now - looked.at < LOOK_MS) return looked.state
    looked = { at: now, state: await attachedTo(stores, archive) }
    return looked.state
  }
  return {
    name: address.url,
    store: guarded(
      whenKnown(async () => (await stores.get()).vault),
      address.url,
      attached,
    ),
    attached,
    can: () => stores.known?.words ?? '',
    close: stores.close,
  }
}

/** @throws {ArchiveError} `OBJECT_STORE_FAILED`: it does not answer, there is no such bucket, we may not write */
export async function makeS3Mirror(address: S3Address, archive: string): Promise<void> {
  const stores = openStores(address)
  try {
    const { vault, whole } = await stores.get()
    if ((await attachedTo(stores, archive)) !== 'away') return
    await prepareRoot(vault)
    await whole.replace(MIRROR_MARK, markOf(archive))
  } finally {
    stores.close()
  }
}

interface Stores {
  /** The storage root. */
  readonly vault: ObjectStore
  /** All below the prefix. */
  readonly whole: ObjectStore
  readonly words: string
}

interface OpenStores {
  /** What the store can do is asked once it answers; credentials are read until they can be. */
  get(): Promise<Stores>
  readonly known: Stores | undefined
  close(): void
}

function openStores(address: S3Address): OpenStores {
  let asking: Promise<Stores> | undefined
  let known: Stores | undefined
  let place: S3Place | undefined
  const open = async (): Promise<Stores> => {
    place ??= openS3(address)
    const can = await probe(place)
    await abortUploads(place, place.prefix, ABANDONED_MS)
    const aside = 'set-aside/'
    known = {
      vault: s3Objects({ place, root: 'vault/', aside, can }),
      whole: s3Objects({ place, root: '', aside, can }),
      words: inWords(can),
    }
    return known
  }
  return {
    get: () => {
      asking ??= open().catch((thrown: unknown) => {
        asking = undefined
        throw thrown
      })
      return asking
    },
    get known() {
      return known
    },
    close: () => place?.client.destroy(),
  }
}

async function attachedTo(stores: OpenStores, archive: string): Promise<Attached> {
  try {
    const { whole } = await stores.get()
    try {
      const mark = new TextDecoder().decode(await gather(whole.read(MIRROR_MARK)))
      return ownerOf(mark) === archive ? 'good' : 'foreign'
    } catch (thrown) {
      if (asArchiveError(thrown).code !== 'OBJECT_NOT_FOUND') throw thrown
      // A mirror that was begun and has no mark yet has a root.
      for await (const { name } of whole.list('')) if (!/^(vault|probe|set-aside)\//.test(name)) return 'foreign'
      return 'away'
    }
  } catch (thrown) {
    return thrown instanceof SyntaxError ? 'foreign' : 'away'
  }
}

/** A store that is there once it can be asked. */
function whenKnown(store: () => Promise<ObjectStore>): ObjectStore {
  return {
    put: async (name, bytes) => (await store()).put(name, bytes),
    replace: async (name, bytes) => (await store()).replace(name, bytes),
    read: (name, range) => later(async () => (await store()).read(name, range)),
    head: async (name) => (await store()).head(name),
    list: (prefix) => later(async () => (await store()).list(prefix)),
    setAside: async (name) => (await store()).setAside(name),
    removeAll: async (prefix, removal) => (await store()).removeAll(prefix, removal),
    remove: async (name, removal) => (await store()).remove(name, removal),
  }
}

async function* later<T>(items: () => Promise<AsyncIterable<T>>): AsyncGenerator<T> {
  yield* await items()
}
