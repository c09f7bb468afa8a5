/**
 * Ed25519 verification (RFC 8032, 5.1.7). Only verification: it handles nothing secret, so it need not run in constant
 * time, and a few milliseconds are enough. Signing is `node:crypto`'s, in the ledger room.
 *
 * Strict, as OpenSSL is: `S` below the group's order, points in canonical encoding, and the equation without the
 * cofactor, by comparing encodings.
 */
import { type Bytes, equalBytes } from '../base/bytes.ts'
import { sha512 } from './sha512.ts'

/** The field, and the order of the base point (RFC 8032, 5.1). */
const P = 2n ** 255n - 19n
const L = 2n ** 252n + 27742317777372353535851937790883648493n
const D = mod(-121665n * power(121666n, P - 2n))
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n)

/** Extended homogeneous coordinates: x = X/Z, y = Y/Z, x y = T/Z (5.1.4). */
type Point = readonly [X: bigint, Y: bigint, Z: bigint, T: bigint]

const NEUTRAL: Point = [0n, 1n, 1n, 0n]
const BASE: Point = pointOf(mod(4n * power(5n, P - 2n)), 0n) ?? NEUTRAL

/** Is it the key's signature of the message? False too for a key or signature that is none. */
export function verifyEd25519(key: Bytes, message: Bytes, signature: Bytes): boolean {
  if (key.length !== 32 || signature.length !== 64) return false
  const encodedR = signature.subarray(0, 32)
  const s = fromLittleEndian(signature.subarray(32))
  const a = decodePoint(key)
  if (a === undefined || s >= L) return false
  const k = fromLittleEndian(sha512(encodedR, key, message)) % L
  return equalBytes(encodePoint(twoProducts(s, BASE, k, negative(a))), encodedR)
}

/** m A + n B, bit by bit together. */
function twoProducts(m: bigint, a: Point, n: bigint, b: Point): Point {
  const both = add(a, b)
  let sum = NEUTRAL
  for (let bit = 255n; bit >= 0n; bit -= 1n) {
    sum = add(sum, sum)
    const [inM, inN] = [(m >> bit) & 1n, (n >> bit) & 1n]
    if (inM === 1n && inN === 1n) sum = add(sum, both)
    else if (inM === 1n) sum = add(sum, a)
    else if (inN === 1n) sum = add(sum, b)
  }
  return sum
}

/** 5.1.4; complete, so doubling is adding a point to itself. */
function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = mod((y1 - x1) * (y2 - x2))
  const b = mod((y1 + x1) * (y2 + x2))
  const c = mod(t1 * 2n * D * t2)
  const d = mod(z1 * 2n * z2)
  const [e, f, g, h] = [b - a, d - c, d + c, b + a]
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)]
}

const negative = ([x, y, z, t]: Point): Point => [mod(-x), y, z, mod(-t)]

/** 5.1.3; undefined when no point has this encoding. */
function decodePoint(bytes: Bytes): Point | undefined {
  const encoded = fromLittleEndian(bytes)
  return pointOf(encoded & (2n ** 255n - 1n), encoded >> 255n)
}

function pointOf(y: bigint, sign: bigint): Point | undefined {
  if (y >= P) return undefined
  const u = mod(y * y - 1n)
  const v = mod(D * y * y + 1n)
  const v3 = mod(v * v * v)
  let x = mod(u * v3 * power(mod(u * v3 * v3 * v), (P - 5n) / 8n))
  const check = mod(v * x * x)
  if (check === mod(-u)) x = mod(x * ROOT_OF_MINUS_ONE)
  else if (check !== u) return undefined
  if (x === 0n && sign === 1n) return undefined
  if ((x & 1n) !== sign) x = P - x
  return [x, y, 1n, mod(x * y)]
}

function encodePoint([x, y, z]: Point): Uint8Array {
  const inverse = power(z, P - 2n)
  let encoded = mod(y * inverse) | ((mod(x * inverse) & 1n) << 255n)
  const bytes = new Uint8Array(32)
  for (let at = 0; at < 32; at += 1, encoded >>= 8n) bytes[at] = Number(encoded & 255n)
  return bytes
}

function fromLittleEndian(bytes: Bytes): bigint {
  let value = 0n
  for (let at = bytes.length - 1; at >= 0; at -= 1) value = (value << 8n) | BigInt(bytes[at] ?? 0)
  return value
}

function mod(value: bigint): bigint {
  const rest = value % P
  return rest < 0n ? rest + P : rest
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = mod(base), rest = exponent; rest > 0n; rest >>= 1n, square = mod(square * square))
    if ((rest & 1n) === 1n) result = mod(result * square)
  return result
}
