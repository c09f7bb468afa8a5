/** Requests for erasure: recorded, answered by the rules of the day, and what may go goes the way of any disposition. */
import { afterAll, describe, expect, it, vi } from 'vitest'
import { uid } from '../../src/dicom/uid.ts'
import { asFile, ENGINES, type Engine, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { adoptRules } from '../support/rules.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
afterAll(removeArchives)

const [rita, rosa, paul] = [person('rita', 'records'), person('rosa', 'records'), person('paul', 'privacy')]
const outsiders = [person('tom', 'technologist'), person('adam', 'administrator')]
const WHO = { askedOn: '2026-01-31', askedBy: 'The patient, by letter', identity: 'Passport seen' }

async function withPatient(engine: Engine) {
  const running = await runArchive({ engine, options: { disposition: { coolingDays: 0, automatic: false } } })
  const { archive } = running
  const made = [
    syntheticInstance({ seed: 1, study: 1, patientId: 'A', studyDate: '20240315', patientName: 'SYNTHETIC^ANNA' }),
    syntheticInstance({ seed: 2, study: 2, patientId: 'A', studyDate: '19900315', patientName: 'SYNTHETIC^ANNA' }),
    syntheticInstance({ seed: 3, study: 3, patientId: 'B', studyDate: '19900315' }),
  ]
  for (const { bytes } of made) await archive.receive(person('tom', 'technologist'), asFile(bytes, 'import'))
  const [young = '', old = '', other = ''] = made.map(({ study }) => String(study))
  const patient = (await archive.study(paul, uid(young))).study.patientKey
  return { running, archive, young, old, other, patient }
}

describe.each(ENGINES)('a request for erasure, the index on %s', (engine) => {
  it('is answered study by study: refused with the rule cited, or a candidate; and after the index was lost', async () => {
    const { running, archive, young, old, patient } = await withPatient(engine)
    const made = await archive.recordErasure(rita, { patient, studies: [], ...WHO })
    expect(made).toMatchObject({ state: 'recorded', answerBy: '2026-03-01', recorded: { by: 'rita' }, named: false })
    expect(made.studies.map(({ outcome, why }) => [outcome, why.slice(0, 36)])).toEqual([
      ['open', 'no rules of retention have been adop'],
      ['open', 'no rules of retention have been adop'],
    ])
    await expect(archive.erasureLetter(paul, made.id)).rejects.toMatchObject({ code: 'ERASURE_STATE' })
    expect(await archive.answerErasure(paul, made.id, '')).toMatchObject({ state: 'answered in part' })

    await adoptRules(archive, { jurisdictions: ['us'], institution: 'hospital' })
    const answered = await archive.answerErasure(paul, made.id, 'With kind regards.')
    expect(answered).toMatchObject({ state: 'answered', answered: { by: 'paul', reason: 'With kind regards.' } })
    const of = (study: string) => answered.studies.find((one) => one.study === study)
    expect(of(young)).toMatchObject({
      outcome: 'refused',
      until: '2029-03-15',
      articles: ['17(3)(b)', '17(3)(c)'],
      rules: expect.arrayContaining([
        expect.objectContaining({ id: 'us.cms-482.26d', source: expect.stringContaining('42 CFR 482.26') }),
      ]),
    })
    expect(of(old)).toMatchObject({ outcome: 'candidate', here: true })
    await expect(archive.answerErasure(paul, made.id, '')).rejects.toMatchObject({ code: 'ERASURE_STATE' })
    const letter = (await archive.erasureLetter(paul, made.id)).join('\n')
    expect(letter).toContain('Concerning: SYNTHETIC ANNA')
    expect(letter).toContain('It has to be kept through 2029-03-15')
    expect(letter).toContain('42 CFR 482.26')
    expect(letter).toContain('With kind regards.')

    // What was answered stays, whatever is decided later; the candidate goes the way of any disposition.
    const { id } = await archive.proposeDisposition(rita, {
      reason: `Erasure request ${made.id}.`,
      studies: [old],
      acknowledged: [old],
      papers: {},
    })
    await archive.approveDisposition(rosa, id, 'first', 'Agreed.')
    await archive.approveDisposition(paul, id, 'second', 'Agreed.')
    for await (const { outcome } of archive.seal(rita, 'all')) expect(outcome).toBe('sealed')
    await archive.carryOutDispositions()
    const after = await archive.erasure(paul, made.id)
    expect(after.studies.map(({ study, outcome, here }) => [study, outcome, here]).sort()).toEqual(
      [
        [young, 'refused', true],
        [old, 'candidate', false],
      ].sort(),
    )
    const rebuilt = await running.withoutIndex()
    expect(await rebuilt.archive.erasures(paul)).toEqual([after])
    const { events } = await rebuilt.archive.audit(paul, { limit: 100, types: ['erasure.request', 'erasure.answer'] })
    expect(events.map(({ type }) => type)).toEqual(['erasure.answer', 'erasure.answer', 'erasure.request'])
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })

  it('is refused while a legal hold lasts, and by the law where people only wanted more', async () => {
    const { archive, young, old, patient } = await withPatient(engine)
    await adoptRules(archive, { jurisdictions: ['us'], institution: 'hospital' })
    await archive.placeHold(paul, { matter: 'Roe', reason: 'Counsel.', scope: { studies: [old], patients: [] } })
    await archive.tellFacts(rita, {
      about: { kind: 'study', id: young },
      set: { keepUntil: '2050-01-01' },
      reason: 'A teaching file.',
    })
    const { id, studies } = await archive.recordErasure(rita, { patient, studies: [], ...WHO })
    const of = (study: string) => studies.find((one) => one.study === study)
    expect(of(old)).toMatchObject({ outcome: 'refused', articles: ['17(3)(e)'], until: '' })
    expect(of(young)).toMatchObject({ outcome: 'refused', until: '2029-03-15' })
    // Nothing but what people wanted keeps it: then people decide.
    const [hold] = await archive.holds(paul)
    await archive.askRelease(rita, hold?.id ?? 0, 'Over.')
    await archive.releaseHold(paul, hold?.id ?? 0, 'Over.')
    await archive.tellFacts(rita, {
      about: { kind: 'study', id: old },
      set: { keepUntil: '2050-01-01' },
      reason: 'A teaching file.',
    })
    const now = await archive.erasure(paul, id)
    expect(now.studies.find(({ study }) => study === old)).toMatchObject({
      outcome: 'open',
      why: expect.stringContaining('a later date stands'),
    })
  })

  it('may name studies of the patient, and no other; nobody else records or answers it', async () => {
    const { archive, old, other, patient } = await withPatient(engine)
    const ask = { patient, studies: [old], ...WHO }
    const made = await archive.recordErasure(rita, ask)
    expect(made).toMatchObject({ named: true, studies: [{ study: old }] })
    for (const wrong of [
      { ...ask, studies: [other] },
      { ...ask, askedOn: '2999-01-01' },
      { ...ask, askedOn: 'yesterday' },
      { ...ask, patient: '' },
    ])
      await expect(archive.recordErasure(rita, wrong)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    for (const who of outsiders)
      await expect(archive.recordErasure(who, ask)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await expect(archive.answerErasure(rita, made.id, '')).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await expect(archive.erasure(paul, 999_999)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // Of somebody with no images here it is recorded too, and answered so.
    const nobody = await archive.recordErasure(rita, { ...ask, patient: '|NOBODY', studies: [] })
    await archive.answerErasure(paul, nobody.id, '')
    expect((await archive.erasureLetter(paul, nobody.id)).join('\n')).toContain('We hold no images of yours')
  })
})
