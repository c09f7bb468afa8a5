/**
 * Unique identifiers (PS3.5 section 9): a branded string that only `uid` makes, so one that exists is valid.
 */
import { ArchiveError } from '../base/errors.ts'

export type Uid = string & { readonly __brand: 'Uid' }

/** What names an instance everywhere in the house. */
export interface InstanceKey {
  readonly study: Uid
  readonly series: Uid
  readonly instance: Uid
}

const STRICT = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/
// Leniency `uid-leading-zeros`: devices write components such as `01`; they are kept as received, since changing them breaks references.
const LENIENT = /^\d+(\.\d+)*$/

export function isUid(text: string): text is Uid {
  return text.length <= 64 && STRICT.test(text)
}

/** May it name an instance here? Digits and dots, at most 64 characters; leading zeros only as a leniency. */
export function isUsableUid(text: string): text is Uid {
  return text.length > 0 && text.length <= 64 && LENIENT.test(text)
}

/** @throws {ArchiveError} `DICOM_INVALID_UID` */
export function uid(text: string): Uid {
  if (!isUsableUid(text)) throw new ArchiveError('DICOM_INVALID_UID', { uid: text.slice(0, 80) })
  return text
}
