/**
 * Objects in a bucket of an S3-compatible store, where nothing but its commands is relied on: a name is claimed by a
 * conditional put, bytes carry their MD5, a read that breaks off goes on from its byte, and what was answered twice because
 * an answer was lost is recognised by a mark of the put.
 *
 * Memory stays flat: an object goes in parts, of which a few are in flight.
 */
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  PutObjectRetentionCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { ByteRange, ByteStream, Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { mustBeName } from './names.ts'
import type { ObjectHead, ObjectStore } from './object-store.ts'
import { failedAt, type S3Place, statusOf } from './s3-client.ts'
import type { Capabilities } from './s3-probe.ts'

export interface S3Parts {
  readonly place: S3Place
  /** Below the place's prefix, ends in `/`: where the objects are. */
  readonly root: string
  /** The same: where objects go that are not what they should be. */
  readonly aside: string
  readonly can: Capabilities
  /** Size of a part, at least 5 MiB: what a store takes as a part of an object. */
  readonly partBytes?: number
}

const PART = 8 * 1024 * 1024
const IN_FLIGHT = 3
/** A read that gives nothing is begun again so often; each byte it gives makes it as if it were the first time. */
const READ_TRIES = 5
const MARK = 'clearkeep-put'

export function s3Objects({ place, root, aside, can, partBytes = PART }: S3Parts): ObjectStore {
  const { client, bucket: Bucket, prefix } = place
  const base = prefix + root
  const keyOf = (name: string): string => base + mustBeName(name)
  const fail = (thrown: unknown): never => {
    throw failedAt(place, thrown)
  }

  /** One put of a name at a time: what the store cannot refuse is looked at before. */
  const lines = new Map<string, Promise<unknown>>()
  const inLine = async <T>(key: string, act: () => Promise<T>): Promise<T> => {
    const mine = (lines.get(key) ?? Promise.resolve()).then(act, act)
    lines.set(key, mine)
    try {
      return await mine
    } finally {
      if (lines.get(key) === mine) lines.delete(key)
    }
  }

  const headOf = async (Key: string) => {
    try {
      return await client.send(new HeadObjectCommand({ Bucket, Key }))
    } catch (thrown) {
      return statusOf(thrown) === 404 ? undefined : fail(thrown)
    }
  }

  // --- writing -------------------------------------------------------------------------

  const put = async (name: string, bytes: ByteStream): Promise<ObjectHead> => {
    const Key = keyOf(name)
    return inLine(Key, async () => {
      const parts = inParts(bytes, partBytes)
      const first = await parts.next()
      const second = first.done === true ? first : await parts.next()
      if (first.done !== true && second.done !== true)
        return { name, size: await putInParts(name, Key, [first.value, second.value], parts) }
      const body = first.done === true ? Buffer.alloc(0) : first.value
      if (!can.conditional && (await headOf(Key)) !== undefined) throw new ArchiveError('OBJECT_EXISTS', { name })
      await putWhole(Key, body, can.conditional, name)
      return { name, size: body.length }
    })
  }

  const putWhole = async (Key: string, Body: Buffer, once: boolean, name: string): Promise<void> => {
    const mark = randomBytes(16).toString('hex')
    const command = new PutObjectCommand({
      Bucket,
      Key,
      Body,
      ContentMD5: md5(Body),
      Metadata: { [MARK]: mark },
      ...(once && { IfNoneMatch: '*' }),
    })
    try {
      await client.send(command)
    } catch (thrown) {
      const status = statusOf(thrown)
      if (!once || (status !== 412 && status !== 409)) fail(thrown)
      if (!(await isOurs(Key, mark))) throw new ArchiveError('OBJECT_EXISTS', { name }, { cause: thrown })
    }
  }

  /** The answer to the first try was lost, and the second was refused because of it. */
  const isOurs = async (Key: string, mark: string): Promise<boolean> => (await headOf(Key))?.Metadata?.[MARK] === mark

  const putInParts = async (
    name: string,
    Key: string,
    first: readonly Buffer[],
    rest: AsyncIterable<Buffer>,
  ): Promise<number> => {
    if ((await headOf(Key)) !== undefined) throw new ArchiveError('OBJECT_EXISTS', { name })
    const mark = randomBytes(16).toString('hex')
    const { UploadId } = await client
      .send(new CreateMultipartUploadCommand({ Bucket, Key, Metadata: { [MARK]: mark } }))
      .catch(fail)
    const upload = { Bucket, Key, UploadId }
    const done: { readonly PartNumber: number; readonly ETag: string | undefined }[] = []
    const flying = new Set<Promise<void>>()
    let size = 0
    let number = 0
    let broken: unknown
    const send = async (Body: Buffer): Promise<void> => {
      size += Body.length
      number += 1
      const PartNumber = number
      const part = client
        .send(new UploadPartCommand({ ...upload, PartNumber, Body, ContentMD5: md5(Body) }))
        .then(({ ETag }) => void done.push({ PartNumber, ETag }))
        .catch((thrown: unknown) => {
          broken ??= thrown
        })
        .finally(() => flying.delete(part))
      flying.add(part)
      if (flying.size >= IN_FLIGHT) await Promise.race(flying)
      if (broken !== undefined) throw failedAt(place, broken)
    }
    try {
      for (const part of first) await send(part)
      for await (const part of rest) await send(part)
      await Promise.all(flying)
      if (broken !== undefined) throw broken
      const Parts = done.sort((a, b) => a.PartNumber - b.PartNumber)
      const once = can.conditional ? { IfNoneMatch: '*' } : {}
      await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...once }))
    } catch (thrown) {
      await Promise.allSettled(flying)
      if ((statusOf(thrown) === 404 || statusOf(thrown) === 412) && (await isOurs(Key, mark))) return size
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {})
      if (statusOf(thrown) === 412) throw new ArchiveError('OBJECT_EXISTS', { name }, { cause: thrown })
      // What the sender threw is its own.
      throw statusOf(thrown) === undefined && broken === undefined ? thrown : failedAt(place, thrown)
    }
    return size
  }

  // --- reading -------------------------------------------------------------------------

  async function* read(name: string, range?: ByteRange): ByteStream {
    const Key = keyOf(name)
    const end = range?.end ?? Number.MAX_SAFE_INTEGER
    let at = range?.start ?? 0
    let etag: string | undefined
    let tries = 0
    if (at >= end && (await headOf(Key)) === undefined) throw new ArchiveError('OBJECT_NOT_FOUND', { name })
    while (at < end) {
      tries += 1
      let answer: GetObjectCommandOutput
      try {
        answer = await client.send(
          new GetObjectCommand({
            Bucket,
            Key,
            ...((at > 0 || range !== undefined) && {
              Range: `bytes=${at}-${end === Number.MAX_SAFE_INTEGER ? '' : end - 1}`,
            }),
            ...(etag !== undefined && { IfMatch: etag }),
          }),
        )
      } catch (thrown) {
        if (statusOf(thrown) === 416) return
        if (statusOf(thrown) === 404) throw new ArchiveError('OBJECT_NOT_FOUND', { name }, { cause: thrown })
        throw failedAt(place, thrown)
      }
      etag = answer.ETag
      const until = at + (answer.ContentLength ?? 0)
      const body = answer.Body as (AsyncIterable<Bytes> & { destroy(): void }) | undefined
      try {
        for await (const piece of body ?? []) {
          tries = 0
          at += piece.length
          yield piece
        }
      } catch (thrown) {
        if (tries >= READ_TRIES) throw failedAt(place, thrown)
      } finally {
        body?.destroy()
      }
      if (at >= until) return
      if (tries >= READ_TRIES)
        throw failedAt(
          place,
          new ArchiveError('OBJECT_STORE_FAILED', { store: place.name, why: 'its answers break off' }),
        )
      await sleep(50 * 2 ** tries)
    }
  }

  async function* listed(Prefix: string): AsyncGenerator<{ readonly key: string; readonly size: number }> {
    let ContinuationToken: string | undefined
    do {
      const page = await client
        .send(
          new ListObjectsV2Command({ Bucket, Prefix, ...(ContinuationToken !== undefined && { ContinuationToken }) }),
        )
        .catch(fail)
      for (const { Key = '', Size = 0 } of page.Contents ?? []) yield { key: Key, size: Size }
      ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined
    } while (ContinuationToken !== undefined)
  }

  async function* list(given: string): AsyncGenerator<ObjectHead> {
    for await (const { key, size } of listed(base + given)) yield { name: key.slice(base.length), size }
  }

  // --- removing ------------------------------------------------------------------------

  const drop = async (Key: string, VersionId?: string): Promise<void> => {
    await client
      .send(new DeleteObjectCommand({ Bucket, Key, ...(VersionId !== undefined && { VersionId }) }))
      .catch(fail)
  }

  /** Every version of what begins with a key, the last name first and of a name the oldest first. */
  const versionsOf = async (
    Prefix: string,
  ): Promise<readonly { readonly key: string; readonly version?: string }[]> => {
    const found: { readonly key: string; readonly version?: string }[] = []
    if (!can.versions) {
      for await (const { key } of listed(Prefix)) found.push({ key })
      return found.reverse()
    }
    let [KeyMarker, VersionIdMarker]: (string | undefined)[] = []
    do {
      const page: ListObjectVersionsCommandOutput = await client
        .send(
          new ListObjectVersionsCommand({
            Bucket,
            Prefix,
            ...(KeyMarker !== undefined && { KeyMarker }),
            ...(VersionIdMarker !== undefined && { VersionIdMarker }),
          }),
        )
        .catch(fail)
      const entries = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
      for (const { Key = '', VersionId = '' } of entries) found.push({ key: Key, version: VersionId })
      ;[KeyMarker, VersionIdMarker] = page.IsTruncated === true ? [page.NextKeyMarker, page.NextVersionIdMarker] : []
    } while (KeyMarker !== undefined)
    return found.reverse()
  }

  /** Until when a version is locked; undefined when it is not, or not any more. */
  const lockedUntil = async (Key: string, VersionId: string | undefined): Promise<Date | undefined> => {
    if (!can.lock || VersionId === undefined) return undefined
    const told = await client.send(new GetObjectRetentionCommand({ Bucket, Key, VersionId })).catch(() => undefined)
    const until = told?.Retention?.RetainUntilDate
    return until !== undefined && until > new Date() ? until : undefined
  }

  /** Removes what it can; what is locked stays, and is told of. */
  const dropAll = async (versions: Awaited<ReturnType<typeof versionsOf>>): Promise<Dropped> => {
    const locked = new Set<string>()
    let last = ''
    for (const { key, version } of versions)
      try {
        await drop(key, version)
      } catch (thrown) {
        const until = statusOf((thrown as Error).cause) === 403 ? await lockedUntil(key, version) : undefined
        if (until === undefined) throw thrown
        locked.add(key)
        if (until.toISOString() > last) last = until.toISOString()
      }
    // Their names are free then; their bytes stay below as long as they are locked.
    for (const key of locked) await drop(key)
    return { removed: new Set(versions.map(({ key }) => key)).size - locked.size, locked: locked.size, until: last }
  }

  const remove = async (Key: string): Promise<void> => {
    if (!can.versions) return drop(Key)
    await dropAll((await versionsOf(Key)).filter(({ key }) => key === Key))
  }

  const lock = async (given: string, until: Date): Promise<number> => {
    let moved = 0
    let [KeyMarker, VersionIdMarker]: (string | undefined)[] = []
    do {
      const page: ListObjectVersionsCommandOutput = await client
        .send(
          new ListObjectVersionsCommand({
            Bucket,
            Prefix: base + given,
            ...(KeyMarker !== undefined && { KeyMarker }),
            ...(VersionIdMarker !== undefined && { VersionIdMarker }),
          }),
        )
        .catch(fail)
      for (const { Key = '', VersionId, IsLatest } of page.Versions ?? []) {
        if (IsLatest !== true || VersionId === undefined) continue
        const now = await lockedUntil(Key, VersionId)
        // Stores keep whole seconds; a moment is only ever moved on.
        if (now !== undefined && now.getTime() + 1000 >= until.getTime()) continue
        const Retention = { Mode: 'COMPLIANCE', RetainUntilDate: until } as const
        await client.send(new PutObjectRetentionCommand({ Bucket, Key, VersionId, Retention })).catch(fail)
        moved += 1
      }
      ;[KeyMarker, VersionIdMarker] = page.IsTruncated === true ? [page.NextKeyMarker, page.NextVersionIdMarker] : []
    } while (KeyMarker !== undefined)
    return moved
  }

  async function setAside(name: string): Promise<string> {
    const from = keyOf(name)
    if ((await headOf(from)) === undefined) throw new ArchiveError('OBJECT_NOT_FOUND', { name })
    const to = `${prefix}${aside}${randomBytes(4).toString('hex')}-${name.replaceAll('/', '~')}`
    const CopySource = `${Bucket}/${encodeURIComponent(from).replaceAll('%2F', '/')}`
    await client.send(new CopyObjectCommand({ Bucket, Key: to, CopySource })).catch(fail)
    await remove(from)
    return `${Bucket}/${to}`
  }

  async function removeAll(given: string): Promise<number> {
    mustBeName(given.replace(/\/$/, ''))
    await abortUploads(place, base + given)
    const own = await dropAll(await versionsOf(base + given))
    const begins = given.replaceAll('/', '~')
    const set = await versionsOf(prefix + aside)
    const other = await dropAll(set.filter(({ key }) => key.slice(prefix.length + aside.length + 9).startsWith(begins)))
    const removed = own.removed + other.removed
    const locked = own.locked + other.locked
    if (locked > 0) {
      const until = own.until > other.until ? own.until : other.until
      throw new ArchiveError('OBJECT_LOCKED', { objects: locked, until, removed })
    }
    return removed
  }

  return {
    put,
    replace: async (name, bytes) => putWhole(keyOf(name), Buffer.from(bytes), false, name),
    read,
    head: async (name) => {
      const found = await headOf(keyOf(name))
      return found === undefined ? undefined : { name, size: found.ContentLength ?? 0 }
    },
    list,
    setAside,
    removeAll,
    remove: async (name) => remove(keyOf(name)),
    ...(can.lock && { lock }),
  }
}

/** Names of which nothing is left, names that are locked, and until when the last of these. */
interface Dropped {
  readonly removed: number
  readonly locked: number
  readonly until: string
}

/**
 * Ends uploads that a crash left: their parts are kept, and paid for, until somebody does.
 *
 * @param olderMs  only those begun so long ago
 */
export async function abortUploads(place: S3Place, Prefix: string, olderMs = 0): Promise<void> {
  const { client, bucket: Bucket } = place
  try {
    for (;;) {
      const { Uploads = [], IsTruncated } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }))
      const old = Uploads.filter(({ Initiated }) => olderMs === 0 || Date.now() - Number(Initiated) > olderMs)
      for (const { Key, UploadId } of old)
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch((thrown: unknown) => {
          if (statusOf(thrown) !== 404) throw thrown
        })
      if (IsTruncated !== true || old.length < Uploads.length || old.length === 0) return
    }
  } catch (thrown) {
    throw failedAt(place, thrown)
  }
}

/** The stream in pieces of one size, the last one shorter; nothing of an empty one. */
async function* inParts(bytes: ByteStream, size: number): AsyncGenerator<Buffer, undefined> {
  let parts: Bytes[] = []
  let length = 0
  for await (const given of bytes) {
    for (let rest = given; rest.length > 0; ) {
      // Copied: whoever gave it may use its memory again.
      const taken = Uint8Array.from(rest.subarray(0, size - length))
      parts.push(taken)
      length += taken.length
      rest = rest.subarray(taken.length)
      if (length < size) continue
      yield Buffer.concat(parts)
      parts = []
      length = 0
    }
  }
  if (length > 0) yield Buffer.concat(parts)
  return undefined
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('base64')
