/**
 * How large a data set may be before reading it is refused with `DICOM_LIMIT`: no input may eat memory or hang.
 *
 * The defaults let through what real devices make (an enhanced multi-frame of some ten thousand frames, a whole slide
 * image of a million tiles); memory in the worst case is a few hundred megabytes, for one hostile object.
 */
export interface Limits {
  /** Sequences within sequences. */
  readonly depth: number
  /** Elements, at all levels together. */
  readonly elements: number
  /** Items and fragments, at all levels together. */
  readonly items: number
  /** Bytes of values held, all together. Not refused: past it only values of up to 256 bytes are held, others stay distant. */
  readonly keptBytes: number
  /** Bytes a deflated data set may inflate to. */
  readonly inflatedBytes: number
  /** How many times larger than received a deflated data set may become; counts from 16 MiB on. */
  readonly inflationRatio: number
}

export const LIMITS: Limits = {
  depth: 64,
  elements: 1_000_000,
  items: 1_000_000,
  keptBytes: 32 * 1024 * 1024,
  inflatedBytes: 16 * 1024 ** 3,
  inflationRatio: 250,
}
