/** The four questions of an audit, answered by a whole archive: what is right is shown to be, and what is not is named. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { Question } from '../../src/archive/archive.ts'
import { type Uid, uid } from '../../src/dicom/uid.ts'
import { parseKey } from '../../src/proof/note.ts'
import { verifyReportFile } from '../../src/proof/report-file.ts'
import { asFile, ENGINES, type Engine, type Running, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { adoptRules } from '../support/rules.ts'
import { syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
afterAll(removeArchives)

const DAY = 86_400_000
const YEAR = String(new Date().getUTCFullYear())

function world(engine: Engine) {
  let ahead = 0
  const now = () => new Date(Date.now() + ahead)
  const someone = (...who: Parameters<typeof person>) => ({ ...person(...who), now })
  return {
    pass: (days: number) => {
      ahead += days * DAY
    },
    run: async () => {
      const running = await runArchive({ engine, now })
      await adoptRules(running.archive, { jurisdictions: ['us'], institution: 'hospital' })
      return running
    },
    tom: someone('tom', 'technologist'),
    rita: someone('rita', 'records'),
    rosa: someone('rosa', 'records'),
    paul: someone('paul', 'privacy'),
  }
}
type World = ReturnType<typeof world>

const old = (seed: number, study = 1, more = {}) => syntheticInstance({ seed, study, studyDate: '19900315', ...more })

const store = async ({ archive }: Running, { tom }: World, ...files: readonly { bytes: Buffer }[]) => {
  for (const { bytes } of files) await archive.receive(tom, asFile(bytes))
}
const seal = async ({ archive }: Running, { rita }: World) => {
  for await (const one of archive.seal(rita, 'all')) expect(one.outcome).toBe('sealed')
}
const destroy = async (running: Running, here: World, study: string): Promise<void> => {
  const { archive } = running
  const { id } = await archive.proposeDisposition(here.rita, {
    reason: 'Not needed.',
    studies: [study],
    acknowledged: [study],
    papers: {},
  })
  await archive.approveDisposition(here.rosa, id, 'first', 'Looked at it.')
  await archive.approveDisposition(here.paul, id, 'second', 'Agreed.')
  here.pass(31)
  await seal(running, here)
  await archive.carryOutDispositions()
}

describe.each(ENGINES)('was this image altered? The index on %s', (engine) => {
  it('is not said to be unaltered until somebody has read it again', async () => {
    const here = world(engine)
    const running = await here.run()
    const { archive } = running
    const one = old(1)
    await store(running, here, one, old(2), one)
    const study = uid(one.study)

    const before = await archive.integrity(here.paul, study, false)
    expect(before.verdict).toBe('unread')
    expect(before.instances).toHaveLength(2)
    expect(before.instances[0]).toMatchObject({ ds: one.ds, logged: 'same', again: 1, kept: 'inbox', from: 'tom' })
    expect(before.instances[0]?.reading).toEqual({ result: 'none', at: '' })
    expect(before.places).toEqual([{ place: 'inbox', state: 'good', says: '2 objects wait here to be sealed' }])

    const read = await archive.integrity(here.paul, study, true)
    expect(read.verdict).toBe('unaltered')
    expect(read.answer).toMatch(/^Not altered: each of 2 objects is bit for bit what was received\./)
    // That it was read stays known.
    expect((await archive.integrity(here.paul, study, false)).verdict).toBe('unaltered')

    await seal(running, here)
    const sealed = await archive.integrity(here.paul, study, false)
    expect(sealed.acts.map(({ type }) => type)).toEqual(['study.seal'])
    expect(sealed.places.map(({ place, state }) => [place, state])).toEqual([['vault', 'good']])
    expect(sealed.entries).toBeGreaterThan(sealed.acts.length + 2)
    await running.close()
  })

  it('names what was altered on the disk, and goes on naming it', async () => {
    const here = world(engine)
    const running = await here.run()
    const [one, two] = [old(1), old(2)]
    await store(running, here, one, two)
    await seal(running, here)
    const [first] = await running.archive.versions(here.paul, {
      study: uid(one.study),
      series: uid(one.series),
      instance: uid(one.instance),
    })
    const { pack, start, length } = await running.db.read
      .selectFrom('sealed')
      .select(['pack', 'start', 'length'])
      .where('id', '=', first?.id ?? 0)
      .executeTakeFirstOrThrow()
    const path = join(running.folder, 'vault', pack)
    const bytes = readFileSync(path)
    // Among its pixels.
    for (let at = Number(start) + Number(length) - 60; at < Number(start) + Number(length) - 40; at += 1)
      bytes[at] = (bytes[at] ?? 0) ^ 0xff
    writeFileSync(path, bytes)
    const report = await running.archive.integrity(here.paul, uid(one.study), true)
    expect(report.verdict).toBe('altered')
    expect(report.answer).toContain('1 object of 2 is not as received')
    expect(report.instances.map(({ instance, reading }) => [instance, reading.result])).toEqual(
      expect.arrayContaining([
        [one.instance, 'bad'],
        [two.instance, 'good'],
      ]),
    )
    expect((await running.archive.integrity(here.paul, uid(one.study), false)).verdict).toBe('altered')
    await running.close()
  })

  it('shows both contents that came under one name', async () => {
    const here = world(engine)
    const running = await here.run()
    const one = old(1)
    const other = Buffer.from(one.bytes)
    other[other.length - 1] = (other[other.length - 1] ?? 0) ^ 1
    await store(running, here, one, { bytes: other })
    const report = await running.archive.integrity(here.paul, uid(one.study), true)
    expect(report.instances.map(({ version, current }) => [version, current])).toEqual([
      [1, true],
      [2, false],
    ])
    expect(report.answer).toContain('1 object came with other content under a name that was taken: both are kept')
    expect(report.acts.map(({ type }) => type)).toEqual(['obj.conflict'])
    await running.close()
  })

  it('is not answered of what nobody ever named, nor to who may not ask', async () => {
    const here = world(engine)
    const running = await here.run()
    const { archive } = running
    await expect(archive.integrity(here.paul, uid('2.25.404'), false)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(archive.destruction(here.paul, uid('2.25.404'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(archive.completeness(here.paul, { patient: '|NOBODY' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(archive.integrity(here.rita, uid('2.25.404'), false)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await running.close()
  })
})

describe.each(ENGINES)('was it destroyed lawfully, and is the record complete? The index on %s', (engine) => {
  it('step by step, with the entries that say so, and every arrival accounted for', async () => {
    const here = world(engine)
    const running = await here.run()
    const { archive } = running
    const [gone, kept] = [old(1), old(2, 2)]
    await store(running, here, gone, old(3), kept)
    const [study, other] = [uid(gone.study), uid(kept.study)]
    expect(await archive.destruction(here.paul, study)).toMatchObject({
      verdict: 'here',
      answer: 'It was not destroyed: 2 objects of this study are here.',
    })
    await destroy(running, here, study)

    const answer = await archive.destruction(here.paul, study)
    expect(answer.destructions.flatMap(({ steps }) => steps.filter(({ held }) => held !== 'yes'))).toEqual([])
    expect(answer.verdict).toBe('lawful')
    expect(answer.destructions[0]?.steps.map(({ what }) => what)).toEqual([
      'It was due',
      'Three people decided it',
      'Each had the duty',
      'Both approvals were signed',
      'It was not called off',
      'The cooling-off had passed',
      'No legal hold covered it',
      'What was destroyed is listed',
      'Every copy is gone',
    ])
    expect(answer.acts.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['disp.candidate', 'disp.approve', 'tombstone', 'disp.destroy']),
    )
    expect((await archive.integrity(here.paul, study, false)).verdict).toBe('destroyed')
    expect((await archive.destruction(here.paul, other)).verdict).toBe('here')

    // The note that took it out of sight while it cooled off was destroyed with it.
    const complete = await archive.completeness(here.paul, { patient: '|SYN-1' })
    expect(complete.totals).toMatchObject({ studies: 2, received: 4, here: 1, destroyed: 3, missing: 0, unlogged: 0 })
    expect(complete.destroyed).toMatchObject([{ study, instances: 3, done: true }])
    expect(complete.log.gaps).toBe(0)
    expect(complete.answer).toContain('Complete: of 4 objects received for this patient, 1 is here, 3 were lawfully')

    const found = await archive.subjects(here.paul, 'SYN-1')
    expect(found.patients.map(({ key }) => key)).toEqual(['|SYN-1'])
    expect(found.studies.map((one) => [one.study, one.destroyed]).sort()).toEqual(
      [
        [study, true],
        [other, false],
      ].sort(),
    )
    // The same is asked of a time, and after the index was made again from the journal.
    const rebuilt = await running.withoutIndex()
    const time = {
      from: new Date(Date.now() - DAY).toISOString(),
      until: new Date(Date.now() + 60 * DAY).toISOString(),
    }
    const whole = await rebuilt.archive.completeness(here.paul, time)
    expect(whole.totals).toEqual(complete.totals)
    expect(whole.log.gaps).toBe(0)
    expect(whole.outages).toMatchObject([{ orderly: true }])
    expect((await rebuilt.archive.destruction(here.paul, study)).verdict).toBe('lawful')
    await rebuilt.close()
  })

  it('calls a record incomplete that lacks what was received, and names it', async () => {
    const here = world(engine)
    const running = await here.run()
    const [one, two] = [old(1), old(2)]
    await store(running, here, one, two)
    const [, lost] = await running.archive
      .versions(here.paul, {
        study: one.study as Uid,
        series: two.series as Uid,
        instance: two.instance as Uid,
      })
      .then(([record]) => [record, record?.id ?? 0] as const)
    await running.db.write((tx) => tx.batch([running.db.read.deleteFrom('instances').where('id', '=', lost).compile()]))
    const report = await running.archive.completeness(here.paul, { patient: '|SYN-1' })
    expect(report.verdict).toBe('incomplete')
    expect(report.answer).toContain('1 object that was received is neither here nor lawfully destroyed')
    expect(report.studies[0]?.missing).toEqual([lost])
    await running.close()
  })

  it('tells of objects that came and were not taken, and of when the archive did not run', async () => {
    const here = world(engine)
    let running = await here.run()
    const one = old(1)
    await store(running, here, one)
    const torn = Buffer.from(old(2).bytes).subarray(0, one.bytes.length - 1000)
    await expect(running.archive.receive(here.tom, asFile(torn))).rejects.toMatchObject({ code: 'DICOM_TRUNCATED' })
    here.pass(1)
    running = await running.restart()
    const report = await running.archive.completeness(here.paul, { patient: '|SYN-1' })
    expect(report.verdict).toBe('open')
    expect(report.incidents.map(({ type, sentence }) => [type, sentence])).toEqual([
      ['obj.refuse', expect.stringContaining('sent an object that was not taken (DICOM_TRUNCATED)')],
    ])
    expect(report.outages).toHaveLength(1)
    await running.close()
  })
})

describe('an answer as a file', () => {
  it('is checked without the archive, and a changed line, body, proof or end is named', async () => {
    const here = world('SQLite')
    const running = await here.run()
    const { archive } = running
    const one = old(1)
    await store(running, here, one, old(2))
    const study = uid(one.study)
    await archive.integrity(here.paul, study, true)
    const questions: readonly Question[] = [
      { question: 'access', patient: '|SYN-1' },
      { question: 'integrity', study },
      { question: 'destruction', study },
      { question: 'completeness', patient: '|SYN-1' },
      { question: 'completeness', from: `${YEAR}-01-01T00:00:00.000Z`, until: `${YEAR}-12-31T00:00:00.000Z` },
    ]
    const key = parseKey(archive.log.key(YEAR) ?? '')
    const failures = (text: string, keys = [key]) =>
      verifyReportFile(text, { keys, checkpoints: [] })
        .filter(({ outcome }) => outcome === 'FAIL')
        .map(({ what }) => what)
    for (const question of questions) {
      const { text } = await archive.reportFile(here.paul, question)
      expect(failures(text), question.question).toEqual([])
    }

    const { text } = await archive.reportFile(here.paul, { question: 'integrity', study })
    const other = { ...key, key: key.key.map((byte) => byte ^ 1) }
    expect(failures(text.replace(one.ds, one.ds.replaceAll('a', 'b')))).toEqual(['report', 'objects'])
    expect(failures(text.replace('"verdict":"unaltered"', '"verdict":"altered"'))).toEqual(['report'])
    expect(failures(text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1))).toEqual(['lines', 'report'])
    expect(failures(text.replace('\\"door\\":\\"stow\\"', '\\"door\\":\\"star\\"'))).toContain('entries')
    expect(failures(text.replace('"kind":"object"', '"kind": "object"'))).toContain('lines')
    expect(failures(text, [other])).toContain('signatures')
    await running.close()
  })
})
