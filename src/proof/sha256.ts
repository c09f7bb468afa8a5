/**
 * SHA-256 (FIPS 180-4), written out so that this room depends on nothing: a proof must check in any browser, in any
 * program, in forty years. Synchronous, since a tree is made of very many very small digests.
 */
import type { Bytes } from '../base/bytes.ts'
import { SHA2_ROUND, SHA2_START } from './sha2-constants.ts'

export const HASH_LENGTH = 32
const BLOCK = 64

const upperHalf = (value: bigint): number => Number(value >> 32n)
const START = Int32Array.from(SHA2_START, upperHalf)
const ROUND = Int32Array.from(SHA2_ROUND.slice(0, 64), upperHalf)
const schedule = new Int32Array(64)
const state = new Int32Array(8)
/** A tree's digests are over one or two blocks, or a leaf's few: memory for them is kept. */
const kept = new Uint8Array(16 * BLOCK)

/** The digest of the parts, one after the other. */
export function sha256(...parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of parts) length += part.length
  const padded = Math.ceil((length + 9) / BLOCK) * BLOCK
  const message = padded <= kept.length ? kept : new Uint8Array(padded)
  let at = 0
  for (const part of parts) {
    message.set(part, at)
    at += part.length
  }
  message[length] = 0x80
  message.fill(0, length + 1, padded)
  const bits = length * 8
  for (let byte = 0, rest = bits; byte < 7; byte += 1, rest = Math.floor(rest / 256)) message[padded - 1 - byte] = rest

  for (let word = 0; word < 8; word += 1) state[word] = START[word] as number
  for (let start = 0; start < padded; start += BLOCK) compress(message, start)
  const digest = new Uint8Array(HASH_LENGTH)
  for (let byte = 0; byte < HASH_LENGTH; byte += 1)
    digest[byte] = (state[byte >> 2] as number) >>> (24 - (byte & 3) * 8)
  return digest
}

/** 6.2.2. */
function compress(message: Uint8Array, start: number): void {
  const w = schedule
  for (let t = 0, at = start; t < 16; t += 1, at += 4)
    w[t] =
      ((message[at] as number) << 24) |
      ((message[at + 1] as number) << 16) |
      ((message[at + 2] as number) << 8) |
      (message[at + 3] as number)
  for (let t = 16; t < 64; t += 1) {
    const x = w[t - 15] as number
    const y = w[t - 2] as number
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[t] = ((w[t - 16] as number) + s0 + (w[t - 7] as number) + s1) | 0
  }
  let a = state[0] as number
  let b = state[1] as number
  let c = state[2] as number
  let d = state[3] as number
  let e = state[4] as number
  let f = state[5] as number
  let g = state[6] as number
  let h = state[7] as number
  for (let t = 0; t < 64; t += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND[t] as number) + (w[t] as number)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  state[0] = (state[0] as number) + a
  state[1] = (state[1] as number) + b
  state[2] = (state[2] as number) + c
  state[3] = (state[3] as number) + d
  state[4] = (state[4] as number) + e
  state[5] = (state[5] as number) + f
  state[6] = (state[6] as number) + g
  state[7] = (state[7] as number) + h
}
