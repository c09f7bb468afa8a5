/**
 * Restricted patients on either engine: who is let in, by whatever names a patient, a study or a rule; emergencies with
 * their end and their second look; who is watched; and all of it again from the journal alone.
 */
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RestrictionAsk } from '../../src/archive/archive.ts'
import type { Context } from '../../src/base/context.ts'
import { uid } from '../../src/dicom/uid.ts'
import { asFile, asStream, device, ENGINES, type Running, removeArchives, runArchive } from '../support/archives.ts'
import { type Attributes, CT_IMAGE_STORAGE, fileOf } from '../support/indexed.ts'
import { person } from '../support/people.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let running: Running | undefined
afterEach(async () => {
  await running?.close()
})
afterAll(removeArchives)

const FRIDAY = Date.parse('2026-11-27T10:00:00.000Z')
let clock = FRIDAY
beforeEach(() => {
  clock = FRIDAY
})
const at = (context: Context): Context => ({ ...context, now: () => new Date(clock) })
const paula = at(person('paula', 'privacy'))
const rosa = at(person('rosa', 'radiologist'))
const carl = at(person('carl', 'clinician'))
const tess = at(person('tess', 'technologist'))

const idOf = ({ principal }: Context): string => (principal.kind === 'user' ? principal.id : '')

/** `who` of a study's four: each its own patient, house, device and code. */
const STUDIES = {
  plain: { PatientID: 'P-1', InstitutionName: 'General' },
  named: { PatientID: 'P-2', InstitutionName: 'General' },
  psychiatry: { PatientID: 'P-3', InstitutionName: 'Psychiatry' },
  coded: { PatientID: 'P-4', InstitutionName: 'General', ConfidentialityCode: 'VR' },
} as const satisfies Record<string, Attributes>
type Name = keyof typeof STUDIES
const UIDS: Readonly<Record<Name, string>> = {
  plain: '2.25.901',
  named: '2.25.902',
  psychiatry: '2.25.903',
  coded: '2.25.904',
}
const keyOf = (name: Name) => `HOSP|${STUDIES[name].PatientID}`

const file = (name: Name, instance = 1) =>
  fileOf({
    ...STUDIES[name],
    IssuerOfPatientID: 'HOSP',
    PatientName: `Synthetic^${name}`,
    StudyInstanceUID: UIDS[name],
    SeriesInstanceUID: `${UIDS[name]}.1`,
    SOPInstanceUID: `${UIDS[name]}.1.${instance}`,
    StudyDate: '20260101',
    Modality: 'CT',
  })

async function archiveWith(engine: (typeof ENGINES)[number], ...names: readonly Name[]): Promise<Running> {
  running = await runArchive({ engine, now: () => new Date(clock) })
  for (const name of names) await running.archive.receive(tess, asFile(file(name)))
  return running
}

/** Names of the studies somebody finds. */
async function found({ archive }: Running, context: Context): Promise<readonly string[]> {
  const { results } = await archive.find(context, {
    level: 'study',
    matches: [],
    include: 'default',
    fuzzy: false,
    raw: '',
  })
  const uids = results.map((result) => String(result['0020000D']?.Value?.[0]))
  const { studies } = await archive.worklist(context, { words: '', limit: 100 })
  expect(studies.map(({ study }) => String(study)).sort()).toEqual([...uids].sort())
  return Object.entries(UIDS)
    .filter(([, study]) => uids.includes(study))
    .map(([name]) => name)
}

const restrict = ({ archive }: Running, ask: Partial<RestrictionAsk> & Pick<RestrictionAsk, 'kind' | 'subject'>) =>
  archive.restrict(paula, { level: 'restricted', admits: [idOf(rosa)], reason: 'Asked for.', ...ask })

const ALL: readonly Name[] = ['plain', 'named', 'psychiatry', 'coded']

describe.each(ENGINES)('restricted patients on %s', (engine) => {
  it.each([
    ['patient', keyOf('named'), 'named'],
    ['study', UIDS.named, 'named'],
    ['institution', 'Psychiatry', 'psychiatry'],
    ['code', 'VR', 'coded'],
  ] as const)(
    'a restriction of a %s keeps out whoever is not on its list, of what is here and of what comes',
    async (kind, subject, name) => {
      const before = await archiveWith(engine, ...ALL)
      await restrict(before, { kind, subject })
      const others = ALL.filter((one) => one !== name)
      expect(await found(before, carl)).toEqual(others)
      expect(await found(before, rosa)).toEqual(ALL)
      await expect(before.archive.instances(carl, { study: uid(UIDS[name]) })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
      await before.close()

      // The other way round: first the rule, then the images.
      const after = await archiveWith(engine, 'plain')
      await restrict(after, { kind, subject })
      for (const one of others) if (one !== 'plain') await after.archive.receive(tess, asFile(file(one)))
      await after.archive.receive(tess, asFile(file(name)))
      await after.archive.receive(tess, asFile(file(name, 2)))
      expect(await found(after, carl)).toEqual(others)
      expect(await found(after, rosa)).toEqual(ALL)
      // And the index made again from the journal has it too.
      const ours = async (one: Running) =>
        (await one.dump()).filter((line) => /"table":"(restriction|study_label|study_restriction)/.test(line))
      const dump = await ours(after)
      expect(dump.length).toBeGreaterThan(2)
      running = await after.withoutIndex()
      expect(await ours(running)).toEqual(dump)
      expect(await found(running, carl)).toEqual(others)
    },
  )

  it('a rule of a source covers what a device sends, and nothing else', async () => {
    const archive = await archiveWith(engine, 'plain')
    await restrict(archive, { kind: 'source', subject: 'MODALITY' })
    const sent = syntheticInstance({ seed: 1, rows: 8, columns: 8 })
    const names = { transferSyntax: '1.2.840.10008.1.2.1', sopClass: CT_IMAGE_STORAGE, sopInstance: sent.instance }
    await archive.archive.receive(device('MODALITY'), asStream(sent.bytes.subarray(sent.dataSetStart), names))
    expect((await archive.archive.inSight(rosa, [sent.study])).size).toBe(1)
    expect((await archive.archive.inSight(carl, [sent.study])).size).toBe(0)
    expect(await found(archive, carl)).toEqual(['plain'])
  })

  it('a device sees what its AE title is let in to; of two restrictions both must let in', async () => {
    const archive = await archiveWith(engine, 'plain')
    await restrict(archive, { kind: 'patient', subject: keyOf('plain'), admits: ['ae:WS1'] })
    expect(await found(archive, at(device('WS1')))).toEqual(['plain'])
    expect(await found(archive, at(device('WS2')))).toEqual([])
    await restrict(archive, { kind: 'study', subject: UIDS.plain, admits: ['ae:*', idOf(rosa)] })
    // Two restrictions: both must let in.
    expect(await found(archive, at(device('WS1')))).toEqual(['plain'])
    expect(await found(archive, rosa)).toEqual([])
    expect(await found(archive, at(device('STRANGER', false))).catch(({ code }) => code)).toBe('ACCESS_DENIED')
  })

  it('a restriction of one patient ID is of the person: of the IDs merged with it, until that is taken back', async () => {
    const archive = await archiveWith(engine, ...ALL)
    const mia = at(person('mia', 'records'))
    await restrict(archive, { kind: 'patient', subject: keyOf('named') })
    const relate = (op: 'merge' | 'unmerge') =>
      archive.archive.relate(
        { ...rosa, principal: { kind: 'job', name: 'hl7' } },
        { op, from: keyOf('named'), into: keyOf('plain'), reason: 'Same person.', sure: true },
      )
    await expect(archive.archive.person(mia, keyOf('named'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await relate('merge')
    expect(await found(archive, carl)).toEqual(['psychiatry', 'coded'])
    expect(await found(archive, rosa)).toEqual(ALL)
    await expect(archive.archive.person(mia, keyOf('plain'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await archive.archive.breakGlass(carl, {
      patientId: 'P-1',
      cause: 'emergency',
      reason: 'Unconscious, no history known.',
      minutes: 60,
    })
    expect(await found(archive, carl)).toEqual(ALL)
    clock += 5 * 3600_000
    await relate('unmerge')
    expect(await found(archive, carl)).toEqual(['plain', 'psychiatry', 'coded'])
  })

  it('lifted, everybody sees again; the list and the log keep it', async () => {
    const archive = await archiveWith(engine, 'plain', 'named')
    const { id, covers } = await restrict(archive, { kind: 'patient', subject: keyOf('named') })
    expect(covers).toBe(1)
    await archive.archive.liftRestriction(paula, id, 'Not asked for any more.')
    expect(await found(archive, carl)).toEqual(['plain', 'named'])
    await expect(archive.archive.liftRestriction(paula, id, 'Again.')).rejects.toMatchObject({
      code: 'RESTRICTION_STATE',
    })
    expect(await archive.archive.restrictions(paula)).toMatchObject([{ id, lifted: { by: 'paula' }, covers: 0 }])
    await archive.close()
    const { failed, steps } = await look(archive.folder)
    expect(failed).toEqual({})
    expect(steps.map(({ fact }) => fact).join('\n')).toContain('2 rules and uses of access')
  })

  it('an emergency opens one patient for its time, says so, carries its purpose, and is looked at afterwards', async () => {
    const archive = await archiveWith(engine, 'plain', 'named', 'coded')
    await restrict(archive, { kind: 'patient', subject: keyOf('named') })
    await restrict(archive, { kind: 'code', subject: 'VR' })
    const ask = { patientId: 'P-2', cause: 'emergency', reason: 'Unconscious, no history known.', minutes: 60 } as const
    await expect(archive.archive.breakGlass(carl, { ...ask, patientId: 'P-1' })).rejects.toMatchObject({
      code: 'EMERGENCY_NEEDLESS',
    })
    await expect(archive.archive.breakGlass(paula, ask)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    const emergency = await archive.archive.breakGlass(carl, ask)
    expect(emergency).toMatchObject({ patient: keyOf('named'), until: '2026-11-27T11:00:00.000Z' })
    expect(await found(archive, carl)).toEqual(['plain', 'named'])
    // Nobody else, and no other patient.
    expect(await found(archive, tess)).toEqual(['plain'])
    const [record] = await archive.archive.instances(carl, { study: uid(UIDS.named) })
    for await (const _ of archive.archive.original(carl, record ?? expect.fail('no instance')));

    clock += 61 * 60_000
    expect(await found(archive, carl)).toEqual(['plain'])
    expect(await archive.archive.emergencies(carl)).toEqual([])
    await vi.waitFor(async () => {
      const { events } = await archive.archive.audit(rosaAuditor, { type: 'access.end', limit: 10 })
      expect(events).toHaveLength(1)
    }, 15_000)
    const { events } = await archive.archive.audit(rosaAuditor, { actor: idOf(carl), limit: 50 })
    const opening = events.find(({ type, body }) => type === 'aud.110103' && body.includes('"opening"'))
    expect(JSON.parse(opening?.body ?? '{}')).toMatchObject({ purposeOfUse: 'BTG' })

    const { reviews, waiting } = await archive.archive.accessReviews(paula, { waiting: true })
    expect(waiting).toBe(1)
    // A Friday: five working days later is the next one.
    expect(reviews).toMatchObject([{ id: emergency.id, kind: 'emergency', who: 'carl', dueOn: '2026-12-04', times: 1 }])
    const own = at(person('carl', 'privacy'))
    await expect(archive.archive.review(own, emergency.id, 'justified', 'Fine.')).rejects.toMatchObject({
      code: 'REVIEW_SAME_PERSON',
    })
    await archive.archive.review(paula, emergency.id, 'justified', 'The ward confirms it.')
    await expect(archive.archive.review(paula, emergency.id, 'justified', 'Twice.')).rejects.toMatchObject({
      code: 'REVIEW_STATE',
    })
    expect((await archive.archive.accessReviews(paula, { waiting: true })).waiting).toBe(0)
    const dump = await archive.dump()
    running = await archive.withoutIndex()
    expect((await running.dump()).filter((line) => /"table":"(access_reviews|emergencies)"/.test(line))).toEqual(
      dump.filter((line) => /"table":"(access_reviews|emergencies)"/.test(line)),
    )
  })

  it('ended before its time it is over at once', async () => {
    const archive = await archiveWith(engine, 'named')
    await restrict(archive, { kind: 'patient', subject: keyOf('named') })
    const ask = { patientId: 'P-2', cause: 'on-call', reason: 'On call tonight for the ward.', minutes: 240 } as const
    const { id } = await archive.archive.breakGlass(carl, ask)
    await expect(archive.archive.endEmergency(tess, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await archive.archive.endEmergency(carl, id)
    expect(await found(archive, carl)).toEqual([])
  })

  it('who is watched is seen by everybody, and each opening waits for a look', async () => {
    const archive = await archiveWith(engine, 'plain')
    await restrict(archive, { kind: 'patient', subject: keyOf('plain'), level: 'watched', admits: [] })
    expect(await found(archive, carl)).toEqual(['plain'])
    const [record] = await archive.archive.instances(carl, { study: uid(UIDS.plain) })
    const open = async () => {
      for await (const _ of archive.archive.original(carl, record ?? expect.fail('no instance')));
    }
    await open()
    await open() // the same sitting
    expect((await archive.archive.accessReviews(paula, { waiting: true })).reviews).toMatchObject([
      { kind: 'watched', who: 'carl', patient: keyOf('plain'), study: UIDS.plain },
    ])
  })

  it('nobody is shut out altogether, and nothing is restricted by a mistake', async () => {
    const archive = await archiveWith(engine, 'plain')
    const wrong = (ask: Partial<RestrictionAsk>) =>
      expect(restrict(archive, { kind: 'patient', subject: keyOf('plain'), ...ask })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      })
    await wrong({ admits: [] })
    await wrong({ admits: ['role:janitor'] })
    await wrong({ kind: 'study', subject: 'not a uid' })
    await wrong({ subject: '' })
  })
})

/** Reads the log and is on every list of these tests. */
const rosaAuditor: Context = at({
  ...person('rosa', 'auditor'),
  principal: { ...person('rosa', 'auditor').principal, id: idOf(rosa) } as Context['principal'],
})
