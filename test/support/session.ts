/** People who log in over HTTP, as a browser does. */
import type { RunningServer } from './server.ts'

/** What people of `newPerson` have. */
export const OWN_PASSWORD = 'a password of somebody’s own 1'

/** A browser's memory: cookie and CSRF token, sent with each request. */
export class Session {
  readonly url: string
  cookie = ''
  csrf = ''
  constructor(url: string) {
    this.url = url
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(method === 'GET' || this.csrf === '' ? {} : { 'x-csrf-token': this.csrf }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const [set] = response.headers.getSetCookie()
    if (set !== undefined) this.cookie = set.split(';')[0] ?? ''
    const text = await response.text()
    const json: Record<string, unknown> = text.startsWith('{') ? JSON.parse(text) : {}
    if (path === '/api/session' || path === '/api/account/password') this.csrf = String(json['csrf'] ?? this.csrf)
    return { status: response.status, headers: response.headers, json, code: codeOf(json), text }
  }

  logIn = (name: string, password: string) => this.ask('POST', '/api/session', { name, password })

  /** An approval, signed with the password of `newPerson`. */
  sign = (path: string, body: object) => this.ask('POST', path, { ...body, password: OWN_PASSWORD })
}

/** The administrator of an archive that has just started for the first time, with a password of their own. */
export async function firstAdministrator(server: RunningServer): Promise<Session> {
  const session = new Session(server.url)
  const password = /shown once: (\S+)/.exec(server.said())?.[1] ?? ''
  await session.logIn('admin', password)
  await session.ask('POST', '/api/account/password', { current: password, next: 'a long and winding password' })
  return session
}

/** A new account with these roles, and its one-time password. */
export async function newAccount(admin: Session, name: string, ...roles: readonly string[]): Promise<string> {
  const { status, json, text } = await admin.ask('POST', '/api/accounts', { name, roles })
  if (status !== 201) throw new Error(`the account ${name} was not made: ${text}`)
  return String(json['password'])
}

/** A new account with these roles, logged in with a password of its own. */
export async function newPerson(admin: Session, name: string, ...roles: readonly string[]): Promise<Session> {
  const oneTime = await newAccount(admin, name, ...roles)
  const session = new Session(admin.url)
  await session.logIn(name, oneTime)
  const changed = await session.ask('POST', '/api/account/password', {
    current: oneTime,
    next: OWN_PASSWORD,
  })
  if (changed.status !== 200) throw new Error(`the password of ${name} was not changed: ${changed.text}`)
  return session
}

/** Stores one file over STOW-RS as this person. */
export function storeAs(server: RunningServer, person: Session, file: Uint8Array): Promise<Response> {
  return fetch(`${server.dicomweb}/studies`, {
    method: 'POST',
    headers: {
      'content-type': 'multipart/related; type="application/dicom"; boundary=b',
      cookie: person.cookie,
      'x-csrf-token': person.csrf,
    },
    body: Buffer.concat([
      Buffer.from('--b\r\nContent-Type: application/dicom\r\n\r\n'),
      file,
      Buffer.from('\r\n--b--\r\n'),
    ]),
  })
}

/** The code of a failure, as our own API or, under `/fhir`, an OperationOutcome has it. */
function codeOf(json: Record<string, unknown>): unknown {
  const outcome = json as {
    readonly issue?: readonly { readonly details?: { readonly coding?: readonly { readonly code: string }[] } }[]
  }
  return json['code'] ?? outcome.issue?.[0]?.details?.coding?.[0]?.code
}
