import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { noteSigner, signedCheckpoint } from '../../../test/support/made-log.ts'
import type { Bytes } from '../../base/bytes.ts'
import { addCheckpointText, parseAddCheckpoint } from '../../proof/add-checkpoint.ts'
import { checkpointText, parseCheckpoint } from '../../proof/checkpoint.ts'
import { consistencySpans, EMPTY_ROOT, leafHash, rootOf } from '../../proof/merkle.ts'
import { parseNote, signersOf } from '../../proof/note.ts'
import { diskFiles } from '../../storage/files/disk.ts'
import { openWitness, type Witness } from './witness.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const log = noteSigner('archive.example.org/log/2026', 1)
const stranger = noteSigner('archive.example.org/log/2026', 2)
const NOW = new Date('2026-11-26T12:00:00.000Z')

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-witness-'))
  folders.push(folder)
  return folder
}

async function witnessIn(folder: string, alarms: string[] = []): Promise<Witness> {
  return openWitness({
    files: diskFiles(),
    folder,
    name: 'witness.example.org',
    logs: [log.key],
    now: () => NOW,
    alarm: (what) => alarms.push(what),
  })
}

/** So many leaves; of a fork those from `fork` on are others. */
const leaves = (size: number, fork = size): readonly Bytes[] =>
  Array.from({ length: size }, (_, at) => new TextEncoder().encode(`leaf ${at}${at >= fork ? ' otherwise' : ''}`))

const proofOf = (entries: readonly Bytes[], old: number): readonly Bytes[] =>
  consistencySpans(old, entries.length).map(({ start, end }) => rootOf(entries.slice(start, end).map(leafHash)))

const request = (entries: readonly Bytes[], old: number, signer = log): string =>
  addCheckpointText({ old, hashes: proofOf(entries, old), checkpoint: signedCheckpoint(entries, signer) })

describe('a witness', () => {
  it('cosigns the first checkpoint it sees, and each that extends the last, with its time', async () => {
    const witness = await witnessIn(freshFolder())
    let old = 0
    for (const size of [3, 3, 4, 300, 1000]) {
      const entries = leaves(size)
      const { status, body } = await witness.add(request(entries, old))
      expect(status).toBe(200)
      const note = parseNote(`${signedCheckpoint(entries, log).split('\n\n')[0]}\n\n${body}`)
      expect(signersOf(note, [witness.key])).toEqual([{ key: witness.key, seen: NOW.getTime() / 1000 }])
      old = size
    }
    const [kept = ''] = await witness.checkpoints()
    expect(parseCheckpoint(kept).size).toBe(1000)
    expect(signersOf(parseNote(kept), [log.key, witness.key])).toHaveLength(2)
  })

  it('remembers over a restart, key and all', async () => {
    const folder = freshFolder()
    const first = await witnessIn(folder)
    await first.add(request(leaves(5), 0))
    const second = await witnessIn(folder)
    expect(second.key).toEqual(first.key)
    expect(await second.add(request(leaves(5), 0))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '5\n' })
    expect(await second.add(request(leaves(7), 5))).toMatchObject({ status: 200 })
  })

  it('knows the same log’s other years by the same key', async () => {
    const witness = await witnessIn(freshFolder())
    const next = noteSigner('archive.example.org/log/2027', 1)
    expect(await witness.add(request(leaves(2), 0, next))).toMatchObject({ status: 200 })
    expect(await witness.add(request(leaves(2), 0))).toMatchObject({ status: 200 })
    expect(await witness.checkpoints()).toHaveLength(2)
  })

  it.each<[string, number, () => string]>([
    ['what is no request', 400, () => 'old 3'],
    ['an old size that is none', 400, () => request(leaves(3), 0).replace('old 0', 'old 00')],
    [
      'too many hashes',
      400,
      () =>
        addCheckpointText({ old: 1, hashes: Array(64).fill(EMPTY_ROOT), checkpoint: signedCheckpoint(leaves(9), log) }),
    ],
    ['an old size beyond the checkpoint', 400, () => request(leaves(3), 0).replace('old 0', 'old 4')],
    ['a log it does not know', 404, () => request(leaves(3), 0, noteSigner('elsewhere.example.org/log/2026', 1))],
    ['a checkpoint somebody else signed', 403, () => request(leaves(3), 0, stranger)],
    ['an old size it has not cosigned', 409, () => request(leaves(9), 4)],
    [
      'a first checkpoint with a proof',
      422,
      () => addCheckpointText({ old: 0, hashes: [EMPTY_ROOT], checkpoint: signedCheckpoint(leaves(3), log) }),
    ],
    [
      'an empty log with a root',
      422,
      () =>
        addCheckpointText({
          old: 0,
          hashes: [],
          checkpoint: log.sign(checkpointText({ origin: log.key.name, size: 0, root: leafHash(EMPTY_ROOT) })),
        }),
    ],
  ])('answers %s with %i, and cosigns nothing', async (_, status, body) => {
    const witness = await witnessIn(freshFolder())
    expect((await witness.add(body())).status).toBe(status)
    expect(await witness.checkpoints()).toEqual([])
  })

  it('refuses a fork, says so, and keeps what the log signed', async () => {
    const folder = freshFolder()
    const alarms: string[] = []
    const witness = await witnessIn(folder, alarms)
    await witness.add(request(leaves(10), 0))
    const fork = leaves(20, 6)
    expect(await witness.add(request(fork, 10))).toMatchObject({ status: 422 })
    expect(await witness.add(request(leaves(10, 6), 10))).toMatchObject({ status: 409, body: '10\n' })
    // Whatever it says it extends: two logs of one size are signed.
    expect(await witness.add(request(leaves(10, 3), 0))).toMatchObject({ status: 409, body: '10\n' })
    expect(alarms).toEqual([
      'archive.example.org/log/2026 does not extend the 10 leaves that were cosigned, with its 20',
      'archive.example.org/log/2026 signed two logs of 10 leaves',
      'archive.example.org/log/2026 signed two logs of 10 leaves',
    ])
    const evidence = readdirSync(join(folder, 'refused')).map((name) =>
      readFileSync(join(folder, 'refused', name), 'utf8'),
    )
    expect(evidence.map((text) => parseCheckpoint(parseAddCheckpoint(text).checkpoint).size).sort()).toEqual([
      10, 10, 20,
    ])
    expect(await witness.add(request(leaves(20), 10))).toMatchObject({ status: 200 })
  })

  it('refuses to go back, and takes an old checkpoint for nothing worse than old', async () => {
    const alarms: string[] = []
    const witness = await witnessIn(freshFolder(), alarms)
    await witness.add(request(leaves(10), 0))
    for (const old of [0, 5])
      expect(await witness.add(request(leaves(5), old))).toMatchObject({ status: 409, body: '10\n' })
    expect(alarms).toEqual([])
  })

  it('cosigns one of two at the same time, never both', async () => {
    const witness = await witnessIn(freshFolder())
    await witness.add(request(leaves(10), 0))
    const answers = await Promise.all([witness.add(request(leaves(20), 10)), witness.add(request(leaves(20, 15), 10))])
    expect(answers.map(({ status }) => status)).toEqual([200, 409])
  })

  it('cosigns nothing when what it remembers is damaged, and makes no key beside what another has cosigned', async () => {
    const folder = freshFolder()
    const witness = await witnessIn(folder)
    await witness.add(request(leaves(10), 0))
    const [name = ''] = readdirSync(join(folder, 'logs'))
    writeFileSync(join(folder, 'logs', name), 'torn')
    await expect(witness.add(request(leaves(20), 10))).rejects.toThrow('is not valid')
    rmSync(join(folder, 'witness-ed25519.pem'))
    await expect(witnessIn(folder)).rejects.toThrow('this witness must be given up')
  })
})
