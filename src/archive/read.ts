/**
 * Reading: the received bytes, files, frames, metadata and bulk data of what the archive holds.
 *
 * Every way out asks permission first, and the leaf that says who sees which study is synced before the first byte of
 * pixels or metadata leaves (product section 5, "Audit and speed"). What streams is pulled, so a slow reader costs no
 * memory. Errors that can be foreseen come before the first byte, while a door can still answer with a status.
 */
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { zstdDecompressSync } from 'node:zlib'
import type { ByteRange, ByteStream, Bytes } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import { may } from '../compliance/access.ts'
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE, transferSyntax } from '../dicom/transfer-syntaxes.ts'
import type { InstanceKey, Uid } from '../dicom/uid.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, Form, FrameAnswer, InstanceRecord, PictureAsk, Scope } from './archive.ts'
import { bulkValue } from './bulk-data.ts'
import { encodedFile } from './encoded-file.ts'
import { fileOut } from './file-out.ts'
import { metadataOf } from './find.queries.ts'
import { checkFrames, decodedFrame, encodedFrame, once, picturedFrame, storedFrame } from './frame-reader.ts'
import { instanceRecord } from './instance-record.ts'
import type { Locate, Located } from './locate.ts'
import { withAbsoluteUris } from './metadata-text.ts'
import { presented, stateOf } from './presented.ts'
import { currentInstances, currentKeys, patientOf, receivedVersions, type ScopedInstance } from './read.queries.ts'
import { rejectedIds } from './rejections.queries.ts'
import { openGuard } from './restrictions/guard.ts'
import { ahead, nativeFile, needsMeta, storedFile } from './transcode.ts'

export interface ReadParts {
  readonly db: Database
  readonly locate: Locate
  readonly acts: Acts
  readonly decoder: FrameDecoder
  /** Has a study brought back from the cold store. @returns seconds until it is here */
  readonly recall?: (study: string) => Promise<number>
  /** Told of a study of which something was read that is not what came. */
  readonly harmed?: (study: string) => void
}

export type Reading = Pick<
  Archive,
  | 'instances'
  | 'versions'
  | 'original'
  | 'file'
  | 'frames'
  | 'picture'
  | 'presented'
  | 'metadata'
  | 'seenAgain'
  | 'bulkData'
>

/** Instances whose metadata is fetched and inflated at once. */
const METADATA_CHUNK = 50
const NATIVE = { explicit: EXPLICIT_LITTLE.uid, implicit: IMPLICIT_LITTLE.uid } as const
/** The transfer syntax of the file that a form gives. */
function syntaxOf(form: Form, { transferSyntax: stored, frames }: InstanceRecord): Uid {
  if (form === 'stored') return stored
  if (typeof form === 'string') return NATIVE[form]
  return frames === 0 && transferSyntax(form.as).encapsulated ? EXPLICIT_LITTLE.uid : form.as
}
/** Frames decoded ahead of a reader who asked for several. */
const FRAMES_AHEAD = 4

export function openRead(parts: ReadParts): Reading {
  const { acts, decoder, locate, harmed = () => {} } = parts
  const guard = openGuard(parts)

  /** Permission, the place of the bytes, and the opening leaf. */
  const open = async (context: Context, record: InstanceRecord, act: 'read' | 'original'): Promise<Located> => {
    await admit(acts, context, act)
    const located = await locate(record)
    if (located.restricted) await guard.study(context, record.key.study)
    const seconds = located.nearline ? await parts.recall?.(record.key.study) : undefined
    if (seconds !== undefined) throw new ArchiveError('STUDY_NEARLINE', { study: record.key.study, seconds })
    await acts.seeing(context, record.key.study, located.patientKey)
    return located
  }

  /** Counts what passes, for the closing leaf, also when the reader stops half way. */
  async function* counted(
    context: Context,
    record: InstanceRecord,
    bytes: ByteStream,
    what: { readonly instances?: number; readonly frames?: number },
  ): ByteStream {
    let passed = 0
    try {
      for await (const piece of bytes) {
        context.signal.throwIfAborted()
        passed += piece.length
        yield piece
      }
    } finally {
      acts.seen(context, record.key.study, { ...what, bytes: passed })
    }
  }

  return {
    instances: (context, scope) => instances(parts, context, scope),
    versions: (context, key) => versions(parts, context, key),
    metadata: (context, scope, base) => metadata(parts, context, scope, base),

    original: async function* (context: Context, record: InstanceRecord, range?: ByteRange): ByteStream {
      const { original } = await open(context, record, 'original')
      const start = Math.max(0, range?.start ?? 0)
      const end = Math.min(original.length, range?.end ?? original.length)
      if (start >= end) return
      const bytes = original.read({ start, end })
      const whole = start === 0 && end === original.length
      yield* counted(context, record, whole ? proved(bytes, record, harmed) : bytes, { instances: 1 })
    },

    file: (context: Context, record: InstanceRecord, form: Form) => {
      const target = syntaxOf(form, record)
      return fileOut(
        target,
        async () => {
          const located = await open(context, record, 'read')
          const make = () => (transferSyntax(target).encapsulated ? encodedFile : nativeFile)
          const bytes = form === 'stored' ? storedFile(located, record) : make()(located, record, decoder, target)
          // What lies as it was received has the digest of its arrival.
          const same = form === 'stored' && located.asReceived && !needsMeta(record)
          return same ? proved(bytes, record, harmed) : bytes
        },
        (bytes) => counted(context, record, bytes, { instances: 1 }),
      )
    },

    frames: async function* (
      context: Context,
      record: InstanceRecord,
      numbers: readonly number[],
      form: Form,
    ): AsyncIterable<FrameAnswer> {
      const located = await open(context, record, 'read')
      const frames = checkFrames(await located.frames(), numbers)
      const count = (bytes: ByteStream) => counted(context, record, bytes, { frames: 1 })
      const target = typeof form === 'string' ? undefined : form.as
      if (target !== undefined && target !== located.transferSyntax) {
        const encode = (at: number) => encodedFrame(located, frames, numbers[at] ?? 0, decoder, target)
        let done = 0
        for await (const { bytes } of ahead(0, numbers.length - 1, FRAMES_AHEAD, encode)) {
          const frame = numbers[done] ?? 0
          done += 1
          yield { frame, transferSyntax: target, size: bytes.length, bytes: count(once(bytes)) }
        }
        return
      }
      // Native samples are the same in both forms, and pass as they are read.
      if (form !== 'explicit' || !frames.encapsulated) {
        for (const frame of numbers) {
          const { transferSyntax, bytes, size } = await storedFrame(located, frames, frame)
          yield { frame, transferSyntax, size, bytes: count(bytes) }
        }
        return
      }
      const decode = (at: number) => decodedFrame(located, frames, numbers[at] ?? 0, decoder)
      let at = 0
      for await (const { bytes } of ahead(0, numbers.length - 1, FRAMES_AHEAD, decode)) {
        yield {
          frame: numbers[at] ?? 0,
          transferSyntax: EXPLICIT_LITTLE.uid,
          size: bytes.length,
          bytes: count(once(bytes)),
        }
        at += 1
      }
    },

    picture: async (context: Context, record: InstanceRecord, frame: number, ask: PictureAsk) => {
      const located = await open(context, record, 'read')
      const frames = checkFrames(await located.frames(), [frame])
      const state = ask.state && {
        dataSet: await stateOf(await open(context, ask.state, 'read')),
        instance: record.key.instance,
      }
      const bytes = await picturedFrame(located, frames, frame, decoder, ask, state)
      acts.seen(context, record.key.study, { frames: 1, bytes: bytes.length })
      return bytes
    },

    presented: (context: Context, state: InstanceRecord) =>
      presented(
        async () => stateOf(await open(context, state, 'read')),
        (scope) => instances(parts, context, { study: state.key.study, ...scope }),
      ),

    seenAgain: async (context: Context, record: InstanceRecord) => {
      await open(context, record, 'read')
      acts.seen(context, record.key.study, { bytes: 0 })
    },

    bulkData: async (context: Context, record: InstanceRecord, path: string, range?: ByteRange) => {
      const located = await open(context, record, 'read')
      const { bytes, size } = await bulkValue(located, path, range)
      return { size, bytes: counted(context, record, bytes, {}) }
    },
  }
}

/**
 * A whole received file, its data set's digest compared with that of its arrival: the last piece is held back until it is
 * known, so that nobody takes other bytes for the whole of what came.
 *
 * @throws {ArchiveError} `STORE_DAMAGED`
 */
async function* proved(
  bytes: ByteStream,
  { key, ds, dsStart }: InstanceRecord,
  harmed: (study: string) => void,
): ByteStream {
  const hash = createHash('sha256')
  let at = 0
  let held: Bytes | undefined
  try {
    for await (const piece of bytes) {
      if (held !== undefined) yield held
      if (at + piece.length > dsStart) hash.update(piece.subarray(Math.max(0, dsStart - at)))
      at += piece.length
      held = piece
    }
  } catch (thrown) {
    harmed(key.study)
    throw thrown
  }
  if (hash.digest('hex') !== ds) {
    harmed(key.study)
    throw new ArchiveError('STORE_DAMAGED', { instance: key.instance })
  }
  if (held !== undefined) yield held
}

async function instances({ db, acts }: ReadParts, context: Context, scope: Scope): Promise<readonly InstanceRecord[]> {
  await admit(acts, context, 'read')
  await openGuard({ db, acts }).study(context, scope.study)
  const rows = await currentInstances(db, scope)
  if (rows.length === 0) throw nothingThere(scope)
  return rows.map(instanceRecord)
}

async function versions(
  { db, acts }: ReadParts,
  context: Context,
  { study, series, instance }: InstanceKey,
): Promise<readonly InstanceRecord[]> {
  await admit(acts, context, 'original')
  const received = await receivedVersions(db, instance)
  const hidden = may(context.principal, 'rejected.see').allowed
    ? new Set<number>()
    : await rejectedIds(
        db,
        received.map(({ id }) => Number(id)),
      )
  // Its other versions may be of a study that is out of sight.
  const seen = await openGuard({ db, acts }).rows(context, received, (row) => ({ studies: [row.study_uid] }))
  const rows = seen.filter(({ id }) => !hidden.has(Number(id)))
  // One UID anywhere in the archive: its versions may say another study or series, but the address must name one of them.
  if (!rows.some((row) => row.study_uid === study && row.series_uid === series))
    throw nothingThere({ study, series, instance })
  return rows.map(instanceRecord)
}

async function* metadata({ db, acts }: ReadParts, context: Context, scope: Scope, base: string): AsyncIterable<string> {
  await admit(acts, context, 'read')
  await openGuard({ db, acts }).study(context, scope.study)
  const keys = await currentKeys(db, scope)
  if (keys.length === 0) throw nothingThere(scope)
  await acts.seeing(context, scope.study, await patientOf(db, scope.study))
  let passed = 0
  let given = 0
  const fetchChunk = async (at: number) => {
    const wanted = keys.slice(at * METADATA_CHUNK, (at + 1) * METADATA_CHUNK)
    const ids = wanted.map(({ id }) => Number(id))
    return { wanted, kept: await metadataOf(db, ids) }
  }
  try {
    for await (const { wanted, kept } of ahead(0, Math.ceil(keys.length / METADATA_CHUNK) - 1, 2, fetchChunk)) {
      context.signal.throwIfAborted()
      for (const key of wanted) {
        const text = metadataText(kept.get(Number(key.id)), key, base)
        passed += text.length
        given += 1
        yield text
      }
      await setImmediate() // sockets are served between chunks
    }
  } finally {
    acts.seen(context, scope.study, { instances: given, bytes: passed })
  }
}

/** Inflated here and not in the thread pool: at this size the way there and back costs more than the work. */
function metadataText(kept: Uint8Array | undefined, key: ScopedInstance, base: string): string {
  if (kept === undefined) throw new ArchiveError('DEFECT', { what: `instance ${key.id} has no metadata` })
  const address = `${base}/studies/${key.study_uid}/series/${key.series_uid}/instances/${key.sop_uid}`
  return withAbsoluteUris(zstdDecompressSync(kept).toString(), address)
}

const nothingThere = ({ study, series, instance }: Scope) =>
  new ArchiveError('NOT_FOUND', {
    what:
      instance !== undefined ? `instance ${instance}` : series !== undefined ? `series ${series}` : `study ${study}`,
  })
