/**
 * The inbox: everything acknowledged and not yet sealed. One journal of groups; large payloads in spool files.
 *
 * A group is written, ends in a numbered commit frame and is synced once. A failed sync abandons the segment: the next
 * segment's header says where the valid part of the one before ends, so what was rolled back stays void. Torn means: in
 * the last segment, with no valid commit frame after it. Anything else is corruption, which is kept, reported and passed
 * by; recovery never truncates.
 */
import type { ByteRange, ByteStream, Bytes } from '../../base/bytes.ts'
import type { JournalPosition, JournalRecord, Placement, SpoolReference } from './records.ts'

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
  /** Replaces nothing: the payload's prefix must be appended first. Syncs the file and its folder. */
  finish(): Promise<SpoolReference>
  /** Removes what was written: the sender stopped or was refused. */
  abandon(): Promise<void>
}

export interface RecoveredRecord {
  readonly record: JournalRecord
  readonly placement: Placement
}

/** A group read back. Payloads inside the segment are given as `{ spool: '', length }`-free placements; read them with `read`. */
export interface RecoveredGroup {
  readonly position: JournalPosition
  readonly records: readonly RecoveredRecord[]
}

export interface Damage {
  readonly segment: number
  readonly at: number
  readonly why: string
}

export interface Inbox {
  readonly node: string
  /** One group at a time: call again only after `durable` has settled. */
  append(records: readonly JournalRecord[]): AppendedGroup
  spool(): Promise<Spool>
  read(placement: Pick<Placement, 'segment' | 'spool' | 'start'>, range: ByteRange): ByteStream
  /** Groups after the position, oldest first; from the beginning when it is undefined. */
  replay(after: JournalPosition | undefined): AsyncIterable<RecoveredGroup>
  /** What recovery found that should not be; each is kept as it is. */
  readonly damage: readonly Damage[]
  /** Bytes the inbox holds. */
  size(): Promise<number>
  close(): Promise<void>
}
