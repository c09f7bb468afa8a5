/**
 * Where a study's object lies under the storage root: OCFL extension 0004, hashed n-tuple storage layout, three pairs of
 * the SHA-256 of its identifier, and the whole of it.
 */
import { createHash } from 'node:crypto'
import type { Uid } from '../../dicom/uid.ts'

/** OCFL wants a URI; a UID is an OID (RFC 3061). */
export const objectId = (study: Uid | string): string => `urn:oid:${study}`

export const LAYOUT = {
  extensionName: '0004-hashed-n-tuple-storage-layout',
  digestAlgorithm: 'sha256',
  tupleSize: 2,
  numberOfTuples: 3,
  shortObjectRoot: false,
} as const

/** @returns a path with `/`, without a slash at its end */
export function objectPath(id: string): string {
  const digest = createHash('sha256').update(id).digest('hex')
  const tuples = Array.from({ length: LAYOUT.numberOfTuples }, (_, at) =>
    digest.slice(at * LAYOUT.tupleSize, (at + 1) * LAYOUT.tupleSize),
  )
  return [...tuples, digest].join('/')
}
