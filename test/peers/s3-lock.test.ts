/**
 * Object Lock of Ceph's radosgw: what compliance mode holds nobody shortens, not with Clearkeep's own credentials through the
 * S3 API; it is held no longer than it must be kept; and destruction respects it, says so, and finishes when the day has come.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  type ObjectVersion,
  PutObjectCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { uid } from '../../src/dicom/uid.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import { openS3, type S3Address, statusOf } from '../../src/storage/objects/s3-client.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import { asFile, copiesOf, type Running, removeArchives, runArchive, temporaryFolder } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { freshPostgres } from '../support/postgres.ts'
import { missing, openRadosgw, type Radosgw } from '../support/radosgw.ts'
import { adoptRules } from '../support/rules.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

const DAY = 86_400_000
const QUICK = { copyMs: 200, disposition: { coolingDays: 0, automatic: false } }
const [rita, rosa, paul] = [person('rita', 'records'), person('rosa', 'records'), person('paul', 'privacy')]
const NAME = 'SYNTHETIC^LOCKED'

const day = (ahead: number): string => new Date(Date.now() + ahead * DAY).toISOString().slice(0, 10)
/** So many years before a day, as DICOM writes it. */
const yearsBefore = (date: string, years: number): string =>
  `${Number(date.slice(0, 4)) - years}${date.slice(5, 7)}${date.slice(8)}`

describe.skipIf(missing !== '')(`Object Lock of radosgw${missing && `: ${missing}`}`, { timeout: 300_000 }, () => {
  let radosgw: Radosgw
  beforeAll(async () => {
    radosgw = await openRadosgw()
  }, 180_000)
  afterAll(async () => {
    await removeArchives()
    await radosgw?.remove()
  })

  const seal = async ({ archive }: Running): Promise<void> => {
    for await (const { outcome } of archive.seal(rita, 'all')) expect(outcome).toBe('sealed')
    await vi.waitFor(
      async () => expect((await archive.storage(rita)).copies[1]).toMatchObject({ state: 'good', behind: 0 }),
      { timeout: 60_000, interval: 100 },
    )
  }
  const begin = async (mirror: S3Address, images: readonly Synthetic[], rules: Parameters<typeof adoptRules>[1]) => {
    const running = await runArchive({ mirrors: [mirror], options: QUICK })
    await adoptRules(running.archive, rules)
    for (const { bytes } of images) await running.archive.receive(person('tom', 'technologist'), asFile(bytes))
    await seal(running)
    return running
  }
  const US = { jurisdictions: ['us'], institution: 'hospital' }

  /** Every version below a study's object, as the store has them. */
  async function versionsOf(mirror: S3Address, study: string, below = 'vault'): Promise<readonly ObjectVersion[]> {
    const { client, bucket: Bucket, prefix } = openS3(mirror)
    const Prefix = `${prefix}${below}/${objectPath(objectId(study))}/`
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix }))
    client.destroy()
    return Versions
  }
  async function locksOf(mirror: S3Address, study: string) {
    const { client, bucket: Bucket } = openS3(mirror)
    const locks: { readonly key: string; readonly mode: string; readonly until: Date }[] = []
    for (const { Key = '', VersionId } of await versionsOf(mirror, study)) {
      const told = await client.send(new GetObjectRetentionCommand({ Bucket, Key, VersionId })).catch(() => undefined)
      if (told?.Retention?.RetainUntilDate !== undefined)
        locks.push({ key: Key, mode: told.Retention.Mode ?? '', until: told.Retention.RetainUntilDate })
    }
    client.destroy()
    return locks
  }

  it('holds what compliance mode holds against everybody who has our credentials', async () => {
    const mirror = { ...(await radosgw.bucket('lockable')), lockDays: 90 }
    const image = syntheticInstance({ seed: 1, study: 1, studyDate: '20240101' })
    const running = await begin(mirror, [image], { ...US, mode: 'compliance' })
    expect((await running.archive.storage(rita)).copies[1]?.says).toContain(
      'Locked for 90 days at each look, and no longer than it must be kept.',
    )
    const locks = await locksOf(mirror, image.study)
    expect(locks.length).toBeGreaterThan(3)
    for (const { mode, until } of locks) {
      expect(mode).toBe('COMPLIANCE')
      expect(Math.abs(until.getTime() - Date.now() - 90 * DAY)).toBeLessThan(DAY)
    }

    const { client, bucket: Bucket } = openS3(mirror)
    const refused = (asked: Promise<unknown>) =>
      asked.then(
        () => 'done',
        (thrown: unknown) => statusOf(thrown),
      )
    const before = await versionsOf(mirror, image.study)
    for (const { Key = '', VersionId } of before) {
      const of = { Bucket, Key, VersionId }
      const sooner = { Mode: 'COMPLIANCE', RetainUntilDate: new Date(Date.now() + DAY) } as const
      const softer = { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.now() + 200 * DAY) } as const
      const bypass = { BypassGovernanceRetention: true }
      expect(await refused(client.send(new DeleteObjectCommand(of))), Key).toBe(403)
      expect(await refused(client.send(new DeleteObjectCommand({ ...of, ...bypass }))), Key).toBe(403)
      expect(await refused(client.send(new PutObjectRetentionCommand({ ...of, Retention: sooner }))), Key).toBe(403)
      const forced = { ...of, ...bypass, Retention: sooner }
      expect(await refused(client.send(new PutObjectRetentionCommand(forced))), Key).toBe(403)
      expect(await refused(client.send(new PutObjectRetentionCommand({ ...of, Retention: softer }))), Key).toBe(403)
    }
    expect(await refused(client.send(new DeleteBucketCommand({ Bucket })))).not.toBe('done')

    // What can be done, something over it or a mark that it is gone, takes nothing away: the archive mends what is seen.
    const [pack] = before.filter(({ Key }) => Key?.endsWith('.zip'))
    const [inventory] = before.filter(({ Key }) => Key?.endsWith('v1/inventory.json'))
    await client.send(new PutObjectCommand({ Bucket, Key: pack?.Key, Body: 'nothing' }))
    await client.send(new DeleteObjectCommand({ Bucket, Key: inventory?.Key }))
    for await (const { outcome } of running.archive.fixity(rita, [uid(image.study)]))
      expect(outcome).not.toBe('damaged')
    const still = new Set((await versionsOf(mirror, image.study)).map(({ VersionId }) => VersionId))
    for (const { VersionId } of before) expect(still.has(VersionId)).toBe(true)
    const found = await client.send(new GetObjectCommand({ Bucket, Key: pack?.Key, VersionId: pack?.VersionId }))
    expect((await found.Body?.transformToByteArray())?.length).toBe(pack?.Size)
    client.destroy()
  })

  it('holds nothing longer than it must be kept, and only ever moves the day on', async () => {
    const mirror = { ...(await radosgw.bucket('lockable')), lockDays: 90 }
    // Five years (42 CFR 482.26): the last day is in ten days.
    const soon = syntheticInstance({ seed: 1, study: 1, studyDate: yearsBefore(day(10), 5) })
    const past = syntheticInstance({ seed: 2, study: 2, studyDate: '19900315' })
    const running = await begin(mirror, [soon, past], US)
    const until = (await running.archive.retention(paul, uid(soon.study))).eligibleOn
    expect((await locksOf(mirror, soon.study)).map((lock) => lock.until.toISOString().slice(0, 10))).toEqual(
      Array((await versionsOf(mirror, soon.study)).length).fill(until),
    )
    // What may go is not locked.
    expect(await locksOf(mirror, past.study)).toEqual([])
    // Kept longer now: the next look moves the day on, and a later one does not move it back.
    await running.archive.tellFacts(rita, {
      about: { kind: 'study', id: soon.study },
      set: { keepUntil: day(40) },
      reason: 'SYNTHETIC',
    })
    const look = async () => {
      for await (const { outcome } of running.archive.fixity(rita, [uid(soon.study)])) expect(outcome).toBe('good')
      return (await locksOf(mirror, soon.study)).map((lock) => lock.until.toISOString().slice(0, 10))
    }
    expect(new Set(await look())).toEqual(new Set([day(41)]))
    expect(new Set(await look())).toEqual(new Set([day(41)]))
  })

  it('is respected by destruction: unreadable at once where it was encrypted, the rest when the day has come', async () => {
    const mirror = { ...(await radosgw.bucket('lockable')), encrypt: true, lockDays: 90 }
    const image = syntheticInstance({ seed: 1, study: 1, studyDate: '19900315', patientName: NAME })
    const running = await begin(mirror, [image], US)
    const { folder } = running
    const study = uid(image.study)
    const path = objectPath(objectId(study))
    const here = () =>
      readdirSync(join(folder, 'vault-keys'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.includes(path),
      )
    expect(here().length).toBeGreaterThan(0)

    // Somebody takes the key out of the bucket: it is kept here too, and put there again.
    const { client, bucket: Bucket } = openS3(mirror)
    for (const { Key, VersionId } of await versionsOf(mirror, study, 'keys'))
      await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
    const again = await running.restart()
    for await (const { outcome } of again.archive.fixity(rita, [study])) expect(outcome).toBe('good')
    expect((await versionsOf(mirror, study, 'keys')).length).toBe(1)

    // It may go, and is locked for some seconds all the same.
    const [, copy] = await copiesOf(diskFiles(), folder, [mirror])
    await copy?.attached()
    const until = new Date(Date.now() + 12_000)
    expect(await copy?.store.lock?.(`${path}/`, until)).toBeGreaterThan(0)
    copy?.close?.()
    const ask = { reason: 'SYNTHETIC', studies: [study], acknowledged: [study], papers: {} }
    const { id } = await again.archive.proposeDisposition(rita, ask)
    await again.archive.approveDisposition(rosa, id, 'first', 'SYNTHETIC')
    await again.archive.approveDisposition(paul, id, 'second', 'SYNTHETIC')
    for await (const { outcome } of again.archive.seal(rita, 'all')) expect(outcome).not.toBe('failed')
    await again.archive.carryOutDispositions()
    const [tombstone] = await again.archive.tombstones(paul, study)
    expect(tombstone?.copies).toContainEqual({
      where: mirror.url,
      method: 'crypto-erase',
      objects: expect.any(Number),
      locked: { objects: expect.any(Number), until: expect.stringMatching(/^20/) },
    })
    expect(await versionsOf(mirror, study, 'keys')).toEqual([])
    expect(here()).toEqual([])
    const left = await versionsOf(mirror, study)
    expect(left.length).toBeGreaterThan(0)
    for (const { Key, VersionId } of left) {
      const found = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }))
      const bytes = Buffer.from((await found.Body?.transformToByteArray()) ?? [])
      for (const word of [NAME, 'DICM', study]) expect(bytes.includes(word), `${word} in ${Key}`).toBe(false)
    }
    client.destroy()

    await sleep(Math.max(0, until.getTime() - Date.now()) + 2000)
    // After a restart too.
    const later = await again.restart()
    await later.archive.carryOutDispositions()
    expect(await versionsOf(mirror, study)).toEqual([])
    const [finished] = await later.archive.tombstones(paul, study)
    expect(finished?.copies.find(({ where }) => where === mirror.url)?.locked).toBeUndefined()
    expect((await later.archive.certificate(paul, finished?.id ?? 0)).acts).toHaveLength(2)
    expect(existsSync(join(folder, 'vault', path))).toBe(false)
  })

  it('leaves nothing of a patient in bucket, mirror, data folder and PostgreSQL, once they have expired as the certificate says', async () => {
    const { url, files } = await freshPostgres()
    const mirror = { ...(await radosgw.bucket('versioned')), encrypt: true }
    const folderMirror = join(temporaryFolder(), 'mirror')
    const image = syntheticInstance({
      seed: 7,
      study: 7,
      studyDate: '19900315',
      patientName: NAME,
      patientId: 'GONE-1',
    })
    const running = await runArchive({
      engine: 'PostgreSQL',
      postgres: url,
      mirrors: [mirror, folderMirror],
      options: QUICK,
    })
    await adoptRules(running.archive, US)
    await running.archive.receive(person('tom', 'technologist'), asFile(image.bytes))
    const other = syntheticInstance({ seed: 8, study: 8, patientId: 'STAYS-1', patientName: 'SYNTHETIC^STAYS' })
    await running.archive.receive(person('tom', 'technologist'), asFile(other.bytes))
    await seal(running)
    const study = uid(image.study)
    const ask = { reason: 'SYNTHETIC', studies: [study], acknowledged: [study], papers: {} }
    const { id } = await running.archive.proposeDisposition(rita, ask)
    await running.archive.approveDisposition(rosa, id, 'first', 'SYNTHETIC')
    await running.archive.approveDisposition(paul, id, 'second', 'SYNTHETIC')
    await seal(running)
    await running.archive.carryOutDispositions()
    const [tombstone] = await running.archive.tombstones(paul, study)
    expect(tombstone?.done).toBeGreaterThan(0)
    expect(tombstone?.copies.map(({ where, method }) => [where, method])).toEqual([
      ['vault', 'clear'],
      [mirror.url, 'crypto-erase'],
      [folderMirror, 'clear'],
      ['index', 'clear'],
    ])
    const certificate = await running.archive.certificate(paul, tombstone?.id ?? 0)
    expect(certificate.beyond).toContain('VACUUM FULL')
    const { folder } = running
    await running.close()
    const client = new Client(url)
    await client.connect()
    await client.query('vacuum full')
    for (let round = 0; round < 2; round += 1) {
      await client.query('select pg_switch_wal()')
      await client.query('checkpoint')
    }
    await client.end()

    const pixels = image.bytes.subarray(image.bytes.length - 2000, image.bytes.length - 1500)
    const sought = [Buffer.from(NAME), Buffer.from('LOCKED'), pixels]
    const searched = new Map<string, number>()
    const search = (where: string, name: string, bytes: Buffer) => {
      searched.set(where, (searched.get(where) ?? 0) + 1)
      for (const needle of sought) expect(bytes.includes(needle), `${name} has ${needle.subarray(0, 20)}`).toBe(false)
    }
    for (const root of [folder, folderMirror, files])
      for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
        if (entry.isFile())
          search(root, join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name)))
    const { client: s3, bucket: Bucket } = openS3(mirror)
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    for (const { Key, VersionId } of Versions) {
      const found = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))
      search('bucket', Key ?? '', Buffer.from((await found.Body?.transformToByteArray()) ?? []))
    }
    const path = objectPath(objectId(study))
    expect([...Versions, ...DeleteMarkers].filter(({ Key }) => Key?.includes(path))).toEqual([])
    s3.destroy()
    for (const where of [folder, folderMirror, files, 'bucket'])
      expect(searched.get(where) ?? 0, where).toBeGreaterThan(3)
  })

  it('keeps a destruction waiting where what is locked can still be read, and the certificate says until when', async () => {
    const mirror = { ...(await radosgw.bucket('lockable')), lockDays: 90 }
    const image = syntheticInstance({ seed: 1, study: 1, studyDate: '19900315', patientName: NAME })
    const running = await begin(mirror, [image], US)
    const { archive, folder } = running
    const study = uid(image.study)
    const [, copy] = await copiesOf(diskFiles(), folder, [mirror])
    await copy?.attached()
    const until = new Date(Date.now() + 10_000)
    await copy?.store.lock?.(`${objectPath(objectId(study))}/`, until)
    copy?.close?.()
    const ask = { reason: 'SYNTHETIC', studies: [study], acknowledged: [study], papers: {} }
    const { id } = await archive.proposeDisposition(rita, ask)
    await archive.approveDisposition(rosa, id, 'first', 'SYNTHETIC')
    await archive.approveDisposition(paul, id, 'second', 'SYNTHETIC')
    for await (const { outcome } of archive.seal(rita, 'all')) expect(outcome).not.toBe('failed')
    await archive.carryOutDispositions()
    const stateOf = async () => (await archive.dispositions(paul)).find((one) => one.id === id)
    const waits = /objects in http.* are locked until 20/
    expect(await stateOf()).toMatchObject({ state: 'destroying', studies: [{ stopped: expect.stringMatching(waits) }] })
    const [tombstone] = await archive.tombstones(paul, study)
    expect(await archive.certificate(paul, tombstone?.id ?? 0)).toMatchObject({
      done: null,
      waits: expect.stringMatching(waits),
    })
    await sleep(Math.max(0, until.getTime() - Date.now()) + 2000)
    await archive.carryOutDispositions()
    expect(await stateOf()).toMatchObject({ state: 'destroyed', studies: [{ stopped: '' }] })
    expect(await versionsOf(mirror, study)).toEqual([])
  })
})
