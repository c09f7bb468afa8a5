import { describe, expect, it } from 'vitest'
import { AUDITED, HOSTILE, SOURCE, STUDY } from '../../../test/support/audit-events.ts'
import { MESSAGES } from './acts.ts'
import { EVENT_ID } from './codes.ts'
import { type AuditMessage, auditMessage, type ParticipantObject } from './message.ts'
import { auditXml } from './xml.ts'

const messages = AUDITED.map((event) => [String(event.body['type']), auditMessage(event, SOURCE)] as const)
const ofType = (type: string): readonly AuditMessage[] => messages.flatMap(([of, one]) => (of === type ? [one] : []))
const rolesOf = (one: AuditMessage) => one.participants.map(({ roles }) => roles.map(({ code }) => code).join('+'))
const studies = (objects: readonly ParticipantObject[]) => objects.filter(({ idType }) => idType.code === '110180')
const patients = (objects: readonly ParticipantObject[]) => objects.filter(({ type, role }) => type === 1 && role === 1)

/** What each table of A.5.3 asks for, written from the standard beside the tables that make the messages. */
const DEMANDS: Readonly<
  Record<
    string,
    {
      roles?: Record<string, [number, number]>
      people?: [number, number]
      studies?: number
      patient?: true
      actions: string
      type?: RegExp
    }
  >
> = {
  '110100': { roles: { '110150': [1, 1] }, actions: 'E', type: /^11012[01]$/ },
  '110101': { people: [1, 2], actions: 'R' },
  '110102': { roles: { '110153': [1, 1], '110152': [1, 1] }, studies: 1, patient: true, actions: 'E' },
  '110103': { people: [1, 2], studies: 1, patient: true, actions: 'CRUD' },
  '110104': { roles: { '110153': [1, 1], '110152': [1, 1] }, studies: 1, patient: true, actions: 'CRU' },
  '110105': { people: [1, 2], studies: 1, patient: true, actions: 'D' },
  '110106': { roles: { '110153': [1, 2], '110154': [1, 1] }, patient: true, actions: 'R' },
  '110107': { roles: { '110152': [1, 9], '110155': [1, 1] }, patient: true, actions: 'C' },
  '110108': { people: [1, 1], actions: 'E', type: /^11012[45]$/ },
  '110109': { people: [1, 2], patient: true, actions: 'CRUD' },
  '110110': { people: [1, 2], patient: true, actions: 'CRUD' },
  '110111': { people: [1, 2], patient: true, actions: 'CRUD' },
  '110112': { roles: { '110153': [1, 1], '110152': [1, 1] }, actions: 'E' },
  '110113': { people: [1, 9], actions: 'E', type: /^(1101[234]\d|integrity)$/ },
  '110114': { people: [1, 2], actions: 'E', type: /^11012[23]$/ },
}

describe('audit messages (PS3.15 A.5.3)', () => {
  it('has a table for each of the fifteen, and an event for each', () => {
    expect(Object.keys(MESSAGES).sort()).toEqual(Object.keys(EVENT_ID).sort())
    expect(
      Object.values(MESSAGES)
        .map(({ section }) => section)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 15 }, (_, at) => at + 1))
    expect(new Set(messages.map(([, { id }]) => id.code))).toEqual(new Set(Object.keys(EVENT_ID)))
  })

  it.each(messages)('%s names whom and what its table demands', (_, message) => {
    const demand = DEMANDS[message.id.code]
    const { participants, objects } = message
    expect(demand?.actions).toContain(message.action)
    if (demand?.type !== undefined)
      expect(message.types.map(({ code }) => code)).toEqual([expect.stringMatching(demand.type)])
    for (const [role, [least, most]] of Object.entries(demand?.roles ?? {})) {
      const count = participants.filter(({ roles }) => roles.some(({ code }) => code === role)).length
      expect(count, role).toBeGreaterThanOrEqual(least)
      expect(count, role).toBeLessThanOrEqual(most)
    }
    if (demand?.people !== undefined) expect(participants.length).toBeGreaterThanOrEqual(demand.people[0])
    if (demand?.people !== undefined) expect(participants.length).toBeLessThanOrEqual(demand.people[1])
    if (demand?.studies !== undefined) expect(studies(objects).length).toBeGreaterThanOrEqual(demand.studies)
    for (const { name, query } of studies(objects)) expect(name ?? query).not.toBe('')
    if (demand?.patient === true) expect(patients(objects)).toHaveLength(1)
    if (message.id.code === '110107') expect(participants.filter(({ requestor }) => requestor)).toHaveLength(1)
    if (message.id.code === '110114')
      expect(participants[0]).toMatchObject({ requestor: true, accessPoint: { id: expect.any(String) } })
  })
})

describe('what an act becomes', () => {
  it('an arrival over the network is a transfer from the device to the archive', () => {
    const [stored] = ofType('obj.ingest')
    expect(stored && rolesOf(stored)).toEqual(['110153', '110152'])
    expect(stored).toMatchObject({
      id: { code: '110104' },
      action: 'C',
      participants: [
        { userId: 'CT1', alternativeUserId: 'AETITLES=CT1', accessPoint: { type: 2, id: '10.0.0.7' } },
        { userId: 'clearkeep-1' },
      ],
      objects: [
        {
          id: STUDY,
          accession: 'A-17',
          sopClasses: [{ uid: '1.2.840.10008.5.1.4.1.1.2', number: 1, instances: [`${STUDY}.1.1`] }],
        },
        { id: '4711', issuer: 'HOSP' },
      ],
    })
  })

  it('an arrival by the command line is an import, and a rejection note made here a creation', () => {
    expect(ofType('obj.ingest').map(({ id }) => id.code)).toEqual(['110104', '110107', '110103'])
  })

  it('a retrieve names who asked, the archive as source and who received', () => {
    const [moved, got] = ofType('aud.110104')
    expect(moved?.participants.map(({ userId, requestor }) => [userId, requestor])).toEqual([
      ['CT1', true],
      ['clearkeep-1', false],
      ['WORKSTATION', false],
    ])
    expect(got && rolesOf(got)).toEqual(['110153', '110152'])
    expect(got?.participants[1]).toMatchObject({ userId: 'CT1', requestor: true })
  })

  it('a patient the act does not name is the study’s, when that is known, and else said to be missing', () => {
    const event = AUDITED.find(({ body }) => body['type'] === 'aud.110104' && body['to'] === 'WORKSTATION')
    if (event === undefined) throw new Error('no such sample')
    expect(patients(auditMessage(event, SOURCE).objects)[0]?.id).toBe('<none>')
    const known = { ...event, patient: { id: '4711', issuer: '' } }
    expect(patients(auditMessage(known, SOURCE).objects)[0]?.id).toBe('4711')
  })

  it('what the archive did by itself it asked itself for', () => {
    expect(ofType('study.seal')[0]?.participants).toMatchObject([{ userId: 'clearkeep-1', requestor: true }])
    expect(ofType('aud.110100')[0]?.participants).toMatchObject([{ userId: 'clearkeep-1', requestor: false }])
  })

  it('who is refused performed what is told of, and did not ask for it to be told (A.5.3.11)', () => {
    const [, refused] = ofType('aud.110113')
    expect(refused?.types[0]?.code).toBe('110132')
    expect(refused?.participants.map(({ userId, requestor }) => [userId, requestor])).toEqual([
      ['clearkeep-1', true],
      ['marie', false],
    ])
  })

  it('one who failed to log in is known by what was typed', () => {
    expect(ofType('aud.110114')[1]?.participants[0]).toMatchObject({ userId: 'eve', requestor: true })
  })

  it('a long query is cut, and says how long it was', () => {
    const [event] = AUDITED.filter(({ body }) => body['type'] === 'aud.110112')
    if (event === undefined) throw new Error('no such sample')
    const { objects } = auditMessage({ ...event, body: { ...event.body, query: 'x'.repeat(50_000) } }, SOURCE)
    expect(objects[0]?.query).toHaveLength(12 * 1024)
    expect(objects[0]?.details).toContainEqual(['Query characters', '50000'])
  })
})

describe('audit messages as XML', () => {
  /** Every string of a body that a peer or a person may choose, made hostile. */
  const poisoned = (value: unknown, with_: string): unknown => {
    if (typeof value === 'string') return with_
    if (Array.isArray(value)) return value.map((one) => poisoned(one, with_))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        ['type', 'ts', 'action', 'door', 'subtype'].includes(key) ? one : poisoned(one, with_),
      ]),
    )
  }
  const tagsOf = (xml: string) => xml.match(/<\/?[A-Za-z]+/g)

  it.each(HOSTILE)('%j stays a value, whatever field it is in', (value) => {
    for (const event of AUDITED) {
      const body = poisoned(event.body, value) as typeof event.body
      const xml = auditXml(auditMessage({ ...event, body }, SOURCE))
      const harmless = auditXml(
        auditMessage({ ...event, body: poisoned(event.body, 'x') as typeof event.body }, SOURCE),
      )
      expect(tagsOf(xml)).toEqual(tagsOf(harmless))
      expect(xml).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/)
      expect(xml.isWellFormed()).toBe(true)
    }
  })
})
