import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../base/bytes.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { verifyEd25519 } from './ed25519.ts'
import { sha256 } from './sha256.ts'
import { sha512 } from './sha512.ts'

const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 3 })
const digest = (name: string, pieces: readonly Uint8Array[]) => {
  const hash = createHash(name)
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

describe('SHA-2 (FIPS 180-4)', () => {
  it('has the digests of the standard’s example', () => {
    const abc = new TextEncoder().encode('abc')
    expect(toHex(sha256(abc))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(toHex(sha512(abc))).toBe(
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    )
  })

  it('agrees with OpenSSL', () => {
    fc.assert(
      fc.property(parts, (pieces) => {
        expect(toHex(sha256(...pieces))).toBe(digest('sha256', pieces))
        expect(toHex(sha512(...pieces))).toBe(digest('sha512', pieces))
      }),
    )
  })
})

/** RFC 8032, 7.1. */
const SIGNED: readonly (readonly [key: string, message: string, signature: string])[] = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
]

describe('Ed25519 verification (RFC 8032)', () => {
  it.each(SIGNED)('accepts the RFC’s signature of key %s', (key, message, signature) => {
    expect(verifyEd25519(fromHex(key), fromHex(message), fromHex(signature))).toBe(true)
    expect(verifyEd25519(fromHex(key), fromHex(`${message}00`), fromHex(signature))).toBe(false)
  })

  it('accepts what OpenSSL signs, and nothing that differs from it in a bit', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(511), (message, bit) => {
        const signature = sign(null, message, privateKey)
        expect(verifyEd25519(key, message, signature)).toBe(true)
        signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(verifyEd25519(key, message, signature)).toBe(false)
      }),
      { numRuns: 25 },
    )
  })

  it('refuses S + L, which is the same number to a careless reader', () => {
    const [key = '', message = '', signature = ''] = SIGNED[1] ?? []
    const bytes = fromHex(signature)
    let sum = 0n
    for (let at = 63; at >= 32; at -= 1) sum = (sum << 8n) | BigInt(bytes[at] ?? 0)
    sum += 2n ** 252n + 27742317777372353535851937790883648493n
    for (let at = 32; at < 64; at += 1, sum >>= 8n) bytes[at] = Number(sum & 255n)
    expect(verifyEd25519(fromHex(key), fromHex(message), bytes)).toBe(false)
  })

  it('refuses keys that are no point, in other than canonical encoding, or too short', () => {
    const [, message = '', signature = ''] = SIGNED[1] ?? []
    for (const key of ['02'.padEnd(64, '0'), 'ff'.repeat(32), `ee${'ff'.repeat(30)}7f`, `01${'00'.repeat(30)}80`, '00'])
      expect(verifyEd25519(fromHex(key), fromHex(message), fromHex(signature)), key).toBe(false)
  })
})

describe('base 64', () => {
  it('reads what it writes, and only that', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
        expect(fromBase64(toBase64(bytes))).toEqual(new Uint8Array(bytes))
      }),
    )
    for (const text of ['A', 'AA', 'AA=', 'AB==', 'AA==\n', 'A A=', 'AA-_'])
      expect(fromBase64(text), text).toBeUndefined()
  })
})
