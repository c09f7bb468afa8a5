/**
 * One who has the disk: reads a journal, changes what it says, and writes it anew with every CRC, frame and digest in
 * order. What he cannot mend is a checkpoint somebody keeps elsewhere, and a signature of a key he has not.
 */
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyData } from '../../src/archive/verify.ts'
import { fromHex, gather } from '../../src/base/bytes.ts'
import { canonicalJson } from '../../src/base/canonical-json.ts'
import type { FrameDecoder } from '../../src/codecs/frame-decoder.ts'
import { bodyCommitment } from '../../src/ledger/leaf.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import { openInbox } from '../../src/vault/inbox/inbox.ts'
import type { EventRecord, JournalRecord } from '../../src/vault/inbox/records.ts'

const folders: string[] = []

/** A copy of a data folder to do harm to. */
export async function victim(data: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clearkeep-attack-'))
  folders.push(folder)
  await cp(data, folder, { recursive: true })
  return folder
}

export async function removeVictims(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
}

const inboxOf = (folder: string) =>
  openInbox({ files: diskFiles(), folder, node: '', archiveId: 'test', segmentBytes: 1 << 30 })

/** Writes the journal anew: what `change` makes of all its records, each a group of its own. */
export async function rewriteJournal(
  data: string,
  change: (records: readonly JournalRecord[]) => readonly JournalRecord[],
): Promise<void> {
  const folder = join(data, 'inbox')
  const before = await inboxOf(folder)
  const records: JournalRecord[] = []
  for await (const group of before.replay(undefined, async () => true))
    for (const { record, placement } of group.records)
      records.push(
        record.kind === 'instance'
          ? { ...record, payload: [await gather(before.read(placement, { start: 0, end: record.header.length }))] }
          : record,
      )
  await before.close()
  for (const name of await readdir(folder)) await rm(join(folder, name))
  const after = await inboxOf(folder)
  for (const record of change(records)) await after.append([record]).durable
  await after.close()
}

export type Leaf = Record<string, unknown>

/** An event with another leaf, its text canonical. */
export const withLeaf = (event: EventRecord, change: (leaf: Leaf) => Leaf): EventRecord => {
  const leaf = change(JSON.parse(event.leaf) as Leaf)
  return { ...event, n: Number(leaf['n']), leaf: canonicalJson(leaf as Parameters<typeof canonicalJson>[0]) }
}

/** An event that says something else, and a leaf that commits to it. */
export function withBody(event: EventRecord, change: (body: Leaf) => Leaf): EventRecord {
  const body = canonicalJson(change(JSON.parse(event.body) as Leaf) as Parameters<typeof canonicalJson>[0])
  const made = JSON.parse(body) as Leaf
  return withLeaf({ ...event, body }, (leaf) => ({
    ...leaf,
    ts: made['ts'],
    b: bodyCommitment(body, fromHex(event.salt)),
  }))
}

/** Numbers leaves and instances anew, in the order they stand in. */
export function renumbered(records: readonly JournalRecord[]): readonly JournalRecord[] {
  const numbers = new Map<JournalRecord, number>()
  let next = 0
  for (const record of records) if (record.kind === 'event') numbers.set(record, next++)
  const byOld = new Map(
    records.flatMap((one) => (one.kind === 'event' ? [[one.n, numbers.get(one) ?? 0]] : [])) as [number, number][],
  )
  return records.map((record) => {
    if (record.kind === 'event') return withLeaf(record, (leaf) => ({ ...leaf, n: numbers.get(record) ?? 0 }))
    if (record.kind === 'fact') return { ...record, n: byOld.get(record.n) ?? record.n }
    return { ...record, header: { ...record.header, n: byOld.get(record.header.n) ?? record.header.n } }
  })
}

export interface Evidence {
  readonly keys?: readonly string[]
  readonly checkpoints?: readonly string[]
}

/** Everything `verify` finds in a folder. */
export async function findingsIn(
  data: string,
  decoder: FrameDecoder,
  { keys = [], checkpoints = [] }: Evidence = {},
): Promise<readonly string[]> {
  const reports = await verifyData({
    files: diskFiles(),
    data,
    decoder,
    keys,
    checkpoints: checkpoints.map((text, at) => ({ from: `kept elsewhere (${at + 1})`, text })),
  })
  return reports.flatMap(({ findings }) => findings)
}

/** Changes one file of a study's object and everything in the vault that says what it should be. */
export async function mendedObject(object: string, change: (files: Map<string, Buffer>) => void): Promise<void> {
  const content = join(object, 'v1/content')
  const files = new Map<string, Buffer>()
  for (const name of await readdir(content)) files.set(name, await readFile(join(content, name)))
  change(files)
  const sha512 = (bytes: Uint8Array | string) => createHash('sha512').update(bytes).digest('hex')
  const inventory = JSON.parse(await readFile(join(object, 'inventory.json'), 'utf8')) as {
    manifest: Record<string, string[]>
    versions: Record<string, { state: Record<string, string[]> }>
  }
  inventory.manifest = {}
  const state: Record<string, string[]> = {}
  for (const [name, bytes] of files) {
    await writeFile(join(content, name), bytes)
    inventory.manifest[sha512(bytes)] = [`v1/content/${name}`]
    state[sha512(bytes)] = [name]
  }
  if (inventory.versions['v1']) inventory.versions['v1'].state = state
  const text = `${JSON.stringify(inventory, undefined, 2)}\n`
  for (const folder of [object, join(object, 'v1')]) {
    await writeFile(join(folder, 'inventory.json'), text)
    await writeFile(join(folder, 'inventory.json.sha512'), `${sha512(text)} inventory.json\n`)
  }
}
