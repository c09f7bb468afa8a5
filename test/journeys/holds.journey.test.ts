/** Legal holds: what they cover, who ends them, and that they are facts of the journal, not of the index. */
import { afterAll, describe, expect, it, vi } from 'vitest'
import { uid } from '../../src/dicom/uid.ts'
import { asFile, ENGINES, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { adoptRules } from '../support/rules.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
afterAll(removeArchives)

const records = person('rita', 'records')
const privacy = person('paul', 'privacy')
const other = person('petra', 'privacy')
const stores = person('tom', 'technologist')
const administrator = person('adam', 'administrator')

const WHY = { matter: 'Roe v. Hospital', reason: 'A letter from counsel.' }

describe.each(ENGINES)('a legal hold, its index on %s', (engine) => {
  it('holds studies, patients and what a search finds, also what comes later, and gives the date it would have', async () => {
    const running = await runArchive({ engine })
    const { archive } = running
    await adoptRules(archive)
    const receive = async (seed: number, studyDate = '20160315') => {
      const made = syntheticInstance({ seed, study: seed, studyDate })
      await archive.receive(stores, asFile(made.bytes, 'import'))
      return uid(made.study)
    }
    const one = await receive(1)
    const two = await receive(2)
    const status = async (study: typeof one) => {
      const { status, holds, eligibleOn, onRelease } = await archive.retention(records, study)
      return { status, holds: holds.map(({ id }) => id), eligibleOn, onRelease }
    }
    const free = await status(one)
    expect(free).toMatchObject({ status: 'TIMED', holds: [], onRelease: undefined })

    const byStudy = await archive.placeHold(records, { ...WHY, scope: { studies: [one], patients: [] } })
    expect(byStudy).toMatchObject({ ...WHY, covers: 1, placed: { by: 'rita' } })
    expect(await status(one)).toEqual({
      status: 'HELD',
      holds: [byStudy.id],
      eligibleOn: undefined,
      onRelease: free.eligibleOn,
    })
    expect(await status(two)).toMatchObject({ status: 'TIMED' })

    const searching = await archive.placeHold(privacy, {
      ...WHY,
      scope: { studies: [], patients: [], query: { words: '', from: '20180101', to: '20181231' } },
    })
    expect(searching.covers).toBe(0)
    const later = await receive(3, '20180704')
    expect(await status(later)).toMatchObject({ status: 'HELD', holds: [searching.id] })

    const [row] = (await archive.worklist(records, { words: '', studies: [two], limit: 1 })).studies
    const byPatient = await archive.placeHold(privacy, {
      ...WHY,
      scope: { studies: [], patients: [row?.patientKey ?? ''] },
    })
    expect((await status(two)).holds).toContain(byPatient.id)

    const before = await archive.holds(privacy)
    expect(before.map(({ id }) => id)).toEqual([byPatient.id, searching.id, byStudy.id])
    const dump = (await running.dump()).filter((line) => line.includes('hold'))
    const rebuilt = await running.withoutIndex()
    expect(await rebuilt.archive.holds(privacy)).toEqual(before)
    expect((await rebuilt.dump()).filter((line) => line.includes('hold'))).toEqual(expect.arrayContaining(dump))
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })

  it('ends by two people: one asks, another with the privacy role releases, and everybody else is refused', async () => {
    const running = await runArchive({ engine })
    const { archive } = running
    await adoptRules(archive)
    const { bytes, study } = syntheticInstance({ seed: 1, studyDate: '20160315' })
    await archive.receive(stores, asFile(bytes, 'import'))
    const scope = { studies: [study], patients: [] }
    for (const who of [administrator, stores])
      await expect(archive.placeHold(who, { ...WHY, scope })).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    const { id } = await archive.placeHold(privacy, { ...WHY, scope })

    const ends = [archive.releaseHold, archive.keepHold]
    for (const end of ends) await expect(end(other, id, 'nobody asked')).rejects.toMatchObject({ code: 'HOLD_STATE' })
    expect(await archive.askRelease(privacy, id, 'The case is closed.')).toMatchObject({ asked: { by: 'paul' } })
    await expect(archive.askRelease(records, id, 'Once more.')).rejects.toMatchObject({ code: 'HOLD_STATE' })
    await expect(archive.releaseHold(privacy, id, 'My own.')).rejects.toMatchObject({ code: 'HOLD_SAME_PERSON' })
    await expect(archive.releaseHold(records, id, 'No role.')).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    expect(await archive.retention(records, uid(study))).toMatchObject({ status: 'HELD' })

    expect(await archive.keepHold(records, id, 'There is an appeal.')).toMatchObject({ asked: undefined })
    await archive.askRelease(records, id, 'The appeal is lost.')
    // Two who release at once: one of them is too late.
    const both = await Promise.allSettled([
      archive.releaseHold(privacy, id, 'Agreed.'),
      archive.releaseHold(other, id, 'Agreed.'),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await archive.retention(records, uid(study))).toMatchObject({ status: 'TIMED', holds: [] })
    await expect(archive.askRelease(privacy, id, 'Again.')).rejects.toMatchObject({ code: 'HOLD_STATE' })

    const told = await archive.audit(privacy, { limit: 100 })
    expect(told.events.filter(({ type }) => type.startsWith('hold.')).map(({ type }) => type)).toEqual([
      'hold.release',
      'hold.ask',
      'hold.keep',
      'hold.ask',
      'hold.place',
    ])
    await running.close()
    expect(await look(running.folder)).toMatchObject({ exit: 0, failed: {} })
  })

  it('that names nothing, or would hold everything, is refused', async () => {
    const running = await runArchive({ engine })
    const place = (scope: Parameters<typeof running.archive.placeHold>[1]['scope']) =>
      running.archive.placeHold(privacy, { ...WHY, scope })
    await expect(place({ studies: [], patients: [] })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(place({ studies: [], patients: [], query: { words: '' } })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    await expect(running.archive.askRelease(privacy, 9999, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
