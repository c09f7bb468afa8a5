/**
 * The power fails while the log is written, at any operation: the journal it follows is whole up to what it had synced, and the log
 * that is opened on what the disk shows extends every checkpoint ever signed.
 */
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LossyFiles, lossyFiles } from '../../../test/support/lossy-files.ts'
import { below, seeded } from '../../../test/support/random.ts'
import { type Bytes, toHex } from '../../base/bytes.ts'
import { parseCheckpoint } from '../../proof/checkpoint.ts'
import { leafHash, rootOf } from '../../proof/merkle.ts'
import { parseKey } from '../../proof/note.ts'
import { diskFiles } from '../../storage/files/disk.ts'
import { leafText } from '../leaf.ts'
import { keptCheckpoint } from '../verify/kept-checkpoint.ts'
import { checkLog, readLogTexts } from '../verify/log-check.ts'
import { openLogFolder } from '../verify/read-log.ts'
import { openReport } from '../verify/report.ts'
import type { LoggedLeaf } from './follower.ts'
import { openLog, type TransparencyLog } from './log.ts'

const YEARS = ['2026', '2027', '2028']
const HISTORIES = Array.from({ length: 10 }, (_, seed) => seed)
const FAILURES = 5

async function history(seed: number): Promise<number> {
  const random = seeded(seed)
  const base = join(tmpdir(), `clearkeep-log-crash-${process.pid}-${seed}`)
  const leaves: LoggedLeaf[] = []
  const signed = new Map<string, string>()
  let year = 0

  const open = (files: LossyFiles, data: string, complaints: string[]): Promise<TransparencyLog> => {
    const nextN = leaves.length
    return openLog({
      files: {
        ...files,
        create: async (path) => {
          const file = await files.create(path)
          if (!path.endsWith('/log-checkpoint.new')) return file
          return {
            ...file,
            append: (parts) => {
              const text = Buffer.concat(parts as Uint8Array[]).toString('utf8')
              const { origin, size } = parseCheckpoint(text)
              expect(signed.get(`${origin} ${size}`) ?? text).toBe(text)
              signed.set(`${origin} ${size}`, text)
              return file.append(parts)
            },
          }
        },
      },
      folder: join(data, 'log'),
      keys: join(data, 'keys'),
      origin: 'archive.example.org',
      intervalMs: 0,
      leaves: async function* (from) {
        yield* leaves.slice(from, nextN)
      },
      nextN,
      complain: (facts, message) => complaints.push(`${message} ${JSON.stringify(facts)}`),
    })
  }
  const add = (log: TransparencyLog): void => {
    if (random() < 0.1 && year < YEARS.length - 1) year += 1
    const ts = `${YEARS[year]}-06-01T00:00:00.000Z`
    const opening = leaves.length === 0 ? log.first(ts) : log.opening(ts)
    const more = Array.from({ length: 1 + below(random, 250) }, (_, at): LoggedLeaf => {
      const n = leaves.length + at
      const type = at === 0 && opening ? 'log.open' : 'heartbeat'
      const leaf = leafText({
        n,
        type,
        ts,
        actor: 'sys:archive',
        ...(at === 0 && opening && { public: { ...opening } }),
      })
      return { n, leaf }
    })
    // The journal has them synced before the log hears of them.
    leaves.push(...more)
    log.append(more)
  }

  let data = join(base, 'data')
  let files = await lossyFiles(data, random)
  try {
    for (let failure = 0; failure < FAILURES; failure += 1) {
      const cut = files.operations + 1 + below(random, 120)
      files.powerOffDuring(cut - files.operations)
      const complaints: string[] = []
      let log: TransparencyLog | undefined
      try {
        log = await open(files, data, complaints)
        if (files.operations < cut) expect(complaints).toEqual([])
        while (files.operations < cut) {
          add(log)
          await log.sign()
        }
      } catch (thrown) {
        if (files.operations < cut) throw thrown
      }
      await log?.close()
      data = await files.crash()
      files = await lossyFiles(data, random)
    }

    // What is left is opened, signed and read as a stranger would: from the files alone, every checkpoint ever signed in hand.
    const complaints: string[] = []
    const log = await open(files, data, complaints)
    await log.close()
    expect(complaints).toEqual([])
    expect(log.state).toEqual({ leaves: leaves.length, signed: leaves.length, alarm: '' })
    const disk = diskFiles()
    const read = async (path: string): Promise<Bytes> => {
      const file = await disk.open(path)
      return file.read(0, file.size).finally(() => file.close())
    }
    let first = 0
    for (const shard of log.years()) {
      const folder = join(data, 'log', shard)
      const { origin, size, root } = parseCheckpoint(
        Buffer.from(await read(join(folder, 'checkpoint'))).toString('utf8'),
      )
      const entries = leaves.slice(first, first + size).map(({ leaf }) => leafHash(Buffer.from(leaf)))
      expect(toHex(rootOf(entries))).toBe(toHex(root))
      for (const [name, known] of signed) {
        const [of, count] = name.split(' ')
        if (of === origin)
          expect(toHex(rootOf(entries.slice(0, Number(count)))), name).toBe(toHex(parseCheckpoint(known).root))
      }
      const kept = [...signed].flatMap(([name, text]) =>
        name.startsWith(`${origin} `) ? [keptCheckpoint(name, text)] : [],
      )
      const report = openReport(() => {})
      const files = openLogFolder(diskFiles(), folder)
      await checkLog(
        {
          part: shard,
          folder: files,
          texts: await readLogTexts(files),
          keys: [parseKey(log.key(shard) ?? '')],
          kept,
          witnesses: [],
        },
        report,
      )
      expect(report.steps.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
      expect(report.steps.length).toBe(7 + 2 * kept.length)
      first += size
    }
    expect(first).toBe(leaves.length)
    return signed.size
  } finally {
    await rm(base, { recursive: true, force: true })
  }
}

describe('the log after power failures extends every checkpoint ever signed', () => {
  it.each(HISTORIES)('history %i', async (seed) => {
    expect(await history(seed)).toBeGreaterThan(0)
  })
})
