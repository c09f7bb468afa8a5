/**
 * Damaging a journal that was closed in order, and looking at what recovery makes of it: whatever it gives must be what
 * was written, what is missing must be reported, and the files must stay as they are.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { diskFiles } from '../../src/storage/files/disk.ts'
import { type Inbox, openInbox } from '../../src/vault/inbox/inbox.ts'
import type { KeptRecord } from '../../src/vault/inbox/records.ts'
import { gathered, type Made, randomGroup } from './journal-records.ts'
import { below, type Random, randomBytes, seeded } from './random.ts'

export interface ClosedJournal {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly groups: readonly (readonly Made[])[]
}

const open = (folder: string, segmentBytes = 8000): Promise<Inbox> =>
  openInbox({ files: diskFiles(), folder, node: 'main', archiveId: 'archive', segmentBytes })

const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'clearkeep-damage-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const filesOf = async (folder: string): Promise<Map<string, Uint8Array>> => {
  const files = new Map<string, Uint8Array>()
  for (const name of (await readdir(folder)).sort()) files.set(name, new Uint8Array(await readFile(join(folder, name))))
  return files
}

/** Some twenty groups in several segments and spool files. */
export function closedJournal(seed: number): Promise<ClosedJournal> {
  return inFolder(async (folder) => {
    const random = seeded(seed)
    const inbox = await open(folder)
    const groups: (readonly Made[])[] = []
    for (let n = 1; groups.length < 20; n += groups.at(-1)?.length ?? 0) {
      const made = await randomGroup(random, inbox, n)
      await inbox.append(made.map(({ record }) => record)).durable
      groups.push(made)
    }
    await inbox.close()
    return { files: await filesOf(folder), groups }
  })
}

/** Changes one file as disks do: a bit, a run of bytes, a sector of zeros, a missing end. */
export function damaged({ files }: ClosedJournal, random: Random): ReadonlyMap<string, Uint8Array> {
  const names = [...files.keys()]
  const name = names[below(random, names.length)] as string
  const bytes = (files.get(name) as Uint8Array).slice()
  const at = below(random, bytes.length)
  const kind = below(random, 5)
  if (kind < 2) bytes[at] = (bytes[at] as number) ^ (1 << below(random, 8))
  else if (kind === 2) bytes.set(randomBytes(random, Math.min(1 + below(random, 100), bytes.length - at)), at)
  else if (kind === 3) bytes.fill(0, at - (at % 512), Math.min(at - (at % 512) + 512, bytes.length))
  return new Map(files).set(name, kind === 4 ? bytes.slice(0, at) : bytes)
}

export interface Seen {
  /** Numbers of the records given. */
  readonly numbers: readonly number[]
  readonly damage: number
}

/** Recovers from these files and checks all that is given against what was written. */
export function recovered(files: ReadonlyMap<string, Uint8Array>, { groups }: ClosedJournal): Promise<Seen> {
  const written = new Map(groups.flat().map((made) => [numberOf(made.record), made]))
  return inFolder(async (folder) => {
    await mkdir(folder, { recursive: true })
    for (const [name, bytes] of files) await writeFile(join(folder, name), bytes)
    const inbox = await open(folder)
    const numbers: number[] = []
    for await (const { records } of inbox.replay(undefined))
      for (const { record, placement } of records) {
        const made = written.get(numberOf(record)) as Made
        numbers.push(numberOf(record))
        if (record.kind !== 'instance') expect(record).toEqual(made.record)
        else {
          expect({ ...record, payload: [] }).toEqual({ ...made.record, payload: [] })
          expect(await gathered(inbox, placement, made.payload.length)).toEqual(made.payload)
        }
      }
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    const damage = inbox.damage.length

    // It goes on as if nothing were: the next group is found again, and the damaged files are as they were.
    const next = [...written.keys()].length + 1
    await inbox.append([{ kind: 'fact', type: 'conflict', n: next, text: '{}' }]).durable
    await inbox.close()
    for (const [name, bytes] of files) expect(new Uint8Array(await readFile(join(folder, name)))).toEqual(bytes)
    const again = await open(folder)
    const second: number[] = []
    for await (const { records } of again.replay(undefined))
      second.push(...records.map(({ record }) => numberOf(record)))
    expect(second).toEqual([...numbers, next])
    await again.close()
    return { numbers, damage }
  })
}

const numberOf = (record: KeptRecord): number => (record.kind === 'instance' ? record.header.n : record.n)
