import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type ByteStream, gather } from '../../base/bytes.ts'
import { diskFiles } from '../files/disk.ts'
import { diskObjects } from './disk.ts'
import { keptHereToo } from './kept-here.ts'
import type { ObjectStore, Removal } from './object-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-kept-'))
afterAll(() => rmSync(folder, { recursive: true }))

const REMOVAL: Removal = { because: 'disposition', evidence: 'a test' }
async function* stream(text: string): ByteStream {
  yield new TextEncoder().encode(text)
}
const textOf = async (store: ObjectStore, name: string) =>
  new TextDecoder().decode(await gather(store.read(name)).catch(() => new TextEncoder().encode('nothing')))

describe('small objects kept in a store and here too', () => {
  let [there, here, both]: ObjectStore[] = []
  beforeEach(async () => {
    const root = join(folder, crypto.randomUUID())
    const store = (name: string) =>
      diskObjects(diskFiles(), join(root, name), join(root, `${name}-incoming`), join(root, `${name}-aside`))
    ;[there, here] = [await store('there'), await store('here')]
    both = keptHereToo(there as ObjectStore, here as ObjectStore)
  })
  const [bucket, disk, store] = [() => there as ObjectStore, () => here as ObjectStore, () => both as ObjectStore]

  it('are in both once they were written, and when they are written anew', async () => {
    await store().put('a/key.json', stream('one'))
    expect([await textOf(bucket(), 'a/key.json'), await textOf(disk(), 'a/key.json')]).toEqual(['one', 'one'])
    await store().replace('a/key.json', new TextEncoder().encode('two'))
    expect([await textOf(bucket(), 'a/key.json'), await textOf(disk(), 'a/key.json')]).toEqual(['two', 'two'])
    await expect(store().put('a/key.json', stream('three'))).rejects.toMatchObject({ code: 'OBJECT_EXISTS' })
  })

  it('are given from here when somebody took them away there, and are there again', async () => {
    await store().put('a/key.json', stream('one'))
    await bucket().remove('a/key.json', REMOVAL)
    expect(await textOf(store(), 'a/key.json')).toBe('one')
    expect(await textOf(bucket(), 'a/key.json')).toBe('one')
    expect(await store().head('a/key.json')).toMatchObject({ size: 3 })
  })

  it('that were there before are kept here from the first time they are read', async () => {
    await bucket().put('b/key.json', stream('old'))
    expect(await textOf(store(), 'b/key.json')).toBe('old')
    expect(await textOf(disk(), 'b/key.json')).toBe('old')
  })

  it('are in neither once they were destroyed', async () => {
    await store().put('a/key.json', stream('one'))
    await store().removeAll('a/', REMOVAL)
    for (const one of [bucket(), disk(), store()]) expect(await textOf(one, 'a/key.json')).toBe('nothing')
    await store().put('a/key.json', stream('two'))
    await store().remove('a/key.json', REMOVAL)
    for (const one of [bucket(), disk()]) expect(await one.head('a/key.json')).toBeUndefined()
  })

  it('that are no good are set aside in both', async () => {
    await store().put('a/key.json', stream('bad'))
    await store().setAside('a/key.json')
    await store().put('a/key.json', stream('good'))
    expect([await textOf(bucket(), 'a/key.json'), await textOf(disk(), 'a/key.json')]).toEqual(['good', 'good'])
  })
})
