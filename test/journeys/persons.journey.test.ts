/**
 * Persons: patient IDs that are merged, linked and parted again by HL7 and by people. Timeline, worklists, queries, holds and
 * the audit follow; no object changes; what is taken back is as it was; messages may come late, twice, or contradict.
 */
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { Match } from '../../src/archive/archive.ts'
import { sameRelation } from '../../src/archive/persons/relations.ts'
import { openControl } from '../../src/compliance/control.ts'
import { T } from '../../src/dicom/dictionary.ts'
import type { DicomJson } from '../../src/dicom/json.ts'
import { openMllpListener } from '../../src/network/mllp/listener.ts'
import { openRecord } from '../../src/record/open.ts'
import {
  ADMINISTRATOR,
  asFile,
  ENGINES,
  eventsOf,
  originalOf,
  type Running,
  removeArchives,
  runArchive,
  sha256,
} from '../support/archives.ts'
import { answerOf, hl7, hl7Sender, order, pid } from '../support/hl7.ts'
import { person } from '../support/people.ts'
import { below, seeded } from '../support/random.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(removeArchives)

const technologist = person('tom', 'technologist')
const privacy = person('paula', 'privacy')
const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

async function engine({ archive }: Pick<Running, 'archive'>) {
  const listener = await openMllpListener({
    archive,
    host: '127.0.0.1',
    port: 0,
    senders: [],
    undeclared: '8859/1',
    maxMessageBytes: 100_000,
    log: QUIET,
    now: () => new Date(),
  })
  ends.push(() => listener.close())
  const sender = await hl7Sender(listener.port)
  ends.push(() => sender.close())
  let control = 0
  /** @param minute  when it was written */
  return async (type: string, minute: number, ...segments: readonly string[]): Promise<string> => {
    control += 1
    const at = `20260301${String(8 + Math.floor(minute / 60)).padStart(2, '0')}${String(minute % 60).padStart(2, '0')}00`
    return answerOf(await sender.send(hl7(type, { control: `${control}`, at }, ...segments)))
  }
}

const PID = (id: string, name = `Doe^${id}`, rest = '|') => pid(id, name, rest, '')
const MRG = (id: string) => `MRG|${id}^^^^PI`
const study = (number: number, patientId: string, more: object = {}) =>
  syntheticInstance({
    seed: number,
    study: number,
    rows: 8,
    columns: 8,
    patientId,
    patientName: `DOE^${patientId}`,
    studyDate: `2026010${number}`,
    ...more,
  })
const uidOf = (number: number) => study(number, '').study

const textAt = (found: DicomJson, tag: string): string => String(found[tag]?.Value?.[0] ?? '')

async function find({ archive }: Pick<Running, 'archive'>, ...matches: readonly Match[]) {
  const asked = { level: 'study', matches, include: 'default', fuzzy: false, raw: '{}' } as const
  const { results } = await archive.find(technologist, asked)
  return results.map((one) => `${textAt(one, '0020000D')} ${textAt(one, '00100020')}`).sort()
}
const byId = (value: string): Match => ({ path: [T.PatientID], value })

const { priorWishes: wishes } = openControl(':memory:', { configuredDevices: [] })
/** All that shows whose a study is, by each of these IDs. */
async function whose(running: Running, ids: readonly string[]) {
  const { archive, db } = running
  const record = openRecord({ db, archive, wishes })
  const shown: Record<string, unknown> = {}
  for (const id of ids) {
    const key = `|${id}`
    const timeline = await record.timeline(technologist, key).catch(() => undefined)
    const { studies } = await archive.worklist(technologist, { words: id, limit: 50 })
    const { holds } = { holds: await archive.holds(privacy) }
    shown[id] = {
      timeline: timeline?.studies.map((one) => one.study),
      held: [...(timeline?.held ?? [])].sort(),
      worklist: studies.map((one) => [one.study, one.patientId]),
      find: await find(running, byId(id)),
      covers: holds.map(({ covers }) => covers),
    }
  }
  const patients = await archive.find(technologist, {
    level: 'study',
    matches: [],
    include: 'default',
    fuzzy: false,
    onePerPatient: true,
    raw: '{}',
  })
  shown['patients'] = patients.results.map((one) => textAt(one, '00100020'))
  const { items } = await archive.scheduled(technologist, { matches: [], raw: '{}' })
  shown['orders'] = items.map((item) => [textAt(item, '00080050'), textAt(item, '00100020')])
  return shown
}

const FOLLOWS = /"table":"(person_keys|studies|instances|study_words|person_names|instance_headers)"/

describe.each(ENGINES)('persons, the index on %s', (kind) => {
  it('a merge told by HL7 moves everything to the patient that is kept, changes no object, and is taken back exactly', async () => {
    const running = await runArchive({ engine: kind })
    const { archive } = running
    const receipts = [
      await archive.receive(ADMINISTRATOR, asFile(study(1, '4711').bytes)),
      await archive.receive(ADMINISTRATOR, asFile(study(2, '12').bytes)),
      await archive.receive(ADMINISTRATOR, asFile(study(3, '99').bytes)),
    ]
    const originals = await Promise.all(receipts.map(async (one) => sha256(await originalOf(running, one))))
    const tell = await engine(running)
    await tell('ORM^O01', 0, PID('12'), ...order({ accession: 'A12' }))
    await archive.placeHold(privacy, { matter: 'Roe', reason: 'Letter.', scope: { studies: [], patients: ['|12'] } })
    const before = await whose(running, ['4711', '12', '99'])
    const rows = (await running.dump()).filter((line) => FOLLOWS.test(line))
    expect(before).toMatchObject({
      12: { timeline: [uidOf(2)], find: [`${uidOf(2)} 12`], covers: [1] },
      patients: ['99', '12', '4711'],
      orders: [['A12', '12']],
    })

    expect(await tell('ADT^A40', 1, PID('4711'), MRG('12'))).toBe('AA')
    const both = {
      timeline: [uidOf(1), uidOf(2)],
      held: [uidOf(1), uidOf(2)],
      worklist: [
        [uidOf(2), '4711'],
        [uidOf(1), '4711'],
      ],
      find: [`${uidOf(1)} 4711`, `${uidOf(2)} 4711`].sort(),
      covers: [2],
    }
    const merged = await whose(running, ['4711', '12', '99'])
    expect(merged).toMatchObject({ 4711: both, 12: both, patients: ['99', '4711'], orders: [['A12', '4711']] })
    expect(merged['99']).toMatchObject({ find: [`${uidOf(3)} 99`] })
    expect(await Promise.all(receipts.map(async (one) => sha256(await originalOf(running, one))))).toEqual(originals)

    // What comes under the ID that was given up belongs to the same person, and a study may bear both.
    await archive.receive(ADMINISTRATOR, asFile(study(4, '12').bytes))
    expect(await find(running, byId('4711'))).toContain(`${uidOf(4)} 4711`)
    const second = study(4, '4711', { seed: 40 })
    await archive.receive(ADMINISTRATOR, asFile(second.bytes))
    expect(await archive.conflicts(technologist)).toEqual([])
    // Who looked at either is in the account of both.
    await archive.find(technologist, {
      level: 'study',
      study: receipts[1]?.key.study as never,
      matches: [],
      include: 'default',
      fuzzy: false,
      raw: '{}',
    })
    const [one, other] = [await archive.accessReport(privacy, '|4711'), await archive.accessReport(privacy, '|12')]
    const who = (report: typeof one) => report.people.map((accessor) => accessor.who).sort()
    expect(who(other)).toEqual(who(one))
    expect(other.people.flatMap(({ studies }) => studies)).toEqual(
      expect.arrayContaining([uidOf(1), uidOf(2), uidOf(4)]),
    )

    const rebuilt = await running.withoutIndex()
    expect((await rebuilt.dump()).filter((line) => FOLLOWS.test(line)).length).toBeGreaterThan(rows.length)
    expect(await find(rebuilt, byId('12'))).toHaveLength(3)

    for (const end of ends.splice(0).reverse()) await end()
    const again = await engine(rebuilt)
    expect(await again('ADT^A37', 2, PID('12'), PID('4711'))).toBe('AA')
    const after = (await rebuilt.dump()).filter((line) => FOLLOWS.test(line) && !line.includes(uidOf(4)))
    expect(after.filter((line) => /"table":"(studies|person_keys)"/.test(line))).toEqual(
      rows.filter((line) => /"table":"(studies|person_keys)"/.test(line)),
    )
    expect(await find(rebuilt, byId('12'))).toEqual([`${uidOf(2)} 12`, `${uidOf(4)} 12`].sort())
    const { covers: _, ...others } = before['99'] as Record<string, unknown>
    expect((await whose(rebuilt, ['99']))['99']).toMatchObject(others)
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })

  it('messages about identity may come twice and out of order: what was written last holds', async () => {
    const running = await runArchive({ engine: kind })
    for (const [at, id] of ['1', '2', '3'].entries())
      await running.archive.receive(ADMINISTRATOR, asFile(study(at + 1, id).bytes))
    const tell = await engine(running)
    expect(await tell('ADT^A37', 9, PID('1'), PID('2'))).toBe('AA')
    expect(await tell('ADT^A24', 5, PID('1'), PID('2'))).toBe('AA')
    expect(await tell('ADT^A40', 6, PID('1'), MRG('2'))).toBe('AA')
    expect(await find(running, byId('1'))).toEqual([`${uidOf(1)} 1`])
    const { messages } = await running.archive.messages(technologist, { limit: 2 })
    for (const { note } of messages) expect(note).toContain('written before what is known of the two patients')

    expect(await tell('ADT^A24', 10, PID('1'), PID('2'))).toBe('AA')
    expect(await tell('ADT^A24', 12, PID('2'), PID('1'))).toBe('AA')
    expect(await tell('ADT^A37', 11, PID('1'), PID('2'))).toBe('AA')
    expect(await find(running, byId('2'))).toEqual([`${uidOf(1)} 1`, `${uidOf(2)} 1`])
  })

  it('merges in a circle, or of who was merged elsewhere, are not followed and wait for a person; facts that contradict are shown', async () => {
    const running = await runArchive({ engine: kind })
    const { archive } = running
    for (const [at, id] of ['1', '2', '3'].entries())
      await archive.receive(ADMINISTRATOR, asFile(study(at + 1, id).bytes))
    const tell = await engine(running)
    await tell('ADT^A40', 1, PID('2'), MRG('1'))
    expect(await tell('ADT^A40', 2, PID('1'), MRG('2'))).toBe('AA')
    expect(await tell('ADT^A40', 3, PID('3'), MRG('1'))).toBe('AA')
    await tell('ADT^A08', 4, PID('2', 'Doe^Jane', '|19700203|F'))
    await tell('ADT^A08', 5, PID('3', 'Doe^Jane', '|19710203|F'))
    await tell('ADT^A40', 6, PID('3', 'Doe^Jane', '|19710203|F'), MRG('2'))
    expect(await find(running, byId('3'))).toHaveLength(3)

    const { reviews, open } = await archive.reviews(technologist, { open: true, limit: 10 })
    expect(open).toBe(3)
    expect(reviews.map(({ why, followed, from, into }) => [why, followed, from.id, into.id])).toEqual([
      ['facts', true, '2', '3'],
      ['elsewhere', false, '1', '3'],
      ['circle', false, '2', '1'],
    ])
    expect(reviews[0]).toMatchObject({
      contradictions: ['birthDate'],
      from: { birthDate: '19700203', told: 'message', studies: 1 },
      into: { birthDate: '19710203' },
    })
    await expect(archive.reviews(person('ruth', 'radiologist'), { open: true, limit: 1 })).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    })
    const [facts] = reviews
    if (facts === undefined) throw new Error('no review')
    await archive.relate(technologist, {
      op: 'unmerge',
      from: facts.from.key,
      into: facts.into.key,
      reason: 'Two sisters.',
      sure: false,
    })
    await archive.settleReview(technologist, facts, 'Told the registration.')
    await expect(archive.settleReview(technologist, facts, 'Again.')).rejects.toMatchObject({ code: 'PERSON_STATE' })
    expect(await find(running, byId('3'))).toEqual([`${uidOf(3)} 3`])
    expect(await find(running, byId('1'))).toHaveLength(2)
    expect((await archive.reviews(technologist, { open: true, limit: 10 })).open).toBe(2)
    expect(await eventsOf(running, 'pat.unmerge')).toHaveLength(1)
  })

  it('a number of which HL7 and images say different things waits for a person, whichever came first', async () => {
    const running = await runArchive({ engine: kind })
    const { archive } = running
    const tell = await engine(running)
    await archive.receive(ADMINISTRATOR, asFile(study(1, '1', { birthDate: '19700101' }).bytes))
    await tell('ADT^A08', 1, PID('1', 'Doe^Jane', '|19700101|F'))
    expect((await archive.reviews(technologist, { open: true, limit: 10 })).open).toBe(0)
    await tell('ADT^A08', 2, PID('1', 'Roe^Mary', '|19850505|F'))
    await tell('ADT^A08', 3, PID('1', 'Roe^Mary', '|19850505|F'))
    await tell('ADT^A04', 4, PID('2', 'Fox^Fay', '|19900909|F'))
    await archive.receive(ADMINISTRATOR, asFile(study(2, '2', { birthDate: '19910909' }).bytes))
    await archive.receive(ADMINISTRATOR, asFile(study(2, '2', { seed: 22, birthDate: '19910909' }).bytes))
    const seen = async ({ archive: of }: Running) =>
      (await of.reviews(technologist, { open: true, limit: 10 })).reviews.map(({ from, into, contradictions }) => [
        from.id,
        from.birthDate,
        into.birthDate,
        contradictions.join(),
      ])
    const expected = [
      ['2', '19900909', '19910909', 'birthDate'],
      ['1', '19850505', '19700101', 'birthDate'],
    ]
    expect(await seen(running)).toEqual(expected)
    const [first] = (await archive.reviews(technologist, { open: true, limit: 1 })).reviews
    if (first === undefined) throw new Error('no review')
    await archive.settleReview(technologist, first, 'Mistyped at the modality.')
    const rebuilt = await running.withoutIndex()
    expect(await seen(rebuilt)).toEqual(expected.slice(1))
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })

  it('people merge, link and take back, with a reason; contradicting facts only when they say that they are sure', async () => {
    const running = await runArchive({ engine: kind })
    const { archive } = running
    await archive.receive(ADMINISTRATOR, asFile(study(1, '1', { birthDate: '19700101' }).bytes))
    await archive.receive(ADMINISTRATOR, asFile(study(2, '2', { birthDate: '19800101' }).bytes))
    await archive.receive(ADMINISTRATOR, asFile(study(3, '3').bytes))
    const ask = { op: 'merge', from: '|1', into: '|2', reason: 'One person.', sure: false } as const
    await expect(archive.relate(privacy, ask)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await expect(archive.relate(technologist, ask)).rejects.toMatchObject({ code: 'PERSON_CONTRADICTS' })
    await expect(archive.relate(technologist, { ...ask, into: '|nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const view = await archive.relate(technologist, { ...ask, sure: true })
    expect(view).toMatchObject({
      person: '|2',
      keys: [{ id: '2' }, { id: '1' }],
      relations: [{ kind: 'merge', from: '|1', into: '|2', active: true, by: 'tom', reason: 'One person.' }],
      contradictions: ['birthDate'],
    })
    await expect(archive.relate(technologist, { ...ask, sure: true })).rejects.toMatchObject({ code: 'PERSON_STATE' })
    await archive.relate(technologist, { ...ask, op: 'link', from: '|2', into: '|3', reason: 'The laboratory’s ID.' })
    expect(await find(running, byId('3'))).toHaveLength(3)
    await archive.relate(technologist, { ...ask, op: 'unmerge' })
    expect(await find(running, byId('3'))).toEqual([`${uidOf(2)} 2`, `${uidOf(3)} 2`])
    const rebuilt = await running.withoutIndex()
    expect(await rebuilt.archive.person(technologist, '|2')).toMatchObject({ person: '|2', keys: [{}, {}] })
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })
})

it.each([1, 2, 3, 4])(
  'random merges, links and their taking back against a model, by HL7 and by people (history %i)',
  async (seed) => {
    const random = seeded(seed)
    const running = await runArchive()
    const { archive } = running
    const ids = ['1', '2', '3', '4', '5']
    for (const [at, id] of ids.entries()) await archive.receive(ADMINISTRATOR, asFile(study(at + 1, id).bytes))
    const tell = await engine(running)
    const any = () => ids[below(random, ids.length)] ?? '1'
    for (let step = 0; step < 25; step += 1) {
      const [from, into] = [any(), any()]
      if (from === into) continue
      const kind = below(random, 6)
      if (kind === 0) await tell('ADT^A40', step, PID(into), MRG(from))
      else if (kind === 1) await tell('ADT^A24', step, PID(from), PID(into))
      else if (kind === 2) await tell('ADT^A37', step, PID(from), PID(into))
      else {
        const op = (['merge', 'unmerge', 'unlink'] as const)[kind - 3] ?? 'merge'
        const ask = { op, from: `|${from}`, into: `|${into}`, reason: 'By the model.', sure: true }
        await archive.relate(technologist, ask).catch((thrown: { code?: string }) => {
          if (thrown.code !== 'PERSON_STATE') throw thrown
        })
      }
      if (step % 5 !== 4) continue
      const all = await Promise.all(ids.map((id) => archive.person(technologist, `|${id}`)))
      const active = all.flatMap(({ relations }) => relations.filter((one) => one.active))
      const pairs = active.filter((one, at) => active.findIndex((other) => sameRelation(one, other)) === at)
      const sets = new Map(ids.map((id) => [`|${id}`, new Set([id])]))
      for (const one of pairs) {
        const whole = new Set([...(sets.get(one.from) ?? []), ...(sets.get(one.into) ?? [])])
        for (const id of whole) sets.set(`|${id}`, whole)
      }
      for (const id of ids) {
        const expected = [...(sets.get(`|${id}`) ?? [])].map((one) => uidOf(Number(one))).sort()
        const found = (await find(running, byId(id))).map((text) => text.split(' ')[0])
        expect(found, `${seed}/${step}: ${id}`).toEqual(expected)
      }
    }
    const dump = (await running.dump()).filter((line) => FOLLOWS.test(line))
    const rebuilt = await running.withoutIndex()
    expect((await rebuilt.dump()).filter((line) => FOLLOWS.test(line))).toEqual(dump)
  },
)
