/**
 * A key for each scope of an encrypted store, itself encrypted ("wrapped") and kept in a store beside the objects: whoever has
 * that store and the wrapping key has everything, and whoever removes one small object has made its scope unreadable.
 *
 * SCOPE/key.json: `{"v": 1, "wrapping", "nonce", "key"}`: which wrapping key, and AES-256-GCM of the key under it with its
 * tag behind, in base64; the scope is authenticated with it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type ByteStream, type Bytes, gather } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { ScopeKeys } from './encrypted.ts'
import type { ObjectStore } from './object-store.ts'

/** Wrapping keys of 32 bytes by their names; the current one wraps what is new. */
export interface Keyring {
  readonly current: string
  readonly keys: ReadonlyMap<string, Uint8Array>
}

export interface WrappedKeys extends ScopeKeys {
  /** Wraps every key with the current wrapping key. @returns keys that were wrapped with another */
  rewrap(): Promise<number>
  /** Names of the wrapping keys that are needed. @throws {ArchiveError} `KEY_UNUSABLE` for a key that cannot be unwrapped */
  check(): Promise<{ readonly keys: number; readonly wrapping: ReadonlySet<string> }>
}

const TAG = 16
const REMEMBERED = 2000

/** @param keyring  asked each time, since it may be changed by another thread */
export function wrappedKeys(store: ObjectStore, keyring: () => Keyring): WrappedKeys {
  const remembered = new Map<string, Uint8Array>()
  const nameOf = (scope: string): string => `${scope}key.json`

  const wrap = (scope: string, key: Uint8Array): Bytes => {
    const { current, keys } = keyring()
    const wrapping = keys.get(current)
    if (wrapping === undefined) throw unusable(scope, 'there is no wrapping key')
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', wrapping, nonce).setAAD(Buffer.from(scope))
    const sealed = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()])
    const fields = { v: 1, wrapping: current, nonce: nonce.toString('base64'), key: sealed.toString('base64') }
    return new TextEncoder().encode(`${JSON.stringify(fields)}\n`)
  }

  const unwrap = (scope: string, bytes: Bytes): { readonly key: Uint8Array; readonly wrapping: string } => {
    let fields: { readonly wrapping?: unknown; readonly nonce?: unknown; readonly key?: unknown }
    try {
      fields = Object(JSON.parse(new TextDecoder().decode(bytes)))
    } catch (cause) {
      throw unusable(scope, 'it is no wrapped key', cause)
    }
    const wrapping = keyring().keys.get(String(fields.wrapping))
    if (wrapping === undefined) throw unusable(scope, 'the wrapping key it needs is not in keys/', MISSING)
    const sealed = Buffer.from(String(fields.key), 'base64')
    try {
      const decipher = createDecipheriv('aes-256-gcm', wrapping, Buffer.from(String(fields.nonce), 'base64'))
        .setAAD(Buffer.from(scope))
        .setAuthTag(sealed.subarray(sealed.length - TAG))
      const key = Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()])
      return { key: new Uint8Array(key), wrapping: String(fields.wrapping) }
    } catch (cause) {
      throw unusable(scope, 'it was altered', cause)
    }
  }

  /** Undefined when there is none. */
  const stored = async (scope: string): Promise<Bytes | undefined> => {
    try {
      return await gather(store.read(nameOf(scope)))
    } catch (thrown) {
      if (asArchiveError(thrown).code === 'OBJECT_NOT_FOUND') return undefined
      throw thrown
    }
  }

  const make = async (scope: string): Promise<Uint8Array> => {
    const key = new Uint8Array(randomBytes(32))
    try {
      await store.put(nameOf(scope), once(wrap(scope, key)))
      return key
    } catch (thrown) {
      if (asArchiveError(thrown).code !== 'OBJECT_EXISTS') throw thrown
      // Another thread was first.
      const theirs = await stored(scope)
      if (theirs === undefined) throw thrown
      return unwrap(scope, theirs).key
    }
  }

  async function* all(): AsyncGenerator<readonly [scope: string, bytes: Bytes]> {
    for await (const { name } of store.list('')) {
      const scope = name.replace(/key\.json$/, '')
      const bytes = scope === name ? undefined : await stored(scope)
      if (bytes !== undefined) yield [scope, bytes]
    }
  }

  return {
    key: async (scope, mayMake) => {
      const known = remembered.get(scope)
      // Who writes looks each time: another thread may have destroyed it.
      if (known !== undefined && !mayMake) return known
      const bytes = await stored(scope)
      if (bytes === undefined && !mayMake) throw unusable(scope, 'it is not there')
      let key: Uint8Array
      try {
        key = bytes === undefined ? await make(scope) : unwrap(scope, bytes).key
      } catch (thrown) {
        // A key that was altered opens nothing any more: what is written anew gets another.
        if (!mayMake || bytes === undefined || (thrown as Error).cause === MISSING) throw thrown
        await store.setAside(nameOf(scope))
        key = await make(scope)
      }
      if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value ?? '')
      remembered.set(scope, key)
      return key
    },
    destroy: async (scope, removal) => {
      remembered.delete(scope)
      await store.removeAll(scope, removal)
    },
    rewrap: async () => {
      let count = 0
      for await (const [scope, bytes] of all()) {
        const { key, wrapping } = unwrap(scope, bytes)
        if (wrapping === keyring().current) continue
        await store.replace(nameOf(scope), wrap(scope, key))
        count += 1
      }
      return count
    },
    check: async () => {
      const wrapping = new Set<string>()
      let keys = 0
      for await (const [scope, bytes] of all()) {
        wrapping.add(unwrap(scope, bytes).wrapping)
        keys += 1
      }
      return { keys, wrapping }
    },
  }
}

const MISSING = Symbol('the wrapping key is missing')

const unusable = (scope: string, why: string, cause?: unknown) =>
  new ArchiveError('KEY_UNUSABLE', { scope: scope.replace(/\/$/, ''), why }, { cause })

async function* once(bytes: Bytes): ByteStream {
  yield bytes
}
