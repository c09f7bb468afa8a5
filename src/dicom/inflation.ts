/**
 * The deflated transfer syntax (PS3.5 A.5): a deflate stream (RFC 1951) to the bytes of a data set, in pieces.
 *
 * A few bytes can inflate to many: input goes in by small slices and the limits are checked after each, so that no
 * stream holds more than some four megabytes at a time.
 */
import { Inflate } from 'fflate'
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Limits } from './limits.ts'

/** Deflate grows at most 1032 times, so a slice gives at most four megabytes. */
const SLICE = 4096
/** Below this many bytes any ratio is harmless. */
const RATIO_COUNTS_FROM = 16 * 1024 * 1024

export class Inflation {
  readonly #inflate: Inflate
  readonly #limits: Limits
  #received = 0
  #inflated = 0
  /** Bytes received before the stream, for messages. */
  readonly #start: number

  /** @param take  gets every inflated piece; it is not used again */
  constructor(start: number, limits: Limits, take: (piece: Bytes) => void) {
    this.#start = start
    this.#limits = limits
    this.#inflate = new Inflate((piece) => {
      this.#inflated += piece.length
      if (piece.length > 0) take(piece)
    })
  }

  push(chunk: Bytes): void {
    for (let at = 0; at < chunk.length; at += SLICE) {
      const slice = new Uint8Array(chunk.subarray(at, at + SLICE))
      this.#received += slice.length
      this.#run(() => this.#inflate.push(slice))
      this.#check()
    }
  }

  /** No more bytes come. @throws {ArchiveError} `DICOM_TRUNCATED` when the stream has no end */
  end(): void {
    this.#run(() => this.#inflate.push(new Uint8Array(0), true))
  }

  #run(work: () => void): void {
    try {
      work()
    } catch (cause) {
      if (cause instanceof ArchiveError) throw cause
      const at = this.#start + this.#received
      // fflate: 0 is an unexpected end, all else is damage
      if ((cause as { code?: number }).code === 0)
        throw new ArchiveError('DICOM_TRUNCATED', { at, why: 'the deflated data set is not ended' }, { cause })
      throw new ArchiveError('DICOM_MALFORMED', { at, why: 'the deflated data set cannot be inflated' }, { cause })
    }
  }

  #check(): void {
    const { inflatedBytes, inflationRatio } = this.#limits
    const at = this.#start + this.#received
    if (this.#inflated > inflatedBytes)
      throw new ArchiveError('DICOM_LIMIT', { limit: 'inflatedBytes', allowed: inflatedBytes, at })
    if (this.#inflated > RATIO_COUNTS_FROM && this.#inflated > this.#received * inflationRatio)
      throw new ArchiveError('DICOM_LIMIT', { limit: 'inflationRatio', allowed: inflationRatio, at })
  }
}
