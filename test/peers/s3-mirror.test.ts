/**
 * A mirror in a bucket of Ceph's radosgw, through a whole life: sealed into, read from and mended from, the vault made anew
 * from it, the index rebuilt from it; and all of that with answers that are errors, late, half or lost.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Bytes, gather } from '../../src/base/bytes.ts'
import { uid } from '../../src/dicom/uid.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import { s3Objects } from '../../src/storage/objects/s3.ts'
import { openS3, type S3Address } from '../../src/storage/objects/s3-client.ts'
import { probe } from '../../src/storage/objects/s3-probe.ts'
import { KEYRING, readKeyring, writeKeyring } from '../../src/vault/copies/keyring.ts'
import { prepareVault } from '../../src/vault/copies/places.ts'
import { checkKeys, rotateKeys } from '../../src/vault/copies/rotate-keys.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import {
  ADMINISTRATOR,
  asFile,
  copiesOf,
  eventsOf,
  type Running,
  removeArchives,
  runArchive,
  sha256,
  temporaryFolder,
} from '../support/archives.ts'
import { type FaultyProxy, openFaultyProxy } from '../support/faulty-proxy.ts'
import { missing, openRadosgw, type Radosgw } from '../support/radosgw.ts'
import { below, seeded } from '../support/random.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

const QUICK = { copyMs: 200 }

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const image = (seed: number, study = 1): Synthetic =>
  syntheticInstance({ seed, study, rows: 150, columns: 150, value: (column, row) => (column * row + seed) % 4096 })

async function receive({ archive }: Running, ...images: readonly Synthetic[]): Promise<void> {
  for (const { bytes } of images) await archive.receive(ADMINISTRATOR, asFile(bytes))
}
const seal = ({ archive }: Running) => all(archive.seal(ADMINISTRATOR, 'all'))
const copies = async ({ archive }: Running) => (await archive.storage(ADMINISTRATOR)).copies

async function isGiven({ archive }: Running, ...images: readonly Synthetic[]): Promise<void> {
  for (const { study, series, instance, bytes } of images) {
    const key = { study: uid(study), series: uid(series), instance: uid(instance) }
    const [record] = await archive.instances(ADMINISTRATOR, key)
    if (record === undefined) throw new Error(`${instance} is gone`)
    expect(sha256(await gather(archive.original(ADMINISTRATOR, record)))).toBe(sha256(bytes))
  }
}

/** Of the canonical dump what is no event: reading adds events. */
const facts = async (running: Running) => (await running.dump()).filter((line) => !line.includes('"table":"events"'))

const until = async (running: Running, at: number, state: string) =>
  vi.waitFor(async () => expect((await copies(running))[at]).toMatchObject({ state }), {
    timeout: 60_000,
    interval: 100,
  })

/** Names and digests of a storage root on disk. */
function rootOf(folder: string): ReadonlyMap<string, string> {
  const vault = join(folder, 'vault')
  const found = readdirSync(vault, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const paths = found.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return new Map(paths.map((path) => [path.slice(vault.length + 1), sha256(readFileSync(path))]))
}

async function rawAt(address: S3Address) {
  const place = openS3(address)
  return s3Objects({ place, root: 'vault/', aside: 'set-aside/', can: await probe(place) })
}

async function bucketOf(address: S3Address): Promise<ReadonlyMap<string, string>> {
  const store = await rawAt(address)
  const found = new Map<string, string>()
  for (const { name } of await all(store.list(''))) found.set(name, sha256((await gather(store.read(name))) as Bytes))
  return found
}

/** Everything below the prefix, as the store has it. */
async function wholeOf(address: S3Address): Promise<ReadonlyMap<string, Buffer>> {
  const place = openS3(address)
  const store = s3Objects({ place, root: '', aside: 'set-aside/', can: await probe(place) })
  const found = new Map<string, Buffer>()
  for (const { name } of await all(store.list(''))) found.set(name, Buffer.from(await gather(store.read(name))))
  return found
}

describe.skipIf(missing !== '')(`a mirror in a bucket${missing && `: ${missing}`}`, { timeout: 300_000 }, () => {
  let radosgw: Radosgw
  let proxy: FaultyProxy
  beforeAll(async () => {
    radosgw = await openRadosgw()
    proxy = await openFaultyProxy(radosgw.port)
  }, 180_000)
  afterAll(async () => {
    await removeArchives()
    await proxy?.close()
    await radosgw?.remove()
  })

  it('has everything before the inbox lets go of it, and gives it all when the vault has gone', async () => {
    const mirror = await radosgw.bucket()
    let running = await runArchive({ mirrors: [mirror], options: QUICK, segmentBytes: 200_000 })
    const images = Array.from({ length: 12 }, (_, seed) => image(seed, 1 + (seed % 2)))
    await receive(running, ...images)
    const full = await running.inbox.size()
    expect((await seal(running)).map(({ outcome }) => outcome)).toEqual(['sealed', 'sealed'])
    expect(await bucketOf(mirror)).toEqual(rootOf(running.folder))
    expect(await copies(running)).toMatchObject([{ state: 'good' }, { copy: mirror.url, state: 'good', behind: 0 }])
    expect((await copies(running))[1]?.says).toBe(
      'It has everything that is sealed. Kept in the clear. Refuses a second object under one name. Checks what it is sent (MD5). Cannot lock objects to a date. What was written is read back and compared with our own digests.',
    )
    expect(await running.inbox.size()).toBeLessThan(full / 2)
    const dump = await facts(running)
    const whole = rootOf(running.folder)

    rmSync(join(running.folder, 'vault'), { recursive: true })
    await isGiven(running, ...images)
    running = await running.withoutIndex()
    expect(await facts(running)).toEqual(dump)
    await isGiven(running, ...images)

    // As `clearkeep fixity --recreate-vault` does.
    const { folder } = running
    await running.close()
    const folders = {
      vault: join(folder, 'vault'),
      incoming: join(folder, 'cache/vault'),
      setAside: join(folder, 'set-aside'),
    }
    await prepareVault(diskFiles(), folders, folder, true)
    running = await runArchive({ folder, mirrors: [mirror], options: QUICK })
    await all(running.archive.fixity(ADMINISTRATOR, 'all'))
    expect(rootOf(folder)).toEqual(whole)
    expect(running.complaints).toEqual([])
  })

  it('mends the vault, and is mended from it; what was bad is set aside', async () => {
    const mirror = await radosgw.bucket()
    const running = await runArchive({ mirrors: [mirror], options: QUICK })
    const images = [image(1), image(2), image(3, 2)]
    await receive(running, ...images)
    await seal(running)
    const whole = rootOf(running.folder)
    const packs = [...whole.keys()].filter((name) => name.endsWith('.zip'))
    const [first = '', second = ''] = packs
    writeFileSync(join(running.folder, 'vault', first), 'no pack')
    const raw = await rawAt(mirror)
    await raw.replace(second, new TextEncoder().encode('no pack either'))
    const reports = await all(running.archive.fixity(ADMINISTRATOR, 'all'))
    expect(reports.flatMap(({ findings }) => findings)).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ copy: 'vault', name: first, flaw: 'altered', from: mirror.url }),
        expect.objectContaining({ copy: mirror.url, name: second, flaw: 'altered', from: 'vault' }),
      ]),
    )
    expect(rootOf(running.folder)).toEqual(whole)
    expect(await bucketOf(mirror)).toEqual(whole)
    expect(await eventsOf(running, 'study.repair')).toHaveLength(2)
  })

  it('that does not answer holds nothing up, says so, and is brought up when it does', async () => {
    const mirror = await radosgw.bucket()
    const running = await runArchive({ mirrors: [mirror], options: QUICK })
    await receive(running, image(1))
    await seal(running)
    await radosgw.stop()
    await until(running, 1, 'away')
    await receive(running, image(2))
    expect((await seal(running)).map(({ outcome }) => outcome)).toEqual(['sealed'])
    expect((await copies(running))[1]?.says).toMatch(/^Not used: .*a store that does not answer\. It lacks one study/)
    await isGiven(running, image(1), image(2))
    await radosgw.start()
    await until(running, 1, 'good')
    expect(await bucketOf(mirror)).toEqual(rootOf(running.folder))
  })

  it('is encrypted: nothing in the bucket can be read without its wrapping key, and everything with it', async () => {
    const mirror = { ...(await radosgw.bucket('versioned')), encrypt: true }
    let running = await runArchive({ mirrors: [mirror], options: QUICK })
    const images = [image(1), image(2), image(3, 2)]
    await receive(running, ...images)
    await seal(running)
    await until(running, 1, 'good')
    expect((await copies(running))[1]?.says).toContain('Encrypted, with a key for each study.')
    const bucket = await wholeOf(mirror)
    expect([...bucket.keys()].filter((name) => name.startsWith('keys/'))).toHaveLength(2)
    for (const [name, bytes] of bucket)
      if (!/^vault\/(README|read-vault)/.test(name))
        for (const word of ['SYN-', 'DICM', 'studyUID', '2.25.', '"instances"'])
          expect(bytes.includes(word), `${word} in ${name}`).toBe(false)

    // A range of a pack that is encrypted, when the vault is not there.
    const whole = rootOf(running.folder)
    rmSync(join(running.folder, 'vault'), { recursive: true })
    await isGiven(running, ...images)
    const { folder } = running
    await running.close()

    // The wrapping key is lost: said, and nothing of the copy touched.
    const of = { archive: 'test', keys: join(folder, 'keys') }
    const ring = await readKeyring(diskFiles(), of.keys)
    if (ring === undefined) throw new Error('there is no keyring')
    rmSync(join(of.keys, KEYRING))
    running = await runArchive({ folder, mirrors: [mirror], options: QUICK })
    await until(running, 1, 'locked')
    expect((await copies(running))[1]?.says).toMatch(/^Not used: the key it was encrypted with is not in keys\//)
    expect((await checkKeys(diskFiles(), mirror, of))?.problem).toContain('its wrapping key is not in keys/')
    expect(await wholeOf(mirror)).toEqual(bucket)
    await running.close()

    // Brought back, and changed for another.
    await writeKeyring(diskFiles(), of.keys, ring)
    expect(await checkKeys(diskFiles(), mirror, of)).toEqual({ keys: 2, wrapping: [ring.current] })
    expect(await rotateKeys(diskFiles(), [mirror], of)).toBe(2)
    const after = await readKeyring(diskFiles(), of.keys)
    expect([...(after?.keys.keys() ?? [])]).toEqual([after?.current])
    expect(await checkKeys(diskFiles(), mirror, of)).toEqual({ keys: 2, wrapping: [after?.current] })
    const folders = {
      vault: join(folder, 'vault'),
      incoming: join(folder, 'cache/vault'),
      setAside: join(folder, 'set-aside'),
    }
    await prepareVault(diskFiles(), folders, folder, true)
    running = await runArchive({ folder, mirrors: [mirror], options: QUICK })
    await all(running.archive.fixity(ADMINISTRATOR, 'all'))
    expect(rootOf(folder)).toEqual(whole)

    // A study goes: its key and every version of its objects.
    const [copy] = (await copiesOf(diskFiles(), folder, [mirror])).slice(1)
    const path = objectPath(objectId(images[0]?.study ?? ''))
    await copy?.attached()
    await copy?.store.removeAll(`${path}/`, { because: 'disposition', evidence: 'a test' })
    copy?.close?.()
    expect([...(await wholeOf(mirror)).keys()].filter((name) => name.includes(path))).toEqual([])
    const { client, bucket: Bucket } = openS3(mirror)
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }))
    expect([...Versions, ...DeleteMarkers].filter(({ Key }) => Key?.includes(path))).toEqual([])
    client.destroy()
  })

  it('that does not answer at the first start is made at a later one', async () => {
    const mirror = await radosgw.bucket()
    await radosgw.stop()
    let running = await runArchive({ mirrors: [mirror], options: QUICK })
    await receive(running, image(1))
    expect((await seal(running)).map(({ outcome }) => outcome)).toEqual(['sealed'])
    expect((await copies(running))[1]).toMatchObject({ state: 'away', behind: 1 })
    await radosgw.start()
    running = await running.restart()
    await until(running, 1, 'good')
    expect(await bucketOf(mirror)).toEqual(rootOf(running.folder))
  })

  it('of another archive is left alone', async () => {
    const mirror = await radosgw.bucket()
    const store = await rawAt(mirror)
    await store.put(
      'anything',
      (async function* () {
        yield new TextEncoder().encode('x')
      })(),
    )
    const place = openS3(mirror)
    const whole = s3Objects({ place, root: '', aside: 'set-aside/', can: await probe(place) })
    await whole.replace('clearkeep-mirror.json', new TextEncoder().encode('{"v":1,"archive":"another"}'))
    const running = await runArchive({ mirrors: [mirror], options: QUICK })
    await receive(running, image(1))
    await seal(running)
    await until(running, 1, 'foreign')
    expect([...(await bucketOf(mirror)).keys()]).toEqual(['anything'])
  })

  it('takes and gives everything though every third answer is 500, 503, late, half or lost', async () => {
    const mirror = await radosgw.bucket('plain', proxy.port)
    const random = seeded(5)
    const faults = ['error-500', 'slow-down', 'late', 'half', 'answer-lost'] as const
    proxy.decide(() => (below(random, 3) === 0 ? (faults[below(random, faults.length)] ?? 'none') : 'none'))
    const running = await runArchive({ folder: temporaryFolder(), mirrors: [mirror], options: QUICK })
    const images = Array.from({ length: 8 }, (_, seed) => image(seed, 1 + (seed % 4)))
    await receive(running, ...images)
    expect((await seal(running)).map(({ outcome }) => outcome)).toEqual(['sealed', 'sealed', 'sealed', 'sealed'])
    await until(running, 1, 'good')
    rmSync(join(running.folder, 'vault'), { recursive: true })
    await isGiven(running, ...images)
    for (const fault of faults) expect(proxy.counts.get(fault) ?? 0, fault).toBeGreaterThan(5)
    proxy.decide(() => 'none')
  })
})
