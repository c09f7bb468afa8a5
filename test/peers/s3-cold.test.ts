/**
 * A cold store in a bucket of Ceph's radosgw, encrypted: studies go there and come back with answers that are errors, late, half
 * or lost, and what came is what is given.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { uid } from '../../src/dicom/uid.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import { ADMINISTRATOR, asFile, type Running, removeArchives, runArchive, sha256 } from '../support/archives.ts'
import { type FaultyProxy, openFaultyProxy } from '../support/faulty-proxy.ts'
import { missing, openRadosgw, type Radosgw } from '../support/radosgw.ts'
import { below, seeded } from '../support/random.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const IMAGES = Array.from({ length: 8 }, (_, seed) =>
  syntheticInstance({
    seed,
    study: 1 + (seed % 4),
    rows: 150,
    columns: 150,
    value: (column, row) => (column * row + seed) % 4096,
  }),
)
const STUDIES = [...new Set(IMAGES.map(({ study }) => study))].map((study) => uid(study))
const OPTIONS = { tiers: { rules: [], everyMs: 86_400_000, retryMs: 200 } }

async function sealed(running: Running): Promise<void> {
  for (const { bytes } of IMAGES) await running.archive.receive(ADMINISTRATOR, asFile(bytes))
  const reports = await all(running.archive.seal(ADMINISTRATOR, 'all'))
  expect(reports.map(({ outcome }) => outcome)).toEqual(STUDIES.map(() => 'sealed'))
}

async function isGiven({ archive }: Running, { study, series, instance, bytes }: Synthetic): Promise<void> {
  const key = { study: uid(study), series: uid(series), instance: uid(instance) }
  const [record] = await archive.instances(ADMINISTRATOR, key)
  if (record === undefined) throw new Error(`${instance} is gone`)
  expect(sha256(await gather(archive.original(ADMINISTRATOR, record)))).toBe(sha256(bytes))
}

const inVault = ({ folder }: Running, study: string) => join(folder, 'vault', objectPath(objectId(study)))

function filesOf(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return new Map(
    files.map(({ parentPath, name }) => [join(parentPath, name), sha256(readFileSync(join(parentPath, name)))]),
  )
}

describe.skipIf(missing !== '')(`a cold store in a bucket${missing && `: ${missing}`}`, { timeout: 300_000 }, () => {
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

  it('takes and gives back everything though every third answer is 500, 503, late, half or lost', async () => {
    const cold = { ...(await radosgw.bucket('plain', proxy.port)), encrypt: true }
    const random = seeded(11)
    const faults = ['error-500', 'slow-down', 'late', 'half', 'answer-lost'] as const
    const running = await runArchive({ cold, options: OPTIONS })
    await sealed(running)
    const before = filesOf(join(running.folder, 'vault'))
    proxy.decide(() => (below(random, 3) === 0 ? (faults[below(random, faults.length)] ?? 'none') : 'none'))
    // One that failed was not moved, and is asked for again.
    await vi.waitFor(
      async () => {
        const reports = await all(await running.archive.moveToCold(ADMINISTRATOR, STUDIES))
        expect(reports.filter(({ outcome }) => outcome === 'failed')).toEqual([])
      },
      { timeout: 120_000, interval: 100 },
    )
    for (const study of STUDIES) expect(existsSync(inVault(running, study))).toBe(false)
    expect((await running.archive.storage(ADMINISTRATOR)).tiers).toMatchObject({ cold: cold.url, studies: 4 })
    for (const study of STUDIES) await running.archive.recall(ADMINISTRATOR, study)
    for (const study of STUDIES)
      await vi.waitFor(
        async () =>
          expect(await running.archive.availability(ADMINISTRATOR, study)).toEqual({ availability: 'ONLINE' }),
        { timeout: 120_000, interval: 100 },
      )
    expect(filesOf(join(running.folder, 'vault'))).toEqual(before)
    for (const one of IMAGES) await isGiven(running, one)
    for (const fault of faults) expect(proxy.counts.get(fault) ?? 0, fault).toBeGreaterThan(3)
    proxy.decide(() => 'none')
  })

  it('that does not answer keeps nothing from being received, found and sealed; a study is recalled when it does', async () => {
    const cold = { ...(await radosgw.bucket()), encrypt: true }
    let running = await runArchive({ cold, options: OPTIONS })
    await sealed(running)
    const [first, second] = STUDIES as [(typeof STUDIES)[0], (typeof STUDIES)[0]]
    expect(await all(await running.archive.moveToCold(ADMINISTRATOR, [first]))).toMatchObject([{ outcome: 'moved' }])
    await radosgw.stop()
    running = await running.restart()
    expect(await all(await running.archive.moveToCold(ADMINISTRATOR, [second]))).toMatchObject([{ outcome: 'failed' }])
    expect((await running.archive.recall(ADMINISTRATOR, first)).availability).toBe('NEARLINE')
    for (const one of IMAGES.filter(({ study }) => study === second)) await isGiven(running, one)
    await radosgw.start()
    await vi.waitFor(
      async () => expect(await running.archive.availability(ADMINISTRATOR, first)).toEqual({ availability: 'ONLINE' }),
      { timeout: 120_000, interval: 200 },
    )
    for (const one of IMAGES) await isGiven(running, one)
  })
})
