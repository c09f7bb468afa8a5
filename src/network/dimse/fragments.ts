/**
 * Messages into P-DATA-TF PDUs (PS3.8 section 9.3.5 and Annex E): the way out.
 *
 * A PDU holds one presentation data value. Data sets are not copied: a PDU is a header of ours and views on what was
 * given, to be written in one go.
 */
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { PDU_TYPE } from '../upper-layer/pdu.ts'
import { type CommandSet, encodeCommandSet } from './commands.ts'

/** PDU header 6, and in it one PDV item header: length 4, context 1, message control header 1. */
const PDU_HEADER = 6
const PDV_HEADER = 6
const HEADERS = PDU_HEADER + PDV_HEADER
const COMMAND = 1
const LAST = 2

/** A PDU longer than this is of no use to anybody, whatever the peer allows. */
const LONGEST_PDU = 262_144 // bytes

/**
 * How many bytes of a message fit in one PDU: even, as PS3.8 Annex E.1 asks of every fragment.
 *
 * @param maxPdu  the peer's maximum length, in bytes without the PDU header; 0 means no limit (PS3.8 section D.1)
 * @param peer    for the error message
 * @throws {ArchiveError} `NET_PDU_TOO_SMALL`
 */
export function fragmentSize(maxPdu: number, peer: string): number {
  const longest = maxPdu === 0 ? LONGEST_PDU : Math.min(maxPdu, LONGEST_PDU)
  const size = (longest - PDV_HEADER) & ~1
  if (size < 2) throw new ArchiveError('NET_PDU_TOO_SMALL', { peer, maxPdu })
  return size
}

function writeHeaders(into: Buffer, at: number, contextId: number, control: number, length: number): void {
  into[at] = PDU_TYPE['P-DATA-TF']
  into[at + 1] = 0
  into.writeUInt32BE(length + PDV_HEADER, at + 2)
  into.writeUInt32BE(length + 2, at + PDU_HEADER)
  into[at + 10] = contextId
  into[at + 11] = control
}

/** A command set as PDUs: one buffer, unless the peer takes only tiny PDUs. */
export function commandPdus(contextId: number, command: CommandSet, size: number): Bytes[] {
  const encoded = encodeCommandSet(command, HEADERS)
  const length = encoded.length - HEADERS
  if (length <= size) {
    writeHeaders(encoded, 0, contextId, COMMAND | LAST, length)
    return [encoded]
  }
  return fragmentsOf(encoded.subarray(HEADERS), contextId, COMMAND, size)
}

function fragmentsOf(message: Bytes, contextId: number, kind: number, size: number): Bytes[] {
  const pdus: Bytes[] = []
  for (let at = 0; at < message.length; at += size) {
    const fragment = message.subarray(at, at + size)
    const headers = Buffer.allocUnsafe(HEADERS)
    const last = at + size >= message.length
    writeHeaders(headers, 0, contextId, last ? kind | LAST : kind, fragment.length)
    pdus.push(headers, fragment)
  }
  return pdus
}

/** Cuts a data set that comes in pieces of any size. The last fragment must say so, hence a fragment is held back. */
export class DataSetFragmenter {
  readonly #contextId: number
  readonly #size: number
  #held: Bytes[] = []
  #heldLength = 0

  constructor(contextId: number, size: number) {
    this.#contextId = contextId
    this.#size = size
  }

  /** PDUs that are complete now and certainly not the last. */
  push(piece: Bytes): Bytes[] {
    if (piece.length > 0) this.#held.push(piece)
    this.#heldLength += piece.length
    const pdus: Bytes[] = []
    while (this.#heldLength > this.#size) this.#cut(this.#size, 0, pdus)
    return pdus
  }

  /** Is some of these bytes still to be sent? */
  holds(piece: Bytes): boolean {
    return this.#held.some(({ buffer }) => buffer === piece.buffer)
  }

  /** The last PDU, empty if the data set was. */
  end(): Bytes[] {
    const pdus: Bytes[] = []
    this.#cut(this.#heldLength, LAST, pdus)
    return pdus
  }

  #cut(length: number, control: number, pdus: Bytes[]): void {
    const headers = Buffer.allocUnsafe(HEADERS)
    writeHeaders(headers, 0, this.#contextId, control, length)
    pdus.push(headers)
    let left = length
    let whole = 0 // pieces that went out to their end
    while (left > 0) {
      const piece = this.#held[whole]
      if (piece === undefined) break
      if (piece.length > left) {
        pdus.push(piece.subarray(0, left))
        this.#held[whole] = piece.subarray(left)
        break
      }
      pdus.push(piece)
      left -= piece.length
      whole += 1
    }
    this.#held.splice(0, whole)
    this.#heldLength -= length
  }
}
