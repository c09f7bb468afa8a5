/**
 * STOW-RS (PS3.18 section 10.5): `POST /dicom-web/studies[/{study}]`, a stream of any size.
 *
 * Each part goes into `archive.receive` as it arrives; while its bytes are being made durable the next part is read, so
 * that one sync serves several. The answer says of every instance whether it was stored, and if not why: with the codes
 * of Tables I.2-1 and I.2-2, and the reason in words in Error Comment. What was acknowledged stays, whatever happens to
 * the rest of the body. Metadata and bulk data apart are put together by `stow-assembled.ts`.
 */
import type { FastifyReply } from 'fastify'
import type { Archive, Arrival } from '../../archive/archive.ts'
import type { ByteStream } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { nativeXml } from '../../dicom/native-xml.ts'
import { type Uid, uid } from '../../dicom/uid.ts'
import { jsonBytes } from '../answers.ts'
import { headerOf } from '../authenticate.ts'
import { dropRest } from '../doors.ts'
import { acceptable, parseMediaType } from '../media-types.ts'
import { splitMultipart } from '../multipart.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { addressOf } from './addresses.ts'
import { chooseAnswer } from './media.ts'
import { paced } from './paced.ts'
import { METADATA_TYPES, receiveAssembled } from './stow-assembled.ts'
import { answerOf, isStored, type Outcome, type Outcomes, refused, sharing, statusOf } from './stow-outcome.ts'

/** Parts of one request whose bytes are read and whose answer is awaited. */
const IN_HAND = 16

const DICOM = 'application/dicom'
const TAKEN = `${[DICOM, ...METADATA_TYPES].map((type) => `multipart/related; type="${type}"`).join(', ')}, ${DICOM}`
const ANSWERS = ['application/dicom+json', 'application/dicom+xml']

export function stowRoutes(archive: Archive): readonly Route[] {
  const answers = [
    { status: 200, says: 'All instances are stored.', types: ANSWERS },
    { status: 202, says: 'Some are stored with a warning, or not stored.', types: ANSWERS },
    { status: 400, says: 'The body is not valid.' },
    { status: 409, says: 'None is stored; each has its reason.', types: ANSWERS },
    { status: 415, says: 'The media type is not taken.' },
    { status: 507, says: 'None is stored: there is no room.', types: ANSWERS },
  ]
  const both = (url: string, says: string) =>
    route({
      method: 'POST',
      url,
      act: 'store',
      says,
      streams: ['multipart/related', DICOM],
      answers,
      handle: (ask, reply) => store(archive, ask, reply),
    })
  return [
    both('/dicom-web/studies', 'Stores instances: objects, or metadata and bulk data (STOW-RS).'),
    both('/dicom-web/studies/:study', 'Stores instances of one study: objects, or metadata and bulk data (STOW-RS).'),
  ]
}

async function store(archive: Archive, ask: Ask, reply: FastifyReply): Promise<unknown> {
  const { context, request, params } = ask
  const onlyStudy = params['study'] === undefined ? undefined : uid(params['study'])
  const type = chooseAnswer(acceptable(headerOf(request, 'accept'), ''))
  const outcomes = await storeBody(archive, context, ask, onlyStudy)
  if (outcomes.parts.length === 0)
    throw outcomes.broken ?? new ArchiveError('BAD_REQUEST', { why: 'it holds no instance' })
  // Nothing stored, and not because of the instances: the body's own fault is the answer.
  if (outcomes.broken !== undefined && !outcomes.parts.some(isStored)) throw outcomes.broken
  const root = addressOf(request)
  // An object refused half way leaves bytes on the way: unread, they would reset the connection and hide the answer.
  dropRest(request)
  if (outcomes.broken !== undefined) {
    reply.header('warning', `299 clearkeep "${outcomes.broken.fact.replaceAll('"', "'")}"`)
  }
  const answer = answerOf(outcomes.parts, root, onlyStudy)
  return reply
    .status(statusOf(outcomes.parts, outcomes.broken))
    .type(type)
    .send(type === 'application/dicom+xml' ? Buffer.from(nativeXml(answer)) : jsonBytes(answer))
}

async function storeBody(archive: Archive, context: Context, ask: Ask, onlyStudy: Uid | undefined): Promise<Outcomes> {
  const { request } = ask
  const type = parseMediaType(headerOf(request, 'content-type'))
  const body = paced(request.raw)
  const unsupported = new ArchiveError('UNSUPPORTED_MEDIA_TYPE', {
    type: headerOf(request, 'content-type').slice(0, 100),
    offer: TAKEN,
  })

  const receive = async (bytes: ByteStream, made: Pick<Arrival, 'assembled'> = {}): Promise<Outcome> => {
    try {
      const only = onlyStudy === undefined ? {} : { onlyStudy }
      return { receipt: await archive.receive(context, { door: 'stow', bytes, ...only, ...made }) }
    } catch (thrown) {
      const error = asArchiveError(thrown)
      if (error.code === 'DEFECT') request.log.error({ err: thrown, request: request.id }, error.fact)
      return refused(error)
    }
  }

  if (type?.name === DICOM) return { parts: [await receive(body)], broken: undefined }
  const boundary = type?.parameters.get('boundary')
  if (type?.name !== 'multipart/related') throw unsupported
  const kind = (type.parameters.get('type') ?? DICOM).toLowerCase()
  if (kind !== DICOM && !METADATA_TYPES.includes(kind)) throw unsupported
  if (boundary === undefined) throw new ArchiveError('MULTIPART_INVALID', { why: 'Content-Type names no boundary' })
  if (kind !== DICOM) {
    const assembling = { archive, context, receive, kind, base: addressOf(request) }
    const { parts, thrown } = await receiveAssembled(assembling, splitMultipart(body, boundary), IN_HAND)
    return { parts, broken: thrown === undefined ? undefined : brokenBody(thrown.cause) }
  }

  // Outcomes, not promises of them, so that of a part that is answered nothing else stays; in the order of the parts.
  const parts: Outcome[] = []
  const inHand = new Set<Promise<unknown>>()
  const alike = sharing()
  let broken: ArchiveError | undefined
  try {
    let count = 0
    for await (const part of splitMultipart(body, boundary)) {
      const at = count++
      const partType = part.headers.get('content-type')
      if (partType !== undefined && parseMediaType(partType)?.name !== DICOM) {
        part.skip()
        parts[at] = alike(refused(unsupported))
        continue
      }
      const received = receive(part.bytes).then((outcome) => {
        parts[at] = alike(outcome)
        part.skip()
        inHand.delete(received)
      })
      inHand.add(received)
      while (inHand.size >= IN_HAND) await Promise.race(inHand)
    }
  } catch (thrown) {
    // The part it happened in has its own outcome; those before it are being answered.
    broken = brokenBody(thrown)
  }
  await Promise.all(inHand)
  return { parts, broken }
}

function brokenBody(thrown: unknown): ArchiveError {
  if (thrown instanceof ArchiveError) return thrown
  return new ArchiveError('MULTIPART_INVALID', { why: 'the connection broke before its end' }, { cause: thrown })
}
