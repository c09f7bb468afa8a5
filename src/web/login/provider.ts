/**
 * Logging in with an OpenID Connect provider: the code flow with PKCE (RFC 7636), by `openid-client`, which is loaded
 * when somebody first asks for it.
 *
 * What an answer must bring: our state and nonce, the issuer it was asked of (RFC 9207 where the provider has it), an ID
 * token for us that is not over and that a key of the provider signed, although it comes straight from there. Nothing is
 * fetched but over https, except on loopback.
 */
import type * as OpenId from 'openid-client'
import { ArchiveError } from '../../base/errors.ts'
import {
  type ClaimRules,
  type Claims,
  claimOf,
  identityOf,
  type ProviderIdentity,
} from '../../compliance/provider-claims.ts'

export interface ProviderOptions extends ClaimRules {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** What the button says; '' for the issuer's host. */
  readonly name: string
  readonly scope: string
  /** The address people open the archive by; '' for the web port's own. */
  readonly url: string
}

/** What is kept of a login that was begun, until its answer comes. */
export interface Begun {
  readonly verifier: string
  readonly state: string
  readonly nonce: string
  /** Where in the app the person wanted to be. */
  readonly to: string
}

export interface LoginProvider {
  readonly name: string
  readonly issuer: string
  /** Where the browser goes to log in. @throws {ArchiveError} `LOGIN_PROVIDER_AWAY`, `LOGIN_REFUSED` */
  begin(to: string): Promise<{ readonly address: string; readonly begun: Begun }>
  /**
   * Who it is.
   *
   * @param query  of the address the provider sent the browser to
   * @throws {ArchiveError} `LOGIN_PROVIDER_AWAY`, `LOGIN_REFUSED`, and as `identityOf`
   */
  end(query: string, begun: Begun): Promise<{ readonly identity: ProviderIdentity; readonly idToken: string }>
  /** Where the browser goes to log out there too (RP-Initiated Logout 1.0); undefined when the provider has no such. */
  leave(idToken: string): Promise<string | undefined>
}

export const CALLBACK = '/api/session/provider/callback'

const TIMEOUT_SECONDS = 10
/** What a provider says of itself is asked again after so long: keys and addresses change. */
const KNOWN_MS = 60 * 60 * 1000
/** Endpoints of the provider that we or the browser go to. */
const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint', 'end_session_endpoint']

/** What is wrong with an answer, in words: the library's codes are for its users. */
const WHY: Readonly<Record<string, string>> = {
  OAUTH_INVALID_RESPONSE: 'it does not belong to this login, or its signature is wrong',
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'the token is of another issuer, for somebody else, or for another login',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'the token is over, or not valid yet',
  OAUTH_KEY_SELECTION_FAILED: 'the token is signed by a key that is not the provider’s',
  OAUTH_RESPONSE_BODY_ERROR: 'the provider does not take the code',
  OAUTH_UNSUPPORTED_OPERATION: 'the token is signed in a way that is not taken',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'the provider calls itself by another address than oidc.issuer',
}

/** Https, or this machine itself: where a secret may go to. */
export function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname))
}

/**
 * @param ownAddress  of the web port, for when none is configured
 * @param tell        says in the archive's log what a person is not shown
 */
export function openLoginProvider(
  options: ProviderOptions,
  ownAddress: () => string,
  tell: (why: string) => void,
): LoginProvider {
  const { issuer, clientId, clientSecret, scope } = options
  let known: { readonly at: number; readonly server: Promise<OpenId.Configuration> } | undefined

  const base = () => (options.url === '' ? ownAddress() : options.url).replace(/\/+$/, '')
  const callback = () => base() + CALLBACK

  async function discover(): Promise<OpenId.Configuration> {
    const client = await import('openid-client')
    const server = await client.discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === '' ? client.None() : client.ClientSecretBasic(clientSecret),
      {
        timeout: TIMEOUT_SECONDS,
        execute: [
          client.enableNonRepudiationChecks,
          ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
        ],
      },
    )
    const metadata: Readonly<Record<string, unknown>> = server.serverMetadata()
    for (const name of ENDPOINTS) {
      const address = metadata[name]
      if (address !== undefined && !isSafe(String(address)))
        throw new ArchiveError('LOGIN_REFUSED', { why: `its ${name} is not https://` })
    }
    return server
  }

  function server(): Promise<OpenId.Configuration> {
    const at = Date.now()
    if (known === undefined || at - known.at > KNOWN_MS) {
      const asked = { at, server: discover() }
      known = asked
      asked.server.catch(() => {
        if (known === asked) known = undefined
      })
    }
    return known.server
  }

  /** Runs a step; whatever goes wrong there becomes a row of our table. */
  async function step<T>(work: (client: typeof OpenId, server: OpenId.Configuration) => Promise<T> | T): Promise<T> {
    try {
      return await work(await import('openid-client'), await server())
    } catch (thrown) {
      if (thrown instanceof ArchiveError) throw thrown
      throw refusalOf(thrown, tell)
    }
  }

  /** Claims that the ID token leaves out are asked for: some providers give groups only there. */
  async function withUserInfo(
    client: typeof OpenId,
    at: OpenId.Configuration,
    claims: Claims,
    accessToken: string,
  ): Promise<Claims> {
    const wanted = [options.nameClaim, options.rolesClaim]
    if (at.serverMetadata().userinfo_endpoint === undefined) return claims
    if (wanted.every((name) => claimOf(claims, name) !== undefined)) return claims
    const info: Claims = await client.fetchUserInfo(at, accessToken, String(claims['sub']))
    // What was signed counts.
    return { ...info, ...claims }
  }

  return {
    name: options.name || new URL(issuer).host,
    issuer,

    begin: (to) =>
      step(async (client, at) => {
        const begun = {
          verifier: client.randomPKCECodeVerifier(),
          state: client.randomState(),
          nonce: client.randomNonce(),
          to,
        }
        const address = client.buildAuthorizationUrl(at, {
          redirect_uri: callback(),
          scope,
          response_type: 'code',
          code_challenge: await client.calculatePKCECodeChallenge(begun.verifier),
          code_challenge_method: 'S256',
          state: begun.state,
          nonce: begun.nonce,
          ...(options.acr.length > 0 && { acr_values: options.acr.join(' ') }),
        })
        return { address: address.href, begun }
      }),

    end: (query, { verifier, state, nonce }) =>
      step(async (client, at) => {
        const answer = new URL(callback())
        answer.search = query
        const tokens = await client.authorizationCodeGrant(at, answer, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined || tokens.id_token === undefined)
          throw new ArchiveError('LOGIN_REFUSED', { why: 'it has no ID token' })
        const identity = identityOf(await withUserInfo(client, at, claims, tokens.access_token), options)
        return { identity, idToken: tokens.id_token }
      }),

    leave: (idToken) =>
      step((client, at) =>
        at.serverMetadata().end_session_endpoint === undefined
          ? undefined
          : client.buildEndSessionUrl(at, { id_token_hint: idToken, post_logout_redirect_uri: `${base()}/` }).href,
      ),
  }
}

function refusalOf(thrown: unknown, tell: (why: string) => void): ArchiveError {
  const { code, error, cause } = Object(thrown) as { code?: unknown; error?: unknown; cause?: unknown }
  tell(`${String(code ?? '')} ${String(thrown)} ${cause instanceof Error ? cause.message : ''}`.trim().slice(0, 500))
  const why = WHY[String(code)]
  if (why !== undefined) return new ArchiveError('LOGIN_REFUSED', { why }, { cause: thrown })
  // The person said no, or the provider did: a short word of RFC 6749 4.1.2.1, or somebody else's text.
  if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR') {
    const word = /^[a-z_]{1,60}$/.test(String(error)) ? String(error) : 'an error'
    return new ArchiveError('LOGIN_REFUSED', { why: `it says ${word}` }, { cause: thrown })
  }
  return new ArchiveError('LOGIN_PROVIDER_AWAY', {}, { cause: thrown })
}
