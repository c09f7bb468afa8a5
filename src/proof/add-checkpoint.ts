/** C2SP tlog-witness: the text a log asks a witness with: from which size, the consistency proof, and the checkpoint. */
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { HASH_LENGTH } from './sha256.ts'

export interface AddCheckpoint {
  /** Size of the last checkpoint the witness cosigned; 0 for none. */
  readonly old: number
  readonly hashes: readonly Bytes[]
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string
}

const MOST_HASHES = 63

export const addCheckpointText = ({ old, hashes, checkpoint }: AddCheckpoint): string =>
  `${[`old ${old}`, ...hashes.map(toBase64)].join('\n')}\n\n${checkpoint}`

/** @throws {ArchiveError} `PROOF_INVALID` */
export function parseAddCheckpoint(text: string): AddCheckpoint {
  const invalid = (why: string) => new ArchiveError('PROOF_INVALID', { what: 'request', why })
  const end = text.indexOf('\n\n')
  if (end < 0) throw invalid('it has no checkpoint')
  const [first = '', ...lines] = text.slice(0, end).split('\n')
  const old = Number(/^old (0|[1-9]\d*)$/.exec(first)?.[1] ?? Number.NaN)
  if (!Number.isSafeInteger(old)) throw invalid('it does not begin with an old size')
  if (lines.length > MOST_HASHES) throw invalid('it has too many hashes')
  const hashes = lines.map((line) => {
    const hash = fromBase64(line)
    if (hash?.length !== HASH_LENGTH) throw invalid('a line of it is not a hash')
    return hash
  })
  return { old, hashes, checkpoint: text.slice(end + 2) }
}
