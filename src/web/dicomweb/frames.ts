/**
 * Frames, pixel data and bulk data of an instance (PS3.18 sections 10.4.1.1.5, 10.4.1.1.6 and 8.6).
 */
import type { FastifyReply } from 'fastify'
import type { Archive, FrameAnswer, InstanceRecord } from '../../archive/archive.ts'
import type { ByteStream } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { EXPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import { rangeHeaders, rangeOf, sendStream } from '../answers.ts'
import { headerOf } from '../authenticate.ts'
import { writeMultipart } from '../multipart.ts'
import { type Ask, type Route, route, scopeOf } from '../routes.ts'
import { addressOf, ROOT } from './addresses.ts'
import { KEPT, notModified, weakTag } from './caching.ts'
import { type Choice, chooseBulk, chooseFrames, frameTypes } from './media.ts'
import { acceptedBy, locationOf, newBoundary, SCOPES } from './wado.ts'

const INSTANCE = `${ROOT}/studies/:study/series/:series/instances/:instance`
const OCTETS = 'application/octet-stream'

export function frameRoutes(archive: Archive): readonly Route[] {
  const answers = [
    { status: 200, says: 'The values.', types: [`multipart/related; type="${OCTETS}"`, OCTETS] },
    { status: 304, says: 'As the asker has it.' },
    { status: 404, says: 'There is none.' },
    { status: 406, says: 'Not to be had in any media type or transfer syntax that is accepted.' },
  ]
  return [
    route({
      method: 'GET',
      url: `${INSTANCE}/frames/:frames`,
      act: 'read',
      says: 'Gives frames by number, separated by commas (WADO-RS).',
      answers,
      handle: (ask, reply) => frames(archive, ask, reply),
    }),
    route({
      method: 'GET',
      url: `${INSTANCE}/bulkdata/*`,
      act: 'read',
      says: 'Gives one bulk data value by its path (WADO-RS); in one part, ranges of it too.',
      answers: [...answers, { status: 206, says: 'The range asked for.', types: [OCTETS] }],
      handle: (ask, reply) => bulkData(archive, ask, reply),
    }),
    ...SCOPES.map(([path, says]) =>
      route({
        method: 'GET',
        url: `${ROOT}${path}/pixeldata`,
        act: 'read',
        says: `Gives the pixel data of ${says}: a part a frame, or for one instance one part and ranges of it (WADO-RS).`,
        answers,
        handle: (ask, reply) => pixelData(archive, ask, reply),
      }),
    ),
  ]
}

/** One instance, which is there or throws `NOT_FOUND`. */
async function oneOf(archive: Archive, ask: Ask): Promise<InstanceRecord> {
  const [record] = await archive.instances(ask.context, scopeOf(ask))
  if (record === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such instance' })
  return record
}

/** @throws {ArchiveError} `BAD_REQUEST`, `PIXELS_NO_FRAME` */
export function frameNumbers(text: string, record: InstanceRecord): number[] {
  const numbers = text.split(',').map((one) => (/^[1-9]\d{0,8}$/.test(one) ? Number(one) : 0))
  if (numbers.includes(0))
    throw new ArchiveError('BAD_REQUEST', { why: 'frames are numbers from 1, separated by commas' })
  for (const frame of numbers)
    if (frame > record.frames) throw new ArchiveError('PIXELS_NO_FRAME', { frame, frames: record.frames })
  return numbers
}

async function frames(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const { context, params } = ask
  const ranges = acceptedBy(ask)
  const record = await oneOf(archive, ask)
  const numbers = frameNumbers(params['frames'] ?? '', record)
  const choice = chooseFrames(ranges, record, numbers.length)
  const etag = weakTag(ask, [record], numbers, choice)
  if (await notModified(archive, ask, reply, etag, [record])) return reply
  const answers = archive.frames(context, record, numbers, choice.form)
  if (choice.package === 'multipart') {
    const location = `${locationOf(addressOf(ask.request), record)}/frames/`
    return sendParts(reply, choice, etag, framesOf(answers, choice, location))
  }
  const iterator = answers[Symbol.asyncIterator]()
  const { value: frame, done } = await iterator.next()
  if (done === true) throw new ArchiveError('PIXELS_NO_FRAME', { frame: numbers[0], frames: record.frames })
  const headers = {
    ...KEPT,
    etag,
    'content-type': partType(choice, frame.transferSyntax),
    'content-length': frame.size,
  }
  try {
    return await sendStream(reply, 200, headers, frame.bytes)
  } finally {
    await iterator.return?.()
  }
}

const partType = (choice: Choice, syntax: string) => `${choice.type}; transfer-syntax=${syntax}`

interface OutgoingPart {
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: ByteStream
}

async function* framesOf(
  answers: AsyncIterable<FrameAnswer>,
  choice: Choice,
  location: string,
): AsyncGenerator<OutgoingPart, void> {
  for await (const { frame, transferSyntax, bytes, size } of answers)
    yield {
      headers: {
        'Content-Type': partType(choice, transferSyntax),
        'Content-Length': String(size),
        'Content-Location': `${location}${frame}`,
      },
      bytes,
    }
}

function sendParts(
  reply: FastifyReply,
  choice: Choice,
  etag: string,
  parts: AsyncIterable<OutgoingPart>,
): Promise<FastifyReply> {
  const boundary = newBoundary()
  const type = `multipart/related; type="${choice.type}"; boundary=${boundary}`
  return sendStream(reply, 200, { ...KEPT, etag, 'content-type': type }, writeMultipart(boundary, parts))
}

async function pixelData(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const { context, request } = ask
  const ranges = acceptedBy(ask)
  const images = (await archive.instances(context, scopeOf(ask))).filter((record) => record.frames > 0)
  const [first] = images
  if (first === undefined) throw new ArchiveError('NOT_FOUND', { what: 'pixel data here' })
  const [dearest] = ranges
  if (ask.params['instance'] !== undefined && dearest?.name === OCTETS) {
    const { form } = chooseFrames(ranges, first, 1)
    if (form === 'stored' || frameTypes(first.transferSyntax).length === 0)
      return sendPixelValue(archive, ask, reply, first)
  }
  const choices = images.map((record) => chooseFrames(ranges, record, 2))
  const [choice] = choices
  if (choice === undefined || choices.some((one) => JSON.stringify(one) !== JSON.stringify(choice)))
    throw new ArchiveError('NOT_ACCEPTABLE', {
      accept: 'one type for all',
      offer: `multipart/related; type="${OCTETS}"`,
    })
  const etag = weakTag(ask, images, 'pixeldata', choice)
  if (await notModified(archive, ask, reply, etag, images)) return reply
  const root = addressOf(request)
  async function* parts() {
    for (const record of images) {
      const numbers = Array.from({ length: record.frames }, (_, at) => at + 1)
      const answers = archive.frames(context, record, numbers, choice?.form ?? 'explicit')
      yield* framesOf(answers, choice ?? chooseFrames(ranges, record, 2), `${locationOf(root, record)}/frames/`)
    }
  }
  return sendParts(reply, choice, etag, parts())
}

/** Pixel Data, Float Pixel Data, Double Float Pixel Data: an image has one of them (PS3.3 C.7.6.3). */
const PIXELS = ['7FE00010', '7FE00008', '7FE00009']

/** All pixels of an instance as one value, so that a range may span frames. */
async function sendPixelValue(
  archive: Archive,
  ask: Ask,
  reply: FastifyReply,
  record: InstanceRecord,
): Promise<FastifyReply> {
  const syntax = frameTypes(record.transferSyntax).length === 0 ? EXPLICIT_LITTLE.uid : record.transferSyntax
  for (const path of PIXELS)
    try {
      return await sendValue(archive, ask, reply, record, path, `${OCTETS}; transfer-syntax=${syntax}`)
    } catch (error) {
      if (!(error instanceof ArchiveError) || error.code !== 'NOT_FOUND') throw error
    }
  throw new ArchiveError('NOT_FOUND', { what: 'pixel data here' })
}

async function bulkData(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const choice = chooseBulk(acceptedBy(ask))
  const record = await oneOf(archive, ask)
  const path = ask.params['*'] ?? ''
  if (!/^[0-9A-Fa-f]{8}(\/\d{1,6}\/[0-9A-Fa-f]{8}){0,32}$/.test(path))
    throw new ArchiveError('NOT_FOUND', { what: 'such bulk data' })
  // Departure: a range is answered in one part whatever is accepted. It is one of the value, as dicomweb-client means it,
  // and not of the multipart around it.
  if (choice.package === 'single' || headerOf(ask.request, 'range') !== '')
    return sendValue(archive, ask, reply, record, path, OCTETS)
  const etag = weakTag(ask, [record], path)
  if (await notModified(archive, ask, reply, etag, [record])) return reply
  const { bytes, size } = await archive.bulkData(ask.context, record, path)
  const location = `${locationOf(addressOf(ask.request), record)}/bulkdata/${path}`
  const headers = { 'Content-Type': OCTETS, 'Content-Length': String(size), 'Content-Location': location }
  async function* part() {
    yield { headers, bytes }
  }
  return sendParts(reply, choice, etag, part())
}

/** One value in one part, or a range of it. */
async function sendValue(
  archive: Archive,
  ask: Ask,
  reply: FastifyReply,
  record: InstanceRecord,
  path: string,
  type: string,
): Promise<FastifyReply> {
  const { context, request } = ask
  // Of another form after sealing, as the instance is.
  const etag = `"b${record.id}-${path.replaceAll('/', '.')}-${record.transferSyntax}"`
  const { bytes, size } = await archive.bulkData(context, record, path)
  if (await notModified(archive, ask, reply, etag, [record])) return reply
  const condition = headerOf(request, 'if-range')
  const range = condition === '' || condition === etag ? rangeOf(headerOf(request, 'range'), size) : undefined
  const chosen = range === undefined ? bytes : (await archive.bulkData(context, record, path, range)).bytes
  const headers = { ...KEPT, etag, 'content-type': type, ...rangeHeaders(range, size) }
  return sendStream(reply, range === undefined ? 200 : 206, headers, chosen)
}
