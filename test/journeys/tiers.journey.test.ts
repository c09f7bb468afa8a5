import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { uid } from '../../src/dicom/uid.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import {
  ADMINISTRATOR,
  asFile,
  ENGINES,
  eventsOf,
  type Running,
  type RunOptions,
  removeArchives,
  runArchive,
  temporaryFolder,
} from '../support/archives.ts'
import { qido, stow, value } from '../support/client.ts'
import { startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 60_000 })
afterAll(removeArchives)

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const image = (seed: number, study = 1): Synthetic =>
  syntheticInstance({ seed, study, rows: 150, columns: 150, value: (column, row) => (column * row + seed) % 4096 })
const IMAGES = [image(1), image(2), image(3, 2)]
const STUDY = uid(image(1).study)
const OTHER = uid(image(3, 2).study)
const OBJECT = objectPath(objectId(STUDY))

const tierOptions = (over = {}) => ({ tiers: { rules: [], everyMs: 86_400_000, retryMs: 100, ...over } })

async function withSealed(options: RunOptions = {}): Promise<{ running: Running; cold: string }> {
  const cold = join(temporaryFolder(), 'cold')
  const running = await runArchive({ cold, options: tierOptions(), ...options })
  for (const { bytes } of IMAGES) await running.archive.receive(ADMINISTRATOR, asFile(bytes))
  await all(running.archive.seal(ADMINISTRATOR, 'all'))
  return { running, cold }
}

const move = async ({ archive }: Running, study = STUDY) => all(await archive.moveToCold(ADMINISTRATOR, [study]))
const tiers = async ({ archive }: Running) => (await archive.storage(ADMINISTRATOR)).tiers

async function recordOf({ archive }: Running, { study, series, instance }: Synthetic) {
  const [record] = await archive.instances(ADMINISTRATOR, {
    study: uid(study),
    series: uid(series),
    instance: uid(instance),
  })
  if (record === undefined) throw new Error(`${instance} is gone`)
  return record
}
const originalOf = async (running: Running, one: Synthetic) =>
  digest(await gather(running.archive.original(ADMINISTRATOR, await recordOf(running, one))))

const availabilityOf = async ({ archive }: Running, study = STUDY) => {
  const asked = { level: 'study', study, matches: [], include: 'default', fuzzy: false, raw: '' } as const
  const { results } = await archive.find(ADMINISTRATOR, asked)
  return results[0]?.['00080056']?.Value?.[0]
}

async function isBack(running: Running, ...images: readonly Synthetic[]): Promise<void> {
  await vi.waitFor(
    async () => expect(await running.archive.availability(ADMINISTRATOR, STUDY)).toEqual({ availability: 'ONLINE' }),
    { timeout: 30_000, interval: 50 },
  )
  for (const one of images) expect(await originalOf(running, one)).toBe(digest(one.bytes))
}

describe.each(ENGINES)('on %s a study that goes to the cold store', (engine) => {
  it('leaves the vault, is NEARLINE, is brought back when somebody opens it, and every file has the digest of its arrival', async () => {
    const { running, cold } = await withSealed({ engine })
    const before = await filesBelow(join(running.folder, 'vault', OBJECT))
    expect(await move(running)).toMatchObject([{ study: STUDY, outcome: 'moved', files: before.size }])
    expect(existsSync(join(running.folder, 'vault', OBJECT))).toBe(false)
    expect(await filesBelow(join(cold, 'vault', OBJECT))).toEqual(before)
    expect(await tiers(running)).toMatchObject({ cold, state: 'good', studies: 1, moving: 0, recalls: [] })
    expect(await availabilityOf(running)).toBe('NEARLINE')
    expect(await availabilityOf(running, OTHER)).toBe('ONLINE')
    expect(await originalOf(running, IMAGES[2] as Synthetic)).toBe(digest((IMAGES[2] as Synthetic).bytes))
    // What is known of it is given as ever.
    expect(await all(running.archive.metadata(ADMINISTRATOR, { study: STUDY }, ''))).toHaveLength(2)

    await expect(originalOf(running, IMAGES[0] as Synthetic)).rejects.toMatchObject({ code: 'STUDY_NEARLINE' })
    await isBack(running, ...IMAGES)
    expect(await availabilityOf(running)).toBe('ONLINE')
    expect(await filesBelow(join(running.folder, 'vault', OBJECT))).toEqual(before)
    expect((await eventsOf(running, 'study.tier')).length).toBe(2)
    expect(running.complaints).toEqual([])
  })

  it('is known to be there after a restart, and after the index was made again: the dumps are equal', async () => {
    let { running } = await withSealed({ engine })
    await move(running)
    const before = await running.dump()
    running = await running.withoutIndex()
    expect((await running.dump()).filter(isDurable)).toEqual(before.filter(isDurable))
    expect(await availabilityOf(running)).toBe('NEARLINE')
    await running.archive.recall(ADMINISTRATOR, STUDY)
    await isBack(running, ...IMAGES)
  })
})

/** Starts and stops of the archive come on top. */
const isDurable = (line: string): boolean => !line.includes('"aud.110100"')

describe('at the doors', () => {
  it('a study in the cold store is NEARLINE, answered 503 with Retry-After, and given once it is back', async () => {
    const cold = join(temporaryFolder(), 'cold')
    const server = await startServer({ environment: { CLEARKEEP_VAULT__COLD: JSON.stringify([cold]) } })
    try {
      const [first, second, other] = IMAGES as [Synthetic, Synthetic, Synthetic]
      for (const { bytes } of [first, second, other]) await stow(server.dicomweb, bytes)
      const post = (path: string, body: object) =>
        fetch(`${server.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      await (await post('/api/seal', {})).text()
      expect(await (await post('/api/cold', { studies: [STUDY] })).json()).toMatchObject({ outcome: 'moved' })
      const [found] = await qido(server.dicomweb, `/studies?StudyInstanceUID=${STUDY}`)
      expect(value(found, '00080056')).toBe('NEARLINE')

      const retrieve = () =>
        fetch(`${server.dicomweb}/studies/${STUDY}`, {
          headers: { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
        })
      const refused = await retrieve()
      expect(refused.status).toBe(503)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await refused.json()).toMatchObject({ code: 'STUDY_NEARLINE' })
      await vi.waitFor(
        async () =>
          expect(await (await fetch(`${server.url}/api/studies/${STUDY}/availability`)).json()).toEqual({
            availability: 'ONLINE',
          }),
        { timeout: 20_000, interval: 100 },
      )
      expect((await retrieve()).status).toBe(200)
      expect((await post(`/api/studies/${STUDY}/recall`, {})).status).toBe(200)
      expect((await post('/api/studies/1.2.3/recall', {})).status).toBe(404)
    } finally {
      await server.stop()
    }
  })

  it('without a cold store nothing can be moved there', async () => {
    const running = await runArchive()
    await expect(running.archive.moveToCold(ADMINISTRATOR, [STUDY])).rejects.toMatchObject({ code: 'TIER_NONE' })
  })
})

describe('the cold store', () => {
  it('that is away: nothing goes there; what is there is missed, and comes when it is back, over a restart', async () => {
    let { running, cold } = await withSealed()
    await move(running)
    renameSync(cold, `${cold}-away`)
    expect(await move(running, OTHER)).toMatchObject([{ outcome: 'failed', why: expect.stringContaining('not there') }])
    expect(await originalOf(running, IMAGES[2] as Synthetic)).toBe(digest((IMAGES[2] as Synthetic).bytes))
    await running.archive.recall(ADMINISTRATOR, STUDY)
    await vi.waitFor(async () =>
      expect((await tiers(running))?.recalls).toMatchObject([
        { study: STUDY, problem: expect.stringMatching('not there') },
      ]),
    )
    running = await running.restart()
    expect(existsSync(cold)).toBe(false)
    renameSync(`${cold}-away`, cold)
    await isBack(running, ...IMAGES)
  })

  it('whose copy is bad gives nothing that is not what came; a mirror gives the rest, and fixity mends it', async () => {
    const mirror = join(temporaryFolder(), 'mirror')
    const { running, cold } = await withSealed({ mirrors: [mirror], options: { ...tierOptions(), copyMs: 50 } })
    await move(running)
    const pack = packIn(join(cold, 'vault', OBJECT))
    const good = readFileSync(pack)
    writeFileSync(
      pack,
      good.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)),
    )
    expect(await all(running.archive.fixity(ADMINISTRATOR, [STUDY]))).toMatchObject([
      { outcome: 'mended', findings: [{ copy: cold, flaw: 'altered', from: mirror }] },
    ])
    expect(readFileSync(pack).equals(good)).toBe(true)
    expect(existsSync(join(running.folder, 'vault', OBJECT))).toBe(false)

    rmSync(pack)
    await running.archive.recall(ADMINISTRATOR, STUDY)
    await isBack(running, ...IMAGES)
  })

  it('with nothing good in it is said, and the study stays where it is known to be', async () => {
    const { running, cold } = await withSealed()
    await move(running)
    const pack = packIn(join(cold, 'vault', OBJECT))
    writeFileSync(
      pack,
      readFileSync(pack).map((byte, at) => (at === 5000 ? byte ^ 1 : byte)),
    )
    await running.archive.recall(ADMINISTRATOR, STUDY)
    await vi.waitFor(async () =>
      expect((await tiers(running))?.recalls[0]?.problem).toMatch('no copy has it in good state'),
    )
    expect(await all(running.archive.fixity(ADMINISTRATOR, [STUDY]))).toMatchObject([{ outcome: 'damaged' }])
  })

  it('takes what a rule names, and what comes for it later brings it back first', async () => {
    const rules = [{ studyDays: 0, unseenDays: 0, modalities: ['CT'] }]
    const { running } = await withSealed({ options: tierOptions({ rules, everyMs: 100 }) })
    await vi.waitFor(async () => expect(await tiers(running)).toMatchObject({ studies: 2, moving: 0 }), {
      timeout: 20_000,
    })
    const late = image(9)
    await running.archive.receive(ADMINISTRATOR, asFile(late.bytes))
    expect(await all(running.archive.seal(ADMINISTRATOR, [STUDY]))).toMatchObject([{ outcome: 'sealed', instances: 1 }])
    await vi.waitFor(async () => expect(await tiers(running)).toMatchObject({ studies: 2, moving: 0 }), {
      timeout: 20_000,
    })
    expect(running.complaints).toEqual([])
  })

  it('is looked at by verify from what is kept here; a study that is in neither is found', async () => {
    const { running } = await withSealed()
    await move(running)
    const { folder } = running
    await running.close()
    expect((await look(folder)).failed).toEqual({})
    const stub = join(folder, 'vault-cold', OBJECT)
    rmSync(stub, { recursive: true })
    expect(Object.values((await look(folder)).failed).join()).toMatch(/was sealed and is not in the vault/)
  })
})

const packIn = (folder: string): string => {
  const name = readdirSync(folder, { recursive: true }).find((one) => String(one).endsWith('.zip'))
  return join(folder, String(name))
}

async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return new Map(
    found
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length), digest(readFileSync(path))]),
  )
}
