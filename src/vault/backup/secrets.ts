/**
 * What must not lie open in a backup: a few small files as one, under a passphrase (scrypt, AES-256-GCM). The first line says
 * how, in JSON; what follows is the ciphertext and its tag, and the first line is authenticated with it.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { ArchiveError } from '../../base/errors.ts'

/** Path below the data folder, and bytes. */
export type SecretFiles = ReadonlyMap<string, Uint8Array>

/** OWASP's first choice, as passwords here have it. */
const COST = { N: 2 ** 17, r: 8, p: 1 }
const TAG_BYTES = 16
export const LEAST_PASSPHRASE = 12

interface Head {
  readonly v: 1
  readonly kdf: 'scrypt'
  readonly N: number
  readonly r: number
  readonly p: number
  readonly salt: string
  readonly cipher: 'aes-256-gcm'
  readonly nonce: string
}

export async function lockSecrets(files: SecretFiles, passphrase: string): Promise<Uint8Array> {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)]
  const head: Head = {
    v: 1,
    kdf: 'scrypt',
    ...COST,
    salt: salt.toString('base64'),
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64'),
  }
  const line = Buffer.from(`${JSON.stringify(head)}\n`)
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt, COST), nonce).setAAD(line)
  const plain = JSON.stringify(
    Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')])),
  )
  return Buffer.concat([line, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

/** @throws {ArchiveError} `BACKUP_LOCKED` for another passphrase, or bytes that were altered */
export async function unlockSecrets(bytes: Uint8Array, passphrase: string): Promise<SecretFiles> {
  const all = Buffer.from(bytes)
  const end = all.indexOf(10) + 1
  try {
    const { v, kdf, cipher: name, N, r, p, salt, nonce } = JSON.parse(all.toString('utf8', 0, end)) as Head
    if (v !== 1 || kdf !== 'scrypt' || name !== 'aes-256-gcm' || N > 2 ** 22 || r > 64 || p > 16)
      throw new Error('head')
    const key = await keyOf(passphrase, Buffer.from(salt, 'base64'), { N, r, p })
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'))
      .setAAD(all.subarray(0, end))
      .setAuthTag(all.subarray(all.length - TAG_BYTES))
    const plain = Buffer.concat([decipher.update(all.subarray(end, all.length - TAG_BYTES)), decipher.final()])
    const files = JSON.parse(plain.toString('utf8')) as Readonly<Record<string, string>>
    return new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text, 'base64')]))
  } catch (cause) {
    throw new ArchiveError('BACKUP_LOCKED', {}, { cause })
  }
}

function keyOf(passphrase: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // NFKC: the same word typed on two keyboards is the same passphrase.
    scrypt(passphrase.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
