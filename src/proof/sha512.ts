/** SHA-512 (FIPS 180-4), for Ed25519. In BigInt: a handful of short messages is all it ever hashes. */
import { type Bytes, concat } from '../base/bytes.ts'
import { SHA2_ROUND, SHA2_START } from './sha2-constants.ts'

const BLOCK = 128
const MASK = (1n << 64n) - 1n

const rotated = (x: bigint, by: bigint): bigint => ((x >> by) | (x << (64n - by))) & MASK

/** The digest of the parts, one after the other. */
export function sha512(...parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const given = concat(parts)
  const message = new Uint8Array(Math.ceil((given.length + 17) / BLOCK) * BLOCK)
  message.set(given)
  message[given.length] = 0x80
  const view = new DataView(message.buffer)
  view.setBigUint64(message.length - 8, BigInt(given.length) * 8n)

  let state = [...SHA2_START]
  for (let start = 0; start < message.length; start += BLOCK) state = compressed(state, view, start)
  const digest = new Uint8Array(64)
  const out = new DataView(digest.buffer)
  state.forEach((word, at) => {
    out.setBigUint64(at * 8, word)
  })
  return digest
}

/** 6.4.2. */
function compressed(state: readonly bigint[], message: DataView, start: number): bigint[] {
  const w: bigint[] = []
  for (let t = 0; t < 16; t += 1) w.push(message.getBigUint64(start + t * 8))
  for (let t = 16; t < 80; t += 1) {
    const x = w[t - 15] as bigint
    const y = w[t - 2] as bigint
    const s0 = rotated(x, 1n) ^ rotated(x, 8n) ^ (x >> 7n)
    const s1 = rotated(y, 19n) ^ rotated(y, 61n) ^ (y >> 6n)
    w.push(((w[t - 16] as bigint) + s0 + (w[t - 7] as bigint) + s1) & MASK)
  }
  let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]
  for (let t = 0; t < 80; t += 1) {
    const s1 = rotated(e, 14n) ^ rotated(e, 18n) ^ rotated(e, 41n)
    const one = h + s1 + ((e & f) ^ (~e & MASK & g)) + (SHA2_ROUND[t] as bigint) + (w[t] as bigint)
    const s0 = rotated(a, 28n) ^ rotated(a, 34n) ^ rotated(a, 39n)
    const two = s0 + ((a & b) ^ (a & c) ^ (b & c))
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK, c, b, a, (one + two) & MASK]
  }
  return [a, b, c, d, e, f, g, h].map((word, at) => (word + (state[at] as bigint)) & MASK)
}
