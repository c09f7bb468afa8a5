/**
 * What every object store must do: disk today, S3 and stores composed of stores later.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bytes, gather } from '../../src/base/bytes.ts'
import type { ObjectStore, Removal } from '../../src/storage/objects/object-store.ts'

export interface ObjectStorePlace {
  /** Opens the same store each time. */
  open(): Promise<ObjectStore>
  remove(): Promise<void>
}

export function objectStoreContract(name: string, place: () => Promise<ObjectStorePlace>): void {
  describe(`${name} keeps the object store contract`, () => {
    let at: ObjectStorePlace
    let store: ObjectStore
    beforeEach(async () => {
      at = await place()
      store = await at.open()
    })
    afterEach(() => at.remove())

    const text = async (name: string, range?: { start: number; end: number }): Promise<string> =>
      new TextDecoder().decode(await gather(store.read(name, range)))
    const names = async (prefix = ''): Promise<string[]> => {
      const found: string[] = []
      for await (const { name } of store.list(prefix)) found.push(name)
      return found
    }

    it('gives back the bytes it was given, under their name, in whatever pieces they came', async () => {
      expect(await store.put('a', chunks('abc', '', 'def'))).toEqual({ name: 'a', size: 6 })
      expect(await text('a')).toBe('abcdef')
      expect(await store.head('a')).toEqual({ name: 'a', size: 6 })
    })

    it('keeps an empty object', async () => {
      expect(await store.put('empty', chunks())).toEqual({ name: 'empty', size: 0 })
      expect(await text('empty')).toBe('')
    })

    it('gives large objects in pieces, every byte of them', async () => {
      const piece = Uint8Array.from({ length: 700_001 }, (_, at) => at % 251)
      await store.put('large', chunks(piece, piece, piece))
      const back = await gather(store.read('large'))
      expect(back.length).toBe(piece.length * 3)
      expect(back.subarray(piece.length, piece.length * 2)).toEqual(piece)
    })

    it('reads a range without the rest, and of a range no more than there is', async () => {
      await store.put('a', chunks('abcdef'))
      expect(await text('a', { start: 2, end: 4 })).toBe('cd')
      expect(await text('a', { start: 4, end: 100 })).toBe('ef')
      expect(await text('a', { start: 6, end: 100 })).toBe('')
      expect(await text('a', { start: 3, end: 3 })).toBe('')
    })

    it('refuses a second object under a name and keeps the first', async () => {
      await store.put('a', chunks('first'))
      await expect(store.put('a', chunks('second'))).rejects.toMatchObject({ code: 'OBJECT_EXISTS' })
      expect(await text('a')).toBe('first')
    })

    it('lets exactly one of two who put the same name at once succeed, whole', async () => {
      const contents = ['one', 'two', 'three', 'four']
      const puts = await Promise.allSettled(contents.map((content) => store.put('a', chunks(...content.split('')))))
      const winners = contents.filter((_, at) => puts[at]?.status === 'fulfilled')
      expect(winners).toHaveLength(1)
      expect(await text('a')).toBe(winners[0])
    })

    it('leaves nothing behind when the sender fails half way, and takes the name afterwards', async () => {
      await expect(store.put('a', failing('abc'))).rejects.toThrow('connection reset')
      expect(await names()).toEqual([])
      expect(await store.head('a')).toBeUndefined()
      await store.put('a', chunks('whole'))
      expect(await text('a')).toBe('whole')
    })

    it('says what it does not have', async () => {
      await expect(text('nothing')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
      expect(await store.head('nothing')).toBeUndefined()
      expect(await names('nothing')).toEqual([])
    })

    it('lists names by prefix in code-unit order, folders or not', async () => {
      const all = ['a-b', 'a.b/c', 'a/b', 'a/b-c/d', 'a/b.c', 'a0', 'B/a', 'b/x/y/z']
      for (const name of [...all].reverse()) await store.put(name, chunks(name))
      expect(await names()).toEqual([...all].sort())
      expect(await names('a/')).toEqual(['a/b', 'a/b-c/d', 'a/b.c'])
      expect(await names('a/b')).toEqual(['a/b', 'a/b-c/d', 'a/b.c'])
      expect(await names('a/b-')).toEqual(['a/b-c/d'])
      expect(await names('b/x/y/z')).toEqual(['b/x/y/z'])
      expect(await names('b/x/y/zz')).toEqual([])
      expect(await store.head('b/x')).toBeUndefined()
    })

    it('refuses names that lead out of the store or hide in it', async () => {
      for (const name of ['', '/a', 'a/', 'a//b', '../a', 'a/../../b', '.hidden', 'a/.hidden', 'a b', 'ä', 'a\0b'])
        await expect(store.put(name, chunks('x')), name).rejects.toThrow()
      expect(await names()).toEqual([])
    })

    it('removes by a stated reason, once and again', async () => {
      const removal: Removal = { because: 'superseded', evidence: 'copy b was read again' }
      await store.put('a/a', chunks('x'))
      await store.put('a/b', chunks('x'))
      await store.remove('a/a', removal)
      await store.remove('a/a', removal)
      expect(await names()).toEqual(['a/b'])
      await store.put('a/a', chunks('again'))
      expect(await text('a/a')).toBe('again')
    })

    it('sets an object aside: its name is free, and nothing of it is listed', async () => {
      await store.put('a/b', chunks('bad'))
      expect(await store.setAside('a/b')).not.toBe('')
      expect(await store.head('a/b')).toBeUndefined()
      expect(await names()).toEqual([])
      await store.put('a/b', chunks('good'))
      expect(await text('a/b')).toBe('good')
      expect(await names()).toEqual(['a/b'])
      await expect(store.setAside('a/c')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
    })

    it('removes everything below a name, and what was set aside of it, and nothing beside', async () => {
      const removal = { because: 'disposition', evidence: 'a test' } as const
      expect(await store.removeAll('a/b/', removal)).toBe(0)
      for (const name of ['a/b/c', 'a/b/d/e', 'a/bc/f']) {
        await store.put(name, chunks('bad'))
        await store.setAside(name)
        await store.put(name, chunks('good'))
      }
      expect(await store.removeAll('a/b/', removal)).toBe(4)
      expect(await store.removeAll('a/b/', removal)).toBe(0)
      expect(await names()).toEqual(['a/bc/f'])
      expect(await text('a/bc/f')).toBe('good')
      expect(await store.removeAll('a/bc/', removal)).toBe(2)
    })

    it('finds its objects when it is opened again', async () => {
      await store.put('a/b', chunks('kept'))
      store = await at.open()
      expect(await names()).toEqual(['a/b'])
      expect(await text('a/b')).toBe('kept')
    })

    it('lets several read one object at once, and one stop early', async () => {
      await store.put('a', chunks(new Uint8Array(3_000_000)))
      for await (const piece of store.read('a')) {
        expect(piece.length).toBeGreaterThan(0)
        break
      }
      const lengths = await Promise.all([1, 2, 3].map(async () => (await gather(store.read('a'))).length))
      expect(lengths).toEqual([3_000_000, 3_000_000, 3_000_000])
    })
  })
}

async function* chunks(...parts: readonly (string | Bytes)[]): AsyncGenerator<Bytes> {
  for (const part of parts) yield typeof part === 'string' ? new TextEncoder().encode(part) : part
}

async function* failing(part: string): AsyncGenerator<Bytes> {
  yield* chunks(part)
  throw new Error('connection reset')
}
