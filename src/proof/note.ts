/**
 * C2SP signed notes: a text and the signatures of those who vouch for it, each by key name and key ID.
 *
 * Whoever reads a note brings the keys he trusts; signatures of other keys are passed over, so that witnesses may be
 * added, keys turned and algorithms come without an old reader noticing.
 */
import { type Bytes, concat, equalBytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { verifyEd25519 } from './ed25519.ts'
import { sha256 } from './sha256.ts'

const utf8 = new TextEncoder()

export interface Signature {
  readonly name: string
  /** Four bytes. */
  readonly id: Bytes
  readonly bytes: Bytes
}

export interface Note {
  /** With its last newline. */
  readonly text: string
  readonly signatures: readonly Signature[]
}

/** Signature types of the C2SP register, as they stand in a key's text and in its ID. */
export const SIGNATURE_TYPE = { ed25519: 0x01, cosignature: 0x04, mlDsa44: 0x06 } as const

/** Somebody's public key: `name+hex of the ID+base64 of type and key`. */
export interface VerifierKey {
  readonly name: string
  readonly id: Bytes
  readonly type: number
  readonly key: Bytes
}

/** What a good signature says besides that it is good. */
export interface Signed {
  readonly key: VerifierKey
  /** When a cosigner saw the checkpoint, in seconds of POSIX. */
  readonly seen?: number
}

const MARK = '— '
const MOST_SIGNATURES = 64
/** Neither spaces nor plus signs (signed-note, "Format"). */
const NAME = /^[^\s+]+$/u
const CONTROL = /[\0-\x09\x0b-\x1f]/

/** @throws {ArchiveError} `PROOF_INVALID` */
export function parseNote(note: string): Note {
  const invalid = (why: string) => new ArchiveError('PROOF_INVALID', { what: 'signed note', why })
  const at = note.lastIndexOf('\n\n')
  if (at < 0 || !note.endsWith('\n')) throw invalid('it has no signatures')
  if (CONTROL.test(note)) throw invalid('it has control characters')
  const lines = note.slice(at + 2, -1).split('\n')
  if (lines.length > MOST_SIGNATURES) throw invalid('it has too many signatures')
  const signatures = lines.map((line) => {
    const parts = line.startsWith(MARK) ? line.slice(MARK.length).split(' ') : []
    const [name = '', text = ''] = parts
    const bytes = fromBase64(text)
    if (parts.length !== 2 || !NAME.test(name) || bytes === undefined || bytes.length < 5)
      throw invalid('a signature line is not one')
    return { name, id: bytes.subarray(0, 4), bytes: bytes.subarray(4) }
  })
  return { text: note.slice(0, at + 1), signatures }
}

export const signatureLine = ({ name, id, bytes }: Signature): string =>
  `${MARK}${name} ${toBase64(concat([id, bytes]))}\n`

export const noteText = ({ text, signatures }: Note): string => `${text}\n${signatures.map(signatureLine).join('')}`

/** First four bytes of SHA-256(name ‖ 0A ‖ type ‖ key). */
export const keyId = (name: string, type: number, key: Bytes): Uint8Array<ArrayBuffer> =>
  sha256(utf8.encode(`${name}\n`), Uint8Array.of(type), key).slice(0, 4)

export const verifierKey = (name: string, type: number, key: Bytes): VerifierKey => ({
  name,
  id: keyId(name, type, key),
  type,
  key,
})

export function keyText({ name, id, type, key }: VerifierKey): string {
  const hex = [...id].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${name}+${hex}+${toBase64(concat([Uint8Array.of(type), key]))}`
}

/** @throws {ArchiveError} `PROOF_INVALID` */
export function parseKey(text: string): VerifierKey {
  const [name = '', , encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text)?.slice(1) ?? []
  const bytes = fromBase64(encoded)
  const key = bytes && bytes.length > 1 ? verifierKey(name, bytes[0] ?? 0, bytes.subarray(1)) : undefined
  if (key === undefined || keyText(key) !== text)
    throw new ArchiveError('PROOF_INVALID', {
      what: 'verifier key',
      why: 'it is not name+id+key, or its id is not its own',
    })
  return key
}

/**
 * Those of the keys that signed the note. A signature under a known name and ID that is not good spoils the note.
 *
 * @throws {ArchiveError} `PROOF_INVALID`
 */
export function signersOf(note: Note, keys: readonly VerifierKey[]): readonly Signed[] {
  const signed = new Map<VerifierKey, Signed>()
  for (const signature of note.signatures) {
    const key = keys.find(({ name, id }) => name === signature.name && equalBytes(id, signature.id))
    if (key === undefined || signed.has(key)) continue
    const seen = checked(note.text, signature.bytes, key)
    if (seen === undefined)
      throw new ArchiveError('PROOF_INVALID', { what: 'signed note', why: `the signature of ${key.name} is wrong` })
    signed.set(key, { key, ...seen })
  }
  return [...signed.values()]
}

/** One row for each algorithm; a type that has none here cannot be checked and counts as wrong. */
function checked(text: string, signature: Bytes, { type, key }: VerifierKey): { readonly seen?: number } | undefined {
  if (type === SIGNATURE_TYPE.ed25519) return verifyEd25519(key, utf8.encode(text), signature) ? {} : undefined
  if (type === SIGNATURE_TYPE.cosignature) {
    const cosigned = splitCosignature(signature)
    const message = cosigned && utf8.encode(cosignedText(text, cosigned.seen))
    return cosigned && message && verifyEd25519(key, message, cosigned.bytes) ? { seen: cosigned.seen } : undefined
  }
  return undefined
}

/** What a cosigner signs (C2SP tlog-cosignature, Ed25519). */
export const cosignedText = (text: string, seen: number): string => `cosignature/v1\ntime ${seen}\n${text}`

/** Eight bytes of time, big endian, and the signature. */
export function joinCosignature(seen: number, signature: Bytes): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + signature.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(seen))
  bytes.set(signature, 8)
  return bytes
}

function splitCosignature(signature: Bytes): { readonly seen: number; readonly bytes: Bytes } | undefined {
  if (signature.length !== 72) return undefined
  const seen = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0))
  return Number.isSafeInteger(seen) ? { seen, bytes: signature.subarray(8) } : undefined
}
