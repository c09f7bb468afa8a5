/**
 * The deflated transfer syntax (PS3.5 A.5): a deflate stream (RFC 1951) to the bytes of a data set, in pieces.
 *
 * A few bytes can inflate to many: they come out through one buffer that is used again, and the limits are checked each
 * time it is emptied. Whatever a stream inflates to, it holds that buffer and the decoder's window, and leaves nothing
 * to be swept.
 */
import {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateEnd,
  zlibInflateInit2,
} from 'pako'
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Limits } from './limits.ts'

/** Bytes that come out at once. */
const PIECE = 64 * 1024
/** Negative: a bare deflate stream, without zlib's head and checksum; 15: a window of 32 KiB (RFC 1951 section 2). */
const RAW_WINDOW = -15
/** Below this many bytes any ratio is harmless. */
const RATIO_COUNTS_FROM = 16 * 1024 * 1024

export class Inflation {
  readonly #stream = new ZStream()
  readonly #piece = new Uint8Array(PIECE)
  readonly #take: (piece: Bytes) => void
  readonly #limits: Limits
  #inflated = 0
  #ended = false
  /** Bytes received before the stream, for messages. */
  readonly #start: number

  /** @param take  gets every inflated piece; it is overwritten when `take` has returned */
  constructor(start: number, limits: Limits, take: (piece: Bytes) => void) {
    this.#start = start
    this.#limits = limits
    this.#take = take
    zlibInflateInit2(this.#stream, RAW_WINDOW)
  }

  /**
   * What follows the stream's end, a padding byte as a rule, is passed over.
   *
   * @throws {ArchiveError} `DICOM_MALFORMED` when it is no deflate stream, `DICOM_LIMIT` when it inflates to too much
   */
  push(chunk: Bytes): void {
    const stream = this.#stream
    stream.input = chunk
    stream.next_in = 0
    stream.avail_in = chunk.length
    while (!this.#ended) {
      stream.output = this.#piece
      stream.next_out = 0
      stream.avail_out = PIECE
      const status = zlibInflate(stream, Z_NO_FLUSH)
      if (stream.next_out > 0) this.#give(this.#piece.subarray(0, stream.next_out))
      if (status === Z_STREAM_END) this.#close()
      else if (status !== Z_OK && status !== Z_BUF_ERROR) throw this.#damaged()
      // A buffer that was not filled: all that came is used.
      else if (stream.avail_out > 0) break
    }
  }

  /** No more bytes come. @throws {ArchiveError} `DICOM_TRUNCATED` when the stream has no end */
  end(): void {
    if (this.#ended) return
    throw new ArchiveError('DICOM_TRUNCATED', { at: this.#at(), why: 'the deflated data set is not ended' })
  }

  #close(): void {
    this.#ended = true
    zlibInflateEnd(this.#stream)
  }

  #damaged(): ArchiveError {
    return new ArchiveError('DICOM_MALFORMED', { at: this.#at(), why: 'the deflated data set cannot be inflated' })
  }

  #at(): number {
    return this.#start + this.#stream.total_in
  }

  /** Limits first: what is too much is not parsed. */
  #give(piece: Bytes): void {
    const { inflatedBytes, inflationRatio } = this.#limits
    this.#inflated += piece.length
    if (this.#inflated > inflatedBytes)
      throw new ArchiveError('DICOM_LIMIT', { limit: 'inflatedBytes', allowed: inflatedBytes, at: this.#at() })
    if (this.#inflated > RATIO_COUNTS_FROM && this.#inflated > this.#stream.total_in * inflationRatio)
      throw new ArchiveError('DICOM_LIMIT', { limit: 'inflationRatio', allowed: inflationRatio, at: this.#at() })
    this.#take(piece)
  }
}
