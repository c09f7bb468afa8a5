/**
 * An OpenID Connect provider that answers as a test tells it to: honestly, or with one thing wrong. It checks PKCE, the
 * client's secret and the redirect address itself, so that an honest answer shows that we send them.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Fault =
  | 'none'
  | 'another state'
  | 'no state'
  | 'another nonce'
  | 'another key'
  | 'no signature'
  | 'over'
  | 'another audience'
  | 'another issuer'
  | 'no ID token'
  | 'says no'

export interface HostileProvider {
  readonly issuer: string
  /** What is wrong with the next answers. */
  fault: Fault
  /** Claims beside those of the protocol. */
  claims: Readonly<Record<string, unknown>>
  /** Answers nothing but errors. */
  down: boolean
  close(): Promise<void>
}

export const CLIENT = { id: 'clearkeep-test', secret: 'the secret of a test' }

const key = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

export async function openHostileProvider(): Promise<HostileProvider> {
  const [own, foreign] = [key(), key()]
  /** What was asked for, by the code that was given for it. */
  const codes = new Map<string, URLSearchParams>()
  const state: { fault: Fault; claims: Readonly<Record<string, unknown>>; down: boolean } = {
    fault: 'none',
    claims: {},
    down: false,
  }

  function idToken(asked: URLSearchParams): string {
    const { fault } = state
    const now = Math.floor(Date.now() / 1000)
    const header = encoded(fault === 'no signature' ? { alg: 'none' } : { alg: 'ES256', kid: 'one' })
    const body = encoded({
      iss: fault === 'another issuer' ? 'http://localhost:1' : issuer,
      sub: 'subject-1',
      aud: fault === 'another audience' ? 'somebody-else' : CLIENT.id,
      iat: fault === 'over' ? now - 7200 : now,
      exp: fault === 'over' ? now - 3600 : now + 300,
      nonce: fault === 'another nonce' ? 'another' : asked.get('nonce'),
      ...state.claims,
    })
    if (fault === 'no signature') return `${header}.${body}.`
    const signer = fault === 'another key' ? foreign : own
    const signature = sign('sha256', Buffer.from(`${header}.${body}`), {
      key: signer.privateKey,
      dsaEncoding: 'ieee-p1363',
    })
    return `${header}.${body}.${signature.toString('base64url')}`
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const part of request) text += String(part)
    const said = new URLSearchParams(text)
    const asked = codes.get(said.get('code') ?? '')
    codes.delete(said.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(said.get('code_verifier') ?? '')
      .digest('base64url')
    const basic = Buffer.from(request.headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString()
    const [id, secret] = basic.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')))
    if (id !== CLIENT.id || secret !== CLIENT.secret) return answer(response, 401, { error: 'invalid_client' })
    if (asked === undefined || asked.get('redirect_uri') !== said.get('redirect_uri'))
      return answer(response, 400, { error: 'invalid_grant' })
    if (asked.get('code_challenge_method') !== 'S256' || asked.get('code_challenge') !== challenge)
      return answer(response, 400, { error: 'invalid_grant' })
    return answer(response, 200, {
      access_token: 'of no use',
      token_type: 'Bearer',
      ...(state.fault === 'no ID token' ? {} : { id_token: idToken(asked) }),
    })
  }

  function authorize(asked: URLSearchParams, response: ServerResponse): void {
    const back = new URL(asked.get('redirect_uri') ?? '')
    if (state.fault === 'says no') back.searchParams.set('error', 'access_denied')
    else {
      const code = randomBytes(16).toString('hex')
      codes.set(code, asked)
      back.searchParams.set('code', code)
    }
    if (state.fault !== 'no state')
      back.searchParams.set('state', state.fault === 'another state' ? 'another' : (asked.get('state') ?? ''))
    response.writeHead(302, { location: back.href }).end()
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', issuer)
    if (state.down) return void answer(response, 500, {})
    if (pathname === '/.well-known/openid-configuration') return answer(response, 200, metadata)
    if (pathname === '/jwks')
      return answer(response, 200, { keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256' }] })
    if (pathname === '/authorize') return authorize(searchParams, response)
    void token(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  }
  return Object.assign(state, {
    issuer,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  })
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
