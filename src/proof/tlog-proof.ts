/** C2SP tlog-proof: one text that shows an entry is in a log, to be checked with no log at hand. */
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { HASH_LENGTH } from './sha256.ts'

export interface TlogProof {
  readonly index: number
  readonly hashes: readonly Bytes[]
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string
  /** Opaque, and not authenticated. */
  readonly extra?: Bytes
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'
/** A tree of 2^63 leaves has paths no longer. */
const MOST_HASHES = 63

export function tlogProofText({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [FIRST_LINE, ...(extra ? [`extra ${toBase64(extra)}`] : []), `index ${index}`, ...hashes.map(toBase64)]
  return `${lines.join('\n')}\n\n${checkpoint}`
}

/** @throws {ArchiveError} `PROOF_INVALID` */
export function parseTlogProof(text: string): TlogProof {
  const invalid = (why: string) => new ArchiveError('PROOF_INVALID', { what: 'proof', why })
  const end = text.indexOf('\n\n')
  if (end < 0) throw invalid('it has no checkpoint')
  const [first, ...lines] = text.slice(0, end).split('\n')
  if (first !== FIRST_LINE) throw invalid(`it does not begin with ${FIRST_LINE}`)
  const extra = lines[0]?.startsWith('extra ') ? fromBase64((lines.shift() ?? '').slice('extra '.length)) : null
  if (extra === undefined) throw invalid('its extra data are not base64')
  const index = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '')?.[1]
  if (index === undefined || !Number.isSafeInteger(Number(index))) throw invalid('it has no index')
  if (lines.length > MOST_HASHES) throw invalid('it has too many hashes')
  const hashes = lines.map((line) => {
    const hash = fromBase64(line)
    if (hash?.length !== HASH_LENGTH) throw invalid('a line of it is not a hash')
    return hash
  })
  return { index: Number(index), hashes, checkpoint: text.slice(end + 2), ...(extra && { extra }) }
}
