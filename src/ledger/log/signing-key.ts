/**
 * The key the log signs with: Ed25519, made at the first start, in `keys/log-ed25519.pem` (PKCS #8), readable by nobody
 * else. The file is written beside its name, synced and renamed, so a crash leaves a whole key or none.
 *
 * It signs checkpoints and nothing else; a second algorithm would be a second signer beside it. A witness has such a key of
 * its own, in a folder of its own.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
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
import {
  cosignedText,
  joinCosignature,
  noteText,
  SIGNATURE_TYPE,
  signatureLine,
  verifierKey,
} from '../../proof/note.ts'

export interface NoteSigner {
  /** The public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The signed note of a text, signed as `name`. */
  sign(text: string, name: string): string
  /** A cosignature of it (C2SP tlog-cosignature), made at this POSIX second, as a signature line. */
  cosign(text: string, name: string, seen: number): string
}

const KEY_FILE = 'log-ed25519.pem'

/** @param make  whether to make a key when there is none */
export function openSigningKey(folder: string, make: boolean, file = KEY_FILE): NoteSigner | undefined {
  const path = join(folder, file)
  if (!existsSync(path)) {
    if (!make) return undefined
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
    writeOnce(folder, path, String(pem))
  }
  return noteSigner(createPrivateKey(readFileSync(path)))
}

export function noteSigner(key: KeyObject): NoteSigner {
  const publicKey = new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'))
  return {
    publicKey,
    sign: (text, name) => {
      const { id } = verifierKey(name, SIGNATURE_TYPE.ed25519, publicKey)
      return noteText({ text, signatures: [{ name, id, bytes: new Uint8Array(sign(null, Buffer.from(text), key)) }] })
    },
    cosign: (text, name, seen) => {
      const { id } = verifierKey(name, SIGNATURE_TYPE.cosignature, publicKey)
      const signature = new Uint8Array(sign(null, Buffer.from(cosignedText(text, seen)), key))
      return signatureLine({ name, id, bytes: joinCosignature(seen, signature) })
    },
  }
}

function writeOnce(folder: string, path: string, text: string): void {
  const beside = `${path}.new`
  rmSync(beside, { force: true })
  const file = openSync(beside, 'wx', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
  const names = openSync(folder, 'r')
  fsyncSync(names)
  closeSync(names)
}
