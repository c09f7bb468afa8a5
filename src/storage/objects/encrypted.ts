/**
 * A store whose objects are encrypted, in pieces, so that a range is read without the rest.
 *
 * An object: a head of 32 bytes (`CKSEALED`, version 1 and the size of a piece as 32-bit big-endian numbers, 16 random
 * bytes), then pieces of 64 KiB, each AES-256-GCM with its tag of 16 bytes behind it. The key of an object is made by HKDF
 * (RFC 5869, SHA-256) from the key of its scope with the random bytes as salt, so no two objects share one. The nonce is the
 * number of the piece as 64 bits and whether it is the last one as 32 (the STREAM construction): none can be left out, moved
 * or cut off. Head and name are authenticated with each piece, so no object passes for another.
 *
 * What has no scope is kept as it is. Names and sizes are not hidden.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { type ByteRange, type ByteStream, type Bytes, gather } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { ObjectHead, ObjectStore, Removal } from './object-store.ts'

/** Keys of 32 bytes, by scope. */
export interface ScopeKeys {
  /**
   * @param make  when there is none: durably, before it is given
   * @throws {ArchiveError} `KEY_UNUSABLE` when there is one that cannot be used, or none and none is to be made
   */
  key(scope: string, make: boolean): Promise<Uint8Array>
  /** For good. */
  destroy(scope: string, removal: Removal): Promise<void>
}

const MAGIC = Buffer.from('CKSEALED')
const VERSION = 1
export const PIECE = 64 * 1024
const FOREVER = Number.MAX_SAFE_INTEGER
const HEAD = 32
const TAG = 16
/** Heads that are remembered: a range is then one request. */
const REMEMBERED = 2000

/** @param scopeOf  whose key an object has: what its name begins with, ending in `/`; undefined: it is kept as it is */
export function encrypted(
  store: ObjectStore,
  keys: ScopeKeys,
  scopeOf: (name: string) => string | undefined,
): ObjectStore {
  const heads = new Map<string, Buffer>()
  const remember = (name: string, head: Buffer): Buffer => {
    if (heads.size >= REMEMBERED) heads.delete(heads.keys().next().value ?? '')
    heads.set(name, head)
    return head
  }
  const damaged = (name: string, cause?: unknown) =>
    new ArchiveError('OBJECT_UNREADABLE', { name, why: 'it is not what was encrypted under that name' }, { cause })

  const headOf = async (name: string): Promise<Buffer> => {
    const known = heads.get(name)
    if (known !== undefined) return known
    const head = Buffer.from(await gather(store.read(name, { start: 0, end: HEAD })))
    if (!isHead(head)) throw damaged(name)
    return remember(name, head)
  }

  async function* decrypted(name: string, scope: string, range: ByteRange | undefined): ByteStream {
    const from = range?.start ?? 0
    const end = range?.end ?? FOREVER
    if (from >= end) return void (await headOf(name))
    const first = Math.floor(from / PIECE)
    const stop = end > FOREVER / 2 ? FOREVER : Math.ceil(end / PIECE)
    // From the beginning the head comes with the rest.
    let head = first === 0 ? undefined : await headOf(name)
    const start = first === 0 ? 0 : HEAD + first * (PIECE + TAG)
    const sealed = store.read(name, { start, end: stop === FOREVER ? FOREVER : HEAD + stop * (PIECE + TAG) })
    let key: Buffer | undefined
    let number = first
    let ended = false
    for await (const piece of inPieces(sealed, PIECE + TAG, head === undefined ? HEAD : PIECE + TAG)) {
      if (head === undefined) {
        if (!isHead(piece)) throw damaged(name)
        head = remember(name, piece)
        continue
      }
      key ??= keyOf(await keys.key(scope, false), head)
      const of = { key, head, name, number }
      // Only the piece itself says whether it is the last one: it opens as that.
      const middle = open(of, false, piece)
      const plain = middle ?? open(of, true, piece)
      if (plain === undefined || ended) throw damaged(name)
      ended = middle === undefined
      const at = number * PIECE
      const part = plain.subarray(Math.max(0, from - at), Math.max(0, end - at))
      if (part.length > 0) yield part
      number += 1
    }
    // Cut off; a range behind the end gives nothing.
    if (!ended && number < stop && (first === 0 || number > first)) throw damaged(name)
  }

  async function* read(name: string, range?: ByteRange): ByteStream {
    const scope = scopeOf(name)
    if (scope === undefined) return yield* store.read(name, range)
    const remembered = heads.has(name)
    let given = 0
    try {
      for await (const piece of decrypted(name, scope, range)) {
        yield piece
        given += piece.length
      }
    } catch (thrown) {
      // It was replaced since its head was remembered.
      if (!remembered || given > 0 || !(thrown instanceof ArchiveError) || thrown.code !== 'OBJECT_UNREADABLE')
        throw thrown
      heads.delete(name)
      yield* decrypted(name, scope, range)
    }
  }

  async function* sealing(name: string, scope: string, bytes: ByteStream, told: (length: number) => void): ByteStream {
    const head = Buffer.concat([MAGIC, numbers(VERSION, PIECE), randomBytes(16)])
    const key = keyOf(await keys.key(scope, true), head)
    heads.delete(name)
    yield head
    let number = 0
    let held: Buffer = Buffer.alloc(0)
    for await (const piece of inPieces(bytes, PIECE)) {
      told(piece.length)
      if (number > 0) yield seal({ key, head, name, number: number - 1 }, false, held)
      held = piece
      number += 1
    }
    yield seal({ key, head, name, number: Math.max(0, number - 1) }, true, held)
  }

  const destroyKey = async (scope: string, removal: Removal): Promise<void> => {
    try {
      await keys.destroy(scope, removal)
    } catch (thrown) {
      // A bucket that locks whatever comes has locked the key too: then what it opens is not destroyed.
      if (!(thrown instanceof ArchiveError) || thrown.code !== 'OBJECT_LOCKED') throw thrown
      throw new ArchiveError('OBJECT_LOCKED', { ...thrown.facts, readable: 'yes' }, { cause: thrown })
    }
  }

  const plainHead = (head: ObjectHead): ObjectHead =>
    scopeOf(head.name) === undefined ? head : { ...head, size: plainSize(head.size) }

  return {
    read,
    put: async (name, bytes) => {
      const scope = scopeOf(name)
      if (scope === undefined) return store.put(name, bytes)
      let size = 0
      await store.put(
        name,
        sealing(name, scope, bytes, (length) => {
          size += length
        }),
      )
      return { name, size }
    },
    replace: async (name, bytes) => {
      const scope = scopeOf(name)
      if (scope === undefined) return store.replace(name, bytes)
      const whole = await gather(sealing(name, scope, once(bytes), () => {}))
      return store.replace(name, whole)
    },
    head: async (name) => {
      const head = await store.head(name)
      return head && plainHead(head)
    },
    async *list(prefix) {
      for await (const head of store.list(prefix)) yield plainHead(head)
    },
    setAside: async (name) => {
      heads.delete(name)
      return store.setAside(name)
    },
    removeAll: async (prefix, removal) => {
      // The key first: from then on nothing of it can be read, whatever the store does with bytes it has removed.
      const scope = scopeOf(`${prefix}x`)
      if (scope?.startsWith(prefix)) await destroyKey(scope, removal)
      for (const name of heads.keys()) if (name.startsWith(prefix)) heads.delete(name)
      return store.removeAll(prefix, removal)
    },
    remove: async (name, removal) => {
      heads.delete(name)
      return store.remove(name, removal)
    },
    // Keys are elsewhere, and are not locked: without them what is locked cannot be read.
    ...(store.lock && { lock: store.lock }),
  }
}

const plainSize = (size: number): number => {
  const body = Math.max(0, size - HEAD)
  return Math.max(0, body - Math.ceil(body / (PIECE + TAG)) * TAG)
}

const isHead = (head: Buffer): boolean =>
  head.length === HEAD &&
  head.subarray(0, 8).equals(MAGIC) &&
  head.readUInt32BE(8) === VERSION &&
  head.readUInt32BE(12) === PIECE

const keyOf = (scopeKey: Uint8Array, head: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', scopeKey, head.subarray(16), 'clearkeep object', 32))

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at)
  return bytes
}

function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(number))
  nonce.writeUInt32BE(last ? 1 : 0, 8)
  return nonce
}

const spoken = (head: Buffer, name: string): Buffer => Buffer.concat([head, Buffer.from(name)])

interface Of {
  readonly key: Buffer
  readonly head: Buffer
  readonly name: string
  readonly number: number
}

function seal({ key, head, name, number }: Of, last: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, last)).setAAD(spoken(head, name))
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Undefined when it does not open. */
function open({ key, head, name, number }: Of, last: boolean, sealed: Buffer): Buffer | undefined {
  if (sealed.length < TAG || (!last && sealed.length < PIECE + TAG)) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, last))
    .setAAD(spoken(head, name))
    .setAuthTag(sealed.subarray(sealed.length - TAG))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()])
  } catch {
    return undefined
  }
}

/** The stream in pieces of one size, the first one of another, the last one shorter; nothing of an empty one. */
async function* inPieces(bytes: ByteStream, size: number, firstSize = size): AsyncGenerator<Buffer> {
  let piece = Buffer.alloc(firstSize)
  let length = 0
  for await (const given of bytes) {
    for (let at = 0; at < given.length; ) {
      const taken = Math.min(piece.length - length, given.length - at)
      piece.set(given.subarray(at, at + taken), length)
      length += taken
      at += taken
      if (length < piece.length) continue
      yield piece
      piece = Buffer.alloc(size)
      length = 0
    }
  }
  if (length > 0) yield piece.subarray(0, length)
}

async function* once(bytes: Bytes): ByteStream {
  yield bytes
}
