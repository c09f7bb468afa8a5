import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { InstanceRecord, SealReport } from '../../src/archive/archive.ts'
import { type ByteStream, gather } from '../../src/base/bytes.ts'
import { T } from '../../src/dicom/dictionary.ts'
import { openReader, readWhole } from '../../src/dicom/reader.ts'
import { transferSyntax } from '../../src/dicom/transfer-syntaxes.ts'
import { isUsableUid, type Uid, uid } from '../../src/dicom/uid.ts'
import { int } from '../../src/dicom/values.ts'
import { byPixel } from '../../src/pixels/frame.ts'
import {
  ADMINISTRATOR,
  asFile,
  ENGINES,
  type Running,
  removeArchives,
  runArchive,
  temporaryFolder,
} from '../support/archives.ts'
import { type CorpusFile, corpus, corpusDir } from '../support/corpus.ts'
import { syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const HTJ2K = '1.2.840.10008.1.2.4.202'

interface Received {
  readonly file: CorpusFile
  readonly record: InstanceRecord
  readonly sha256: string
}

/** Everything of the corpus the archive takes. */
async function receiveCorpus({ archive }: Running): Promise<readonly Received[]> {
  const received: Received[] = []
  for (const file of corpus().filter(({ expect: expected, path }) => expected === 'ok' && !/DICOMDIR$/.test(path))) {
    const bytes = readFileSync(file.file)
    const reader = openReader({ format: 'part10' })
    reader.push(bytes)
    reader.end()
    const { study, series, sopInstance, sopClass } = reader.identity
    if (![study, series, sopInstance, sopClass].every((one) => one !== undefined && isUsableUid(one))) continue
    const { key, version, outcome } = await archive.receive(ADMINISTRATOR, asFile(bytes, 'import'))
    if (outcome === 'already') continue
    const record = (await archive.versions(ADMINISTRATOR, key)).find((one) => one.version === version)
    if (record !== undefined) received.push({ file, record, sha256: digest(bytes) })
  }
  return received
}

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

/** The dump but for events, of which stopping and starting make more. */
const facts = async (running: Running): Promise<readonly string[]> =>
  (await running.dump()).filter((line) => !line.includes('"table":"events"'))

const originalDigest = async ({ archive }: Running, record: InstanceRecord): Promise<string> =>
  digest(await gather(archive.original(ADMINISTRATOR, record)))

const present = async ({ archive }: Running, { key, version }: InstanceRecord): Promise<InstanceRecord> => {
  const found = (await archive.versions(ADMINISTRATOR, key)).find((one) => one.version === version)
  if (found === undefined) throw new Error(`${key.instance} is gone`)
  return found
}

afterAll(removeArchives)

describe.skipIf(corpusDir() === undefined).each(ENGINES)('the corpus, sealed, index in %s', (engine) => {
  // What a mirror does has nothing to do with the index: once is enough.
  const mirrored = engine === 'SQLite'
  const mirror = mirrored ? ', and so it does from a mirror with the vault deleted' : ''
  it(`comes back with the digest it had on arrival, and so it does after a rebuild${mirror}`, async () => {
    let running = await runArchive({ engine, mirrors: mirrored ? [temporaryFolder()] : [] })
    const received = await receiveCorpus(running)
    expect(received.length).toBeGreaterThan(200)

    const reports = await all(running.archive.seal(ADMINISTRATOR, 'all'))
    expect(reports.filter(({ outcome }) => outcome !== 'sealed')).toEqual([])
    expect(reports.reduce((sum, { instances }) => sum + instances, 0)).toBe(received.length)
    const { kept, waiting } = await running.archive.storage(ADMINISTRATOR)
    expect(waiting).toEqual({ studies: 0, instances: 0, bytes: 0 })
    expect(kept.reduce((sum, { instances }) => sum + instances, 0)).toBe(received.length)
    expect(kept.some(({ form }) => form === 'htj2k')).toBe(true)

    for (const { file, record, sha256 } of received)
      expect(await originalDigest(running, record), file.path).toBe(sha256)
    expect(running.complaints).toEqual([])

    const before = await facts(running)
    running = await running.withoutIndex()
    expect(await facts(running)).toEqual(before)
    for (const { file, record, sha256 } of received)
      expect(await originalDigest(running, await present(running, record)), file.path).toBe(sha256)
    expect(running.complaints).toEqual([])
    if (!mirrored) return
    expect(readByStranger(running.folder)).toEqual(received.map(({ sha256 }) => sha256).sort())

    rmSync(join(running.folder, 'vault'), { recursive: true })
    for (const { file, record, sha256 } of received)
      expect(await originalDigest(running, await present(running, record)), file.path).toBe(sha256)
    running = await running.withoutIndex()
    expect(await facts(running)).toEqual(before)
    for (const { file, record, sha256 } of received.slice(0, 50))
      expect(await originalDigest(running, await present(running, record)), file.path).toBe(sha256)
    expect(existsSync(join(running.folder, 'vault'))).toBe(false)
  })
})

/** A folder that has the vault and nothing else, and the one-file reader that lies in it. */
function bareVault(folder: string) {
  const bare = temporaryFolder()
  cpSync(join(folder, 'vault'), join(bare, 'vault'), { recursive: true })
  const read = (...rest: string[]) =>
    spawnSync(process.execPath, ['vault/read-vault.mjs', 'vault', ...rest], { cwd: bare, env: {}, encoding: 'utf8' })
  return { bare, read }
}

/** Digests of what the reader gives of all studies. */
function readByStranger(folder: string): readonly string[] {
  const { bare, read } = bareVault(folder)
  const listed = read()
  expect(listed.stderr).toBe('')
  const written = read('all', 'out')
  expect([written.status, written.stderr]).toEqual([0, ''])
  expect(readdirSync(join(bare, 'out')).sort()).toEqual(
    listed.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { study: string }).study)
      .sort(),
  )
  return readdirSync(join(bare, 'out'), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ parentPath, name }) => digest(readFileSync(join(parentPath, name))))
    .sort()
}

describe('the one-file reader in a bare vault', () => {
  it('writes a study’s files, names those that are damaged and writes nothing of them', async () => {
    const running = await runArchive()
    const images = [1, 2, 3].map((seed) =>
      syntheticInstance({ seed, study: seed === 3 ? 2 : 1, value: (column, row) => (column * row + seed) % 4096 }),
    )
    const [first, second] = images
    if (first === undefined || second === undefined) throw new Error('three were made')
    for (const { bytes } of images) await running.archive.receive(ADMINISTRATOR, asFile(bytes))
    await all(running.archive.seal(ADMINISTRATOR, 'all'))
    const { bare, read } = bareVault(running.folder)

    const whole = read(first.study, 'whole')
    expect([whole.status, whole.stderr]).toEqual([0, ''])
    for (const { instance, bytes } of [first, second])
      expect(readFileSync(join(bare, 'whole', `${instance}.dcm`)).equals(bytes)).toBe(true)
    expect(readdirSync(join(bare, 'whole'))).toHaveLength(2)

    const pack = readdirSync(join(bare, 'vault'), { recursive: true, encoding: 'utf8' }).find(
      (name) =>
        /^(?!.*json).*v1-.*zip$/.test(name) && readFileSync(join(bare, 'vault', name)).includes(second.instance),
    )
    const bytes = readFileSync(join(bare, 'vault', pack ?? ''))
    // The last of the pack's images; behind it come its recipe and the ZIP's directory.
    const at = bytes.indexOf(Buffer.from([0xff, 0xd9]), bytes.indexOf(second.instance)) - 20
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(join(bare, 'vault', pack ?? ''), bytes)
    const harmed = read(first.study, 'harmed')
    expect(harmed.status).toBe(1)
    expect(harmed.stderr).toContain(`instance ${second.instance} of study ${second.study}`)
    expect(readdirSync(join(bare, 'harmed'))).toEqual([`${first.instance}.dcm`])

    expect(read('1.2.3', 'nothing')).toMatchObject({ status: 1, stderr: 'study 1.2.3: it is not here\n' })
    expect(spawnSync(process.execPath, ['vault/read-vault.mjs'], { cwd: bare }).status).toBe(2)
  })
})

describe.each(ENGINES)('the inbox of a sealed archive, index in %s', (engine) => {
  it('gives its room back, and what it had comes from the vault: now, after a restart, and after a rebuild', async () => {
    // Segments of 200 kB, and what is longer than 100 kB in spool files.
    let running = await runArchive({ engine, segmentBytes: 200_000, options: { gatherBytes: 100_000 } })
    const images = [
      ...Array.from({ length: 12 }, (_, at) =>
        syntheticInstance({
          seed: at,
          study: 1 + (at % 3),
          rows: 150,
          columns: 150,
          value: (column, row) => (column * row) % 4096,
        }),
      ),
      ...Array.from({ length: 3 }, (_, at) =>
        syntheticInstance({
          seed: 100 + at,
          study: 4,
          rows: 400,
          columns: 400,
          value: (column, row) => (column * 7 + row) % 4096,
        }),
      ),
    ]
    for (const { bytes } of images) await running.archive.receive(ADMINISTRATOR, asFile(bytes))
    const full = await running.inbox.size()
    expect(await running.spools()).toHaveLength(3)

    await all(running.archive.seal(ADMINISTRATOR, 'all'))
    expect(await running.spools()).toEqual([])
    expect(await running.inbox.size()).toBeLessThan(full / 2)

    const check = async (): Promise<void> => {
      for (const { bytes, study, series, instance } of images) {
        const key = { study: uid(study), series: uid(series), instance: uid(instance) }
        const [record] = await running.archive.instances(ADMINISTRATOR, key)
        if (record === undefined) throw new Error(`${instance} is gone`)
        expect(await originalDigest(running, record)).toBe(digest(bytes))
        // The same again is known, and nothing is kept twice.
        expect((await running.archive.receive(ADMINISTRATOR, asFile(bytes))).outcome).toBe('already')
      }
      expect(running.complaints).toEqual([])
      expect(running.inbox.damage).toEqual([])
    }
    await check()
    running = await running.restart()
    await check()
    const before = await facts(running)
    running = await running.withoutIndex()
    expect(await facts(running)).toEqual(before)
    await check()
  })
})

describe.skipIf(corpusDir() === undefined)('a sealed study', () => {
  it('gives its frames as stored, and the same samples decoded as before', async () => {
    const running = await runArchive()
    const received = (await receiveCorpus(running)).filter(({ record }) => record.frames > 0 && record.current)
    const samples = async (record: InstanceRecord, planes: boolean): Promise<string | undefined> => {
      try {
        const frames = running.archive.frames(ADMINISTRATOR, record, [record.frames], 'explicit')
        const bytes: ByteStream[] = []
        for await (const { bytes: frame } of frames) bytes.push(frame)
        const frame = await gather(bytes[0] as ByteStream)
        return digest(planes ? byPixel(frame, 3, frame.length / (3 * record.rows * record.columns)) : frame)
      } catch {
        return undefined // what has no decoder had none before
      }
    }
    const before = new Map<number, string | undefined>()
    const byPlane = new Set<number>()
    for (const { file, record } of received) {
      const { dataSet, transferSyntax: syntax } = readWhole(readFileSync(file.file))
      const planes = int(dataSet, T.PlanarConfiguration) === 1 && int(dataSet, T.SamplesPerPixel) === 3
      if (planes && !transferSyntax(syntax).encapsulated) byPlane.add(record.id)
      before.set(record.id, await samples(record, byPlane.has(record.id)))
    }
    await all(running.archive.seal(ADMINISTRATOR, 'all'))

    let encoded = 0
    for (const { file, record } of received) {
      const sealed = await present(running, record)
      if (sealed.transferSyntax !== record.transferSyntax) {
        encoded += 1
        expect(sealed.transferSyntax, file.path).toBe(HTJ2K)
        for await (const frame of running.archive.frames(ADMINISTRATOR, sealed, [1], 'stored')) {
          expect(frame.transferSyntax).toBe(HTJ2K)
          // SOC and SIZ begin a codestream (ISO/IEC 15444-1, A.4.1).
          expect([...(await gather(frame.bytes)).subarray(0, 4)]).toEqual([0xff, 0x4f, 0xff, 0x51])
        }
      }
      const planes = sealed.transferSyntax === record.transferSyntax && byPlane.has(record.id)
      expect(await samples(sealed, planes), file.path).toBe(before.get(record.id))
    }
    expect(encoded).toBeGreaterThan(20)
  })

  it('takes what arrives later as its next version, and knows what it has', async () => {
    const running = await runArchive()
    const files = corpus().filter(({ expect: expected }) => expected === 'ok')
    const studies = new Map<string, Map<string, Uint8Array>>()
    for (const { file } of files) {
      const bytes = readFileSync(file)
      const reader = openReader({ format: 'part10' })
      reader.push(bytes)
      reader.end()
      const { study, sopInstance, series, sopClass } = reader.identity
      if (!study || !sopInstance || !series || !sopClass || !isUsableUid(study)) continue
      studies.set(study, (studies.get(study) ?? new Map()).set(sopInstance, bytes))
    }
    const [study = '', several = new Map()] = [...studies].find(([, of]) => of.size > 1) ?? []
    const [first, second] = several.values()
    if (first === undefined || second === undefined) throw new Error('the corpus has no study of two')
    const seal = (): Promise<readonly SealReport[]> => all(running.archive.seal(ADMINISTRATOR, [study as Uid]))

    await running.archive.receive(ADMINISTRATOR, asFile(first))
    expect((await seal())[0]).toMatchObject({ outcome: 'sealed', instances: 1 })
    expect((await seal())[0]).toMatchObject({ outcome: 'nothing' })
    await running.archive.receive(ADMINISTRATOR, asFile(second))
    // The same again adds nothing.
    expect((await running.archive.receive(ADMINISTRATOR, asFile(first))).outcome).toBe('already')
    expect((await seal())[0]).toMatchObject({ outcome: 'sealed', instances: 1 })
    const records = await running.archive.instances(ADMINISTRATOR, { study: study as Uid })
    expect(await Promise.all(records.map((record) => originalDigest(running, record)))).toEqual(
      expect.arrayContaining([digest(first), digest(second)]),
    )
  })

  it('gives any range of the original', async () => {
    const running = await runArchive()
    const file = corpus().find(({ path }) => /CT_small/.test(path)) ?? corpus()[0]
    const bytes = readFileSync(file?.file ?? '')
    const { key } = await running.archive.receive(ADMINISTRATOR, asFile(bytes))
    await all(running.archive.seal(ADMINISTRATOR, 'all'))
    const [record] = await running.archive.instances(ADMINISTRATOR, key)
    if (record === undefined) throw new Error('it is gone')
    for (const [start, end] of [
      [0, 1],
      [0, bytes.length],
      [130, 5000],
      [bytes.length - 300, bytes.length],
      [5000, 20_000],
    ] as const)
      expect(
        Buffer.from(await gather(running.archive.original(ADMINISTRATOR, record, { start, end }))).equals(
          bytes.subarray(start, end),
        ),
        `${start} to ${end}`,
      ).toBe(true)
  })
})
