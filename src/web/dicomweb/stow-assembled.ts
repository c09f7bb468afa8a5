/**
 * STOW-RS with attributes and bulk data apart (PS3.18 section 10.5.2): parts of DICOM JSON or Native DICOM Model, and a part
 * for each BulkDataURI under that Content-Location.
 *
 * Bulk data are held until an instance has all of its own; then the object is made of them, streamed into
 * `archive.receive` like any other, and what no other instance waits for is let go. So every check of intake applies,
 * and a request of many instances holds only what it must.
 */
import { createHash } from 'node:crypto'
import type { Archive, Arrival, Held } from '../../archive/archive.ts'
import { type ByteStream, type Bytes, gather } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { assembled, type BulkPart } from '../../dicom/assemble.ts'
import { fromNativeXml } from '../../dicom/native-xml-reader.ts'
import { imagePixelModule } from '../../pixels/image-pixel-module.ts'
import { parseMediaType } from '../media-types.ts'
import type { Part } from '../multipart.ts'
import { type Outcome, refused } from './stow-outcome.ts'

const JSON_TYPE = 'application/dicom+json'
const XML_TYPE = 'application/dicom+xml'
export const METADATA_TYPES: readonly string[] = [JSON_TYPE, XML_TYPE]

/** Attributes of one request, in bytes: they are read whole. */
const METADATA_LIMIT = 64 * 1024 * 1024
/** Of a part: enough for the headers of a codestream, profiles and thumbnails in it included. */
const HEAD = 256 * 1024

export interface Assembling {
  readonly archive: Pick<Archive, 'hold'>
  readonly context: Context
  readonly receive: (bytes: ByteStream, made: Pick<Arrival, 'assembled'>) => Promise<Outcome>
  /** Media type of the attributes. */
  readonly kind: string
  /** Relative addresses are below this one. */
  readonly base: string
}

interface Pending {
  readonly json: unknown
  /** What must be there, by address, and how often. */
  readonly wants: ReadonlyMap<string, number>
  readonly made: NonNullable<Arrival['assembled']>
  /** Place of its outcome. */
  readonly at: number
}

interface HeldPart extends BulkPart {
  readonly held: Held
}

interface Received {
  readonly parts: readonly Outcome[]
  /** What ended the body early. */
  readonly thrown: { readonly cause: unknown } | undefined
}

/** @param inHand  instances whose answer is awaited at once */
export async function receiveAssembled(
  assembling: Assembling,
  body: AsyncIterable<Part>,
  inHand: number,
): Promise<Received> {
  const { archive, context, receive, kind, base } = assembling
  const outcomes: Outcome[] = []
  const waiting = new Set<Pending>()
  const running = new Set<Promise<void>>()
  const held = new Map<string, HeldPart[]>()
  /** Instances that still want a part, by its address. */
  const wanted = new Map<string, number>()
  let metadataBytes = 0
  let thrown: Received['thrown']

  const release = async (address: string): Promise<void> => {
    const parts = held.get(address) ?? []
    held.delete(address)
    for (const part of parts) await part.held.release()
  }

  const begin = async (pending: Pending): Promise<void> => {
    waiting.delete(pending)
    const run = receive(lazily(pending, partsAt), { assembled: pending.made }).then(async (outcome) => {
      outcomes[pending.at] = outcome
      for (const address of pending.wants.keys()) {
        const left = (wanted.get(address) ?? 1) - 1
        wanted.set(address, left)
        if (left === 0) await release(address)
      }
    })
    const counted = run.finally(() => running.delete(counted))
    running.add(counted)
    while (running.size >= inHand) await Promise.race(running)
  }
  const partsAt = (uri: string) => held.get(addressIn(base, uri)) ?? []
  const isWhole = ({ wants }: Pending) =>
    [...wants].every(([address, count]) => {
      const parts = held.get(address) ?? []
      return parts.length >= (isFrame(parts[0]) ? count : 1)
    })

  const takeMetadata = async (part: Part): Promise<void> => {
    const bytes = await limited(part.bytes, METADATA_LIMIT - metadataBytes)
    metadataBytes += bytes.length
    const made = { metadata: kind, sha256: createHash('sha256').update(bytes).digest('hex') }
    for (const json of objectsOf(kind, bytes)) {
      const wants = wantsOf(json, base)
      for (const address of wants.keys()) wanted.set(address, (wanted.get(address) ?? 0) + 1)
      const pending: Pending = { json, wants, made, at: outcomes.length }
      outcomes.push(refused(new ArchiveError('STORE_BUSY'))) // until its own is known
      waiting.add(pending)
      if (isWhole(pending)) await begin(pending)
    }
  }

  const takeBulk = async (part: Part): Promise<void> => {
    const address = addressIn(base, part.headers.get('content-location') ?? '')
    const key = [address, address.replace(/\/frames\/\d+\/?$/, '')].find((one) => wanted.has(one))
    if (key === undefined) {
      part.skip()
      const why = 'a part has no Content-Location that a BulkDataURI of the attributes before it names'
      outcomes.push(refused(new ArchiveError('BAD_REQUEST', { why })))
      return
    }
    const type = parseMediaType(part.headers.get('content-type') ?? 'application/octet-stream')
    const bytes = await archive.hold(context, part.bytes)
    const syntax = type?.parameters.get('transfer-syntax')
    held.set(key, [
      ...(held.get(key) ?? []),
      {
        held: bytes,
        type: type?.name ?? 'application/octet-stream',
        ...(syntax === undefined ? {} : { transferSyntax: syntax }),
        length: bytes.length,
        head: await gather(bytes.read({ start: 0, end: Math.min(HEAD, bytes.length) })),
        read: () => bytes.read(),
      },
    ])
    for (const pending of waiting) if (pending.wants.has(key) && isWhole(pending)) await begin(pending)
  }

  try {
    for await (const part of body) {
      const type = parseMediaType(part.headers.get('content-type') ?? kind)?.name
      await (type === kind ? takeMetadata(part) : takeBulk(part))
      part.skip()
    }
  } catch (cause) {
    thrown = { cause }
  }
  try {
    // Those that lack something are refused by the same way, so that this too is told.
    if (thrown === undefined) for (const pending of [...waiting]) await begin(pending)
    await Promise.all(running)
  } finally {
    for (const address of [...held.keys()]) await release(address)
  }
  const unfinished = new Set([...waiting].map(({ at }) => at))
  return { parts: outcomes.filter((_, at) => !unfinished.has(at)), thrown }
}

/** The object, made when intake asks for its first byte: what is wrong with it is intake's to tell. */
async function* lazily({ json }: Pending, parts: (uri: string) => readonly BulkPart[]): ByteStream {
  try {
    yield* assembled(json, { parts, described: imagePixelModule })
  } catch (error) {
    const { code, facts, cause } = asArchiveError(error)
    const named = { sopClass: uidIn(json, '00080016'), sopInstance: uidIn(json, '00080018') }
    throw new ArchiveError(code, { ...facts, ...named }, { cause: cause ?? error })
  }
}

const isFrame = (part: BulkPart | undefined): boolean =>
  part?.type.startsWith('image/') === true || part?.transferSyntax !== undefined

/** An address as it is compared: relative ones below the base, otherwise as it stands. */
function addressIn(base: string, location: string): string {
  const root = base.startsWith('http') ? base : `http://localhost${base}`
  return URL.parse(location, `${root}/studies/`)?.href ?? location
}

async function limited(bytes: ByteStream, limit: number): Promise<Bytes> {
  async function* counted(): ByteStream {
    let length = 0
    for await (const piece of bytes) {
      length += piece.length
      if (length > limit) throw new ArchiveError('TOO_LARGE', { limit: METADATA_LIMIT })
      yield piece
    }
  }
  return gather(counted())
}

/** The instances a part describes. @throws {ArchiveError} `BAD_REQUEST` */
function objectsOf(kind: string, bytes: Bytes): readonly unknown[] {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ArchiveError('BAD_REQUEST', { why: 'the attributes are not in UTF-8' }, { cause })
  }
  if (kind === XML_TYPE) return [fromNativeXml(text)]
  try {
    const read: unknown = JSON.parse(text)
    return Array.isArray(read) ? read : [read]
  } catch (cause) {
    throw new ArchiveError('BAD_REQUEST', { why: 'the attributes are not JSON' }, { cause })
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function first(json: unknown, tag: string): unknown {
  const attribute = isObject(json) ? json[tag] : undefined
  const values = isObject(attribute) ? attribute['Value'] : undefined
  return Array.isArray(values) ? values[0] : undefined
}

function uidIn(json: unknown, tag: string): string | undefined {
  const value = first(json, tag)
  return typeof value === 'string' ? value.slice(0, 64) : undefined
}

/** Every BulkDataURI, however deep, as addresses; the pixels of a compressed image once for each frame. */
function wantsOf(json: unknown, base: string): ReadonlyMap<string, number> {
  const wants = new Map<string, number>()
  const frames = Math.max(1, Number(first(json, '00280008') ?? 1) || 1)
  const left: unknown[] = [json]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (!isObject(next)) continue
    for (const [tag, attribute] of Object.entries(next)) {
      if (!isObject(attribute)) continue
      const { BulkDataURI, Value } = attribute
      if (typeof BulkDataURI === 'string')
        wants.set(addressIn(base, BulkDataURI), next === json && tag === '7FE00010' ? frames : 1)
      if (attribute['vr'] === 'SQ' && Array.isArray(Value)) for (const item of Value) left.push(item)
    }
  }
  return wants
}
