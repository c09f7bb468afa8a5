import { createHash, generateKeyPairSync } from 'node:crypto'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFrameDecoder } from '../../src/codecs/open.ts'
import type { EventRecord, JournalRecord } from '../../src/vault/inbox/records.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import { ADMINISTRATOR, asFile, removeArchives, runArchive, temporaryFolder } from '../support/archives.ts'
import {
  findingsIn,
  mendedObject,
  removeVictims,
  renumbered,
  rewriteJournal,
  victim,
  withBody,
  withLeaf,
} from '../support/attacker.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const decoder = openFrameDecoder({ workers: 1, timeoutMs: 60_000 })
const YEAR = String(new Date().getUTCFullYear())
const image = (seed: number, study: number) =>
  syntheticInstance({ seed, study, rows: 64, columns: 64, value: (column, row) => (column * row * seed) % 4096 })
const sealedStudy = image(1, 1).study

/** A folder in which something happened: two studies, one sealed, and people who looked. */
let data: string
/** The same some acts earlier. */
let earlier: string
/** What somebody else wrote down: the verifier key, and the checkpoint of the end. */
let key: string
let checkpoint: string

const isEvent = (record: JournalRecord): record is EventRecord => record.kind === 'event'
/** Changes the event with this number. */
const event =
  (n: number, change: (one: EventRecord) => EventRecord) =>
  (records: readonly JournalRecord[]): readonly JournalRecord[] =>
    records.map((record) => (isEvent(record) && record.n === n ? change(record) : record))

beforeAll(async () => {
  data = temporaryFolder()
  let running = await runArchive({ folder: data })
  for (const seed of [1, 2, 3, 4])
    await running.archive.receive(ADMINISTRATOR, asFile(image(seed, seed > 2 ? 2 : 1).bytes))
  for await (const _ of running.archive.seal(ADMINISTRATOR, [sealedStudy as never])) void _
  await running.close()
  earlier = temporaryFolder()
  await cp(data, earlier, { recursive: true })
  running = await runArchive({ folder: data })
  for (let at = 0; at < 5; at += 1)
    await running.archive.find(ADMINISTRATOR, {
      level: 'study',
      matches: [],
      include: 'default',
      fuzzy: false,
      raw: `question ${at}`,
    })
  await running.close()
  key = (JSON.parse(await readFile(join(data, 'log', YEAR, 'about.json'), 'utf8')) as { key: string }).key
  checkpoint = await readFile(join(data, 'log', YEAR, 'checkpoint'), 'utf8')
})
afterAll(async () => {
  await removeVictims()
  await removeArchives()
  await decoder.close()
})

describe('an archive nobody touched', () => {
  it('is found to be so, also against the key and the checkpoint somebody kept', async () => {
    expect(await findingsIn(data, decoder)).toEqual([])
    expect(await findingsIn(data, decoder, { keys: [key], checkpoints: [checkpoint] })).toEqual([])
    const old = await readFile(join(earlier, 'log', YEAR, 'checkpoint'), 'utf8')
    expect(await findingsIn(data, decoder, { keys: [key], checkpoints: [old] })).toEqual([])
  })

  it('is not changed by looking', async () => {
    const digests = async () => {
      const names = (await readdir(data, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())
      return Promise.all(
        names.map(async ({ parentPath, name }) => {
          const bytes = await readFile(join(parentPath, name))
          return `${parentPath}/${name} ${createHash('sha256').update(bytes).digest('hex')}`
        }),
      )
    }
    const before = await digests()
    await findingsIn(data, decoder)
    expect(await digests()).toEqual(before)
  })
})

describe('one who has the disk, and writes the journal anew with all its digests in order', () => {
  const attacked = async (change: (records: readonly JournalRecord[]) => readonly JournalRecord[]) => {
    const folder = await victim(data)
    await rewriteJournal(folder, change)
    return findingsIn(folder, decoder)
  }

  it('alters an entry', async () => {
    const found = await attacked(event(3, (one) => withLeaf(one, (leaf) => ({ ...leaf, a: 'u:somebody-else' }))))
    expect(found).toContainEqual(expect.stringMatching(/entry 3 is not leaf 3 of the journal/))
    expect(found).toContainEqual(expect.stringMatching(/leaves do not give the root .* published/))
  })

  it('drops an entry, and leaves the gap', async () => {
    expect(await attacked((records) => records.filter((one) => !isEvent(one) || one.n !== 4))).toContainEqual(
      expect.stringMatching(/leaves 4 to 4 are missing/),
    )
  })

  it('drops an entry, and numbers all others anew', async () => {
    const found = await attacked((records) => renumbered(records.filter((one) => !isEvent(one) || one.n !== 9)))
    expect(found).toContainEqual(expect.stringMatching(/entry 9 is not leaf 9/))
    expect(found).toContainEqual(expect.stringMatching(/cut short|do not give the root/))
  })

  it('puts two entries in another order', async () => {
    const found = await attacked((records) => {
      const [a, b] = [7, 8].map((n) => records.findIndex((one) => isEvent(one) && one.n === n))
      const moved = [...records]
      ;[moved[a ?? 0], moved[b ?? 0]] = [moved[b ?? 0], moved[a ?? 0]] as [JournalRecord, JournalRecord]
      return renumbered(moved)
    })
    expect(found).toContainEqual(expect.stringMatching(/entry 7 is not leaf 7/))
    expect(found).toContainEqual(expect.stringMatching(/do not give the root/))
  })

  it('puts an entry in', async () => {
    const found = await attacked((records) => {
      const at = records.findIndex((one) => isEvent(one) && one.n === 9)
      return renumbered([...records.slice(0, at), { ...(records[at] as JournalRecord) }, ...records.slice(at)])
    })
    expect(found).toContainEqual(expect.stringMatching(/entry 10 is not leaf 10/))
    expect(found).toContainEqual(expect.stringMatching(/do not give the root/))
  })

  it('alters a body', async () => {
    expect(
      await attacked(event(5, (one) => ({ ...one, body: one.body.replace('"outcome":0', '"outcome":4') }))),
    ).toEqual(['leaf 5: its body is not the one it commits to'])
  })

  it('alters a body and the leaf that commits to it', async () => {
    expect(await attacked(event(5, (one) => withBody(one, (body) => ({ ...body, outcome: 4 }))))).toContainEqual(
      expect.stringMatching(/do not give the root/),
    )
  })

  it('dates an event back', async () => {
    expect(
      await attacked(event(9, (one) => withBody(one, (body) => ({ ...body, ts: `${YEAR}-01-01T00:00:00.000Z` })))),
    ).toContainEqual(expect.stringMatching(/leaf 9: its time, .*-01-01T00:00:00.000Z, is before that of the leaf/))
  })

  it('cuts the end off', async () => {
    expect(await attacked((records) => records.slice(0, -3))).toContainEqual(
      expect.stringMatching(/the log was cut short/),
    )
  })

  it('puts another image in the place of one', async () => {
    const other = image(99, 2).bytes
    const found = await attacked((records) =>
      records.map((record) => {
        if (record.kind !== 'instance' || record.header.study === sealedStudy) return record
        const ds = createHash('sha256').update(other.subarray(record.header.dsStart)).digest('hex')
        return { ...record, payload: [other], header: { ...record.header, ds, length: other.length } }
      }),
    )
    expect(found).toContainEqual(
      expect.stringMatching(/the leaf commits to another content than the journal has. The object was replaced/),
    )
  })
})

describe('one who has the disk, and changes it as it is', () => {
  it('flips a bit of a payload', async () => {
    const folder = await victim(data)
    const path = join(folder, 'inbox', '00000001.journal')
    const bytes = await readFile(path)
    const { instance, bytes: file } = image(4, 2)
    const at = bytes.indexOf(file.subarray(-2000))
    bytes.writeUInt8(bytes.readUInt8(at + 1000) ^ 1, at + 1000)
    await writeFile(path, bytes)
    expect(await findingsIn(folder, decoder)).toContainEqual(
      expect.stringMatching(new RegExp(`instance ${instance} .* its payload has not the digest it had on arrival`)),
    )
  })

  it('takes files of the log away, or alters them', async () => {
    const tile = join('log', YEAR, 'tile')
    for (const part of ['0', 'entries']) {
      const folder = await victim(data)
      const [name = ''] = await readdir(join(folder, tile, part, '000.p'))
      const path = join(folder, tile, part, '000.p', name)
      const bytes = await readFile(path)
      bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40)
      await writeFile(path, bytes)
      expect(await findingsIn(folder, decoder), `${part} altered`).not.toEqual([])
      await rm(path)
      expect(await findingsIn(folder, decoder), `${part} gone`).toContainEqual(expect.stringContaining(name))
    }
  })

  it('flips a bit anywhere in a sealed object', async () => {
    const object = join('vault', objectPath(objectId(sealedStudy)))
    for (const { parentPath, name } of (
      await readdir(join(data, object), { recursive: true, withFileTypes: true })
    ).filter((one) => one.isFile() && !one.name.startsWith('0='))) {
      const folder = await victim(data)
      const path = join(folder, parentPath.slice(data.length), name)
      const bytes = await readFile(path)
      const at = Math.floor(bytes.length / 2)
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      await writeFile(path, bytes)
      expect((await findingsIn(folder, decoder)).join('\n'), name).toContain(name.replace('.sha512', ''))
    }
  })

  it('puts another image into the vault, and mends pack, study.json, inventories and digests', async () => {
    const folder = await victim(data)
    await mendedObject(join(folder, 'vault', objectPath(objectId(sealedStudy))), (files) => {
      const study = JSON.parse(files.get('study.json')?.toString() ?? '') as {
        instances: { ds: string; original: { sha256: string } }[]
      }
      const [one] = study.instances
      if (one) one.ds = one.ds.replace(/./g, '0')
      files.set('study.json', Buffer.from(JSON.stringify(study)))
    })
    const found = await findingsIn(folder, decoder)
    expect(found).toContainEqual(expect.stringMatching(/the inventory of v1 is another than the one that was sealed/))
    expect(found).toContainEqual(expect.stringMatching(/the vault has another content under this number/))
  })

  it('takes a sealed object away', async () => {
    const folder = await victim(data)
    await rm(join(folder, 'vault', objectPath(objectId(sealedStudy))), { recursive: true })
    expect(await findingsIn(folder, decoder)).toContainEqual(
      expect.stringMatching(/version v1 was sealed and is not in the vault/),
    )
  })

  it('signs with another key', async () => {
    const folder = await victim(data)
    const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
    for (const name of ['log', 'index.db', 'keys/log-checkpoint']) await rm(join(folder, name), { recursive: true })
    await writeFile(join(folder, 'keys/log-ed25519.pem'), String(pem))
    // The program itself makes him a new log over the same leaves; only who kept the key can tell.
    await (await runArchive({ folder })).close()
    expect(await findingsIn(folder, decoder)).toEqual([])
    const found = await findingsIn(folder, decoder, { keys: [key] })
    expect(found).toContainEqual(expect.stringMatching(/the key in it is another than the one given/))
    expect(found).toContainEqual(expect.stringMatching(/is not signed with the log’s key/))
  })
})

describe('one who has the disk, the key, and the program', () => {
  it('goes back to an earlier day: only a checkpoint kept elsewhere tells', async () => {
    expect(await findingsIn(earlier, decoder, { keys: [key] })).toEqual([])
    expect(await findingsIn(earlier, decoder, { keys: [key], checkpoints: [checkpoint] })).toContainEqual(
      expect.stringMatching(
        /the log was cut short: the checkpoint kept elsewhere \(1\) covers \d+ leaves, and there are/,
      ),
    )
  })

  it('goes back, and on another way: the log is forked, and only a checkpoint kept elsewhere tells', async () => {
    const folder = await victim(earlier)
    const running = await runArchive({ folder })
    for (let at = 0; at < 12; at += 1)
      await running.archive.find(ADMINISTRATOR, {
        level: 'study',
        matches: [],
        include: 'default',
        fuzzy: false,
        raw: `another question ${at}`,
      })
    await running.close()
    expect(await findingsIn(folder, decoder, { keys: [key] })).toEqual([])
    expect(await findingsIn(folder, decoder, { keys: [key], checkpoints: [checkpoint] })).toContainEqual(
      expect.stringMatching(/leaves do not give the root of the checkpoint kept elsewhere \(1\)/),
    )
  })
})
