/** A log folder made from nothing but `proof`, for tests of those who check one: any entries, any key. */
import { createPrivateKey, sign } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Bytes, concat, fromHex } from '../../src/base/bytes.ts'
import { checkpointText } from '../../src/proof/checkpoint.ts'
import { leafHash, rootOf } from '../../src/proof/merkle.ts'
import { noteText, SIGNATURE_TYPE, type VerifierKey, verifierKey } from '../../src/proof/note.ts'
import { encodeBundle, type Tile, tilePath, tilesOf } from '../../src/proof/tiles.ts'

export interface Signer {
  readonly key: VerifierKey
  sign(text: string): string
}

/** An Ed25519 key from its 32-byte seed, by `node:crypto`. */
export function noteSigner(name: string, seed: number): Signer {
  const der = concat([fromHex('302e020100300506032b657004220420'), new Uint8Array(32).fill(seed)]) // RFC 8410
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  const publicKey = new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'))
  const known = verifierKey(name, SIGNATURE_TYPE.ed25519, publicKey)
  return {
    key: known,
    sign: (text) => {
      const bytes = new Uint8Array(sign(null, Buffer.from(text), key))
      return noteText({ text, signatures: [{ name, id: known.id, bytes }] })
    },
  }
}

export const signedCheckpoint = (entries: readonly Bytes[], signer: Signer): string =>
  signer.sign(checkpointText({ origin: signer.key.name, size: entries.length, root: rootOf(entries.map(leafHash)) }))

/** Writes every tile, bundle and the checkpoint. */
export function writeLog(folder: string, entries: readonly Bytes[], signer: Signer): void {
  const leaves = entries.map(leafHash)
  const bytesOf = ({ level, index, width }: Tile): Bytes => {
    if (level === 'entries') return encodeBundle(entries.slice(index * 256, index * 256 + width))
    const span = 256 ** level
    const starts = Array.from({ length: width }, (_, at) => (index * 256 + at) * span)
    return concat(starts.map((start) => rootOf(leaves.slice(start, start + span))))
  }
  for (const tile of tilesOf(entries.length)) {
    const path = join(folder, tilePath(tile))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytesOf(tile))
  }
  writeFileSync(join(folder, 'checkpoint'), signedCheckpoint(entries, signer))
}
