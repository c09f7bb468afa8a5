/** C2SP tlog-checkpoint: a signed note that says how large a log is and what its root is. */
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { type Note, parseNote } from './note.ts'
import { HASH_LENGTH } from './sha256.ts'

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Bytes
}

/** The note's text. We write no extension lines; readers pass over those of others. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${toBase64(root)}\n`

/** @throws {ArchiveError} `PROOF_INVALID`; no signature is checked */
export function parseCheckpoint(text: string): Checkpoint & { readonly note: Note } {
  const note = parseNote(text)
  const [origin = '', size = '', root = '', ...rest] = note.text.split('\n')
  const hash = fromBase64(root)
  const count = /^(0|[1-9]\d*)$/.test(size) ? Number(size) : Number.NaN
  // The last line's newline leaves one empty string behind.
  const extensions = rest.slice(0, -1)
  if (origin === '' || !Number.isSafeInteger(count) || hash?.length !== HASH_LENGTH || extensions.includes(''))
    throw new ArchiveError('PROOF_INVALID', { what: 'checkpoint', why: 'it is not origin, size and root' })
  return { origin, size: count, root: hash, note }
}
