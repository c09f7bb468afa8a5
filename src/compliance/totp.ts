/**
 * One-time passwords of an authenticator app: HOTP (RFC 4226) over the time (RFC 6238), with what every such app takes for
 * granted: SHA-1, six digits, steps of 30 seconds. And base32 (RFC 4648 section 6), in which people type secrets.
 *
 * Pure but for the digest. Whether a code was used before is asked in `second-factors.ts`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Bytes } from '../base/bytes.ts'

export const STEP_SECONDS = 30
/** RFC 6238 section 5.2: one step before and after for the way here, and for clocks that are not quite right. */
const STEPS_AROUND = 1
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export interface OtpForm {
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512'
  readonly digits?: number
}

/** RFC 4226 section 5.3: the digits of this counter, with leading zeros. */
export function hotp(secret: Bytes, counter: number, { algorithm = 'sha1', digits = 6 }: OtpForm = {}): string {
  const message = Buffer.alloc(8)
  message.writeBigUInt64BE(BigInt(counter))
  const digest = createHmac(algorithm, secret).update(message).digest()
  const at = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(at) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0')
}

/** The number of the time step a moment lies in. */
export const stepAt = (at: Date): number => Math.floor(at.getTime() / 1000 / STEP_SECONDS)

/**
 * The time step whose code this is, among the one of now and its neighbours, if it is later than `after`; else undefined.
 *
 * @param after  the last step a code was taken of: neither that nor an older one is taken again (RFC 6238 section 5.2)
 */
export function stepOfCode(secret: Bytes, code: string, at: Date, after: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const given = Buffer.from(code)
  let found: number | undefined
  for (let step = stepAt(at) - STEPS_AROUND; step <= stepAt(at) + STEPS_AROUND; step += 1)
    if (step > after && timingSafeEqual(given, Buffer.from(hotp(secret, step)))) found ??= step
  return found
}

/** Base32 without padding, as authenticator apps show it. */
export function base32(bytes: Bytes): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff
    bits += 8
    for (; bits >= 5; bits -= 5) text += LETTERS[(held >>> (bits - 5)) & 31]
  }
  return bits === 0 ? text : text + LETTERS[(held << (5 - bits)) & 31]
}

/** What the QR code says: the `otpauth` key URI that authenticator apps read. */
export function keyUri(issuer: string, account: string, secret: Bytes): string {
  const [by, who] = [issuer, account].map(encodeURIComponent)
  return `otpauth://totp/${by}:${who}?secret=${base32(secret)}&issuer=${by}&algorithm=SHA1&digits=6&period=${STEP_SECONDS}`
}
