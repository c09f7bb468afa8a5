/**
 * The DICOM JSON model (PS3.18 Annex F).
 */
import type { Vr } from './data-set.ts'

/** A person name: component groups as they stand between the `=` (PS3.18 F.2.2). */
export interface PersonNameJson {
  readonly Alphabetic?: string
  readonly Ideographic?: string
  readonly Phonetic?: string
}

export type DicomJsonValue = string | number | PersonNameJson | DicomJson | null

/** One attribute: a value in one of three forms, or none when it is empty. */
export interface DicomJsonElement {
  readonly vr: Vr
  readonly Value?: readonly DicomJsonValue[]
  readonly InlineBinary?: string
  readonly BulkDataURI?: string
}

/** A data set by tag, eight hexadecimal digits in upper case: `{"00100020": {"vr": "LO", "Value": ["1"]}}`. */
export interface DicomJson {
  readonly [tag: string]: DicomJsonElement
}
