/** Rules of retention: adopted by two people or three, the longest wins, and no date becomes earlier by one person's doing. */
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { RuleProposal } from '../../src/archive/archive.ts'
import { readRuleSets } from '../../src/compliance/retention/rules.ts'
import { uid } from '../../src/dicom/uid.ts'
import { asFile, ENGINES, type Engine, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { adoptRules, CALIFORNIA, proposed } from '../support/rules.ts'
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
const both = person('boss', 'records', 'privacy')
const outsiders = [person('tom', 'technologist'), person('adam', 'administrator'), person('otto', 'auditor')]

async function withStudy(engine: Engine) {
  const running = await runArchive({ engine })
  const { bytes, study } = syntheticInstance({ seed: 1, studyDate: '20160315' })
  await running.archive.receive(person('tom', 'technologist'), asFile(bytes, 'import'))
  const until = async (of = running) => {
    const { status, retainThrough, jurisdictions } = await of.archive.retention(paul, uid(study))
    return { status, retainThrough, jurisdictions }
  }
  return { ...running, running, study, until }
}

describe.each(ENGINES)('rules of retention, the index on %s', (engine) => {
  it('count once two people adopted them, as they were proposed, and after the index was lost', async () => {
    const { archive, until, running } = await withStudy(engine)
    const nothing = { status: 'INDEFINITE', retainThrough: undefined, jurisdictions: [] }
    expect(await until()).toEqual(nothing)
    const made = await archive.proposeRules(rita, proposed(CALIFORNIA))
    expect(made).toMatchObject({ state: 'proposed', ...CALIFORNIA, proposed: { by: 'rita' } })
    expect(await until()).toEqual(nothing)
    await expect(archive.approveRules(rosa, made.id, 'second', 'x')).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    const adopted = await archive.approveRules(paul, made.id, 'second', 'Counsel agrees.')
    expect(adopted).toMatchObject({ state: 'in force', adopted: { by: 'paul' } })
    const decided = await until()
    expect(decided).toMatchObject({ status: 'TIMED', jurisdictions: ['us', 'us-ca'] })

    const before = await archive.siteRules(paul)
    const dump = await running.dump()
    expect(dump.filter((line) => line.includes('"table":"rule_adoptions"'))).toHaveLength(1)
    const rebuilt = await running.withoutIndex()
    expect(await until(rebuilt)).toEqual(decided)
    expect(await rebuilt.archive.siteRules(paul)).toEqual(before)
    const { events } = await rebuilt.archive.audit(paul, { limit: 100 })
    expect(events.filter(({ type }) => type.startsWith('rules.')).map(({ type }) => type)).toEqual([
      'rules.activate',
      'rules.propose',
    ])
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })

  it('that come beside others never bring a date forward, whatever they are', async () => {
    const { archive, until } = await withStudy(engine)
    let last = ''
    for (const set of ['us', 'de', 'us-ca', 'jp', 'uk-eng', 'us-tx', 'nl']) {
      await adoptRules(archive, { jurisdictions: [set], institution: 'hospital' })
      const { status, retainThrough } = await until()
      const date = status === 'TIMED' ? (retainThrough ?? '') : '9999'
      expect(date >= last, `${set}: ${last} became ${date}`).toBe(true)
      last = date
    }
    expect((await archive.siteRules(paul)).adoptions.map(({ state }) => state)).toEqual(Array(7).fill('in force'))
  })

  it('that replace others take three people, and then dates may be earlier', async () => {
    const { archive, until } = await withStudy(engine)
    await adoptRules(archive, { jurisdictions: ['nl'], institution: 'hospital' })
    const long = await until()
    const { id } = await archive.proposeRules(
      rita,
      proposed({ jurisdictions: ['us'], institution: 'hospital', instead: true }),
    )
    await expect(archive.approveRules(paul, id, 'second', 'x')).rejects.toMatchObject({ code: 'RULES_STATE' })
    await expect(archive.approveRules(rita, id, 'first', 'x')).rejects.toMatchObject({ code: 'RULES_SAME_PERSON' })
    expect(await archive.approveRules(both, id, 'first', 'Looked at it.')).toMatchObject({ state: 'approved' })
    await expect(archive.approveRules(both, id, 'second', 'x')).rejects.toMatchObject({ code: 'RULES_SAME_PERSON' })
    expect(await until()).toEqual(long)
    // Two who adopt at once: one of them is too late.
    const ends = await Promise.allSettled(
      [paul, petra].map((who) => archive.approveRules(who, id, 'second', 'Agreed.')),
    )
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const short = await until()
    expect(short.jurisdictions).toEqual(['us'])
    expect((short.retainThrough ?? '') < (long.retainThrough ?? '')).toBe(true)
    expect((await archive.siteRules(paul)).adoptions.map(({ state }) => state)).toEqual(['in force', 'replaced'])
  })

  it('of compliance mode nobody can shorten, three people neither', async () => {
    const { archive, until } = await withStudy(engine)
    const instead = proposed({ jurisdictions: ['us'], institution: 'hospital', instead: true })
    const early = await archive.proposeRules(rita, instead)
    await archive.approveRules(rosa, early.id, 'first', 'Before the lock.')
    await adoptRules(archive, { jurisdictions: ['de'], institution: 'hospital', mode: 'compliance' })
    const locked = await until()
    await expect(archive.proposeRules(rita, instead)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    // Proposed before the lock, adopted after it: refused too.
    await expect(archive.approveRules(paul, early.id, 'second', 'x')).rejects.toMatchObject({ code: 'RULES_STATE' })
    expect(await until()).toEqual(locked)
    await adoptRules(archive, { jurisdictions: ['us'], institution: 'hospital' })
    expect(((await until()).retainThrough ?? '') >= (locked.retainThrough ?? '')).toBe(true)
    // Where patients may have records destroyed, nothing is locked.
    await expect(
      archive.proposeRules(rita, proposed({ jurisdictions: ['nl'], mode: 'compliance' })),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('are withdrawn or refused as long as they do not count', async () => {
    const { archive, until } = await withStudy(engine)
    const made = await archive.proposeRules(paul, proposed(CALIFORNIA))
    await expect(archive.approveRules(paul, made.id, 'second', 'x')).rejects.toMatchObject({
      code: 'RULES_SAME_PERSON',
    })
    await expect(archive.approveRules(rosa, made.id, 'first', 'x')).rejects.toMatchObject({ code: 'RULES_STATE' })
    expect(await archive.endRules(rosa, made.id, 'Ask counsel first.')).toMatchObject({ state: 'ended' })
    for (const late of [archive.approveRules(petra, made.id, 'second', 'x'), archive.endRules(paul, made.id, 'x')])
      await expect(late).rejects.toMatchObject({ code: 'RULES_STATE' })
    await expect(archive.endRules(paul, 999_999, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await until()).toMatchObject({ status: 'INDEFINITE' })
  })

  it('that do not exist, or nobody may propose, are refused in words', async () => {
    const { archive } = await withStudy(engine)
    const refused = (more: Partial<RuleProposal>) =>
      archive.proposeRules(rita, { ...proposed(CALIFORNIA), ...more }).then(
        () => 'taken',
        (error: { facts: { why: string } }) => error.facts.why,
      )
    expect(await refused({ jurisdictions: ['us-xx'] })).toContain('there are no rules for us-xx; there are for')
    expect(await refused({ jurisdictions: ['house'] })).toContain('there are no rules for house')
    expect(await refused({ institution: 'circus' })).toContain('there is no kind of institution circus')
    expect(await refused({ optIn: ['us.cms-482.26d'] })).toContain('is no recommendation of these jurisdictions')
    for (const who of outsiders)
      await expect(archive.proposeRules(who, proposed(CALIFORNIA))).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  })

  it('can be tried on the calendar, beside those that count and instead, and nothing changes', async () => {
    const { archive, until } = await withStudy(engine)
    await adoptRules(archive, { jurisdictions: ['nl'], institution: 'hospital' })
    const now = await until()
    const month = async (ask: Parameters<typeof archive.calendar>[1]) =>
      (await archive.calendar(paul, ask)).months[0]?.month
    const as = await month({})
    expect(await month({ jurisdictions: ['us'], institution: 'hospital' })).toBe(as)
    const instead = await month({ jurisdictions: ['us'], institution: 'hospital', instead: true })
    expect((instead ?? '9') < (as ?? '')).toBe(true)
    expect((await archive.calendar(paul, { jurisdictions: [] })).indefinite.studies).toBe(1)
    expect(await until()).toEqual(now)
  })
})

describe('what is shipped', () => {
  it('is offered by jurisdiction, with what is only recommended', async () => {
    const { archive } = await runArchive()
    const { shipped } = await archive.siteRules(paul)
    expect(shipped.map(({ set }) => set)).toEqual(
      readRuleSets()
        .map(({ set }) => set)
        .filter((set) => set !== 'house'),
    )
    expect(shipped.flatMap(({ recommended }) => recommended.map(({ id }) => id))).toContain('uk-eng.rcr2025')
  })
})
