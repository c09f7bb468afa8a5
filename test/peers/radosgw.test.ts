/**
 * Ceph's radosgw as object store: it keeps the contract that the disk keeps.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import type { ObjectStore } from '../../src/storage/objects/object-store.ts'
import { s3Objects } from '../../src/storage/objects/s3.ts'
import { openS3, type S3Address } from '../../src/storage/objects/s3-client.ts'
import { probe } from '../../src/storage/objects/s3-probe.ts'
import { objectStoreContract } from '../contract/object-store.contract.ts'
import { missing, openRadosgw, type Radosgw } from '../support/radosgw.ts'

const PART = 5 * 1024 * 1024

async function storeAt(address: S3Address, conditional = true): Promise<ObjectStore> {
  const place = openS3(address)
  const can = await probe(place)
  return s3Objects({
    place,
    root: 'vault/',
    aside: 'set-aside/',
    can: { ...can, conditional: can.conditional && conditional },
    partBytes: PART,
  })
}

describe.skipIf(missing !== '')(`radosgw as object store${missing && `: ${missing}`}`, { timeout: 300_000 }, () => {
  let radosgw: Radosgw
  beforeAll(async () => {
    radosgw = await openRadosgw()
  }, 180_000)
  afterAll(() => radosgw?.remove())

  for (const kind of ['plain', 'versioned'] as const)
    objectStoreContract(`a ${kind} bucket`, async () => {
      const address = await radosgw.bucket(kind)
      return { open: () => storeAt(address), remove: async () => {} }
    })
  objectStoreContract('a bucket of a store that cannot refuse a second object', async () => {
    const address = await radosgw.bucket()
    return { open: () => storeAt(address, false), remove: async () => {} }
  })

  it('is found to do what it says, and not to look at the checksum of SHA-256', async () => {
    expect(await probe(openS3(await radosgw.bucket()))).toEqual({
      conditional: true,
      md5: true,
      sha256: false,
      versions: false,
      lock: false,
    })
    expect(await probe(openS3(await radosgw.bucket('lockable')))).toMatchObject({ versions: true, lock: true })
  })

  it('takes a large object in parts, once, with flat memory, and gives any range of it', async () => {
    const store = await storeAt(await radosgw.bucket())
    const piece = randomBytes(1_000_003)
    const pieces = 200
    async function* large() {
      for (let number = 0; number < pieces; number += 1) yield piece
    }
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    expect(await store.put('a/large', large())).toEqual({ name: 'a/large', size: pieces * piece.length })
    let read = 0
    for await (const got of store.read('a/large')) read += got.length
    expect(read).toBe(pieces * piece.length)
    expect(process.memoryUsage().rss - before).toBeLessThan(120_000_000)
    const start = piece.length * 150 - 3
    expect(await gather(store.read('a/large', { start, end: start + 6 }))).toEqual(
      new Uint8Array(Buffer.concat([piece.subarray(-3), piece.subarray(0, 3)])),
    )
    await expect(store.put('a/large', large())).rejects.toMatchObject({ code: 'OBJECT_EXISTS' })
  })
})
