/**
 * What PDUs are made of (PS3.8 section 9.3.1): big-endian numbers, and items of one type byte, one reserved byte, a
 * 16-bit length and a value.
 */
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'

/** Reads forward through bytes it does not own, and never past their end. */
export class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Bytes) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1))
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#take(2))
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#take(4))
  }

  /** ISO 646 text (PS3.8 section 9.3.1); what lies beyond is kept as Latin-1 so that nothing is lost. */
  text(length: number): string {
    const at = this.#take(length)
    return this.#bytes.toString('latin1', at, at + length)
  }

  bytes(length: number): Bytes {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  skip(length: number): void {
    this.#take(length)
  }

  /** All that is left, as a UID; devices pad UIDs with a NUL or a space here, though PS3.8 Annex F forbids it. */
  uid(): string {
    return this.text(this.left).replace(/[ \0]+$/, '')
  }

  /** The items that fill what is left. @throws {ArchiveError} `NET_PDU_INVALID` when one passes the end */
  *items(): Generator<{ readonly type: number; readonly value: Cursor }> {
    while (this.left > 0) {
      const type = this.u8()
      this.skip(1)
      yield { type, value: new Cursor(this.bytes(this.u16())) }
    }
  }

  #take(length: number): number {
    const at = this.#at
    if (length > this.#bytes.length - at)
      throw new ArchiveError('NET_PDU_INVALID', { why: 'an item is longer than what holds it' })
    this.#at += length
    return at
  }
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** @throws {ArchiveError} `DEFECT` when the value does not fit: an item holds 65,535 bytes at most */
export function item(type: number, parts: readonly Bytes[]): Buffer {
  const value = Buffer.concat(parts)
  if (value.length > 0xffff) throw new ArchiveError('DEFECT', { what: `an item of ${value.length} bytes in a PDU` })
  return Buffer.concat([Buffer.from([type, 0]), u16(value.length), value])
}

export const itemText = (type: number, text: string): Buffer => item(type, [Buffer.from(text, 'latin1')])

/** Text or bytes behind a 16-bit length, as the sub-items of PS3.7 Annex D have them. */
export function counted(value: string | Bytes): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value
  return Buffer.concat([u16(bytes.length), bytes])
}
