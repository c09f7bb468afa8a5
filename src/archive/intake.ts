/**
 * The way in: one object at a time, pulled from its door, read once.
 *
 * While the bytes pass they are hashed from the data set on, read for what the index keeps, and gathered: up to 1 MiB in
 * memory, larger ones in a spool file of their own. What is refused leaves nothing. What is complete stands in line at
 * the sequencer (`journal-writer.ts`), and the answer waits until it is durable and findable.
 */
import { createHash } from 'node:crypto'
import type { Bytes } from '../base/bytes.ts'
import { type Context, pseudonym } from '../base/context.ts'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import type { DataSet, Tag } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { Leniencies } from '../dicom/leniencies.ts'
import type { Limits } from '../dicom/limits.ts'
import { metaGroup } from '../dicom/part10.ts'
import { openReader, type ReadResult } from '../dicom/reader.ts'
import { readRejectionNote } from '../dicom/rejection-note.ts'
import { isUsableUid, type Uid } from '../dicom/uid.ts'
import { text } from '../dicom/values.ts'
import type { Inbox, Spool } from '../vault/inbox/inbox.ts'
import type { InstanceRecord, Source } from '../vault/inbox/records.ts'
import { KEEP_UP_TO, type Payload } from '../vault/payload.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Arrival, Receipt } from './archive.ts'
import type { Compare } from './compare.ts'
import { describe } from './description.ts'
import type { JournalWriter } from './journal-writer.ts'
import type { NoteDesk } from './rejections.ts'
import { onDisk, type Space } from './space.ts'

export interface IntakeOptions {
  /** Objects up to this many bytes are gathered in memory; larger ones are spooled. */
  readonly gatherBytes: number
  /** Bytes of all gathered objects together; beyond, small ones are spooled too. */
  readonly memoryBytes: number
  /** Objects that may be on their way in at once. */
  readonly inHand: number
  readonly leniencies: Partial<Leniencies>
  readonly limits: Partial<Limits>
}

export const INTAKE_OPTIONS: IntakeOptions = {
  gatherBytes: 1024 * 1024,
  memoryBytes: 64 * 1024 * 1024,
  inHand: 512,
  leniencies: {},
  limits: {},
}

export interface Intake {
  receive(context: Context, arrival: Arrival): Promise<Receipt>
  /** Takes no more, and resolves when everything on its way in is answered. */
  close(): Promise<void>
}

export interface IntakeParts {
  readonly inbox: Inbox
  readonly writer: JournalWriter
  readonly space: Space
  readonly acts: Acts
  readonly compare: Compare
  readonly notes: NoteDesk
  readonly options: IntakeOptions
  readonly now: () => Date
}

/** Bytes written to a spool file at once. */
const SPOOL_WRITE = 512 * 1024
/** Told elsewhere: an act of its own says so, or the disk takes nothing. */
const UNTOLD: ReadonlySet<string> = new Set(['ACCESS_DENIED', 'STORE_REJECTED', 'STORE_NO_SPACE', 'STORE_WRITE_FAILED'])
/** What may stand before the data set: preamble and meta group. */
const META_LIMIT = 1024 * 1024

export function openIntake(parts: IntakeParts): Intake {
  const { inbox, writer, space, acts, compare, notes, options, now } = parts
  const inHand = new Set<Promise<unknown>>()
  let gathered = 0
  let closed = false

  const memory = {
    take: (bytes: number): boolean => {
      if (gathered + bytes > options.memoryBytes) return false
      gathered += bytes
      return true
    },
    give: (bytes: number): void => {
      gathered -= bytes
    },
  }

  const take = async (context: Context, arrival: Arrival): Promise<Receipt> => {
    await admit(acts, context, 'store')
    const incoming = openIncoming({ inbox, space, memory, options })
    try {
      if (arrival.stream) await incoming.push(streamPrefix(arrival.stream))
      for await (const chunk of arrival.bytes) {
        if (context.signal.aborted) throw stopped()
        await incoming.push(chunk)
      }
      if (context.signal.aborted) throw stopped()
      return await store(context, arrival, incoming)
    } catch (thrown) {
      await incoming.abandon()
      const error = refusal(thrown, incoming.identity())
      await tellRefused(context, arrival, error, incoming.identity())
      throw error
    } finally {
      incoming.release()
    }
  }

  /**
   * What came and was not taken is told, so that a record is not called complete that lacks it. Not when the disk is full or
   * fails: then nothing can be told, the sender keeps the object, and the alarm is elsewhere.
   */
  const tellRefused = async (
    context: Context,
    { door }: Arrival,
    { code }: ArchiveError,
    { study, sopInstance }: Refused,
  ): Promise<void> => {
    if (UNTOLD.has(code) || writer.failing) return
    const happening = {
      type: 'obj.refuse',
      action: 'C',
      outcome: 4,
      ...(study !== undefined && isUsableUid(study) && { study }),
      detail: { door, refused: code, ...(sopInstance !== undefined && { instance: sopInstance.slice(0, 64) }) },
    } as const
    await acts.event(context, happening, 'soon').catch(() => {})
  }

  const store = async (context: Context, arrival: Arrival, incoming: Incoming): Promise<Receipt> => {
    const { read, ds, length } = incoming.end()
    const key = keyOf(read.dataSet)
    // With the leniency `unknown-transfer-syntax` any text may have come this far.
    if (!isUsableUid(read.transferSyntax)) throw new ArchiveError('DICOM_INVALID_UID', { uid: '(0002,0010)' })
    check(arrival, key)
    const note = readRejectionNote(read.dataSet)
    if (note !== undefined) await notes.check(context, key.study, note)
    const description = describe(read)
    const payload = await incoming.finish(read.dataSetStart)
    const header = {
      v: 1,
      study: key.study,
      series: key.series,
      instance: key.instance,
      sopClass: key.sopClass,
      transferSyntax: read.transferSyntax,
      origin: arrival.stream ? 'stream' : arrival.assembled ? 'assembled' : 'file',
      source: sourceOf(context, arrival),
      receivedAt: now().toISOString(),
      ds,
      length,
      dsStart: read.dataSetStart,
      leniencies: read.leniencies,
    } as const
    const sequenced = await writer.store({
      item: {
        kind: 'arrival',
        header,
        payload,
        patientKey: description.patientKey,
        accession: description.accession,
        who: { principal: context.principal, client: context.client },
        compared: new Map(),
      },
      description,
      compare: (versions) => compare(incoming.payload(), versions),
      discard: incoming.discard(),
    })
    if (note !== undefined) await notes.apply(context, key, note)
    return {
      ...sequenced,
      key: { study: key.study, series: key.series, instance: key.instance },
      sopClass: key.sopClass,
      ds,
      leniencies: read.leniencies,
    }
  }

  return {
    receive: (context, arrival) => {
      if (closed || inHand.size >= options.inHand) return Promise.reject(new ArchiveError('STORE_BUSY'))
      const taking = take(context, arrival)
      inHand.add(taking)
      const done = () => inHand.delete(taking)
      taking.then(done, done)
      return taking
    },
    close: async () => {
      closed = true
      await Promise.allSettled(inHand)
    },
  }
}

/** The bytes of one object on their way in. */
interface Incoming {
  push(chunk: Bytes): Promise<void>
  /** The object is complete. */
  end(): { readonly read: ReadResult; readonly ds: string; readonly length: number }
  /** What the journal takes; a spool file is synced first. */
  finish(dsStart: number): Promise<InstanceRecord['payload']>
  /** The bytes, for comparing. */
  payload(): Payload
  /** Removes the spool file once the journal has been asked to name it; not the same as `abandon`. */
  discard(): () => Promise<void>
  /** Refused, or broken off: nothing stays. Does nothing once `finish` has been called. */
  abandon(): Promise<void>
  release(): void
  identity(): Refused
}

/** What could be read of an object that was not taken. */
interface Refused {
  readonly study?: string
  readonly sopClass?: string
  readonly sopInstance?: string
}

interface IncomingParts extends Pick<IntakeParts, 'inbox' | 'space' | 'options'> {
  readonly memory: { take(bytes: number): boolean; give(bytes: number): void }
}

function openIncoming({ inbox, space, memory, options }: IncomingParts): Incoming {
  const reader = openReader({
    format: 'part10',
    keepUpTo: KEEP_UP_TO,
    leniencies: options.leniencies,
    limits: options.limits,
  })
  const hash = createHash('sha256')
  let early: Bytes[] | undefined = []
  let parts: Bytes[] = []
  let held = 0
  let waiting = 0
  let length = 0
  let claimed = 0
  let spool: Spool | undefined
  let finished = false

  /** Hashing begins where the data set does, which is known once the meta group has passed. */
  const digest = (chunk: Bytes): void => {
    if (early === undefined) {
      hash.update(chunk)
      return
    }
    early.push(chunk)
    if (reader.dataSetStart !== undefined) hashFrom(reader.dataSetStart)
    else if (length > META_LIMIT)
      throw new ArchiveError('DICOM_LIMIT', { limit: 'meta group', allowed: META_LIMIT, at: 0 })
  }
  const hashFrom = (start: number): void => {
    let at = 0
    for (const chunk of early ?? []) {
      if (at + chunk.length > start) hash.update(chunk.subarray(Math.max(0, start - at)))
      at += chunk.length
    }
    early = undefined
  }

  const flush = async (): Promise<void> => {
    const pieces = parts
    parts = []
    const bytes = waiting
    waiting = 0
    if (pieces.length > 0) await onDisk(spool?.append(pieces))
    memory.give(held)
    held = 0
    // They are on the disk now: its free space counts them.
    space.release(bytes)
    claimed -= bytes
  }

  return {
    push: async (chunk) => {
      if (chunk.length === 0) return
      await space.claim(chunk.length)
      claimed += chunk.length
      reader.push(chunk)
      length += chunk.length
      digest(chunk)
      parts.push(chunk)
      waiting += chunk.length
      if (spool === undefined) {
        if (length <= options.gatherBytes && memory.take(chunk.length)) {
          held += chunk.length
          return
        }
        spool = await onDisk(inbox.spool())
        await flush()
      } else if (waiting >= SPOOL_WRITE) await flush()
    },
    end: () => {
      const read = reader.end()
      if (early !== undefined) hashFrom(read.dataSetStart)
      return { read, ds: hash.digest('hex'), length }
    },
    finish: async (dsStart) => {
      if (spool === undefined) {
        finished = true
        return parts
      }
      await flush()
      const reference = await onDisk(spool.finish(dsStart))
      finished = true
      return reference
    },
    payload: () => {
      const { spool: file } = spool?.reference ?? { spool: '' }
      return spool === undefined
        ? { length, read: (range) => slice(parts, range.start, range.end) }
        : { length, read: (range) => inbox.read({ segment: 0, spool: file, start: 0 }, range) }
    },
    discard: () => async () => {
      await spool?.abandon()
    },
    abandon: async () => {
      if (!finished) await spool?.abandon()
    },
    release: () => {
      memory.give(held)
      held = 0
      space.release(claimed)
      claimed = 0
    },
    identity: () => reader.identity,
  }
}

async function* slice(parts: readonly Bytes[], start: number, end: number): AsyncGenerator<Bytes> {
  let at = 0
  for (const part of parts) {
    const from = Math.max(start - at, 0)
    const to = Math.min(end - at, part.length)
    if (from < to) yield part.subarray(from, to)
    at += part.length
  }
}

/** The preamble and meta group that make a received data set a file: written here once and kept literally. */
function streamPrefix(stream: NonNullable<Arrival['stream']>): Bytes {
  return metaGroup({
    sopClass: stream.sopClass,
    sopInstance: stream.sopInstance,
    transferSyntax: stream.transferSyntax,
    sourceAet: stream.callingAet,
  })
}

const IDENTITY: readonly (readonly [field: 'study' | 'series' | 'instance' | 'sopClass', tag: Tag, name: string])[] = [
  ['sopClass', T.SOPClassUID, 'SOP Class UID'],
  ['instance', T.SOPInstanceUID, 'SOP Instance UID'],
  ['study', T.StudyInstanceUID, 'Study Instance UID'],
  ['series', T.SeriesInstanceUID, 'Series Instance UID'],
]

type Identity = Readonly<Record<'study' | 'series' | 'instance' | 'sopClass', Uid>>

/** @throws {ArchiveError} `DICOM_NO_UID`, `DICOM_INVALID_UID` */
function keyOf(dataSet: DataSet): Identity {
  const key: Partial<Record<keyof Identity, Uid>> = {}
  for (const [field, tag, attribute] of IDENTITY) {
    const value = text(dataSet, tag)
    if (value === '') throw new ArchiveError('DICOM_NO_UID', { attribute })
    if (!isUsableUid(value)) throw new ArchiveError('DICOM_INVALID_UID', { uid: value.slice(0, 80) })
    key[field] = value
  }
  return key as Identity
}

/** What the request promised must be what the data set holds (PS3.4 B.2.3, PS3.18 10.5). */
function check({ stream, onlyStudy }: Arrival, key: Identity): void {
  const promised: readonly (readonly [attribute: string, expected: string | undefined, actual: string])[] = [
    ['SOP Class UID', stream?.sopClass, key.sopClass],
    ['SOP Instance UID', stream?.sopInstance, key.instance],
    ['Study Instance UID', onlyStudy, key.study],
  ]
  for (const [attribute, expected, actual] of promised)
    if (expected !== undefined && expected !== actual)
      throw new ArchiveError('STORE_UID_MISMATCH', { attribute, expected, actual })
}

function sourceOf(context: Context, { door, stream, assembled }: Arrival): Source {
  const { client, principal } = context
  return {
    door,
    address: client.address,
    ...(stream
      ? {
          callingAet: stream.callingAet,
          calledAet: stream.calledAet,
          ...(stream.implementationClassUid !== undefined && { implementationClassUid: stream.implementationClassUid }),
          ...(stream.implementationVersion !== undefined && { implementationVersion: stream.implementationVersion }),
          commandSet: Buffer.from(stream.commandSet).toString('base64'),
        }
      : client.aeTitle !== undefined && { callingAet: client.aeTitle }),
    ...(assembled !== undefined && { assembled }),
    actor: pseudonym(principal),
  }
}

const stopped = () => new ArchiveError('DICOM_TRUNCATED', { at: 0, why: 'the sender stopped' })

/** The error with what could be read of the object it refuses: doors report failures one by one. */
function refusal(
  thrown: unknown,
  identity: { readonly sopClass?: string; readonly sopInstance?: string },
): ArchiveError {
  const error = asArchiveError(thrown)
  return new ArchiveError(
    error.code,
    {
      ...error.facts,
      sopClass: identity.sopClass ?? error.facts['sopClass'],
      sopInstance: identity.sopInstance ?? error.facts['sopInstance'],
    },
    { cause: error.cause ?? thrown },
  )
}
