import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type JwtVerdict, jwtKeys, readJwt } from './jwt.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const PEM = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const keys = jwtKeys(
  JSON.stringify({
    keys: [
      { kid: 'r', ...rsa.publicKey.export({ format: 'jwk' }) },
      { kid: 'e', ...ec.publicKey.export({ format: 'jwk' }) },
      { kid: 'd', ...ed.publicKey.export({ format: 'jwk' }) },
    ],
  }),
)
const NOW = new Date('2026-11-27T12:00:00Z')
const at = NOW.getTime() / 1000
const TRUST = { issuer: 'https://id.example', audience: 'CLEARKEEP' }
const CLAIMS = { iss: TRUST.issuer, aud: TRUST.audience, exp: at + 300, sub: 'u1', preferred_username: 'ada' }

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const HASH: Readonly<Record<string, string | null>> = { RS256: 'sha256', ES256: 'sha256', EdDSA: null }
function token(claims: object, alg = 'RS256', key: KeyObject = rsa.privateKey, kid?: string): string {
  const text = `${part({ alg, ...(kid && { kid }) })}.${part(claims)}`
  const bytes = sign(HASH[alg] ?? null, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
  return `${text}.${bytes.toString('base64url')}`
}
const read = (text: string): JwtVerdict => readJwt(text, keys, TRUST, NOW)

describe('JSON Web Tokens', () => {
  it('names the account, by preferred_username or else sub', () => {
    expect(read(token(CLAIMS))).toEqual({ name: 'ada' })
    expect(read(token({ ...CLAIMS, preferred_username: undefined }))).toEqual({ name: 'u1' })
    expect(read(token({ ...CLAIMS, preferred_username: undefined, sub: undefined }))).toHaveProperty('why')
  })

  it('takes RSA, elliptic curves and Ed25519, and a single key in PEM', () => {
    expect(read(token(CLAIMS, 'ES256', ec.privateKey, 'e'))).toEqual({ name: 'ada' })
    expect(read(token(CLAIMS, 'EdDSA', ed.privateKey))).toEqual({ name: 'ada' })
    expect(readJwt(token(CLAIMS), jwtKeys(PEM), TRUST, NOW)).toEqual({ name: 'ada' })
  })

  it('refuses what another key signed, and a key under another’s name', () => {
    expect(read(token(CLAIMS, 'RS256', other.privateKey))).toHaveProperty('why')
    expect(read(token(CLAIMS, 'RS256', rsa.privateKey, 'e'))).toHaveProperty('why')
  })

  it('refuses algorithm none, and our public key as a secret', () => {
    expect(read(`${part({ alg: 'none' })}.${part(CLAIMS)}.`)).toHaveProperty('why')
    const text = `${part({ alg: 'HS256' })}.${part(CLAIMS)}`
    const forged = createHmac('sha256', PEM).update(text).digest('base64url')
    expect(readJwt(`${text}.${forged}`, jwtKeys(PEM), TRUST, NOW)).toHaveProperty('why')
    expect(read(`${part({ alg: 'constructor' })}.${part(CLAIMS)}.`)).toHaveProperty('why')
  })

  it('refuses every token of which a letter was changed', () => {
    const right = token(CLAIMS)
    for (let index = 0; index < right.length - 2; index += 7) {
      const letter = right[index] === 'A' ? 'B' : 'A'
      expect(read(`${right.slice(0, index)}${letter}${right.slice(index + 1)}`), String(index)).toHaveProperty('why')
    }
  })

  it.each([
    ['is over', { exp: at - 61 }],
    ['does not say until when', { exp: undefined }],
    ['is not valid yet', { nbf: at + 61 }],
    ['is of another issuer', { iss: 'https://else.example' }],
    ['is for somebody else', { aud: ['ELSE'] }],
  ])('refuses one that %s', (_, change) => {
    expect(read(token({ ...CLAIMS, ...change }))).toHaveProperty('why')
  })

  it('allows clocks a minute, and an audience of several', () => {
    expect(read(token({ ...CLAIMS, exp: at - 30, nbf: at + 30, aud: ['ELSE', 'CLEARKEEP'] }))).toEqual({ name: 'ada' })
  })

  it.each(['', 'a', 'a.b', 'a.b.c', '..', 'e30.e30.', 'bnVsbA.bnVsbA.AA', 'x'.repeat(70_000)])(
    'does not stumble over %j',
    (text) => {
      expect(read(text)).toHaveProperty('why')
    },
  )

  it('says which option is wrong when its file holds no keys', () => {
    for (const text of ['', '{}', '{"keys":[{}]}', '-----BEGIN PUBLIC KEY-----'])
      expect(() => jwtKeys(text)).toThrow(/dicom\.jwt\.keys/)
  })
})
