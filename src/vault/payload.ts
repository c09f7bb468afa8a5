/**
 * The bytes of one received object, wherever they lie, and reading its data set from them.
 */
import type { ByteRange, ByteStream } from '../base/bytes.ts'
import { LENIENCY_NAMES, type Leniencies } from '../dicom/leniencies.ts'
import { openReader, type ReadResult } from '../dicom/reader.ts'
import type { Inbox } from './inbox/inbox.ts'
import type { Placement } from './inbox/records.ts'

export interface Payload {
  readonly length: number
  read(range: ByteRange): ByteStream
}

export const payloadOf = (
  inbox: Pick<Inbox, 'read'>,
  placement: Pick<Placement, 'segment' | 'spool' | 'start' | 'length'>,
): Payload => ({ length: placement.length, read: (range) => inbox.read(placement, range) })

/** Values longer than this, in bytes, stay where they lie: enough for every text a person reads. */
export const KEEP_UP_TO = 64 * 1024

/** Whatever was accepted once is read again, though the operator may have become stricter since. */
const ALL_LENIENCIES: Leniencies = Object.fromEntries(LENIENCY_NAMES.map((name) => [name, true])) as Leniencies
const PIECE = 256 * 1024

/**
 * Reads a stored object's data set; what no one looks at (pixels) stays on the disk.
 *
 * @param keepUpTo  values longer than this, in bytes, stay where they lie
 */
export async function readPayload({ length, read }: Payload, keepUpTo = KEEP_UP_TO): Promise<ReadResult> {
  const reader = openReader({ format: 'part10', keepUpTo, leniencies: ALL_LENIENCIES })
  let at = 0
  while (at < length) {
    const skip = Math.min(reader.skippable, length - at)
    // Skipping less than a piece saves nothing: the bytes are in the page already.
    if (skip >= PIECE) {
      reader.skip(skip)
      at += skip
      continue
    }
    const end = Math.min(at + PIECE, length)
    for await (const chunk of read({ start: at, end })) reader.push(chunk)
    at = end
  }
  return reader.end()
}
