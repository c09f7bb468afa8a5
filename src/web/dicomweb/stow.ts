/**
 * STOW-RS (PS3.18 section 10.5): `POST /dicom-web/studies[/{study}]`, a stream of any size.
 *
 * Each part goes into `archive.receive` as it arrives; while its bytes are being made durable the next part is read, so
 * that one sync serves several. The answer says of every instance whether it was stored, and if not why: with the codes
 * of Tables I.2-1 and I.2-2, and the reason in words in Error Comment. What was acknowledged stays, whatever happens to
 * the rest of the body.
 */
import { isDeepStrictEqual } from 'node:util'
import type { FastifyReply } from 'fastify'
import { privateBlock } from '../../api/store-answer.ts'
import type { Archive, PartialIdentity, Receipt } from '../../archive/archive.ts'
import type { ByteStream } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError, asArchiveError, type ErrorCode } from '../../base/errors.ts'
import type { DicomJson, DicomJsonValue } from '../../dicom/json.ts'
import { type Uid, uid } from '../../dicom/uid.ts'
import { jsonBytes } from '../answers.ts'
import { headerOf } from '../authenticate.ts'
import { dropRest } from '../doors.ts'
import { acceptable, parseMediaType } from '../media-types.ts'
import { splitMultipart } from '../multipart.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { addressOf } from './addresses.ts'
import { chooseJson } from './media.ts'
import { paced } from './paced.ts'

/** Parts of one request whose bytes are read and whose answer is awaited. */
const IN_HAND = 16

/** PS3.7 C.5.? Duplicate SOP Instance: what the content met. Table I.2-1 leaves other codes open. */
const DUPLICATE = 0x0111

const DICOM = 'application/dicom'
const TAKEN = `multipart/related; type="${DICOM}", ${DICOM}`

interface Stored {
  readonly receipt: Receipt
}
/** Only what the answer needs: a body may hold thousands of refusals, and an error drags its causes along. */
interface Refused {
  readonly code: ErrorCode
  readonly http: number
  readonly dimse: number
  readonly fact: string
  readonly words: string
  readonly identity: PartialIdentity
}
type Outcome = Stored | Refused

export function stowRoutes(archive: Archive): readonly Route[] {
  const answers = [
    { status: 200, says: 'All instances are stored.', types: ['application/dicom+json'] },
    { status: 202, says: 'Some are stored with a warning, or not stored.', types: ['application/dicom+json'] },
    { status: 400, says: 'The body is not valid.' },
    { status: 409, says: 'None is stored; each has its reason.', types: ['application/dicom+json'] },
    { status: 415, says: 'The media type is not taken.' },
    { status: 507, says: 'None is stored: there is no room.', types: ['application/dicom+json'] },
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
    both('/dicom-web/studies', 'Stores instances (STOW-RS).'),
    both('/dicom-web/studies/:study', 'Stores instances of one study (STOW-RS).'),
  ]
}

async function store(archive: Archive, ask: Ask, reply: FastifyReply): Promise<unknown> {
  const { context, request, params } = ask
  const onlyStudy = params['study'] === undefined ? undefined : uid(params['study'])
  const type = chooseJson(acceptable(headerOf(request, 'accept'), ''))
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
  return reply
    .status(statusOf(outcomes.parts, outcomes.broken))
    .type(type)
    .send(jsonBytes(answerOf(outcomes.parts, root, onlyStudy)))
}

const isStored = (outcome: Outcome): outcome is Stored => 'receipt' in outcome
const isRefused = (outcome: Outcome): outcome is Refused => 'code' in outcome
const refused = (error: ArchiveError): Refused => {
  const { code, http, dimse, fact, message: words } = error
  return { code, http, dimse, fact, words, identity: identityOf(error) }
}

interface Outcomes {
  readonly parts: readonly Outcome[]
  /** What ended the body early. */
  readonly broken: ArchiveError | undefined
}

async function storeBody(archive: Archive, context: Context, ask: Ask, onlyStudy: Uid | undefined): Promise<Outcomes> {
  const { request } = ask
  const type = parseMediaType(headerOf(request, 'content-type'))
  const body = paced(request.raw)
  const unsupported = new ArchiveError('UNSUPPORTED_MEDIA_TYPE', {
    type: headerOf(request, 'content-type').slice(0, 100),
    offer: TAKEN,
  })

  const receive = async (bytes: ByteStream): Promise<Outcome> => {
    try {
      const only = onlyStudy === undefined ? {} : { onlyStudy }
      return { receipt: await archive.receive(context, { door: 'stow', bytes, ...only }) }
    } catch (thrown) {
      const error = asArchiveError(thrown)
      if (error.code === 'DEFECT') request.log.error({ err: thrown, request: request.id }, error.fact)
      return refused(error)
    }
  }

  if (type?.name === DICOM) return { parts: [await receive(body)], broken: undefined }
  const boundary = type?.parameters.get('boundary')
  if (type?.name !== 'multipart/related' || !/^(application\/dicom)?$/i.test(type.parameters.get('type') ?? ''))
    throw unsupported
  if (boundary === undefined) throw new ArchiveError('MULTIPART_INVALID', { why: 'Content-Type names no boundary' })

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

/** Gives equal refusals in a row as one: of thousands of parts that hold nothing, each is refused in the same words. */
function sharing(): (outcome: Outcome) => Outcome {
  let last: Refused | undefined
  return (outcome) => {
    if (isStored(outcome)) return outcome
    const { code, words, identity } = outcome
    const same = last?.code === code && last.words === words && isDeepStrictEqual(last.identity, identity)
    if (!same) last = outcome
    return last ?? outcome
  }
}

function brokenBody(thrown: unknown): ArchiveError {
  if (thrown instanceof ArchiveError) return thrown
  return new ArchiveError('MULTIPART_INVALID', { why: 'the connection broke before its end' }, { cause: thrown })
}

/** Intake puts what it had read of a refused object into the facts of the error. */
function identityOf({ facts }: ArchiveError): PartialIdentity {
  const [sopClass, sopInstance] = [facts['sopClass'], facts['sopInstance']]
  return {
    ...(typeof sopClass === 'string' ? { sopClass } : {}),
    ...(typeof sopInstance === 'string' ? { sopInstance } : {}),
  }
}

/** PS3.18 Table 10.5.3-1. */
function statusOf(parts: readonly Outcome[], broken: ArchiveError | undefined): number {
  const failed = parts.filter(isRefused)
  const warned = parts.some((part) => isStored(part) && part.receipt.outcome === 'conflict')
  if (failed.length === 0) return warned || broken !== undefined ? 202 : 200
  if (failed.length < parts.length) return 202
  const [first] = failed
  if (first === undefined) return 409
  const { http, code } = first
  const alike = failed.every((one) => one.http === http)
  // 5xx asks for another attempt, 403 and 415 concern the request; a fault of the instances themselves is a 409.
  return alike && (http >= 500 || http === 403 || code === 'UNSUPPORTED_MEDIA_TYPE') ? http : 409
}

const element = (vr: DicomJson[string]['vr'], ...Value: DicomJsonValue[]) => ({ vr, Value })

/** The Store Instances Response (PS3.18 section 10.5.3 and Annex I). */
function answerOf(parts: readonly Outcome[], root: string, onlyStudy: Uid | undefined): DicomJson {
  const stored: DicomJson[] = []
  const failed: DicomJson[] = []
  const others: DicomJson[] = []
  const studies = new Set<string>(onlyStudy === undefined ? [] : [onlyStudy])
  for (const part of parts) {
    if (isStored(part)) {
      const { key, sopClass, outcome } = part.receipt
      studies.add(key.study)
      stored.push({
        '00081150': element('UI', sopClass),
        '00081155': element('UI', key.instance),
        '00081190': element('UR', `${root}/studies/${key.study}/series/${key.series}/instances/${key.instance}`),
        ...(outcome === 'conflict' ? { '00081196': element('US', DUPLICATE) } : {}),
        ...privateBlock(outcome.toUpperCase()),
      })
      continue
    }
    const { identity, code, dimse, fact, words } = part
    const reason = {
      '00081197': element('US', dimse),
      '00000902': element('LO', fact.slice(0, 64)), // Error Comment: 64 characters at most
      ...privateBlock(code, words),
    }
    const { sopClass, sopInstance } = identity
    if (sopInstance === undefined) others.push(reason)
    else
      failed.push({
        ...(sopClass === undefined ? {} : { '00081150': element('UI', sopClass) }),
        '00081155': element('UI', sopInstance),
        ...reason,
      })
  }
  const [study] = studies
  return {
    ...(studies.size === 1 && study !== undefined ? { '00081190': element('UR', `${root}/studies/${study}`) } : {}),
    ...(failed.length === 0 ? {} : { '00081198': element('SQ', ...failed) }),
    ...(stored.length === 0 ? {} : { '00081199': element('SQ', ...stored) }),
    ...(others.length === 0 ? {} : { '0008119A': element('SQ', ...others) }),
  }
}
