/**
 * Carries a study's object from one place to another, whole: each file is written once, from the first place that gives the
 * right bytes, and read back; what an earlier try left there is used when it is right. The object's own inventory comes
 * last, so what a crash leaves is no object yet, and the next try goes on from it.
 */
import { createHash } from 'node:crypto'
import type { ByteStream, Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { ObjectStore, Removal } from '../../storage/objects/object-store.ts'
import { objectId, objectPath } from '../ocfl/paths.ts'
import { nameOf, presentVersion } from '../ocfl/study-object.ts'
import type { DecodeFrame } from '../recipe/undo.ts'
import { originalOf, readStudy } from '../seal/seal-study.ts'
import type { Copy } from './places.ts'
import { type SealedInventories, truthOf, type Wanted } from './truth.ts'

export interface CarryParts {
  /** Where it is, the one that is asked first first. */
  readonly from: readonly Pick<Copy, 'name' | 'store'>[]
  readonly to: Pick<Copy, 'name' | 'store'>
  readonly sealed: SealedInventories
  /** Told of bytes as they are written, and may hold the work up. */
  readonly pace?: (bytes: number) => Promise<void>
}

export interface Carried {
  /** The newest version, and the SHA-512 of its inventory. */
  readonly version: number
  readonly inventory: string
  readonly files: number
  readonly bytes: number
}

const WRONG: Removal = { because: 'abandoned', evidence: 'it was written from a copy that turned out to be bad' }

/**
 * @throws {ArchiveError} `VAULT_DAMAGED` when no place has a file of it in good state; what a store says when it fails
 */
export async function carry(parts: CarryParts, study: string): Promise<Carried> {
  const id = objectId(study)
  const truth = await truthOf([...parts.from, parts.to], id, parts.sealed)
  const sealed = Math.max(0, ...parts.sealed.keys())
  if (truth === undefined || truth.head < sealed)
    throw new ArchiveError('VAULT_DAMAGED', { name: objectPath(id), why: 'no copy has its newest version' })
  let bytes = 0
  for (const wanted of truth.wanted) bytes += await bring(parts, wanted)
  const inventory = truth.wanted.find(({ name }) => name === `${objectPath(id)}/inventory.json`)?.sha512 ?? ''
  return { version: truth.head, inventory, files: truth.wanted.length, bytes }
}

/** One file. @returns its length */
async function bring({ from, to, pace = async () => {} }: CarryParts, wanted: Wanted): Promise<number> {
  const { name, text, sha512 } = wanted
  const there = await digestAt(to.store, name)
  if (there?.digest === sha512) {
    await pace(there.bytes)
    return there.bytes
  }
  if (there !== undefined && wanted.growing !== true) await to.store.setAside(name)
  if (text !== undefined) {
    const bytes = new TextEncoder().encode(text)
    await to.store.replace(name, bytes)
    return bytes.length
  }
  for (const source of from) {
    const hash = createHash('sha512')
    try {
      await to.store.put(
        name,
        hashed(source.store.read(name), (piece) => hash.update(piece), pace),
      )
    } catch (thrown) {
      // What cannot be read there may be read elsewhere; what cannot be written here cannot be written from elsewhere.
      if (await isReadable(source.store, name)) throw thrown
      continue
    }
    const back = hash.digest('hex') === sha512 ? await digestAt(to.store, name) : undefined
    if (back?.digest === sha512) return back.bytes
    await to.store.remove(name, WRONG)
  }
  throw new ArchiveError('VAULT_DAMAGED', { name, why: 'no copy has it in good state' })
}

async function* hashed(
  bytes: ByteStream,
  see: (piece: Bytes) => void,
  pace: (bytes: number) => Promise<void>,
): ByteStream {
  for await (const piece of bytes) {
    see(piece)
    await pace(piece.length)
    yield piece
  }
}

async function isReadable(store: ObjectStore, name: string): Promise<boolean> {
  try {
    for await (const _ of store.read(name));
    return true
  } catch {
    return false
  }
}

/** Undefined for what is not there. */
async function digestAt(store: ObjectStore, name: string) {
  if ((await store.head(name)) === undefined) return undefined
  const hash = createHash('sha512')
  let bytes = 0
  for await (const piece of store.read(name)) {
    hash.update(piece)
    bytes += piece.length
  }
  return { digest: hash.digest('hex'), bytes }
}

/**
 * Makes every received file of a study again from a place and compares it with its arrival.
 *
 * @returns how many
 * @throws {ArchiveError} `VAULT_DAMAGED`
 */
export async function proveReceived(
  { name: copy, store }: Pick<Copy, 'name' | 'store'>,
  study: string,
  decode: DecodeFrame,
  pace: (bytes: number) => Promise<void> = async () => {},
): Promise<number> {
  const id = objectId(study)
  const present = await presentVersion(store, id)
  const { instances } = await readStudy(store, study)
  for (const sealed of instances) {
    const name = present && nameOf(id, present, sealed.pack)
    const hash = createHash('sha256')
    if (name !== undefined)
      for await (const piece of originalOf(store, name, sealed, decode)) {
        hash.update(piece)
        await pace(piece.length)
      }
    if (name === undefined || hash.digest('hex') !== sealed.original.sha256)
      throw new ArchiveError('VAULT_DAMAGED', {
        name: `${sealed.pack} ${sealed.entry} in ${copy}`,
        why: 'it does not give back what was received',
      })
  }
  return instances.length
}

/**
 * Takes a study's object out of a place once another was proved to have it. The last look is here: that place has the
 * inventory it was proved by, at this moment.
 *
 * @param inventory  SHA-512 of the object's inventory
 * @param evidence  what was proved, and where it is written
 * @throws {ArchiveError} `VAULT_DAMAGED` when the other place has it no more: nothing is removed then
 */
export async function dropSuperseded(
  store: ObjectStore,
  kept: Pick<Copy, 'name' | 'store'>,
  study: string,
  inventory: string,
  evidence: string,
): Promise<void> {
  const folder = objectPath(objectId(study))
  const there = await digestAt(kept.store, `${folder}/inventory.json`)
  if (there?.digest !== inventory)
    throw new ArchiveError('VAULT_DAMAGED', { name: `${folder} in ${kept.name}`, why: 'it is not there any more' })
  await store.removeAll(`${folder}/`, { because: 'superseded', evidence: `${evidence}; in ${kept.name}` })
}
