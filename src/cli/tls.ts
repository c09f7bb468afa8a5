/** TLS of the DICOM commands: authorities turn it on, certificate and key are shown to peers that ask for them. */
import { readFileSync } from 'node:fs'
import { ArchiveError } from '../base/errors.ts'
import type { TlsMaterial } from '../network/upper-layer/tls.ts'

export interface TlsFlags {
  readonly tlsCa?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
}

/** @throws {ArchiveError} `USAGE` for a file that cannot be read, or a part without the others */
export function tlsOf({ tlsCa, tlsCert, tlsKey }: TlsFlags): { readonly tls?: TlsMaterial } {
  if (tlsCa === undefined && tlsCert === undefined && tlsKey === undefined) return {}
  if (tlsCa === undefined) throw usage('--tls-ca is needed: the authorities that have certified the peer')
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw usage('--tls-cert and --tls-key go together')
  return {
    tls: {
      ca: read(tlsCa),
      ...(tlsCert !== undefined && tlsKey !== undefined && { cert: read(tlsCert), key: read(tlsKey) }),
    },
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw usage(`${file} cannot be read`)
  }
}

const usage = (why: string): ArchiveError => new ArchiveError('USAGE', { why: `${why}.` })
