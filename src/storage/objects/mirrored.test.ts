import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { objectStoreContract } from '../../../test/contract/object-store.contract.ts'
import { type ByteStream, gather } from '../../base/bytes.ts'
import { diskFiles } from '../files/disk.ts'
import type { Files } from '../files/files.ts'
import { diskObjects } from './disk.ts'
import { mirrored } from './mirrored.ts'
import type { ObjectStore } from './object-store.ts'

const scratch = await mkdtemp(join(tmpdir(), 'clearkeep-mirrored-'))
afterAll(() => rm(scratch, { recursive: true, force: true }))
let made = 0
const place = () => join(scratch, String(++made))

const stores = async (folder: string, files: Files = diskFiles()) =>
  [await diskObjects(diskFiles(), join(folder, 'a')), await diskObjects(files, join(folder, 'b'))] as const

objectStoreContract('a store in two places', async () => {
  const folder = place()
  return {
    open: async () => mirrored(...(await stores(folder))),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})

objectStoreContract('a store in two places of which the second takes nothing', async () => {
  const folder = place()
  return {
    open: async () => mirrored(...(await stores(folder, refusing()))),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})

/** As a file system that has become read-only. */
function refusing(): Files {
  const no = () => Promise.reject(Object.assign(new Error('EROFS'), { code: 'EROFS' }))
  return { ...diskFiles(), create: no, makeFolder: no, rename: no, link: no, remove: no }
}

async function* once(text: string): ByteStream {
  yield new TextEncoder().encode(text)
}
const text = async (store: ObjectStore, name: string, range?: { start: number; end: number }): Promise<string> =>
  new TextDecoder().decode(await gather(store.read(name, range)))

describe('a store in two places', () => {
  it('has everything in both', async () => {
    const folder = place()
    const [a, b] = await stores(folder)
    const store = mirrored(a, b)
    await store.put('x/1', once('one'))
    await store.replace('x/2', new TextEncoder().encode('two'))
    for (const one of [a, b]) expect([await text(one, 'x/1'), await text(one, 'x/2')]).toEqual(['one', 'two'])
    await store.remove('x/1', { because: 'abandoned', evidence: 'a test' })
    for (const one of [a, b]) expect(await one.head('x/1')).toBeUndefined()
  })

  it('gives from the second what the first has lost, and says so', async () => {
    const folder = place()
    const [a, b] = await stores(folder)
    const fellBack: string[] = []
    const store = mirrored(a, b, { fellBack: (name) => fellBack.push(name) })
    await store.put('x/1', once('one and more'))
    await store.put('x/2', once('two'))
    await rm(join(folder, 'a'), { recursive: true })
    expect(await text(store, 'x/1')).toBe('one and more')
    expect(await text(store, 'x/1', { start: 4, end: 7 })).toBe('and')
    expect(await store.head('x/2')).toEqual({ name: 'x/2', size: 3 })
    const names: string[] = []
    for await (const { name } of store.list('')) names.push(name)
    expect(names).toEqual(['x/1', 'x/2'])
    expect(fellBack).toEqual(['x/1', 'x/1'])
    await expect(text(store, 'x/3')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
  })

  it('goes on from the byte where the first could not be read', async () => {
    const folder = place()
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 251)
    const [a, b] = await stores(folder)
    await mirrored(a, b).put(
      'large',
      (async function* () {
        yield bytes
      })(),
    )
    const bad: Files = {
      ...diskFiles(),
      open: async (path) => {
        const file = await diskFiles().open(path)
        return {
          ...file,
          read: (start, end) =>
            start >= 2_000_000
              ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
              : file.read(start, end),
        }
      },
    }
    const store = mirrored(await diskObjects(bad, join(folder, 'a')), b)
    expect(Buffer.compare(await gather(store.read('large')), bytes)).toBe(0)
    expect(
      Buffer.compare(await gather(store.read('large', { start: 5, end: 2_999_999 })), bytes.subarray(5, 2_999_999)),
    ).toBe(0)
  })

  it('keeps taking when the second does not, and gives it nothing more', async () => {
    const folder = place()
    const [a] = await stores(folder)
    const missed: string[] = []
    let broken = true
    const files = {
      ...diskFiles(),
      create: (path: string) => (broken ? refusing().create(path) : diskFiles().create(path)),
    }
    const b = await diskObjects(files, join(folder, 'b'))
    const store = mirrored(a, b, { missed: (name) => missed.push(name) })
    await store.put('1', once('one'))
    broken = false
    await store.put('2', once('two'))
    expect(missed).toEqual(['1'])
    expect([await text(a, '1'), await text(a, '2')]).toEqual(['one', 'two'])
    expect([await b.head('1'), await b.head('2')]).toEqual([undefined, undefined])
  })
})
