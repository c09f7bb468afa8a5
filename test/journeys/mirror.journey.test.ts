import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { uid } from '../../src/dicom/uid.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import type { Files } from '../../src/storage/files/files.ts'
import { type Copy, prepareVault } from '../../src/vault/copies/places.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import {
  ADMINISTRATOR,
  asFile,
  eventsOf,
  type Running,
  removeArchives,
  runArchive,
  temporaryFolder,
} from '../support/archives.ts'
import { person } from '../support/people.ts'
import { adoptRules } from '../support/rules.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 60_000 })
afterAll(removeArchives)

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const QUICK = { copyMs: 50 }

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
    const [record] = await archive.instances(ADMINISTRATOR, {
      study: uid(study),
      series: uid(series),
      instance: uid(instance),
    })
    if (record === undefined) throw new Error(`${instance} is gone`)
    expect(digest(await gather(archive.original(ADMINISTRATOR, record)))).toBe(digest(bytes))
  }
}

const until = async (running: Running, at: number, state: string) =>
  vi.waitFor(async () => expect((await copies(running))[at]).toMatchObject({ state }), {
    timeout: 30_000,
    interval: 50,
  })

/** Names and bytes of a storage root, but for what is for people. */
function rootOf(folder: string): ReadonlyMap<string, string> {
  const vault = join(folder, 'vault')
  const found = readdirSync(vault, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return new Map(
    found
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(vault.length), digest(readFileSync(path))]),
  )
}

describe('a mirror', () => {
  it('has everything before the inbox lets go of it, and is a storage root like the vault', async () => {
    const mirror = join(temporaryFolder(), 'mirror')
    const running = await runArchive({ mirrors: [mirror], options: QUICK, segmentBytes: 200_000 })
    const images = Array.from({ length: 12 }, (_, seed) => image(seed, 1 + (seed % 2)))
    await receive(running, ...images)
    const full = await running.inbox.size()
    await seal(running)
    expect(rootOf(mirror)).toEqual(rootOf(running.folder))
    expect(await copies(running)).toMatchObject([
      { copy: 'vault', state: 'good' },
      { copy: mirror, state: 'good', behind: 0 },
    ])
    expect(await running.inbox.size()).toBeLessThan(full / 2)
    await receive(running, image(50, 1))
    await seal(running)
    expect(rootOf(mirror)).toEqual(rootOf(running.folder))
    await isGiven(running, ...images)
    expect(running.complaints).toEqual([])
  })

  it('gives what is bad in the vault of a version that a crash kept from being journaled', async () => {
    const lost = await runArchive({ mirrors: [join(temporaryFolder(), 'mirror')], options: QUICK })
    await receive(lost, image(1))
    await seal(lost)
    const mirror = join(temporaryFolder(), 'mirror')
    const running = await runArchive({ mirrors: [mirror], options: QUICK })
    await receive(running, image(1))
    // As after a crash between the commit of a version and its fact: the copies have it, the journal has not.
    for (const to of [running.folder, mirror])
      cpSync(join(lost.folder, 'vault'), join(to, 'vault'), { recursive: true })
    const study = join(running.folder, 'vault', objectPath(objectId(image(1).study)), 'v1/content/study.json')
    writeFileSync(study, `${readFileSync(study, 'utf8')} `)
    expect((await seal(running)).map(({ outcome, why }) => why ?? outcome)).toEqual(['sealed'])
    await isGiven(running, image(1))
    expect(rootOf(mirror)).toEqual(rootOf(running.folder))
  })

  it('that is away is brought up when it is back, over a restart; the inbox keeps what it lacks', async () => {
    const mirror = join(temporaryFolder(), 'mirror')
    let running = await runArchive({ mirrors: [mirror], options: QUICK, segmentBytes: 200_000 })
    const images = Array.from({ length: 12 }, (_, seed) => image(seed))
    await receive(running, images[0] as Synthetic)
    await seal(running)
    renameSync(mirror, `${mirror}-unmounted`)
    mkdirSync(mirror) // as an empty mount point
    await until(running, 1, 'away')

    await receive(running, ...images.slice(1))
    const full = await running.inbox.size()
    expect((await seal(running)).map(({ outcome }) => outcome)).toEqual(['sealed'])
    await isGiven(running, ...images)
    expect(await copies(running)).toMatchObject([{ state: 'good' }, { state: 'away', behind: 1 }])
    expect((await copies(running))[1]?.says).toMatch(
      /^Not used: it is not there: a disk that is not mounted.* It lacks one study/,
    )
    expect(readdirSync(mirror)).toEqual([])
    expect(await running.inbox.size()).toBeGreaterThan(full * 0.9)

    running = await running.restart()
    expect(await copies(running)).toMatchObject([{ state: 'good' }, { state: 'away', behind: 1 }])
    expect(readdirSync(mirror)).toEqual([])
    rmSync(mirror, { recursive: true })
    renameSync(`${mirror}-unmounted`, mirror)
    await until(running, 1, 'good')
    expect(rootOf(mirror)).toEqual(rootOf(running.folder))
    await seal(running)
    expect(await running.inbox.size()).toBeLessThan(full / 2)
    await vi.waitFor(async () =>
      expect(await eventsOf(running, 'copy.state')).toMatchObject([
        { copy: mirror, state: 'away' },
        { copy: mirror, state: 'away' },
        { copy: mirror, state: 'good' },
      ]),
    )
  })

  it('that becomes read-only, or full, says so and holds nothing up', async () => {
    const mirror = join(temporaryFolder(), 'mirror')
    let fault: string | undefined
    const disk = diskFiles()
    const failing = (path: string): Promise<void> =>
      fault !== undefined && path.startsWith(mirror)
        ? Promise.reject(Object.assign(new Error(fault), { code: fault, syscall: 'open' }))
        : Promise.resolve()
    const files: Files = {
      ...disk,
      create: (path) => failing(path).then(() => disk.create(path)),
      makeFolder: (path) => failing(path).then(() => disk.makeFolder(path)),
      rename: (from, to) => failing(to).then(() => disk.rename(from, to)),
    }
    const running = await runArchive({ mirrors: [mirror], files, options: QUICK })
    await receive(running, image(1))
    await seal(running)
    for (const [code, state, seed] of [
      ['EROFS', 'read-only', 2],
      ['ENOSPC', 'full', 3],
    ] as const) {
      fault = code
      await receive(running, image(seed))
      expect((await seal(running)).map(({ outcome }) => outcome)).toEqual(['sealed'])
      await until(running, 1, state)
      await isGiven(running, image(1), image(seed))
    }
    fault = undefined
    await until(running, 1, 'good')
    expect(rootOf(mirror)).toEqual(rootOf(running.folder))
  })

  it('that is new is given everything there is', async () => {
    const [first, second] = [join(temporaryFolder(), 'mirror'), join(temporaryFolder(), 'mirror')]
    const { folder, close, ...running } = await runArchive()
    await receive({ folder, close, ...running }, image(1), image(2, 2))
    await seal({ folder, close, ...running })
    await close()
    const anew = await runArchive({ folder, mirrors: [first, second], options: QUICK })
    await until(anew, 1, 'good')
    await until(anew, 2, 'good')
    for (const mirror of [first, second]) expect(rootOf(mirror)).toEqual(rootOf(folder))
  })

  it('of another archive, or a folder with other things in it, is left alone', async () => {
    const [other, mine] = [join(temporaryFolder(), 'other'), temporaryFolder()]
    writeFileSync(join(mine, 'holiday.txt'), 'mine')
    mkdirSync(other)
    writeFileSync(join(other, 'clearkeep-mirror.json'), '{"v":1,"archive":"another"}')
    const running = await runArchive({ mirrors: [other, mine], options: QUICK })
    await receive(running, image(1))
    await seal(running)
    await until(running, 1, 'foreign')
    await until(running, 2, 'foreign')
    expect([readdirSync(other), readdirSync(mine)]).toEqual([['clearkeep-mirror.json'], ['holiday.txt']])
  })
})

describe('a vault whose folder has vanished', () => {
  it('is read from its mirror at once, takes nothing and makes nothing, and is made anew when told', async () => {
    const mirror = join(temporaryFolder(), 'mirror')
    let running = await runArchive({ mirrors: [mirror], options: QUICK })
    const images = [image(1), image(2, 2)]
    await receive(running, ...images)
    await seal(running)
    const whole = rootOf(running.folder)
    rmSync(join(running.folder, 'vault'), { recursive: true })
    await isGiven(running, ...images)
    await until(running, 0, 'away')

    running = await running.restart()
    await isGiven(running, ...images)
    const late = image(3, 2)
    await receive(running, late)
    expect(await seal(running)).toMatchObject([
      { outcome: 'failed', why: expect.stringContaining('Nothing can be written') },
    ])
    await isGiven(running, ...images, late)
    expect(existsSync(join(running.folder, 'vault'))).toBe(false)
    expect((await copies(running))[0]?.says).toContain(
      'What came stays in the inbox; what is sealed comes from a mirror.',
    )

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
    expect(await seal(running)).toMatchObject([{ outcome: 'sealed' }])
    await isGiven(running, ...images, late)
    expect(rootOf(mirror)).toEqual(rootOf(folder))
  })

  it('without a mirror loses nothing that comes: it waits in the inbox until the folder is back', async () => {
    const running = await runArchive({ options: QUICK })
    await receive(running, image(1))
    await seal(running)
    const away = join(running.folder, 'elsewhere')
    cpSync(join(running.folder, 'vault'), away, { recursive: true })
    rmSync(join(running.folder, 'vault'), { recursive: true })
    await until(running, 0, 'away')
    await receive(running, image(2))
    expect(await seal(running)).toMatchObject([{ outcome: 'failed' }])
    await isGiven(running, image(2))
    renameSync(away, join(running.folder, 'vault'))
    await until(running, 0, 'good')
    expect(await seal(running)).toMatchObject([{ outcome: 'sealed' }])
    await isGiven(running, image(1), image(2))
  })
})

describe('a mirror that can lock what it has', () => {
  const [rita, rosa, paul] = [person('rita', 'records'), person('rosa', 'records'), person('paul', 'privacy')]
  const DAYS = 90
  /** What the store was asked to lock, and until when. */
  const locking = (locks: Map<string, Date>) => (here: readonly Copy[]) =>
    here.map((copy, at) => {
      const lock = async (prefix: string, until: Date) => {
        locks.set(prefix, until)
        return 1
      }
      return at === 0 ? copy : { ...copy, lockDays: DAYS, store: { ...copy.store, lock } }
    })
  const away = (until: Date | undefined) => Math.round(((until?.getTime() ?? 0) - Date.now()) / 86_400_000)

  it('has it locked as soon as it is sealed, and not before the day it may go, or once it was destroyed', async () => {
    const locks = new Map<string, Date>()
    const running = await runArchive({
      mirrors: [join(temporaryFolder(), 'mirror')],
      aroundCopies: locking(locks),
      options: { ...QUICK, disposition: { coolingDays: 0, automatic: false } },
    })
    const { archive } = running
    await adoptRules(archive, { jurisdictions: ['us'], institution: 'hospital' })
    const [young, old] = [
      syntheticInstance({ seed: 1, study: 1, studyDate: '20240101' }),
      syntheticInstance({ seed: 2, study: 2, studyDate: '19900315' }),
    ]
    await receive(running, young, old)
    const pathOf = ({ study }: Synthetic) => `${objectPath(objectId(study))}/`
    await until(running, 1, 'good')
    for (const { outcome } of await seal(running)) expect(outcome).toBe('sealed')
    expect(away(locks.get(pathOf(young)))).toBe(DAYS)
    expect(locks.has(pathOf(old))).toBe(false)

    const study = uid(old.study)
    const ask = { reason: 'SYNTHETIC', studies: [study], acknowledged: [study], papers: {} }
    const { id } = await archive.proposeDisposition(rita, ask)
    await archive.approveDisposition(rosa, id, 'first', 'SYNTHETIC')
    await archive.approveDisposition(paul, id, 'second', 'SYNTHETIC')
    await seal(running)
    await archive.carryOutDispositions()
    expect(await archive.dispositions(paul)).toMatchObject([{ state: 'destroyed' }])
    await all(archive.fixity(rita, [study]))
    expect(locks.has(pathOf(old))).toBe(false)
  })
})
