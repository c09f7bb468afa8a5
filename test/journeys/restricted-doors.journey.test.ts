/**
 * A restricted patient at every door there is: two people with the same roles, one of them on the list. Whatever the one
 * is told of the patient, the other is not told a word of; a door that is new is asked too, as the list of doors is the one
 * that the test of access holds complete.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Role } from '../../src/base/context.ts'
import { output } from '../../src/cli/command.ts'
import { get } from '../../src/cli/get.ts'
import { CONTROL_MIGRATIONS, insertAccount } from '../../src/compliance/control.queries.ts'
import { openTokens } from '../../src/compliance/tokens.ts'
import { find, move } from '../../src/network/services/query.ts'
import { openControlStore } from '../../src/storage/sql/control-store.ts'
import { patientResourceId } from '../../src/web/fhir/patient-id.ts'
import { HTTP_DOORS } from '../support/access-doors.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type DoorForTests, openDoor } from '../support/dicom-door.ts'
import { answerOf, hl7, hl7Sender, order, pid } from '../support/hl7.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const ROLES: readonly Role[] = ['radiologist', 'technologist', 'records', 'privacy', 'service']
/** Let in. */
const ROSA = 'u:00000000000000a1'
const CARL = 'u:00000000000000a2'
const AUDE = 'u:00000000000000a3'

const SECRET = { patientId: 'HIDDEN-4711', patientName: 'Versteckt^Synthetisch', studyDescription: 'SECLUDED EXAM' }
const own = (seed: number, study: number, of: object) =>
  syntheticInstance({ seed, study, rows: 16, columns: 16, ...of })
const [hidden, second, shown] = [own(1, 71, SECRET), own(2, 71, SECRET), own(3, 72, { patientId: 'OPEN-1' })] as const
/** Other content under a UID that was taken, and an object to reject. */
const conflicting = own(1, 71, { ...SECRET, value: () => 7 })
const rejected = own(5, 73, SECRET)

/** A word of it gives the patient away. */
const WORDS = [SECRET.patientId, 'Versteckt', SECRET.studyDescription, 'SYN71', second.instance, rejected.study]

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-restricted-'))
const tokens = new Map<string, string>()
let server: RunningServer
/** Where objects are moved to: one is on the list. */
const places = new Map<string, DoorForTests>()

function admitPeople(): void {
  const store = openControlStore(join(folder, 'control.db'), CONTROL_MIGRATIONS)
  const at = '2026-01-01T00:00:00.000Z'
  for (const [id, name, roles] of [
    [ROSA, 'rosa', ROLES],
    [CARL, 'carl', ROLES],
    [AUDE, 'aude', ['auditor']],
  ] as const) {
    insertAccount(store, {
      account_id: id,
      name,
      name_key: name,
      roles: JSON.stringify(roles),
      password: 'none',
      must_change: 0,
      disabled: 0,
      created_at: at,
      password_set_at: at,
      last_login_at: at,
    })
    tokens.set(id, openTokens(store, () => new Date()).create(id, 'doors', 1).secret)
  }
  store.close()
}

async function ask(who: string, method: string, path: string, body?: Uint8Array | object) {
  const dicom = body instanceof Uint8Array
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${tokens.get(who)}`,
      ...(body !== undefined && { 'content-type': dicom ? 'application/dicom' : 'application/json' }),
    },
    ...(body !== undefined && { body: dicom ? Buffer.from(body) : JSON.stringify(body) }),
  })
  const { status, headers } = response
  if (/event-stream/.test(headers.get('content-type') ?? '')) {
    await response.body?.cancel()
    return { status, text: '', json: {} as Record<string, unknown> }
  }
  const text = Buffer.from(await response.arrayBuffer()).toString('latin1')
  return {
    status,
    text,
    json: (text.startsWith('{') ? JSON.parse(text.split('\n')[0] ?? '') : {}) as Record<string, unknown>,
  }
}

const KEY = Buffer.from(`|${SECRET.patientId}`).toString('base64url')
const names: Record<string, string> = {
  '{frames}': '1',
  '{path}': '7FE00010',
  '{key}': KEY,
  '{study}': hidden.study,
  '{series}': hidden.series,
  '{instance}': hidden.instance,
  '{n}': '0',
}
/** What some doors need to be asked. */
const QUERIES: Readonly<Record<string, string>> = {
  '/api/inventory': '?base=file:///images/',
  '/api/questions': `?q=${SECRET.patientId}`,
  '/api/completeness': '?from=2026-01-01T00:00:00.000Z&until=2100-01-01T00:00:00.000Z',
  '/api/completeness.csv': '?from=2026-01-01T00:00:00.000Z&until=2100-01-01T00:00:00.000Z',
  '/api/completeness.ndjson': '?from=2026-01-01T00:00:00.000Z&until=2100-01-01T00:00:00.000Z',
  '/api/retention/due': '?until=2200-01-01',
  '/api/audit': '?limit=500',
  '/api/lookouts/warnings': '?mine=no&waiting=no',
  '/api/changes': '?after=0&limit=1000',
  '/wado': `?requestType=WADO&studyUID=${hidden.study}&seriesUID=${hidden.series}&objectUID=${hidden.instance}`,
  '/dicom-web/instances': '?includefield=all',
  '/dicom-web/series': '?includefield=all',
  '/dicom-web/studies': '?includefield=all',
}

const SEARCHES = new Set([
  '/dicom-web/studies/{study}/series',
  '/dicom-web/studies/{study}/instances',
  '/dicom-web/studies/{study}/series/{series}/instances',
  '/api/studies/{study}/rejections',
])

beforeAll(async () => {
  admitPeople()
  const devices = ['WS-IN', 'WS-OUT'].map((aet) => ({ aet, host: '127.0.0.1' }))
  const config = join(folder, 'clearkeep.json')
  for (const aet of ['DEST-IN', 'DEST-OUT']) places.set(aet, await openDoor())
  const destinations = [...places].map(([aet, { port }]) => ({ aet, host: '127.0.0.1', port }))
  writeFileSync(config, JSON.stringify({ dicom: { devices, destinations }, hl7: { port: 0 } }))
  server = await startServer({
    open: false,
    data: folder,
    flags: ['--config', config],
    environment: { CLEARKEEP_LOG__LEVEL: 'info' },
  })
  for (const { bytes } of [hidden, second, shown, rejected, conflicting])
    expect([200, 202]).toContain((await ask(ROSA, 'POST', '/dicom-web/studies', bytes)).status)
  const hl7Port = Number(/"port":(\d+)[^\n]*HL7 messages are taken/.exec(server.said())?.[1])
  const sender = await hl7Sender(hl7Port)
  const ordered = hl7(
    'ORM^O01',
    { control: '1' },
    pid(SECRET.patientId, SECRET.patientName, '|19700203|F', ''),
    ...order({ accession: 'SYN71B', study: '2.25.7199' }),
  )
  expect(answerOf(await sender.send(ordered))).toBe('AA')
  await sender.close()

  const restricted = await ask(ROSA, 'POST', '/api/restrictions', {
    kind: 'patient',
    patient: { id: SECRET.patientId },
    level: 'restricted',
    admits: { accounts: ['rosa'], devices: ['WS-IN', 'DEST-IN'] },
    reason: 'A member of the staff.',
  })
  expect(restricted.status, restricted.text).toBe(200)
  const reason = { reason: 'For the test of every door.' }
  const rejection = await ask(ROSA, 'POST', `/api/studies/${rejected.study}/rejections`, { code: '113001', ...reason })
  expect(rejection.status, rejection.text).toBe(200)
  const hold = { matter: 'SECLUDED EXAM of a claim', studies: [hidden.study], ...reason }
  const placed = await ask(ROSA, 'POST', '/api/holds', hold)
  expect(placed.status, placed.text).toBe(200)
  names['{hold}'] = String(placed.json['id'])
  const { json } = await ask(ROSA, 'GET', '/api/messages')
  const [message] = json['messages'] as { id: number }[]
  names['{message}'] = String(message?.id)
  names['{rejection}'] = String(rejection.json['id'])
  const lookout = { name: 'Pages and searches', types: ['aud.110112'] }
  expect((await ask(ROSA, 'POST', '/api/lookouts', lookout)).status).toBe(200)
  // Somebody looked: the log has that too.
  await ask(ROSA, 'GET', `/api/studies/${hidden.study}`)
  await vi.waitFor(
    async () => expect((await ask(ROSA, 'GET', '/api/lookouts/warnings')).text).toContain(SECRET.patientId),
    10_000,
  )
})
afterAll(async () => {
  await server?.stop()
  for (const place of places.values()) await place.close()
  rmSync(folder, { recursive: true, force: true })
})

function addressOf(path: string): string {
  const ids: Record<string, string> = {
    '/fhir/ImagingStudy/{id}': hidden.study,
    '/fhir/Patient/{id}': patientResourceId({ id: SECRET.patientId, issuer: '' }),
  }
  const id = ids[path]
  const address = id === undefined ? path : path.replace('{id}', id)
  return address.replace(/\{\w+\}/g, (name) => names[name] ?? '1') + (QUERIES[path] ?? '')
}

const readable = Object.entries(HTTP_DOORS)
  .filter(([act]) => act !== 'anyone')
  .flatMap(([, doors]) => doors.filter((door) => door.startsWith('GET ')).map((door) => door.slice(4)))
  // Who is restricted is what this one is for: it is asked below.
  .filter((path) => !['/api/restrictions', '/api/reviews', '/api/openapi.json'].includes(path))

describe('a restricted patient at the doors', { timeout: 240_000 }, () => {
  it('no door that is read tells who is not on the list a word of the patient', async () => {
    const told: string[] = []
    for (const path of readable) {
      const address = addressOf(path)
      // What stands in the address asked for may be said again.
      const words = [...WORDS, hidden.study, hidden.series, hidden.instance].filter((word) => !address.includes(word))
      const inside = await ask(ROSA, 'GET', address)
      if (words.some((word) => inside.text.includes(word))) told.push(path)
      const outside = await ask(CARL, 'GET', address)
      for (const word of words) expect(outside.text, `${address} tells ${word}`).not.toContain(word)
      // What is about this patient alone is for him not here; a search within it finds nothing.
      if ((/\{(study|key|message|rejection)\}/.test(path) || path === '/wado') && !SEARCHES.has(path))
        expect([400, 404, 405, 406].concat(inside.status === 200 ? [] : [inside.status]), address).toContain(
          outside.status,
        )
      expect(outside.status, address).toBeLessThan(500)
    }
    // The doors were asked so that they would have told.
    expect(told.length, told.join('\n')).toBeGreaterThan(30)
    for (const path of [
      '/api/studies',
      '/api/audit',
      '/api/orders',
      '/api/messages',
      '/api/rejections',
      '/api/conflicts',
      '/api/holds',
      '/api/lookouts/warnings',
      '/api/changes',
      '/dicom-web/studies',
      '/dicom-web/instances',
      '/fhir/Patient',
      '/fhir/ImagingStudy',
      '/fhir/AuditEvent',
      '/api/questions',
      '/api/patients/{key}/evidence',
      '/api/inventory',
    ])
      expect(told).toContain(path)
  })

  it('an auditor who is not on the list reads nothing of him in the log either', async () => {
    for (const path of [
      '/api/audit?limit=500',
      '/fhir/AuditEvent?_count=500',
      `/api/questions?q=${SECRET.patientId}`,
    ]) {
      const { status, text } = await ask(AUDE, 'GET', path)
      expect(status).toBe(200)
      for (const word of WORDS.slice(1)) expect(text, `${path} tells ${word}`).not.toContain(word)
    }
  })

  it('what changes something is refused as for a study that is not here', async () => {
    const reason = { reason: 'Not mine to reject.' }
    for (const [path, body] of [
      [`/api/studies/${hidden.study}/rejections`, { code: '113001', ...reason }],
      [`/api/studies/${hidden.study}/measurements`, { findings: [], basedOn: null }],
      [`/api/rejections/${names['{rejection}']}/restore`, reason],
      [`/api/messages/${names['{message}']}/settle`, reason],
      [`/api/holds/${names['{hold}']}/ask`, reason],
    ] as const) {
      const { status, text } = await ask(CARL, 'POST', path, body)
      expect(status, path).toBe(404)
      for (const word of WORDS) if (!path.includes(word)) expect(text, path).not.toContain(word)
    }
  })

  it('that he asked by name is an alert of the log', async () => {
    await expect
      .poll(async () => {
        const { json } = await ask(ROSA, 'GET', `/api/audit?who=carl&type=aud.110113&limit=100`)
        return (json['events'] as { sentence: string }[]).map(({ sentence }) => sentence).join('\n')
      })
      .toContain(`carl was refused restricted images of study ${hidden.study}`)
  })

  it('what arrives for him is told to nobody who listens', async () => {
    const listening = await fetch(`${server.url}/api/events`, {
      headers: { authorization: `Bearer ${tokens.get(CARL)}` },
    })
    const reader = listening.body?.getReader()
    let heard = ''
    const hear = async () => {
      for (;;) {
        const { value, done } = (await reader?.read()) ?? { done: true }
        if (done) return
        heard += Buffer.from(value as Uint8Array).toString()
        if (heard.includes(shown.study)) return
      }
    }
    await ask(ROSA, 'POST', '/dicom-web/studies', own(11, 71, SECRET).bytes)
    await ask(ROSA, 'POST', '/dicom-web/studies', own(12, 72, { patientId: 'OPEN-1' }).bytes)
    await hear()
    await reader?.cancel()
    expect(heard).toContain(shown.study)
    expect(heard).not.toContain(hidden.study)
  })

  it('devices see him by their AE title: C-FIND, C-GET, the worklist of modalities', async () => {
    const signal = new AbortController().signal
    const quiet = { ...output(false), say: () => undefined, print: () => undefined, progress: () => NO_PROGRESS }
    const found = async (callingAet: string) => {
      const peer = { host: '127.0.0.1', port: server.dicomPort, calledAet: server.aet, callingAet, signal }
      const keys = { '00080052': { vr: 'CS', Value: ['STUDY'] }, '00100020': { vr: 'LO' } } as const
      const ids: unknown[] = []
      for await (const answer of find(keys, { ...peer, root: 'study' })) ids.push(answer['00100020']?.Value?.[0])
      return ids.sort()
    }
    expect(await found('WS-OUT')).toEqual(['OPEN-1'])
    expect(await found('WS-IN')).toEqual([SECRET.patientId, 'OPEN-1'])
    const fetched = async (calling: string) =>
      get(
        `${server.aet}@127.0.0.1:${server.dicomPort}`,
        join(folder, 'got', calling),
        { calling, root: 'study', study: hidden.study, class: [CT] },
        signal,
        quiet,
      )
    await fetched('WS-OUT')
    await fetched('WS-IN')
    const files = (calling: string) =>
      existsSync(join(folder, 'got', calling))
        ? readdirSync(join(folder, 'got', calling), { recursive: true, encoding: 'utf8' }).filter((name) =>
            name.endsWith('.dcm'),
          ).length
        : 0
    expect(files('WS-OUT')).toBe(0)
    expect(files('WS-IN')).toBeGreaterThanOrEqual(2)
    if (!hasDcmtk()) return
    const worklist = async (calling: string) =>
      (
        await run(
          ...(['findscu', '-W', '-aet', calling, '-aec', server.aet] as const),
          ...['-k', '0008,0050', '-k', '0010,0020', '127.0.0.1', String(server.dicomPort)],
        )
      ).said
    expect(await worklist('WS-IN')).toContain('SYN71B')
    expect(await worklist('WS-OUT')).not.toContain('SYN71B')
  })

  it('he is moved to where he may be seen, and to no other place, whoever asks', async () => {
    const signal = new AbortController().signal
    const peer = { host: '127.0.0.1', port: server.dicomPort, calledAet: server.aet, callingAet: 'WS-IN', signal }
    const keys = {
      '00080052': { vr: 'CS', Value: ['STUDY'] },
      '0020000D': { vr: 'UI', Value: [hidden.study] },
    } as const
    const moved = async (to: string) => {
      const { completed, failed } = await move(keys, to, { ...peer, root: 'study' }, () => {})
      return { completed, failed, kept: places.get(to)?.archive.kept.length }
    }
    expect(await moved('DEST-OUT')).toEqual({ completed: 0, failed: 0, kept: 0 })
    const inside = await moved('DEST-IN')
    expect(inside.completed).toBeGreaterThanOrEqual(2)
    expect(inside.kept).toBe(inside.completed)
    await expect
      .poll(async () => (await ask(ROSA, 'GET', '/api/audit?type=aud.110113&limit=500')).text)
      .toContain('moving of restricted images')
  })

  it('only who looks after restrictions, or audits, is told that there is one', async () => {
    expect((await ask(CARL, 'GET', '/api/restrictions')).text).toContain(SECRET.patientId)
    expect((await ask(AUDE, 'GET', '/api/restrictions')).status).toBe(200)
    const { json } = await ask(ROSA, 'GET', '/api/restrictions')
    expect(json['restrictions']).toMatchObject([
      { kind: 'patient', admits: { accounts: ['rosa'], devices: ['DEST-IN', 'WS-IN'] }, placed: { by: 'rosa' } },
    ])
  })

  it('in an emergency he is opened, with a reason, to the one who gave it', async () => {
    const asked = { patientId: SECRET.patientId, cause: 'emergency' }
    expect((await ask(CARL, 'POST', '/api/emergencies', { ...asked, reason: 'Help!' })).status).toBe(400)
    const begun = await ask(CARL, 'POST', '/api/emergencies', { ...asked, reason: 'Brought in unconscious tonight.' })
    expect(begun.status, begun.text).toBe(200)
    expect((await ask(CARL, 'GET', `/api/studies/${hidden.study}`)).status).toBe(200)
    expect((await ask(CARL, 'GET', '/api/emergencies')).text).toContain(SECRET.patientId)
    const { json } = await ask(ROSA, 'GET', '/api/reviews')
    expect(json).toMatchObject({ waiting: 1, reviews: [{ who: 'carl', kind: 'emergency' }] })
    expect((await ask(CARL, 'POST', `/api/emergencies/${begun.json['id']}/end`)).status).toBe(204)
    expect((await ask(CARL, 'GET', `/api/studies/${hidden.study}`)).status).toBe(404)
    const id = (json['reviews'] as { id: number }[])[0]?.id
    const answer = { outcome: 'justified', words: 'The ward confirms it.' }
    expect((await ask(CARL, 'POST', `/api/reviews/${id}`, answer)).status).toBe(403)
    expect((await ask(ROSA, 'POST', `/api/reviews/${id}`, answer)).json['reviewed']).toMatchObject({ by: 'rosa' })
  })
})

const NO_PROGRESS = { advance: () => undefined, done: () => undefined }
