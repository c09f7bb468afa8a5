/**
 * What an object store can do, found out and not believed: stores accept headers that they ignore.
 */
import { randomBytes } from 'node:crypto'
import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { failedAt, type S3Place, statusOf } from './s3-client.ts'

export interface Capabilities {
  /** `If-None-Match: *`: of two who put one name, one is refused. */
  readonly conditional: boolean
  /** Bytes that are not those of their Content-MD5 are refused. */
  readonly md5: boolean
  /** The same of `x-amz-checksum-sha256`. */
  readonly sha256: boolean
  /** What is removed stays as an older version until that is removed too. */
  readonly versions: boolean
  /** Objects can be locked to a date. */
  readonly lock: boolean
}

const WRONG_MD5 = Buffer.alloc(16, 1).toString('base64')
const WRONG_SHA256 = Buffer.alloc(32, 1).toString('base64')

/** @throws {ArchiveError} `OBJECT_STORE_FAILED` when it does not answer, or nothing can be written there */
export async function probe(place: S3Place): Promise<Capabilities> {
  const { client, bucket: Bucket, prefix } = place
  const Key = `${prefix}probe/${randomBytes(8).toString('hex')}`
  const written: (string | undefined)[] = []
  const put = async (more: object): Promise<void> => {
    const { VersionId } = await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from('probe'), ...more }))
    written.push(VersionId)
  }
  /** Is it refused, by the rules of HTTP? A store that fails has said nothing. */
  const refused = async (more: object): Promise<boolean> => {
    try {
      await put(more)
      return false
    } catch (thrown) {
      const status = statusOf(thrown)
      if (status === undefined || (status >= 500 && status !== 501)) throw thrown
      return status === 400 || status === 409 || status === 412
    }
  }
  const asked = async <T>(ask: Promise<T>): Promise<T | undefined> =>
    ask.catch((thrown: unknown) => {
      const status = statusOf(thrown)
      if (status === undefined || (status >= 500 && status !== 501)) throw thrown
      return undefined
    })
  try {
    await client.send(new HeadBucketCommand({ Bucket }))
    await put({})
    const conditional = await refused({ IfNoneMatch: '*' })
    const md5 = await refused({ ContentMD5: WRONG_MD5 })
    const sha256 = await refused({ ChecksumSHA256: WRONG_SHA256 })
    const versioning = await asked(client.send(new GetBucketVersioningCommand({ Bucket })))
    const lock = await asked(client.send(new GetObjectLockConfigurationCommand({ Bucket })))
    const versions = versioning?.Status === 'Enabled' || written.some((id) => id !== undefined && id !== 'null')
    for (const VersionId of versions ? written : [undefined])
      await client.send(new DeleteObjectCommand({ Bucket, Key, ...(VersionId !== undefined && { VersionId }) }))
    return { conditional, md5, sha256, versions, lock: lock?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled' }
  } catch (thrown) {
    throw failedAt(place, thrown)
  }
}

/** For people. */
export function inWords({ conditional, md5, sha256, versions, lock }: Capabilities): string {
  const checks = [...(md5 ? ['MD5'] : []), ...(sha256 ? ['SHA-256'] : [])]
  return [
    conditional
      ? 'Refuses a second object under one name.'
      : 'Cannot refuse a second object under one name: it is looked first.',
    checks.length > 0 ? `Checks what it is sent (${checks.join(', ')}).` : 'Does not check what it is sent.',
    lock ? 'Can lock objects to a date.' : 'Cannot lock objects to a date.',
    ...(versions ? ['Keeps older versions, which we remove where we remove.'] : []),
    'What was written is read back and compared with our own digests.',
  ].join(' ')
}
