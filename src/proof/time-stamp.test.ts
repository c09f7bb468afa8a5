import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { readTimeStamp, sameNonce, timeStampRequest } from './time-stamp.ts'

describe('a time-stamp request', () => {
  it('is the DER that openssl ts -query writes', () => {
    // openssl ts -query -digest 00…1f -sha256 -cert, the nonce put in its place.
    const digest = Uint8Array.from({ length: 32 }, (_, at) => at)
    expect(toHex(timeStampRequest(digest, fromHex('7fb60c2d53a1e8f4')))).toBe(
      `30430201013031300d060960864801650304020105000420${toHex(digest)}02087fb60c2d53a1e8f40101ff`,
    )
  })

  it.each([
    ['80', '0080'],
    ['00007f', '7f'],
    ['000080', '0080'],
    ['00', '00'],
  ])('writes the nonce %s as the positive INTEGER %s, and knows it again', (sent, written) => {
    const request = toHex(timeStampRequest(new Uint8Array(32), fromHex(sent)))
    expect(request).toContain(`02${(written.length / 2).toString(16).padStart(2, '0')}${written}0101ff`)
    expect(sameNonce(fromHex(written), fromHex(sent))).toBe(true)
    expect(sameNonce(undefined, fromHex(sent))).toBe(false)
  })
})

describe('what is no time stamp', () => {
  it.each([
    ['nothing', ''],
    ['a refusal', '30053003020102'],
    ['a grant without a token', '30053003020100'],
    ['a length beyond the end', '3082ffff'],
    ['an indefinite length', '30800000'],
    ['a length of five bytes', '30850000000001'],
  ])('%s is refused', (_, hex) => expect(() => readTimeStamp(fromHex(hex))).toThrow(ArchiveError))

  it('any bytes are refused in words, never with another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readTimeStamp(bytes)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ArchiveError)
        }
      }),
      { numRuns: 5000 },
    )
  })
})
