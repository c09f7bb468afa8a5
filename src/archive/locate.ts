/**
 * Where the bytes of an instance lie: the one way from a record to its payload, whatever tier holds it.
 */
import { type ByteRange, type ByteStream, gather } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import { type Uid, uid } from '../dicom/uid.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Inbox } from '../vault/inbox/inbox.ts'
import type { InstanceRecord } from './archive.ts'
import { type PackedFrames, packFrames, unpackFrames } from './frame-table.ts'
import { settledFrameTableOf } from './frames-of.ts'
import { inflated } from './inflated.ts'
import { type Payload, payloadOf, readPayload } from './payload.ts'
import { framesOf, placeOf } from './read.queries.ts'

export interface Located {
  readonly payload: Payload
  /** Whose it is, for the leaf of its viewing. */
  readonly patientKey: string
  readonly transferSyntax: Uid
  readonly dsStart: number
  /** Bytes at a range the reader gave: of the payload or, in the deflated syntax, of the inflated data set. */
  at(range: ByteRange): ByteStream
  /** Undefined for an instance without pixels. */
  frames(): Promise<PackedFrames | undefined>
}

export interface LocateParts {
  readonly db: Database
  readonly inbox: Pick<Inbox, 'read'>
}

/** Large frame tables, and those that took a look at the bytes, are kept for a while. */
const KEPT_TABLES = 32

export type Locate = (record: Pick<InstanceRecord, 'id'>) => Promise<Located>

/** @throws {ArchiveError} from what it gives: `NOT_FOUND` when the record is no longer there */
export function openLocate({ db, inbox }: LocateParts): Locate {
  const tables = new Map<number, PackedFrames>()

  const framesFor = async (
    id: number,
    packed: Uint8Array | null,
    payload: Payload,
  ): Promise<PackedFrames | undefined> => {
    const known = tables.get(id)
    if (known !== undefined) return known
    const kept = unpackFrames(packed ?? (await framesOf(db, id)))
    const frames = kept?.unsettled ? await settled(payload) : kept
    if (frames === undefined || (packed !== null && !kept?.unsettled)) return frames
    tables.set(id, frames)
    for (const oldest of tables.keys()) {
      if (tables.size <= KEPT_TABLES) break
      tables.delete(oldest)
    }
    return frames
  }

  return async ({ id }) => {
    const place = await placeOf(db, id)
    if (place === undefined) throw new ArchiveError('NOT_FOUND', { what: `instance number ${id}` })
    const [segment, start, length, dsStart] = [place.segment, place.start, place.length, place.ds_start].map(
      Number,
    ) as [number, number, number, number]
    const payload = payloadOf(inbox, { segment, spool: place.spool, start, length })
    const { deflated } = transferSyntax(place.transfer_syntax)
    return {
      payload,
      patientKey: place.patient_key ?? '',
      transferSyntax: uid(place.transfer_syntax),
      dsStart,
      at: (range) => (deflated ? inflated(payload, dsStart, range) : payload.read(range)),
      frames: () => framesFor(id, place.frames, payload),
    }
  }
}

async function settled(payload: Payload): Promise<PackedFrames | undefined> {
  const table = await settledFrameTableOf(await readPayload(payload), (range) => gather(payload.read(range)))
  return table && unpackFrames(packFrames(table))
}
