/**
 * MLLP blocks (HL7 v2 Implementation Guide, Appendix C; IHE ITI TF-2 C.2.1): `<VT> message <FS><CR>`. What stands
 * between blocks is skipped; bytes may arrive in any pieces.
 */
import type { Bytes } from '../../base/bytes.ts'

const VT = 0x0b
const FS = 0x1c
const CR = 0x0d

export const framed = (message: string): Buffer => Buffer.from(`\x0b${message}\x1c\r`, 'latin1')

/** What came of some bytes: messages, and whether the sender passed the limit. */
export interface Gathered {
  readonly messages: readonly Bytes[]
  readonly tooLong: boolean
}

/**
 * Gathers messages from what a socket brings. A message ends at FS: the CR behind it is often forgotten, and no text
 * holds an FS.
 *
 * @param most  the longest message, in bytes
 */
export class BlockReader {
  readonly #most: number
  #pieces: Bytes[] = []
  #length = 0
  #inside = false

  constructor(most: number) {
    this.#most = most
  }

  /** Is a message under way? */
  get inside(): boolean {
    return this.#inside
  }

  add(bytes: Bytes): Gathered {
    const messages: Bytes[] = []
    let at = 0
    while (at < bytes.length) {
      if (!this.#inside) {
        const start = bytes.indexOf(VT, at)
        if (start < 0) break
        this.#inside = true
        at = start + 1
        continue
      }
      const end = bytes.indexOf(FS, at)
      const piece = bytes.subarray(at, end < 0 ? bytes.length : end)
      // A new VT where a message is not ended: the sender began again.
      const again = piece.lastIndexOf(VT)
      if (again >= 0) this.#forget()
      const kept = again >= 0 ? piece.subarray(again + 1) : piece
      this.#length += kept.length
      if (this.#length > this.#most) return { messages, tooLong: true }
      this.#pieces.push(Uint8Array.from(kept))
      if (end < 0) break
      messages.push(Buffer.concat(this.#pieces))
      this.#forget()
      this.#inside = false
      at = end + 1
      if (bytes[at] === CR) at += 1
    }
    return { messages, tooLong: false }
  }

  #forget(): void {
    this.#pieces = []
    this.#length = 0
  }
}
