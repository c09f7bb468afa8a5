/** What people say of retention: it moves dates, never silently forward, and only people let a promised date go. */
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { Subject, TellAsk } from '../../src/archive/archive.ts'
import type { Context } from '../../src/base/context.ts'
import { uid } from '../../src/dicom/uid.ts'
import { asFile, ENGINES, type Engine, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { adoptRules, CALIFORNIA } from '../support/rules.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
afterAll(removeArchives)

const [rita, rosa, paul, petra] = [
  person('rita', 'records'),
  person('rosa', 'records'),
  person('paul', 'privacy'),
  person('petra', 'privacy'),
]
const outsiders = [person('tom', 'technologist'), person('adam', 'administrator'), person('otto', 'auditor')]

/** Two patients: one with two studies, one with one. */
async function withStudies(engine: Engine, choice: Parameters<typeof adoptRules>[1] = CALIFORNIA) {
  const running = await runArchive({ engine })
  const made = [
    syntheticInstance({ seed: 1, study: 1, patientId: 'A', studyDate: '20160315' }),
    syntheticInstance({ seed: 2, study: 2, patientId: 'A', studyDate: '20120505' }),
    syntheticInstance({ seed: 3, study: 3, patientId: 'B', studyDate: '20160315' }),
  ]
  for (const { bytes } of made) await running.archive.receive(person('tom', 'technologist'), asFile(bytes, 'import'))
  await adoptRules(running.archive, choice)
  const [one = '', two = '', other = ''] = made.map(({ study }) => String(study))
  const patient = (await running.archive.study(paul, uid(one))).study.patientKey
  const until = async (study: string, of = running) => {
    const { status, retainThrough, flags, stands, governing } = await of.archive.retention(paul, uid(study))
    return { status, retainThrough, flags, stands, governing: governing.map(({ id }) => id) }
  }
  const tell = (about: Subject, set: TellAsk['set'], more: Partial<TellAsk> = {}) =>
    running.archive.tellFacts(rita, { about, set, reason: 'Paper file.', ...more })
  return { ...running, running, one, two, other, patient, until, tell }
}

describe.each(ENGINES)('what people say of how long something is kept, the index on %s', (engine) => {
  it('moves a date further at once, for the studies it is about and no other', async () => {
    const { archive, one, two, other, patient, until, tell } = await withStudies(engine)
    const before = await until(other)
    // Nobody knows the birth date: taken for newborns, kept to the nineteenth birthday.
    expect(await until(one)).toMatchObject({ status: 'TIMED', retainThrough: '2035-03-15' })
    const { dates, studies } = await tell(
      { kind: 'patient', id: patient },
      { discharge: '2020-05-05', lastSeen: '2020-05-05' },
    )
    expect(studies).toBe(2)
    expect(dates).toEqual([])
    // Seven years after discharge is less than the nineteenth birthday of a newborn.
    const said = await tell({ kind: 'study', id: one }, { keepUntil: '2050-12-31' })
    expect(said).toEqual({
      studies: 1,
      dates: [
        {
          study: one,
          was: { status: 'TIMED', through: '2035-03-15' },
          now: { status: 'TIMED', through: '2050-12-31' },
        },
      ],
    })
    expect(await until(one)).toMatchObject({
      retainThrough: '2050-12-31',
      stands: { through: '2050-12-31', because: 'asked for' },
    })
    expect((await until(two)).retainThrough).toBe('2031-05-05')
    expect(await until(other)).toEqual(before)
    const { facts, tags } = await archive.toldFacts(paul, { kind: 'study', id: one })
    expect(facts).toMatchObject([{ name: 'keepUntil', value: '2050-12-31', reason: 'Paper file.', by: 'rita' }])
    expect(tags).toContain('trial-eu-ctr')
    const calendar = await archive.calendar(paul, {})
    expect(calendar.months.map(({ month }) => month)).toContain('2051-01')
  })

  it('does not bring a date forward: what was promised stands, after the index was lost too', async () => {
    const { running, one, other, patient, until, tell } = await withStudies(engine)
    const { dates } = await tell({ kind: 'patient', id: patient }, { birth: '1960-01-01' })
    expect(dates.map(({ floor }) => floor).sort()).toEqual(['2031-05-05', '2035-03-15'])
    const stands = {
      retainThrough: '2035-03-15',
      stands: { through: '2035-03-15', because: 'promised' },
      flags: expect.arrayContaining(['ratchet-floor']),
    }
    expect(await until(one)).toMatchObject(stands)
    const rebuilt = await running.withoutIndex()
    expect(await until(one, rebuilt)).toMatchObject(stands)
    expect((await until(other, rebuilt)).stands).toBeUndefined()
    const { events } = await rebuilt.archive.audit(paul, { limit: 100, type: 'retention.set' })
    expect(events).toHaveLength(1)
    expect(JSON.parse(events[0]?.body ?? '{}')).toMatchObject({
      actor: { name: 'rita' },
      retention: {
        set: { birth: '1960-01-01' },
        reason: 'Paper file.',
        dates: expect.arrayContaining([expect.objectContaining({ study: one, floor: '2035-03-15' })]),
      },
    })
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })

  it('lets a promised date go when three people want it, and not before', async () => {
    const { archive, one, patient, until, tell } = await withStudies(engine)
    await tell({ kind: 'patient', id: patient }, { birth: '1960-01-01' })
    const made = await archive.proposeReduction(rita, {
      study: uid(one),
      evidence: 'Birth certificate',
      reason: 'An adult.',
    })
    expect(made).toMatchObject({ state: 'proposed', floor: '2035-03-15' })
    const again = archive.proposeReduction(rosa, { study: uid(one), evidence: 'x', reason: 'x' })
    await expect(again).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(archive.approveReduction(paul, made.id, 'second', 'x')).rejects.toMatchObject({
      code: 'REDUCTION_STATE',
    })
    await expect(archive.approveReduction(rita, made.id, 'first', 'x')).rejects.toMatchObject({
      code: 'REDUCTION_SAME_PERSON',
    })
    const both = person('boss', 'records', 'privacy')
    expect(await archive.approveReduction(both, made.id, 'first', 'Seen it.')).toMatchObject({ state: 'approved' })
    await expect(archive.approveReduction(both, made.id, 'second', 'x')).rejects.toMatchObject({
      code: 'REDUCTION_SAME_PERSON',
    })
    expect(await until(one)).toMatchObject({ retainThrough: '2035-03-15' })
    // Two who approve at once: one is too late.
    const ends = await Promise.allSettled(
      [paul, petra].map((who) => archive.approveReduction(who, made.id, 'second', 'Agreed.')),
    )
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await until(one)).toMatchObject({ retainThrough: '2023-03-15', stands: undefined })
    const { events } = await archive.audit(paul, { limit: 100, study: uid(one), type: 'retention.reduce' })
    expect(JSON.parse(events[0]?.body ?? '{}')).toMatchObject({
      retention: { dates: [{ study: one, was: { through: '2035-03-15' }, now: { through: '2023-03-15' } }] },
      signature: 'password',
    })
    await expect(archive.endReduction(rita, made.id, 'x')).rejects.toMatchObject({ code: 'REDUCTION_STATE' })
  })

  it('can only be withdrawn or refused while it is not done, and is about a date that still stands', async () => {
    const { archive, one, patient, tell } = await withStudies(engine)
    const nothing = archive.proposeReduction(rita, { study: uid(one), evidence: 'x', reason: 'x' })
    await expect(nothing).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await tell({ kind: 'patient', id: patient }, { birth: '1960-01-01' })
    const made = await archive.proposeReduction(rita, { study: uid(one), evidence: 'Paper', reason: 'x' })
    expect(await archive.endReduction(paul, made.id, 'Not sure.')).toMatchObject({
      state: 'ended',
      ended: { by: 'paul' },
    })
    const second = await archive.proposeReduction(rita, { study: uid(one), evidence: 'Paper', reason: 'x' })
    await archive.approveReduction(rosa, second.id, 'first', 'x')
    // Kept longer meanwhile, and that taken back: the date that stands is another.
    await tell({ kind: 'study', id: one }, { keepUntil: '2044-01-01' })
    await tell({ kind: 'study', id: one }, { keepUntil: '' })
    await expect(archive.approveReduction(paul, second.id, 'second', 'x')).rejects.toMatchObject({
      code: 'REDUCTION_STATE',
    })
    for (const who of outsiders)
      await expect(
        archive.proposeReduction(who, { study: uid(one), evidence: 'x', reason: 'x' }),
      ).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  })

  it('is not let go by anybody under rules of compliance mode', async () => {
    const { archive, one, patient, until, tell } = await withStudies(engine)
    await tell({ kind: 'patient', id: patient }, { birth: '1960-01-01' })
    const early = await archive.proposeReduction(rita, { study: uid(one), evidence: 'Paper', reason: 'x' })
    await archive.approveReduction(rosa, early.id, 'first', 'x')
    await adoptRules(archive, { ...CALIFORNIA, mode: 'compliance' })
    const before = await until(one)
    await expect(archive.approveReduction(paul, early.id, 'second', 'x')).rejects.toMatchObject({
      code: 'REDUCTION_STATE',
    })
    await archive.endReduction(rita, early.id, 'Locked.')
    const late = archive.proposeReduction(rita, { study: uid(one), evidence: 'Paper', reason: 'x' })
    await expect(late).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(await until(one)).toEqual(before)
  })

  it('waits for the end of a trial, which is said once for all who are in it', async () => {
    const { archive, one, two, other, patient, until, tell } = await withStudies(engine, {
      jurisdictions: ['us', 'eu'],
      institution: 'hospital',
    })
    const trial: Subject = { kind: 'trial', id: 'EUCT 2023-505' }
    await tell({ kind: 'patient', id: patient }, { trial: trial.id })
    await tell({ kind: 'study', id: other }, { trial: trial.id })
    expect((await until(one)).status).toBe('TIMED')
    const tagged = await tell(trial, { 'tag.trial-eu-ctr': 'yes' })
    expect(tagged.dates.map(({ study, now }) => [study, now.status])).toEqual(
      [one, two, other].sort().map((study) => [study, 'UNDETERMINED']),
    )
    expect((await archive.calendar(paul, {})).undetermined.studies).toBe(3)
    const preview = await tell(trial, { trialEnd: '2020-06-30' }, { preview: true })
    expect(preview.dates).toHaveLength(3)
    expect((await until(one)).status).toBe('UNDETERMINED')
    expect(await tell(trial, { trialEnd: '2020-06-30' })).toEqual(preview)
    expect(await until(one)).toMatchObject({ status: 'TIMED', retainThrough: '2045-06-30', governing: ['eu.ctr58'] })
    expect((await archive.calendar(paul, {})).months.map(({ month, studies }) => [month, studies])).toEqual([
      ['2045-07', 3],
    ])
    // Out of the trial again: nobody alone makes a promised date earlier.
    const out = await tell({ kind: 'study', id: other }, { trial: '' })
    expect(out.dates).toMatchObject([{ study: other, floor: '2045-06-30' }])
    expect(await until(other)).toMatchObject({ retainThrough: '2045-06-30' })
  })

  it('counts rules for inpatients beside the institution’s, and suspends periods while a claim lasts', async () => {
    const { one, until, tell } = await withStudies(engine, { jurisdictions: ['at', 'fr'], institution: 'hospital' })
    expect(await until(one)).toMatchObject({ status: 'TIMED', retainThrough: '2044-03-15' })
    await tell({ kind: 'study', id: one }, { inpatient: 'yes', discharge: '2016-03-20' })
    expect(await until(one)).toMatchObject({ retainThrough: '2046-03-20', governing: ['at.kakug-inpatient'] })
    await tell({ kind: 'study', id: one }, { 'suspension.2020-01-01': 'open' })
    expect((await until(one)).status).toBe('UNDETERMINED')
    await tell({ kind: 'study', id: one }, { 'suspension.2020-01-01': '2024-01-01' })
    expect(await until(one)).toMatchObject({ status: 'TIMED', retainThrough: '2048-03-15', governing: ['fr.r1112-7'] })
  })

  it('follows what the hospital’s systems tell of contacts and deaths, and forgets no promise for it', async () => {
    const { archive, one, patient, until, tell } = await withStudies(engine, { jurisdictions: ['ch'] })
    const [issuer = '', id = ''] = patient.split('|')
    const his: Context = {
      ...person('his'),
      principal: { kind: 'device', aeTitle: 'HIS', known: true },
    }
    const send = (control: string, days: { readonly lastSeen?: string; readonly death?: string }, of = id) =>
      archive.takeMessage(his, {
        raw: new TextEncoder().encode(control),
        sender: 'HIS|HOSP',
        control,
        type: 'ADT^A03',
        characterSet: '',
        digest: control,
        asked: { persons: [], orders: [], relations: [], contacts: [{ patient: { id: of, issuer }, ...days }] },
      })
    expect(await until(one)).toMatchObject({ status: 'TIMED', retainThrough: '2036-03-15' })
    expect(await send('1', { lastSeen: '20250505' })).toMatchObject({ outcome: 'AA', again: false })
    expect(await until(one)).toMatchObject({ retainThrough: '2045-05-05' })
    const { facts } = await archive.toldFacts(paul, { kind: 'patient', id: patient })
    expect(facts).toMatchObject([
      { name: 'lastSeen', value: '2025-05-05', by: 'ae:HIS', reason: 'HL7 ADT^A03 1 of HIS|HOSP' },
    ])
    // The same again, an earlier contact, a day that has not come, somebody who has no images: nothing follows.
    expect(await send('1', { lastSeen: '20250505' })).toMatchObject({ again: true })
    await send('2', { lastSeen: '20200101' })
    await send('3', { lastSeen: '29990101' })
    await send('4', { death: '20260101' }, 'NOBODY')
    const { events } = await archive.audit(paul, { limit: 100, type: 'retention.set' })
    expect(events).toHaveLength(1)
    await send('5', { death: '20260101' })
    expect((await archive.toldFacts(paul, { kind: 'patient', id: patient })).facts.map(({ name }) => name)).toEqual([
      'death',
      'lastSeen',
    ])
    // A person may correct what a machine told; the promised date stands.
    const { dates } = await tell({ kind: 'patient', id: patient }, { lastSeen: '' })
    expect(dates.map(({ floor }) => floor)).toContain('2045-05-05')
  })

  it('tells of a legal maximum, whichever rule wins, and of none that is held', async () => {
    const { archive, one } = await withStudies(engine, { jurisdictions: ['be', 'fi'] })
    const maximum = async () => {
      const { pastMaximum, nearMaximum } = await archive.calendar(paul, {})
      return [pastMaximum.studies, nearMaximum.studies]
    }
    expect(await maximum()).toEqual([0, 0])
    const long = syntheticInstance({ seed: 9, study: 9, patientId: 'C', studyDate: '19600101' })
    await archive.receive(person('tom', 'technologist'), asFile(long.bytes, 'import'))
    // Belgium: fifty years from the last contact; Finland: 120 from birth.
    expect(await archive.retention(paul, uid(long.study))).toMatchObject({
      destroyBy: '2010-01-01',
      governing: [{ id: 'fi.rec' }],
    })
    expect(await maximum()).toEqual([1, 0])
    const scope = { studies: [long.study], patients: [] }
    await archive.placeHold(paul, { matter: 'M', reason: 'R', scope })
    expect(await maximum()).toEqual([0, 0])
    expect((await archive.retention(paul, uid(one))).destroyBy).toBe('2066-03-15')
  })

  it('is refused where it is nonsense, says nothing new, is about nobody, or is said by others', async () => {
    const { archive, one, patient, tell } = await withStudies(engine)
    const study: Subject = { kind: 'study', id: one }
    await expect(tell(study, { death: '2020-01-01' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(tell({ kind: 'patient', id: patient }, { death: '2999-01-01' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    await tell(study, { 'tag.cancer': 'yes' })
    await expect(tell(study, { 'tag.cancer': 'yes' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(tell({ kind: 'study', id: '1.2.3' }, { 'tag.cancer': 'yes' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(tell({ kind: 'patient', id: '|Z' }, { 'tag.cancer': 'yes' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    for (const who of outsiders)
      await expect(
        archive.tellFacts(who, { about: study, set: { 'tag.cancer': '' }, reason: 'x' }),
      ).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  })
})
