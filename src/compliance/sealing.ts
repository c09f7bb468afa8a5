/**
 * Secrets that must be known again, and so cannot be kept as hashes: sealed with AES-256-GCM, by a key that lies in a file
 * of `keys/`. Whoever gets hold of `control.db` alone has nothing.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'

export const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const FILE = 'second-factor.key'

/**
 * The key in its file, made when there is none: written beside its name, synced and renamed, so that a crash leaves a
 * whole key or none.
 *
 * @param folder  `keys/` of the data folder
 */
export function openSealingKey(folder: string): Bytes {
  const path = join(folder, FILE)
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const beside = `${path}.new`
    rmSync(beside, { force: true })
    const file = openSync(beside, 'wx', 0o600)
    try {
      writeSync(file, randomBytes(KEY_BYTES))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(beside, path)
    const names = openSync(folder, 'r')
    fsyncSync(names)
    closeSync(names)
  }
  return readFileSync(path)
}

/** @param of  what the secret belongs to: it cannot be opened as another’s */
export function seal(key: Bytes, secret: Bytes, of: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(of))
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** @throws {ArchiveError} `ACCESS_FACTOR_UNREADABLE` when it was sealed by another key */
export function unseal(key: Bytes, sealed: string, of: string): Bytes {
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(of))
      .setAuthTag(bytes.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch {
    throw new ArchiveError('ACCESS_FACTOR_UNREADABLE')
  }
}
