/**
 * JSON Web Tokens of somebody else (RFC 7519, RFC 7515 compact form): signed by a key that was configured, for us, now.
 *
 * Only asymmetric algorithms: whoever can check a token here cannot make one.
 */
import {
  constants,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto'
import { ArchiveError } from '../base/errors.ts'

export interface JwtTrust {
  /** A JWK Set (RFC 7517), or one public key in PEM. */
  readonly keys: string
  readonly issuer: string
  readonly audience: string
}

export interface JwtKey {
  readonly id: string | undefined
  readonly key: KeyObject
}

export type JwtVerdict = { readonly name: string } | { readonly why: string }

/** Clocks of two houses differ. */
const LEEWAY_SECONDS = 60
const LONGEST = 16 * 1024

type Way = { readonly hash: string | null; readonly kind: string; readonly options?: Omit<VerifyKeyObjectInput, 'key'> }
/** RFC 7518 3.1, RFC 8037: what a key of which kind may have signed with. */
const ALGORITHMS: Readonly<Record<string, Way>> = {
  RS256: { hash: 'sha256', kind: 'rsa' },
  RS384: { hash: 'sha384', kind: 'rsa' },
  RS512: { hash: 'sha512', kind: 'rsa' },
  PS256: { hash: 'sha256', kind: 'rsa', options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  ES256: { hash: 'sha256', kind: 'ec', options: { dsaEncoding: 'ieee-p1363' } },
  ES384: { hash: 'sha384', kind: 'ec', options: { dsaEncoding: 'ieee-p1363' } },
  EdDSA: { hash: null, kind: 'ed25519' },
}

/** @throws {ArchiveError} `CONFIG_INVALID` */
export function jwtKeys(text: string): readonly JwtKey[] {
  try {
    if (text.includes('-----BEGIN')) return [{ id: undefined, key: createPublicKey(text) }]
    const { keys } = JSON.parse(text) as { keys: (JsonWebKey & { kid?: string })[] }
    return keys.map((jwk) => ({ id: jwk.kid, key: createPublicKey({ key: jwk, format: 'jwk' }) }))
  } catch {
    throw new ArchiveError('CONFIG_INVALID', {
      key: 'dicom.jwt.keys',
      why: 'it holds neither a JWK Set nor a public key in PEM',
    })
  }
}

/** Whose token it is: `preferred_username`, else `sub`. */
export function readJwt(
  token: string,
  keys: readonly JwtKey[],
  { issuer, audience }: Pick<JwtTrust, 'issuer' | 'audience'>,
  now: Date,
): JwtVerdict {
  const parts = token.split('.')
  const [head = '', body = '', signature = ''] = parts
  if (parts.length !== 3 || token.length > LONGEST) return { why: 'it is no signed token' }
  const header = objectOf(head)
  const claims = objectOf(body)
  if (header === undefined || claims === undefined) return { why: 'it is no signed token' }
  const way = Object.hasOwn(ALGORITHMS, String(header['alg'])) ? ALGORITHMS[String(header['alg'])] : undefined
  if (way === undefined) return { why: 'it is signed in a way that is not taken' }
  const signed = Buffer.from(`${head}.${body}`)
  const bytes = Buffer.from(signature, 'base64url')
  const right = keys.some(
    ({ id, key }) =>
      key.asymmetricKeyType === way.kind &&
      (header['kid'] === undefined || id === undefined || id === header['kid']) &&
      verify(way.hash, signed, { key, ...way.options }, bytes),
  )
  if (!right) return { why: 'it is not signed by a key that is trusted here' }
  const at = now.getTime() / 1000
  const { exp, nbf, iss, aud } = claims
  if (typeof exp !== 'number' || exp + LEEWAY_SECONDS <= at) return { why: 'it is over, or does not say until when' }
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf - LEEWAY_SECONDS > at)) return { why: 'it is not valid yet' }
  if (iss !== issuer) return { why: 'it is of another issuer' }
  if (!(Array.isArray(aud) ? aud : [aud]).includes(audience)) return { why: 'it is for somebody else' }
  const name = claims['preferred_username'] ?? claims['sub']
  return typeof name === 'string' && name !== '' ? { name } : { why: 'it names nobody' }
}

function objectOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
