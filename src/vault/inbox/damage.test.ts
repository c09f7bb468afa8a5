import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ClosedJournal, closedJournal, damaged, recovered } from '../../../test/support/inbox-damage.ts'
import { eventRecord } from '../../../test/support/journal-records.ts'
import { seeded } from '../../../test/support/random.ts'
import { diskFiles } from '../../storage/files/disk.ts'
import { openInbox } from './inbox.ts'
import { encodeFrame, encodeSegmentHeader, NO_DIGEST } from './journal-format.ts'

describe('a damaged journal', () => {
  let journal: ClosedJournal
  beforeAll(async () => {
    journal = await closedJournal(1)
  })

  it('when it is not damaged, gives everything and reports nothing', async () => {
    const all = journal.groups.flat().map((_, at) => at + 1)
    expect(await recovered(journal.files, journal)).toEqual({ numbers: all, damage: 0 })
  })

  it.each(Array.from({ length: 80 }, (_, seed) => seed))(
    'loses no more than the group that was hit, says so, and never gives a wrong byte (seed %i)',
    async (seed) => {
      const files = damaged(journal, seeded(seed))
      const { numbers, damage } = await recovered(files, journal)
      const given = new Set(numbers)
      const hit = journal.groups.filter((group) => group.some((_, at) => !given.has(numberIn(journal, group, at))))
      const truncated = [...files].some(([name, bytes]) => bytes.length !== journal.files.get(name)?.length)
      if (!truncated) expect(hit.length).toBeLessThanOrEqual(2) // a run of bytes may lie across two groups
      // Only the end can be lost without a word: it looks like a group that was never acknowledged. (An index that knows
      // better has it reported.)
      const silent = hit.every((group) => journal.groups.indexOf(group) >= journal.groups.length - 2)
      if (damage === 0 && !truncated) expect(silent).toBe(true)
    },
  )
})

const numberIn = (journal: ClosedJournal, group: ClosedJournal['groups'][number], at: number): number =>
  journal.groups.slice(0, journal.groups.indexOf(group)).reduce((sum, { length }) => sum + length, 1) + at

describe('recovery from bytes that were never a journal', () => {
  const mark = '00'.repeat(16)
  const segmentOf = (number: number, rest: Uint8Array, previous = false) =>
    Buffer.concat([
      encodeSegmentHeader({
        archive: 'archive',
        created: '2026-11-24T12:00:00.000Z',
        mark,
        node: 'main',
        previous: previous ? { segment: number - 1, end: 400, group: 3, digest: NO_DIGEST } : null,
        segment: number,
      }),
      rest,
    ])
  const frames = fc
    .record({ count: fc.nat(5), group: fc.nat(10), start: fc.nat(2000) })
    .map((frame) => encodeFrame({ ...frame, mark, previous: NO_DIGEST, digest: NO_DIGEST }))
  const noise = fc.uint8Array({ maxLength: 600 })
  const starts = fc
    .record({ kind: fc.nat(4), header: fc.nat(300), payload: fc.nat(600) })
    .map(({ kind, header, payload }) => {
      const bytes = Buffer.alloc(20)
      bytes[0] = kind
      bytes.writeUInt32LE(header, 4)
      bytes.writeBigUInt64LE(BigInt(payload), 8)
      return bytes
    })
  const rest = fc.array(fc.oneof(noise, frames, starts), { maxLength: 8 }).map((parts) => Buffer.concat(parts))
  const file = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(rest, fc.boolean()).map(([bytes, previous]) => ({ bytes, header: true, previous })),
    },
    { weight: 1, arbitrary: rest.map((bytes) => ({ bytes, header: false, previous: false })) },
  )

  it('gives nothing that was not written, ends, and leaves an inbox that works', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (segments) => {
        const folder = await mkdtemp(join(tmpdir(), 'clearkeep-fuzz-'))
        try {
          for (const [at, { bytes, header, previous }] of segments.entries())
            await writeFile(
              join(folder, `${String(at + 1).padStart(8, '0')}.journal`),
              header ? segmentOf(at + 1, bytes, previous) : bytes,
            )
          const options = { files: diskFiles(), folder, node: 'main', archiveId: 'archive' }
          const inbox = await openInbox(options)
          for await (const { records } of inbox.replay(undefined)) expect(records).toEqual([])
          await inbox.sweepSpools()
          await inbox.append([eventRecord(1)]).durable
          await inbox.close()
          const again = await openInbox(options)
          const given: unknown[] = []
          for await (const { records } of again.replay(undefined)) given.push(...records.map(({ record }) => record))
          expect(given).toEqual([eventRecord(1)])
          await again.close()
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      }),
      { numRuns: 150 },
    )
  })
})
