/**
 * Reading one journal segment: groups from a place on, what is damaged passed by.
 *
 * Headers are read through a small window and payloads are stepped over, so a walk costs little more than the headers
 * are long; payloads are read only to be verified, in pieces. Nothing here writes.
 */
import { createHash } from 'node:crypto'
import { type Bytes, concat } from '../../base/bytes.ts'
import type { ReadFile } from '../../storage/files/files.ts'
import type { RecoveredRecord } from './inbox.ts'
import {
  beginDigest,
  decodeFrame,
  decodeRecord,
  decodeRecordStart,
  endDigest,
  FRAME_BYTES,
  FRAME_KIND,
  type Frame,
  MAX_COVERED,
  RECORD_START,
  recordCrc,
  recordSeed,
} from './journal-format.ts'

/** A file as far as walking needs it. */
export type Readable = Pick<ReadFile, 'read'>

const WINDOW = 32 * 1024
/** A frame is looked for, and a payload verified, in pieces of this size. */
const PIECE = 256 * 1024

/** The part of a segment that is walked. */
export interface Span {
  readonly segment: number
  readonly start: number
  readonly end: number
  /** Undefined when the segment's header is lost: then the first sound frame tells it. */
  readonly mark: string | undefined
  /** The group before `start`; undefined when it is not known. */
  readonly previous: { readonly group: number; readonly digest: string } | undefined
  /**
   * `true`: the journal goes on behind the span, so all of it was acknowledged and what does not verify is damage.
   * `false`: what does not verify at the end may be torn.
   */
  readonly closed: boolean
}

export interface WalkedGroup {
  readonly segment: number
  readonly group: number
  readonly start: number
  readonly end: number
  readonly digest: string
  /** The digest of the group before, as this group's frame names it. */
  readonly previous: string
  readonly records: readonly RecoveredRecord[]
  /** The digest it has since events of it were erased: which one it must have, a fact of the journal says. */
  readonly erased?: string
}

export type OnDamage = (at: number, why: string) => void

/** Bytes of a file by place; keeps the last piece it read. */
export interface Window {
  /** Shorter only at the end of the file. */
  bytes(start: number, end: number): Promise<Bytes>
}

export function openWindow(file: Readable): Window {
  let held: Bytes = new Uint8Array(0)
  let from = 0
  return {
    bytes: async (start, end) => {
      if (start < from || end > from + held.length) {
        held = await file.read(start, Math.max(end, start + WINDOW))
        from = start
      }
      return held.subarray(start - from, end - from)
    },
  }
}

interface Parsed {
  /** Records whose own CRC holds, in order. */
  readonly sound: readonly RecoveredRecord[]
  /** The commit frame, when one was reached where it should be. */
  readonly frame: Frame | undefined
  readonly end: number
  readonly erased: string | undefined
  /** What is wrong; undefined when every byte that should verify does. */
  readonly broken: { readonly at: number; readonly why: string } | undefined
}

/** Reads the group that begins at `start`. */
async function parseGroup(window: Window, span: Span, start: number, mark: string): Promise<Parsed> {
  const sound: RecoveredRecord[] = []
  const digest = beginDigest()
  let broken: Parsed['broken']
  let erased: string | undefined
  let at = start
  let count = 0
  const give = (frame: Frame | undefined, end: number, why?: string): Parsed => {
    if (why !== undefined) broken ??= { at, why }
    return { sound, frame, end, erased, broken }
  }

  while (at < span.end) {
    const head = await window.bytes(at, Math.min(at + RECORD_START, span.end))
    if (head[0] === FRAME_KIND) {
      const frame = decodeFrame(await window.bytes(at, Math.min(at + FRAME_BYTES, span.end)))
      if (frame === undefined || frame.mark !== mark || frame.start !== start)
        return give(undefined, at, 'the commit frame does not verify')
      const end = at + FRAME_BYTES
      if (broken !== undefined) return give(frame, end)
      if (frame.count !== count) return give(frame, end, `the group has ${count} records instead of ${frame.count}`)
      const found = endDigest(digest, frame.previous)
      if (found === frame.digest) return give(frame, end)
      if (sound.some(({ record }) => record.kind === 'erased')) {
        erased = found
        return give(frame, end)
      }
      sound.length = 0 // every CRC holds and the digest does not: none can be trusted
      return give(frame, end, 'the group does not have its digest')
    }

    const record = decodeRecordStart(head)
    if (record === undefined) return give(undefined, at, 'no record begins here')
    const { kind, headerLength, payloadLength, crc } = record
    const payloadStart = at + RECORD_START + headerLength
    if (payloadStart + payloadLength > span.end) return give(undefined, at, 'a record reaches beyond the end')
    const header = await window.bytes(at + RECORD_START, payloadStart)
    const decoded = decodeRecord(kind, header)
    const dsStart = Math.min(decoded?.kind === 'instance' ? decoded.header.dsStart : payloadLength, payloadLength)
    if (dsStart > MAX_COVERED) return give(undefined, at, 'no record begins here')
    const before = await window.bytes(payloadStart, payloadStart + dsStart)
    if (recordCrc(recordSeed(mark, at), head, header, before) !== crc)
      broken ??= { at, why: 'a record does not verify' }
    else if (decoded === undefined) broken ??= { at, why: `a record of kind ${kind} is not understood` }
    else if (!fits(decoded, payloadLength)) broken ??= { at, why: 'a record contradicts itself' }
    else sound.push({ record: decoded, placement: placementOf(decoded, span.segment, payloadStart, payloadLength) })
    digest.update(head).update(header).update(before)
    count += 1
    at = payloadStart + payloadLength
  }
  return give(undefined, at, 'the commit frame is missing')
}

/** Is the payload as long as the header says? */
function fits(record: RecoveredRecord['record'], payloadLength: number): boolean {
  if (record.kind !== 'instance') return payloadLength === 0
  return payloadLength === ('spool' in record.payload ? 0 : record.header.length)
}

function placementOf(
  record: RecoveredRecord['record'],
  segment: number,
  start: number,
  length: number,
): RecoveredRecord['placement'] {
  return record.kind === 'instance' && 'spool' in record.payload
    ? { segment: 0, spool: record.payload.spool, start: 0, length: record.payload.length }
    : { segment, spool: '', start, length }
}

/** Finds the next sound frame at or behind `from` whose group begins at or behind `groupFrom`. */
async function findFrame(
  file: Readable,
  span: Span,
  from: number,
  groupFrom: number,
  mark: string | undefined,
): Promise<{ readonly frame: Frame; readonly at: number } | undefined> {
  const needle = Buffer.from([FRAME_KIND, 0, 0, 0, ...(mark === undefined ? [] : Buffer.from(mark, 'hex'))])
  for (let at = from; at + FRAME_BYTES <= span.end; ) {
    const end = Math.min(at + PIECE + FRAME_BYTES, span.end)
    const piece = Buffer.from((await file.read(at, end)).buffer)
    for (let hit = piece.indexOf(needle); hit >= 0; hit = piece.indexOf(needle, hit + 1)) {
      if (at + hit + FRAME_BYTES > end) break
      const frame = decodeFrame(piece.subarray(hit, hit + FRAME_BYTES))
      if (frame && frame.start >= groupFrom && frame.start <= at + hit) return { frame, at: at + hit }
    }
    if (end === span.end) break
    at = end - FRAME_BYTES + 1
  }
  return undefined
}

/**
 * The groups of a span in order. Damage is reported and passed by: of a damaged group the records that verify one by
 * one are given, and reading resumes at the next commit frame that verifies. What is torn at the end of an open span is
 * not given and not reported.
 */
export async function* walk(source: Readable, span: Span, onDamage: OnDamage): AsyncGenerator<WalkedGroup> {
  const file = tolerant(source)
  const window = openWindow(file)
  const { segment } = span
  let { mark, previous } = span
  let at = span.start

  while (at < span.end) {
    const parsed = mark === undefined ? undefined : await parseGroup(window, span, at, mark)
    if (parsed?.frame !== undefined && parsed.broken === undefined) {
      const { frame, end, sound, erased } = parsed
      if (previous !== undefined && (frame.previous !== previous.digest || frame.group !== previous.group + 1))
        onDamage(at, `group ${frame.group} does not follow group ${previous.group}`)
      yield {
        segment,
        group: frame.group,
        start: at,
        end,
        digest: frame.digest,
        previous: frame.previous,
        records: sound,
        ...(erased !== undefined && { erased }),
      }
      previous = frame
      at = end
      continue
    }

    const resumed = await resume(file, window, span, at, mark)
    // Nothing behind verifies: torn, unless the journal is known to go on behind the span.
    if (resumed === undefined && !span.closed) return
    onDamage(parsed?.broken?.at ?? at, parsed?.broken?.why ?? 'the segment’s header does not verify')
    const own = parsed?.frame ?? (resumed?.own ? resumed.frame : undefined)
    const end = parsed?.frame ? parsed.end : (resumed?.groupStart ?? span.end)
    const group = own?.group ?? (previous?.group ?? 0) + 1
    const digests = { digest: own?.digest ?? '', previous: own?.previous ?? '' }
    if (parsed !== undefined && parsed.sound.length > 0)
      yield { segment, group, start: at, end, ...digests, records: parsed.sound }
    mark ??= resumed?.frame.mark
    // After a gap the chain is taken up again from what the next frame says stood before it.
    previous = own && { group: own.group, digest: own.digest }
    at = end
  }
}

interface Resumed {
  readonly frame: Frame
  /** Where reading goes on. */
  readonly groupStart: number
  /** The frame closes the damaged group itself. */
  readonly own: boolean
}

/** Where reading goes on after a group at `at` that does not verify. */
async function resume(
  file: Readable,
  window: Window,
  span: Span,
  at: number,
  mark: string | undefined,
): Promise<Resumed | undefined> {
  for (let from = at; ; ) {
    const found = await findFrame(file, span, from, at, mark)
    if (found === undefined) return undefined
    const { frame } = found
    const groupStart = frame.start
    // The damaged group's own frame: it verifies nothing, but its place and number are known.
    if (groupStart === at && mark !== undefined) {
      if (span.closed || (await hasSoundGroup(file, window, span, found.at + FRAME_BYTES, mark)))
        return { frame, groupStart: found.at + FRAME_BYTES, own: true }
      return undefined
    }
    const parsed = await parseGroup(window, span, groupStart, frame.mark)
    if (parsed.frame !== undefined && parsed.broken === undefined) return { frame, groupStart, own: false }
    from = found.at + 1
  }
}

/** Does a group that verifies lie at or behind `from`? Then what is before it was acknowledged, whatever became of it. */
async function hasSoundGroup(file: Readable, window: Window, span: Span, from: number, mark: string): Promise<boolean> {
  for (let at = from; ; ) {
    const found = await findFrame(file, span, at, from, mark)
    if (found === undefined) return false
    const parsed = await parseGroup(window, span, found.frame.start, mark)
    if (parsed.frame !== undefined && parsed.broken === undefined) return true
    at = found.at + 1
  }
}

/** Does the payload have the digest its header names? Reads all of it, in pieces. */
export async function verifyPayload(
  record: RecoveredRecord['record'],
  placement: RecoveredRecord['placement'],
  open: (placement: RecoveredRecord['placement']) => Readable,
): Promise<boolean> {
  if (record.kind !== 'instance') return true
  const { header, payload } = record
  const file = tolerant(open(placement))
  const digest = async (start: number, end: number): Promise<string> => {
    const hash = createHash('sha256')
    for (let at = start; at < end; at += PIECE) {
      const piece = await file.read(placement.start + at, placement.start + Math.min(at + PIECE, end))
      if (piece.length === 0) break
      hash.update(piece)
    }
    return hash.digest('hex')
  }
  try {
    if ('spool' in payload && payload.prefix !== undefined && (await digest(0, header.dsStart)) !== payload.prefix)
      return false
    return (await digest(header.dsStart, header.length)) === header.ds
  } catch (thrown) {
    // A file that is not there. Anything else (too many open files, no permission) says nothing of the payload.
    if (codeOf(thrown) === 'ENOENT') return false
    throw thrown
  }
}

const UNREADABLE = 4096

/** What a bad part of the disk does not give is read as zeros, which verify nowhere; all around it is read as it is. */
export function tolerant(file: Readable): Readable {
  const read: Readable['read'] = async (start, end) => {
    try {
      return await file.read(start, end)
    } catch (thrown) {
      if (codeOf(thrown) !== 'EIO') throw thrown
      if (end - start <= UNREADABLE) return new Uint8Array(end - start)
      const half = start + Math.ceil((end - start) / 2 / UNREADABLE) * UNREADABLE
      return concat([await read(start, half), await read(half, end)])
    }
  }
  return { read }
}

const codeOf = (thrown: unknown): unknown => (thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined)
