/**
 * How an object store is reached: its address, who we are there, and how long and how often it is tried.
 *
 * The SDK repeats what failed in passing (500, 503, broken connections) five times at most, waiting longer each time; bodies
 * are sent from memory, so that they can be sent again. What is left then is said by the store's own code.
 */
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { S3Client } from '@aws-sdk/client-s3'
import { ArchiveError } from '../../base/errors.ts'

/** Plain data: it goes to threads. */
export interface S3Address {
  /** `https://HOST/BUCKET/PREFIX`. */
  readonly url: string
  readonly region: string
  /** File with the access key, as the AWS command line has it: `aws_access_key_id = …`, `aws_secret_access_key = …`. */
  readonly credentials: string
  /** File with the authorities (PEM) that certify the store; '': those of the system. */
  readonly ca: string
  /** Of a new place: what goes there is encrypted. One that is there stays as it was made. */
  readonly encrypt: boolean
  /** What is there is locked for so many days, again at each look, and no longer than it must be kept; none: it is not. */
  readonly lockDays?: number
}

export interface S3Place {
  readonly client: S3Client
  readonly bucket: string
  /** What every key begins with: empty, or ends in `/`. */
  readonly prefix: string
  /** For messages. */
  readonly name: string
}

const ATTEMPTS = 5
const CONNECT_MS = 5000
/** Without a byte. */
const SILENT_MS = 30_000

/** Reaches nothing yet. @throws {ArchiveError} `OBJECT_STORE_FAILED` for credentials or authorities that cannot be read */
export function openS3(address: S3Address, silentMs = SILENT_MS): S3Place {
  const { origin, bucket, prefix } = partsOf(address.url)
  const ca = address.ca === '' ? undefined : textOf(address, 'ca')
  const client = new S3Client({
    endpoint: origin,
    region: address.region,
    credentials: credentialsIn(address),
    forcePathStyle: true,
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    // Stores accept checksums that they do not look at; Content-MD5 is the one that all of them hold against the bytes.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: silentMs,
      socketTimeout: silentMs,
      throwOnRequestTimeout: true,
      ...(ca !== undefined && { httpsAgent: new Agent({ ca, keepAlive: true }) }),
    },
  })
  return { client, bucket, prefix, name: address.url }
}

/** @throws {TypeError} for what is no address of a bucket */
export function partsOf(url: string): { readonly origin: string; readonly bucket: string; readonly prefix: string } {
  const { origin, pathname, protocol, search, hash, username } = new URL(url)
  const [bucket = '', ...rest] = pathname.split('/').filter((part) => part !== '')
  const parts = [bucket, ...rest]
  if (!/^https?:$/.test(protocol) || search !== '' || hash !== '' || username !== '' || bucket === '')
    throw new TypeError('it is no https://HOST/BUCKET/PREFIX')
  if (!parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part)))
    throw new TypeError('bucket and prefix are of letters, digits, hyphens, underscores and dots')
  return { origin, bucket, prefix: rest.map((part) => `${part}/`).join('') }
}

function credentialsIn(address: S3Address): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const text = textOf(address, 'credentials')
  const value = (key: string): string | undefined => new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1]
  const [accessKeyId, secretAccessKey] = [value('aws_access_key_id'), value('aws_secret_access_key')]
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new ArchiveError('OBJECT_STORE_FAILED', {
      store: address.url,
      why: 'its credentials file needs aws_access_key_id and aws_secret_access_key',
    })
  return { accessKeyId, secretAccessKey }
}

function textOf(address: S3Address, part: 'ca' | 'credentials'): string {
  try {
    return readFileSync(address[part], 'utf8')
  } catch (thrown) {
    const why = `its ${part} file cannot be read (${codeOf(thrown)})`
    throw new ArchiveError('OBJECT_STORE_FAILED', { store: address.url, why }, { cause: thrown })
  }
}

/** HTTP status of a refusal; undefined when there was no answer. */
export const statusOf = (thrown: unknown): number | undefined => {
  const status = Reflect.get(Object(Reflect.get(Object(thrown), '$metadata')), 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

/** The store's word for what went wrong (`SlowDown`, `AccessDenied`), or the system's (`ECONNREFUSED`). */
export function codeOf(thrown: unknown): string {
  const of = (key: string): string | undefined => {
    const value = Reflect.get(Object(thrown), key)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return (statusOf(thrown) === undefined ? of('code') : undefined) ?? of('name') ?? 'unknown'
}

/** @throws never: gives what is to be thrown */
export const failedAt = (place: Pick<S3Place, 'name'>, thrown: unknown): ArchiveError =>
  thrown instanceof ArchiveError
    ? thrown
    : new ArchiveError('OBJECT_STORE_FAILED', { store: place.name, why: codeOf(thrown) }, { cause: thrown })
