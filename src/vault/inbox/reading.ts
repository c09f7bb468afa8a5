/**
 * Reading the inbox: payloads by place, groups in order, and which spool files nothing names. Writes nothing.
 */
import type { ByteRange, Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { ReadFile } from '../../storage/files/files.ts'
import type { Elsewhere, RecoveredGroup, RecoveredRecord } from './inbox.ts'
import type { JournalEnd } from './journal-format.ts'
import type { FactRecord, JournalPosition, Placement } from './records.ts'
import type { Chain, OnSegmentDamage } from './recover.ts'
import { type Span, tolerant, verifyPayload, walk } from './segment.ts'

/** The file a placement is in: a spool file, or with an empty `spool` a segment. */
export type ReaderOf = (placement: Pick<Placement, 'segment' | 'spool'>) => Pick<ReadFile, 'read'>

/** The journal at one moment. */
export interface Journal {
  readonly spans: readonly Span[]
  readonly end: JournalEnd | undefined
  readonly readerOf: ReaderOf
  readonly onDamage: OnSegmentDamage
}

const PIECE = 1024 * 1024

export async function* readPayload(
  readerOf: ReaderOf,
  placement: Pick<Placement, 'segment' | 'spool' | 'start'>,
  range: ByteRange,
): AsyncGenerator<Bytes> {
  const file = readerOf(placement)
  const piece = async (from: number): Promise<Bytes> => {
    const until = Math.min(from + PIECE, range.end)
    let bytes: Bytes
    try {
      bytes = await file.read(placement.start + from, placement.start + until)
    } catch (cause) {
      throw corrupt(placement, from, 'it cannot be read', cause)
    }
    if (bytes.length < until - from) throw corrupt(placement, from + bytes.length, 'it ends early')
    return bytes
  }
  if (range.start >= range.end) return
  let next = piece(range.start)
  for (let at = range.start; at < range.end; at += PIECE) {
    const bytes = await next
    if (at + PIECE < range.end) {
      // The next piece is read while this one is used.
      next = piece(at + PIECE)
      next.catch(() => {})
    }
    yield bytes
  }
}

function corrupt(
  { segment, spool, start }: Pick<Placement, 'segment' | 'spool' | 'start'>,
  at: number,
  why: string,
  cause?: unknown,
): ArchiveError {
  return new ArchiveError(
    'JOURNAL_CORRUPT',
    { segment: segment === 0 ? spool : segment, at: start + at, why },
    { cause },
  )
}

/** Groups after the position; whatever does not verify is left out and reported. */
export async function* replay(
  { spans, end, readerOf, onDamage }: Journal,
  after: JournalPosition | undefined,
  elsewhere: Elsewhere = async () => false,
): AsyncGenerator<RecoveredGroup> {
  const from = after?.group ?? 0
  if (after && from > (end?.group ?? 0)) {
    onDamage(after.segment, after.end, `the index knows group ${from}, the journal ends with ${end?.group ?? 0}`)
    return
  }
  const first = spans.findLastIndex(({ previous }) => previous !== undefined && previous.group <= from)
  for (const span of spans.slice(Math.max(0, first))) {
    const { segment } = span
    for await (const group of walk(readerOf({ segment, spool: '' }), span, (at, why) => onDamage(segment, at, why))) {
      if (group.group <= from) continue
      const records: RecoveredRecord[] = []
      for (const { record, placement } of group.records) {
        const here = await verifyPayload(record, placement, readerOf)
        if (here || (record.kind === 'instance' && (await elsewhere(record.header))))
          records.push({ record, placement, ...(!here && { elsewhere: true }) })
        else onDamage(segment, placement.start, 'a payload does not verify')
      }
      yield { position: { segment, group: group.group, end: group.end }, records }
    }
  }
}

/** The facts after the position, as far as they verify; payloads are not looked at. */
export async function* facts(
  { spans, readerOf }: Journal,
  after: JournalPosition | undefined,
): AsyncGenerator<FactRecord> {
  const from = after?.group ?? 0
  const first = spans.findLastIndex(({ previous }) => previous !== undefined && previous.group <= from)
  // What does not verify is told of by the replay.
  for (const span of spans.slice(Math.max(0, first)))
    for await (const group of walk(readerOf({ segment: span.segment, spool: '' }), span, () => {}))
      if (group.group > from) for (const { record } of group.records) if (record.kind === 'fact') yield record
}

/** Those of the spool files that neither a record nor a void part of the journal names, in order of name. */
export async function unnamedSpools(
  { spans, readerOf, onDamage }: Journal,
  voids: Chain['voids'],
  names: readonly string[],
): Promise<readonly string[]> {
  const unnamed = new Set(names)
  for (const span of unnamed.size > 0 ? spans : []) {
    const { segment } = span
    const groups = walk(readerOf({ segment, spool: '' }), span, (at, why) => onDamage(segment, at, why))
    for await (const { records } of groups) for (const { placement } of records) unnamed.delete(placement.spool)
  }
  // A torn tail was in all likelihood never acknowledged; what it names stays all the same.
  for (const { segment, start, end } of voids) {
    const file = tolerant(readerOf({ segment, spool: '' }))
    for (let at = start; at < end && unnamed.size > 0; at += PIECE) {
      // A name may lie across two pieces.
      const text = Buffer.from(await file.read(at, Math.min(at + PIECE + 64, end))).toString('latin1')
      for (const name of unnamed) if (text.includes(name)) unnamed.delete(name)
    }
  }
  return [...unnamed].sort()
}
