/**
 * Random histories over a disk that loses, tears and reorders what was not synced (test/support/lossy-files.ts).
 *
 * What must hold after every power failure: each acknowledged group is there, in order, whole; a group whose append was
 * refused and followed by an acknowledged one is not; of the last group, never acknowledged, all or nothing is there;
 * and what recovery once gave, it gives again.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { ArchiveError } from '../../src/base/errors.ts'
import { type Inbox, openInbox, type RecoveredGroup } from '../../src/vault/inbox/inbox.ts'
import type { JournalPosition } from '../../src/vault/inbox/records.ts'
import { gathered, type Made, randomGroup } from './journal-records.ts'
import { type LossyFiles, lossyFiles, PowerLoss } from './lossy-files.ts'
import { below, type Random, randomBytes, seeded } from './random.ts'

const LIVES = 4

interface Kept {
  readonly made: readonly Made[]
  readonly position: JournalPosition
}

/** What the journal must hold, as the one who appends knows it. */
interface Expected {
  kept: Kept[]
  /** Appended when the power went, neither acknowledged nor refused. */
  open: Kept | undefined
  /** Refused after the last acknowledged group: one of them may be there until a later group is durable. */
  refused: Kept[]
  nextN: number
}

const opened = (files: LossyFiles, folder: string, random: Random): Promise<Inbox> =>
  openInbox({
    files,
    folder: join(folder, 'inbox'),
    node: 'main',
    archiveId: 'archive',
    segmentBytes: 2000 + below(random, 20_000),
    random: (bytes) => randomBytes(random, bytes),
  })

/** Appends until the power goes. */
async function live(files: LossyFiles, inbox: Inbox, random: Random, expected: Expected): Promise<void> {
  for (;;) {
    try {
      if (random() < 0.1) await (await inbox.spool()).append([randomBytes(random, below(random, 2000))])
      const made = await randomGroup(random, inbox, expected.nextN)
      if (random() < 0.12) files.failNextSync()
      const group = inbox.append(made.map(({ record }) => record))
      expected.open = { made, position: group.position }
      await group.durable
      expected.kept.push(expected.open)
      expected.open = undefined
      expected.refused = []
      expected.nextN += made.length
    } catch (thrown) {
      if (isPowerLoss(thrown)) return
      // A sync failed; the spool files of a refused group are left for the sweep, as intake does until it is sure.
      if (expected.open) expected.refused.push(expected.open)
      expected.open = undefined
    }
  }
}

const isPowerLoss = (thrown: unknown): boolean =>
  thrown instanceof PowerLoss || (thrown instanceof ArchiveError && thrown.cause instanceof PowerLoss)

/** Compares what recovery gives with what must be there; gives the number of groups found. */
async function check(inbox: Inbox, expected: Expected): Promise<number> {
  const found: { position: JournalPosition; records: readonly unknown[] }[] = []
  for await (const group of inbox.replay(undefined)) {
    const made = wanted(expected, found.length, group)
    expect(made, `group ${found.length + 1} is nobody's`).toBeDefined()
    if (made === undefined) break
    expect(group.records).toHaveLength(made.length)
    for (const [at, { record, placement }] of group.records.entries()) {
      const { record: written, payload } = made[at] as Made
      if (record.kind === 'instance' && written.kind === 'instance') {
        expect(record.header).toEqual(written.header)
        expect(await gathered(inbox, placement, payload.length)).toEqual(payload)
      } else expect(record).toEqual(written)
    }
    expect(group.position.group).toBe(found.length + 1)
    found.push(group)
  }
  expect(inbox.damage).toEqual([])
  expect(found.length).toBeGreaterThanOrEqual(expected.kept.length)
  for (const [at, { position }] of expected.kept.entries()) expect(found[at]?.position).toEqual(position)
  return found.length
}

/** The nth group, or that of those that may stand in its place which has this one's beginning. */
function wanted({ kept, open, refused }: Expected, at: number, group: RecoveredGroup): readonly Made[] | undefined {
  if (at < kept.length) return kept[at]?.made
  const candidates = at > kept.length ? [] : [...(open ? [open] : []), ...refused]
  return candidates.find(
    ({ position: { segment, end } }) => segment === group.position.segment && end === group.position.end,
  )?.made
}

/** One history: several lives of an archive, each ended by a power failure or the death of the process. */
export async function crashHistory(seed: number): Promise<void> {
  const random = seeded(seed)
  const base = await mkdtemp(join(tmpdir(), 'clearkeep-crash-'))
  const expected: Expected = { kept: [], open: undefined, refused: [], nextN: 1 }
  try {
    let folder = join(base, 'data')
    let files = await lossyFiles(folder, random)
    for (let life = 0; life < LIVES; life += 1) {
      files.powerOffDuring(1 + below(random, 80))
      try {
        await live(files, await opened(files, folder, random), random, expected)
      } catch (thrown) {
        expect(isPowerLoss(thrown)).toBe(true) // during recovery
      }

      // Sometimes only the process dies: what it wrote and did not sync is still to be seen, and may yet be lost.
      if (random() < 0.3) files.restart()
      else {
        folder = await files.crash()
        files = await lossyFiles(folder, random)
      }
      const inbox = await opened(files, folder, random)
      const count = await check(inbox, expected)
      settle(expected, count, await positions(inbox))
      expect(await inbox.sweepSpools()).toBeInstanceOf(Array)
      expect(await check(inbox, expected)).toBe(count)
      await inbox.close()

      // Recovering again gives the same, whether or not the power failed in between.
      if (random() < 0.5) {
        folder = await files.crash()
        files = await lossyFiles(folder, random)
      }
      const again = await opened(files, folder, random)
      expect(await check(again, expected)).toBe(count)
      await again.close()
    }
  } finally {
    await rm(base, { recursive: true, force: true })
  }
}

async function positions(inbox: Inbox): Promise<JournalPosition[]> {
  const all: JournalPosition[] = []
  for await (const { position } of inbox.replay(undefined)) all.push(position)
  return all
}

/** What recovery has shown once is acknowledged from now on: the index holds it. */
function settle(expected: Expected, count: number, at: readonly JournalPosition[]): void {
  const last = at[count - 1]
  const candidates = [...(expected.open ? [expected.open] : []), ...expected.refused]
  const found = candidates.find(({ position }) => position.segment === last?.segment && position.end === last.end)
  if (count > expected.kept.length && found !== undefined) {
    expected.kept.push(found)
    expected.nextN += found.made.length
  }
  expected.open = undefined
  expected.refused = []
}
