/**
 * The inbox: everything acknowledged and not yet sealed. One journal of groups; large payloads in spool files.
 *
 * A group is written, ends in a numbered commit frame and is synced once. A failed sync abandons the segment: the next
 * segment's header says where the valid part of the one before ends, so what was rolled back stays void. Torn means: in
 * the last segment, with no valid commit frame after it. Anything else is corruption, which is kept, reported and passed
 * by; recovery never truncates.
 *
 * Bytes: journal-format.ts. Reading a segment: segment.ts. What counts after a crash: recover.ts.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { ByteRange, ByteStream, Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { ulid } from '../../base/ulid.ts'
import { type AppendFile, type Files, makeFolderDurably } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'
import type { Removal } from '../../storage/objects/object-store.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import { openDescriptors } from './descriptors.ts'
import { ERASED, type ErasedGroup, erasedGroups, eraseSegment, readErased } from './erase.ts'
import {
  beginDigest,
  encodeFrame,
  encodeRecord,
  encodeSegmentHeader,
  endDigest,
  FRAME_BYTES,
  type JournalEnd,
  MARK_BYTES,
  NO_DIGEST,
  recordSeed,
} from './journal-format.ts'
import { facts, type ReaderOf, readPayload, replay, unnamedSpools } from './reading.ts'
import type {
  FactRecord,
  InstanceHeader,
  JournalPosition,
  JournalRecord,
  KeptRecord,
  Placement,
  SpoolReference,
} from './records.ts'
import { recoverChain, segmentName } from './recover.ts'
import type { Span } from './segment.ts'
import { isSpoolName, openSpool } from './spool.ts'
import { thinSegment } from './thin.ts'

export interface AppendedGroup {
  /** One for each record, in order; known at once, so that the index can be written while the disk syncs. */
  readonly placements: readonly Placement[]
  readonly position: JournalPosition
  /** Settles when the group is synced. Rejects with `STORE_WRITE_FAILED`: nothing of the group is durable. */
  readonly durable: Promise<void>
}

/** A payload on its way to a spool file. */
export interface Spool {
  readonly reference: SpoolReference
  append(parts: readonly Bytes[]): Promise<void>
  /** Of what was appended, until it is finished or abandoned. */
  read(range: ByteRange): Promise<Bytes>
  /**
   * Syncs the file and its folder.
   *
   * @param dsStart  bytes before the data set; their digest goes into the reference
   */
  finish(dsStart: number): Promise<SpoolReference>
  /** Removes the file, finished or not: the sender stopped or was refused, or the content was here already. */
  abandon(): Promise<void>
}

export interface RecoveredRecord {
  /** An instance's payload is left on disk: `payload` is empty, or names the spool file. Read it with `read`. */
  readonly record: KeptRecord
  readonly placement: Placement
  /** The payload is not in the inbox any more; the vault has it. */
  readonly elsewhere?: boolean
}

/** A group read back. Of a damaged group only the records that verify. */
export interface RecoveredGroup {
  readonly position: JournalPosition
  readonly records: readonly RecoveredRecord[]
}

export interface Damage {
  readonly segment: number
  readonly at: number
  readonly why: string
}

export type Elsewhere = (header: InstanceHeader) => Promise<boolean>

export interface Inbox {
  readonly node: string
  /** One group at a time: call again only after `durable` has settled. */
  append(records: readonly JournalRecord[]): AppendedGroup
  spool(): Promise<Spool>
  /** @throws {ArchiveError} `JOURNAL_CORRUPT` when the bytes are not there */
  read(placement: Pick<Placement, 'segment' | 'spool' | 'start'>, range: ByteRange): ByteStream
  /**
   * Groups after the position, oldest first; from the beginning when it is undefined. Whatever is read is verified,
   * payloads included; what does not verify is left out and added to `damage`.
   *
   * @param elsewhere  asked of an instance whose payload is not here: has the vault got it?
   */
  replay(after: JournalPosition | undefined, elsewhere?: Elsewhere): AsyncIterable<RecoveredGroup>
  /** What recovery and replay found that should not be; each is kept as it is. */
  readonly damage: readonly Damage[]
  /** Bytes of the disk the inbox takes. */
  size(): Promise<number>
  /** Facts after the position, without a look at payloads. */
  facts(after: JournalPosition | undefined): AsyncIterable<FactRecord>
  /**
   * Lets the next group begin a new segment, so that this one may be written anew. Does nothing while a group is written, and
   * says so.
   */
  roll(): boolean
  /**
   * Groups of closed segments that hold some of these events, and the digest each has without them. Reads all headers.
   *
   * @throws {ArchiveError} `JOURNAL_CORRUPT`
   */
  erasing(numbers: ReadonlySet<number>): AsyncIterable<ErasedGroup>
  /** Takes the events out of a closed segment, and gives how many of them were there. @throws as `erasing` */
  erase(segment: number, numbers: ReadonlySet<number>, removal: Removal): Promise<number>
  /**
   * Gives back the room of a segment's payloads, all of which must have been proved to be in the vault: the segment is
   * replaced by one that has everything else where it was, and holes for the data sets.
   *
   * @returns bytes given back; undefined for the last segment, which may still be written
   */
  thin(segment: number, removal: Removal): Promise<number | undefined>
  /** Removes the spool file of an instance that was proved to be in the vault. */
  dropSpool(name: string, removal: Removal): Promise<void>
  /**
   * Removes spool files left by a crash before any record named them, and gives their names. All headers are walked to
   * prove it, but only when there are files that the index does not know. Does nothing while the journal is damaged: a
   * lost record may have named one.
   *
   * @param known  those of the names that the index, brought up to the journal, holds
   */
  sweepSpools(known?: (names: readonly string[]) => Promise<ReadonlySet<string>>): Promise<readonly string[]>
  close(): Promise<void>
}

export interface InboxOptions {
  readonly files: Files
  readonly folder: string
  readonly node: string
  readonly archiveId: string
  /** A segment is followed by a new one when it has reached this size. */
  readonly segmentBytes?: number
  readonly now?: () => Date
  readonly random?: (bytes: number) => Uint8Array
  /** Told of each file removed, and why. */
  readonly onRemoval?: (name: string, removal: Removal) => void
}

const SEGMENT_BYTES = 64 * 1024 * 1024

/** The segment being written. */
interface Current {
  readonly file: AppendFile
  readonly number: number
  readonly mark: string
}

/** Recovers what counts and opens the inbox; the folder is made when there is none. Writes no segment before `append`. */
export async function openInbox(options: InboxOptions): Promise<Inbox> {
  const { files, folder, node, archiveId } = options
  const { segmentBytes = SEGMENT_BYTES, now = () => new Date(), random = randomBytes, onRemoval } = options

  await makeFolderDurably(files, folder)
  const damage: Damage[] = []
  const onDamage = (segment: number, at: number, why: string): void => {
    if (!damage.some((known) => known.segment === segment && known.at === at)) damage.push({ segment, at, why })
  }
  const descriptors = openDescriptors(files)
  const readerOf: ReaderOf = ({ segment, spool }) => {
    const path = join(folder, segment === 0 ? spool : segmentName(segment))
    return { read: (start, end) => descriptors.use(path, (file) => file.read(start, end)) }
  }
  const chain = await recoverChain(files, folder, onDamage, readerOf)

  /** Spool files older than this start. */
  const oldSpools: string[] = []
  let held = 0
  for (const name of await files.list(folder)) {
    // A segment that was being written anew: the old one counts, and what was erased since must not lie beside it.
    if (/\.journal\.(thin|new)$/.test(name)) {
      await files.remove(join(folder, name))
      continue
    }
    held += await takenBy(files, join(folder, name))
    if (isSpoolName(name)) oldSpools.push(name)
  }

  const spans: Span[] = [...chain.spans]
  let end: JournalEnd | undefined = chain.end
  let nextSegment = chain.nextSegment
  let current: Current | undefined
  let busy: Promise<void> | undefined
  let closed = false

  /** A segment is written anew by one at a time: else what one took out the other would put back. */
  const inTurn = oneAtATime()

  const thin = async (segment: number, removal: Removal): Promise<number | undefined> => {
    const span = spans.find((one) => one.segment === segment)
    // Of the last one recovery asks that its last group verifies whole, payloads included.
    if (span === undefined || span === spans.at(-1)) return undefined
    const path = join(folder, segmentName(segment))
    const before = await takenBy(files, path)
    await thinSegment(files, folder, span, readerOf({ segment, spool: '' }), (at, why) => onDamage(segment, at, why))
    descriptors.forget(path)
    const given = before - (await takenBy(files, path))
    held -= given
    onRemoval?.(`${segmentName(segment)}, its payloads`, removal)
    return given
  }

  const erase = async (segment: number, numbers: ReadonlySet<number>, removal: Removal): Promise<number> => {
    const span = spans.find((one) => one.segment === segment)
    if (span === undefined || span === spans.at(-1)) return 0
    const path = join(folder, segmentName(segment))
    const before = await takenBy(files, path)
    const reader = readerOf({ segment, spool: '' })
    const told = (at: number, why: string) => onDamage(segment, at, why)
    const erased = await eraseSegment(files, folder, span, reader, numbers, told, async () => {
      const times = await readErased(files, folder)
      const text = JSON.stringify({ ...times, [segment]: (times[segment] ?? 0) + 1 })
      await replaceFile(files, join(folder, ERASED), new TextEncoder().encode(text), true)
    })
    if (erased === 0) return 0
    descriptors.forget(path)
    held -= before - (await takenBy(files, path))
    onRemoval?.(`${segmentName(segment)}, bodies and salts of ${erased} events`, removal)
    return erased
  }

  const append = (records: readonly JournalRecord[]): AppendedGroup => {
    if (busy || closed) throw new ArchiveError('DEFECT', { what: 'a journal group before the one before was settled' })
    if (current && current.file.size >= segmentBytes) retire(current)
    const begun = current ?? { number: nextSegment, mark: Buffer.from(random(MARK_BYTES)).toString('hex') }
    const header = current ? undefined : encodeSegmentHeader(headerOf(begun))
    if (header) nextSegment += 1

    const start = current?.file.size ?? header?.length ?? 0
    const { parts, placements, length, digest } = encodeGroup(records, begun, start)
    const group = (end?.group ?? 0) + 1
    const previous = end?.digest ?? NO_DIGEST
    const frame = {
      mark: begun.mark,
      count: records.length,
      group,
      start,
      previous,
      digest: endDigest(digest, previous),
    }
    parts.push(encodeFrame(frame))
    const after: JournalEnd = { segment: begun.number, end: start + length + FRAME_BYTES, group, digest: frame.digest }

    const durable = (header ? begin(begun, [header, ...parts]) : write(parts)).then(
      () => {
        end = after
        held += after.end - (header ? 0 : start)
        const last = spans[spans.length - 1]
        if (last && last.segment === begun.number) spans[spans.length - 1] = { ...last, end: after.end }
        else spans.push(spanOf(begun, start, after.end, group - 1, previous))
        busy = undefined
      },
      (cause: unknown) => {
        busy = undefined
        throw new ArchiveError('STORE_WRITE_FAILED', {}, { cause })
      },
    )
    busy = durable.catch(() => {})
    const position = { segment: after.segment, group, end: after.end }
    return { placements, position, durable }
  }

  const headerOf = ({ number, mark }: Pick<Current, 'number' | 'mark'>) => ({
    archive: archiveId,
    created: now().toISOString(),
    mark,
    node,
    previous: end ?? null,
    segment: number,
  })

  /** Makes the segment; its header becomes durable together with its first group. */
  async function begin(begun: Omit<Current, 'file'>, parts: readonly Bytes[]): Promise<void> {
    const path = join(folder, segmentName(begun.number))
    const file = await files.create(path)
    try {
      await file.append(parts)
      await file.sync()
      await files.syncFolder(folder)
    } catch (thrown) {
      await file.close().catch(() => {})
      // Nothing in it was acknowledged. Left behind, a full disk would gather one such file with every attempt.
      await files.remove(path).catch(() => {})
      throw thrown
    }
    current = { ...begun, file }
  }

  async function write(parts: readonly Bytes[]): Promise<void> {
    if (current === undefined) throw new ArchiveError('DEFECT', { what: 'no journal segment' })
    const { file } = current
    try {
      await file.append(parts)
      await file.sync()
    } catch (thrown) {
      // After a failed sync nothing is known of the pages written: this segment is never written again.
      retire(current)
      throw thrown
    }
  }

  const retire = ({ file }: Current): void => {
    current = undefined
    void file.close().catch(() => {})
  }

  return {
    node,
    append,
    spool: async () => {
      const name = `${ulid(now().getTime(), random(10))}.spool`
      return openSpool(files, folder, name, {
        grew: (bytes) => {
          held += bytes
        },
        removed: () => descriptors.forget(join(folder, name)),
      })
    },
    read: (placement, range) => readPayload(readerOf, placement, range),
    replay: (after, elsewhere) => replay({ spans: [...spans], end, readerOf, onDamage }, after, elsewhere),
    facts: (after) => facts({ spans: [...spans], end, readerOf, onDamage }, after),
    roll: () => {
      // While a group is being written the segment is in use; whoever asks asks again.
      if (busy !== undefined) return false
      if (current !== undefined) retire(current)
      return true
    },
    erasing: async function* (numbers) {
      for (const span of spans.slice(0, -1))
        yield* erasedGroups(readerOf({ segment: span.segment, spool: '' }), span, numbers, (at, why) =>
          onDamage(span.segment, at, why),
        )
    },
    erase: (segment, numbers, removal) => inTurn(() => erase(segment, numbers, removal)),
    damage,
    size: async () => held,
    thin: (segment, removal) => inTurn(() => thin(segment, removal)),
    dropSpool: async (name, removal) => {
      const path = join(folder, name)
      if ((await files.size(path)) === undefined || !isSpoolName(name)) return
      const size = await takenBy(files, path)
      await files.remove(path)
      await files.syncFolder(folder)
      descriptors.forget(path)
      held -= size
      onRemoval?.(name, removal)
    },
    sweepSpools: async (known) => {
      const sure = (await known?.(oldSpools)) ?? new Set()
      const unsure = oldSpools.filter((name) => !sure.has(name))
      const unnamed = await unnamedSpools({ spans: [...spans], end, readerOf, onDamage }, chain.voids, unsure)
      // A lost record may have named any of them.
      const orphans = damage.length > 0 ? [] : unnamed
      for (const name of orphans) {
        held -= await takenBy(files, join(folder, name))
        await files.remove(join(folder, name))
        onRemoval?.(name, { because: 'abandoned', evidence: 'older than this start and named by no journal record' })
      }
      oldSpools.length = 0
      return orphans
    },
    close: async () => {
      closed = true
      await busy
      await current?.file.close()
      current = undefined
      await descriptors.close()
    },
  }
}

/** A file's bytes without its holes. */
async function takenBy(files: Files, path: string): Promise<number> {
  const [size, allocated] = await Promise.all([files.size(path), files.allocated(path)])
  return Math.min(size ?? 0, allocated ?? 0)
}

function encodeGroup(
  records: readonly JournalRecord[],
  { number, mark }: Pick<Current, 'number' | 'mark'>,
  start: number,
) {
  const parts: Bytes[] = []
  const placements: Placement[] = []
  const digest = beginDigest()
  let at = start
  for (const record of records) {
    const { head, payload, covered, payloadLength } = encodeRecord(record, recordSeed(mark, at))
    parts.push(head, ...payload)
    digest.update(head)
    for (const part of covered) digest.update(part)
    placements.push(
      record.kind === 'instance' && 'spool' in record.payload
        ? { segment: 0, spool: record.payload.spool, start: 0, length: record.payload.length }
        : { segment: number, spool: '', start: at + head.length, length: payloadLength },
    )
    at += head.length + payloadLength
  }
  return { parts, placements, length: at - start, digest }
}

const spanOf = (
  { number, mark }: Pick<Current, 'number' | 'mark'>,
  start: number,
  end: number,
  group: number,
  digest: string,
): Span => ({ segment: number, start, end, mark, previous: { group, digest }, closed: true })
