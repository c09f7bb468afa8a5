import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyPdu } from '../../../test/support/pdus.ts'
import { encodePdu } from './pdu.ts'
import { type Incoming, openPduReader } from './pdu-reader.ts'

const OPTIONS = { maxPdu: 0, maxControlPdu: 1_048_576 }

interface Value {
  readonly contextId: number
  readonly control: number
  readonly data: Buffer
}

/** A P-DATA-TF with the values given. */
function dataTf(values: readonly Value[]): Buffer {
  const items = values.map(({ contextId, control, data }) => {
    const item = Buffer.alloc(6)
    item.writeUInt32BE(data.length + 2, 0)
    item[4] = contextId
    item[5] = control
    return Buffer.concat([item, data])
  })
  const body = Buffer.concat(items)
  const header = Buffer.alloc(6)
  header[0] = 4
  header.writeUInt32BE(body.length, 2)
  return Buffer.concat([header, body])
}

/** Cuts bytes into the lengths given, the rest last. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let at = 0
  for (const length of lengths) {
    if (at >= bytes.length) break
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  if (at < bytes.length) pieces.push(bytes.subarray(at))
  return pieces
}

/** What came, pieces of one value joined, so that results can be compared however the bytes arrived. */
function joined(incoming: readonly Incoming[]): unknown[] {
  const whole: unknown[] = []
  let open: { contextId: number; command: boolean; bytes: Buffer } | undefined
  for (const one of incoming) {
    if (one.kind !== 'data') whole.push(one)
    else {
      open ??= { contextId: one.contextId, command: one.command, bytes: Buffer.alloc(0) }
      open.bytes = Buffer.concat([open.bytes, one.bytes])
      if (!one.last) continue
      whole.push({ ...open })
      open = undefined
    }
  }
  if (open !== undefined) whole.push({ ...open, unfinished: true })
  return whole
}

const value = fc.record({
  contextId: fc.constantFrom(1, 3, 255),
  control: fc.constantFrom(2, 3),
  data: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
})
const lengths = fc.array(fc.integer({ min: 1, max: 17 }), { maxLength: 300 })

describe('cutting a connection into PDUs (PS3.8 section 9.3)', () => {
  it('gives the same whatever pieces the bytes arrive in', () => {
    const pdus = fc.array(
      fc.oneof(anyPdu.map(encodePdu), fc.array(value, { minLength: 1, maxLength: 3 }).map(dataTf)),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    fc.assert(
      fc.property(pdus, lengths, (encoded, at) => {
        const bytes = Buffer.concat(encoded)
        const whole = openPduReader(OPTIONS).push(bytes)
        const reader = openPduReader(OPTIONS)
        const pieces = cut(bytes, at).flatMap((piece) => [...reader.push(piece)])
        expect(joined(pieces)).toEqual(joined(whole))
      }),
      { numRuns: 200 },
    )
  })

  it('passes every data value on, with its context, its kind and its end', () => {
    const command = { contextId: 1, control: 3, data: Buffer.from('command') }
    const first = { contextId: 1, control: 0, data: Buffer.from('data ') }
    const last = { contextId: 1, control: 2, data: Buffer.from('set') }
    const incoming = openPduReader(OPTIONS).push(Buffer.concat([dataTf([command]), dataTf([first, last])]))
    expect(incoming).toEqual([
      { kind: 'data', contextId: 1, command: true, last: true, bytes: Buffer.from('command') },
      { kind: 'data', contextId: 1, command: false, last: false, bytes: Buffer.from('data ') },
      { kind: 'data', contextId: 1, command: false, last: true, bytes: Buffer.from('set') },
    ])
  })

  it('copies no data: what it passes on are views on what it was given', () => {
    const chunk = dataTf([{ contextId: 1, control: 2, data: Buffer.alloc(100_000) }])
    const [data] = openPduReader(OPTIONS).push(chunk)
    expect(data).toMatchObject({ kind: 'data' })
    if (data?.kind === 'data') expect(data.bytes.buffer).toBe(chunk.buffer)
  })

  it('streams a P-DATA-TF that announces 4 GiB, without waiting for it or allocating it', () => {
    const reader = openPduReader(OPTIONS)
    const header = Buffer.from('0400FFFFFFFEFFFFFFFA0100', 'hex')
    expect(reader.push(header)).toEqual([])
    const before = process.memoryUsage().arrayBuffers
    const chunk = Buffer.alloc(65_536)
    let received = 0
    for (let round = 0; round < 1000; round += 1)
      for (const incoming of reader.push(chunk)) if (incoming.kind === 'data') received += incoming.bytes.length
    expect(received).toBe(65_536_000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
  })

  it('refuses another PDU that announces more than is allowed, as soon as its header has come', () => {
    const reader = openPduReader(OPTIONS)
    expect(reader.push(Buffer.from('0100FFFFFFFF', 'hex'))).toEqual([
      { kind: 'invalid', reason: 6, why: 'a PDU of type 1 and 4294967295 bytes, 1048576 are allowed' },
    ])
    expect(reader.deaf).toBe(true)
    expect(reader.push(encodePdu({ type: 'A-RELEASE-RQ' }))).toEqual([])
  })

  it('refuses a P-DATA-TF longer than the maximum length we stated (PS3.8 D.1: a protocol error)', () => {
    const longer = dataTf([{ contextId: 1, control: 2, data: Buffer.alloc(4096) }])
    expect(openPduReader({ ...OPTIONS, maxPdu: 4096 }).push(longer)).toMatchObject([{ kind: 'invalid', reason: 6 }])
    expect(openPduReader({ ...OPTIONS, maxPdu: 4102 }).push(longer)).toMatchObject([{ kind: 'data' }])
  })

  it('knows a stranger by the first byte', () => {
    expect(openPduReader(OPTIONS).push(Buffer.from('G'))).toEqual([
      { kind: 'invalid', reason: 1, why: 'there is no PDU type 71' },
    ])
  })

  it.each([
    ['a data value longer than its PDU', '04000000000A000000FF01020000'],
    ['a data value too short for its own header', '0400000000080000000101020000'],
    ['a data value in an even context', '040000000008000000040202AAAA'],
    ['a PDU without a data value', '040000000000'],
    ['bytes left over at the end of a PDU', '04000000000A000000040102AAAA0000'],
    ['an A-ABORT of the wrong length', '07000000000500000000'],
    ['an A-RELEASE-RQ of the wrong length', '050000000000'],
  ])('refuses %s', (_, hex) => {
    const incoming = openPduReader(OPTIONS).push(Buffer.from(hex, 'hex'))
    expect(incoming.at(-1)).toMatchObject({ kind: 'invalid', reason: 6 })
  })

  it('passes on an empty data value only when it ends something', () => {
    const empty = { contextId: 1, data: Buffer.alloc(0) }
    expect(openPduReader(OPTIONS).push(dataTf([{ ...empty, control: 0 }]))).toEqual([])
    expect(openPduReader(OPTIONS).push(dataTf([{ ...empty, control: 2 }]))).toMatchObject([{ last: true }])
  })

  it('neither breaks nor hangs on random bytes, and gives back no more than it was given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), lengths, (noise, at) => {
        const reader = openPduReader(OPTIONS)
        let given = 0
        for (const piece of cut(Buffer.from(noise), at))
          for (const incoming of reader.push(piece)) if (incoming.kind === 'data') given += incoming.bytes.length
        expect(given).toBeLessThanOrEqual(noise.length)
      }),
      { numRuns: 2000 },
    )
  })

  it('neither breaks nor hangs on almost right bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(anyPdu.map(encodePdu), fc.array(value, { minLength: 1, maxLength: 3 }).map(dataTf))),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
        (encoded, changes) => {
          const bytes = Buffer.concat(encoded)
          for (const [where, byte] of changes) if (bytes.length > 0) bytes[where % bytes.length] = byte
          openPduReader(OPTIONS).push(bytes)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
