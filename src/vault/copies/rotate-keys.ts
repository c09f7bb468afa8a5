/**
 * The wrapping keys of encrypted copies: looked at, and changed for a new one. The keys of studies stay: what is encrypted
 * with them is not written again.
 */
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { Files } from '../../storage/files/files.ts'
import type { Keyring, WrappedKeys } from '../../storage/objects/wrapped-keys.ts'
import { type Ring, readKeyring, withNewKey, writeKeyring } from './keyring.ts'
import type { MirrorAddress, MirrorOf } from './places.ts'

export interface CheckedKeys {
  /** Keys of studies, each of which was unwrapped. */
  readonly keys: number
  /** Wrapping keys that are needed. */
  readonly wrapping: readonly string[]
  /** Why they cannot be used; undefined when they can. */
  readonly problem?: string
}

/** Unwraps every key of an encrypted mirror; undefined for one that is kept in the clear. */
export async function checkKeys(files: Files, address: MirrorAddress, of: MirrorOf): Promise<CheckedKeys | undefined> {
  return withKeys(files, address, of, async (keys) => {
    const { keys: count, wrapping } = await keys.check()
    return { keys: count, wrapping: [...wrapping].sort() }
  }).catch((thrown: unknown) => {
    const { fact } = asArchiveError(thrown)
    return { keys: 0, wrapping: [], problem: fact }
  })
}

/**
 * Makes a new wrapping key and wraps the keys of all encrypted mirrors with it. The old ones are forgotten when every mirror
 * has been done; broken off, it is done again from the beginning and nothing is lost.
 *
 * @returns keys of studies that were wrapped anew
 * @throws {ArchiveError} `KEY_UNUSABLE` when there is no keyring, or something cannot be unwrapped; `OBJECT_STORE_FAILED`
 */
export async function rotateKeys(files: Files, addresses: readonly MirrorAddress[], of: MirrorOf): Promise<number> {
  const before = await readKeyring(files, of.keys)
  if (before === undefined) throw new ArchiveError('KEY_UNUSABLE', { scope: 'keys/', why: 'there is no wrapping key' })
  // Looked at first: what cannot be unwrapped now must not lose the key that might help.
  for (const address of addresses) await withKeys(files, address, of, (keys) => keys.check())
  const ring: Ring = await writeKeyring(files, of.keys, withNewKey(before))
  let count = 0
  for (const address of addresses) count += (await withKeys(files, address, of, (keys) => keys.rewrap(), ring)) ?? 0
  const current = new Map([...ring.keys].filter(([id]) => id === ring.current))
  await writeKeyring(files, of.keys, { keys: current, made: ring.made })
  return count
}

/** @param ring  the mark is to say that this one's current key is needed */
async function withKeys<T>(
  files: Files,
  address: MirrorAddress,
  of: MirrorOf,
  act: (keys: WrappedKeys) => Promise<T>,
  ring?: Keyring,
): Promise<T | undefined> {
  if (typeof address === 'string') return undefined
  const { openStores, writeMark } = await import('./s3-place.ts')
  const stores = openStores(files, address, of)
  try {
    const { keys, whole } = await stores.get()
    if (keys === undefined) return undefined
    const done = await act(keys)
    if (ring !== undefined) await writeMark(whole, { archive: of.archive, wrapping: ring.current })
    return done
  } finally {
    stores.close()
  }
}
