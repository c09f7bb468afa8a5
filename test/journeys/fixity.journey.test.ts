import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { FixityReport } from '../../src/archive/archive.ts'
import { gather } from '../../src/base/bytes.ts'
import { uid } from '../../src/dicom/uid.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import {
  ADMINISTRATOR,
  asFile,
  eventsOf,
  type Running,
  removeArchives,
  runArchive,
  temporaryFolder,
  user,
} from '../support/archives.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 60_000 })
afterAll(removeArchives)

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** Three images of one study, received and sealed. */
async function sealed(mirrors: readonly string[] = [], options: Parameters<typeof runArchive>[0] = {}) {
  const running = await runArchive({ mirrors, ...options })
  const images = [1, 2, 3].map((seed) =>
    syntheticInstance({ seed, value: (column, row) => (column * row + seed * 7) % 4096 }),
  )
  for (const { bytes } of images) await running.archive.receive(ADMINISTRATOR, asFile(bytes))
  await all(running.archive.seal(ADMINISTRATOR, 'all'))
  const study = uid(images[0]?.study ?? '')
  const object = objectPath(objectId(study))
  return { running, images, study, object, pack: join(object, 'v1/content/v1-small.zip') }
}

/** The first byte after the image's name that is another then. */
function harm(path: string, after: string): number {
  const bytes = readFileSync(path)
  const at = bytes.indexOf(Buffer.from([0xff, 0xd9]), bytes.indexOf(after)) - 20
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
  return at
}

const look = (running: Running): Promise<FixityReport[]> => all(running.archive.fixity(ADMINISTRATOR, 'all'))
const original = async (running: Running, { study, series, instance }: Synthetic): Promise<string> => {
  const key = { study: uid(study), series: uid(series), instance: uid(instance) }
  const [record] = await running.archive.instances(ADMINISTRATOR, key)
  if (record === undefined) throw new Error('it is gone')
  return digest(await gather(running.archive.original(ADMINISTRATOR, record)))
}

describe('what is kept, read again', () => {
  it('is good: nothing is said but that it was read, in the log and in the state', async () => {
    const { running } = await sealed()
    expect(await look(running)).toMatchObject([{ outcome: 'good', findings: [], damaged: [] }])
    const { fixity } = await running.archive.storage(ADMINISTRATOR)
    expect(fixity).toMatchObject({ running: false, studies: 1, mended: 0, damaged: [] })
    expect(fixity.bytes).toBeGreaterThan(10_000)
    expect(await eventsOf(running, 'fixity.pass')).toMatchObject([{ studies: 1, damaged: 0 }])
    expect(await eventsOf(running, 'study.damage')).toEqual([])
  })

  it('is damaged in its only copy: instance and bytes are named, once in the log, and until they are good again', async () => {
    let { running, images, pack, object } = await sealed()
    const path = join(running.folder, 'vault', pack)
    const whole = readFileSync(path)
    const at = harm(path, images[1]?.instance ?? '')
    const [report] = await look(running)
    expect(report).toMatchObject({ outcome: 'damaged', damaged: [{ file: pack, copies: [{ flaw: 'altered' }] }] })
    const harmed = report?.damaged[0]?.harmed ?? []
    expect(harmed.map(({ instance }) => instance)).toEqual([images[1]?.instance])
    expect(harmed[0]?.start).toBeLessThanOrEqual(at)
    expect(harmed[0]?.end).toBeGreaterThan(at)
    // What is not harmed is given out; what is, is not.
    expect(await original(running, images[0] as Synthetic)).toBe(digest(images[0]?.bytes ?? new Uint8Array()))
    await expect(original(running, images[1] as Synthetic)).rejects.toThrow()

    await look(running)
    expect(await eventsOf(running, 'study.damage')).toMatchObject([
      { outcome: 12, lost: 1, harmed: [{ file: pack, instance: images[1]?.instance }] },
    ])
    running = await running.restart()
    expect((await running.archive.status(ADMINISTRATOR)).fixity).toMatchObject({ damaged: 1, harmed: 1 })

    writeFileSync(path, whole)
    expect(await look(running)).toMatchObject([{ outcome: 'good' }])
    expect((await running.archive.status(ADMINISTRATOR)).fixity).toMatchObject({ damaged: 0, harmed: 0 })

    // A file no image is in: that none is reached is said too.
    const study = join(running.folder, 'vault', object, 'v1/content/study.json')
    writeFileSync(study, readFileSync(study, 'utf8').replace('"v":1', '"v":2'))
    expect(await look(running)).toMatchObject([{ outcome: 'damaged', damaged: [{ harmed: [] }] }])
  })

  it('is damaged in one of two copies: set aside, written again, both journaled', async () => {
    const mirror = temporaryFolder()
    const { running, images, pack } = await sealed([mirror])
    await look(running)
    const places = [join(running.folder, 'vault', pack), join(mirror, 'vault', pack)]
    const whole = readFileSync(places[0] ?? '')
    for (const [at, path] of places.entries()) {
      harm(path, images[at]?.instance ?? '')
      const bad = readFileSync(path)
      const [report] = await look(running)
      expect(report).toMatchObject({ outcome: 'mended', damaged: [], findings: [{ flaw: 'altered' }] })
      expect(readFileSync(path).equals(whole)).toBe(true)
      expect(readFileSync(report?.findings[0]?.aside ?? '').equals(bad)).toBe(true)
    }
    expect(await eventsOf(running, 'study.damage')).toMatchObject([
      { outcome: 4, lost: 0, found: [{ copy: 'vault', file: pack, flaw: 'altered', from: mirror }] },
      { found: [{ copy: mirror, from: 'vault' }] },
    ])
    expect(await eventsOf(running, 'study.repair')).toHaveLength(2)
    expect((await running.archive.status(ADMINISTRATOR)).fixity).toMatchObject({ mended: 2, damaged: 0 })
  })

  it('is mended after somebody read it and was not given what came', async () => {
    const mirror = temporaryFolder()
    const { running, images, pack } = await sealed([mirror])
    await look(running)
    harm(join(running.folder, 'vault', pack), images[2]?.instance ?? '')
    await expect(original(running, images[2] as Synthetic)).rejects.toThrow()
    await vi.waitFor(async () => expect(await eventsOf(running, 'study.repair')).toHaveLength(1), { timeout: 20_000 })
    expect(await original(running, images[2] as Synthetic)).toBe(digest(images[2]?.bytes ?? new Uint8Array()))
  })

  it('comes by itself, and goes on after a restart where it was', async () => {
    const options = { fixity: { days: 30, bytesPerSecond: 1e9, lookMs: 100 } }
    let days = 0
    const now = () => new Date(Date.now() + days * 86_400_000)
    let { running } = await sealed([], { options, now })
    const state = async () => (await running.archive.storage(ADMINISTRATOR)).fixity
    // Not in the first day of an archive.
    await vi.waitFor(() => expect(existsSync(join(running.folder, 'cache/fixity.json'))).toBe(true), {
      timeout: 40_000,
    })
    expect((await state()).began).toBe('')
    days = 2
    await vi.waitFor(async () => expect((await state()).ended).not.toBe(''), { timeout: 40_000, interval: 200 })
    const { ended, began, next } = await state()
    expect(Date.parse(next) - Date.parse(began)).toBe(30 * 86_400_000)
    running = await running.restart()
    expect(await state()).toMatchObject({ ended, began, studies: 1, running: false })
  })

  it('is the journal too: a payload only the inbox has that is not what came is found', async () => {
    const running = await runArchive({ segmentBytes: 200_000 })
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9])
      await running.archive.receive(ADMINISTRATOR, asFile(syntheticInstance({ seed }).bytes))
    const [segment] = readdirSync(join(running.folder, 'inbox')).filter((name) => name.endsWith('.journal'))
    const path = join(running.folder, 'inbox', segment ?? '')
    const bytes = readFileSync(path)
    bytes[20_000] = (bytes[20_000] ?? 0) ^ 1
    writeFileSync(path, bytes)
    await look(running)
    expect((await running.archive.status(ADMINISTRATOR)).damage).toBeGreaterThan(0)
    expect(await eventsOf(running, 'aud.110113')).toMatchObject([{ alert: 'the journal is damaged' }])
  })

  it('is refused to whoever may not', async () => {
    const { running } = await sealed()
    await expect(all(running.archive.fixity(user('clinician'), 'all'))).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    })
  })
})
