/**
 * Bytes gathered until they are whole. Memory grows with what has come, never with what was announced, and a million
 * one-byte pieces cost a million bytes.
 */
import type { Bytes } from '../../base/bytes.ts'

const NOTHING = Buffer.alloc(0)

export class Gathering {
  #bytes = NOTHING
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Copies a piece to the end. */
  push(piece: Bytes): void {
    const length = this.#length + piece.length
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    this.#bytes.set(piece, this.#length)
    this.#length = length
  }

  /** What was gathered; begins anew. */
  take(): Buffer {
    const whole = this.#bytes.subarray(0, this.#length)
    this.#bytes = NOTHING
    this.#length = 0
    return whole
  }
}
