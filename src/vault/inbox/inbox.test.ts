import { mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  eventRecord,
  factRecord,
  gathered,
  instanceHeader,
  instanceRecord,
  spooledRecord,
} from '../../../test/support/journal-records.ts'
import { lossyFiles } from '../../../test/support/lossy-files.ts'
import { randomBytes, seeded } from '../../../test/support/random.ts'
import { diskFiles } from '../../storage/files/disk.ts'
import type { Files } from '../../storage/files/files.ts'
import { type Inbox, type InboxOptions, openInbox, type RecoveredGroup } from './inbox.ts'
import type { JournalPosition, JournalRecord } from './records.ts'

describe('the inbox', () => {
  let folder: string
  let inbox: Inbox
  const random = seeded(1)
  const payload = randomBytes(random, 5000)

  const open = (options: Partial<InboxOptions> = {}): Promise<Inbox> =>
    openInbox({
      files: diskFiles(),
      folder,
      node: 'main',
      archiveId: 'archive',
      now: () => new Date('2026-11-24T12:00:00Z'),
      ...options,
    })
  const reopen = async (options: Partial<InboxOptions> = {}): Promise<void> => {
    await inbox.close()
    inbox = await open(options)
  }
  const append = async (...records: JournalRecord[]) => {
    const group = inbox.append(records)
    await group.durable
    return group
  }
  const replay = async (after?: JournalPosition): Promise<RecoveredGroup[]> => {
    const groups: RecoveredGroup[] = []
    for await (const group of inbox.replay(after)) groups.push(group)
    return groups
  }
  const numbers = async (after?: JournalPosition): Promise<number[][]> =>
    (await replay(after)).map(({ records }) =>
      records.map(({ record }) => (record.kind === 'instance' ? record.header.n : record.n)),
    )
  const segments = async () => (await readdir(folder)).filter((name) => name.endsWith('.journal'))

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearkeep-inbox-'))
    inbox = await open()
  })
  afterEach(async () => {
    await inbox.close()
    await rm(folder, { recursive: true, force: true })
  })

  describe('appending', () => {
    it('says where each record lies before the disk has synced, and reads it back', async () => {
      const group = inbox.append([eventRecord(1), instanceRecord(2, payload), factRecord(3)])
      expect(group.placements).toHaveLength(3)
      expect(group.placements[1]).toMatchObject({ segment: 1, spool: '', length: 5000 })
      expect(group.position).toMatchObject({ segment: 1, group: 1 })
      await group.durable
      expect(await gathered(inbox, group.placements[1] as never, 5000)).toEqual(payload)
    })

    it('reads a range of a payload', async () => {
      const { placements } = await append(instanceRecord(1, payload))
      const parts: Uint8Array[] = []
      for await (const part of inbox.read(placements[0] as never, { start: 100, end: 200 })) parts.push(part)
      expect(Buffer.concat(parts)).toEqual(Buffer.from(payload.subarray(100, 200)))
    })

    it('takes one group at a time', async () => {
      const first = inbox.append([eventRecord(1)])
      expect(() => inbox.append([eventRecord(2)])).toThrow('before the one before')
      await first.durable
      await append(eventRecord(2))
      expect(await numbers()).toEqual([[1], [2]])
    })

    it('begins a new segment when one has reached its size, and no other file', async () => {
      await reopen({ segmentBytes: 6000 })
      for (let n = 1; n <= 5; n += 1) await append(instanceRecord(n, payload))
      expect(await readdir(folder)).toEqual(['00000001.journal', '00000002.journal', '00000003.journal'])
      expect(await numbers()).toEqual([[1], [2], [3], [4], [5]])
    })

    it('writes nothing before the first group, however often it is opened', async () => {
      await reopen()
      await reopen()
      expect(await readdir(folder)).toEqual([])
    })

    it('begins a new segment after every start', async () => {
      await append(eventRecord(1))
      await reopen()
      await append(eventRecord(2))
      expect(await segments()).toEqual(['00000001.journal', '00000002.journal'])
      expect(await numbers()).toEqual([[1], [2]])
    })

    it('knows how many bytes it holds', async () => {
      expect(await inbox.size()).toBe(0)
      await append(instanceRecord(1, payload))
      await append(await spooledRecord(inbox, 2, payload))
      const before = await inbox.size()
      expect(before).toBeGreaterThan(10_000)
      const gone = await inbox.spool()
      await gone.append([payload])
      await gone.abandon()
      expect(await inbox.size()).toBe(before)
      await reopen()
      expect(await inbox.size()).toBe(before)
    })
  })

  describe('spool files', () => {
    it('hold a large payload, which reads like any other', async () => {
      const large = randomBytes(random, 3 * 1024 * 1024 + 17)
      const { placements } = await append(await spooledRecord(inbox, 1, large))
      expect(placements[0]).toMatchObject({ segment: 0, start: 0, length: large.length })
      expect(await gathered(inbox, placements[0] as never, large.length)).toEqual(large)
      await reopen()
      expect(await numbers()).toEqual([[1]])
      expect(inbox.damage).toEqual([])
    })

    it('can be read while no record names them yet', async () => {
      const spool = await inbox.spool()
      await spool.append([payload])
      const place = { segment: 0, spool: spool.reference.spool, start: 0 }
      expect(await gathered(inbox, place, 5000)).toEqual(payload)
      await spool.abandon()
    })

    it('leave nothing when they are abandoned, finished or not', async () => {
      const [one, other] = [await inbox.spool(), await inbox.spool()]
      await one.append([payload])
      await one.abandon()
      await one.abandon()
      await other.append([payload])
      await other.finish(10)
      await other.abandon()
      expect(await readdir(folder)).toEqual([])
    })

    it('left by a crash are removed once nothing can have named them, with a stated reason', async () => {
      const removed: string[] = []
      const named = await spooledRecord(inbox, 1, payload)
      await append(named)
      const orphan = await inbox.spool()
      await orphan.append([payload])
      await orphan.finish(10)
      await reopen({ onRemoval: (name, { because }) => removed.push(`${name} ${because}`) })
      const young = await inbox.spool()
      await young.append([payload])

      expect(await inbox.sweepSpools()).toEqual([orphan.reference.spool])
      expect(removed).toEqual([`${orphan.reference.spool} abandoned`])
      expect(await inbox.sweepSpools()).toEqual([])
      expect((await readdir(folder)).filter((name) => name.endsWith('.spool')).sort()).toEqual(
        [(named.payload as { spool: string }).spool, young.reference.spool].sort(),
      )
    })

    it('are not looked for in the journal when the index knows them all', async () => {
      const record = await spooledRecord(inbox, 1, payload)
      await append(record)
      await append(eventRecord(2))
      await reopen()
      const { spool } = record.payload as { spool: string }
      await unlink(join(folder, '00000001.journal')) // would be missed
      const asked: string[] = []
      const swept = await inbox.sweepSpools(async (names) => {
        asked.push(...names)
        return new Set(names)
      })
      expect([swept, asked]).toEqual([[], [spool]])
    })

    it('stay while the journal is damaged, or while a torn tail may name them', async () => {
      await append(eventRecord(0))
      const named = await spooledRecord(inbox, 1, payload)
      await append(named)
      await inbox.close()
      await truncate(join(folder, '00000001.journal'), (await readFile(join(folder, '00000001.journal'))).length - 1)
      inbox = await open()
      expect(inbox.damage).toEqual([])
      expect(await numbers()).toEqual([[0]])
      expect(await inbox.sweepSpools()).toEqual([])
      await append(eventRecord(2))
      await reopen()
      expect(await inbox.sweepSpools()).toEqual([])
      expect((await readdir(folder)).some((name) => name.endsWith('.spool'))).toBe(true)
    })
  })

  describe('replay', () => {
    it('gives back what was appended, payloads left where they are', async () => {
      const spooled = await spooledRecord(inbox, 4, payload)
      const records = [eventRecord(1), instanceRecord(2, payload), factRecord(3), spooled]
      const appended = await append(...records)
      await reopen()
      const [group] = await replay()
      expect(group?.position).toEqual(appended.position)
      expect(group?.records.map(({ placement }) => placement)).toEqual(appended.placements)
      expect(group?.records.map(({ record }) => record)).toEqual([
        records[0],
        { ...records[1], payload: [] },
        records[2],
        spooled,
      ])
    })

    it('gives only what came after a position, from whichever segment that is in', async () => {
      await reopen({ segmentBytes: 1500 })
      const positions: JournalPosition[] = []
      for (let n = 1; n <= 12; n += 1) positions.push((await append(eventRecord(n), factRecord(n))).position)
      expect((await segments()).length).toBeGreaterThan(2)
      await reopen()
      for (const [at, position] of positions.entries())
        expect(await numbers(position)).toEqual(
          positions.slice(at + 1).map((_, later) => [at + later + 2, at + later + 2]),
        )
      expect(inbox.damage).toEqual([])
    })

    it('may run while the journal goes on', async () => {
      await append(eventRecord(1))
      const seen: number[] = []
      for await (const group of inbox.replay(undefined)) {
        seen.push(group.position.group)
        await append(eventRecord(2))
      }
      expect(seen).toEqual([1])
      expect(await numbers()).toEqual([[1], [2]])
    })

    it('says so when the index knows more than the journal holds', async () => {
      const { position } = await append(eventRecord(1))
      expect(await numbers({ ...position, group: 5 })).toEqual([])
      expect(inbox.damage[0]?.why).toContain('group 5')
    })
  })

  describe('a failing disk', () => {
    const lossy = async (): Promise<{ files: Files & { failNextSync(): void; limitSpace(to?: number): void } }> => ({
      files: await lossyFiles(folder, seeded(2)),
    })

    it('voids a group whose sync failed, though every byte of it may be on the disk', async () => {
      const { files } = await lossy()
      await reopen({ files })
      await append(eventRecord(1))
      files.failNextSync()
      const failed = inbox.append([eventRecord(2), instanceRecord(3, payload)])
      await expect(failed.durable).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
      expect(await numbers()).toEqual([[1]])

      const next = await append(eventRecord(2))
      expect(next.position).toMatchObject({ segment: 2, group: 2 })
      expect(await numbers()).toEqual([[1], [2]])
      await reopen()
      expect(await numbers()).toEqual([[1], [2]])
      expect(inbox.damage).toEqual([])
    })

    it('goes on when the very first sync of a segment failed', async () => {
      const { files } = await lossy()
      await reopen({ files })
      files.failNextSync()
      await expect(inbox.append([eventRecord(1)]).durable).rejects.toThrow()
      files.failNextSync()
      await expect(inbox.append([eventRecord(1)]).durable).rejects.toThrow()
      await append(eventRecord(1))
      await reopen()
      expect(await numbers()).toEqual([[1]])
      expect(inbox.damage).toEqual([])
    })

    it('leaves no files behind while the disk is full, and goes on when there is room', async () => {
      const { files } = await lossy()
      await reopen({ files })
      await append(eventRecord(1))
      files.limitSpace(100)
      for (let attempt = 0; attempt < 5; attempt += 1)
        await expect(inbox.append([instanceRecord(2, payload)]).durable).rejects.toMatchObject({
          code: 'STORE_WRITE_FAILED',
          cause: { code: 'ENOSPC' },
        })
      expect(await segments()).toEqual(['00000001.journal'])
      files.limitSpace(undefined)
      const { placements } = await append(instanceRecord(2, payload))
      expect(await gathered(inbox, placements[0] as never, 5000)).toEqual(payload)
      await reopen()
      expect(await numbers()).toEqual([[1], [2]])
      expect(inbox.damage).toEqual([])
    })
  })

  describe('damage', () => {
    const file = (number: number) => join(folder, `${String(number).padStart(8, '0')}.journal`)
    const flip = async (number: number, at: number): Promise<void> => {
      const bytes = await readFile(file(number))
      bytes[at] = (bytes[at] as number) ^ 0x20
      await writeFile(file(number), bytes)
    }

    it('in one record costs that record, is reported with its place, and is never repaired', async () => {
      const { placements } = await append(instanceRecord(1, payload), instanceRecord(2, payload), eventRecord(3))
      await append(eventRecord(4))
      await inbox.close()
      const place = placements[1]?.start ?? 0
      await flip(1, place - 30) // in the second record's header
      const damaged = await readFile(file(1))
      inbox = await open()
      expect(await numbers()).toEqual([[1, 3], [4]])
      expect(inbox.damage).toMatchObject([{ segment: 1, why: 'a record does not verify' }])
      await append(eventRecord(5))
      await reopen()
      expect(await numbers()).toEqual([[1, 3], [4], [5]])
      expect(await readFile(file(1))).toEqual(damaged)
    })

    it('in a payload costs that payload', async () => {
      const { placements } = await append(instanceRecord(1, payload), instanceRecord(2, payload))
      await append(eventRecord(3))
      await inbox.close()
      await flip(1, (placements[0]?.start ?? 0) + 4000)
      inbox = await open()
      expect(await numbers()).toEqual([[2], [3]])
      expect(inbox.damage).toEqual([{ segment: 1, at: placements[0]?.start, why: 'a payload does not verify' }])
    })

    it('in a spool file costs that payload, before the data set too', async () => {
      for (const at of [3, 4000]) {
        const record = await spooledRecord(inbox, 1, payload)
        await append(record)
        await append(eventRecord(2))
        await inbox.close()
        const spool = join(folder, (record.payload as { spool: string }).spool)
        const bytes = await readFile(spool)
        bytes[at] = (bytes[at] as number) ^ 1
        await writeFile(spool, bytes)
        inbox = await open()
        expect((await numbers()).slice(-2)).toEqual([[], [2]])
        expect(inbox.damage.at(-1)).toMatchObject({ why: 'a payload does not verify' })
      }
    })

    it('in a commit frame costs nothing but a report', async () => {
      const { position } = await append(eventRecord(1))
      await append(eventRecord(2))
      await append(eventRecord(3))
      await inbox.close()
      await flip(1, position.end - 50)
      inbox = await open()
      expect(await numbers()).toEqual([[1], [2], [3]])
      expect(inbox.damage).toMatchObject([{ segment: 1, why: 'the commit frame does not verify' }])
    })

    it('in a segment’s header costs nothing but a report, be it the last segment or another', async () => {
      for (let n = 1; n <= 3; n += 1) {
        await append(eventRecord(n))
        await reopen()
      }
      await inbox.close()
      await flip(2, 20)
      inbox = await open()
      expect(await numbers()).toEqual([[1], [2], [3]])
      expect(inbox.damage).toMatchObject([{ segment: 2, at: 0 }])
      await inbox.close()
      await flip(3, 20)
      inbox = await open()
      expect(await numbers()).toEqual([[1], [2], [3]])
      expect(inbox.damage.map(({ segment }) => segment).sort()).toEqual([2, 3])
      await append(eventRecord(4))
      await reopen()
      expect(await numbers()).toEqual([[1], [2], [3], [4]])
    })

    it('is reported when a segment is missing or too short', async () => {
      for (let n = 1; n <= 4; n += 1) {
        await append(eventRecord(n), eventRecord(n))
        await reopen()
      }
      await inbox.close()
      await unlink(file(2))
      await truncate(file(3), 800)
      inbox = await open()
      expect(await numbers()).toEqual([[1, 1], [3], [4, 4]])
      expect(inbox.damage).toMatchObject([
        { segment: 3, why: 'the segment ends early' },
        { segment: 2, why: 'the segment is missing' },
        { segment: 3 },
      ])
    })

    it('does not let bytes stored in a payload pass for groups', async () => {
      const { placements, position } = await append(eventRecord(1), eventRecord(2))
      const stolen = new Uint8Array(await readFile(file(1)))
      // A copy of the journal itself, stored as an object; then the group that holds it is torn.
      await append(instanceRecord(3, stolen, 0))
      await inbox.close()
      await truncate(file(1), (await readFile(file(1))).length - 60)
      inbox = await open()
      expect(placements).toHaveLength(2)
      expect(await numbers()).toEqual([[1, 2]])
      expect(inbox.damage).toEqual([])
      expect((await append(eventRecord(3))).position.group).toBe(position.group + 1)
    })

    it('that makes a part of the disk unreadable costs what lies there', async () => {
      const files = await lossyFiles(folder, seeded(3))
      await reopen({ files })
      const big = randomBytes(random, 50_000)
      const { placements } = await append(instanceRecord(1, big), instanceRecord(2, payload))
      await append(instanceRecord(3, payload))
      const [first, second] = placements
      files.spoil(file(1), (first?.start ?? 0) + 20_000, (first?.start ?? 0) + 20_001)
      await reopen({ files })
      expect(await numbers()).toEqual([[2], [3]])
      files.spoil(file(1), (second?.start ?? 0) - 10, (second?.start ?? 0) - 9)
      await reopen({ files })
      expect((await numbers()).at(-1)).toEqual([3])
      expect(inbox.damage.length).toBeGreaterThan(0)
      await expect(gathered(inbox, first as never, big.length)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' })
    })

    it('makes reading fail rather than give too little', async () => {
      const { placements } = await append(instanceRecord(1, payload))
      const placement = placements[0] as NonNullable<(typeof placements)[0]>
      await truncate(file(1), placement.start + 100)
      await reopen()
      await expect(gathered(inbox, placement, 5000)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' })
      await expect(gathered(inbox, { segment: 9, spool: '', start: 0 }, 1)).rejects.toMatchObject({
        code: 'JOURNAL_CORRUPT',
      })
    })
  })

  it('refuses a payload that is not as long as its header says', () => {
    const record = { kind: 'instance', header: instanceHeader(1, payload, 10), payload: [payload.subarray(1)] } as const
    expect(() => inbox.append([record])).toThrow('4999 bytes')
  })
})
