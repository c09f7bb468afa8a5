import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { objectStoreContract } from '../../../test/contract/object-store.contract.ts'
import { type ByteStream, type Bytes, gather } from '../../base/bytes.ts'
import { diskFiles } from '../files/disk.ts'
import { diskObjects } from './disk.ts'
import { encrypted, PIECE } from './encrypted.ts'
import { type Keyring, wrappedKeys } from './wrapped-keys.ts'

const scratch = await mkdtemp(join(tmpdir(), 'clearkeep-encrypted-'))
afterAll(() => rm(scratch, { recursive: true, force: true }))
let made = 0
const place = () => join(scratch, String(++made))
const ring = (...names: readonly string[]): Keyring => ({
  current: names.at(-1) ?? '',
  keys: new Map(names.map((name) => [name, createHash('sha256').update(name).digest()])),
})
/** Its first path element. */
const scopeOf = (name: string) => (name.includes('/') ? `${name.split('/')[0]}/` : undefined)

async function storeIn(folder: string, keyring: () => Keyring = () => ring('one')) {
  const raw = await diskObjects(diskFiles(), join(folder, 'objects'))
  const keys = wrappedKeys(await diskObjects(diskFiles(), join(folder, 'keys')), keyring)
  return { raw, keys, store: encrypted(raw, keys, scopeOf) }
}
async function* once(bytes: Bytes): ByteStream {
  yield bytes
}
const REMOVAL = { because: 'disposition', evidence: 'a test' } as const

objectStoreContract('an encrypted store', async () => {
  const folder = place()
  return {
    open: async () => {
      const raw = await diskObjects(diskFiles(), join(folder, 'objects'))
      const keys = wrappedKeys(await diskObjects(diskFiles(), join(folder, 'keys')), () => ring('one'))
      return encrypted(raw, keys, () => 'all/')
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})

describe('an encrypted store', () => {
  const LENGTHS = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17]

  it('gives any range of any length, and says lengths as they are without it', async () => {
    const { store, raw } = await storeIn(place())
    for (const length of LENGTHS) {
      const bytes = new Uint8Array(randomBytes(length))
      const name = `a/${length}`
      expect(await store.put(name, once(bytes))).toEqual({ name, size: length })
      expect(await store.head(name)).toEqual({ name, size: length })
      expect(await gather(store.read(name))).toEqual(bytes)
      await fc.assert(
        fc.asyncProperty(fc.nat(length + 10), fc.nat(length + 10), async (start, end) => {
          expect(await gather(store.read(name, { start, end }))).toEqual(bytes.slice(start, Math.max(start, end)))
        }),
        { numRuns: 30 },
      )
      expect(
        Buffer.from(await gather(raw.read(name)))
          .subarray(0, 8)
          .toString(),
      ).toBe('CKSEALED')
    }
  })

  it('keeps nothing that can be read without the key, and never the same bytes twice', async () => {
    const { store, raw } = await storeIn(place())
    const bytes = new TextEncoder().encode('DOE^JANE '.repeat(20_000))
    await store.put('a/1', once(bytes))
    await store.put('a/2', once(bytes))
    const [one, two] = [await gather(raw.read('a/1')), await gather(raw.read('a/2'))]
    expect(Buffer.from(one).includes('DOE^')).toBe(false)
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false)
  })

  it('finds every flipped bit, cut, exchange and renaming', async () => {
    const folder = place()
    const { store } = await storeIn(folder)
    await store.put('a/x', once(randomBytes(3 * PIECE)))
    await store.put('a/y', once(randomBytes(3 * PIECE)))
    const path = (name: string) => join(folder, 'objects', name)
    const good = await readFile(path('a/x'))
    const step = PIECE + 16
    const bad = async (): Promise<unknown> => gather((await encryptedAnew(folder)).read('a/x'))
    for (const at of [0, 9, 20, 32, 40, 32 + PIECE + 3, good.length - 1]) {
      const flipped = Buffer.from(good)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      await writeFile(path('a/x'), flipped)
      await expect(bad(), `bit at ${at}`).rejects.toMatchObject({ code: 'OBJECT_UNREADABLE' })
    }
    for (const [what, bytes] of [
      ['the last piece gone', good.subarray(0, 32 + 2 * step)],
      ['nothing but the head', good.subarray(0, 32)],
      ['half a piece', good.subarray(0, 32 + step + 100)],
      [
        'two pieces exchanged',
        Buffer.concat([
          good.subarray(0, 32),
          good.subarray(32 + step, 32 + 2 * step),
          good.subarray(32, 32 + step),
          good.subarray(32 + 2 * step),
        ]),
      ],
      ['a piece twice at its end', Buffer.concat([good, good.subarray(32 + 2 * step)])],
      ['another object', await readFile(path('a/y'))],
    ] as const) {
      await writeFile(path('a/x'), bytes)
      await expect(bad(), what).rejects.toMatchObject({ code: 'OBJECT_UNREADABLE' })
    }
  })

  const encryptedAnew = async (folder: string) => (await storeIn(folder)).store

  it('reads what was replaced by another, though its head is remembered', async () => {
    const folder = place()
    const [one, other] = [await encryptedAnew(folder), await encryptedAnew(folder)]
    await one.replace('a/x', randomBytes(2 * PIECE))
    await gather(one.read('a/x', { start: PIECE, end: PIECE + 10 }))
    const bytes = new Uint8Array(randomBytes(2 * PIECE))
    await other.replace('a/x', bytes)
    expect(await gather(one.read('a/x', { start: PIECE, end: PIECE + 10 }))).toEqual(bytes.slice(PIECE, PIECE + 10))
  })

  it('has a key for each scope; destroyed with it, and nothing of it comes back', async () => {
    const folder = place()
    const { store, raw } = await storeIn(folder)
    for (const name of ['a/x', 'a/y', 'b/x']) await store.put(name, once(randomBytes(100)))
    const kept = await gather(raw.read('a/x'))
    expect(await store.removeAll('a/', REMOVAL)).toBe(2)
    expect(await readdir(join(folder, 'keys'))).not.toContain('a')
    // Somebody kept the bytes.
    await raw.put('a/x', once(kept))
    await expect(gather((await encryptedAnew(folder)).read('a/x'))).rejects.toMatchObject({ code: 'KEY_UNUSABLE' })
    expect((await gather(store.read('b/x'))).length).toBe(100)
    // What comes under that name later has another key.
    await raw.remove('a/x', REMOVAL)
    await store.put('a/z', once(randomBytes(5)))
    expect((await gather((await encryptedAnew(folder)).read('a/z'))).length).toBe(5)
  })

  it('does not write with a key that another opener destroyed', async () => {
    const folder = place()
    const [one, other] = [await encryptedAnew(folder), await encryptedAnew(folder)]
    await one.put('a/x', once(randomBytes(10)))
    await other.removeAll('a/', REMOVAL)
    await one.put('a/x', once(randomBytes(11)))
    expect((await gather((await encryptedAnew(folder)).read('a/x'))).length).toBe(11)
  })

  it('has its keys wrapped anew, and is then read without the old wrapping key', async () => {
    const folder = place()
    await (await encryptedAnew(folder)).put('a/x', once(randomBytes(10)))
    const { keys } = await storeIn(folder, () => ring('one', 'two'))
    expect(await keys.check()).toEqual({ keys: 1, wrapping: new Set(['one']) })
    expect(await keys.rewrap()).toBe(1)
    expect(await keys.rewrap()).toBe(0)
    const { store } = await storeIn(folder, () => ring('two'))
    expect((await gather(store.read('a/x'))).length).toBe(10)
    await expect(gather((await encryptedAnew(folder)).read('a/x'))).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
      facts: { why: 'the wrapping key it needs is not in keys/' },
    })
    // Nothing is written over a key that is only missing its wrapping key.
    await expect((await encryptedAnew(folder)).put('a/y', once(randomBytes(1)))).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
    })
  })

  it('writes with a new key where the old one was altered', async () => {
    const folder = place()
    await (await encryptedAnew(folder)).put('a/x', once(randomBytes(10)))
    await writeFile(join(folder, 'keys', 'a', 'key.json'), '{"v":1,"wrapping":"one","nonce":"AAAA","key":"AAAA"}')
    const store = await encryptedAnew(folder)
    await expect(gather(store.read('a/x'))).rejects.toMatchObject({ code: 'KEY_UNUSABLE' })
    await store.put('a/y', once(randomBytes(7)))
    expect((await gather((await encryptedAnew(folder)).read('a/y'))).length).toBe(7)
  })
})
