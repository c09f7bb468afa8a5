/**
 * Where the bytes of an instance lie: the one way from a record to its payload, whatever tier holds it.
 */
import { type ByteRange, type ByteStream, gather } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import { type Uid, uid } from '../dicom/uid.ts'
import type { ObjectStore } from '../storage/objects/object-store.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Inbox } from '../vault/inbox/inbox.ts'
import { type Payload, payloadOf, readPayload } from '../vault/payload.ts'
import { undone } from '../vault/recipe/undo.ts'
import { packed, recipeOf } from '../vault/seal/seal-study.ts'
import type { InstanceRecord } from './archive.ts'
import { type PackedFrames, packFrames, unpackFrames } from './frame-table.ts'
import { settledFrameTableOf } from './frames-of.ts'
import { inflated } from './inflated.ts'
import { framesOf, type PlaceRow, placeOf } from './read.queries.ts'

export interface Located {
  /** The form it is kept in: a Part 10 file. */
  readonly payload: Payload
  /** The bytes received. */
  readonly original: Payload
  /** True when `payload` is what was received. */
  readonly asReceived: boolean
  /** Whose it is, for the leaf of its viewing. */
  readonly patientKey: string
  /** A restriction covers the study: who may see it is asked. */
  readonly restricted: boolean
  /** Its images are in the cold store: they come from there, in its time. */
  readonly nearline: boolean
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
  readonly vault: Pick<ObjectStore, 'read'>
  readonly decoder: FrameDecoder
}

/** Large frame tables, and those that took a look at the bytes, are kept for a while. */
const KEPT_TABLES = 32

export type Locate = (record: Pick<InstanceRecord, 'id'>) => Promise<Located>

/** @throws {ArchiveError} from what it gives: `NOT_FOUND` when the record is no longer there */
export function openLocate({ db, inbox, vault, decoder }: LocateParts): Locate {
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
    const sealed = sealedAt(place)
    const payload = sealed
      ? packed(vault, sealed.pack, sealed)
      : payloadOf(inbox, { segment, spool: place.spool, start, length })
    const recipe = sealed?.recipe
    const original: Payload =
      sealed === undefined || recipe === undefined
        ? payload
        : { length, read: (range) => rebuilt(vault, sealed.pack, recipe, payload, decoder, range) }
    const { deflated } = transferSyntax(place.transfer_syntax)
    return {
      payload,
      original,
      asReceived: recipe === undefined,
      patientKey: place.patient_key ?? '',
      restricted: Number(place.restrictions) > 0,
      nearline: sealed !== undefined && place.tier === 'cold',
      transferSyntax: uid(place.transfer_syntax),
      dsStart: sealed?.dsStart ?? dsStart,
      at: (range) => (deflated ? inflated(payload, sealed?.dsStart ?? dsStart, range) : payload.read(range)),
      frames: () => framesFor(id, place.frames, payload),
    }
  }
}

/** Undefined while only the inbox has it. */
function sealedAt(place: PlaceRow) {
  if (place.pack === null) return undefined
  const [start, length, dsStart, recipeStart, recipeLength] = [
    place.pack_start,
    place.pack_length,
    place.pack_ds_start,
    place.recipe_start,
    place.recipe_length,
  ].map(Number) as [number, number, number, number, number]
  const recipe = recipeLength > 0 ? ([recipeStart, recipeLength] as const) : undefined
  return { pack: place.pack, start, length, dsStart, recipe }
}

async function* rebuilt(
  vault: LocateParts['vault'],
  pack: string,
  where: readonly [number, number],
  payload: Payload,
  decoder: FrameDecoder,
  range: ByteRange,
): ByteStream {
  yield* undone(payload, await recipeOf(vault, pack, where), decoder.decode, range)
}

async function settled(payload: Payload): Promise<PackedFrames | undefined> {
  const table = await settledFrameTableOf(await readPayload(payload), (range) => gather(payload.read(range)))
  return table && unpackFrames(packFrames(table))
}
