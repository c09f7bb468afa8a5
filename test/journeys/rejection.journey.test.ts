/** What is rejected is kept and not shown; by whom, for which reason, and how it comes back. */
import { afterAll, describe, expect, it, vi } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import type { Context } from '../../src/base/context.ts'
import { type Uid, uid } from '../../src/dicom/uid.ts'
import { asFile, device, ENGINES, type Running, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
afterAll(removeArchives)

const radiologist = person('rita', 'radiologist')
const technologist = person('tom', 'technologist')
const clinician = person('clara', 'clinician')
const rejecter = person('rosa', 'radiologist', 'technologist', 'records')
const privacy = person('paul', 'privacy')
const WHY = 'SYNTHETIC: the patient moved.'

/** Two series of two instances. */
const four = [1, 2, 3, 4].map((seed) => syntheticInstance({ seed, series: seed > 2 ? 2 : 1 }))
const [first, second, third] = four as [Synthetic, Synthetic, Synthetic, Synthetic]
const study = uid(first.study)

const inSight = async ({ archive }: Running, who = clinician): Promise<readonly string[]> =>
  archive.instances(who, { study }).then(
    (all) => all.map(({ key }) => key.instance),
    () => [],
  )
const listed = async ({ archive }: Running, level: 'study' | 'series' | 'instance') =>
  (
    await archive.find(clinician, {
      level,
      ...(level !== 'study' && { study }),
      matches: [],
      include: 'all',
      fuzzy: false,
      raw: '',
    })
  ).results
const outcome = async (doing: Promise<{ readonly outcome: string }>): Promise<string> =>
  doing.then(
    ({ outcome: came }) => came,
    (thrown: { readonly code?: string }) => String(thrown.code),
  )
const send = (running: Running, one: Synthetic, who: Context = technologist) =>
  outcome(running.archive.receive(who, asFile(one.bytes, 'stow')))
const filled = async (engine: (typeof ENGINES)[number], options = {}): Promise<Running> => {
  const running = await runArchive({ engine, options })
  for (const one of four) expect(await send(running, one)).toBe('stored')
  return running
}

describe.each(ENGINES)('rejection, the index on %s', (engine) => {
  it('takes instances, a series, a whole study out of every sight, keeps every byte, and brings them back', async () => {
    const running = await filled(engine)
    const { archive } = running
    const before = new Date().toISOString()
    const one = await archive.reject(radiologist, {
      study,
      code: '113001',
      reason: WHY,
      instances: [first.instance],
    })
    expect(one).toMatchObject({
      code: '113001',
      reason: WHY,
      instances: 1,
      rejected: { by: 'rita' },
      restored: undefined,
    })
    expect(await inSight(running)).toEqual([second, third, four[3]].map((of) => of?.instance))
    expect(await listed(running, 'instance')).toHaveLength(3)

    const series = await archive.reject(technologist, { study, code: '113038', reason: WHY, series: [first.series] })
    expect(series.instances).toBe(1) // the other is out of sight already
    expect(await listed(running, 'series')).toHaveLength(1)
    const page = await archive.study(clinician, study)
    expect(page.series).toHaveLength(1)
    expect(page.study).toMatchObject({ series: 1, instances: 2 })

    const whole = await archive.reject(rejecter, { study, code: '113037', reason: WHY })
    expect(await listed(running, 'study')).toEqual([])
    expect((await archive.worklist(clinician, { words: '', limit: 9 })).studies).toEqual([])
    await expect(archive.study(clinician, study)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const key = { study, series: uid(first.series), instance: uid(first.instance) }
    await expect(archive.versions(clinician, key)).rejects.toMatchObject({ code: 'NOT_FOUND' })

    // Kept, for who answers for it, bit for bit.
    expect((await archive.study(privacy, study)).study.instances).toBe(0)
    const [kept] = await archive.versions(privacy, key)
    if (kept === undefined) throw new Error('not kept')
    expect(Buffer.from(await gather(archive.original(privacy, kept))).equals(first.bytes)).toBe(true)
    expect((await archive.retention(privacy, study)).status).toBe('INDEFINITE')
    expect((await archive.instancesAsOf(privacy, study, before)).map((of) => of.key.instance)).toHaveLength(4)
    expect((await archive.rejections(privacy, study)).map(({ id }) => id)).toEqual([whole.id, series.id, one.id])

    const dump = await running.dump()
    const rebuilt = await running.withoutIndex()
    expect(await inSight(rebuilt)).toEqual([])
    expect(await rebuilt.dump()).toEqual(expect.arrayContaining([...dump]))

    await rebuilt.archive.restore(rejecter, whole.id, 'It was safe.')
    expect(await inSight(rebuilt)).toEqual([third, four[3]].map((of) => of?.instance))
    await rebuilt.archive.restore(radiologist, one.id, 'It will do.')
    await rebuilt.archive.restore(technologist, series.id, 'It was the right order.')
    expect(await inSight(rebuilt)).toEqual(four.map((of) => of.instance))
    expect((await rebuilt.archive.study(clinician, study)).study).toMatchObject({ series: 2, instances: 4 })
    await expect(rebuilt.archive.restore(rejecter, one.id, 'Again.')).rejects.toMatchObject({
      code: 'REJECTION_STATE',
    })
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })

  it('asks who may for which reason', async () => {
    const { archive } = await filled(engine)
    const ask = (code: '113001' | '113037' | '113038' | '113039') => ({ study, code, reason: WHY })
    for (const [who, code] of [
      [clinician, '113001'],
      [privacy, '113001'],
      [technologist, '113037'],
      [radiologist, '113038'],
      [radiologist, '113039'],
    ] as const)
      await expect(archive.reject(who, ask(code))).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    const { id } = await archive.reject(technologist, ask('113038'))
    await expect(archive.restore(radiologist, id, WHY)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await expect(archive.rejections(clinician, study)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await expect(archive.reject(technologist, ask('113038'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('lets nothing come back that was rejected for good, takes quietly what was bad, shows again what was only let go', async () => {
    const running = await filled(engine)
    const { archive } = running
    const reject = (code: '113001' | '113037' | '113039', of: Synthetic) =>
      archive.reject(rejecter, { study, code, reason: WHY, instances: [of.instance] })
    await reject('113037', first)
    await reject('113001', second)
    await reject('113039', third)
    const sight = await inSight(running)
    expect(sight).toEqual([four[3]?.instance])

    expect(await send(running, first)).toBe('STORE_REJECTED')
    const other = syntheticInstance({ seed: 1, series: 1, patientName: 'SYNTHETIC^OTHER' })
    expect(await send(running, other)).toBe('STORE_REJECTED')
    expect(await send(running, second)).toBe('already')
    expect(await inSight(running)).toEqual(sight)
    expect(await send(running, third)).toBe('already')
    expect(await inSight(running)).toEqual([third.instance, ...sight])
    // A new instance beside what is hidden counts as it should.
    expect(await send(running, syntheticInstance({ seed: 5, series: 1 }))).toBe('stored')
    expect((await archive.study(clinician, study)).study).toMatchObject({ series: 2, instances: 3 })
    expect(running.complaints).toEqual([])
    const rebuilt = await running.withoutIndex()
    expect((await rebuilt.archive.study(clinician, study)).study).toMatchObject({ series: 2, instances: 3 })
  })

  it('takes a note from another system when the device is trusted and everything it names is here', async () => {
    const maker = await filled(engine)
    const made = await maker.archive.reject(radiologist, { study, code: '113037', reason: WHY, series: [first.series] })
    const note = await noteBytes(maker, made.id, made.note)

    const running = await runArchive({ engine, options: { rejectionNotesFrom: ['QA1'] } })
    const deliver = (from: string) => outcome(running.archive.receive(device(from), asFile(note, 'import')))
    expect(await send(running, first)).toBe('stored')
    expect(await deliver('QA1')).toBe('NOTE_UNKNOWN') // one of the two is not here yet
    for (const one of four.slice(1)) expect(await send(running, one)).toBe('stored')
    expect(await deliver('CT1')).toBe('NOTE_UNTRUSTED')
    expect(await inSight(running)).toHaveLength(4)
    expect(await deliver('QA1')).toBe('stored')
    expect(await inSight(running)).toEqual([third, four[3]].map((of) => of?.instance))
    expect(await deliver('QA1')).toBe('STORE_REJECTED')

    const [rejection] = await running.archive.rejections(privacy, study)
    expect(rejection).toMatchObject({ code: '113037', reason: WHY, instances: 2, rejected: { by: 'ae:QA1' } })
    await running.archive.restore(radiologist, rejection?.id ?? 0, 'Safe after all.')
    expect(await inSight(running)).toHaveLength(4) // and the note is not among them
  })
})

async function noteBytes({ archive }: Running, rejection: number, note: string): Promise<Buffer> {
  const all = await archive.rejected(privacy, rejection)
  const record = all.find(({ key }) => key.instance === (note as Uid))
  if (record === undefined) throw new Error('the note is not there')
  return Buffer.from(await gather(archive.original(privacy, record)))
}
