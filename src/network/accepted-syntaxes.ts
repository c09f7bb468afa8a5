/**
 * Which transfer syntaxes are taken on an association: those of the table that a data set can be sent in by DIMSE, and
 * whatever else is configured. Everything is kept as it comes, so nothing needs to be decodable; the reader must only be
 * able to walk the data set, and any syntax it does not know is read as Explicit VR Little Endian (PS3.5 section 10).
 */
import { TRANSFER_SYNTAXES } from '../dicom/transfer-syntaxes.ts'

/** Left out: documents (MIME, XML) and media streams (SMPTE ST 2110), which are not encodings of data sets. */
const TAKEN: ReadonlyMap<string, { readonly lossy: boolean }> = new Map(
  TRANSFER_SYNTAXES.filter(({ codec, encapsulated }) => codec !== 'other' && (codec !== 'video' || encapsulated)).map(
    ({ uid, lossy }) => [uid, { lossy }],
  ),
)

const UNKNOWN = { lossy: false }

export const transferSyntaxFor =
  (extra: ReadonlySet<string>) =>
  (uid: string): { readonly lossy: boolean } | undefined =>
    TAKEN.get(uid) ?? (extra.has(uid) ? UNKNOWN : undefined)
