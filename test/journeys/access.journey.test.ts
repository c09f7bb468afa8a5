import { connect } from 'node:net'
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../support/server.ts'
import { Session as Browser } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

interface Operation {
  readonly 'x-act'?: string
  readonly security?: readonly unknown[]
}

const PUBLIC = [
  'GET /healthz',
  'GET /readyz',
  'GET /api/session',
  'POST /api/session',
  'GET /api/session/provider',
  'GET /api/session/provider/callback',
  // The audit log names nobody, and is for strangers.
  'GET /fhir/metadata',
  'GET /log',
  'GET /log/{year}/checkpoint',
  'GET /log/{year}/key',
  'GET /log/{year}/stamps',
  'GET /log/{year}/stamps/{name}',
  'GET /log/{year}/tile/{path}',
]
const ADMIN_PASSWORD = 'a long and winding password'

// Passwords are dear to compute on purpose: on a busy machine each takes seconds.
describe('access to the archive over HTTP', { timeout: 240_000 }, () => {
  let server: RunningServer
  let admin: Browser
  let operations: { method: string; path: string; operation: Operation }[]

  beforeAll(async () => {
    server = await startServer({ open: false })
    admin = new Browser(server.url)
  })
  afterAll(async () => {
    await server.stop()
  })

  const people = new Map<string, string>()
  /** An account with these roles, logged in with a password of its own. */
  async function person(name: string, ...roles: string[]): Promise<Browser> {
    const made = await admin.ask('POST', '/api/accounts', { name, roles })
    expect(made.status).toBe(201)
    const browser = new Browser(server.url)
    await browser.logIn(name, String(made.json['password']))
    people.set(name, `the own password of ${roles[0]} 1`)
    const changed = await browser.ask('POST', '/api/account/password', {
      current: made.json['password'],
      next: people.get(name),
    })
    expect(changed.status).toBe(200)
    return browser
  }

  it('begins with a one-time password on standard error, good for changing it and nothing else', async () => {
    const password = /shown once: (\S+)/.exec(server.said())?.[1] ?? ''
    const entered = await admin.logIn('admin', password)
    expect(entered.status).toBe(200)
    expect(entered.json['user']).toEqual({
      name: 'admin',
      roles: ['administrator'],
      mustChangePassword: true,
      mustEnrol: false,
      byProvider: false,
    })
    expect(await admin.ask('GET', '/api/studies')).toMatchObject({ status: 403, json: { code: 'ACCESS_MUST_CHANGE' } })
    const changed = await admin.ask('POST', '/api/account/password', { current: password, next: ADMIN_PASSWORD })
    expect(changed.status).toBe(200)
    expect((await admin.ask('GET', '/api/accounts')).status).toBe(200)
    expect(await new Browser(server.url).logIn('admin', password)).toMatchObject({ status: 401 })
  })

  it('describes itself, each operation with the act that compliance is asked about', async () => {
    const { json } = await admin.ask('GET', '/api/openapi.json')
    expect(json['openapi']).toBe('3.1.0')
    operations = Object.entries(json['paths'] as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    )
    expect(operations.length).toBeGreaterThan(35)
    const open = operations.filter(({ operation }) => operation['x-act'] === undefined)
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...PUBLIC].sort())
  })

  it('answers nothing without a login but health, readiness, logging in, the audit log and the app', async () => {
    const nobody = new Browser(server.url)
    for (const { method, path } of operations) {
      const address = path
        .replace('{frames}', '1')
        .replace('{path}', '7FE00010')
        .replace(/\{\w+\}/g, '1.2.3')
      const { status, code, headers } = await nobody.ask(method, address)
      if (PUBLIC.includes(`${method} ${path}`)) expect(status, `${method} ${path}`).not.toBe(401)
      else {
        expect({ status, code }, `${method} ${path}`).toEqual({ status: 401, code: 'ACCESS_LOGIN' })
        expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
      }
    }
    for (const head of ['/dicom-web/studies', '/api/studies']) expect((await nobody.ask('HEAD', head)).status).toBe(401)
  })

  it('answers each act only to the roles that may', async () => {
    const student = await person('student1', 'student')
    for (const { method, path, operation } of operations) {
      if (['account', 'tokens.own', 'status.see', undefined].includes(operation['x-act'])) continue
      const address = path
        .replace('{frames}', '1')
        .replace('{path}', '7FE00010')
        .replace(/\{\w+\}/g, '1.2.3')
      expect(await student.ask(method, address), `${method} ${path}`).toMatchObject({
        status: 403,
        code: 'ACCESS_DENIED',
      })
    }
    const technologist = await person('tech1', 'technologist')
    expect((await technologist.ask('GET', '/api/studies')).status).toBe(200)
    expect((await technologist.ask('GET', '/api/accounts')).status).toBe(403)
    expect((await technologist.ask('GET', '/api/callers')).status).toBe(403)
  })

  it('tells a privacy officer, and no administrator, what a person did, by login name', async () => {
    const privacy = await person('privacy1', 'privacy')
    expect((await admin.ask('GET', '/api/audit')).status).toBe(403)
    const refusals = async () =>
      (await privacy.ask('GET', '/api/audit?who=Admin&type=aud.110113&limit=1')).json['events']
    // A refusal's leaf is synced within a second of its answer.
    await expect
      .poll(refusals)
      .toMatchObject([{ who: 'admin', outcome: 4, sentence: 'admin was refused audit.see from 127.0.0.1.' }])
  })

  it('keeps the session in a cookie no script reads and no other site sends', async () => {
    const browser = new Browser(server.url)
    const { headers } = await browser.logIn('admin', ADMIN_PASSWORD)
    const cookie = headers.getSetCookie().join()
    expect(cookie).toMatch(/^clearkeep=[\w-]{43};/)
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Strict')
    expect(cookie).toContain('Path=/')
    const before = browser.cookie
    await browser.logIn('admin', ADMIN_PASSWORD)
    expect(browser.cookie).not.toBe(before)
    const after = browser.cookie
    browser.cookie = before
    expect((await browser.ask('GET', '/api/studies')).status).toBe(401)
    browser.cookie = after
    expect((await browser.ask('DELETE', '/api/session')).status).toBe(204)
    browser.cookie = after
    expect((await browser.ask('GET', '/api/studies')).status).toBe(401)
  })

  it('changes nothing without the CSRF token, nor for another site', async () => {
    const attempts: [Record<string, string>, string][] = [
      [{ 'x-csrf-token': '' }, 'ACCESS_CSRF'],
      [{ 'x-csrf-token': 'guess' }, 'ACCESS_CSRF'],
      [{ origin: 'https://elsewhere.example' }, 'ACCESS_ORIGIN'],
      [{ origin: 'null' }, 'ACCESS_ORIGIN'],
      [{ 'sec-fetch-site': 'cross-site' }, 'ACCESS_ORIGIN'],
      [{ 'sec-fetch-site': 'same-site' }, 'ACCESS_ORIGIN'],
    ]
    for (const [headers, code] of attempts)
      for (const [method, path] of [
        ['POST', '/api/tokens'],
        ['POST', '/dicom-web/studies'],
        ['DELETE', '/api/session'],
        ['PATCH', '/api/accounts/admin'],
      ] as const)
        expect(
          await admin.ask(method, path, method === 'DELETE' ? undefined : {}, headers),
          `${method} ${path}`,
        ).toMatchObject({
          status: 403,
          json: { code },
        })
    expect((await admin.ask('GET', '/api/tokens', undefined, { origin: server.url })).status).toBe(200)
    const login = { name: 'admin', password: ADMIN_PASSWORD }
    const foreign = new Browser(server.url)
    expect((await foreign.ask('POST', '/api/session', login, { origin: 'https://elsewhere.example' })).status).toBe(403)
    expect(
      (await foreign.ask('POST', '/api/session', JSON.stringify(login), { 'content-type': 'text/plain' })).status,
    ).toBe(415)
  })

  it('takes API tokens, which may what their account may, until they end', async () => {
    const made = await admin.ask('POST', '/api/tokens', { label: 'nightly', days: 1 })
    expect(made.status).toBe(201)
    const bearer = { authorization: `Bearer ${made.json['secret']}` }
    const program = new Browser(server.url)
    expect((await program.ask('GET', '/api/accounts', undefined, bearer)).status).toBe(200)
    const sent = await fetch(`${server.dicomweb}/studies`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/dicom' },
      body: new Uint8Array(syntheticInstance({ seed: 1 }).bytes),
    })
    expect(sent.status).toBe(403) // an administrator’s, who stores nothing
    // A token that leaked cannot make another.
    expect((await program.ask('POST', '/api/tokens', { label: 'x', days: 1 }, bearer)).status).toBe(403)
    expect((await program.ask('GET', '/api/accounts', undefined, { authorization: 'Bearer ckt_wrong' })).status).toBe(
      401,
    )

    const student = new Browser(server.url)
    await student.logIn('student1', people.get('student1') ?? '')
    const weak = await student.ask('POST', '/api/tokens', { label: 'mine', days: 1 })
    const limited = { authorization: `Bearer ${weak.json['secret']}` }
    expect((await program.ask('GET', '/dicom-web/studies', undefined, limited)).status).toBe(403)
    expect((await student.ask('DELETE', `/api/tokens/${made.json['id']}`)).status).toBe(404)

    expect((await admin.ask('DELETE', `/api/tokens/${made.json['id']}`)).status).toBe(204)
    expect((await program.ask('GET', '/api/accounts', undefined, bearer)).status).toBe(401)
  })

  it('ends every session and token of an account that is disabled, and every session when its password is reset', async () => {
    const nurse = await person('nurse1', 'clinician')
    const token = await nurse.ask('POST', '/api/tokens', { label: 'mine', days: 1 })
    const bearer = { authorization: `Bearer ${token.json['secret']}` }
    expect((await nurse.ask('GET', '/api/studies')).status).toBe(200)
    const reset = await admin.ask('POST', '/api/accounts/nurse1/password')
    expect(reset.status).toBe(200)
    expect((await nurse.ask('GET', '/api/studies')).status).toBe(401)
    await nurse.logIn('nurse1', String(reset.json['password']))
    expect((await nurse.ask('GET', '/api/studies')).status).toBe(403)

    expect((await admin.ask('PATCH', '/api/accounts/nurse1', { disabled: true })).json).toMatchObject({
      disabled: true,
    })
    expect((await nurse.ask('GET', '/api/studies')).status).toBe(401)
    expect((await nurse.ask('GET', '/api/studies', undefined, bearer)).status).toBe(401)
    expect((await nurse.logIn('nurse1', String(reset.json['password']))).status).toBe(401)
    expect((await admin.ask('PATCH', '/api/accounts/admin', { disabled: true })).json['code']).toBe(
      'ACCOUNT_LAST_ADMINISTRATOR',
    )
  })

  it('lets nobody guess passwords, and takes as long for a name nobody has', async () => {
    const guesser = new Browser(server.url)
    const times: Record<string, number> = {}
    for (const name of ['nobody at all', 'tech1']) {
      const from = performance.now()
      expect((await guesser.logIn(name, 'wrong wrong wrong')).json['code']).toBe('ACCESS_BAD_CREDENTIALS')
      times[name] = performance.now() - from
    }
    const [unknown = 0, known = 0] = Object.values(times)
    expect(unknown).toBeGreaterThan(known / 4)
    for (let attempt = 0; attempt < 4; attempt += 1) await guesser.logIn('tech1', `wrong ${attempt}`)
    const stopped = await guesser.logIn('tech1', people.get('tech1') ?? '')
    expect(stopped).toMatchObject({ status: 429, json: { code: 'ACCESS_TOO_MANY' } })
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('says in a policy what a page of ours may do, and that no other page may hold it', async () => {
    const { headers } = await admin.ask('GET', '/')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval'(;|$)/)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect((await admin.ask('GET', '/api/studies')).headers.get('cache-control')).toBe('no-store')
  })

  it('answers failures as problems with the request’s number, and tells nothing of its insides', async () => {
    const missing = await admin.ask('GET', '/api/nothing')
    expect(missing).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } })
    expect(missing.json['request']).toBe(missing.headers.get('x-request-id'))
    expect((await admin.ask('POST', '/api/tokens', '{ not json')).json['code']).toBe('BAD_REQUEST')
    const wrong = await admin.ask('POST', '/api/tokens', { label: 'x', days: 0, SECRET: 1 })
    expect(wrong).toMatchObject({ status: 400, json: { code: 'BAD_REQUEST' } })
    expect(wrong.json['fact']).toContain('days')
    expect((await admin.ask('POST', '/api/tokens', { label: 'x'.repeat(2_000_000), days: 1 })).status).toBe(413)
    for (const path of ['/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json', '/.git/config', '/..%5cx', '/%00.js'])
      expect((await admin.ask('GET', path)).status, path).toBe(404)
  })

  it('gives up a connection that sends headers too large, and goes on with others', async () => {
    const port = Number(new URL(server.url).port)
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`)
      })
      let text = ''
      socket.on('data', (bytes) => {
        text += String(bytes)
      })
      socket.on('close', () => resolve(text))
      socket.on('error', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 431/)
    expect((await admin.ask('GET', '/healthz')).status).toBe(200)
  })

  it('journals logins, failures, refusals and changes of rights, naming people only in bodies', async () => {
    const index = new BetterSqlite(join(server.data, 'index.db'), { readonly: true })
    const events = () =>
      index.prepare<[], { type: string; leaf: string; body: string }>('select type, leaf, body from events').all()
    // Refusals are synced within a second.
    const deadline = Date.now() + 5_000
    while (!events().some(({ type }) => type === 'aud.110113') && Date.now() < deadline)
      await admin.ask('GET', '/api/status')
    const found = events()
    index.close()
    const bodies = (type: string) => found.filter((event) => event.type === type).map(({ body }) => body)
    expect(bodies('aud.110114').some((body) => body.includes('"outcome":0'))).toBe(true)
    expect(bodies('aud.110114').some((body) => body.includes('nobody at all'))).toBe(true)
    expect(bodies('aud.110113').some((body) => body.includes('restricted function'))).toBe(true)
    expect(bodies('acl.change').some((body) => body.includes('student1'))).toBe(true)
    for (const { leaf } of found) expect(leaf).not.toMatch(/student1|nurse1|tech1|nobody at all/)
  })
})

describe('the archive with --open', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(async () => {
    await server.stop()
  })

  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<number>((resolve, reject) => {
      const { port } = new URL(server.url)
      const socket = connect(Number(port), '127.0.0.1', () => {
        const lines = Object.entries({ connection: 'close', ...headers }).map(
          ([name, value]) => `${name}: ${value}\r\n`,
        )
        socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
      })
      socket.once('data', (bytes) => resolve(Number(String(bytes).split(' ')[1])))
      socket.on('error', reject)
    })

  it('answers everybody on this machine', async () => {
    const session = await (await fetch(`${server.url}/api/session`)).json()
    expect(session).toMatchObject({ open: true, user: { name: 'open' } })
    expect((await fetch(`${server.url}/api/accounts`)).status).toBe(200)
  })

  it('answers no page of another site, whatever name it gave this machine', async () => {
    const { host } = new URL(server.url)
    expect(await ask('/dicom-web/studies', { host })).toBe(200)
    expect(await ask('/dicom-web/studies', { host: 'localhost' })).toBe(200)
    expect(await ask('/dicom-web/studies', { host: 'rebound.example' })).toBe(403)
    expect(await ask('/dicom-web/studies', { host: '127.0.0.1.example' })).toBe(403)
    expect(await ask('/dicom-web/studies', { host, origin: 'http://elsewhere.example' })).toBe(403)
    expect(await ask('/dicom-web/studies', { host, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(
      await ask('/dicom-web/studies', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }),
    ).toBe(403)
    expect(await ask('/dicom-web/studies', { host, 'sec-fetch-site': 'cross-site' }, 'POST')).toBe(403)
    expect(await ask('/', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(200)
    expect(await ask('/dicom-web/studies', { host, 'sec-fetch-site': 'same-origin', origin: `http://${host}` })).toBe(
      200,
    )
  })
})
