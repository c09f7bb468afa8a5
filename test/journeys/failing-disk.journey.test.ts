/** A disk that fills up, a sync that fails, an index that will not take a group: what senders are told, what is kept. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/storage/sql/database.ts'
import {
  ADMINISTRATOR,
  asFile,
  device,
  eventsOf,
  leavesOf,
  originalOf,
  type Running,
  removeArchives,
  runArchive,
  sha256,
} from '../support/archives.ts'
import { failingFiles } from '../support/failing-files.ts'
import { syntheticInstance } from '../support/synthetic.ts'

afterAll(removeArchives)

const LARGE = { rows: 1024, columns: 1024 } // 2 MiB: spooled

async function archive(options: { reserveBytes?: number } = {}) {
  const { files, faults } = failingFiles()
  // A clock that runs so fast that no free space seen once is believed twice.
  let time = Date.parse('2026-11-24T08:00:00.000Z')
  const now = () => {
    time += 1001
    return new Date(time)
  }
  const running = await runArchive({ files, now, options: { reserveBytes: options.reserveBytes ?? 0 } })
  const receive = (seed: number, more: object = {}) =>
    running.archive.receive(ADMINISTRATOR, asFile(syntheticInstance({ seed, ...more }).bytes))
  return { running, faults, receive }
}

describe('a sync that fails', () => {
  it('is answered as a failure to all of its group, and leaves nothing to find', async () => {
    const { running, faults, receive } = await archive()
    faults.failingSyncs = 1
    const answers = await Promise.allSettled([receive(1), receive(2), receive(3)])
    expect(answers.map((answer) => answer.status === 'rejected' && answer.reason.code)).toEqual(
      answers.map(() => 'STORE_WRITE_FAILED'),
    )
    expect((await running.archive.status(ADMINISTRATOR)).instances).toBe(0)
  })

  it('gives its ledger numbers again: there is no gap', async () => {
    const { running, faults, receive } = await archive()
    await receive(1)
    faults.failingSyncs = 1
    await expect(receive(2)).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
    expect(await receive(2)).toMatchObject({ outcome: 'stored' })
    await running.close()
    const again = await running.restart()
    expect((await leavesOf(again)).map(({ n }) => n)).toEqual((await leavesOf(again)).map((_, at) => at))
    expect(again.complaints).toEqual([])
    const instances = await again.db.read.selectFrom('instances').select('ds').execute()
    expect(instances.map(({ ds }) => ds).sort()).toEqual(
      [syntheticInstance({ seed: 1 }).ds, syntheticInstance({ seed: 2 }).ds].sort(),
    )
  })

  it('keeps the spool file it named until a later group is durable, and not longer', async () => {
    const { running, faults, receive } = await archive()
    const large = syntheticInstance({ seed: 1, ...LARGE })
    const first = running.archive.receive(ADMINISTRATOR, asFile(large.bytes))
    expect(await first).toMatchObject({ outcome: 'stored' })
    const [kept] = await running.spools()

    faults.failingSyncs = 1
    await expect(receive(2, LARGE)).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
    expect(await running.spools()).toHaveLength(2)
    await receive(3)
    await expect.poll(() => running.spools()).toEqual([kept])
  })

  it('loses no act that was answered: its leaf comes with the next group that can be written', async () => {
    const { running, faults, receive } = await archive()
    faults.failingSyncs = 1
    await running.archive.record(
      device('CT1'),
      { type: 'aud.110112', action: 'E', outcome: 0, detail: { query: 'PatientID=1' } },
      'soon',
    )
    await expect(receive(1)).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
    await receive(2)
    expect(await eventsOf(running, 'aud.110112')).toMatchObject([{ query: 'PatientID=1' }])
  })

  it('refuses an act that must be journaled before its answer', async () => {
    const { running, faults } = await archive()
    faults.failingSyncs = 1
    const act = running.archive.record(
      device('CT1'),
      { type: 'aud.110114', action: 'E', outcome: 0, detail: {} },
      'now',
    )
    await expect(act).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
  })
})

describe('an index that does not take a group the journal holds', () => {
  /** Commits that fail though everything before them went well. */
  function failingCommits() {
    const faults = { commits: 0 }
    const around = (db: Database): Database => ({
      ...db,
      write: (work) =>
        db.write(async (tx) => {
          const result = await work(tx)
          if (faults.commits > 0) {
            faults.commits -= 1
            throw new Error('the test fails this commit')
          }
          return result
        }),
    })
    return { around, faults }
  }
  const receive = (running: Running, seed: number) =>
    running.archive.receive(ADMINISTRATOR, asFile(syntheticInstance({ seed }).bytes))

  it('is brought up to it before the answer', async () => {
    const { around, faults } = failingCommits()
    const running = await runArchive({ around })
    faults.commits = 2
    expect(await receive(running, 1)).toMatchObject({ outcome: 'stored' })
    expect((await running.archive.status(ADMINISTRATOR)).instances).toBe(1)
  })

  it('is brought up to it before anything else when it took longer; nothing is stored twice', async () => {
    const { around, faults } = failingCommits()
    const running = await runArchive({ around })
    faults.commits = 4
    await expect(receive(running, 1)).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
    expect(await receive(running, 2)).toMatchObject({ outcome: 'stored' })
    expect(await receive(running, 1)).toMatchObject({ outcome: 'already' })
    expect((await running.archive.status(ADMINISTRATOR)).instances).toBe(2)

    const before = await running.dump()
    const again = await running.withoutIndex()
    const after = new Set(await again.dump())
    expect(before.filter((line) => !after.has(line)).map((line) => line.slice(0, 200))).toEqual([])
    expect((await leavesOf(again)).every(({ n }, at) => n === at)).toBe(true)
  })

  it('is brought up to it at the next start at the latest', async () => {
    const { around, faults } = failingCommits()
    const running = await runArchive({ around })
    faults.commits = 4
    await expect(receive(running, 1)).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
    faults.commits = Number.POSITIVE_INFINITY
    await running.close()
    faults.commits = 0
    const again = await running.restart()
    expect((await again.archive.status(ADMINISTRATOR)).instances).toBe(1)
  })
})

describe('acts that may wait', () => {
  it('are journaled within a second though nothing else happens', async () => {
    const { running } = await archive()
    await running.archive.record(device('CT1'), { type: 'aud.110112', action: 'E', outcome: 0, detail: {} }, 'soon')
    const begun = Date.now()
    await expect.poll(() => eventsOf(running, 'aud.110112'), { timeout: 5000, interval: 20 }).toHaveLength(1)
    expect(Date.now() - begun).toBeLessThan(1000)
  })
})

describe('a full disk', () => {
  it('is refused before it is truly full, and it goes on by itself when there is room', async () => {
    const { running, faults, receive } = await archive({ reserveBytes: 1_000_000 })
    await receive(1)
    faults.free = 1_010_000
    await expect(receive(2)).rejects.toMatchObject({ code: 'STORE_NO_SPACE' })
    await expect(receive(3, LARGE)).rejects.toMatchObject({ code: 'STORE_NO_SPACE' })
    expect((await running.archive.status(ADMINISTRATOR)).instances).toBe(1)
    faults.free = 5_000_000_000
    expect(await receive(2)).toMatchObject({ outcome: 'stored' })
  })

  it('is refused when it fills up while an object is on its way', async () => {
    const { running, faults } = await archive({ reserveBytes: 1_000_000 })
    const large = syntheticInstance({ seed: 1, rows: 4096, columns: 4096 }) // 32 MiB
    async function* slow() {
      for (let at = 0; at < large.bytes.length; at += 1 << 20) {
        if (at > 8 << 20) faults.free = 900_000
        yield large.bytes.subarray(at, at + (1 << 20))
      }
    }
    await expect(running.archive.receive(ADMINISTRATOR, { door: 'stow', bytes: slow() })).rejects.toMatchObject({
      code: 'STORE_NO_SPACE',
    })
    expect(await running.spools()).toEqual([])
  })

  it('is refused as full when the system says so first; nothing acknowledged is harmed', async () => {
    const { running, faults, receive } = await archive()
    const first = await receive(1)
    faults.full = true
    await expect(receive(2)).rejects.toMatchObject({ code: 'STORE_NO_SPACE' })
    await expect(receive(3, LARGE)).rejects.toMatchObject({ code: 'STORE_NO_SPACE' })
    expect((await running.archive.status(ADMINISTRATOR)).accepting).toBe(false)
    faults.full = false
    expect(await receive(2)).toMatchObject({ outcome: 'stored' })
    expect((await running.archive.status(ADMINISTRATOR)).accepting).toBe(true)
    expect(await running.spools()).toEqual([])
    const again = await running.restart()
    expect(sha256(await originalOf(again, first))).toBe(sha256(syntheticInstance({ seed: 1 }).bytes))
    expect(again.complaints).toEqual([])
  })
})
