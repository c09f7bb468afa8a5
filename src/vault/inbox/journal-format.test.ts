import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventRecord, factRecord, instanceRecord, sha256 } from '../../../test/support/journal-records.ts'
import { concat, toHex } from '../../base/bytes.ts'
import { canonicalJson, type Json } from '../../base/canonical-json.ts'
import { crc32c } from './crc32c.ts'
import {
  beginDigest,
  decodeFrame,
  decodeRecord,
  decodeRecordStart,
  decodeSegmentHeader,
  encodeFrame,
  encodeRecord,
  encodeSegmentHeader,
  endDigest,
  FRAME_BYTES,
  NO_DIGEST,
  RECORD_START,
  recordCrc,
  recordSeed,
  type SegmentHeader,
} from './journal-format.ts'
import type { JournalRecord } from './records.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const MARK = '000102030405060708090a0b0c0d0e0f'
const SEED = recordSeed(MARK, 442)

// The vectors below were computed by an independent program in another language, from docs/disk-layout.md.

describe('CRC-32C (RFC 3720 B.4)', () => {
  it.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 rising bytes', Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
    ['32 falling bytes', Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
    ['123456789', bytes('123456789'), 0xe3069283],
  ])('of %s', (_, input, crc) => {
    expect(crc32c(input)).toBe(crc)
  })

  it('can be taken in pieces', () => {
    expect(crc32c(bytes('56789'), crc32c(bytes('1234')))).toBe(crc32c(bytes('123456789')))
  })
})

describe('a segment header', () => {
  const header: SegmentHeader = {
    archive: '01JDARCHIVE',
    created: '2026-11-24T12:00:00.000Z',
    mark: MARK,
    node: 'main',
    previous: { digest: 'ab'.repeat(32), end: 1234, group: 56, segment: 7 },
    segment: 8,
  }

  it('is these bytes, for ever', () => {
    const encoded = encodeSegmentHeader({ ...header, previous: null })
    expect(new TextDecoder('latin1').decode(encoded.subarray(0, 8))).toBe('CKJOURNL')
    expect(toHex(encoded.subarray(8, 16))).toBe('0100000092000000')
    expect(new TextDecoder().decode(encoded.subarray(16, -4))).toBe(
      `{"archive":"01JDARCHIVE","created":"2026-11-24T12:00:00.000Z","mark":"${MARK}","node":"main","previous":null,"segment":8}`,
    )
    expect(sha256(encoded)).toBe('e125c4d5ade05ea5f1d20067572696c37b65afc4cbd79ac5116c2c4e69ce2db7')
  })

  it('is canonical JSON, and read back as it was, whatever follows', () => {
    const encoded = encodeSegmentHeader(header)
    expect(new TextDecoder().decode(encoded.subarray(16, -4))).toBe(canonicalJson(header as unknown as Json))
    expect(decodeSegmentHeader(concat([encoded, bytes('records')]))).toEqual({ header, length: encoded.length })
    expect(decodeSegmentHeader(encodeSegmentHeader({ ...header, previous: null }))?.header.previous).toBeNull()
  })

  it('is refused when any of it is damaged or missing', () => {
    const encoded = encodeSegmentHeader(header)
    for (let at = 0; at < encoded.length; at += 1) {
      const damaged = encoded.slice()
      damaged[at] = (damaged[at] as number) ^ 0x10
      expect(decodeSegmentHeader(damaged), `byte ${at}`).toBeUndefined()
      expect(decodeSegmentHeader(encoded.subarray(0, at)), `cut at ${at}`).toBeUndefined()
    }
  })
})

describe('a record', () => {
  const payload = Uint8Array.from({ length: 100 }, (_, at) => at)
  const records: readonly JournalRecord[] = [
    eventRecord(1),
    eventRecord(6),
    factRecord(2),
    instanceRecord(3, payload),
    {
      ...instanceRecord(4, payload),
      payload: { spool: `${'0'.repeat(26)}.spool`, length: 100, prefix: 'aa'.repeat(32) },
    },
  ]
  const headOf = (record: JournalRecord) => {
    const { head } = encodeRecord(record, SEED)
    return { start: head.subarray(0, RECORD_START), header: head.subarray(RECORD_START) }
  }

  it('is these bytes, for ever', () => {
    const { head } = encodeRecord(factRecord(2), SEED)
    const text = '{"n":2,"text":"{\\"kept\\":2}","type":"conflict"}'
    expect(toHex(head)).toBe(`030000002f000000${'00'.repeat(8)}1480ea3b${toHex(bytes(text))}`)
    expect(records.map((record) => sha256(concat([encodeRecord(record, SEED).head])))).toEqual([
      'c5082a74eb4008d7d1c5c0bd306901440cabe7c11dfe156df9ea009d3a9b339b',
      '18e33b36eb950a7959b01f8c08177fccb9cf171370227d5aa196309c4c8d9e86',
      '886e5e78a6d8b52ec37ff9d6b6352293e3aec9d8fb66d6903104215d5fe343f0',
      '65a94e6f6281ce74a46f8cfa754709cbd4b0eed39925bbaee787857fe8ee16ee',
      'b93ac608e295318eb562260d95b74de436485fd61923e50e24858bc38988f578',
    ])
  })

  it('has a header that is canonical JSON', () => {
    for (const record of records) {
      const text = new TextDecoder().decode(headOf(record).header)
      expect(text).toBe(canonicalJson(JSON.parse(text) as Json))
    }
  })

  it('is read back as it was, an instance’s payload left where it is', () => {
    for (const record of records) {
      const { start, header } = headOf(record)
      const decoded = decodeRecordStart(start)
      expect(decoded?.headerLength).toBe(header.length)
      const left = record.kind === 'instance' && !('spool' in record.payload) ? { ...record, payload: [] } : record
      expect(decodeRecord(decoded?.kind ?? 0, header)).toEqual(left)
    }
  })

  it('covers its start, its header and what stands before the data set, and goes on from the mark and the place', () => {
    const { head, covered, payloadLength } = encodeRecord(instanceRecord(3, payload, 40), SEED)
    expect(payloadLength).toBe(100)
    expect(concat(covered)).toEqual(payload.subarray(0, 40))
    const [start, header] = [head.subarray(0, RECORD_START), head.subarray(RECORD_START)]
    expect(recordCrc(SEED, start, header, concat(covered))).toBe(decodeRecordStart(start)?.crc)
    expect(recordCrc(recordSeed(MARK, 443), start, header, concat(covered))).not.toBe(decodeRecordStart(start)?.crc)
  })

  it('is refused when its payload is not as long as it says', () => {
    const record = instanceRecord(3, payload)
    expect(() => encodeRecord({ ...record, payload: [payload.subarray(1)] }, SEED)).toThrow('99 bytes')
  })

  it('is not read from bytes that are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 255 }), (input, kind) => {
        decodeRecordStart(input)
        decodeRecord(kind, input)
        expect(decodeFrame(input)).toBeUndefined()
        expect(decodeSegmentHeader(input)).toBeUndefined()
      }),
    )
  })

  it('is not read from JSON of another shape', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, kind) => {
        expect(decodeRecord(kind, bytes(JSON.stringify(value)))).toBeUndefined()
      }),
    )
    const { header } = headOf(instanceRecord(3, payload))
    const value = JSON.parse(new TextDecoder().decode(header)) as Record<string, unknown>
    for (const key of Object.keys(value)) {
      const without = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
      expect(decodeRecord(1, bytes(JSON.stringify(without))), key).toBeUndefined()
    }
    for (const spool of ['../../etc/passwd', 'a.spool', '']) {
      expect(decodeRecord(1, bytes(JSON.stringify({ ...value, spool })))).toBeUndefined()
    }
  })
})

describe('the digest of a group', () => {
  it('is taken over its records, the part of payloads before the data set, and the digest before', () => {
    const payload = Uint8Array.from({ length: 100 }, (_, at) => at)
    const digest = beginDigest()
    for (const { head, covered } of [encodeRecord(factRecord(2), SEED), encodeRecord(instanceRecord(3, payload), SEED)])
      for (const part of [head, ...covered]) digest.update(part)
    expect(endDigest(digest, NO_DIGEST)).toBe('4c923f2003f46b54d0e567a51c77a353308e1209bf26e77fd7554274c56fc1b6')
  })
})

describe('a commit frame', () => {
  const frame = { mark: MARK, count: 3, group: 2 ** 40, start: 2 ** 33, previous: NO_DIGEST, digest: 'cd'.repeat(32) }

  it('is these bytes, for ever', () => {
    expect(toHex(encodeFrame(frame))).toBe(
      `ff000000${MARK}030000000000000000010000${'0000000002000000'}${NO_DIGEST}${'cd'.repeat(32)}b79f743f`,
    )
    expect(encodeFrame(frame).length).toBe(FRAME_BYTES)
  })

  it('is read back as it was, and refused when any of it is damaged', () => {
    const encoded = encodeFrame(frame)
    expect(decodeFrame(encoded)).toEqual(frame)
    for (let at = 0; at < encoded.length; at += 1) {
      const damaged = encoded.slice()
      damaged[at] = (damaged[at] as number) ^ 1
      expect(decodeFrame(damaged), `byte ${at}`).toBeUndefined()
    }
    expect(decodeFrame(encoded.subarray(0, -1))).toBeUndefined()
  })
})
