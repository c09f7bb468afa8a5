/**
 * The journal's bytes (docs/decisions/0002, docs/disk-layout.md): segment headers, records and commit frames, written
 * and read. No files here. Integers are little endian; headers are canonical JSON (RFC 8785), whose members stand below
 * in the order RFC 8785 sorts them, since sorting at run time would cost every instance.
 *
 * A group's digest covers its records' starts, headers and what of an instance's payload stands before the data set.
 * The data set itself is covered by `ds` in the header, so the bulk of the bytes is hashed once, by intake.
 */
import { createHash, type Hash } from 'node:crypto'
import { type Bytes, fromHex, toHex } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { crc32c } from './crc32c.ts'
import {
  type ErasedRecord,
  type EventRecord,
  FACT_TYPES,
  type JournalRecord,
  type KeptRecord,
  type SpoolReference,
} from './records.ts'

export const MAGIC = 'CKJOURNL'
export const VERSION = 1
export const DIGEST_BYTES = 32
export const MARK_BYTES = 16
/** Kind, two reserved fields, two lengths, CRC. */
export const RECORD_START = 20
/** Kind, reserved, mark, count, group, start, two digests, CRC. */
export const FRAME_BYTES = 4 + MARK_BYTES + 4 + 8 + 8 + DIGEST_BYTES * 2 + 4
/** No header comes near; a length beyond is damage. */
export const MAX_RECORD_HEADER = 16 * 1024 * 1024
/** Nor does what stands before a data set. */
export const MAX_COVERED = 16 * 1024 * 1024
const MAX_SEGMENT_HEADER = 64 * 1024

export const KIND = { instance: 1, event: 2, fact: 3, erased: 4 } as const
export const FRAME_KIND = 255
/** What stands before the first group's digest. */
export const NO_DIGEST = '0'.repeat(DIGEST_BYTES * 2)

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { fatal: true })

// --- segment header --------------------------------------------------------------

/** Where the journal stood: the last group that counts. */
export interface JournalEnd {
  readonly segment: number
  /** End of its valid part, in bytes; whatever lies behind is void. */
  readonly end: number
  readonly group: number
  /** Hex. */
  readonly digest: string
}

export interface SegmentHeader {
  readonly archive: string
  readonly created: string // RFC 3339, UTC, ms
  /** 16 random bytes, hex; in each frame, so that no bytes stored in a payload can pass for a frame. */
  readonly mark: string
  readonly node: string
  /** Null in the first segment. */
  readonly previous: JournalEnd | null
  readonly segment: number
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array<ArrayBuffer> {
  const { archive, created, mark, node, previous, segment } = header
  const end = previous && {
    digest: previous.digest,
    end: previous.end,
    group: previous.group,
    segment: previous.segment,
  }
  const text = ENCODER.encode(JSON.stringify({ archive, created, mark, node, previous: end, segment }))
  const bytes = new Uint8Array(16 + text.length + 4)
  const view = new DataView(bytes.buffer)
  bytes.set(ENCODER.encode(MAGIC))
  view.setUint32(8, VERSION, true)
  view.setUint32(12, text.length, true)
  bytes.set(text, 16)
  view.setUint32(16 + text.length, crc32c(bytes.subarray(0, 16 + text.length)), true)
  return bytes
}

/**
 * @param bytes  the beginning of the file, at least as much as the header takes
 * @returns undefined when there is no whole and sound header
 */
export function decodeSegmentHeader(
  bytes: Bytes,
): { readonly header: SegmentHeader; readonly length: number } | undefined {
  if (bytes.length < 20 || !MAGIC.split('').every((letter, at) => bytes[at] === letter.charCodeAt(0))) return undefined
  const view = viewOf(bytes)
  const length = view.getUint32(12, true)
  const end = 16 + length
  if (length > MAX_SEGMENT_HEADER || bytes.length < end + 4) return undefined
  if (view.getUint32(end, true) !== crc32c(bytes.subarray(0, end))) return undefined
  if (view.getUint32(8, true) !== VERSION) return undefined
  const value = parseJson(bytes.subarray(16, end))
  if (!isObject(value)) return undefined
  const { archive, created, mark, node, previous, segment } = value
  const before = previous === null ? null : endOf(previous)
  if (before === undefined || !isText(archive) || !isText(created) || !isText(node)) return undefined
  if (!isHex(mark, MARK_BYTES) || !isCount(segment)) return undefined
  return { header: { archive, created, mark, node, previous: before, segment }, length: end + 4 }
}

/** Bytes of a file's beginning that hold any header. */
export const SEGMENT_HEADER_WINDOW = MAX_SEGMENT_HEADER + 20

function endOf(value: unknown): JournalEnd | undefined {
  if (!isObject(value)) return undefined
  const { digest, end, group, segment } = value
  if (!isHex(digest, DIGEST_BYTES) || !isCount(end) || !isCount(group) || !isCount(segment)) return undefined
  return { digest, end, group, segment }
}

// --- records ---------------------------------------------------------------------

export interface EncodedRecord {
  /** The record's start and header. */
  readonly head: Uint8Array<ArrayBuffer>
  readonly payload: readonly Bytes[]
  /** The part of the payload that the group's digest covers: all that stands before the data set. */
  readonly covered: readonly Bytes[]
  readonly payloadLength: number
}

/**
 * @param seed  `recordSeed` of where it will lie
 * @throws {ArchiveError} `DEFECT` when an instance's payload is not as long as its header says
 */
export function encodeRecord(record: JournalRecord, seed: number): EncodedRecord {
  const header = ENCODER.encode(headerText(record))
  if (header.length > MAX_RECORD_HEADER) throw new ArchiveError('DEFECT', { what: 'a journal header of over 16 MiB' })
  const payload = record.kind === 'instance' && !isSpooled(record.payload) ? record.payload : []
  let payloadLength = 0
  for (const part of payload) payloadLength += part.length
  if (record.kind === 'instance' && !isSpooled(record.payload) && payloadLength !== record.header.length)
    throw new ArchiveError('DEFECT', {
      what: `a payload of ${payloadLength} bytes, said to be ${record.header.length}`,
    })

  const covered = record.kind === 'instance' ? firstBytes(payload, record.header.dsStart) : payload
  if (record.kind === 'instance' && record.header.dsStart > MAX_COVERED)
    throw new ArchiveError('DEFECT', { what: 'a meta group of over 16 MiB' })
  const head = new Uint8Array(RECORD_START + header.length)
  const view = new DataView(head.buffer)
  head[0] = KIND[record.kind]
  view.setUint32(4, header.length, true)
  view.setBigUint64(8, BigInt(payloadLength), true)
  head.set(header, RECORD_START)
  let crc = crc32c(header, crc32c(head.subarray(0, 16), seed))
  for (const part of covered) crc = crc32c(part, crc)
  view.setUint32(16, crc, true)
  return { head, payload, covered, payloadLength }
}

const SPACE = 0x20

/** Bytes of a record without a payload. */
export const encodedLength = (record: EventRecord): number => RECORD_START + ENCODER.encode(headerText(record)).length

/**
 * What stands in place of an event that was erased: as long as it was, its header filled up with spaces.
 *
 * @param length  of the event's record
 */
export function encodeErased(
  { n, leaf }: Omit<ErasedRecord, 'kind'>,
  length: number,
  seed: number,
): Uint8Array<ArrayBuffer> {
  const header = ENCODER.encode(JSON.stringify({ leaf, n }))
  const bytes = new Uint8Array(length).fill(SPACE)
  if (RECORD_START + header.length > length)
    throw new ArchiveError('DEFECT', { what: 'an event that is shorter than its leaf' })
  const view = new DataView(bytes.buffer)
  bytes.fill(0, 0, RECORD_START)
  bytes[0] = KIND.erased
  view.setUint32(4, length - RECORD_START, true)
  bytes.set(header, RECORD_START)
  view.setUint32(16, crc32c(bytes.subarray(RECORD_START), crc32c(bytes.subarray(0, 16), seed)), true)
  return bytes
}

const isSpooled = (payload: readonly Bytes[] | SpoolReference): payload is SpoolReference => 'spool' in payload

function firstBytes(parts: readonly Bytes[], length: number): readonly Bytes[] {
  const first: Bytes[] = []
  let missing = length
  for (const part of parts) {
    if (missing <= 0) break
    first.push(part.length <= missing ? part : part.subarray(0, missing))
    missing -= part.length
  }
  return first
}

function headerText(record: JournalRecord): string {
  if (record.kind === 'event') {
    const { body, leaf, n, patient, salt, study } = record
    return JSON.stringify({ body, leaf, n, patient: salted(patient), salt, study: salted(study) })
  }
  if (record.kind === 'fact') {
    const { n, text, type } = record
    return JSON.stringify({ n, text, type })
  }
  const { ds, dsStart, instance, length, leniencies, n, origin, receivedAt, series, sopClass } = record.header
  const { source, study, transferSyntax, v, version } = record.header
  const { actor, address, assembled, calledAet, callingAet, commandSet, door } = source
  const { implementationClassUid, implementationVersion } = source
  const { spool, prefix } = isSpooled(record.payload) ? record.payload : {}
  return JSON.stringify({
    ds,
    dsStart,
    instance,
    length,
    leniencies,
    n,
    origin,
    prefix,
    receivedAt,
    series,
    sopClass,
    source: {
      actor,
      address,
      assembled: assembled && { metadata: assembled.metadata, sha256: assembled.sha256 },
      calledAet,
      callingAet,
      commandSet,
      door,
      implementationClassUid,
      implementationVersion,
    },
    spool,
    study,
    transferSyntax,
    v,
    version,
  })
}

const salted = (of: { readonly id: string; readonly salt: string } | undefined) => of && { id: of.id, salt: of.salt }

export interface RecordStart {
  readonly kind: number
  readonly headerLength: number
  readonly payloadLength: number
  readonly crc: number
}

/** @returns undefined when these bytes begin no record */
export function decodeRecordStart(bytes: Bytes): RecordStart | undefined {
  if (bytes.length < RECORD_START || bytes[1] !== 0 || bytes[2] !== 0 || bytes[3] !== 0) return undefined
  const kind = bytes[0] as number
  if (kind === 0 || kind === FRAME_KIND) return undefined
  const view = viewOf(bytes)
  const headerLength = view.getUint32(4, true)
  const payloadLength = Number(view.getBigUint64(8, true))
  if (headerLength > MAX_RECORD_HEADER || !Number.isSafeInteger(payloadLength)) return undefined
  return { kind, headerLength, payloadLength, crc: view.getUint32(16, true) }
}

/**
 * Records' CRCs go on from the segment's mark and the record's place, so that a record copied into a payload verifies
 * nowhere; frames hold both for the same reason.
 */
export function recordSeed(mark: string, at: number): number {
  const place = new Uint8Array(8)
  new DataView(place.buffer).setBigUint64(0, BigInt(at), true)
  return crc32c(place, crc32c(fromHex(mark)))
}

/** The CRC a record must have. */
export function recordCrc(seed: number, start: Bytes, header: Bytes, covered: Bytes): number {
  return crc32c(covered, crc32c(header, crc32c(start.subarray(0, 16), seed)))
}

/**
 * A record from its header; an instance's payload, when it lies in the segment, is left there.
 *
 * @returns undefined for a kind or shape this release does not know
 */
export function decodeRecord(kind: number, header: Bytes): KeptRecord | undefined {
  const value = parseJson(header)
  if (!isObject(value)) return undefined
  if (kind === KIND.instance) return instanceOf(value)
  if (!isCount(value['n'])) return undefined
  if (kind === KIND.event) {
    const { body, leaf, n, patient, salt, study } = value
    if (!isText(body) || !isText(leaf) || !isText(salt) || !isSalted(patient) || !isSalted(study)) return undefined
    return { kind: 'event', n, leaf, body, salt, ...(study && { study }), ...(patient && { patient }) }
  }
  if (kind === KIND.erased) {
    const { leaf, n } = value
    return isText(leaf) ? { kind: 'erased', n: Number(n), leaf } : undefined
  }
  const { n, text, type } = value
  const known = FACT_TYPES.find((one) => one === type)
  if (kind !== KIND.fact || known === undefined || !isText(text)) return undefined
  return { kind: 'fact', type: known, n, text }
}

function instanceOf(value: Record<string, unknown>): JournalRecord | undefined {
  const { spool, prefix, ...rest } = value
  const { v, n, version, length, dsStart, ds, study, series, instance, sopClass, transferSyntax, origin } = rest
  const counts = [n, version, length, dsStart]
  const texts = [study, series, instance, sopClass, transferSyntax, origin, rest['receivedAt']]
  if (v !== 1 || !counts.every(isCount) || !texts.every(isText) || !isHex(ds, DIGEST_BYTES)) return undefined
  if (Number(dsStart) > Number(length) || !isObject(rest['source']) || !Array.isArray(rest['leniencies']))
    return undefined
  if (spool !== undefined && !(isText(spool) && /^[0-9A-Z]{26}\.spool$/.test(spool))) return undefined
  if (prefix !== undefined && !isHex(prefix, DIGEST_BYTES)) return undefined
  // The members were looked at above, and nothing but this module writes them.
  const header = rest as unknown as Extract<JournalRecord, { kind: 'instance' }>['header']
  if (spool === undefined) return { kind: 'instance', header, payload: [] }
  return { kind: 'instance', header, payload: { spool, length: header.length, ...(prefix && { prefix }) } }
}

// --- commit frames ---------------------------------------------------------------

export interface Frame {
  /** Hex. */
  readonly mark: string
  /** Records in the group. */
  readonly count: number
  readonly group: number
  /** Where the group's first record begins in the segment. */
  readonly start: number
  /** The digest of the group before, and of this one; hex. */
  readonly previous: string
  readonly digest: string
}

export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_BYTES)
  const view = new DataView(bytes.buffer)
  bytes[0] = FRAME_KIND
  bytes.set(fromHex(frame.mark), 4)
  view.setUint32(20, frame.count, true)
  view.setBigUint64(24, BigInt(frame.group), true)
  view.setBigUint64(32, BigInt(frame.start), true)
  bytes.set(fromHex(frame.previous), 40)
  bytes.set(fromHex(frame.digest), 72)
  view.setUint32(104, crc32c(bytes.subarray(0, 104)), true)
  return bytes
}

/** @returns undefined when these bytes are no sound frame */
export function decodeFrame(bytes: Bytes): Frame | undefined {
  if (bytes.length < FRAME_BYTES || bytes[0] !== FRAME_KIND || bytes[1] !== 0 || bytes[2] !== 0 || bytes[3] !== 0)
    return undefined
  const view = viewOf(bytes)
  if (view.getUint32(104, true) !== crc32c(bytes.subarray(0, 104))) return undefined
  const group = Number(view.getBigUint64(24, true))
  const start = Number(view.getBigUint64(32, true))
  if (!Number.isSafeInteger(group) || !Number.isSafeInteger(start)) return undefined
  return {
    mark: toHex(bytes.subarray(4, 20)),
    count: view.getUint32(20, true),
    group,
    start,
    previous: toHex(bytes.subarray(40, 72)),
    digest: toHex(bytes.subarray(72, 104)),
  }
}

/** The digest of a group: its records' starts, headers and covered payload, then the digest of the group before. */
export const beginDigest = (): Hash => createHash('sha256')
export const endDigest = (records: Hash, previous: string): string => records.update(fromHex(previous)).digest('hex')

// --- shapes ----------------------------------------------------------------------

const viewOf = (bytes: Bytes): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function parseJson(bytes: Bytes): unknown {
  try {
    return JSON.parse(DECODER.decode(bytes))
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isHex = (value: unknown, bytes: number): value is string =>
  isText(value) && value.length === bytes * 2 && /^[0-9a-f]*$/.test(value)
const isSalted = (value: unknown): value is { id: string; salt: string } | undefined =>
  value === undefined || (isObject(value) && isText(value['id']) && isText(value['salt']))
