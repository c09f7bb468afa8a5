/** The way in, without doors: what is kept, what is known again, what is in conflict, and what a lost index costs. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Receipt } from '../../src/archive/archive.ts'
import { ArchiveError } from '../../src/base/errors.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { uid } from '../../src/dicom/uid.ts'
import {
  ADMINISTRATOR,
  asFile,
  asStream,
  device,
  ENGINES,
  eventsOf,
  leavesOf,
  originalOf,
  pieces,
  type Running,
  removeArchives,
  runArchive,
  sha256,
} from '../support/archives.ts'
import { type CorpusFile, corpus, corpusDir } from '../support/corpus.ts'
import { syntheticInstance } from '../support/synthetic.ts'

afterAll(removeArchives)

/** As many at once as a few senders make. */
async function receiveAll(running: Running, files: readonly CorpusFile[]) {
  const taken = new Map<string, Receipt>()
  const refused = new Map<string, ArchiveError>()
  const queue = [...files]
  const sender = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        taken.set(next.path, await running.archive.receive(ADMINISTRATOR, asFile(readFileSync(next.file))))
      } catch (thrown) {
        if (!(thrown instanceof ArchiveError)) throw thrown
        refused.set(next.path, thrown)
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, sender))
  return { taken, refused }
}

/**
 * Closing and opening are acts of their own: leaves are added, nothing else changes.
 *
 * @param more  what else may be added
 */
function expectKept(before: readonly string[], after: readonly string[], more = /(?!)/) {
  const [was, is] = [new Set(before), new Set(after)]
  const brief = (line: string) => line.slice(0, 300)
  expect(before.filter((line) => !is.has(line)).map(brief)).toEqual([])
  const added = after.filter((line) => !was.has(line))
  const other = added.filter((line) => !/"type":"aud\.11010[03]"/.test(line) && !more.test(line))
  expect(other.map(brief)).toEqual([])
}

/** The entry that says that an object was refused, and the salt of the study it names. */
const REFUSED = /"type":"obj\.refuse"|"table":"salts"/

describe.skipIf(corpusDir() === undefined).each(ENGINES)('the corpus by file arrival, index on %s', (engine) => {
  let running: Running
  let first: Awaited<ReturnType<typeof receiveAll>>

  beforeAll(async () => {
    running = await runArchive({ engine, segmentBytes: 8 * 1024 * 1024 })
    first = await receiveAll(running, corpus())
  })

  it('takes what should be taken, and refuses the rest one by one with a reason', () => {
    for (const { path, expect: expected } of corpus()) {
      const error = first.refused.get(path)
      if (error === undefined) continue
      if (expected === 'ok') expect(error.code, path).toBe('DICOM_NO_UID')
      expect(error.code, path).toMatch(/^DICOM_/)
      expect(error.remedy, path).not.toBe('')
    }
    expect(first.taken.size).toBeGreaterThan(600)
    expect(running.complaints).toEqual([])
  })

  it('gives back every file as it came, later versions too', async () => {
    for (const { path, file } of corpus()) {
      const receipt = first.taken.get(path)
      if (receipt === undefined || receipt.outcome === 'already') continue
      expect(sha256(await originalOf(running, receipt)), path).toBe(sha256(readFileSync(file)))
    }
  })

  it('knows one image in eight encodings for the same, and keeps what a lossy encoding changed', () => {
    const outcomes = (folder: string) =>
      corpus(folder)
        .map(({ path }) => first.taken.get(path)?.outcome)
        .filter((outcome) => outcome !== undefined)
    const small = outcomes('transfer-syntaxes/mr-small')
    expect(small.filter((outcome) => outcome === 'stored')).toHaveLength(1)
    expect(small.filter((outcome) => outcome === 'conflict')).toHaveLength(0)
  })

  it('keeps nothing new when all of it comes again', async () => {
    const before = await running.archive.status(ADMINISTRATOR)
    const again = await receiveAll(running, corpus())
    for (const [path, { outcome }] of again.taken) expect(outcome, path).toBe('already')
    expect([...again.refused.keys()].sort()).toEqual([...first.refused.keys()].sort())
    expect(await running.archive.status(ADMINISTRATOR)).toMatchObject({
      studies: before.studies,
      instances: before.instances,
      bytes: before.bytes,
    })
  })

  it('has leaves without a gap, in order of number and time', async () => {
    const leaves = await leavesOf(running)
    expect(leaves[0]).toMatchObject({ n: 0, t: 'log.open', a: 'sys:archive', x: { prev: null } })
    leaves.forEach((leaf, at) => {
      expect(leaf.n).toBe(at)
      if (at > 0) expect(leaf.ts >= (leaves[at - 1]?.ts ?? '')).toBe(true)
    })
  })

  it('makes the same index again from the inbox alone', async () => {
    const before = await running.dump()
    running = await running.withoutIndex()
    const after = await running.dump()
    expectKept(before, after)
    expect(running.complaints).toEqual([])
  })
})

describe.each(ENGINES)('an instance on its way in, index on %s', (engine) => {
  let running: Running
  beforeAll(async () => {
    running = await runArchive({ engine })
  })

  it('is stored once, durable and findable when the answer comes', async () => {
    const one = syntheticInstance({ seed: 1 })
    const receipt = await running.archive.receive(ADMINISTRATOR, asFile(one.bytes))
    expect(receipt).toEqual({
      outcome: 'stored',
      key: { study: one.study, series: one.series, instance: one.instance },
      sopClass: '1.2.840.10008.5.1.4.1.1.2',
      ds: one.ds,
      version: 1,
      leniencies: [],
    })
    const again = await running.archive.receive(device('CT1'), asFile(one.bytes))
    expect(again).toMatchObject({ outcome: 'already', version: 1 })
    expect((await eventsOf(running, 'obj.receipt'))[0]).toMatchObject({ actor: { userId: 'ae:CT1' }, ds: one.ds })
  })

  it('has one name for its content at every door', async () => {
    const one = syntheticInstance({ seed: 2 })
    const names = {
      transferSyntax: '1.2.840.10008.1.2.1',
      sopClass: '1.2.840.10008.5.1.4.1.1.2',
      sopInstance: one.instance,
    }
    const receipt = await running.archive.receive(device('CT1'), asStream(one.bytes.subarray(one.dataSetStart), names))
    expect(receipt).toMatchObject({ outcome: 'stored', ds: one.ds })
    expect(await running.archive.receive(ADMINISTRATOR, asFile(one.bytes))).toMatchObject({ outcome: 'already' })

    // Preamble and meta group were written once; what was received stands behind them, byte for byte.
    const original = await originalOf(running, receipt)
    const read = readWhole(original)
    expect(sha256(original.subarray(read.dataSetStart))).toBe(one.ds)
    expect(read).toMatchObject({ transferSyntax: names.transferSyntax, leniencies: [] })
  })

  it('is kept beside the first when its UID was taken, and a person is told', async () => {
    const one = syntheticInstance({ seed: 3 })
    const other = syntheticInstance({ seed: 3, rows: 64 })
    const first = await running.archive.receive(ADMINISTRATOR, asFile(one.bytes))
    const second = await running.archive.receive(ADMINISTRATOR, asFile(other.bytes))
    expect(second).toMatchObject({ outcome: 'conflict', version: 2, ds: other.ds })

    expect(sha256(await originalOf(running, first))).toBe(sha256(one.bytes))
    expect(sha256(await originalOf(running, second))).toBe(sha256(other.bytes))
    const versions = await running.archive.versions(ADMINISTRATOR, first.key)
    expect(versions.map(({ version, current }) => [version, current])).toEqual([
      [1, true],
      [2, false],
    ])
    const [conflict] = await running.archive.conflicts(ADMINISTRATOR)
    expect(conflict).toMatchObject({ kind: 'instance', kept: { ds: one.ds }, other: { ds: other.ds } })
  })

  it('is seen to have a taken UID under another study, too', async () => {
    const one = syntheticInstance({ seed: 4, study: 1 })
    const other = syntheticInstance({ seed: 4, study: 2 })
    await running.archive.receive(ADMINISTRATOR, asFile(one.bytes))
    expect(await running.archive.receive(ADMINISTRATOR, asFile(other.bytes))).toMatchObject({ outcome: 'conflict' })
  })

  it('is decided once however many of its kind arrive at the same moment', async () => {
    const one = syntheticInstance({ seed: 5 })
    const other = syntheticInstance({ seed: 5, columns: 64 })
    const receipts = await Promise.all(
      [one, other, one, other, one, other].map(({ bytes }) => running.archive.receive(ADMINISTRATOR, asFile(bytes))),
    )
    expect(receipts.map(({ outcome }) => outcome).sort()).toEqual([
      'already',
      'already',
      'already',
      'already',
      'conflict',
      'stored',
    ])
  })

  it('is kept when its study holds another patient, and a person is told once', async () => {
    const of = (seed: number, patientId: string) => syntheticInstance({ seed, study: 77, patientId })
    for (const instance of [of(10, 'SYN-7'), of(11, 'SYN-8'), of(12, 'SYN-8')])
      expect(await running.archive.receive(ADMINISTRATOR, asFile(instance.bytes))).toMatchObject({ outcome: 'stored' })
    const raised = (await running.archive.conflicts(ADMINISTRATOR)).filter(({ kind }) => kind === 'patient')
    expect(raised).toHaveLength(1)
    expect(raised[0]).toMatchObject({ kept: { key: { instance: of(10, '').instance } } })
  })

  it('goes to a spool file when it is large, with memory to spare', async () => {
    const large = syntheticInstance({ seed: 6, rows: 2048, columns: 2048 })
    const receipt = await running.archive.receive(ADMINISTRATOR, asFile(large.bytes))
    expect(receipt).toMatchObject({ outcome: 'stored', ds: large.ds })
    expect(sha256(await originalOf(running, receipt))).toBe(sha256(large.bytes))
    expect(await running.archive.receive(ADMINISTRATOR, asFile(large.bytes))).toMatchObject({ outcome: 'already' })
    const [row] = await running.db.read.selectFrom('instances').selectAll().where('ds', '=', large.ds).execute()
    expect(row?.spool).toMatch(/\.spool$/)
    expect(await running.spools()).toEqual([row?.spool])
  })

  it('leaves nothing but the entry that says so when it is refused', async () => {
    const before = await running.dump()
    const one = syntheticInstance({ seed: 7, rows: 2048, columns: 2048 })
    const spools = await running.spools()
    const refusals: [Promise<unknown>, string][] = [
      [
        running.archive.receive(ADMINISTRATOR, asFile(Buffer.from('no DICOM at all, but long enough to look at'))),
        'DICOM_NOT_DICOM',
      ],
      [running.archive.receive(ADMINISTRATOR, asFile(one.bytes.subarray(0, 3_000_000))), 'DICOM_TRUNCATED'],
      [running.archive.receive(ADMINISTRATOR, { ...asFile(one.bytes), onlyStudy: uid('1.2.3') }), 'STORE_UID_MISMATCH'],
      [
        running.archive.receive(
          device('CT1'),
          asStream(one.bytes.subarray(one.dataSetStart), {
            transferSyntax: '1.2.840.10008.1.2.1',
            sopClass: '1.2.840.10008.5.1.4.1.1.2',
            sopInstance: '1.2.3.4',
          }),
        ),
        'STORE_UID_MISMATCH',
      ],
    ]
    // All at once: one that is refused while another is awaited would have nobody to hear it.
    await Promise.all(refusals.map(([refusal, code]) => expect(refusal, code).rejects.toMatchObject({ code })))
    const told = async () => {
      const after = await running.dump()
      const refused = (lines: readonly string[]) => lines.filter((line) => line.includes('"type":"obj.refuse"')).length
      expect(refused(after) - refused(before)).toBe(refusals.length)
      expectKept(before, after, REFUSED)
    }
    await vi.waitFor(told, 30_000)
    expect(await running.spools()).toEqual(spools)
  })

  it('leaves nothing but the entry that says so when its sender breaks off', async () => {
    const before = await running.dump()
    const one = syntheticInstance({ seed: 8, rows: 2048, columns: 2048 })
    async function* broken() {
      yield* pieces(one.bytes.subarray(0, 2_000_000))
      throw new ArchiveError('NET_ABORTED', { peer: 'CT1', why: 'it hung up' })
    }
    await expect(running.archive.receive(ADMINISTRATOR, { door: 'stow', bytes: broken() })).rejects.toMatchObject({
      code: 'NET_ABORTED',
    })
    const stop = new AbortController()
    async function* stopped() {
      yield* pieces(one.bytes.subarray(0, 2_000_000))
      stop.abort()
    }
    await expect(
      running.archive.receive({ ...ADMINISTRATOR, signal: stop.signal }, { door: 'stow', bytes: stopped() }),
    ).rejects.toThrow()
    expectKept(before, await running.dump(), REFUSED)
    expect(await running.spools()).toHaveLength(1)
  })

  it('says in a refusal which object it was', async () => {
    const one = syntheticInstance({ seed: 9 })
    await expect(
      running.archive.receive(ADMINISTRATOR, { ...asFile(one.bytes), onlyStudy: uid('1.2.3') }),
    ).rejects.toMatchObject({ facts: { sopInstance: one.instance, sopClass: '1.2.840.10008.5.1.4.1.1.2' } })
  })

  it('is refused from a caller who may not store, and the refusal is journaled', async () => {
    const one = syntheticInstance({ seed: 9 })
    await expect(running.archive.receive(device('STRANGER', false), asFile(one.bytes))).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    })
    expect((await eventsOf(running, 'aud.110113')).at(-1)).toMatchObject({
      actor: { userId: 'ae:STRANGER' },
      outcome: 4,
    })
  })

  it('is still there after a restart, and after the index was lost', async () => {
    const before = await running.dump()
    running = await running.restart()
    const started = await running.dump()
    expectKept(before, started)
    running = await running.withoutIndex()
    const rebuilt = await running.dump()
    expectKept(started, rebuilt)
    expect(running.complaints).toEqual([])
  })
})
