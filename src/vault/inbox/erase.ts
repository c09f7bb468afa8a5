/**
 * Events taken out of a segment: of each the number and the leaf stay, and what said who and whom is gone. The record has
 * another kind and the length it had, so everything else stays where it was; the commit frame is the one that was written.
 * The group has then another digest than its frame names: a fact of the journal says which, and the journal's chain goes over
 * that fact (docs/decisions/0033).
 *
 * Written beside the segment and put over it whole, as thinning does. The same events erased again give the same bytes: what
 * a crash came into is done again.
 */
import { join } from 'node:path'
import { type Bytes, concat } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Files } from '../../storage/files/files.ts'
import {
  beginDigest,
  decodeRecordStart,
  encodedLength,
  encodeErased,
  endDigest,
  KIND,
  RECORD_START,
  recordSeed,
} from './journal-format.ts'
import type { EventRecord } from './records.ts'
import { segmentName } from './recover.ts'
import { type OnDamage, type Readable, type Span, type WalkedGroup, walk } from './segment.ts'

/** A group, and the digest it has without these events. */
export interface ErasedGroup {
  readonly segment: number
  readonly group: number
  readonly digest: string
  readonly events: readonly number[]
}

/** What stands in place of an event's record. */
interface Patch {
  readonly at: number
  readonly bytes: Bytes
  readonly n: number
}

const PIECE = 1024 * 1024

/** @throws {ArchiveError} `JOURNAL_CORRUPT` when the segment does not read as it should */
async function* patched(
  source: Readable,
  span: Span,
  numbers: ReadonlySet<number>,
  onDamage: OnDamage,
): AsyncGenerator<{ readonly group: WalkedGroup; readonly patches: readonly Patch[] }> {
  const { segment, mark } = span
  if (mark === undefined) throw corrupt(segment, 0, 'its header is lost')
  const damage: string[] = []
  const told: OnDamage = (at, why) => {
    damage.push(`${why} at ${at}`)
    onDamage(at, why)
  }
  for await (const group of walk(source, span, told)) {
    if (damage[0] !== undefined) throw corrupt(segment, 0, `nothing of it is erased: ${damage[0]}`)
    const patches: Patch[] = []
    for (const { record, placement } of group.records) {
      if (record.kind !== 'event' || !numbers.has(record.n)) continue
      patches.push(await patchOf(source, segment, mark, record, placement.start))
    }
    if (patches.length > 0) yield { group, patches }
  }
  if (damage[0] !== undefined) throw corrupt(segment, 0, `nothing of it is erased: ${damage[0]}`)
}

async function patchOf(
  source: Readable,
  segment: number,
  mark: string,
  record: EventRecord,
  end: number,
): Promise<Patch> {
  const length = encodedLength(record)
  const at = end - length
  const start = decodeRecordStart(await source.read(at, at + RECORD_START))
  if (start?.kind !== KIND.event || start.headerLength !== length - RECORD_START)
    throw corrupt(segment, at, `the record of leaf ${record.n} is not where it should be`)
  const { n, leaf } = record
  return { at, n, bytes: encodeErased({ n, leaf }, length, recordSeed(mark, at)) }
}

/** The groups of a segment that hold some of these events. */
export async function* erasedGroups(
  source: Readable,
  span: Span,
  numbers: ReadonlySet<number>,
  onDamage: OnDamage,
): AsyncGenerator<ErasedGroup> {
  for await (const { group, patches } of patched(source, span, numbers, onDamage)) {
    const digest = beginDigest()
    for await (const covered of coveredOf(source, group, patches)) digest.update(covered)
    yield {
      segment: span.segment,
      group: group.group,
      digest: endDigest(digest, group.previous),
      events: patches.map(({ n }) => n),
    }
  }
}

/** What a group's digest goes over, with the patches in place. */
async function* coveredOf(source: Readable, group: WalkedGroup, patches: readonly Patch[]): AsyncGenerator<Bytes> {
  const byPlace = new Map(patches.map((patch) => [patch.at, patch.bytes]))
  for (let at = group.start; ; ) {
    const patch = byPlace.get(at)
    if (patch !== undefined) {
      yield patch
      at += patch.length
      continue
    }
    const start = await source.read(at, at + RECORD_START)
    const record = decodeRecordStart(start)
    // The commit frame.
    if (record === undefined) return
    const payload = at + RECORD_START + record.headerLength
    const header = await source.read(at + RECORD_START, payload)
    yield concat([start, header])
    yield await source.read(payload, payload + coveredLength(record.kind, header, record.payloadLength))
    at = payload + record.payloadLength
  }
}

function coveredLength(kind: number, header: Bytes, payloadLength: number): number {
  if (kind !== KIND.instance) return payloadLength
  const { dsStart } = JSON.parse(new TextDecoder().decode(header)) as { readonly dsStart: number }
  return Math.min(dsStart, payloadLength)
}

/**
 * In the inbox: how often each segment was written anew without events. A backup, which copies a segment once, learns from it
 * which it has to copy again.
 */
export const ERASED = 'erased.json'

/** How often, by the segment's number. */
export async function readErased(files: Pick<Files, 'size' | 'open'>, folder: string): Promise<Record<string, number>> {
  const path = join(folder, ERASED)
  if ((await files.size(path)) === undefined) return {}
  const file = await files.open(path)
  try {
    return JSON.parse(new TextDecoder().decode(await file.read(0, file.size))) as Record<string, number>
  } finally {
    await file.close()
  }
}

/**
 * Writes the segment without these events. What lies behind its valid part was never acknowledged: it reads as zeros.
 *
 * @param written  called when the new segment is whole, before it takes the old one's place
 */
export async function eraseSegment(
  files: Files,
  folder: string,
  span: Span,
  source: Readable,
  numbers: ReadonlySet<number>,
  onDamage: OnDamage,
  written: () => Promise<void>,
): Promise<number> {
  const patches: Patch[] = []
  for await (const one of patched(source, span, numbers, onDamage)) patches.push(...one.patches)
  if (patches.length === 0) return 0
  const path = join(folder, segmentName(span.segment))
  const beside = `${path}.new`
  if ((await files.size(beside)) !== undefined) await files.remove(beside)
  const size = (await files.size(path)) ?? 0
  const file = await files.create(beside)
  try {
    let at = 0
    const copy = async (until: number): Promise<void> => {
      for (; at < until; at = Math.min(at + PIECE, until)) {
        const bytes = await source.read(at, Math.min(at + PIECE, until))
        if (bytes.length !== Math.min(at + PIECE, until) - at) throw corrupt(span.segment, at, 'it ends early')
        await put(file, bytes)
      }
    }
    for (const patch of patches) {
      await copy(patch.at)
      await file.append([patch.bytes])
      at += patch.bytes.length
    }
    await copy(span.end)
    for (; at < size; at = Math.min(at + PIECE, size)) await file.append([new Uint8Array(Math.min(PIECE, size - at))])
    await file.sync()
  } finally {
    await file.close()
  }
  await written()
  await files.rename(beside, path)
  await files.syncFolder(folder)
  return patches.length
}

const SMALLEST_HOLE = 64 * 1024

/** The holes of a thinned segment stay holes. */
async function put(file: { append(parts: readonly Bytes[]): Promise<void>; skip(bytes: number): void }, bytes: Bytes) {
  for (let at = 0; at < bytes.length; at += SMALLEST_HOLE) {
    const piece = bytes.subarray(at, at + SMALLEST_HOLE)
    if (piece.length === SMALLEST_HOLE && piece.every((byte) => byte === 0)) file.skip(SMALLEST_HOLE)
    else await file.append([piece])
  }
}

const corrupt = (segment: number, at: number, why: string) => new ArchiveError('JOURNAL_CORRUPT', { segment, at, why })
