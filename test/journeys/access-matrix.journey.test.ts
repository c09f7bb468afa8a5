/**
 * Roles by acts, at every door of a running archive: HTTP with a token of each role, DIMSE with a device for each act,
 * the commands that speak to an archive. What is allowed and what is not is `test/support/access-matrix.ts`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/base/context.ts'
import { ArchiveError } from '../../src/base/errors.ts'
import { cold } from '../../src/cli/cold.ts'
import { output } from '../../src/cli/command.ts'
import { demo } from '../../src/cli/demo.ts'
import { listDispositions } from '../../src/cli/desk/dispose.ts'
import { listErasures } from '../../src/cli/desk/erasure.ts'
import { listHolds } from '../../src/cli/desk/hold.ts'
import { listReviews } from '../../src/cli/desk/identity.ts'
import { listRules } from '../../src/cli/desk/retention.ts'
import { listRouting } from '../../src/cli/desk/routing.ts'
import { echo } from '../../src/cli/echo.ts'
import { exportCapsule } from '../../src/cli/export.ts'
import { fixity } from '../../src/cli/fixity.ts'
import { get } from '../../src/cli/get.ts'
import { runImport } from '../../src/cli/import-command.ts'
import { inventory } from '../../src/cli/inventory.ts'
import { move } from '../../src/cli/move.ts'
import { seal } from '../../src/cli/seal.ts'
import { type Act, DEVICE_ACTS } from '../../src/compliance/access.ts'
import { CONTROL_MIGRATIONS, insertAccount } from '../../src/compliance/control.queries.ts'
import { openTokens } from '../../src/compliance/tokens.ts'
import { loadConfig } from '../../src/config.ts'
import { UIDS } from '../../src/dicom/dictionary.ts'
import { fromDicomJson } from '../../src/dicom/json.ts'
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts'
import { encodeElements } from '../../src/dicom/writer.ts'
import { COMMAND_FIELD } from '../../src/network/dimse/commands.ts'
import { openAssociation } from '../../src/network/services/client.ts'
import { askCommitment } from '../../src/network/services/commitment-scu.ts'
import { find } from '../../src/network/services/query.ts'
import { send } from '../../src/network/services/send.ts'
import { openControlStore } from '../../src/storage/sql/control-store.ts'
import { COMMAND_DOORS, DIMSE_DOORS, HTTP_DOORS } from '../support/access-doors.ts'
import { COLUMNS, mayBy, scopeOf } from '../support/access-matrix.ts'
import { pieces } from '../support/archives.ts'
import { type DoorForTests, openDoor } from '../support/dicom-door.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const folder = mkdtempSync(join(tmpdir(), 'clearkeep-matrix-'))
const tokens = new Map<Role, string>()
/** Tokens that may less than their account. */
const limited = new Map<string, string>()
const image = syntheticInstance({ seed: 1 })
/** A device that may one act, for each act of devices. */
const deviceFor = (act: string) => `ONLY-${act.toUpperCase()}`
let server: RunningServer
let elsewhere: DoorForTests

/** An account and a token for each role, written where the archive keeps them: no password is ever hashed. */
function admitOneOfEach(data: string): void {
  const store = openControlStore(join(data, 'control.db'), CONTROL_MIGRATIONS)
  const at = '2026-01-01T00:00:00.000Z'
  for (const [n, role] of COLUMNS.entries()) {
    const id = `u:${String(n).padStart(16, '0')}`
    insertAccount(store, {
      account_id: id,
      name: role,
      name_key: role,
      roles: JSON.stringify([role]),
      password: 'none',
      must_change: 0,
      disabled: 0,
      created_at: at,
      password_set_at: at,
      last_login_at: at,
    })
    const own = openTokens(store, () => new Date())
    tokens.set(role, own.create(id, 'matrix', 1).secret)
    if (role === 'privacy') {
      for (const scope of ['read', 'audit', 'state'] as const)
        limited.set(scope, own.create(id, scope, 1, { scopes: [scope] }).secret)
      limited.set('elsewhere', own.create(id, 'elsewhere', 1, { addresses: ['192.0.2.0/24'] }).secret)
    }
    if (role === 'service') limited.set('store', own.create(id, 'store', 1, { scopes: ['store'] }).secret)
    if (role === 'administrator') limited.set('admin', own.create(id, 'admin', 1, { scopes: ['admin'] }).secret)
  }
  store.close()
}

beforeAll(async () => {
  admitOneOfEach(folder)
  elsewhere = await openDoor({ aeTitle: 'ELSEWHERE' })
  const devices = DEVICE_ACTS.map((act) => ({ aet: deviceFor(act), host: '127.0.0.1', may: [act] }))
  const config = join(folder, 'clearkeep.json')
  const destinations = [{ aet: 'ELSEWHERE', host: '127.0.0.1', port: elsewhere.port }]
  const vault = { cold: [join(folder, 'cold')] }
  writeFileSync(config, JSON.stringify({ dicom: { devices, destinations }, vault }))
  server = await startServer({ open: false, data: folder, flags: ['--config', config] })
  expect((await ask('service', 'POST', '/dicom-web/studies', image.bytes)).status).toBe(200)
})
afterAll(async () => {
  await server?.stop()
  await elsewhere?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The status and the code of the answer; a body that does not end is not waited for. */
async function ask(role: Role, method: string, path: string, body?: Uint8Array | object, token = tokens.get(role)) {
  const dicom = body instanceof Uint8Array
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': dicom ? 'application/dicom' : 'application/json' }),
    },
    ...(body !== undefined && { body: dicom ? Buffer.from(body) : JSON.stringify(body) }),
  })
  const { status, headers } = response
  if (/event-stream/.test(headers.get('content-type') ?? '')) {
    await response.body?.cancel()
    return { status, denied: false, json: {} as Record<string, unknown> }
  }
  const text = await response.text()
  // A Problem says it, and so does an OperationOutcome under /fhir.
  const denied = text.includes('"code":"ACCESS_DENIED"')
  const json: Record<string, unknown> = text.startsWith('{') ? JSON.parse(text.split('\n')[0] ?? '') : {}
  return { status, denied, json }
}

const OTHER: Readonly<Record<string, string>> = {
  '{frames}': '1',
  '{path}': '7FE00010',
  '{key}': Buffer.from('|SYN-1').toString('base64url'),
  '{study}': image.study,
  '{series}': image.series,
  '{instance}': image.instance,
  '{n}': '0',
  '{message}': '999999',
}
const addressOf = (path: string) => path.replace(/\{\w+\}/g, (name) => OTHER[name] ?? '1.2.3')
const rows = Object.entries(HTTP_DOORS).flatMap(([act, doors]) =>
  act === 'anyone' || act === 'account' ? [] : doors.map((door) => [act as Act, door] as const),
)

describe('roles and acts over HTTP', () => {
  it('has a row for every route, and no row without one', async () => {
    const response = await fetch(`${server.url}/api/openapi.json`, {
      headers: { authorization: `Bearer ${tokens.get('student')}` },
    })
    const { paths } = (await response.json()) as { paths: Record<string, Record<string, { 'x-act'?: string }>> }
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { 'x-act': act = 'anyone' }]) => `${act}: ${method.toUpperCase()} ${path}`),
    )
    const listed = Object.entries(HTTP_DOORS).flatMap(([act, doors]) => doors.map((door) => `${act}: ${door}`))
    expect(served.sort()).toEqual(listed.sort())
  })

  it.each(COLUMNS)('lets a %s in by the routes of what the role may, and refuses every other', async (role) => {
    const [allowed, denied]: [string[], string[]] = [[], []]
    for (const [act, door] of rows) {
      const [method = '', path = ''] = door.split(' ')
      // A list is no body of any route: it is refused after the role was asked about, and before anything is done.
      const {
        status,
        denied: refused,
        json,
      } = await ask(role, method, addressOf(path), method === 'GET' ? undefined : [])
      if (mayBy(role, act)) {
        allowed.push(door)
        expect([401, 403, 500], `${role}, ${door}: ${JSON.stringify(json)}`).not.toContain(status)
      } else {
        denied.push(door)
        expect({ status, refused }, `${role}, ${door}`).toEqual({ status: 403, refused: true })
      }
    }
    expect(allowed.length).toBeGreaterThan(0)
    expect(denied.length).toBeGreaterThan(0)
  })

  it('reads for those who may read, and nothing but a refusal for those who may not', async () => {
    const frame = `/dicom-web/studies/${image.study}/series/${image.series}/instances/${image.instance}/frames/1`
    for (const role of COLUMNS) {
      for (const path of [frame, `/api/studies/${image.study}`])
        expect((await ask(role, 'GET', path)).status, `${role} ${path}`).toBe(mayBy(role, 'read') ? 200 : 403)
      const original = `/api/instances/${image.study}/${image.series}/${image.instance}/original`
      expect((await ask(role, 'GET', original)).status, role).toBe(mayBy(role, 'original') ? 200 : 403)
    }
  })

  it('lets a token limited to a scope in by the routes of that scope alone', async () => {
    for (const scope of ['read', 'store', 'audit', 'state', 'admin'] as const) {
      const role = scope === 'admin' ? 'administrator' : scope === 'store' ? 'service' : 'privacy'
      const token = limited.get(scope)
      for (const [act, door] of rows) {
        if (!mayBy(role, act)) continue
        const [method = '', path = ''] = door.split(' ')
        const { status, denied } = await ask(role, method, addressOf(path), method === 'GET' ? undefined : [], token)
        if (scopeOf(act) === scope) expect([401, 403, 500], `${scope}, ${door}`).not.toContain(status)
        else expect({ status, denied }, `${scope}, ${door}`).toEqual({ status: 403, denied: true })
      }
    }
  })

  it('lets nobody in with a token used from where it may not be, and tells the audit log', async () => {
    const answer = await ask('privacy', 'GET', '/api/studies', undefined, limited.get('elsewhere'))
    expect(answer).toMatchObject({ status: 403, json: { code: 'ACCESS_TOKEN_ADDRESS' } })
    await expect
      .poll(async () => {
        const { json } = await ask('privacy', 'GET', '/api/audit?type=aud.110113&limit=50')
        return (json['events'] as { sentence: string }[]).map(({ sentence }) => sentence).join('\n')
      })
      .toMatch(/API token used from another address/)
  })

  it('does what changes something for those who may, and for nobody else', async () => {
    for (const [n, role] of COLUMNS.entries()) {
      const own = syntheticInstance({ seed: 100 + n, study: 100 + n })
      const deed = async (
        act: Act,
        expected: number,
        ...[method, path, body]: [string, string, (object | Uint8Array)?]
      ) => {
        const { status, json } = await ask(role, method, path, body)
        expect(status, `${role}, ${act}: ${JSON.stringify(json)}`).toBe(mayBy(role, act) ? expected : 403)
        return json
      }
      await deed('store', 200, 'POST', '/dicom-web/studies', own.bytes)
      if (!mayBy(role, 'store')) await ask('service', 'POST', '/dicom-web/studies', own.bytes)
      await deed('devices.manage', 200, 'POST', '/api/callers/allow', { aet: `CT${n}`, host: '10.0.0.1' })
      await deed('accounts.manage', 409, 'POST', '/api/accounts', { name: role, roles: [role] })
      const measured = { findings: [], basedOn: null }
      await deed('measure', 200, 'POST', `/api/studies/${own.study}/measurements`, measured)
      const code = role === 'records' ? '113039' : '113001'
      await deed('reject', 200, 'POST', `/api/studies/${own.study}/rejections`, { code, reason: 'The wrong patient.' })
      const held = { matter: `M ${n}`, reason: 'A court asks for it.', studies: [image.study] }
      await deed('hold.place', 200, 'POST', '/api/holds', held)
      const { json: hold } = await ask('records', 'POST', '/api/holds', held)
      await ask('records', 'POST', `/api/holds/${hold['id']}/ask`, { reason: 'The case is closed.' })
      // Whoever may release has to sign: a token alone signs nothing.
      await deed('hold.release', 401, 'POST', `/api/holds/${hold['id']}/release`, { reason: 'Agreed.' })
      await deed('seal', 200, 'POST', '/api/seal', { studies: [image.study] })
      await deed('fixity', 200, 'POST', '/api/fixity', { studies: [image.study] })
    }
  })

  it('lets nobody reject for a reason that is another role’s', async () => {
    const rejecters = {
      '113001': ['radiologist', 'technologist'],
      '113037': ['radiologist'],
      '113038': ['technologist'],
      '113039': ['records'],
    }
    const other = syntheticInstance({ seed: 200, study: 200 })
    await ask('service', 'POST', '/dicom-web/studies', other.bytes)
    for (const [code, may] of Object.entries(rejecters))
      for (const role of COLUMNS.filter((one) => !may.includes(one)))
        expect(
          await ask(role, 'POST', `/api/studies/${other.study}/rejections`, { code, reason: 'Not mine.' }),
          `${role}, ${code}`,
        ).toMatchObject({ status: 403 })
  })

  it('gives an account of an administrator or an auditor no other role', async () => {
    for (const roles of [
      ['administrator', 'radiologist'],
      ['auditor', 'privacy'],
    ])
      expect(await ask('administrator', 'POST', '/api/accounts', { name: 'both', roles })).toMatchObject({
        status: 400,
        json: { code: 'BAD_REQUEST' },
      })
  })
})

describe('devices and acts over DIMSE', () => {
  const signal = new AbortController().signal
  const quiet = { ...output(false), say: () => undefined, print: () => undefined, progress: () => NO_PROGRESS }
  const peer = (callingAet: string) => ({
    host: '127.0.0.1',
    port: server.dicomPort,
    calledAet: server.aet,
    callingAet,
    signal,
  })
  const flags = (calling: string) => ({ calling, root: 'study', study: image.study, class: [CT] })
  const address = () => `${server.aet}@127.0.0.1:${server.dicomPort}`

  /** Each service as a peer asks for it; true when it was done. */
  const services: Readonly<Record<keyof typeof DIMSE_DOORS, (calling: string) => Promise<boolean>>> = {
    'C-ECHO-RQ': async (calling) => (await echo(address(), { calling }, signal, quiet)) === 0,
    'C-STORE-RQ': async (calling) => {
      for await (const { outcome } of send([source(image)], peer(calling))) return outcome === 'stored'
      return false
    },
    'C-FIND-RQ': async (calling) => {
      const keys = {
        '00080052': { vr: 'CS', Value: ['STUDY'] },
        '0020000D': { vr: 'UI', Value: [image.study] },
      } as const
      try {
        for await (const _ of find(keys, { ...peer(calling), root: 'study' })) return true
        return false
      } catch (thrown) {
        return refusedAs(thrown)
      }
    },
    'C-GET-RQ': async (calling) =>
      (await get(address(), join(folder, 'got', calling), flags(calling), signal, quiet)) === 0,
    'C-MOVE-RQ': async (calling) => (await move(address(), 'ELSEWHERE', flags(calling), signal, quiet)) === 0,
    'N-ACTION-RQ': async (calling) => {
      const transaction = `2.25.${1000 + COUNT.next()}`
      try {
        const asked = [{ sopClass: CT, instance: image.instance }]
        const { kept } = await askCommitment(asked, { ...peer(calling), transaction, waitMs: 30_000 })
        return kept.length === 1
      } catch (thrown) {
        return refusedAs(thrown)
      }
    },
    'N-CREATE-RQ': (calling) => perform(calling, `2.25.${2000 + COUNT.next()}`, false),
    'N-SET-RQ': async (calling) => {
      const sop = `2.25.${2000 + COUNT.next()}`
      await perform(deviceFor('store'), sop, false)
      return perform(calling, sop, true)
    },
  }
  const perform = async (calling: string, sop: string, set: boolean): Promise<boolean> => {
    const sopClass = UIDS.ModalityPerformedProcedureStep
    const association = await openAssociation({
      ...peer(calling),
      contexts: [{ abstractSyntax: sopClass, transferSyntaxes: [EXPLICIT_LITTLE.uid] }],
    })
    try {
      const [context] = association.contexts
      const status = { '00400252': { vr: 'CS', Value: ['IN PROGRESS'] } } as const
      const bytes = encodeElements(fromDicomJson(status), EXPLICIT_LITTLE.uid)
      const which = set
        ? { requestedSopClassUid: sopClass, requestedSopInstanceUid: sop, commandField: COMMAND_FIELD['N-SET-RQ'] }
        : { affectedSopClassUid: sopClass, affectedSopInstanceUid: sop, commandField: COMMAND_FIELD['N-CREATE-RQ'] }
      const { command } = await association.request(context?.id ?? 0, which, pieces(bytes))
      return command.status === 0
    } finally {
      await association.release()
    }
  }
  const names = Object.keys(services) as (keyof typeof DIMSE_DOORS)[]

  it('has a row for every service, and no row without one', () => {
    const served = elsewhere.services.map(({ commandField, act }) => `${commandField} ${act}`)
    const listed = names.map((name) => `${COMMAND_FIELD[name]} ${DIMSE_DOORS[name]}`)
    // Two services may come by one command, such as C-FIND of images and of the worklist: they are the same act.
    expect([...new Set(served)].sort()).toEqual(listed.sort())
  })

  it.each(names)('does a %s for the device that may, and refuses it to one listed for other acts', async (name) => {
    const act = DIMSE_DOORS[name]
    for (const listed of DEVICE_ACTS) {
      const may = act === 'echo' || act === listed
      expect(await services[name](deviceFor(listed)), `${name} by ${deviceFor(listed)}`).toBe(may)
    }
  })

  it.each(names)('gives a caller who is not listed no association for a %s', async (name) => {
    const asked = await services[name]('STRANGER').catch((thrown: unknown) => thrown)
    // `send` and `echo` say it in their own way; nothing is done in any.
    expect(asked === false || (asked instanceof ArchiveError && asked.code.startsWith('NET_')), String(asked)).toBe(
      true,
    )
  })

  it('tells the audit log of each refusal, and why', async () => {
    await expect
      .poll(async () => {
        const { json } = await ask('privacy', 'GET', '/api/audit?who=ONLY-FIND&type=aud.110113&limit=50')
        return (json['events'] as { sentence: string }[]).map(({ sentence }) => sentence).join('\n')
      })
      .toMatch(/ONLY-FIND was refused store/)
  })
})

describe('roles and acts of the commands', () => {
  const stop = new AbortController().signal
  const quiet = { ...output(false), say: () => undefined, print: () => undefined, progress: () => NO_PROGRESS }
  const loaded = loadConfig({ data: folder }, undefined, {})
  const commands: Readonly<Record<string, (flags: { server: string; token: string }) => Promise<number>>> = {
    import: async (flags) => {
      const file = join(folder, 'one.dcm')
      writeFileSync(file, image.bytes)
      // Another list for each, else the second who asks finds it done and asks for nothing.
      const resume = join(folder, `resume-${COUNT.next()}`)
      return runImport([file], { ...flags, resume }, loaded, '0', stop, quiet)
    },
    demo: (flags) => demo({ ...flags, only: 'heart' }, loaded, '0', stop, quiet),
    cold: (flags) => cold(['1.2.3'], flags, loaded, '0', stop, quiet),
    seal: (flags) => seal([image.study], flags, loaded, '0', stop, quiet),
    retention: (flags) => listRules(flags, stop, quiet),
    hold: (flags) => listHolds(flags, stop, quiet),
    dispose: (flags) => listDispositions(flags, stop, quiet),
    identity: (flags) => listReviews(flags, stop, quiet),
    routing: (flags) => listRouting(flags, stop, quiet),
    erasure: (flags) => listErasures(flags, stop, quiet),
    export: (flags) =>
      exportCapsule(
        join(folder, `capsule-${COUNT.next()}.zip`),
        { ...flags, capsule: 'SYN-1' },
        loaded,
        '0',
        stop,
        quiet,
      ),
    fixity: (flags) => fixity([image.study], flags, loaded, '0', stop, quiet),
    inventory: (flags) =>
      inventory(
        join(folder, `inventory-${COUNT.next()}.zip`),
        { ...flags, base: 'file:///elsewhere/' },
        loaded,
        '0',
        stop,
        quiet,
      ),
  }

  it('has a row for every command, and no row without one', () => {
    const { stdout } = spawnSync(resolve('bin/clearkeep'), ['--help'], { encoding: 'utf8' })
    const listed = stdout.slice(stdout.indexOf('Commands:')).match(/^ {2}[a-z]+/gm) ?? []
    const names = listed.map((line) => line.trim()).filter((name) => name !== 'help')
    expect(names.sort()).toEqual(Object.keys(COMMAND_DOORS).sort())
    const asking = Object.keys(COMMAND_DOORS).filter(
      (name) => !['folder', 'elsewhere'].includes(COMMAND_DOORS[name] ?? ''),
    )
    expect(asking.sort()).toEqual(Object.keys(commands).sort())
  })

  it.each(Object.keys(commands))('runs %s with a token of a role that may, and with no other', async (name) => {
    const act = COMMAND_DOORS[name] as Act
    let letIn = 0
    for (const role of COLUMNS) {
      // One is enough to see a demonstration brought in; the others bring the same.
      if (name === 'demo' && mayBy(role, act) && letIn > 0) continue
      const outcome = await commands[name]?.({ server: server.url, token: tokens.get(role) ?? '' }).catch(
        (thrown: unknown) => (thrown instanceof ArchiveError ? thrown.code : String(thrown)),
      )
      if (mayBy(role, act)) letIn += 1
      expect(outcome, `${name} by ${role}`).toBe(mayBy(role, act) ? 0 : 'ACCESS_DENIED')
    }
    expect(letIn).toBeGreaterThan(0)
  })
})

const NO_PROGRESS = { advance: () => undefined, done: () => undefined }
const COUNT = ((n) => ({ next: () => (n += 1) }))(0)

const source = (file: Synthetic) => ({
  name: file.instance,
  inOrder: false,
  open: async function* () {
    yield file.bytes
  },
})

/** @throws what is no refusal of this act */
function refusedAs(thrown: unknown): false {
  if (thrown instanceof ArchiveError && thrown.code === 'NET_QUERY') return false
  throw thrown
}
