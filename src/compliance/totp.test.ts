import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base32, hotp, keyUri, stepAt, stepOfCode } from './totp.ts'

const ascii = (text: string) => new Uint8Array(Buffer.from(text))
const SECRET = ascii('12345678901234567890')
const at = (seconds: number) => new Date(seconds * 1000)

it.each(
  ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
    (code, counter) => [counter, code] as const,
  ),
)('HOTP of counter %i is %s (RFC 4226 Appendix D)', (counter, code) => {
  expect(hotp(SECRET, counter)).toBe(code)
})

/** RFC 6238 Appendix B, with the secrets of erratum 2866: as long as the digest. */
const SECRETS = {
  sha1: SECRET,
  sha256: ascii('12345678901234567890123456789012'),
  sha512: ascii('1234567890123456789012345678901234567890123456789012345678901234'),
} as const
it.each([
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
])('TOTP at %i seconds (RFC 6238 Appendix B)', (seconds, ...codes) => {
  const step = stepAt(at(seconds))
  const ours = (['sha1', 'sha256', 'sha512'] as const).map((algorithm) =>
    hotp(SECRETS[algorithm], step, { algorithm, digits: 8 }),
  )
  expect(ours).toEqual(codes)
})

describe('a code', () => {
  const now = at(2_000_000_000)
  const step = stepAt(now)

  it.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('of the step %i steps from now is taken: %s', (away, taken) => {
    expect(stepOfCode(SECRET, hotp(SECRET, step + away), now, 0)).toBe(taken ? step + away : undefined)
  })

  it('is not taken again, nor one before it', () => {
    expect(stepOfCode(SECRET, hotp(SECRET, step), now, step)).toBeUndefined()
    expect(stepOfCode(SECRET, hotp(SECRET, step - 1), now, step)).toBeUndefined()
    expect(stepOfCode(SECRET, hotp(SECRET, step + 1), now, step)).toBe(step + 1)
  })

  it('may be any text, and is refused without a fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        fc.pre(!/^\d{6}$/.test(text))
        expect(stepOfCode(SECRET, text, now, 0)).toBeUndefined()
      }),
    )
  })
})

it.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of "%s" is "%s" (RFC 4648 section 10, without padding)', (text, expected) => {
  expect(base32(ascii(text))).toBe(expected)
})

it('names archive and account to the app, whatever letters they have', () => {
  expect(keyUri('St. Mary & Co', 'Ärztin', ascii('foobar'))).toBe(
    'otpauth://totp/St.%20Mary%20%26%20Co:%C3%84rztin?secret=MZXW6YTBOI&issuer=St.%20Mary%20%26%20Co&algorithm=SHA1&digits=6&period=30',
  )
})
