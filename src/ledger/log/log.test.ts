import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { hasPython, python } from '../../../test/support/python.ts'
import { parseCheckpoint } from '../../proof/checkpoint.ts'
import { parseKey } from '../../proof/note.ts'
import { tileWidth } from '../../proof/tiles.ts'
import { verifyProof } from '../../proof/verify.ts'
import { diskFiles } from '../../storage/files/disk.ts'
import { leafText } from '../leaf.ts'
import { openLog, type TransparencyLog } from './log.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A ledger in memory, and the log that follows it. */
function ledger(year = 2026) {
  const data = mkdtempSync(join(tmpdir(), 'clearkeep-log-'))
  folders.push(data)
  const leaves: string[] = []
  const complaints: string[] = []
  const made = (type: string, publicDetail?: object, inYear = year) => {
    const n = leaves.length
    const ts = new Date(Date.UTC(inYear, 5, 1) + n * 1000).toISOString()
    return leafText({ n, type, ts, actor: 'sys:archive', ...(publicDetail && { public: publicDetail as never }) })
  }
  const open = (nextN = leaves.length): Promise<TransparencyLog> =>
    openLog({
      files: diskFiles(),
      folder: join(data, 'log'),
      keys: join(data, 'keys'),
      origin: 'archive.example.org',
      leaves: async function* (from) {
        for (let n = from; n < nextN; n += 1) yield { n, leaf: leaves[n] ?? '' }
      },
      nextN,
      complain: (facts, message) => complaints.push(`${message} ${JSON.stringify(facts)}`),
      intervalMs: 5,
    })
  const add = (log: TransparencyLog, count: number) => {
    const more = Array.from({ length: count }, () => {
      const leaf = leaves.length === 0 ? made('log.open', { ...log.first(`${year}`), sw: '1' }) : made('heartbeat')
      leaves.push(leaf)
      return { n: leaves.length - 1, leaf }
    })
    log.append(more)
  }
  const filesOf = (folder = join(data, 'log')) =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(join(folder, name)).isFile())
        .sort()
        .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
    )
  return { data, leaves, complaints, made, open, add, filesOf }
}

const bytes = (text: string) => new TextEncoder().encode(text)
const sizeOf = (log: TransparencyLog, year = '2026') => parseCheckpoint(log.checkpoint(year) ?? '').size

describe('the log', () => {
  it('signs a checkpoint soon after a leaf came, by itself', async () => {
    const { open, add, data } = ledger()
    const log = await open()
    expect(log.state).toEqual({ leaves: 0, signed: 0, alarm: '' })
    add(log, 3)
    await expect.poll(() => log.state.signed).toBe(3)
    expect(log.years()).toEqual(['2026'])
    expect(parseCheckpoint(log.checkpoint('2026') ?? '')).toMatchObject({
      origin: 'archive.example.org/log/2026',
      size: 3,
    })
    expect(readFileSync(join(data, 'log/2026/checkpoint'), 'utf8')).toBe(log.checkpoint('2026'))
    expect(readFileSync(join(data, 'keys/log-checkpoint'), 'utf8')).toBe(log.checkpoint('2026'))
    expect(statSync(join(data, 'keys/log-ed25519.pem')).mode & 0o777).toBe(0o600)
    expect(statSync(join(data, 'keys')).mode & 0o777).toBe(0o700)
    await log.close()
  })

  it('proves any leaf, and gives every tile at each width, over restarts', async () => {
    const { open, add, leaves } = ledger()
    for (const count of [1, 254, 1, 1, 300, 2, 66_000]) {
      const log = await open()
      add(log, count)
      await log.sign()
      const size = leaves.length
      expect(sizeOf(log)).toBe(size)
      const policy = { logs: [parseKey(log.key('2026') ?? '')], witnesses: [], quorum: 0 }
      for (const n of new Set([0, size >> 1, size - 1])) {
        const steps = verifyProof(bytes(leaves[n] ?? ''), (await log.proof(n)) ?? '', policy)
        expect(
          steps.map(({ passed }) => passed),
          `${n} of ${size}`,
        ).toEqual([true, true, true])
      }
      expect(await log.proof(size)).toBeUndefined()
      for (const level of ['entries', 0, 1, 2] as const) {
        const width = tileWidth(level, 0, size)
        expect(await log.tile('2026', { level, index: 0, width: width + 1 })).toBeUndefined()
        if (width === 0 || level === 'entries') continue
        expect((await log.tile('2026', { level, index: 0, width }))?.length).toBe(width * 32)
        expect((await log.tile('2026', { level, index: 0, width: 1 }))?.length).toBe(32)
      }
      expect(log.state.alarm).toBe('')
      await log.close()
    }
  })

  it.skipIf(!hasPython)('is found well on disk by the second implementation', async () => {
    const { open, add, data } = ledger()
    const log = await open()
    add(log, 300)
    await log.sign()
    const older = join(data, 'older')
    writeFileSync(older, log.checkpoint('2026') ?? '')
    add(log, 500)
    await log.close()
    const ran = python('tools/verify-log.py', 'log', join(data, 'log/2026'), log.key('2026') ?? '', older)
    expect(ran.lines.filter((line) => !line.startsWith('pass'))).toEqual([])
    expect(ran.status).toBe(0)
  })

  it('begins a shard with each year, which quotes the last checkpoint of the one before', async () => {
    const { open, add, leaves, made } = ledger()
    let log = await open()
    add(log, 300)
    expect(log.opening('2026-12-31T23:59:59.999Z')).toBeUndefined()
    const opening = log.opening('2027-01-01T00:00:00.000Z')
    expect(opening?.origin).toBe('archive.example.org/log/2027')
    expect(parseCheckpoint(opening?.prev ?? '').size).toBe(300)
    leaves.push(made('log.open', opening, 2027))
    log.append([{ n: 300, leaf: leaves[300] ?? '' }])
    leaves.push(made('heartbeat', undefined, 2027))
    log.append([{ n: 301, leaf: leaves[301] ?? '' }])
    for (const restarted of [false, true]) {
      if (restarted) log = await open()
      await log.sign()
      expect(log.state).toEqual({ leaves: 302, signed: 302, alarm: '' })
      expect(log.years()).toEqual(['2026', '2027'])
      expect(log.checkpoint('2026')).toBe(opening?.prev)
      expect(sizeOf(log, '2027')).toBe(2)
      for (const [n, year] of [
        [7, '2026'],
        [301, '2027'],
      ] as const) {
        const policy = { logs: [parseKey(log.key(year) ?? '')], witnesses: [], quorum: 0 }
        const steps = verifyProof(bytes(leaves[n] ?? ''), (await log.proof(n)) ?? '', policy)
        expect(steps.every(({ passed }) => passed)).toBe(true)
      }
      await log.close()
    }
  })

  it('is made again from the leaves byte for byte when its folder is lost', async () => {
    const { open, add, filesOf, data, made, leaves } = ledger()
    let log = await open()
    add(log, 700)
    const opening = log.opening('2027-01-01T00:00:00.000Z')
    leaves.push(made('log.open', opening, 2027))
    log.append([{ n: 700, leaf: leaves[700] ?? '' }])
    await log.close()
    const before = filesOf()
    rmSync(join(data, 'log'), { recursive: true })
    log = await open()
    await log.close()
    expect(log.state.alarm).toBe('')
    expect(filesOf()).toEqual(before)
  })
})

describe('the log raises an alarm and signs nothing more', () => {
  async function reopened(change: (one: ReturnType<typeof ledger>) => number | undefined) {
    const one = ledger()
    let log = await one.open()
    one.add(log, 600)
    await log.close()
    const signed = log.checkpoint('2026')
    const before = one.filesOf()
    const nextN = change(one)
    log = await one.open(nextN)
    log.append([{ n: 600, leaf: one.made('heartbeat') }])
    await log.close()
    const { alarm } = log.state
    if (alarm !== '') expect(log.checkpoint('2026') ?? signed).toBe(signed)
    return { alarm, before, one }
  }

  it('when the journal ends before the last checkpoint: an older backup was put back', async () => {
    const { alarm, one } = await reopened(() => 599)
    expect(alarm).toBe('the last checkpoint covers leaf 599, and the journal ends at 598')
    expect(one.complaints).toEqual([`the log cannot be gone on with: nothing is signed ${JSON.stringify({ alarm })}`])
  })

  it.each([300, 599])('when the journal holds another leaf %i', async (n) => {
    const { alarm } = await reopened(({ leaves }) => {
      leaves[n] = (leaves[n] ?? '').replace('heartbeat', 'heartbeet')
      return undefined
    })
    expect(alarm).toMatch(/is not what the journal gives|are not those of the last checkpoint signed/)
  })

  it('when the journal holds another leaf anywhere and the tiles are gone', async () => {
    const { alarm } = await reopened(({ leaves, data }) => {
      leaves[3] = (leaves[3] ?? '').replace('heartbeat', 'heartbeet')
      rmSync(join(data, 'log'), { recursive: true })
      return undefined
    })
    expect(alarm).toBe('the first 600 leaves are not those of the last checkpoint signed')
  })

  it('when the key is gone, and makes no other', async () => {
    const { alarm, one } = await reopened(({ data }) => {
      rmSync(join(data, 'keys/log-ed25519.pem'))
      return undefined
    })
    expect(alarm).toBe('the key the log was signed with is gone')
    expect(readdirSync(join(one.data, 'keys'))).toEqual(['log-checkpoint'])
  })

  it('when the checkpoint kept elsewhere is of another log', async () => {
    const { alarm } = await reopened(({ data }) => {
      const path = join(data, 'keys/log-checkpoint')
      writeFileSync(path, readFileSync(path, 'utf8').replace('\n600\n', '\n601\n'))
      return undefined
    })
    expect(alarm).toBe('the checkpoint kept in keys/ is not signed with the log’s key')
  })

  it('but not for tiles that are torn or lost: they are made again', async () => {
    const { alarm, before, one } = await reopened(({ data, leaves, made }) => {
      rmSync(join(data, 'log/2026/tile/0/001'))
      writeFileSync(join(data, 'log/2026/tile/0/002.p/88'), 'torn')
      writeFileSync(join(data, 'log/2026/about.json'), '')
      leaves.push(made('heartbeat'))
      return 600
    })
    expect(alarm).toBe('')
    expect(one.filesOf()['2026/tile/0/001']).toBe(before['2026/tile/0/001'])
  })
})
