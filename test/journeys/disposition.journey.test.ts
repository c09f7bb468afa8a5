/** Lawful destruction: three people, a cooling-off, and then nothing of the images anywhere; a hold before it wins. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { type Uid, uid } from '../../src/dicom/uid.ts'
import { checkEvent } from '../../src/ledger/verify/event-check.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import {
  asFile,
  ENGINES,
  type Engine,
  type Running,
  removeArchives,
  runArchive,
  temporaryFolder,
} from '../support/archives.ts'
import { person } from '../support/people.ts'
import { adoptRules } from '../support/rules.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
afterAll(removeArchives)

const NAME = 'SYNTHETIC^FORGOTTEN'
const DAY = 86_400_000

/** Everybody lives by one clock, which the test sets. */
function world(engine: Engine, options = {}, mirrors: readonly string[] = [], cold?: string) {
  let ahead = 0
  const now = () => new Date(Date.now() + ahead)
  const someone = (...who: Parameters<typeof person>) => ({ ...person(...who), now })
  return {
    pass: (days: number) => {
      ahead += days * DAY
    },
    run: async () => {
      const running = await runArchive({ engine, now, mirrors, options, ...(cold !== undefined && { cold }) })
      await adoptRules(running.archive)
      return running
    },
    tom: someone('tom', 'technologist'),
    rita: someone('rita', 'records'),
    rosa: someone('rosa', 'records'),
    paul: someone('paul', 'privacy'),
    both: someone('boss', 'records', 'privacy'),
    adam: someone('adam', 'administrator'),
  }
}
type World = ReturnType<typeof world>

const old = (seed: number, study = 1, more = {}) =>
  syntheticInstance({ seed, study, studyDate: '19900315', patientName: NAME, ...more })
const proposal = (...studies: string[]) => ({ reason: 'Not needed.', studies, acknowledged: studies, papers: {} })
const twice = async ({ archive }: Running, { rita, rosa, paul }: World, study: string): Promise<number> => {
  const { id } = await archive.proposeDisposition(rita, proposal(study))
  await archive.approveDisposition(rosa, id, 'first', 'Looked at it.')
  await archive.approveDisposition(paul, id, 'second', 'Agreed.')
  return id
}
const fill = async ({ archive }: Running, { tom }: World, ...files: readonly Synthetic[]) => {
  for (const { bytes } of files) expect((await archive.receive(tom, asFile(bytes))).outcome).toBe('stored')
}
const stateOf = async ({ archive }: Running, { paul }: World, id: number) => {
  const all = await archive.dispositions(paul)
  const one = all.find((of) => of.id === id)
  return [one?.state, one?.studies.map(({ stopped }) => stopped).find((why) => why !== '') ?? '']
}
const isHere = ({ archive }: Running, { paul }: World, study: string) =>
  archive.instances(paul, { study: study as Uid }).then(
    () => true,
    () => false,
  )

describe.each(ENGINES)('disposition, the index on %s', (engine) => {
  it('takes three people and a cooling-off, and leaves nothing but the tombstone and the acts', async () => {
    const here = world(engine)
    const running = await here.run()
    const { archive } = running
    const [one, two] = [old(1), old(2)]
    const other = old(3, 2, { patientId: 'SYN-2', patientName: 'SYNTHETIC^KEPT' })
    await fill(running, here, one, two, other)
    const { study } = one
    const kept = await running.dump()

    const id = await twice(running, here, study)
    expect(await stateOf(running, here, id)).toEqual(['cooling', ''])
    expect(await isHere(running, here, study)).toBe(false) // out of sight already
    await archive.carryOutDispositions()
    expect(await stateOf(running, here, id)).toEqual(['cooling', ''])

    here.pass(31)
    // What stands beside it in the journal has to be sealed first.
    await archive.carryOutDispositions()
    expect(await stateOf(running, here, id)).toEqual([
      'cooling',
      'a part of it still lies in the inbox, beside what is not sealed',
    ])
    for await (const _ of archive.seal(here.adam, 'all')) expect(_.outcome).toBe('sealed')
    await archive.carryOutDispositions()
    expect(await stateOf(running, here, id)).toEqual(['destroyed', ''])

    const [tombstone] = await archive.tombstones(here.paul, uid(study))
    expect(tombstone).toMatchObject({ disposition: id, instances: 3, series: 2, studyDate: '19900315' }) // the note too
    expect(tombstone?.copies).toContainEqual({ where: 'vault', method: 'clear', objects: expect.any(Number) })
    await provesIt(running, here, uid(study), tombstone?.id ?? 0)
    await expect(archive.study(here.paul, uid(study))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await isHere(running, here, other.study)).toBe(true)
    expect(kept.some((line) => line.includes(NAME))).toBe(true)
    const dump = await running.dump()
    expect(dump.filter((line) => !line.includes('"events"') && line.includes(NAME))).toEqual([])

    expect(running.complaints).toEqual([])
    const rebuilt = await running.withoutIndex()
    expect(await rebuilt.dump()).toEqual(expect.arrayContaining([...dump]))
    expect(rebuilt.complaints).toEqual([])
    expect(rebuilt.inbox.damage).toEqual([])
    expect(await isHere(rebuilt, here, study)).toBe(false)
    await rebuilt.close()
    const seen = await look(rebuilt.folder)
    expect(seen).toMatchObject({ exit: 0, failed: {} })
    // No byte of pixels or names, in whatever file.
    const pixels = [one, two].map(({ bytes }) => bytes.subarray(bytes.length - 2000, bytes.length - 1500))
    const sought = [Buffer.from(NAME), Buffer.from('FORGOTTEN'), ...pixels]
    for (const [path, bytes] of filesIn(rebuilt.folder))
      for (const needle of sought) expect(bytes.includes(needle), `${path} has ${needle.subarray(0, 20)}`).toBe(false)
  })

  it('is nothing that one person, or two, can do, by whatever role', async () => {
    const here = world(engine)
    const running = await here.run()
    const { archive } = running
    await fill(running, here, old(1), old(2, 2))
    const [study, second] = [old(1).study, old(2, 2).study]
    for (const who of [here.tom, here.adam, here.paul])
      await expect(archive.proposeDisposition(who, proposal(study))).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    const { id } = await archive.proposeDisposition(here.rita, proposal(study))
    await expect(archive.proposeDisposition(here.rosa, proposal(study))).rejects.toMatchObject({
      code: 'DISPOSITION_NOT_DUE',
    })
    await expect(archive.approveDisposition(here.rita, id, 'first', 'Me.')).rejects.toMatchObject({
      code: 'DISPOSITION_SAME_PERSON',
    })
    await expect(archive.approveDisposition(here.paul, id, 'first', 'First?')).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    })
    await expect(archive.approveDisposition(here.paul, id, 'second', 'Early.')).rejects.toMatchObject({
      code: 'DISPOSITION_STATE',
    })
    await archive.approveDisposition(here.both, id, 'first', 'First.')
    await expect(archive.approveDisposition(here.both, id, 'second', 'And second.')).rejects.toMatchObject({
      code: 'DISPOSITION_SAME_PERSON',
    })
    await expect(archive.approveDisposition(here.rosa, id, 'second', 'Second?')).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    })
    await archive.approveDisposition(here.paul, id, 'second', 'Second.')
    await expect(archive.approveDisposition(here.paul, id, 'second', 'Third.')).rejects.toMatchObject({
      code: 'DISPOSITION_STATE',
    })

    const other = await archive.proposeDisposition(here.both, proposal(second))
    await archive.approveDisposition(here.rita, other.id, 'first', 'First.')
    await expect(archive.approveDisposition(here.both, other.id, 'second', 'Mine.')).rejects.toMatchObject({
      code: 'DISPOSITION_SAME_PERSON',
    })
    expect(await stateOf(running, here, other.id)).toEqual(['approved', ''])
  })

  it('is of what is due and nothing else', async () => {
    const here = world(engine)
    const running = await here.run()
    const { archive } = running
    const young = syntheticInstance({ seed: 5, study: 5, studyDate: '20250101' })
    await fill(running, here, old(1), young)
    const refused = (ask: ReturnType<typeof proposal>) =>
      archive.proposeDisposition(here.rita, ask).then(
        () => 'taken',
        ({ facts }: { facts: { why: string } }) => facts.why,
      )
    expect(await refused(proposal(young.study))).toMatch(/^it is kept until 20/)
    expect(await refused(proposal('1.2.3'))).toBe('it is not here')
    const unseen = await refused({ ...proposal(old(1).study), acknowledged: [] })
    expect(unseen).toMatch(/something about it was assumed/)
    await archive.placeHold(here.paul, { matter: 'M', reason: 'R', scope: { studies: [old(1).study], patients: [] } })
    expect(await refused(proposal(old(1).study))).toMatch(/^legal hold \d+ covers it$/)

    const untold = await runArchive({ engine })
    await fill(untold, here, old(1))
    await expect(untold.archive.proposeDisposition(here.rita, proposal(old(1).study))).rejects.toMatchObject({
      facts: { why: 'no rules of retention have been adopted' },
    })
    const french = await runArchive({ engine })
    await adoptRules(french.archive, { jurisdictions: ['fr'] })
    await fill(french, here, old(1))
    await expect(french.archive.proposeDisposition(here.rita, proposal(old(1).study))).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      facts: { why: expect.stringContaining('archives-visa') },
    })
  })

  it('is stopped by a hold placed while it cools off, by what arrives, and by who calls it off', async () => {
    const here = world(engine)
    const running = await here.run()
    const { archive } = running
    await fill(running, here, old(1), old(2, 2))
    const [study, second] = [old(1).study, old(2, 2).study]
    const id = await twice(running, here, study)
    const other = await twice(running, here, second)
    here.pass(31)
    const hold = await archive.placeHold(here.rita, {
      matter: 'Roe v. Hospital',
      reason: 'Counsel.',
      scope: { studies: [study], patients: [] },
    })
    for await (const _ of archive.seal(here.adam, 'all')) expect(_.outcome).toBe('sealed')
    await archive.carryOutDispositions()
    expect(await stateOf(running, here, id)).toEqual(['cooling', `legal hold ${hold.id} covers it`])
    expect(await stateOf(running, here, other)).toEqual(['destroyed', ''])
    expect(await archive.tombstones(here.paul, uid(study))).toEqual([])

    expect((await archive.endDisposition(here.paul, id, 'On hold.')).state).toBe('ended')
    expect(await isHere(running, here, study)).toBe(true) // shown again
    await expect(archive.endDisposition(here.paul, other, 'Too late.')).rejects.toMatchObject({
      code: 'DISPOSITION_STATE',
    })
    await archive.carryOutDispositions()
    expect(await isHere(running, here, study)).toBe(true)
    expect(running.complaints).toEqual([])
  })

  it('keeps what was destroyed and is sent again, out of sight until a person lets it in', async () => {
    const here = world(engine, { disposition: { coolingDays: 0, automatic: false } })
    const running = await here.run()
    const { archive } = running
    await fill(running, here, old(1))
    const { study } = old(1)
    const id = await twice(running, here, study)
    await archive.carryOutDispositions()
    expect(await stateOf(running, here, id)).toEqual(['destroyed', ''])

    await fill(running, here, old(1), old(2))
    expect(await isHere(running, here, study)).toBe(false)
    const [quarantine, ...more] = await archive.rejections(here.paul, uid(study))
    expect(quarantine).toMatchObject({ code: 'destroyed', instances: 2 })
    expect(more).toEqual([])
    for await (const _ of archive.seal(here.adam, 'all')) expect(_.outcome).toBe('sealed')
    const rebuilt = await running.withoutIndex()
    expect(await isHere(rebuilt, here, study)).toBe(false)
    await expect(rebuilt.archive.restore(here.paul, quarantine?.id ?? 0, 'Mine?')).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    })
    await rebuilt.archive.restore(here.rita, quarantine?.id ?? 0, 'It is needed.')
    expect(await isHere(rebuilt, here, study)).toBe(true)
    await fill(rebuilt, here, old(3))
    expect((await rebuilt.archive.study(here.paul, uid(study))).study.instances).toBe(3)
    expect(rebuilt.complaints).toEqual([])
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })

    // It may be destroyed a second time.
    const again = await rebuilt.restart()
    await twice(again, here, study)
    for await (const _ of again.archive.seal(here.adam, 'all')) expect(_.outcome).not.toBe('failed')
    await again.archive.carryOutDispositions()
    expect(await again.archive.tombstones(here.paul, uid(study))).toHaveLength(2)
    await again.close()
    expect(await look(again.folder)).toMatchObject({ exit: 0, failed: {} })
  })
})

describe.each(ENGINES)(
  'disposition of what lies in the vault, a mirror and the cold store, the index on %s',
  (engine) => {
    it('leaves no byte of pixels or names of a patient who has nothing else, wherever one looks', async () => {
      const [mirror, cold] = [join(temporaryFolder(), 'mirror'), join(temporaryFolder(), 'cold')]
      const here = world(engine, { disposition: { coolingDays: 0, automatic: false }, copyMs: 50 }, [mirror], cold)
      const running = await here.run()
      const { archive } = running
      const [one, two] = [old(1), old(2)]
      const other = old(3, 2, { patientId: 'SYN-2', patientName: 'SYNTHETIC^KEPT' })
      await fill(running, here, one, two, other)
      const study = uid(one.study)
      const sealAll = async () => {
        for await (const { outcome } of archive.seal(here.adam, 'all')) expect(outcome).toBe('sealed')
      }
      await sealAll()
      await vi.waitFor(
        async () => expect((await archive.storage(here.adam)).copies[1]).toMatchObject({ state: 'good' }),
        {
          timeout: 30_000,
          interval: 50,
        },
      )
      for await (const { outcome } of await archive.moveToCold(here.adam, [study])) expect(outcome).toBe('moved')
      const path = objectPath(objectId(study))
      for (const place of [mirror, cold]) expect(existsSync(join(place, 'vault', path))).toBe(true)
      expect(existsSync(join(running.folder, 'vault', path))).toBe(false)

      const id = await twice(running, here, study)
      await vi.waitFor(
        async () => {
          await archive.carryOutDispositions()
          expect(await stateOf(running, here, id)).toEqual(['destroyed', ''])
        },
        { timeout: 30_000, interval: 200 },
      )
      const [tombstone] = await archive.tombstones(here.paul, study)
      expect(tombstone?.copies.map(({ where }) => where)).toEqual(['vault', mirror, cold, 'vault-cold', 'index'])
      await provesIt(running, here, study, tombstone?.id ?? 0)
      await running.close()
      expect(await look(running.folder)).toMatchObject({ exit: 0, failed: {} })
      const pixels = [one, two].map(({ bytes }) => bytes.subarray(bytes.length - 2000, bytes.length - 1500))
      const sought = [Buffer.from(NAME), Buffer.from('FORGOTTEN'), ...pixels]
      for (const place of [running.folder, mirror, cold])
        for (const [file, bytes] of filesIn(place))
          for (const needle of sought)
            expect(bytes.includes(needle), `${file} has ${needle.subarray(0, 20)}`).toBe(false)
    })
  },
)

describe('disposition with a mirror', () => {
  it('is done when the mirror is empty too, however late it comes back', async () => {
    const mirror = join(temporaryFolder(), 'mirror')
    const here = world('SQLite', { disposition: { coolingDays: 0, automatic: false } }, [mirror])
    const running = await here.run()
    const { archive } = running
    await fill(running, here, old(1))
    const { study } = old(1)
    const id = await twice(running, here, study)
    for await (const { outcome } of archive.seal(here.rita, 'all')) expect(outcome).toBe('sealed')
    const place = join(mirror, 'vault', objectPath(objectId(study)))
    await vi.waitFor(() => expect(existsSync(join(place, 'inventory.json'))).toBe(true))

    renameSync(mirror, `${mirror}-away`)
    await expect(archive.carryOutDispositions()).rejects.toMatchObject({ code: 'COPY_AWAY' })
    expect(await stateOf(running, here, id)).toEqual(['destroying', ''])
    expect(existsSync(join(running.folder, 'vault', objectPath(objectId(study))))).toBe(false)

    renameSync(`${mirror}-away`, mirror)
    await archive.carryOutDispositions()
    expect(await stateOf(running, here, id)).toEqual(['destroyed', ''])
    expect(existsSync(place)).toBe(false)
    const [tombstone] = await archive.tombstones(here.paul, uid(study))
    expect(tombstone?.copies.map(({ where }) => where)).toEqual(['vault', mirror, 'index'])
  })
})

/** The certificate and the evidence pack, checked with what is in them and Node alone. */
async function provesIt({ archive, folder }: Running, { paul }: World, study: Uid, tombstone: number): Promise<void> {
  const certificate = await archive.certificate(paul, tombstone)
  expect(certificate).toMatchObject({
    tombstone: { study, proposed: { by: 'rita' }, approved: [{ by: 'rosa' }, { by: 'paul' }] },
    reason: 'Not needed.',
    done: { copies: expect.arrayContaining([expect.objectContaining({ where: 'vault' })]) },
  })
  expect(certificate.law.length).toBeGreaterThan(0)
  expect(certificate.acts.map(({ leaf }) => JSON.parse(leaf).t)).toEqual(['tombstone', 'disp.destroy'])
  for (const { n, leaf, body, salt, proof } of certificate.acts) {
    // Subjects are left out of a certificate: that their salts are missing is all that is found.
    expect(checkEvent({ n, leaf, body, salt }).faults.filter((fault) => !/study|patient/.test(fault))).toEqual([])
    expect(proof).toMatch(/^c2sp\.org\/tlog-proof@v1\n/)
  }
  const pack = await archive.evidence(paul, { study })
  const scratch = join(folder, '..', `evidence-${tombstone}-${Date.now()}`)
  mkdirSync(scratch)
  try {
    writeFileSync(join(scratch, 'pack.zip'), await gather(pack.bytes))
    spawnSync('python3', ['-m', 'zipfile', '-e', join(scratch, 'pack.zip'), scratch])
    const words = [join(scratch, pack.name, 'verify.mjs'), join(scratch, pack.name)]
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env: {} })
    expect([status, stderr], stdout).toEqual([0, ''])
    expect(JSON.parse(readFileSync(join(scratch, pack.name, 'data/objects.json'), 'utf8'))).toEqual([])
    expect(readFileSync(join(scratch, pack.name, 'data/acts.csv'), 'utf8')).toMatch(/wrote the tombstone/)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function* filesIn(folder: string): Generator<readonly [string, Buffer]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) yield [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name))]
}
