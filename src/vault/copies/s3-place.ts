/**
 * A mirror in a bucket: PREFIX/clearkeep-mirror.json (the mark), PREFIX/vault/ (an OCFL storage root like the vault's own),
 * PREFIX/set-aside/. Encrypted, unless told not to be, below OCFL: what is in it is the same to whoever has the keys, which lie
 * wrapped in PREFIX/keys/ (`storage/objects/wrapped-keys.ts`).
 *
 * The order of writing is the protocol of `ocfl/study-object.ts`: content, then the version's own inventory, which commits it,
 * then the object's pair. Each of these but the last is claimed by a conditional put, so that of two writers of one version
 * one is refused.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { gather } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { Files } from '../../storage/files/files.ts'
import { diskObjects } from '../../storage/objects/disk.ts'
import { encrypted } from '../../storage/objects/encrypted.ts'
import { keptHereToo } from '../../storage/objects/kept-here.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import { abortUploads, s3Objects } from '../../storage/objects/s3.ts'
import { openS3, type S3Address, type S3Place } from '../../storage/objects/s3-client.ts'
import { type Capabilities, inWords, probe } from '../../storage/objects/s3-probe.ts'
import { type WrappedKeys, wrappedKeys } from '../../storage/objects/wrapped-keys.ts'
import { prepareRoot } from '../ocfl/root.ts'
import { ENCRYPTED_README } from './encrypted-readme.ts'
import { ensureKeyring, readKeyring } from './keyring.ts'
import { type Attached, type Copy, guarded, MIRROR_MARK, type MirrorOf } from './places.ts'

/** How long an answer to whose it is holds: a bucket is not unmounted between two writes. */
const LOOK_MS = 5000
/** An upload that was begun so long ago is one that a crash left. */
const ABANDONED_MS = 24 * 3_600_000
/** Where a study's object lies: its key is that of everything below. */
const STUDY = /^(?:[0-9a-f]{2}\/){3}[0-9a-f]{64}\/(?=.)/

/** Reaches nothing yet. */
export function openS3Mirror(files: Files, address: S3Address, of: MirrorOf): Copy {
  const stores = openStores(files, address, of)
  let looked: { readonly at: number; readonly state: Attached } | undefined
  const attached = async (): Promise<Attached> => {
    const now = performance.now()
    if (looked?.state === 'good' && now - looked.at < LOOK_MS) return looked.state
    looked = { at: now, state: await attachedTo(stores, of.archive) }
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
    encrypted: () => stores.known?.keys !== undefined,
    ...(address.lockDays !== undefined && address.lockDays > 0 && { lockDays: address.lockDays }),
    close: stores.close,
  }
}

/** @throws {ArchiveError} `OBJECT_STORE_FAILED`: it does not answer, there is no such bucket, we may not write */
export async function makeS3Mirror(files: Files, address: S3Address, of: MirrorOf): Promise<void> {
  if (address.encrypt) await ensureKeyring(files, of.keys)
  const stores = openStores(files, address, of)
  try {
    const { vault, whole, keys } = await stores.get()
    if ((await attachedTo(stores, of.archive)) !== 'away') return
    await prepareRoot(vault)
    if (keys !== undefined) await whole.replace('README.txt', new TextEncoder().encode(ENCRYPTED_README))
    const ring = keys === undefined ? undefined : await ensureKeyring(files, of.keys)
    await writeMark(whole, { archive: of.archive, ...(ring !== undefined && { wrapping: ring.current }) })
  } finally {
    stores.close()
  }
}

/** Whose it is, and with which wrapping key its studies' keys are wrapped; none: it is kept in the clear. */
interface Mark {
  readonly archive: string
  readonly wrapping?: string
}

export const writeMark = (whole: ObjectStore, mark: Mark): Promise<void> =>
  whole.replace(MIRROR_MARK, new TextEncoder().encode(`${JSON.stringify({ v: 1, ...mark })}\n`))

/** Undefined when there is none. @throws {SyntaxError} for what is no mark */
async function readMark(whole: ObjectStore): Promise<Partial<Mark> | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await gather(whole.read(MIRROR_MARK)))) as Partial<Mark>
  } catch (thrown) {
    if (thrown instanceof ArchiveError && thrown.code === 'OBJECT_NOT_FOUND') return undefined
    throw thrown
  }
}

interface Stores {
  /** The storage root. */
  readonly vault: ObjectStore
  /** All below the prefix. */
  readonly whole: ObjectStore
  /** Undefined when it is kept in the clear. */
  readonly keys: WrappedKeys | undefined
  readonly words: string
}

export interface OpenStores {
  /** What the store can do is asked once it answers; credentials and wrapping keys are read until they can be. */
  get(): Promise<Stores>
  readonly known: Stores | undefined
  close(): void
}

export function openStores(files: Files, address: S3Address, of: Pick<MirrorOf, 'keys'>): OpenStores {
  let asking: Promise<Stores> | undefined
  let known: Stores | undefined
  let place: S3Place | undefined
  let can: Capabilities | undefined
  const open = async (): Promise<Stores> => {
    place ??= openS3(address)
    if (can === undefined) {
      can = await probe(place)
      await abortUploads(place, place.prefix, ABANDONED_MS)
    }
    const at = { place, aside: 'set-aside/', can }
    const whole = s3Objects({ ...at, root: '' })
    const raw = s3Objects({ ...at, root: 'vault/' })
    const mark = await readMark(whole)
    const secret = mark === undefined ? address.encrypt : mark.wrapping !== undefined
    const inBucket = s3Objects({ ...at, root: 'keys/' })
    // Keys are not locked with what they open: they are kept here too, so that nobody else can destroy them.
    const keyStore = locks(address) ? keptHereToo(inBucket, await keysHere(files, address, of.keys)) : inBucket
    const keys = secret ? await keysIn(files, of.keys, keyStore, mark?.wrapping) : undefined
    known = {
      vault: keys === undefined ? raw : encrypted(raw, keys, (name) => STUDY.exec(name)?.[0]),
      whole,
      keys,
      words: `${secret ? 'Encrypted, with a key for each study.' : 'Kept in the clear.'} ${inWords(can)}${lockWords(address, can)}`,
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

const locks = ({ lockDays = 0 }: S3Address): boolean => lockDays > 0

function lockWords({ lockDays = 0 }: S3Address, { lock }: Capabilities): string {
  if (lockDays === 0) return ''
  return lock
    ? ` Locked for ${lockDays} days at each look, and no longer than it must be kept.`
    : ' It is not locked, although vault.lockDays wants it.'
}

/** `DATA/vault-keys/…`: wrapped keys of one bucket, worth nothing without the wrapping key in `DATA/keys`. */
function keysHere(files: Files, { url }: S3Address, keys: string): Promise<ObjectStore> {
  const folder = join(keys, '..', 'vault-keys', createHash('sha256').update(url).digest('hex').slice(0, 16))
  return diskObjects(files, join(folder, 'keys'), join(folder, 'incoming'), join(folder, 'set-aside'))
}

/** @throws {ArchiveError} `KEY_UNUSABLE` when the wrapping key that is needed is not there */
async function keysIn(files: Files, folder: string, store: ObjectStore, needed?: string): Promise<WrappedKeys> {
  const ring = await readKeyring(files, folder)
  if (ring === undefined || (needed !== undefined && !ring.keys.has(needed)))
    throw new ArchiveError('KEY_UNUSABLE', { scope: 'a copy', why: 'its wrapping key is not in keys/' })
  return wrappedKeys(store, () => ring)
}

async function attachedTo(stores: OpenStores, archive: string): Promise<Attached> {
  try {
    const { whole } = await stores.get()
    const mark = await readMark(whole)
    if (mark !== undefined) return mark.archive === archive ? 'good' : 'foreign'
    // A mirror that was begun and has no mark yet has a root.
    for await (const { name } of whole.list('')) if (!BEGUN.test(name)) return 'foreign'
    return 'away'
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return 'foreign'
    return asArchiveError(thrown).code === 'KEY_UNUSABLE' ? 'locked' : 'away'
  }
}

const BEGUN = /^((vault|probe|set-aside|keys)\/|README\.txt$)/

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
    lock: async (prefix, until) => (await (await store()).lock?.(prefix, until)) ?? 0,
  }
}

async function* later<T>(items: () => Promise<AsyncIterable<T>>): AsyncGenerator<T> {
  yield* await items()
}
