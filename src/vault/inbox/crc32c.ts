/**
 * CRC-32C (Castagnoli; RFC 3720 appendix B.4): finds damage in the small structures of the journal, which are read
 * before any digest over them can be. It proves nothing against intent; SHA-256 does.
 */
import type { Bytes } from '../../base/bytes.ts'

const POLYNOMIAL = 0x82f63b78 // reflected

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
})

/** @param before  the CRC of the bytes in front, to go on from */
export function crc32c(bytes: Bytes, before = 0): number {
  let crc = ~before
  for (let at = 0; at < bytes.length; at += 1)
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] as number)) & 0xff] as number)
  return ~crc >>> 0
}
