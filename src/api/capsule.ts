/**
 * What a time capsule's page reads beside it: `capsule/book.js` says what there is, each other file is a part that is
 * loaded when it is looked at. Each is a script that calls `clearkeepCapsule`, since a page from a folder may load
 * scripts and no data. Written by `record/capsule`, read by `app/capsule`.
 */

/** Raised when a page of an older capsule could not read a newer book. */
export const CAPSULE_FORMAT = 1

export interface CapsuleBook {
  readonly format: typeof CAPSULE_FORMAT
  /** RFC 3339. */
  readonly made: string
  readonly madeBy: string
  readonly patient: {
    /** Component groups joined by `=`, components by `^`, as DICOM has them. */
    readonly name: string
    readonly otherNames: readonly string[]
    readonly id: string
    readonly issuer: string
    readonly birthDate: string // YYYYMMDD, or ''
    readonly sex: string
  }
  /** Oldest first, those without a date last. */
  readonly studies: readonly CapsuleStudy[]
}

export interface CapsuleStudy {
  readonly study: string
  readonly date: string // YYYYMMDD, or ''
  readonly time: string
  readonly description: string
  readonly accession: string
  /** Widest regions, from head to foot. */
  readonly lanes: readonly string[]
  readonly regions: readonly string[]
  /** XR, CT, MR … */
  readonly families: readonly string[]
  readonly side: string
  /** A file, or ''. */
  readonly thumbnail: string
  readonly series: readonly CapsuleSeries[]
  readonly reports: readonly CapsuleReport[]
  readonly objects: number
  readonly bytes: number
}

export interface CapsuleSeries {
  readonly series: string
  readonly modality: string
  readonly number: number | null
  readonly description: string
  readonly thumbnail: string
  readonly images: number
  /** The files of its images, in order, and how many are in each. */
  readonly parts: readonly { readonly file: string; readonly images: number }[]
  /** What it holds besides images: `Key Object Selection Document`, … */
  readonly others: readonly string[]
}

export interface CapsuleReport {
  readonly title: string
  /** Date and time it states, or ''. */
  readonly when: string
  /** `text`: a part with a `ReportNode`; `document`: a file any browser or reader of its kind opens. */
  readonly kind: 'text' | 'document'
  readonly file: string
}

/** A structured report as it reads: a heading or a sentence, and what stands below it. */
export interface ReportNode {
  readonly name: string
  readonly value: string
  readonly below: readonly ReportNode[]
}

export interface CapsuleWindow {
  readonly center: number
  readonly width: number
  readonly function: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID'
  readonly explanation: string
}

export type CapsuleImage = {
  /** Instance number, with the frame behind it where there are several. */
  readonly name: string
  readonly rows: number
  readonly columns: number
  /** Height of a pixel over its width. */
  readonly aspect: number
  /** Along the normal of the slices, mm; null where the image has no place in space. */
  readonly position: number | null
  /** `12:1` where it was compressed with loss before it came, else ''. */
  readonly lossy: string
  /** The original. */
  readonly object: string
} & (
  | {
      readonly kind: 'values'
      readonly values: 'u8' | 'i16' | 'u16' | 'f32'
      /** The lowest value is the lightest. */
      readonly inverted: boolean
      readonly slope: number
      readonly intercept: number
      readonly unit: string
      readonly windows: readonly CapsuleWindow[]
      /** VOI look-up table, where there is no window. */
      readonly table: { readonly first: number; readonly bits: number; readonly entries: readonly number[] } | null
      /** Base64 of what `packValues` gave, deflated (RFC 1951). */
      readonly data: string
    }
  | { readonly kind: 'picture'; readonly file: string }
  | { readonly kind: 'none'; readonly why: string }
)

export type CapsulePart = { readonly images: readonly CapsuleImage[] } | { readonly report: ReportNode }
