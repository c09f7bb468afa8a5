/**
 * What counts in a folder of segments: the chain that the newest sound header begins, each segment up to where the next
 * one says its valid part ends, the last one up to its last group that verifies whole.
 *
 * Nothing is changed on disk: a torn tail stays where it is, and the next segment's header will end the chain before it.
 */
import { join } from 'node:path'
import type { Files, ReadFile } from '../../storage/files/files.ts'
import {
  decodeSegmentHeader,
  FRAME_BYTES,
  type JournalEnd,
  MARK_BYTES,
  NO_DIGEST,
  SEGMENT_HEADER_WINDOW,
  type SegmentHeader,
} from './journal-format.ts'
import { type Span, tolerant, verifyPayload, type WalkedGroup, walk } from './segment.ts'

export interface Chain {
  /** Oldest first; all closed. */
  readonly spans: readonly Span[]
  /** The last group that counts; undefined when there is none. */
  readonly end: JournalEnd | undefined
  /** A number no segment has had. */
  readonly nextSegment: number
  /** Bytes on disk that do not count: torn tails, failed groups, segments passed over. */
  readonly voids: readonly { readonly segment: number; readonly start: number; readonly end: number }[]
}

export type OnSegmentDamage = (segment: number, at: number, why: string) => void

export const segmentName = (number: number): string => `${String(number).padStart(8, '0')}.journal`
const SEGMENT = /^(\d{8,15})\.journal$/

interface Found {
  readonly number: number
  readonly size: number
  readonly header: SegmentHeader | undefined
  readonly headerLength: number
}

/** @param openPayload  a spool file or segment, for verifying the last group */
export async function recoverChain(
  files: Pick<Files, 'list' | 'open' | 'rewrite'>,
  folder: string,
  onDamage: OnSegmentDamage,
  openPayload: Parameters<typeof verifyPayload>[2],
): Promise<Chain> {
  const found: Found[] = []
  for (const name of await files.list(folder)) {
    const number = Number(SEGMENT.exec(name)?.[1] ?? 0)
    if (number > 0) found.push(await look(files, folder, number))
  }
  found.sort((a, b) => b.number - a.number)

  const spans: Span[] = []
  const voids: { segment: number; start: number; end: number }[] = []
  let end: JournalEnd | undefined
  /** The segment after the one looked at: what its header says, or how its groups begin. */
  let newer: { readonly previous: JournalEnd | null | undefined; readonly firstGroup: number } | undefined

  for (const segment of found) {
    const { number, size, header } = segment
    const asVoid = (start: number): void => {
      if (start < size) voids.push({ segment: number, start, end: size })
    }
    const before = newer?.previous
    if (newer && (before === null || (before && number > before.segment))) {
      asVoid(0)
      continue
    }
    if (before && number < before.segment) onDamage(before.segment, 0, 'the segment is missing')

    const known = before && number === before.segment ? before.end : undefined
    const settled = await settle(files, folder, spanOf(segment, known), newer?.firstGroup, onDamage, openPayload)
    if (settled === undefined) {
      // A segment that broke off while it was made: no header, no group.
      asVoid(0)
      continue
    }
    if (newer === undefined) end = settled.last ?? header?.previous ?? undefined
    if (header === undefined) onDamage(number, 0, 'the segment’s header does not verify')
    if (known !== undefined && known > size) onDamage(number, size, 'the segment ends early')
    spans.unshift(closed(settled))
    asVoid(settled.end)
    newer = { previous: header?.previous, firstGroup: settled.firstGroup }
  }
  if (newer?.previous && !found.some(({ number }) => number <= (newer?.previous?.segment ?? 0)))
    onDamage(newer.previous.segment, 0, 'the segment is missing')
  return { spans, end, nextSegment: (found[0]?.number ?? 0) + 1, voids }
}

async function look(files: Pick<Files, 'open'>, folder: string, number: number): Promise<Found> {
  const file = await files.open(join(folder, segmentName(number)))
  try {
    const decoded = decodeSegmentHeader(await tolerant(file).read(0, Math.min(SEGMENT_HEADER_WINDOW, file.size)))
    const sound = decoded?.header.segment === number ? decoded : undefined
    return { number, size: file.size, header: sound?.header, headerLength: sound?.length ?? 0 }
  } finally {
    await file.close()
  }
}

const spanOf = ({ number, size, header, headerLength }: Found, end: number | undefined): Span => ({
  segment: number,
  start: headerLength,
  end: end ?? size,
  mark: header?.mark,
  previous: header && (header.previous ?? { group: 0, digest: NO_DIGEST }),
  closed: end !== undefined,
})

const closed = ({ segment, start, end, mark, previous }: Span): Span => ({
  segment,
  start,
  end,
  mark,
  previous,
  closed: true,
})

interface Settled extends Span {
  readonly firstGroup: number
  readonly last: JournalEnd | undefined
}

/**
 * Finds where the valid part of a segment ends that no later header ends, and where that of a segment without a header
 * begins. Only the last group can be torn in its payloads: each one before it was synced before the next was written.
 *
 * @param stopAt  the first group of the segment after it, when there is one
 * @returns undefined when there is neither a header nor a group
 */
async function settle(
  files: Pick<Files, 'list' | 'open' | 'rewrite'>,
  folder: string,
  span: Span,
  stopAt: number | undefined,
  onDamage: OnSegmentDamage,
  openPayload: Parameters<typeof verifyPayload>[2],
): Promise<Settled | undefined> {
  const firstGroup = (span.previous?.group ?? 0) + 1
  if (span.closed && span.mark !== undefined) return { ...span, firstGroup, last: undefined }
  const file = await files.open(join(folder, segmentName(span.segment)))
  try {
    let first: WalkedGroup | undefined
    let last: WalkedGroup | undefined
    const damage = (at: number, why: string): void => {
      if (span.mark !== undefined || at > 0) onDamage(span.segment, at, why)
    }
    for await (const group of walk(file, span, damage)) {
      if (stopAt !== undefined && group.group >= stopAt) break
      first ??= group
      last = group
    }
    const begun = span.mark === undefined ? first && (await beginning(file, span, first)) : { ...span, firstGroup }
    if (begun === undefined || span.closed) return begun && { ...begun, last: undefined }
    if (last === undefined) return { ...begun, end: begun.start, last: undefined }

    const whole = stopAt !== undefined || (await verifies(last, openPayload))
    const end: JournalEnd = whole
      ? { segment: span.segment, end: last.end, group: last.group, digest: last.digest }
      : { segment: span.segment, end: last.start, group: last.group - 1, digest: last.previous }
    // The process that wrote it may have been killed before its sync, or after one that failed: what is built on must be
    // on the disk, not only in memory. All groups before were synced before this one was written.
    if (whole && stopAt === undefined)
      await files.rewrite(join(folder, segmentName(span.segment)), last === first ? 0 : last.start, last.end)
    return { ...begun, end: end.end, last: end }
  } finally {
    await file.close()
  }
}

/** What a lost header said, as far as the first group tells: the mark stands behind the first four bytes of its frame. */
async function beginning(file: ReadFile, span: Span, first: WalkedGroup): Promise<Span & { firstGroup: number }> {
  const at = first.end - FRAME_BYTES + 4
  const mark = Buffer.from(await file.read(at, at + MARK_BYTES)).toString('hex')
  return { ...span, start: first.start, mark, firstGroup: first.group }
}

async function verifies(group: WalkedGroup, openPayload: Parameters<typeof verifyPayload>[2]): Promise<boolean> {
  for (const { record, placement } of group.records)
    if (!(await verifyPayload(record, placement, openPayload))) return false
  return true
}
